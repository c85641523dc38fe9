"""A person's timeline: stays, training, mentorships, inductions and declarations, by London days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from mock_server.v3.domain.calendar import london_day
from mock_server.v3.domain.records import Declaration, Mentorship, Stay, Teacher, Training
from mock_server.web.kit import RecordLink

ROLES: Final = {"ect": "ECT", "mentor": "mentor"}
# The timeline tells the moments of one day in this order.
_ORDER: Final = (
    *("stay", "training", "mentorship", "induction", "funding", "declaration", "pause", "merge"),
    *("mentorship-end", "training-end", "induction-end", "stay-end"),
)


@dataclass(frozen=True, slots=True)
class TimelinePoint:
    """One point of the timeline: `kind` orders the moments of one day, `mark` chooses the dot's colour.

    `link` leads to the person or school that it is about. `declaration` is the one made then.
    """

    day: date
    kind: str
    mark: str
    title: str
    detail: str = ""
    link: RecordLink | None = None
    provider: str | None = None
    declaration: Declaration | None = None


def story(teacher: Teacher) -> list[TimelinePoint]:
    """Everything that the world knows of the person, past and future, in order."""
    told = [*_of_stays(teacher), *_of_person(teacher), *map(_declared, teacher.declarations)]
    told.sort(key=lambda moment: (moment.day, _ORDER.index(moment.kind)))
    return told


def school_link(stay: Stay) -> RecordLink:
    return RecordLink(f"schools/{stay.school.urn}", stay.school.name)


def _of_stays(teacher: Teacher) -> Iterator[TimelinePoint]:
    for stay in teacher.stays:
        role, at = ROLES[stay.role], school_link(stay)
        yield TimelinePoint(stay.started_on, "stay", "registered", f"Joins as {role}", link=at)
        for training in stay.trainings:
            yield from _of_training(training)
        for mentorship in stay.mentorships:
            yield from _of_mentorship(mentorship, stay)
        if stay.finished_on is not None:
            yield TimelinePoint(stay.finished_on, "stay-end", "left", f"Leaves as {role}", link=at)


def _of_training(training: Training) -> Iterator[TimelinePoint]:
    role, provider = ROLES[training.role], training.provider
    if training.partnership is not None:
        title = f"Trained as {role}"
        detail = f"{training.cohort}, {training.schedule_identifier}, {training.partnership.delivery_partner.name}"
    elif provider is not None:
        title, detail = f"Expression of interest as {role}", f"{training.cohort}, {training.schedule_identifier}"
    else:
        title, detail = "School-led training", ""
    yield TimelinePoint(training.started_on, "training", "training", title, detail, provider=provider)
    for what, moment, reason in (
        ("Deferred", training.deferred_at, training.deferral_reason),
        ("Withdrawn", training.withdrawn_at, training.withdrawal_reason),
    ):
        if moment is not None:
            yield TimelinePoint(
                london_day(moment), "pause", "training", f"{what} as {role}", reason or "", provider=provider
            )
    if training.finished_on is not None:
        yield TimelinePoint(training.finished_on, "training-end", "left", f"Training as {role} ends", provider=provider)


def _of_mentorship(mentorship: Mentorship, stay: Stay) -> Iterator[TimelinePoint]:
    is_ect = stay.role == "ect"
    other = mentorship.mentor if is_ect else mentorship.ect_stay.teacher
    link = RecordLink(f"people/{other.id}", other.full_name)
    begins, ends = ("Has a mentor", "Mentor gone") if is_ect else ("Mentors an ECT", "Mentors the ECT no more")
    yield TimelinePoint(mentorship.started_on, "mentorship", "school", begins, link=link)
    if mentorship.finished_on is not None:
        yield TimelinePoint(mentorship.finished_on, "mentorship-end", "left", ends, link=link)


def _of_person(teacher: Teacher) -> Iterator[TimelinePoint]:
    for induction in teacher.inductions:
        yield TimelinePoint(induction.started_on, "induction", "active", "Induction starts")
        if induction.finished_on is not None:
            outcome = f": {induction.outcome}" if induction.outcome else ""
            yield TimelinePoint(induction.finished_on, "induction-end", "active", f"Induction ends{outcome}")
    for role, name in ROLES.items():
        record = teacher.role(role)
        if record.eligible_from is not None:
            yield TimelinePoint(london_day(record.eligible_from), "funding", "paid", f"Eligible for funding as {name}")
        if record.ineligible_from is not None:
            detail = record.ineligible_reason or ""
            yield TimelinePoint(record.ineligible_from, "funding", "paid", f"Funding as {name} ends", detail)
    for change in teacher.id_changes:
        yield TimelinePoint(
            london_day(change.changed_at), "merge", "moved", "Merged with another record", change.from_id
        )


def _declared(declaration: Declaration) -> TimelinePoint:
    title = f"Declared {declaration.declaration_type} as {ROLES[declaration.role]}"
    day = london_day(declaration.created_at)
    return TimelinePoint(
        day, "declaration", declaration.state, title, provider=declaration.provider, declaration=declaration
    )
