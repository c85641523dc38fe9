"""When a declaration may be dated: milestones by London days, the clock, the form, and the order of types."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from mock_server.harness.check.probes import Values, probe
from mock_server.harness.v3.check.behaviour.acts import WITHDRAW, act
from mock_server.harness.v3.check.behaviour.evidence import TYPES
from mock_server.harness.v3.check.bench import DECLARE, VOID, World, declaration
from mock_server.rules.moments import format_moment
from mock_server.v3.domain.schedules import Milestone, schedules_of
from mock_server.v3.domain.vocabulary import SCHEDULE_IDENTIFIERS

_SECOND: Final = timedelta(seconds=1)
_HALF: Final = timedelta(milliseconds=1)
# Long after every milestone of the cohorts up to 2024.
_LATER: Final = "2027-12-01T09:00:00Z"
_DATE: Final = "declaration_date"
_TYPE: Final = "declaration_type"

# Evidence that each type accepts, in cohorts with detailed evidence and without.
_EVIDENCE: Final = {"retained-2": "75-percent-engagement-met", "completed": "75-percent-engagement-met"}


def evidence_of(cohort: str, type: str) -> str:
    return _EVIDENCE.get(type, "other") if cohort >= "2025" else "other"


def _milestones(cohorts: tuple[str, ...]) -> Iterator[tuple[str, str, Milestone]]:
    for cohort in cohorts:
        for identifier in SCHEDULE_IDENTIFIERS:
            if "replacement" not in identifier:
                for milestone in schedules_of(cohort)[identifier].milestones.values():
                    yield cohort, identifier, milestone


@probe("A milestone accepts from its first moment in London to the end of its last day there.", DECLARE, clock=_LATER)
def windows(world: World, operation: str) -> None:
    """Schedules 2 and 3, and rules 5.8, row 10. A day of summer time begins at 23:00 UTC."""
    own, ids = world.own, dict[tuple[str, str], str]()
    for cohort, identifier, milestone in _milestones(("2024", "2025")):
        if (cohort, identifier) not in ids:
            ids[cohort, identifier] = world.trained(
                cohort=cohort, schedule_identifier=identifier, started_on=f"{cohort}-09-01"
            )
        closes = milestone.closes
        dates = [(milestone.opens - _SECOND, False), (milestone.opens, True)]
        dates += [(closes - _HALF, True), (closes, False)] if closes else []
        for moment, inside in dates:
            text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            type = milestone.declaration_type
            sent = declaration(
                ids[cohort, identifier],
                declaration_type=type,
                declaration_date=text,
                evidence_held=evidence_of(cohort, type),
            )
            where = f"{type} on {identifier} of {cohort} at {text}"
            own.send(operation, body=sent)
            own.refuses_if(not inside, ["declaration-date-in-milestone"], where)
            if inside:
                own.accepted(VOID, own.answered.json["data"]["id"])


@probe("A type that the schedule lacks can't be declared: only extended schedules have nine.", DECLARE)
def types_of_schedules(world: World, operation: str) -> None:
    """Rules 5.8, row 17."""
    for cohort, date in (("2024", "2026-01-20T09:00:00Z"), ("2025", "2026-01-20T09:00:00Z")):
        for identifier in ("ecf-standard-september", "ecf-reduced-september", "ecf-extended-september"):
            id = world.trained(cohort=cohort, schedule_identifier=identifier, started_on=f"{cohort}-09-01")
            for type in ("extended-1", "extended-2", "extended-3"):
                sent = declaration(id, declaration_type=type, declaration_date=date, evidence_held="other")
                if "extended" in identifier:
                    world.own.accepted(operation, body=sent)
                else:
                    world.own.refused_whole(
                        ("getDeclarations",), ["declaration-type-in-schedule"], operation, body=sent
                    )


@probe("A declaration can't be dated after the server's clock.", DECLARE)
def not_in_the_future(world: World, operation: str) -> None:
    """Rules 5.8, row 9."""
    id = world.trained()
    now = world.control.clock().now
    sent = declaration(id, declaration_date=format_moment(now + _SECOND))
    world.own.refused_whole(("getDeclarations",), ["declaration-date-not-future"], operation, body=sent)
    headers = {"x-with-server-date": format_moment(now + _SECOND)}
    world.own.accepted(operation, body=sent, headers=headers)
    world.own.declare(world.trained(), declaration_date=format_moment(now))


_WRONG_FORMS: Final[Values] = (
    "2025-09-15",
    "2025-09-15T09:00Z",
    "2025-09-31T09:00:00Z",
    "2025-02-30T10:00:00Z",
    "2025-09-15 09:00:00Z",
    "2025-09-15T24:00:00Z",
    "2025-09-15T09:00:00 Z",
    "15 September 2025",
    "abc",
    1757926800,
)
_FORMS: Final = (
    ("2025-09-15T09:00:00Z", "2025-09-15T09:00:00Z"),
    ("2025-09-15T10:00:00+01:00", "2025-09-15T09:00:00Z"),
    ("2025-09-15T10:00:00+0100", "2025-09-15T09:00:00Z"),
    ("2025-09-15T10:00:00+01", "2025-09-15T09:00:00Z"),
    ("2025-09-15T04:30:00-04:30", "2025-09-15T09:00:00Z"),
    ("2025-09-15T09:00:00.999Z", "2025-09-15T09:00:00Z"),
    ("2025-09-15T09:00:00,5Z", "2025-09-15T09:00:00Z"),
    # Without a zone it is UTC throughout (rules 5.8).
    ("2025-09-15T09:00:00", "2025-09-15T09:00:00Z"),
)


@probe("A date is a real moment with seconds, in one of the forms, and shown in UTC to the second.", DECLARE)
def forms(world: World, operation: str) -> None:
    """Rules 5.8, row 11 and the decision on unreadable dates."""
    id = world.trained()
    for odd in _WRONG_FORMS:
        sent = declaration(id, declaration_date=odd)
        world.own.refused_whole(("getDeclarations",), ["declaration-date-well-formed"], operation, body=sent)
    for text, shown in _FORMS:
        made = world.own.declare(id, declaration_date=text)
        came = made["attributes"][_DATE]
        world.own.expect(came == shown, f"{text} is shown as {shown}", f"it is {came}")
        world.own.accepted(VOID, made["id"])


# Cohort, what is declared already, what is declared next, and whether that is accepted (rules 5.8, row 18).
_ORDERS: Final = (
    ("2025", ("retained-2", "2025-12-01T09:00:00Z"), ("retained-1", "2025-12-01T09:00:01Z"), False),
    ("2025", ("retained-2", "2025-12-01T09:00:00Z"), ("retained-1", "2025-12-01T09:00:00Z"), True),
    ("2025", ("retained-2", "2025-12-01T09:00:00Z"), ("started", "2025-11-01T09:00:00Z"), True),
    ("2025", ("started", "2025-12-01T09:00:00Z"), ("completed", "2025-11-30T09:00:00Z"), False),
    ("2025", ("started", "2025-12-01T09:00:00Z"), ("completed", "2025-12-01T09:00:00Z"), True),
    ("2025", ("extended-1", "2025-12-01T09:00:00Z"), ("completed", "2025-12-02T09:00:00Z"), False),
    ("2025", ("completed", "2025-12-01T09:00:00Z"), ("extended-3", "2025-11-30T09:00:00Z"), False),
    ("2024", ("retained-2", "2025-04-02T09:00:00Z"), ("retained-1", "2025-09-01T09:00:00Z"), True),
    ("2024", ("completed", "2025-04-02T09:00:00Z"), ("extended-1", "2024-10-01T09:00:00Z"), True),
)


@probe("From 2025 on, dates follow the order of the types; equal ones are fine, and voided ones don't count.", DECLARE)
def sequence(world: World, operation: str) -> None:
    own = world.own
    for cohort, first, second, accepted in _ORDERS:
        id = world.trained(cohort=cohort, schedule_identifier="ecf-extended-september", started_on=f"{cohort}-09-01")
        bodies = [
            declaration(id, declaration_type=type, declaration_date=date, evidence_held=evidence_of(cohort, type))
            for type, date in (first, second)
        ]
        made = own.accepted(operation, body=bodies[0]).json["data"]["id"]
        if not accepted:
            own.refused_whole(("getDeclarations",), ["declaration-dates-in-order"], operation, body=bodies[1])
            own.accepted(VOID, made)
        own.accepted(operation, body=bodies[1])


@probe("All types of a course can be declared one after the other.", DECLARE)
def whole_course(world: World, operation: str) -> None:
    for cohort in ("2024", "2025"):
        id = world.trained(cohort=cohort, schedule_identifier="ecf-extended-september", started_on=f"{cohort}-09-01")
        for number, type in enumerate(TYPES, start=1):
            date = f"2026-01-{number:02}T09:00:00Z"
            world.own.declare(id, declaration_type=type, declaration_date=date, evidence_held=evidence_of(cohort, type))


@probe("After a withdrawal only what was reached before it can be declared; after a deferral everything.", DECLARE)
def before_withdrawal(world: World, operation: str) -> None:
    """Rules 5.8, row 14."""
    own, id, deferred = world.own, world.trained(), world.trained()
    act(own, WITHDRAW, id)
    act(own, "deferParticipant", deferred)
    world.to("2026-02-12T09:00:00Z")
    for date, accepted in (
        ("2026-02-11T09:00:00Z", False),
        ("2026-02-10T09:00:00Z", False),
        ("2026-02-10T08:59:59Z", True),
    ):
        sent = declaration(id, declaration_date=date)
        if accepted:
            own.accepted(operation, body=sent)
        else:
            own.refused_whole(("getDeclarations",), ["declaration-before-withdrawal"], operation, body=sent)
    own.declare(deferred, declaration_date="2026-02-11T09:00:00Z")
    # A malformed date beside a withdrawal is about the date alone.
    own.refused(
        ["declaration-date-well-formed"],
        operation,
        body=declaration(id, declaration_date="abc", declaration_type="retained-1"),
    )


PROBES: Final = (
    windows,
    types_of_schedules,
    not_in_the_future,
    forms,
    sequence,
    whole_course,
    before_withdrawal,
)
