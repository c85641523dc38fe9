"""When a declaration may be dated: milestones by London days, the clock, the form, and the order of types."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from mock_server.harness.check.probes import Values, probe
from mock_server.harness.v3.check.behaviour.acts import WITHDRAW, act
from mock_server.harness.v3.check.behaviour.evidence import TYPES
from mock_server.harness.v3.check.bench import (
    COHORTS,
    DECLARE,
    SINCE_2025,
    VOID,
    Bench,
    Sender,
    declaration,
    late_in,
)
from mock_server.rules.moments import format_moment
from mock_server.v3.domain.schedules import Milestone, schedules_of
from mock_server.v3.domain.vocabulary import FUNDED_MENTOR_TYPES

_SECOND: Final = timedelta(seconds=1)
_HALF: Final = timedelta(milliseconds=1)
_DATE: Final = "declaration_date"
_TYPE: Final = "declaration_type"

# Evidence that each type accepts, in cohorts with detailed evidence and without.
_EVIDENCE: Final = {"retained-2": "75-percent-engagement-met", "completed": "75-percent-engagement-met"}


def evidence_of(cohort: str, type: str) -> str:
    return _EVIDENCE.get(type, "other") if cohort in SINCE_2025 else "other"


def _milestones(cohort: str) -> Iterator[tuple[str, str, Milestone]]:
    """Each milestone that the cohort can declare, with its schedule and the role of whoever is on it."""
    for identifier, schedule in schedules_of(cohort).items():
        role = "mentor" if "replacement" in identifier else "ect"
        for milestone in schedule.milestones.values():
            if role == "ect" or cohort not in SINCE_2025 or milestone.declaration_type in FUNDED_MENTOR_TYPES:
                yield role, identifier, milestone


@probe(
    "A milestone accepts from its first moment in London to the end of its last day there, in each cohort.",
    DECLARE,
    clock=late_in(COHORTS[0]),
)
def windows(bench: Bench, operation: str) -> None:
    """Schedules 2 and 3, and rules 5.8, row 10. A day of summer time begins at 23:00 UTC."""
    for cohort in COHORTS:
        bench.to(late_in(cohort))
        ids = dict[str, str]()
        for role, identifier, milestone in _milestones(cohort):
            if identifier not in ids:
                ids[identifier] = bench.trained(
                    role, cohort=cohort, schedule_identifier=identifier, started_on=f"{cohort}-09-01"
                )
            _window(bench.own, ids[identifier], role, cohort, identifier, milestone)


def _window(own: Sender, id: str, role: str, cohort: str, identifier: str, milestone: Milestone) -> None:
    opens, closes, type = milestone.opens, milestone.closes, milestone.declaration_type
    inside = [opens, closes - _HALF] if closes else [opens]
    outside = [opens - _SECOND, closes] if closes else [opens - _SECOND]
    made = ""
    # What lies outside comes first: once a declaration is made, its type is taken.
    for moment in (*outside, *inside):
        text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        evidence = evidence_of(cohort, type)
        if made:
            own.accepted(VOID, made)
        own.send(
            DECLARE,
            body=declaration(id, role, declaration_type=type, declaration_date=text, evidence_held=evidence),
        )
        where = f"{type} on {identifier} of {cohort} at {text}"
        own.refuses_if(moment in outside, ["declaration-date-in-milestone"], where)
        if moment in inside:
            made = own.answered.json["data"]["id"]


@probe(
    "A type that the schedule lacks can't be declared: only extended schedules have nine.",
    DECLARE,
    clock=late_in(COHORTS[0]),
)
def types_of_schedules(bench: Bench, operation: str) -> None:
    """Rules 5.8, row 17. Extended schedules are those of `windows`."""
    for cohort in COHORTS:
        bench.to(late_in(cohort))
        for identifier in ("ecf-standard-september", "ecf-reduced-september", "ecf-replacement-september"):
            role = "mentor" if "replacement" in identifier else "ect"
            if role == "mentor" and cohort in SINCE_2025:
                continue
            id = bench.trained(role, cohort=cohort, schedule_identifier=identifier, started_on=f"{cohort}-09-01")
            for type in ("extended-1", "extended-2", "extended-3"):
                date = f"{int(cohort) + 1}-01-20T09:00:00Z"
                sent = declaration(id, role, declaration_type=type, declaration_date=date, evidence_held="other")
                bench.own.refused(["declaration-type-in-schedule"], operation, body=sent)


@probe("A declaration can't be dated after the server's clock.", DECLARE)
def not_in_the_future(bench: Bench, operation: str) -> None:
    """Rules 5.8, row 9."""
    id = bench.trained()
    now = bench.control.clock().now
    sent = declaration(id, declaration_date=format_moment(now + _SECOND))
    bench.own.refused_whole(("getDeclarations",), ["declaration-date-not-future"], operation, body=sent)
    headers = {"x-with-server-date": format_moment(now + _SECOND)}
    bench.own.accepted(operation, body=sent, headers=headers)
    bench.own.declare(bench.trained(), declaration_date=format_moment(now))


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
def forms(bench: Bench, operation: str) -> None:
    """Rules 5.8, row 11 and the decision on unreadable dates."""
    id = bench.trained()
    for odd in _WRONG_FORMS:
        sent = declaration(id, declaration_date=odd)
        bench.own.refused_whole(("getDeclarations",), ["declaration-date-well-formed"], operation, body=sent)
    for text, shown in _FORMS:
        made = bench.own.declare(id, declaration_date=text)
        came = made["attributes"][_DATE]
        bench.own.expect(came == shown, f"{text} is shown as {shown}", f"it is {came}")
        bench.own.accepted(VOID, made["id"])


# What is declared already, what is declared next, and whether cohorts from 2025 on accept that (rules 5.8, row 18).
# The dates are those of a cohort's second and third term: month, day and time.
_ORDERS: Final = (
    # Its evidence is fine with and without the flag for detailed evidence.
    ("started", "12-01T09:00:00Z", "retained-1", "11-30T09:00:00Z", False),
    ("retained-2", "12-01T09:00:00Z", "retained-1", "12-01T09:00:01Z", False),
    ("retained-2", "12-01T09:00:00Z", "retained-1", "12-01T09:00:00Z", True),
    ("retained-2", "12-01T09:00:00Z", "started", "11-01T09:00:00Z", True),
    ("started", "12-01T09:00:00Z", "completed", "11-30T09:00:00Z", False),
    ("started", "12-01T09:00:00Z", "completed", "12-01T09:00:00Z", True),
    ("extended-1", "12-01T09:00:00Z", "completed", "12-02T09:00:00Z", False),
    ("completed", "12-01T09:00:00Z", "extended-3", "11-30T09:00:00Z", False),
)


@probe(
    "From 2025 on, dates follow the order of the types; equal ones are fine, and voided ones don't count.",
    DECLARE,
    clock=late_in(COHORTS[0]),
)
def sequence(bench: Bench, operation: str) -> None:
    """Before 2025 any order is fine, and it is the year that decides, not a flag of the cohort."""
    for cohort in COHORTS:
        bench.to(late_in(cohort))
        for row in _ORDERS:
            _in_order(bench, cohort, row)
    for cohort, flag in (("2024", True), ("2025", False)):
        bench.control.v3.change_cohort(cohort, detailed_evidence=flag, mentor_funding=flag, uplift_fees=not flag)
        bench.to(late_in(cohort))
        _in_order(bench, cohort, _ORDERS[0])


def _in_order(bench: Bench, cohort: str, row: tuple[str, str, str, str, bool]) -> None:
    own, (first, earlier, second, later, in_order) = bench.own, row
    id = bench.trained(cohort=cohort, schedule_identifier="ecf-extended-september", started_on=f"{cohort}-09-01")
    bodies = [
        declaration(
            id, declaration_type=type, declaration_date=f"{cohort}-{date}", evidence_held=evidence_of(cohort, type)
        )
        for type, date in ((first, earlier), (second, later))
    ]
    made = own.accepted(DECLARE, body=bodies[0]).json["data"]["id"]
    if not in_order and cohort in SINCE_2025:
        own.refused_whole(("getDeclarations",), ["declaration-dates-in-order"], DECLARE, body=bodies[1])
        own.accepted(VOID, made)
    own.accepted(DECLARE, body=bodies[1])


@probe("All types of a course can be declared one after the other.", DECLARE)
def whole_course(bench: Bench, operation: str) -> None:
    for cohort in ("2024", "2025"):
        id = bench.trained(cohort=cohort, schedule_identifier="ecf-extended-september", started_on=f"{cohort}-09-01")
        for number, type in enumerate(TYPES, start=1):
            date = f"2026-01-{number:02}T09:00:00Z"
            bench.own.declare(id, declaration_type=type, declaration_date=date, evidence_held=evidence_of(cohort, type))


@probe("After a withdrawal only what was reached before it can be declared; after a deferral everything.", DECLARE)
def before_withdrawal(bench: Bench, operation: str) -> None:
    """Rules 5.8, row 14."""
    own, id, deferred = bench.own, bench.trained(), bench.trained()
    act(own, WITHDRAW, id)
    act(own, "deferParticipant", deferred)
    bench.to("2026-02-12T09:00:00Z")
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
