"""The evidence that a declaration needs, cell by cell of the table (rules 5.8, row 13)."""

from collections.abc import Iterator
from typing import Any, Final

from mock_server.harness.check.probes import Values, probe
from mock_server.harness.v3.check.bench import DECLARE, VOID, World, declaration

_SIMPLE: Final = ("training-event-attended", "self-study-material-completed", "other")
_OFFLINE: Final = (*_SIMPLE, "materials-engaged-with-offline")
_ENGAGEMENT: Final = ("75-percent-engagement-met", "75-percent-engagement-met-reduced-induction")
_COMPLETION: Final = (*_ENGAGEMENT, "one-term-induction")
EVIDENCE: Final = (*_OFFLINE, *_COMPLETION)
_EXTENDED: Final = ("extended-1", "extended-2", "extended-3")
_RETAINED: Final = ("retained-1", "retained-2", "retained-3", "retained-4")
TYPES: Final = ("started", *_RETAINED, "completed", *_EXTENDED)

# The table of rules 5.8: cohort, role, types, and what is allowed. None: whatever is sent is dropped.
_TABLE: Final[tuple[tuple[str, str, tuple[str, ...], tuple[str, ...] | None], ...]] = (
    ("2024", "ect", ("started",), None),
    ("2024", "mentor", ("started",), None),
    ("2024", "ect", (*_RETAINED, "completed", *_EXTENDED), _SIMPLE),
    ("2024", "mentor", (*_RETAINED, "completed", *_EXTENDED), _SIMPLE),
    ("2025", "ect", ("started", "retained-1", "retained-3", "retained-4", *_EXTENDED), _OFFLINE),
    ("2025", "ect", ("retained-2",), _ENGAGEMENT),
    ("2025", "ect", ("completed",), _COMPLETION),
    ("2025", "mentor", ("started",), _OFFLINE),
    ("2025", "mentor", ("completed",), _ENGAGEMENT),
)
_MISSING: Final[Values] = (None, " ")
_NONSENSE: Final[Values] = ("Other", 1)
_DATE: Final = "2026-01-20T09:00:00Z"
_START: Final = {"2024": "2024-09-01", "2025": "2025-09-01"}


def _cells() -> Iterator[tuple[str, str, str, tuple[str, ...] | None]]:
    for cohort, role, types, allowed in _TABLE:
        for type in types:
            yield cohort, role, type, allowed


def _person(world: World, cohort: str, role: str, known: dict[tuple[str, str], str]) -> str:
    """Somebody on a schedule that has every type, with an open window for each."""
    if (cohort, role) not in known:
        known[cohort, role] = world.trained(
            role, cohort=cohort, started_on=_START[cohort], schedule_identifier="ecf-extended-september"
        )
    return known[cohort, role]


@probe("Evidence is what the table has for the cohort, the role and the type, and nothing else.", DECLARE)
def table(world: World, operation: str) -> None:
    own, known = world.own, dict[tuple[str, str], str]()
    for cohort, role, type, allowed in _cells():
        id = _person(world, cohort, role, known)
        for held in (*EVIDENCE, *_MISSING, *_NONSENSE):
            sent = declaration(id, role, declaration_type=type, declaration_date=_DATE, evidence_held=held)
            accepted = allowed is None or held in allowed
            what = f"{cohort}, {role}, {type}, evidence {held!r}"
            if not accepted:
                own.send(operation, body=sent)
                own.refuses(["declaration-evidence-held"], what)
                continue
            own.send(operation, body=sent)
            own.status(200, f"{what} is accepted")
            made = own.answered.json["data"]
            shown = made["attributes"]["evidence_held"]
            wanted = None if allowed is None else held
            own.expect(shown == wanted, f"{what}: evidence_held is {wanted!r}", f"it is {shown!r}")
            own.accepted(VOID, made["id"])


@probe("Detailed evidence is a flag of the cohort, and not its year.", DECLARE)
def flag(world: World, operation: str) -> None:
    own = world.own
    for cohort, detailed, needed in (("2025", False, False), ("2024", True, True)):
        world.control.v3.change_cohort(cohort, detailed_evidence=detailed)
        id = world.trained(cohort=cohort, started_on=_START[cohort])
        date = "2024-10-01T09:00:00Z" if cohort == "2024" else "2025-10-01T09:00:00Z"
        sent: Any = declaration(id, declaration_date=date, evidence_held=None)
        own.send(operation, body=sent)
        own.refuses_if(
            needed, ["declaration-evidence-held"], f"detailed evidence is {detailed} in {cohort}, and none is sent"
        )


@probe("Mentors of cohorts with mentor funding are declared started and completed, and nothing else.", DECLARE)
def mentors(world: World, operation: str) -> None:
    """Rules 5.8, row 12."""
    own, known = world.own, dict[tuple[str, str], str]()
    id = _person(world, "2025", "mentor", known)
    for type in TYPES:
        evidence = "75-percent-engagement-met" if type == "completed" else "other"
        sent = declaration(id, "mentor", declaration_type=type, declaration_date=_DATE, evidence_held=evidence)
        if type in ("started", "completed"):
            own.accepted(operation, body=sent)
        else:
            own.refused_whole(("getDeclarations",), ["declaration-type-for-mentors"], operation, body=sent)
    world.control.v3.change_cohort("2024", mentor_funding=True)
    old = _person(world, "2024", "mentor", known)
    sent = declaration(old, "mentor", declaration_type="retained-1", declaration_date=_DATE)
    own.refused(["declaration-type-for-mentors"], operation, body=sent)


PROBES: Final = (table, flag, mentors)
