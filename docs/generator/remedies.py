"""Links in the remedies of the error catalogues: from the words of a remedy to the page that explains them."""

from collections.abc import Mapping
from typing import Final

from docs.generator.addresses import link

# By the service: the words, and the page that they lead to. Each is linked once in a remedy, wherever it stands.
LINKS: Final[Mapping[str, Mapping[str, str]]] = {
    "v1": {
        "the milestone dates": "schedules.md",
        "one of the twelve schedule identifiers": "schedules.md",
        "a standard, extended or reduced schedule": "schedules.md",
        "`schedule_identifier`": "schedules.md",
        "change the schedule": "ecf-usage/notifying-of-schedule-change.md",
        "the participant is on that schedule": "ecf-usage/continuing-the-ecf-registration-process.md#participants-read",
        "`X-With-Server-Date`": "ecf-usage/declaring-that-an-ecf-participant-has-started-their-course.md"
        "#declare-started-server-date",
        "Void it first": "ecf-usage/removing-participant-declaration.md#void",
        "Void the declarations": "ecf-usage/removing-participant-declaration.md#void",
        "told to refuse copies": "settings.md#replay",
        "`state`": "states.md#declarations",
        "`training_status`": "states.md#training-status",
        "A withdrawal is final": "states.md#training-status",
        "before the withdrawal": "ecf-usage/notifying-of-withdrawal.md#withdraw-then-declare",
        "your participant list": "ecf-usage/continuing-the-ecf-registration-process.md#participants-read",
        "a participant whom the school removed": "ecf-usage/notifying-of-withdrawal.md#withdraw-removed-by-school",
        "by `participant_type`": "api-reference/reference-v1/schemas.md#schema-ecfparticipantattributes",
    },
    "v3": {
        "`schedule_identifier`": "v3/usage/schedules-and-milestones.md",
        "the old schedule": "v3/usage/schedules-and-milestones.md",
        "a standard, extended or reduced schedule": "v3/usage/schedules-and-milestones.md",
        "a standard, extended or replacement schedule": "v3/usage/schedules-and-milestones.md",
        "go to a reduced schedule": "v3/usage/schedules-and-milestones.md",
        "change the schedule": "v3/usage/updating-participants.md",
        "Make the partnership first": "v3/usage/partnerships.md",
        "a cohort that is still open": "v3/usage/cohort-closures.md",
        "Resume the participant first": "v3/usage/updating-participants.md",
        "Change the schedule": "v3/usage/updating-participants.md",
        "Change the participant's schedule": "v3/usage/updating-participants.md",
        "the milestone of the participant's cohort and schedule": "v3/usage/schedules-and-milestones.md",
        "your list of schools": "api-reference/reference-v3/schools.md",
        "your delivery partners": "api-reference/reference-v3/delivery-partners.md",
        "your list of delivery partners": "api-reference/reference-v3/delivery-partners.md",
        "your list of participants": "v3/usage/participant-data.md",
        "The funding contract of the cohort has ended": "v3/index.md#statements",
        "Void a declaration": "v3/usage/declarations.md",
        "read the declaration": "v3/usage/declarations.md",
        "before the withdrawal": "v3/usage/declarations.md",
        "move the clock": "sandbox/time.md",
        "Void it first": "v3/usage/declarations.md",
        "London time": "v3/index.md#london",
        "`filter[from_participant_id]`": "api-reference/reference-v3/participants.md",
    },
}


def linked(service: str, page: str, remedy: str) -> str:
    """The remedy in Markdown, with links as seen from `page`."""
    for words, target in LINKS[service].items():
        # Not within the words of a link that stands already.
        if words in remedy and f"[{words}]" not in remedy:
            remedy = remedy.replace(words, f"[{words}]({link(page, target)})", 1)
    return remedy
