"""The exact words of v3's records and of its world, in the order in which people list them (rules 1 and 3)."""

from collections.abc import Iterable
from typing import Final, Literal

Role = Literal["ect", "mentor"]
FeeType = Literal["output", "service"]
Outcome = Literal["pass", "fail"]

ROLES: Final[tuple[Role, ...]] = ("ect", "mentor")

COURSES: Final[dict[Role, str]] = {"ect": "ecf-induction", "mentor": "ecf-mentor"}
ROLE_OF_COURSE: Final[dict[str, Role]] = {course: role for role, course in COURSES.items()}

# The dates of declarations must follow the order of the types (rules 5.8, row 18).
DECLARATION_TYPES: Final = (
    "started",
    "retained-1",
    "retained-2",
    "retained-3",
    "retained-4",
    "completed",
    "extended-1",
    "extended-2",
    "extended-3",
)

# Cohorts with mentor funding let a provider declare only these types for mentors (rules 5.8, row 12).
FUNDED_MENTOR_TYPES: Final = ("started", "completed")

EVIDENCE_HELD: Final = (
    "training-event-attended",
    "self-study-material-completed",
    "other",
    "materials-engaged-with-offline",
    "75-percent-engagement-met",
    "75-percent-engagement-met-reduced-induction",
    "one-term-induction",
)

FAMILIES: Final = ("standard", "extended", "reduced", "replacement")
TERMS: Final = ("september", "january", "april")
SCHEDULE_IDENTIFIERS: Final = tuple(f"ecf-{family}-{term}" for family in FAMILIES for term in TERMS)

TRAINING_STATUSES: Final = ("active", "deferred", "withdrawn")
PARTICIPANT_STATUSES: Final = ("joining", "active", "leaving", "left")

DEFER_REASONS: Final = ("bereavement", "long-term-sickness", "parental-leave", "career-break", "other")
# The one reason to withdraw that a provider can't give for an ECT.
MENTOR_ONLY_REASON: Final = "mentor-no-longer-being-mentor"
WITHDRAW_REASONS: Final = (
    "left-teaching-profession",
    "moved-school",
    MENTOR_ONLY_REASON,
    "switched-to-school-led",
    "changed-lead-provider",
    "other",
)

COMPLETED: Final = "completed_declaration_received"
INELIGIBLE_REASONS: Final = (COMPLETED, "completed_during_early_roll_out", "started_not_completed")

WORKING_PATTERNS: Final = ("full_time", "part_time")
PROGRAMME_CHOICES: Final = ("provider_led", "school_led", "not_yet_known")
TRANSFER_TYPES: Final = ("new_school", "new_provider", "unknown")
FEE_TYPES: Final[tuple[FeeType, ...]] = ("output", "service")
OUTCOMES: Final[tuple[Outcome, ...]] = ("pass", "fail")


def one_of(values: Iterable[str]) -> str:
    """`a, b or c`, for sentences that list the values."""
    *others, last = values
    return f"{', '.join(others)} or {last}"
