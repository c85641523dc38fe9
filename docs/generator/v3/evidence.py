"""The evidence that a declaration of version 3 must hold, as the page shows it: from the rule's own table."""

from collections.abc import Sequence
from dataclasses import dataclass

from mock_server.v3.domain.evidence import evidence_allowed
from mock_server.v3.domain.schedules import FLAGS
from mock_server.v3.domain.vocabulary import COURSES, DECLARATION_TYPES, FUNDED_MENTOR_TYPES, ROLES, Role


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """Types that may hold the same evidence. `allowed` is empty where the service drops whatever a provider sends."""

    roles: tuple[str, ...]
    types: tuple[str, ...]
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceTable:
    """The evidence of all cohorts with the same flag, which are `cohorts`."""

    detailed: bool
    cohorts: tuple[str, ...]
    rows: Sequence[EvidenceRow]


def evidence_tables() -> list[EvidenceTable]:
    """One table without detailed evidence, and one with it."""
    return [_table(detailed) for detailed in (False, True)]


def _table(detailed: bool) -> EvidenceTable:
    cohorts = tuple(year for year, flags in FLAGS.items() if flags.detailed_evidence == detailed)
    by_role = {role: _by_allowed(detailed, role) for role in ROLES}
    if len({tuple(rows.items()) for rows in by_role.values()}) == 1:
        # Both roles have the same rows.
        return EvidenceTable(detailed, cohorts, _rows(tuple(COURSES[role] for role in ROLES), by_role[ROLES[0]]))
    return EvidenceTable(detailed, cohorts, [row for role in ROLES for row in _rows((COURSES[role],), by_role[role])])


def _by_allowed(detailed: bool, role: Role) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The types by the values that they may hold, in the order of the types."""
    mentors_only = any(flags.mentor_funding and flags.detailed_evidence == detailed for flags in FLAGS.values())
    types = FUNDED_MENTOR_TYPES if role == "mentor" and mentors_only else DECLARATION_TYPES
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for kind in types:
        allowed = evidence_allowed(detailed=detailed, role=role, declaration_type=kind)
        found[allowed] = (*found.get(allowed, ()), kind)
    return found


def _rows(roles: tuple[str, ...], by_allowed: dict[tuple[str, ...], tuple[str, ...]]) -> list[EvidenceRow]:
    return [EvidenceRow(roles, types, allowed) for allowed, types in by_allowed.items()]
