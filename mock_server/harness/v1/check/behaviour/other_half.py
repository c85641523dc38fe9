"""The other half of each rule: mentors, other schedules, cohorts and states, server dates (rules 5.4, 6)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from mock_server.harness.check.bench import OWN, PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.behaviour.actions import (
    ACTIONS,
    BREAK,
    ECT,
    LEAVE,
    MENTOR,
    RESCHEDULE,
    RESUME,
    act,
    attributes_of,
    refuse,
)
from mock_server.harness.v1.check.behaviour.declarations import DECLARE, VOID
from mock_server.harness.v1.check.bench import CLOCK, Sender, World, body, declaration
from mock_server.rules.moments import format_moment
from mock_server.v1.domain.schedules import SCHEDULE_IDENTIFIERS, schedule
from mock_server.v1.domain.states import LIVE_STATES
from mock_server.v1.domain.vocabulary import DECLARATION_TYPES, EVIDENCE_HELD

_SECOND = timedelta(seconds=1)
_LATER = "2030-01-01T00:00:00Z"
_FUNDED: Any = {"eligible_for_funding": True}
# On this schedule every date from its first day on can be declared.
_OPEN_ENDED = "ecf-extended-september"

# The way to each state that a declaration can have, from `submitted`.
_ROADS: dict[str, tuple[str, ...]] = {
    "submitted": (),
    "eligible": ("eligible",),
    "ineligible": ("ineligible",),
    "payable": ("eligible", "payable"),
    "paid": ("eligible", "payable", "paid"),
    "voided": ("voided",),
    "awaiting-clawback": ("eligible", "payable", "paid", "awaiting-clawback"),
    "clawed-back": ("eligible", "payable", "paid", "awaiting-clawback", "clawed-back"),
}


def _mentor(world: World, **given: Any) -> str:
    new: Any = {"provider": OWN, "participant_type": "mentor", "cohort": "2021", **given}
    return world.control.v1.add_participant(**new).id


def _in_state(world: World, made: str, state: str) -> None:
    for step in _ROADS[state]:
        world.control.v1.set_declaration_state(made, step)


def _declined(own: Sender, titles: list[str], why: str, **attributes: Any) -> None:
    """Sends a declaration that the server must refuse with these titles, because of `why`."""
    own.send(DECLARE, body=declaration(**attributes))
    own.status(422, why)
    came = [error["title"] for error in own.answered.json["errors"]]
    own.expect(came == titles, f"{why}: the titles are {titles}", f"they are {came}")


@probe("Mentors need evidence like ECTs: for every type but `started`, and from the list.", DECLARE, clock=_LATER)
def evidence_of_everybody(world: World, operation: str) -> None:
    own = world.own
    for course, add in ((ECT, world.ect), (MENTOR, lambda **given: _mentor(world, **given))):
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
                _declined(own, ["evidence_held"], why, evidence_held=odd, **sent)
            _declined(own, ["evidence_held"], why, **sent)
            for held in EVIDENCE_HELD:
                made = own.declare(evidence_held=held, **sent)
                own.accepted(VOID, made["id"])
        for ignored in ("video", "self-study-material-completed", None):
            own.declare(participant_id=add(), evidence_held=ignored, **course)


@probe("Every report is taken for mentors as for ECTs, once, and refused in the same states.", *ACTIONS)
def reports_on_mentors(world: World, operation: str) -> None:
    own, sent = world.own, {**attributes_of(operation), **MENTOR}
    id = _mentor(world, training_status="deferred" if operation in RESUME else "active")
    saved = act(own, operation, id, sent)
    title = "schedule_identifier" if operation in RESCHEDULE else "participant_profile"
    refuse(own, [title], operation, id, sent)
    own.expect(saved["mentor_id"] is None, "a mentor has no mentor", f"{saved}")
    withdrawn = _mentor(world, training_status="withdrawn")
    title = "participant_id" if operation in RESCHEDULE else "participant_profile"
    refuse(own, [title], operation, withdrawn, sent)


@probe("The same rules bind a declaration for a mentor: milestone, slot and withdrawal.", DECLARE)
def declarations_for_mentors(world: World, operation: str) -> None:
    own, id = world.own, _mentor(world)
    sent = {"participant_id": id, **MENTOR}
    on = schedule(2021, SCHEDULE_IDENTIFIERS[0])
    assert on is not None  # noqa: S101 - the first cohort is published
    started = on.milestones["started"]
    closes = started.closes
    assert closes is not None  # noqa: S101 - a standard schedule has milestone dates
    for moment in (started.opens - _SECOND, closes):
        why = f"rules 6.2, 3: `started` of 2021 in September doesn't contain {format_moment(moment)}"
        _declined(own, ["declaration_date"], why, declaration_date=format_moment(moment), **sent)
    made = own.declare(declaration_date=format_moment(closes - _SECOND), **sent)
    course = made["attributes"]["course_identifier"]
    own.expect(course == "ecf-mentor", "a mentor's declaration is for ecf-mentor", f"it is for {course}")
    _declined(
        own,
        ["base"],
        "rules 6.2, 9: `started` has been declared",
        declaration_date=format_moment(started.opens),
        **sent,
    )
    january = {**MENTOR, "schedule_identifier": "ecf-standard-january", "cohort": "2021"}
    for report in RESCHEDULE:
        refuse(own, ["schedule_identifier"], report, id, {**january, "schedule_identifier": "ecf-standard-april"})


@probe("A deferred participant can be declared for, and given another schedule.", DECLARE)
def deferred(world: World, operation: str) -> None:
    for course, id in (
        (ECT, world.ect(training_status="deferred")),
        (MENTOR, _mentor(world, training_status="deferred")),
    ):
        world.own.declare(participant_id=id, **course)
        for number, report in enumerate(RESCHEDULE):
            identifier = ("ecf-extended-september", "ecf-reduced-september")[number]
            saved = act(world.own, report, id, {**course, "schedule_identifier": identifier, "cohort": "2021"})
            came = saved["training_status"]
            world.own.expect(
                came == "deferred", "a change of schedule leaves training_status deferred", f"it is {came}"
            )
    # Somebody who was deferred, and then withdrawn, can still be declared for up to the withdrawal.
    id = world.ect()
    act(world.own, "deferEcfParticipant", id, BREAK)
    act(world.own, "withdrawEcfParticipant", id, LEAVE)
    world.own.declare(participant_id=id)


def _starts(identifier: str, cohort: int) -> tuple[datetime, str]:
    """The first moment of a schedule without milestone dates, and an identifier that starts there."""
    found = schedule(cohort, identifier)
    assert found is not None  # noqa: S101 - every cohort has these
    return found.milestones["started"].opens, identifier


@probe(
    "Replacement schedules take declarations from their first day on, without an end, for mentors.",
    DECLARE,
    clock=_LATER,
)
def replacement_schedules(world: World, operation: str) -> None:
    own = world.own
    for cohort in (2021, 2024):
        for identifier in SCHEDULE_IDENTIFIERS[9:]:
            opens, _ = _starts(identifier, cohort)
            id = _mentor(world, cohort=str(cohort), schedule_identifier=identifier)
            for kind in DECLARATION_TYPES:
                sent = {"participant_id": id, "declaration_type": kind, "evidence_held": "other", **MENTOR}
                why = f"schedules.md: {kind} on {identifier} of {cohort} opens on {opens:%Y-%m-%d}"
                before = format_moment(opens - _SECOND)
                _declined(own, ["declaration_date"], why, declaration_date=before, **sent)
                for moment in (opens, opens + timedelta(days=900)):
                    made = own.declare(declaration_date=format_moment(moment), **sent)["id"]
                    own.accepted(VOID, made)


def _bounds(cohort: int) -> Iterator[tuple[str, str, datetime, bool]]:
    """Identifier, type, moment, and whether it can be declared: at both bounds of each standard milestone."""
    for identifier in SCHEDULE_IDENTIFIERS[:3]:
        found = schedule(cohort, identifier)
        assert found is not None  # noqa: S101
        for kind, milestone in found.milestones.items():
            assert milestone.closes is not None  # noqa: S101
            yield identifier, kind, milestone.opens - _SECOND, False
            yield identifier, kind, milestone.opens, True
            yield identifier, kind, milestone.closes - _SECOND, True
            yield identifier, kind, milestone.closes, False


@probe("The milestones of the cohorts from 2023 on follow those of 2022, as many years later.", DECLARE, clock=_LATER)
def later_cohorts(world: World, operation: str) -> None:
    own = world.own
    for cohort in (2023, 2024, 2025):
        ids = {name: world.ect(cohort=str(cohort), schedule_identifier=name) for name in SCHEDULE_IDENTIFIERS[:3]}
        for identifier, kind, moment, inside in _bounds(cohort):
            sent = {"participant_id": ids[identifier], "declaration_type": kind, "evidence_held": "other"}
            own.send(DECLARE, body=declaration(declaration_date=format_moment(moment), **sent))
            where = f"schedules.md: {kind} on {identifier} of {cohort} at {format_moment(moment)}"
            own.status(200 if inside else 422, where)
            if inside:
                own.accepted(VOID, own.answered.json["data"]["id"])


@probe(
    "A declaration holds the schedule while it is submitted, eligible, payable or paid, and not in other states.",
    *RESCHEDULE,
)
def states_that_hold_the_schedule(world: World, operation: str) -> None:
    own = world.own
    for course, add in ((ECT, world.ect), (MENTOR, lambda **given: _mentor(world, **given))):
        april = {**course, "schedule_identifier": "ecf-standard-april", "cohort": "2021"}
        for state in _ROADS:
            id = add()
            made = own.declare(participant_id=id, **course)["id"]
            _in_state(world, made, state)
            own.send(operation, id, body=body("x", **april))
            holds = state in LIVE_STATES
            why = f"rules 5.4: `started` of 2021-11-20 is before April's milestone, and a declaration that is {state} "
            own.status(422 if holds else 200, why + ("binds the schedule" if holds else "doesn't bind the schedule"))


@probe(
    "A slot is held while its declaration is submitted, eligible, payable or paid: type by type, course by course.",
    DECLARE,
)
def states_that_hold_the_slot(world: World, operation: str) -> None:
    own = world.own
    another = "2021-11-21T09:00:00Z"
    for kind, date in (("started", "2021-11-20T09:00:00Z"), ("retained-1", "2021-11-20T09:00:00Z")):
        for state in _ROADS:
            id = world.ect(schedule_identifier=_OPEN_ENDED)
            sent = {"participant_id": id, "declaration_type": kind, "evidence_held": "other"}
            made = own.declare(declaration_date=date, **sent)
            _in_state(world, made["id"], state)
            held = state in LIVE_STATES
            if held:
                copy = own.declare(declaration_date=date, **sent)
                own.expect(
                    copy["id"] == made["id"],
                    f"rules 9: a copy of a {state} declaration is answered with it, {made['id']}",
                    f"it is {copy['id']}",
                )
            own.send(DECLARE, body=declaration(declaration_date=another, **sent))
            slot = "is taken" if held else "is free"
            own.status(422 if held else 200, f"rules 6.2, 9: the slot of a {state} {kind} {slot} for another date")
            # The other types have slots of their own.
            own.declare(**{**sent, "declaration_type": "retained-2", "declaration_date": another})


@probe("After a move the old provider's declarations hold their slots, in every live state.", DECLARE)
def slots_of_both_providers(world: World, operation: str) -> None:
    for state in _ROADS:
        id = world.ect()
        made = world.own.declare(participant_id=id)["id"]
        _in_state(world, made, state)
        world.control.v1.transfer(id, provider=PEER)
        world.other.send(DECLARE, body=declaration(participant_id=id))
        held = state in LIVE_STATES
        why = f"rules 6.2, 9 and 8: the old provider has a {state} declaration of that type"
        world.other.status(422 if held else 200, why)


@probe(
    "A person who was declared for under another record is the same with any provider, while that one is live.", DECLARE
)
def the_same_person(world: World, operation: str) -> None:
    own, other = world.own, world.other
    numbers = iter(range(1_000_001, 1_000_100))

    def twins(kind: str, provider: str) -> tuple[str, str]:
        facts: Any = {
            "participant_type": kind,
            "teacher_reference_number": str(next(numbers)),
            "teacher_reference_number_validated": True,
            "cohort": "2021",
            **_FUNDED,
        }
        add = world.control.v1.add_participant
        return add(provider=provider, **facts).id, add(provider=OWN, **facts).id

    for kind, course in (("ect", ECT), ("mentor", MENTOR)):
        for provider, sender in ((OWN, own), (PEER, other)):
            for state in ("eligible", "payable", "paid", "voided", "awaiting-clawback"):
                one, twin = twins(kind, provider)
                made = sender.declare(participant_id=one, **course)["id"]
                for step in _ROADS[state][1:] if state != "voided" else ("voided",):
                    world.control.v1.set_declaration_state(made, step)
                came = own.declare(participant_id=twin, **course)["attributes"]["state"]
                wanted = "ineligible" if state in LIVE_STATES else "eligible"
                why = f"rules 6.2: {provider} declared for the same {kind}, and that declaration is {state}"
                own.expect(came == wanted, f"{why}: the state is {wanted}", f"it is {came}")
    # It stays ineligible: voids and confirmed funding change nothing.
    one, twin = twins("ect", OWN)
    first, second = own.declare(participant_id=one)["id"], own.declare(participant_id=twin)["id"]
    own.accepted(VOID, first)
    world.control.v1.register(twin, eligible_for_funding=True)
    came = own.declaration(second)["state"]
    own.expect(came == "ineligible", "rules 6.2: an ineligible declaration stays so", f"it is {came}")


@probe("X-With-Server-Date dates the one request, whatever it does.", *ACTIONS)
def reports_at_another_date(world: World, operation: str) -> None:
    own = world.own
    for shifted in ("2022-01-02T03:04:05Z", "2024-02-03T04:05:06Z"):
        id = world.ect(training_status="deferred" if operation in RESUME else "active")
        headers = {"x-with-server-date": shifted}
        answered = own.accepted(operation, id, body=body("x", **attributes_of(operation)), headers=headers).json["data"]
        came = answered["attributes"]["updated_at"]
        own.expect(came == shifted, f"rules 3: {operation} happened at {shifted}", f"updated_at is {came}")
        read = own.participant(id)["updated_at"]
        own.expect(read == shifted, f"and the record says so: {shifted}", f"updated_at is {read}")
    other = world.ect(training_status="deferred" if operation in RESUME else "active")
    came = act(own, operation, other, attributes_of(operation))["updated_at"]
    own.expect(came == CLOCK, f"rules 3: the next request is of {CLOCK} again", f"updated_at is {came}")


@probe("A withdrawal, a declaration and a void happen at X-With-Server-Date.", DECLARE)
def rules_at_another_date(world: World, operation: str) -> None:
    own = world.own
    for report in ("withdrawEcfParticipant", "withdrawParticipant"):
        id = world.ect()
        headers = {"x-with-server-date": "2021-11-20T09:00:00Z"}
        own.accepted(report, id, body=body("x", **LEAVE), headers=headers)
        why = f"rules 6.2, 4: {report} withdrew the participant at 2021-11-20T09:00:00Z by X-With-Server-Date"
        _declined(own, ["participant_id"], why, participant_id=id, declaration_date="2021-11-20T09:00:00Z")
        own.declare(participant_id=id, declaration_date="2021-11-20T08:59:59Z")
    id = world.ect()
    sent = declaration(participant_id=id, declaration_date="2021-11-20T09:00:00Z")
    own.send(DECLARE, body=sent, headers={"x-with-server-date": "2021-11-20T08:59:59Z"})
    own.status(422, "rules 6.2, 3: at X-With-Server-Date this declaration_date is still to come")
    made = own.send(DECLARE, body=sent, headers={"x-with-server-date": "2021-11-20T09:00:00Z"})
    own.status(200, "rules 6.2, 3: at X-With-Server-Date this declaration_date has come")
    record = made.json["data"]
    _dated(own, record["id"], "2021-11-20T09:00:00Z", "the declaration was made")
    own.accepted(VOID, record["id"], headers={"x-with-server-date": "2022-02-03T04:05:06Z"})
    _dated(own, record["id"], "2022-02-03T04:05:06Z", "the void happened")
    future = declaration(
        participant_id=world.ect(schedule_identifier=_OPEN_ENDED), declaration_date="2025-01-01T00:00:00Z"
    )
    own.send(DECLARE, body=future, headers={"x-with-server-date": "2025-01-01T00:00:00Z"})
    own.status(200, "rules 6.2, 3: at X-With-Server-Date this declaration_date isn't in the future")


def _dated(own: Sender, id: str, wanted: str, what: str) -> None:
    came = own.declaration(id)["updated_at"]
    own.expect(came == wanted, f"rules 3: {what} at X-With-Server-Date, {wanted}", f"updated_at is {came}")


_READS = (
    "listEcfParticipants",
    "listParticipants",
    "listEcfParticipantsCsv",
    "listParticipantsCsv",
    "listParticipantDeclarations",
    "listParticipantDeclarationsCsv",
    "getEcfParticipant",
    "getParticipantDeclaration",
)


@probe("X-With-Server-Date changes nothing that is read, and moves no clock.", *_READS, seed="guide")
def reads_at_another_date(world: World, operation: str) -> None:
    own = world.own
    lists = {"getEcfParticipant": "listEcfParticipants", "getParticipantDeclaration": "listParticipantDeclarations"}
    id = own.records(lists[operation])[0]["id"] if operation in lists else None
    plain = own.accepted(operation, id).content
    for shifted in ("2021-09-02T00:00:00Z", "2031-01-01T00:00:00Z", "2022-01-01"):
        came = own.accepted(operation, id, headers={"x-with-server-date": shifted}).content
        own.expect(came == plain, f"rules 3: at {shifted} the records are those there are now", "they differ")
    again = own.accepted(operation, id).content
    own.expect(again == plain, "rules 3: afterwards they are as before", "they differ")


@probe("An id in capitals is the same id in the path of every action and void.", *ACTIONS, VOID)
def capitals_in_paths(world: World, operation: str) -> None:
    own = world.own
    if operation == VOID:
        id = own.declare(participant_id=world.ect())["id"]
        answered = own.accepted(operation, id.upper()).json["data"]
    else:
        id = world.ect(training_status="deferred" if operation in RESUME else "active")
        answered = own.accepted(operation, id.upper(), body=body("x", **attributes_of(operation))).json["data"]
    own.expect(answered["id"] == id, f"the answer is about {id}, in small letters", f"it is about {answered['id']}")


@probe("A number where a string is expected is read as text.", *RESCHEDULE)
def numbers_as_text(world: World, operation: str) -> None:
    own, id = world.own, world.ect()
    sent = {**attributes_of(operation), "cohort": 2021}
    own.send(operation, id, body=body("x", **sent))
    own.status(200, "the cohort 2021 is the participant's, as a number, too")
    own.send(operation, id, body=body("x", **{**sent, "schedule_identifier": "ecf-extended-april", "cohort": 2022}))
    own.status(422, "rules 5.4: the cohort can't change, and 2022 is a number")
    came = [error["title"] for error in own.answered.json["errors"]]
    own.expect(came == ["cohort"], "rules 5.4: the title is cohort", f"the titles are {came}")
    number = declaration(participant_id=world.ect(), declaration_date=1637398800)
    own.send(DECLARE, body=number)
    own.status(422, "rules 10: a declaration_date that is a number is no date")


PROBES = (
    evidence_of_everybody,
    reports_on_mentors,
    declarations_for_mentors,
    deferred,
    replacement_schedules,
    later_cohorts,
    states_that_hold_the_schedule,
    states_that_hold_the_slot,
    slots_of_both_providers,
    the_same_person,
    reports_at_another_date,
    rules_at_another_date,
    reads_at_another_date,
    capitals_in_paths,
    numbers_as_text,
)
