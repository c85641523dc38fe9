"""Promises about declarations: dates to the second, one live one a milestone, and the way to payment (rules 6)."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from mock_server.harness.check.bench import PEER
from mock_server.harness.check.probes import Values, probe
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.v1.check.behaviour.actions import ECT, LEAVE, MENTOR, act
from mock_server.harness.v1.check.bench import Bench, Sender, declaration
from mock_server.rules.moments import format_moment
from mock_server.v1.domain.schedules import SCHEDULE_IDENTIFIERS, Milestone, end_of, published_statements, schedule
from mock_server.v1.domain.states import DECLARATION_STATES, LIVE_STATES, VOIDED_AS
from mock_server.v1.domain.vocabulary import DECLARATION_TYPES, EVIDENCE_HELD

DECLARE = "createParticipantDeclaration"
VOID = "voidParticipantDeclaration"
_SECOND = timedelta(seconds=1)
# Long after every milestone of the cohorts 2021 and 2022.
_LATER = "2026-01-01T00:00:00Z"
_FUNDED: Any = {"eligible_for_funding": True}


def _refuse(own: Sender, rules: list[str], **attributes: Any) -> None:
    """Sends a declaration that these rules must refuse, and checks that it recorded none."""
    own.refused_whole(("listParticipantDeclarations",), rules, DECLARE, body=declaration(**attributes))


def _milestones(identifiers: tuple[str, ...]) -> Iterator[tuple[int, str, Milestone]]:
    for cohort in (2021, 2022):
        for identifier in identifiers:
            found = schedule(cohort, identifier)
            assert found is not None  # noqa: S101 - both cohorts are published
            for milestone in found.milestones.values():
                yield cohort, identifier, milestone


@probe(
    "A milestone accepts dates from the start of its first day to the end of its milestone date.", DECLARE, clock=_LATER
)
def milestones(bench: Bench, operation: str) -> None:
    own, ids = bench.own, dict[tuple[int, str], str]()
    for cohort, identifier, milestone in _milestones(SCHEDULE_IDENTIFIERS[:9]):
        if (cohort, identifier) not in ids:
            ids[cohort, identifier] = bench.ect(cohort=str(cohort), schedule_identifier=identifier)
        id = ids[cohort, identifier]
        closes = milestone.closes
        dates = [(milestone.opens - _SECOND, False), (milestone.opens, True)]
        dates += [(closes - _SECOND, True), (closes, False)] if closes else [(milestone.opens + timedelta(900), True)]
        for moment, inside in dates:
            sent = declaration(
                participant_id=id,
                declaration_type=milestone.declaration_type,
                declaration_date=format_moment(moment),
                evidence_held="other",
            )
            response = own.send(operation, body=sent)
            where = f"{milestone.declaration_type} on {identifier} of {cohort} at {format_moment(moment)}"
            own.refuses_if(not inside, ["declaration-date-in-milestone"], where)
            if inside:
                own.accepted(VOID, response.json["data"]["id"])


@probe("The answer to a declaration is the record, and it stays.", DECLARE)
def recorded(bench: Bench, operation: str) -> None:
    own = bench.own
    for funded, state in ((None, "submitted"), (False, "submitted"), (True, "eligible")):
        id = bench.ect(eligible_for_funding=funded)
        made = own.declare(participant_id=id.upper(), declaration_date="2021-11-20T10:00:00+01:00")
        now = format_moment(bench.control.clock().now)
        wanted = {
            "participant_id": id,
            "declaration_type": "started",
            "course_identifier": "ecf-induction",
            "eligible_for_payment": state == "eligible",
            "declaration_date": "2021-11-20T09:00:00Z",
            "updated_at": now,
            "voided": False,
            "state": state,
            "has_passed": None,
        }
        own.expect(made["attributes"] == wanted, f"the record is {wanted}", f"it is {made['attributes']}")
        saved = own.declaration(made["id"])
        own.expect(saved == wanted, "reading it shows the same", f"it is {saved}")
        listed = [r["id"] for r in own.records("listParticipantDeclarations", filter__participant_id=id)]
        own.expect(listed == [made["id"]], "the list has it once", f"it has {listed}")


@probe("A declaration can't be dated after the server's clock.", DECLARE)
def not_in_the_future(bench: Bench, operation: str) -> None:
    own = bench.own
    now = bench.control.clock().now
    open_ended: Any = {"schedule_identifier": "ecf-extended-september"}
    _refuse(
        own,
        ["declaration-date-not-future"],
        participant_id=bench.ect(**open_ended),
        declaration_date=_at(now + _SECOND),
    )
    own.declare(participant_id=bench.ect(**open_ended), declaration_date=_at(now))


@probe("What is missing or wrong is named attribute by attribute, in the documented order.", DECLARE)
def attributes_are_checked(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.ect()
    both = ["participant-enrolled", "course-enrolled"]
    missing = ["declaration-date-present", "declaration-type-present", *both]
    own.refused(missing, operation, body={"data": {"attributes": {}}})
    own.refused(missing, operation, body={"data": {"type": "x"}})
    for odd in (
        "2021-11-20",
        "2021-11-20T09:00Z",
        "2021-11-31T09:00:00Z",
        "2021-11-20 09:00:00Z",
        "2021-11-20T24:00:00Z",
        "20 November 2021",
        "1637398800",
    ):
        _refuse(own, ["declaration-date-well-formed"], participant_id=id, declaration_date=odd)
    _refuse(
        own, ["declaration-type-in-schedule"], participant_id=id, declaration_type="finished", evidence_held="other"
    )
    _refuse(own, both, participant_id=UNKNOWN_ID)
    _refuse(own, both, participant_id=None)
    _refuse(own, both, participant_id=id, **MENTOR)
    _refuse(own, both, participant_id=bench.ect(status="withdrawn"))
    _refuse(own, ["participant-enrolled"], participant_id=bench.ect(PEER))
    # A moment without a zone counts as UTC.
    own.declare(participant_id=id, declaration_date="2021-11-20T09:00:00.5")


@probe("A date may have an offset in three forms, and a fraction after a point or a comma.", DECLARE)
def forms_of_dates(bench: Bench, operation: str) -> None:
    for form in ("10:00:00+01:00", "10:00:00+0100", "10:00:00+01", "09:00:00,5Z", "09:00:00.5Z", "10:00:00,5+01"):
        made = bench.own.declare(participant_id=bench.ect(), declaration_date=f"2021-11-20T{form}")["attributes"]
        came = made["declaration_date"]
        bench.own.expect(came == "2021-11-20T09:00:00Z", f"{form} is nine o'clock in UTC", f"it is {came}")


@probe("Every type but `started` needs evidence from the list.", DECLARE)
def evidence(bench: Bench, operation: str) -> None:
    own = bench.own
    retained: Any = {"declaration_type": "retained-1", "declaration_date": "2022-01-15T14:30:00Z"}
    id = bench.ect()
    unlisted: Values = (None, "", "other ", "Other", "video", {}, ["other"])
    for odd in unlisted:
        _refuse(own, ["declaration-evidence-held"], participant_id=id, evidence_held=odd, **retained)
    for held in EVIDENCE_HELD:
        own.declare(participant_id=bench.ect(), evidence_held=held, **retained)
    unread: Values = (None, "video", {}, 1)
    for ignored in unread:
        own.declare(participant_id=bench.ect(), evidence_held=ignored)


@probe("One live declaration of a type, whichever provider made it; a copy is answered with it.", DECLARE)
def one_of_a_type(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.ect()
    made = own.declare(participant_id=id)
    copy = own.declare(participant_id=id, declaration_date="2021-11-20T10:00:00+01:00")
    own.expect(copy == made, "a copy is answered with the existing record", f"{copy}")
    listed = own.records("listParticipantDeclarations")
    own.expect(len(listed) == 1, "and makes no second one", f"the list has {len(listed)}")
    _refuse(own, ["declaration-slot-free"], participant_id=id, declaration_date="2021-11-20T09:00:01Z")
    own.accepted(VOID, made["id"])
    again = own.declare(participant_id=id, declaration_date="2021-11-20T09:00:01Z")
    own.expect(again["id"] != made["id"], "a new record takes the place of a voided one", "it is the old one")
    bench.control.v1.transfer(id, provider=PEER)
    sent = declaration(participant_id=id, declaration_date="2021-11-20T09:00:01Z")
    bench.other.refused(["declaration-slot-free"], operation, body=sent)


@probe("A mock told so refuses even an exact copy.", DECLARE, replay="refuse")
def copies_refused(bench: Bench, operation: str) -> None:
    id = bench.ect()
    bench.own.declare(participant_id=id)
    _refuse(bench.own, ["declaration-slot-free"], participant_id=id)


@probe("After a withdrawal only what was reached before it can be declared.", DECLARE)
def before_withdrawal(bench: Bench, operation: str) -> None:
    own, control = bench.own, bench.control
    control.set_clock(now="2021-11-20T09:00:00Z")
    id, other = bench.ect(), bench.ect()
    for each in (id, other):
        act(own, "withdrawEcfParticipant", each, LEAVE)
    control.set_clock(now="2021-11-25T00:00:00Z")
    _refuse(own, ["declaration-before-withdrawal"], participant_id=id, declaration_date="2021-11-20T09:00:00Z")
    own.declare(participant_id=id, declaration_date="2021-11-20T08:59:59Z")


@probe("A declaration for somebody who was declared for under another record is ineligible.", DECLARE)
def duplicate_person(bench: Bench, operation: str) -> None:
    own = bench.own
    same: Any = {"teacher_reference_number": "1234567", "teacher_reference_number_validated": True, **_FUNDED}
    own.declare(participant_id=bench.ect(**same))
    for given, state in (
        (same, "ineligible"),
        ({**same, "teacher_reference_number_validated": False}, "eligible"),
        ({**same, "teacher_reference_number": "7654321"}, "eligible"),
    ):
        made = own.declare(participant_id=bench.ect(**given))["attributes"]["state"]
        own.expect(made == state, f"the state is {state}", f"it is {made}")


@probe("Submitted declarations become eligible once funding is confirmed, and stay so.", "getParticipantDeclaration")
def funding_confirmed(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.ect()
    made = own.declare(participant_id=id)["id"]
    for eligible, state in ((False, "submitted"), (True, "eligible"), (False, "eligible")):
        bench.control.v1.register(id, eligible_for_funding=eligible)
        _is(own, made, state)


@probe(
    "Payment runs happen when a statement's deadline, and then its payment date, is past.", "getParticipantDeclaration"
)
def payment_runs(bench: Bench, operation: str) -> None:
    own, control = bench.own, bench.control
    for cohort in (2021, 2022):
        for statement in published_statements(cohort)[1:4]:
            opened = schedule(cohort, "ecf-extended-september")
            assert opened is not None  # noqa: S101
            control.set_clock(now=_at(end_of(statement.deadline) - timedelta(days=3)), running=False)
            id = bench.ect(cohort=str(cohort), schedule_identifier="ecf-extended-september", **_FUNDED)
            made = own.declare(participant_id=id, declaration_date=_at(opened.milestones["started"].opens))["id"]
            for moment, state in (
                (end_of(statement.deadline) - _SECOND, "eligible"),
                (end_of(statement.deadline), "payable"),
                (end_of(statement.payment) - _SECOND, "payable"),
                (end_of(statement.payment), "paid"),
            ):
                control.set_clock(now=_at(moment))
                _is(own, made, state)


# Deadline and payment date of some published statements, and of one after a cohort's last.
_STATEMENTS = (
    (2021, "2024-07-31", "2024-08-25"),
    (2021, "2024-12-31", "2025-01-25"),
    (2022, "2025-07-31", "2025-08-25"),
    (2023, "2023-12-31", "2024-01-25"),
    (2023, "2024-03-31", "2024-04-25"),
    (2024, "2024-12-31", "2025-01-25"),
    (2024, "2027-03-31", "2027-04-25"),
)


@probe("Each cohort has the statements that were published for it.", "getParticipantDeclaration")
def published_runs(bench: Bench, operation: str) -> None:
    for cohort, *days in _STATEMENTS:
        deadline, payment = (end_of(date.fromisoformat(day)) for day in days)
        bench.control.set_clock(now=_at(deadline - timedelta(days=2)), running=False)
        id = bench.ect(cohort=str(cohort), schedule_identifier="ecf-extended-september", **_FUNDED)
        made = bench.own.declare(participant_id=id, declaration_date=_at(deadline - timedelta(days=3)))["id"]
        for moment, state in (
            (deadline - _SECOND, "eligible"),
            (deadline, "payable"),
            (payment - _SECOND, "payable"),
            (payment, "paid"),
        ):
            bench.control.set_clock(now=_at(moment))
            _is(bench.own, made, state)


@probe("Voiding follows the table of states, and is saved.", VOID)
def voiding(bench: Bench, operation: str) -> None:
    own = bench.own
    for state in DECLARATION_STATES:
        id = bench.ect()
        made = own.declare(participant_id=id)["id"]
        bench.move(made, state)
        if state in VOIDED_AS:
            came = own.accepted(operation, made).json["data"]["attributes"]["state"]
            own.expect(came == VOIDED_AS[state], f"{state} becomes {VOIDED_AS[state]}", f"it becomes {came}")
            _is(own, made, VOIDED_AS[state])
        else:
            own.refused(["declaration-voidable"], operation, made)
            _is(own, made, state)
        # The milestone is free again, unless another live declaration holds it.
        _slot(own, id, free=own.declaration(made)["state"] not in LIVE_STATES)


def _slot(own: Sender, id: str, *, free: bool) -> None:
    own.send(DECLARE, body=declaration(participant_id=id, declaration_date="2021-11-21T09:00:00Z"))
    own.refuses_if(not free, ["declaration-slot-free"], "another date of the same type, after the void")


@probe("What was voided after payment is clawed back at the next payment.", VOID)
def clawback(bench: Bench, operation: str) -> None:
    own, control = bench.own, bench.control
    first, second = published_statements(2021)[1:3]
    control.set_clock(now=_at(end_of(first.deadline) - timedelta(days=3)), running=False)
    made = own.declare(participant_id=bench.ect(**_FUNDED))["id"]
    control.set_clock(now=_at(end_of(first.payment)))
    own.accepted(operation, made)
    for moment, state in (
        (end_of(second.payment) - _SECOND, "awaiting-clawback"),
        (end_of(second.payment), "clawed-back"),
    ):
        control.set_clock(now=_at(moment))
        _is(own, made, state)


@probe("A participant may be declared for, type by type, to the end of the course.", DECLARE, clock=_LATER)
def whole_course(bench: Bench, operation: str) -> None:
    mentor = bench.control.v1.add_participant(provider="alder", participant_type="mentor", cohort="2021").id
    on = schedule(2021, SCHEDULE_IDENTIFIERS[0])
    assert on is not None  # noqa: S101
    for id, course in ((bench.ect(), ECT), (mentor, MENTOR)):
        for kind in DECLARATION_TYPES:
            moment = on.milestones[kind].opens + timedelta(days=3)
            bench.own.declare(
                participant_id=id, declaration_type=kind, declaration_date=_at(moment), evidence_held="other", **course
            )


def _is(own: Sender, id: str, state: str) -> None:
    came = own.declaration(id)["state"]
    own.expect(came == state, f"the state is {state}", f"it is {came}")


def _at(moment: datetime) -> str:
    return format_moment(moment)


PROBES = (
    milestones,
    recorded,
    not_in_the_future,
    attributes_are_checked,
    forms_of_dates,
    evidence,
    one_of_a_type,
    copies_refused,
    before_withdrawal,
    duplicate_person,
    funding_confirmed,
    payment_runs,
    published_runs,
    voiding,
    clawback,
    whole_course,
)
