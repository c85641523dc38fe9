"""Reports about a participant: what they change, and why the service refuses them (rules 5.4)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mock_server.harness.check.bench import PEER
from mock_server.harness.check.probes import Values, probe
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.v1.check.bench import CLOCK, Bench, Sender, body
from mock_server.rules.moments import format_moment
from mock_server.v1.domain.schedules import SCHEDULE_IDENTIFIERS
from mock_server.v1.domain.vocabulary import DEFER_REASONS, WITHDRAW_REASONS

DEFER = ("deferEcfParticipant", "deferParticipant")
RESUME = ("resumeEcfParticipant", "resumeParticipant")
WITHDRAW = ("withdrawEcfParticipant", "withdrawParticipant")
RESCHEDULE = ("changeEcfParticipantSchedule", "changeParticipantSchedule")
ACTIONS = (*DEFER, *RESUME, *WITHDRAW, *RESCHEDULE)

ECT = {"course_identifier": "ecf-induction"}
MENTOR = {"course_identifier": "ecf-mentor"}
BREAK = {**ECT, "reason": "career-break"}
LEAVE = {**ECT, "reason": "other"}
OTHER_SCHEDULE = {**ECT, "schedule_identifier": "ecf-reduced-september", "cohort": "2021"}


def attributes_of(operation: str) -> dict[str, Any]:
    """Attributes that the action accepts, for an ECT of the cohort 2021."""
    return (
        BREAK
        if operation in DEFER
        else ECT
        if operation in RESUME
        else LEAVE
        if operation in WITHDRAW
        else (OTHER_SCHEDULE)
    )


def act(own: Sender, operation: str, id: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """Performs an action that the server must accept. Checks that the change stays, and returns the new attributes."""
    answered = own.accepted(operation, id, body=body("x", **attributes)).json["data"]
    own.expect(answered["id"] == id, "the answer is about the participant in the path", f"it is {answered['id']}")
    saved = own.participant(id)
    own.expect(saved == answered["attributes"], "reading the participant shows what was answered", f"{saved}")
    return saved


def refuse(own: Sender, rules: list[str], operation: str, id: str, attributes: dict[str, Any]) -> None:
    """Sends an action that these rules must refuse, and checks that nothing changed."""
    own.refused_whole(
        ("listEcfParticipants", "listParticipantDeclarations"), rules, operation, id, body=body("x", **attributes)
    )


def _becomes(own: Sender, operation: str, id: str, attributes: dict[str, Any], status: str) -> None:
    saved = act(own, operation, id, attributes)
    own.expect(
        saved["training_status"] == status, f"training_status becomes {status}", f"it is {saved['training_status']}"
    )
    own.expect(saved["status"] == "active", "status, the school's view, stays active", f"it is {saved['status']}")


@probe("A deferral is saved, for each reason, and isn't taken twice.", *DEFER)
def defer(bench: Bench, operation: str) -> None:
    own = bench.own
    for reason in DEFER_REASONS:
        id = bench.ect()
        _becomes(own, operation, id, {**ECT, "reason": reason}, "deferred")
        refuse(own, ["defer-not-deferred"], operation, id, {**ECT, "reason": reason})
    id = bench.ect()
    unlisted: Values = ("holiday", "", None, "Other", 1, ["other"])
    for odd in unlisted:
        refuse(own, ["defer-reason-listed"], operation, id, {**ECT, "reason": odd})
    act(own, WITHDRAW[0], id, LEAVE)
    refuse(own, ["defer-not-withdrawn"], operation, id, BREAK)


@probe("A return is saved, and only from a break.", *RESUME)
def resume(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.ect()
    refuse(own, ["resume-not-active"], operation, id, ECT)
    act(own, DEFER[0], id, BREAK)
    _becomes(own, operation, id, ECT, "active")
    refuse(own, ["resume-not-active"], operation, id, ECT)
    act(own, WITHDRAW[0], id, LEAVE)
    refuse(own, ["resume-not-withdrawn"], operation, id, ECT)


@probe("A withdrawal is saved, for each reason, and is final.", *WITHDRAW)
def withdraw(bench: Bench, operation: str) -> None:
    own = bench.own
    for reason in WITHDRAW_REASONS:
        id = bench.ect()
        _becomes(own, operation, id, {**ECT, "reason": reason}, "withdrawn")
        refuse(own, ["withdraw-not-withdrawn"], operation, id, {**ECT, "reason": reason})
    id = bench.ect(training_status="deferred")
    for odd in ("retired", "", None, "career-break"):
        refuse(own, ["withdraw-reason-listed"], operation, id, {**ECT, "reason": odd})
    _becomes(own, operation, id, LEAVE, "withdrawn")


@probe("A change of schedule is saved, for each schedule that the course permits.", *RESCHEDULE)
def reschedule(bench: Bench, operation: str) -> None:
    own = bench.own
    mentor = bench.control.v1.add_participant(provider="alder", participant_type="mentor", cohort="2021").id
    for id, course in ((bench.ect(), ECT), (mentor, MENTOR)):
        # The first schedule comes last, because every participant starts on it.
        for identifier in (*SCHEDULE_IDENTIFIERS[1:], SCHEDULE_IDENTIFIERS[0]):
            wanted = {**course, "schedule_identifier": identifier, "cohort": "2021"}
            if course is ECT and "replacement" in identifier:
                refuse(own, ["schedule-permitted-for-course"], operation, id, wanted)
            else:
                saved = act(own, operation, id, wanted)["schedule_identifier"]
                own.expect(saved == identifier, f"the schedule becomes {identifier}", f"it is {saved}")
                refuse(own, ["schedule-differs"], operation, id, wanted)


@probe("A schedule must be named, exist and stay in its cohort.", *RESCHEDULE)
def schedules_are_checked(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.ect()
    nothing: Values = (None, "", {}, [])
    for missing in nothing:
        refuse(own, ["schedule-present"], operation, id, {**OTHER_SCHEDULE, "schedule_identifier": missing})
    for unknown in ("ecf-standard-may", "standard", "ECF-STANDARD-APRIL"):
        refuse(own, ["schedule-exists"], operation, id, {**OTHER_SCHEDULE, "schedule_identifier": unknown})
    for cohort in ("2022", "2020", "1", "twenty"):
        refuse(own, ["schedule-cohort-unchanged"], operation, id, {**OTHER_SCHEDULE, "cohort": cohort})
    act(own, WITHDRAW[0], id, LEAVE)
    refuse(own, ["schedule-not-withdrawn"], operation, id, OTHER_SCHEDULE)


@probe("Without a cohort the current academic year is meant; it starts on 1 September.", *RESCHEDULE)
def academic_year(bench: Bench, operation: str) -> None:
    own = bench.own
    without = {name: value for name, value in OTHER_SCHEDULE.items() if name != "cohort"}
    first = datetime(2021, 9, 1, tzinfo=UTC)
    last = datetime(2022, 8, 31, 23, 59, 59, tzinfo=UTC)
    for moment, permitted in (
        (first - timedelta(seconds=1), False),
        (first, True),
        (last, True),
        (last + timedelta(seconds=1), False),
    ):
        id, headers = bench.ect(), {"x-with-server-date": format_moment(moment)}
        own.send(operation, id, body=body("x", **without), headers=headers)
        why = f"the participant is of 2021, no cohort is sent, and it is {format_moment(moment)}"
        own.refuses_if(not permitted, ["schedule-cohort-unchanged"], why)


@probe("Who isn't the provider's, on this course, and at the school, can't be reported on.", *ACTIONS)
def only_ones_own(bench: Bench, operation: str) -> None:
    own, good = bench.own, attributes_of(operation)
    both = ["participant-enrolled", "course-enrolled"]
    if operation in RESCHEDULE:
        both.reverse()
    training = "deferred" if operation in RESUME else "active"
    removed = bench.ect(status="withdrawn", training_status=training)
    known = bench.ect(training_status=training)
    foreign = bench.ect(PEER, training_status=training)
    refuse(own, both, operation, UNKNOWN_ID, good)
    refuse(own, both, operation, "abc", good)
    refuse(own, both, operation, removed, good)
    refuse(own, ["participant-enrolled"], operation, foreign, good)
    refuse(own, both, operation, known, {**good, **MENTOR})
    unfitting: Values = (None, "", "ecf", {})
    for missing in unfitting:
        unfit = ["schedule-permitted-for-course"] if operation in RESCHEDULE else []
        refuse(own, both + unfit, operation, known, {**good, "course_identifier": missing})
    peer = bench.other.participant(foreign)
    bench.other.expect(peer["training_status"] == training, "another's participant isn't changed", f"{peer}")
    act(own, operation, known, good)


@probe("A change of schedule must leave every live declaration inside its milestone.", *RESCHEDULE)
def declarations_stay_inside(bench: Bench, operation: str) -> None:
    """From 2021-12-01 on the January schedule accepts `started`, to the end of 2022-01-31."""
    own = bench.own
    # On this schedule a provider can declare any date from 2021-09-01 on.
    start = "ecf-extended-september"
    opens, closes = datetime(2021, 12, 1, tzinfo=UTC), datetime(2022, 2, 1, tzinfo=UTC)
    january = {**ECT, "schedule_identifier": "ecf-standard-january", "cohort": "2021"}
    second = timedelta(seconds=1)
    for moment, fits in (
        (opens - second, False),
        # The server refuses the start itself here, although a provider may declare that date.
        (opens, False),
        (opens + second, True),
        (closes - second, True),
        (closes, False),
    ):
        id = bench.ect(schedule_identifier=start)
        made = own.declare(participant_id=id, declaration_date=format_moment(moment))
        if not fits:
            refuse(own, ["schedule-keeps-declarations"], operation, id, january)
            own.accepted("voidParticipantDeclaration", made["id"])
        act(own, operation, id, january)


@probe("A schedule is an identifier and a cohort: the same one of another cohort is another schedule.", *RESCHEDULE)
def schedules_of_other_cohorts(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.ect()
    same = {**ECT, "schedule_identifier": "ecf-standard-september"}
    refuse(own, ["schedule-cohort-unchanged"], operation, id, {**same, "cohort": "2022"})
    refuse(own, ["schedule-differs"], operation, id, {**same, "cohort": "2021"})
    # In spring 2023 the current cohort is 2022.
    refuse(own, ["schedule-cohort-unchanged"], operation, id, same)
    own.declare(participant_id=id)
    refuse(own, ["schedule-keeps-declarations", "schedule-cohort-unchanged"], operation, id, {**same, "cohort": "2022"})
    # The refusal mentions the cohort only when the participant belongs to this provider.
    elsewhere = {**OTHER_SCHEDULE, "cohort": "2022"}
    refuse(own, ["participant-enrolled"], operation, bench.ect(PEER), elsewhere)
    refuse(own, ["course-enrolled", "participant-enrolled"], operation, id, {**elsewhere, **MENTOR})
    # The cohort lacks this schedule. That must not cause an error about the course.
    unknown = {**OTHER_SCHEDULE, "schedule_identifier": "ecf-standard-may", "course_identifier": "history"}
    refuse(own, ["course-enrolled", "participant-enrolled"], operation, id, unknown)


@probe("X-With-Server-Date dates the one request, and moves no clock.", *DEFER)
def server_date(bench: Bench, operation: str) -> None:
    own = bench.own
    for shifted, dated in (
        ("2024-02-03T04:05:06Z", "2024-02-03T04:05:06Z"),
        # A date without a time means midnight UTC.
        ("2024-02-04", "2024-02-04T00:00:00Z"),
    ):
        id = bench.ect()
        own.accepted(operation, id, body=body("x", **BREAK), headers={"x-with-server-date": shifted})
        came = own.participant(id)["updated_at"]
        own.expect(came == dated, f"updated_at is {dated}", f"it is {came}")
    other = bench.ect()
    act(own, operation, other, BREAK)
    came = own.participant(other)["updated_at"]
    own.expect(came == CLOCK, f"the next request is of {CLOCK} again", f"updated_at is {came}")


PROBES = (
    defer,
    resume,
    withdraw,
    reschedule,
    schedules_are_checked,
    academic_year,
    only_ones_own,
    schedules_of_other_cohorts,
    declarations_stay_inside,
    server_date,
)
