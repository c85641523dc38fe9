"""The evidence table of rules 5.8, every cell."""

import pytest

from mock_server.v3.domain.evidence import evidence_allowed
from mock_server.v3.domain.vocabulary import DECLARATION_TYPES, EVIDENCE_HELD, Role

SIMPLE = {"training-event-attended", "self-study-material-completed", "other"}
DETAILED = SIMPLE | {"materials-engaged-with-offline"}
ENGAGEMENT = {"75-percent-engagement-met", "75-percent-engagement-met-reduced-induction"}
COMPLETED = ENGAGEMENT | {"one-term-induction"}

# The sheet's table, written out again: by role and type.
UP_TO_2024: dict[Role, dict[str, set[str]]] = {
    "ect": {type: SIMPLE for type in DECLARATION_TYPES if type != "started"} | {"started": set()},
    "mentor": {type: SIMPLE for type in DECLARATION_TYPES if type != "started"} | {"started": set()},
}
FROM_2025: dict[Role, dict[str, set[str]]] = {
    "ect": {
        "started": DETAILED,
        "retained-1": DETAILED,
        "retained-2": ENGAGEMENT,
        "retained-3": DETAILED,
        "retained-4": DETAILED,
        "completed": COMPLETED,
        "extended-1": DETAILED,
        "extended-2": DETAILED,
        "extended-3": DETAILED,
    },
    "mentor": {"started": DETAILED, "completed": ENGAGEMENT},
}
CELLS = [
    (detailed, role, type, value)
    for detailed, table in ((False, UP_TO_2024), (True, FROM_2025))
    for role, types in table.items()
    for type in types
    for value in EVIDENCE_HELD
]


@pytest.mark.parametrize(("detailed", "role", "type", "value"), CELLS)
def test_evidence_is_allowed_where_the_sheet_lists_it(detailed: bool, role: Role, type: str, value: str) -> None:
    listed = (FROM_2025 if detailed else UP_TO_2024)[role][type]
    allowed = evidence_allowed(detailed=detailed, role=role, declaration_type=type)
    assert (value in allowed) == (value in listed)


def test_every_cohort_role_and_type_has_an_answer() -> None:
    for detailed in (False, True):
        for role in ("ect", "mentor"):
            for type in DECLARATION_TYPES:
                evidence_allowed(detailed=detailed, role=role, declaration_type=type)
