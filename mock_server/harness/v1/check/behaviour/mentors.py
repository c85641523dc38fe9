"""Rules that a server may keep for ECTs only, and what mentors alone may do (rules 5.4 and 6.2, schedules.md)."""

from datetime import datetime, timedelta

from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.behaviour.actions import (
    ACTIONS,
    BREAK,
    DEFER,
    ECT,
    LEAVE,
    MENTOR,
    RESCHEDULE,
    RESUME,
    WITHDRAW,
    act,
    attributes_of,
    refuse,
)
from mock_server.harness.v1.check.behaviour.declarations import DECLARE, VOID
from mock_server.harness.v1.check.bench import Bench
from mock_server.rules.moments import format_moment
from mock_server.v1.domain.schedules import SCHEDULE_IDENTIFIERS, schedule
from mock_server.v1.domain.vocabulary import DECLARATION_TYPES, EVIDENCE_HELD

_SECOND = timedelta(seconds=1)
_LATER = "2030-01-01T00:00:00Z"
# On this schedule every date from its first day on can be declared.
_OPEN_ENDED = "ecf-extended-september"


@probe("Mentors need evidence like ECTs: for every type but `started`, and from the list.", DECLARE, clock=_LATER)
def evidence_of_everybody(bench: Bench, operation: str) -> None:
    own = bench.own
    for course, add in ((ECT, bench.ect), (MENTOR, bench.mentor)):
        for kind in DECLARATION_TYPES[1:]:
            id = add(schedule_identifier=_OPEN_ENDED)
            sent = {
                "participant_id": id,
                "declaration_type": kind,
                "declaration_date": "2022-01-15T09:00:00Z",
                **course,
            }
            why = f"rules 6.2, 7: {kind} on {course['course_identifier']} needs evidence from the list"
            for odd in ("", "video", "Other"):
                own.declined(["declaration-evidence-held"], why, evidence_held=odd, **sent)
            own.declined(["declaration-evidence-held"], why, **sent)
            for held in EVIDENCE_HELD:
                made = own.declare(evidence_held=held, **sent)
                own.accepted(VOID, made["id"])
        for ignored in ("video", "self-study-material-completed", None):
            own.declare(participant_id=add(), evidence_held=ignored, **course)


# The rules that refuse each report a second time, and after a withdrawal.
_AGAIN = {
    **dict.fromkeys(DEFER, "defer-not-deferred"),
    **dict.fromkeys(RESUME, "resume-not-active"),
    **dict.fromkeys(WITHDRAW, "withdraw-not-withdrawn"),
    **dict.fromkeys(RESCHEDULE, "schedule-differs"),
}
_WITHDRAWN = {
    **dict.fromkeys(DEFER, "defer-not-withdrawn"),
    **dict.fromkeys(RESUME, "resume-not-withdrawn"),
    **dict.fromkeys(WITHDRAW, "withdraw-not-withdrawn"),
    **dict.fromkeys(RESCHEDULE, "schedule-not-withdrawn"),
}


@probe("Every report is taken for mentors as for ECTs, once, and refused in the same states.", *ACTIONS)
def reports_on_mentors(bench: Bench, operation: str) -> None:
    own, sent = bench.own, {**attributes_of(operation), **MENTOR}
    id = bench.mentor(training_status="deferred" if operation in RESUME else "active")
    saved = act(own, operation, id, sent)
    refuse(own, [_AGAIN[operation]], operation, id, sent)
    own.expect(saved["mentor_id"] is None, "a mentor has no mentor", f"{saved}")
    withdrawn = bench.mentor(training_status="withdrawn")
    refuse(own, [_WITHDRAWN[operation]], operation, withdrawn, sent)


@probe("The same rules bind a declaration for a mentor: milestone, slot and withdrawal.", DECLARE)
def declarations_for_mentors(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.mentor()
    sent = {"participant_id": id, **MENTOR}
    on = schedule(2021, SCHEDULE_IDENTIFIERS[0])
    assert on is not None  # noqa: S101 - the first cohort is published
    started = on.milestones["started"]
    closes = started.closes
    assert closes is not None  # noqa: S101 - a standard schedule has milestone dates
    for moment in (started.opens - _SECOND, closes):
        why = f"rules 6.2, 3: `started` of 2021 in September doesn't contain {format_moment(moment)}"
        own.declined(["declaration-date-in-milestone"], why, declaration_date=format_moment(moment), **sent)
    made = own.declare(declaration_date=format_moment(closes - _SECOND), **sent)
    course = made["attributes"]["course_identifier"]
    own.expect(course == "ecf-mentor", "a mentor's declaration is for ecf-mentor", f"it is for {course}")
    own.declined(
        ["declaration-slot-free"],
        "rules 6.2, 9: `started` has been declared",
        declaration_date=format_moment(started.opens),
        **sent,
    )
    january = {**MENTOR, "schedule_identifier": "ecf-standard-january", "cohort": "2021"}
    for report in RESCHEDULE:
        refuse(
            own, ["schedule-keeps-declarations"], report, id, {**january, "schedule_identifier": "ecf-standard-april"}
        )


@probe("A deferred participant can be declared for, and given another schedule.", DECLARE)
def deferred(bench: Bench, operation: str) -> None:
    for course, id in (
        (ECT, bench.ect(training_status="deferred")),
        (MENTOR, bench.mentor(training_status="deferred")),
    ):
        bench.own.declare(participant_id=id, **course)
        for number, report in enumerate(RESCHEDULE):
            identifier = ("ecf-extended-september", "ecf-reduced-september")[number]
            saved = act(bench.own, report, id, {**course, "schedule_identifier": identifier, "cohort": "2021"})
            came = saved["training_status"]
            bench.own.expect(
                came == "deferred", "a change of schedule leaves training_status deferred", f"it is {came}"
            )
    # Somebody who was deferred, and then withdrawn, can still be declared for up to the withdrawal.
    id = bench.ect()
    act(bench.own, "deferEcfParticipant", id, BREAK)
    act(bench.own, "withdrawEcfParticipant", id, LEAVE)
    bench.own.declare(participant_id=id)


def _opens(identifier: str, cohort: int) -> datetime:
    """The first moment of a schedule without milestone dates."""
    found = schedule(cohort, identifier)
    assert found is not None  # noqa: S101 - every cohort has these
    return found.milestones["started"].opens


@probe(
    "Replacement schedules take declarations from their first day on, without an end, for mentors.",
    DECLARE,
    clock=_LATER,
)
def replacement_schedules(bench: Bench, operation: str) -> None:
    own = bench.own
    for cohort in (2021, 2024):
        for identifier in SCHEDULE_IDENTIFIERS[9:]:
            opens = _opens(identifier, cohort)
            id = bench.mentor(cohort=str(cohort), schedule_identifier=identifier)
            for kind in DECLARATION_TYPES:
                sent = {"participant_id": id, "declaration_type": kind, "evidence_held": "other", **MENTOR}
                why = f"schedules.md: {kind} on {identifier} of {cohort} opens on {opens:%Y-%m-%d}"
                before = format_moment(opens - _SECOND)
                own.declined(["declaration-date-in-milestone"], why, declaration_date=before, **sent)
                for moment in (opens, opens + timedelta(days=900)):
                    made = own.declare(declaration_date=format_moment(moment), **sent)["id"]
                    own.accepted(VOID, made)


PROBES = (
    evidence_of_everybody,
    reports_on_mentors,
    declarations_for_mentors,
    deferred,
    replacement_schedules,
)
