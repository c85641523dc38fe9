"""What the examples of v3's contract need from the seed `guide`."""

from typing import Any, Final

from tests.guide_examples import GuideExamples


def _is(name: str, value: Any) -> Any:
    return lambda attributes: attributes[name] == value


def _transfers(kind: str) -> Any:
    return lambda attributes: [each["transfer_type"] for each in attributes["transfers"]] == [kind]


def _roles(*roles: str) -> Any:
    return lambda attributes: tuple(each["participant_type"] for each in attributes["ecf_enrolments"]) == roles


EXAMPLES: Final = GuideExamples(
    service="v3",
    clock="2026-02-10T09:00:00Z",
    lists={
        "participant_id": "/participants",
        "school_id": "/schools?filter[cohort]=2025",
        "delivery_partner_id": "/delivery-partners?filter[cohort]=2025",
        "/api/v3/participants/{id}/transfers": "/participants/transfers",
        "/participants": "/participants",
        "/participant-declarations": "/participant-declarations",
        "/partnerships": "/partnerships",
        "/schools": "/schools?filter[cohort]=2025",
        "/delivery-partners": "/delivery-partners?filter[cohort]=2025",
        "/statements": "/statements",
        "/unfunded-mentors": "/unfunded-mentors",
    },
    shows={
        ("getParticipant", "ect"): _roles("ect"),
        ("getParticipant", "bothRoles"): _roles("ect", "mentor"),
        ("getTransfer", "newSchool"): _transfers("new_school"),
        ("getTransfer", "unknown"): _transfers("unknown"),
        ("getDeclaration", "eligible"): _is("state", "eligible"),
        ("getDeclaration", "paid"): _is("state", "paid"),
        ("voidDeclaration", "voided"): _is("state", "voided"),
        ("voidDeclaration", "paidBefore"): _is("state", "awaiting-clawback"),
        ("getSchool", "interested"): _is("expression_of_interest", True),
        ("getSchool", "notYetKnown"): _is("induction_programme_choice", "not_yet_known"),
        ("getStatement", "open"): _is("paid", False),
        ("getStatement", "paid"): _is("paid", True),
    },
    # A declaration fits few people.
    first=("createDeclaration",),
)
