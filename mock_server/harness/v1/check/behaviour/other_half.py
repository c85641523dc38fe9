"""The other half of each rule: other cohorts and states, server dates, ids in capitals (rules 5.4, 6)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from mock_server.harness.check.bench import OWN, PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.behaviour.actions import (
    ACTIONS,
    ECT,
    LEAVE,
    MENTOR,
    RESCHEDULE,
    RESUME,
    act,
    attributes_of,
)
from mock_server.harness.v1.check.behaviour.declarations import DECLARE, VOID
from mock_server.harness.v1.check.bench import CLOCK, Bench, Sender, body, declaration
from mock_server.rules.moments import format_moment
from mock_server.v1.domain.schedules import SCHEDULE_IDENTIFIERS, schedule
from mock_server.v1.domain.states import DECLARATION_STATES, LIVE_STATES

_SECOND = timedelta(seconds=1)
_LATER = "2030-01-01T00:00:00Z"
_FUNDED: Any = {"eligible_for_funding": True}
# On this schedule every date from its first day on can be declared.
_OPEN_ENDED = "ecf-extended-september"


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
def later_cohorts(bench: Bench, operation: str) -> None:
    own = bench.own
    for cohort in (2023, 2024, 2025):
        ids = {name: bench.ect(cohort=str(cohort), schedule_identifier=name) for name in SCHEDULE_IDENTIFIERS[:3]}
        for identifier, kind, moment, inside in _bounds(cohort):
            sent = {"participant_id": ids[identifier], "declaration_type": kind, "evidence_held": "other"}
            own.send(DECLARE, body=declaration(declaration_date=format_moment(moment), **sent))
            where = f"schedules.md: {kind} on {identifier} of {cohort} at {format_moment(moment)}"
            own.refuses_if(not inside, ["declaration-date-in-milestone"], where)
            if inside:
                own.accepted(VOID, own.answered.json["data"]["id"])


@probe(
    "A declaration holds the schedule while it is submitted, eligible, payable or paid, and not in other states.",
    *RESCHEDULE,
)
def states_that_hold_the_schedule(bench: Bench, operation: str) -> None:
    own = bench.own
    for course, add in ((ECT, bench.ect), (MENTOR, bench.mentor)):
        april = {**course, "schedule_identifier": "ecf-standard-april", "cohort": "2021"}
        for state in DECLARATION_STATES:
            id = add()
            made = own.declare(participant_id=id, **course)["id"]
            bench.move(made, state)
            own.send(operation, id, body=body("x", **april))
            why = f"`started` of 2021-11-20 is before April's milestone, and the declaration is {state}"
            own.refuses_if(state in LIVE_STATES, ["schedule-keeps-declarations"], why)


@probe(
    "A slot is held while its declaration is submitted, eligible, payable or paid: type by type, course by course.",
    DECLARE,
)
def states_that_hold_the_slot(bench: Bench, operation: str) -> None:
    own = bench.own
    another = "2021-11-21T09:00:00Z"
    for kind, date in (("started", "2021-11-20T09:00:00Z"), ("retained-1", "2021-11-20T09:00:00Z")):
        for state in DECLARATION_STATES:
            id = bench.ect(schedule_identifier=_OPEN_ENDED)
            sent = {"participant_id": id, "declaration_type": kind, "evidence_held": "other"}
            made = own.declare(declaration_date=date, **sent)
            bench.move(made["id"], state)
            held = state in LIVE_STATES
            if held:
                copy = own.declare(declaration_date=date, **sent)
                own.expect(
                    copy["id"] == made["id"],
                    f"rules 9: a copy of a {state} declaration is answered with it, {made['id']}",
                    f"it is {copy['id']}",
                )
            own.send(DECLARE, body=declaration(declaration_date=another, **sent))
            own.refuses_if(held, ["declaration-slot-free"], f"another date beside a {kind} declaration that is {state}")
            # The other types have slots of their own.
            own.declare(**{**sent, "declaration_type": "retained-2", "declaration_date": another})


@probe("After a move the old provider's declarations hold their slots, in every live state.", DECLARE)
def slots_of_both_providers(bench: Bench, operation: str) -> None:
    for state in DECLARATION_STATES:
        id = bench.ect()
        made = bench.own.declare(participant_id=id)["id"]
        bench.move(made, state)
        bench.control.v1.transfer(id, provider=PEER)
        bench.other.send(DECLARE, body=declaration(participant_id=id))
        why = f"the old provider has a {state} declaration of that type"
        bench.other.refuses_if(state in LIVE_STATES, ["declaration-slot-free"], why)


@probe(
    "A person who was declared for under another record is the same with any provider, while that one is live.", DECLARE
)
def the_same_person(bench: Bench, operation: str) -> None:
    own, other = bench.own, bench.other
    numbers = iter(range(1_000_001, 1_000_100))

    def twins(kind: str, provider: str) -> tuple[str, str]:
        facts: Any = {
            "participant_type": kind,
            "teacher_reference_number": str(next(numbers)),
            "teacher_reference_number_validated": True,
            "cohort": "2021",
            **_FUNDED,
        }
        add = bench.control.v1.add_participant
        return add(provider=provider, **facts).id, add(provider=OWN, **facts).id

    for kind, course in (("ect", ECT), ("mentor", MENTOR)):
        for provider, sender in ((OWN, own), (PEER, other)):
            for state in ("eligible", "payable", "paid", "voided", "awaiting-clawback"):
                one, twin = twins(kind, provider)
                made = sender.declare(participant_id=one, **course)["id"]
                bench.move(made, state)
                came = own.declare(participant_id=twin, **course)["attributes"]["state"]
                wanted = "ineligible" if state in LIVE_STATES else "eligible"
                why = f"rules 6.2: {provider} declared for the same {kind}, and that declaration is {state}"
                own.expect(came == wanted, f"{why}: the state is {wanted}", f"it is {came}")
    # It stays ineligible: voids and confirmed funding change nothing.
    one, twin = twins("ect", OWN)
    first, second = own.declare(participant_id=one)["id"], own.declare(participant_id=twin)["id"]
    own.accepted(VOID, first)
    bench.control.v1.register(twin, eligible_for_funding=True)
    came = own.declaration(second)["state"]
    own.expect(came == "ineligible", "rules 6.2: an ineligible declaration stays so", f"it is {came}")


@probe("X-With-Server-Date dates the one request, whatever it does.", *ACTIONS)
def reports_at_another_date(bench: Bench, operation: str) -> None:
    own = bench.own
    for shifted in ("2022-01-02T03:04:05Z", "2024-02-03T04:05:06Z"):
        id = bench.ect(training_status="deferred" if operation in RESUME else "active")
        headers = {"x-with-server-date": shifted}
        answered = own.accepted(operation, id, body=body("x", **attributes_of(operation)), headers=headers).json["data"]
        came = answered["attributes"]["updated_at"]
        own.expect(came == shifted, f"rules 3: {operation} happened at {shifted}", f"updated_at is {came}")
        read = own.participant(id)["updated_at"]
        own.expect(read == shifted, f"and the record says so: {shifted}", f"updated_at is {read}")
    other = bench.ect(training_status="deferred" if operation in RESUME else "active")
    came = act(own, operation, other, attributes_of(operation))["updated_at"]
    own.expect(came == CLOCK, f"rules 3: the next request is of {CLOCK} again", f"updated_at is {came}")


@probe("A withdrawal, a declaration and a void happen at X-With-Server-Date.", DECLARE)
def rules_at_another_date(bench: Bench, operation: str) -> None:
    own = bench.own
    for report in ("withdrawEcfParticipant", "withdrawParticipant"):
        id = bench.ect()
        headers = {"x-with-server-date": "2021-11-20T09:00:00Z"}
        own.accepted(report, id, body=body("x", **LEAVE), headers=headers)
        why = f"rules 6.2, 4: {report} withdrew the participant at 2021-11-20T09:00:00Z by X-With-Server-Date"
        own.declined(["declaration-before-withdrawal"], why, participant_id=id, declaration_date="2021-11-20T09:00:00Z")
        own.declare(participant_id=id, declaration_date="2021-11-20T08:59:59Z")
    id = bench.ect()
    sent = declaration(participant_id=id, declaration_date="2021-11-20T09:00:00Z")
    own.send(DECLARE, body=sent, headers={"x-with-server-date": "2021-11-20T08:59:59Z"})
    own.refuses(["declaration-date-not-future"], "at X-With-Server-Date this declaration_date is still to come")
    made = own.send(DECLARE, body=sent, headers={"x-with-server-date": "2021-11-20T09:00:00Z"})
    own.status(200, "rules 6.2, 3: at X-With-Server-Date this declaration_date has come")
    record = made.json["data"]
    _dated(own, record["id"], "2021-11-20T09:00:00Z", "the declaration was made")
    own.accepted(VOID, record["id"], headers={"x-with-server-date": "2022-02-03T04:05:06Z"})
    _dated(own, record["id"], "2022-02-03T04:05:06Z", "the void happened")
    future = declaration(
        participant_id=bench.ect(schedule_identifier=_OPEN_ENDED), declaration_date="2025-01-01T00:00:00Z"
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
def reads_at_another_date(bench: Bench, operation: str) -> None:
    own = bench.own
    lists = {"getEcfParticipant": "listEcfParticipants", "getParticipantDeclaration": "listParticipantDeclarations"}
    id = own.records(lists[operation])[0]["id"] if operation in lists else None
    plain = own.accepted(operation, id).content
    for shifted in ("2021-09-02T00:00:00Z", "2031-01-01T00:00:00Z", "2022-01-01"):
        came = own.accepted(operation, id, headers={"x-with-server-date": shifted}).content
        own.expect(came == plain, f"rules 3: at {shifted} the records are those there are now", "they differ")
    again = own.accepted(operation, id).content
    own.expect(again == plain, "rules 3: afterwards they are as before", "they differ")


@probe("An id in capitals is the same id in the path of every action and void.", *ACTIONS, VOID)
def capitals_in_paths(bench: Bench, operation: str) -> None:
    own = bench.own
    if operation == VOID:
        id = own.declare(participant_id=bench.ect())["id"]
        answered = own.accepted(operation, id.upper()).json["data"]
    else:
        id = bench.ect(training_status="deferred" if operation in RESUME else "active")
        answered = own.accepted(operation, id.upper(), body=body("x", **attributes_of(operation))).json["data"]
    own.expect(answered["id"] == id, f"the answer is about {id}, in small letters", f"it is about {answered['id']}")


@probe("A number where a string is expected is read as text.", *RESCHEDULE)
def numbers_as_text(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.ect()
    sent = {**attributes_of(operation), "cohort": 2021}
    own.send(operation, id, body=body("x", **sent))
    own.status(200, "the cohort 2021 is the participant's, as a number, too")
    own.send(operation, id, body=body("x", **{**sent, "schedule_identifier": "ecf-extended-april", "cohort": 2022}))
    own.refuses(["schedule-cohort-unchanged"], "the cohort 2022 is a number")
    number = declaration(participant_id=bench.ect(), declaration_date=1637398800)
    own.send(DECLARE, body=number)
    own.refuses(["declaration-date-well-formed"], "the declaration_date is a number")


PROBES = (
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
