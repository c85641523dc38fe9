"""The exact words of the API: enum values, in the order in which people list them."""

from typing import Final

PARTICIPANT_TYPES: Final = ("ect", "mentor")

# The course of each type of participant.
COURSES: Final = {"ect": "ecf-induction", "mentor": "ecf-mentor"}
PARTICIPANT_TYPE_OF_COURSE: Final = {course: kind for kind, course in COURSES.items()}

SCHOOL_STATUSES: Final = ("active", "withdrawn")
TRAINING_STATUSES: Final = ("active", "deferred", "withdrawn")

DECLARATION_TYPES: Final = ("started", "retained-1", "retained-2", "retained-3", "retained-4", "completed")

EVIDENCE_HELD: Final = ("training-event-attended", "self-study-material-completed", "other")

DEFER_REASONS: Final = ("bereavement", "long-term-sickness", "parental-leave", "career-break", "other")

WITHDRAW_REASONS: Final = (
    "left-teaching-profession",
    "moved-school",
    "mentor-no-longer-being-mentor",
    "school-left-fip",
    "started-in-error",
    "other",
)
