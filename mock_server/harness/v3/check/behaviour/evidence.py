"""The evidence that a declaration needs, cell by cell of the table (rules 5.8, row 13)."""

from collections.abc import Iterator
from typing import Any, Final

from mock_server.harness.check.probes import Values, probe
from mock_server.harness.v3.check.bench import COHORTS, DECLARE, SINCE_2025, VOID, Bench, declaration, late_in

_SIMPLE: Final = ("training-event-attended", "self-study-material-completed", "other")
_OFFLINE: Final = (*_SIMPLE, "materials-engaged-with-offline")
_ENGAGEMENT: Final = ("75-percent-engagement-met", "75-percent-engagement-met-reduced-induction")
_COMPLETION: Final = (*_ENGAGEMENT, "one-term-induction")
EVIDENCE: Final = (*_OFFLINE, *_COMPLETION)
_EXTENDED: Final = ("extended-1", "extended-2", "extended-3")
_RETAINED: Final = ("retained-1", "retained-2", "retained-3", "retained-4")
TYPES: Final = ("started", *_RETAINED, "completed", *_EXTENDED)

_UNTIL_2024: Final = tuple(cohort for cohort in COHORTS if cohort not in SINCE_2025)

# The table of rules 5.8: cohorts, roles, types, and what is allowed. None: whatever is sent is dropped.
_TABLE: Final[tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...] | None], ...]] = (
    (_UNTIL_2024, ("ect", "mentor"), ("started",), None),
    (_UNTIL_2024, ("ect", "mentor"), (*_RETAINED, "completed", *_EXTENDED), _SIMPLE),
    (SINCE_2025, ("ect",), ("started", "retained-1", "retained-3", "retained-4", *_EXTENDED), _OFFLINE),
    (SINCE_2025, ("ect",), ("retained-2",), _ENGAGEMENT),
    (SINCE_2025, ("ect",), ("completed",), _COMPLETION),
    (SINCE_2025, ("mentor",), ("started",), _OFFLINE),
    (SINCE_2025, ("mentor",), ("completed",), _ENGAGEMENT),
)
# Not given, or not one of the seven values. The last cohort of each kind is asked about all of them.
_MISSING: Final[Values] = (None, " ")
_NONSENSE: Final[Values] = ("Other", 1)
_ASKED_MORE: Final = ("2024", "2025")
_DATE: Final = "2026-01-20T09:00:00Z"


def _cells(cohort: str) -> Iterator[tuple[str, str, tuple[str, ...] | None]]:
    for cohorts, roles, types, allowed in _TABLE:
        for role in roles:
            for type in types:
                if cohort in cohorts:
                    yield role, type, allowed


def _values(cohort: str, allowed: tuple[str, ...] | None) -> Values:
    if cohort in _ASKED_MORE:
        return (*EVIDENCE, *_MISSING, *_NONSENSE)
    # The service looks at nothing here, so three values tell as much as all of them.
    return (None, "Other", EVIDENCE[0]) if allowed is None else (*EVIDENCE, None)


def _person(bench: Bench, cohort: str, role: str, known: dict[tuple[str, str], str]) -> str:
    """Somebody on a schedule that has every type, with an open window for each."""
    if (cohort, role) not in known:
        known[cohort, role] = bench.trained(
            role, cohort=cohort, started_on=f"{cohort}-09-01", schedule_identifier="ecf-extended-september"
        )
    return known[cohort, role]


@probe(
    "Evidence is what the table has for the cohort, the role and the type, and nothing else.",
    DECLARE,
    clock=late_in(COHORTS[0]),
)
def table(bench: Bench, operation: str) -> None:
    for cohort in COHORTS:
        bench.to(late_in(cohort))
        known = dict[tuple[str, str], str]()
        for role, type, allowed in _cells(cohort):
            _cell(bench, _person(bench, cohort, role, known), cohort, role, type, allowed)


def _cell(bench: Bench, id: str, cohort: str, role: str, type: str, allowed: tuple[str, ...] | None) -> None:
    own, made = bench.own, ""
    values = _values(cohort, allowed)
    taken = [held for held in values if allowed is None or held in allowed]
    # Refused ones come first: once a declaration is made, its type is taken.
    for held in (*(each for each in values if each not in taken), *taken):
        date = f"{int(cohort) + 1}-01-20T09:00:00Z"
        sent = declaration(id, role, declaration_type=type, declaration_date=date, evidence_held=held)
        what = f"{cohort}, {role}, {type}, evidence {held!r}"
        if made:
            own.accepted(VOID, made)
        own.send(DECLARE, body=sent)
        if held not in taken:
            own.refuses(["declaration-evidence-held"], what)
            continue
        own.status(200, f"{what} is accepted")
        made = own.answered.json["data"]["id"]
        shown = own.answered.json["data"]["attributes"]["evidence_held"]
        wanted = None if allowed is None else held
        own.expect(shown == wanted, f"{what}: evidence_held is {wanted!r}", f"it is {shown!r}")


@probe("Detailed evidence is a flag of the cohort, and not its year.", DECLARE)
def flag(bench: Bench, operation: str) -> None:
    own = bench.own
    for cohort, detailed, needed in (("2025", False, False), ("2024", True, True)):
        bench.control.v3.change_cohort(cohort, detailed_evidence=detailed)
        id = bench.trained(cohort=cohort, started_on=f"{cohort}-09-01")
        sent: Any = declaration(id, declaration_date=f"{cohort}-10-01T09:00:00Z", evidence_held=None)
        own.send(operation, body=sent)
        own.refuses_if(
            needed, ["declaration-evidence-held"], f"detailed evidence is {detailed} in {cohort}, and none is sent"
        )


@probe("Mentors of cohorts with mentor funding are declared started and completed, and nothing else.", DECLARE)
def mentors(bench: Bench, operation: str) -> None:
    """Rules 5.8, row 12."""
    own, known = bench.own, dict[tuple[str, str], str]()
    id = _person(bench, "2025", "mentor", known)
    for type in TYPES:
        evidence = "75-percent-engagement-met" if type == "completed" else "other"
        sent = declaration(id, "mentor", declaration_type=type, declaration_date=_DATE, evidence_held=evidence)
        if type in ("started", "completed"):
            own.accepted(operation, body=sent)
        else:
            own.refused_whole(("getDeclarations",), ["declaration-type-for-mentors"], operation, body=sent)
    bench.to(late_in("2026"))
    newer = _person(bench, "2026", "mentor", known)
    sent = declaration(newer, "mentor", declaration_type="retained-1", declaration_date="2027-01-20T09:00:00Z")
    own.refused(["declaration-type-for-mentors"], operation, body=sent)
    bench.control.v3.change_cohort("2024", mentor_funding=True)
    old = _person(bench, "2024", "mentor", known)
    sent = declaration(old, "mentor", declaration_type="retained-1", declaration_date=_DATE)
    own.refused(["declaration-type-for-mentors"], operation, body=sent)


PROBES: Final = (table, flag, mentors)
