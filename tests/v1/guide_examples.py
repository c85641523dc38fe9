"""What the examples of v1's contract need from the seed `guide`."""

from typing import Any, Final

from tests.guide_examples import GuideExamples


def _is(name: str, value: Any) -> Any:
    return lambda attributes: attributes[name] == value


EXAMPLES: Final = GuideExamples(
    service="v1",
    # Every milestone of the first cohort has begun, and version 1 was like this then.
    clock="2023-03-20T09:00:00Z",
    lists={
        "participant_id": "/participants/ecf",
        "/participants": "/participants/ecf",
        "/participant-declarations": "/participant-declarations",
    },
    shows={
        ("getEcfParticipant", "registered"): _is("eligible_for_funding", True),
        ("getEcfParticipant", "justAdded"): _is("teacher_reference_number", None),
        ("getParticipantDeclaration", "eligible"): _is("state", "eligible"),
        ("getParticipantDeclaration", "paid"): _is("state", "paid"),
        ("voidParticipantDeclaration", "voided"): _is("state", "voided"),
        ("voidParticipantDeclaration", "paidBefore"): _is("state", "awaiting-clawback"),
    },
    # The seed has few mentors, and few people who are on a break.
    first=(
        "createParticipantDeclaration",
        "resumeEcfParticipant",
        "resumeParticipant",
        "changeEcfParticipantSchedule",
        "changeParticipantSchedule",
    ),
)
