"""The words of v3 that are exact: enum values, in the order in which rules 3 and 5 list them."""

from typing import Final

ROLES: Final = ("ect", "mentor")

# The course of each role.
COURSES: Final = {"ect": "ecf-induction", "mentor": "ecf-mentor"}
ROLE_OF_COURSE: Final = {course: role for role, course in COURSES.items()}

TRAINING_STATUSES: Final = ("active", "deferred", "withdrawn")
PARTICIPANT_STATUSES: Final = ("joining", "active", "leaving", "left")
WORKING_PATTERNS: Final = ("full_time", "part_time")
MENTOR_INELIGIBILITY_REASONS: Final = (
    "completed_declaration_received",
    "completed_during_early_roll_out",
    "started_not_completed",
)
INDUCTION_PROGRAMME_CHOICES: Final = ("provider_led", "school_led", "not_yet_known")
TRANSFER_TYPES: Final = ("new_school", "new_provider", "unknown")
TRANSFER_STATUSES: Final = ("incomplete", "complete")

# In the order in which a participant reaches them (schedules 3).
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
ORDER_OF_TYPE: Final = {type: position for position, type in enumerate(DECLARATION_TYPES)}

DECLARATION_STATES: Final = (
    "submitted",
    "eligible",
    "payable",
    "paid",
    "voided",
    "awaiting-clawback",
    "clawed-back",
)

EVIDENCE_HELD: Final = (
    "training-event-attended",
    "self-study-material-completed",
    "other",
    "materials-engaged-with-offline",
    "75-percent-engagement-met",
    "75-percent-engagement-met-reduced-induction",
    "one-term-induction",
)

SCHEDULE_IDENTIFIERS: Final = tuple(
    f"ecf-{family}-{term}"
    for family in ("standard", "extended", "reduced", "replacement")
    for term in ("september", "january", "april")
)

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
