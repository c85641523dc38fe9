"""The evidence that a declaration must hold, by cohort, role and type (rules 5.8, row 13)."""

from typing import Final

from mock_server.v3.domain.vocabulary import ROLES, Role

_SIMPLE: Final = ("training-event-attended", "self-study-material-completed", "other")
_WITH_OFFLINE: Final = (*_SIMPLE, "materials-engaged-with-offline")
_ENGAGEMENT: Final = ("75-percent-engagement-met", "75-percent-engagement-met-reduced-induction")
_COMPLETION: Final = (*_ENGAGEMENT, "one-term-induction")
# The service requires nothing, and drops any evidence that a provider sends.
_DROPPED: Final = ()

_ECT: Final[tuple[Role, ...]] = ("ect",)
_MENTOR: Final[tuple[Role, ...]] = ("mentor",)
_RETAINED: Final = ("retained-1", "retained-2", "retained-3", "retained-4")
_EXTENDED: Final = ("extended-1", "extended-2", "extended-3")

# Detailed evidence is a flag of the cohort. It is off up to 2024, and on from 2025.
_ROWS: Final[tuple[tuple[bool, tuple[Role, ...], tuple[str, ...], tuple[str, ...]], ...]] = (
    # detailed, roles, types, allowed
    (False, ROLES, ("started",), _DROPPED),
    (False, ROLES, (*_RETAINED, "completed", *_EXTENDED), _SIMPLE),
    (True, _ECT, ("started", "retained-1", "retained-3", "retained-4", *_EXTENDED), _WITH_OFFLINE),
    (True, _ECT, ("retained-2",), _ENGAGEMENT),
    (True, _ECT, ("completed",), _COMPLETION),
    (True, _MENTOR, ("started",), _WITH_OFFLINE),
    (True, _MENTOR, ("completed",), _ENGAGEMENT),
    # The sheet lists no other types for mentors, because cohorts with detailed evidence fund no others. This row is our
    # assumption, for a cohort to which somebody gave detailed evidence without mentor funding.
    (True, _MENTOR, (*_RETAINED, *_EXTENDED), _WITH_OFFLINE),
)

_ALLOWED: Final = {
    (detailed, role, type): allowed for detailed, roles, types, allowed in _ROWS for role in roles for type in types
}


def evidence_allowed(*, detailed: bool, role: Role, declaration_type: str) -> tuple[str, ...]:
    """The values of which the service requires one. Empty if it drops any evidence.

    `declaration_type` is one of the nine.
    """
    return _ALLOWED[detailed, role, declaration_type]
