"""What is true of every world, whatever has happened to it. Worlds that people wrote may break it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from mock_server.v3.domain.calendar import is_ongoing
from mock_server.v3.domain.records import Declaration, Mentorship, Stay, Teacher, Training
from mock_server.v3.domain.vocabulary import ROLES
from mock_server.v3.domain.world import World

# A declaration belongs to a statement in these states.
_ATTACHED = ("eligible", "payable", "paid")


def problems(world: World) -> Iterator[str]:
    """A sentence for each breach of rules 1: periods that overlap, or that don't lie inside what they belong to."""
    yield from _numbers(world)
    for teacher in world.teachers.values():
        who = f"the participant {teacher.id}"
        for role in ROLES:
            yield from _overlaps(f"{who}: training periods as {role}", teacher.trainings_as(role))
        yield from _overlaps(f"{who}: stays as ect", teacher.stays_as("ect"))
        for stay in teacher.stays:
            for training in stay.trainings:
                yield from (f"{who}: {breach}" for breach in _of_training(world, training))
            for mentorship in stay.mentorships:
                yield from (f"{who}: {breach}" for breach in _of_mentorship(mentorship))
    for declaration in world.declarations.values():
        yield from _of_declaration(world, declaration)


def _numbers(world: World) -> Iterator[str]:
    """Records and the periods inside them have numbers of their own, none later than the world's latest."""
    numbers = [each.sequence for each in world.every_record()]
    for teacher in world.teachers.values():
        numbers += _numbers_inside(teacher)
    yield from (f"the sequence {number} is there twice" for number, times in Counter(numbers).items() if times > 1)
    latest = max(numbers, default=0)
    if latest > world.progress.latest:
        yield f"the progress says that {world.progress.latest} is the latest sequence, and there is {latest}"


def _numbers_inside(teacher: Teacher) -> Iterator[int]:
    for stay in teacher.stays:
        yield stay.sequence
        yield from (training.sequence for training in stay.trainings)
        if stay.role == "ect":
            yield from (mentorship.sequence for mentorship in stay.mentorships)


def _overlaps(what: str, periods: Sequence[Training | Stay]) -> Iterator[str]:
    for place, one in enumerate(periods):
        if one.finished_on is not None and one.finished_on < one.started_on:
            yield f"{what}: one ends on {one.finished_on}, before it starts"
        for other in periods[place + 1 :]:
            day = max(one.started_on, other.started_on)
            if is_ongoing(one.started_on, one.finished_on, day) and is_ongoing(
                other.started_on, other.finished_on, day
            ):
                yield f"{what} overlap on {day}"


def _of_training(world: World, training: Training) -> Iterator[str]:
    stay, partnership = training.stay, training.partnership
    period = f"the training period {training.sequence}"
    if training.started_on < stay.started_on:
        yield f"{period} starts before its stay"
    ends = date.max if training.finished_on is None else training.finished_on
    # A declaration keeps its training period longer.
    if stay.finished_on is not None and not training.declarations and ends > max(stay.finished_on, training.started_on):
        yield f"{period} outlasts its stay"
    if training.provider is None:
        if (training.cohort, partnership, training.schedule_identifier) != (None, None, None) or stay.role != "ect":
            yield f"{period} has no provider: only an ECT's may, and then it has no cohort, schedule or partnership"
    elif training.provider not in world.providers:
        yield f"{period} names the unknown provider {training.provider!r}"
    elif training.cohort not in world.cohorts or world.schedule(training.cohort, training.schedule_identifier) is None:
        yield f"{period} has no schedule {training.schedule_identifier!r} in the cohort {training.cohort!r}"
    if partnership is not None:
        if (partnership.provider, partnership.cohort) != (training.provider, training.cohort):
            yield f"{period} has another provider or cohort than its partnership"
        if partnership.school is not stay.school:
            yield f"{period} is under a partnership of another school"


def _of_mentorship(mentorship: Mentorship) -> Iterator[str]:
    ends, name = mentorship.finished_on, f"the mentorship {mentorship.sequence}"
    if ends is not None and ends < mentorship.started_on:
        yield f"{name} ends before it starts"
    if mentorship.ect_stay.school is not mentorship.mentor_stay.school:
        yield f"{name} joins two schools"
    if (mentorship.ect_stay.role, mentorship.mentor_stay.role) != ("ect", "mentor"):
        yield f"{name} isn't between an ECT and a mentor"
    for stay in (mentorship.ect_stay, mentorship.mentor_stay):
        if mentorship.started_on < stay.started_on:
            yield f"{name} starts before a stay"
        if stay.finished_on is not None and (ends is None or ends > stay.finished_on):
            yield f"{name} outlasts a stay"


def _of_declaration(world: World, declaration: Declaration) -> Iterator[str]:
    name, statement = f"the declaration {declaration.id}", declaration.statement
    if declaration.provider not in world.providers:
        yield f"{name} names the unknown provider {declaration.provider!r}"
    if (statement is not None) != (declaration.payment_status in _ATTACHED):
        yield f"{name} is {declaration.payment_status}, and {'has a' if statement else 'lacks its'} statement"
    if (declaration.clawback_statement is not None) != (declaration.clawback_status is not None):
        yield f"{name} has a clawback status without a statement for it, or the other way round"
    if statement is not None and statement.provider != declaration.provider:
        yield f"{name} is in the statement of another provider"
