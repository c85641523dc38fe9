"""The words by which readers look for pages that templates make. Pages in `docs/pages` have theirs in front matter."""

from collections.abc import Mapping, Sequence
from typing import Final

WORDS: Final[Mapping[str, Sequence[str]]] = {
    "ecf-usage/continuing-the-ecf-registration-process.md": (
        *("QTS", "TRN", "qualified teacher status", "teacher reference number", "CSV", "updated_since"),
        *("eligible_for_funding", "new participants", "cohort filter"),
    ),
    "ecf-usage/notifying-of-deferral.md": ("defer", "break", "pause", "parental leave", "sickness"),
    "ecf-usage/notifying-of-resume.md": ("resume", "return", "come back", "reactivate"),
    "ecf-usage/notifying-of-schedule-change.md": ("change-schedule", "move", "cohort change", "schedule_identifier"),
    "ecf-usage/notifying-of-withdrawal.md": ("withdraw", "leave", "drop out", "left teaching", "removed"),
    "ecf-usage/declaring-that-an-ecf-participant-has-started-their-course.md": (
        *("idempotent", "idempotency", "duplicate", "retry a POST", "started declaration", "submit", "backdate"),
    ),
    "ecf-usage/declaring-that-an-ecf-participant-has-retained-their-course.md": (
        *("retained-1", "evidence_held", "evidence", "retention", "milestone"),
    ),
    "ecf-usage/declaring-that-an-ecf-participant-has-completed-their-course.md": ("completed", "finish", "paid"),
    "ecf-usage/listing-participant-declaration-submissions.md": ("list declarations", "payments", "reconcile"),
    "ecf-usage/removing-participant-declaration.md": ("void", "delete", "cancel", "mistake", "clawback"),
    "v3/usage/partnerships.md": ("delivery partner", "school", "expression of interest", "confirm"),
    "v3/usage/participant-data.md": ("participants", "ecf_enrolments", "TRN", "list"),
    "v3/usage/updating-participants.md": ("defer", "withdraw", "resume", "change-schedule"),
    "v3/usage/declarations.md": ("submit", "void", "clawback", "evidence_held", "idempotent", "duplicate"),
    "v3/usage/schedules-and-milestones.md": ("milestone dates", "schedule_identifier"),
    "v3/usage/unfunded-mentors.md": ("mentor", "not funded"),
    "v3/usage/transfers.md": ("joining", "leaving", "move school", "participant transfers"),
    "v3/usage/statements.md": ("payment", "payment date", "output fee", "finance"),
    "v3/usage/cohort-closures.md": ("cohort closure", "frozen", "payments frozen", "closed"),
    "v3/usage/keeping-data-in-sync.md": ("updated_since", "polling", "pagination", "per_page", "sync"),
    "v3/usage/testing-effectively.md": ("test", "sandbox", "X-With-Server-Date", "seed"),
    "api-reference/reference-v1/answers.md": ("status codes", "HTTP status", "401", "403", "404", "429"),
    "api-reference/reference-v3/answers.md": ("status codes", "HTTP status", "401", "404", "429"),
    "api-reference/reference-v1/schemas.md": ("attributes", "fields", "data model", "response body", "types"),
    "api-reference/reference-v3/schemas.md": ("attributes", "fields", "data model", "response body", "types"),
    "api-reference/control/sandboxes.md": ("reset", "create sandbox", "delete sandbox"),
}
