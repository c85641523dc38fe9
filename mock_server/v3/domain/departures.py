"""The ways in which a stay at a school ends: leaving, another registration, induction, or an undo (rules 5.10)."""

from datetime import date, datetime

from mock_server.v3.domain.calendar import day_before, earliest, is_over
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import Mentorship, School, Stay, Teacher, Training
from mock_server.v3.domain.states import BILLABLE_STATES
from mock_server.v3.domain.world import World


def depart(
    world: World, teacher: Teacher, role: str, now: datetime, *, on: date | None = None, school: School | None = None
) -> None:
    """The school reports that the person leaves on a day, by default today.

    A day on or before a future start deletes the stay. Raises Impossible without a stay to leave, and for a day
    before a past start.
    """
    with_school = [stay for stay in teacher.stays_as(role) if school is None or stay.school is school]
    if not with_school:
        raise Impossible(f"The person has no registration as {role}{f' at {school.urn}' if school else ''}.")
    change = Change(world, now)
    day = on or change.today
    current = [stay for stay in with_school if not is_over(stay.finished_on, day)]
    if not current:
        raise Impossible(f"The person has left before {day} already.")
    stay = current[-1]
    if stay.started_on > change.today and day <= stay.started_on:
        with change:
            delete_or_close(change, stay)
        return
    if day < stay.started_on:
        raise Impossible(f"The person started on {stay.started_on} and can't have left before.")
    with change:
        end_stay(change, stay, day)


def undo(world: World, teacher: Teacher, role: str, now: datetime, school: School | None = None) -> None:
    """The department undoes a registration: the latest in the role, or the latest in it at that school.

    A stay with declarations for money ends today instead. A person without any stay disappears from
    `world.teachers`. Raises Impossible if there is no such registration.
    """
    stays = [stay for stay in teacher.stays_as(role) if school is None or stay.school is school]
    if not stays:
        raise Impossible(f"The person has no registration as {role}{f' at {school.urn}' if school else ''}.")
    with Change(world, now) as change:
        delete_or_close(change, stays[-1])
    if not teacher.stays:
        with Change(world, now):
            world.forget_teacher(teacher)


def delete_or_close(change: Change, stay: Stay) -> None:
    """Delete the stay. With billable or clawed-back declarations, end it with its contents today or on its start."""
    if any(each.state in BILLABLE_STATES for training in stay.trainings for each in training.declarations):
        for training in stay.trainings:
            change.set_training(training, finished_on=_closed(training, change.today))
        for mentorship in stay.mentorships:
            change.end_mentorship(mentorship, _closed(mentorship, change.today))
        change.set_stay(stay, finished_on=_closed(stay, change.today))
    else:
        change.delete_stay(stay)


def _closed(period: Stay | Training | Mentorship, today: date) -> date:
    ends = period.finished_on
    return max(period.started_on, today) if ends is None or ends > today else ends


def end_stay(change: Change, stay: Stay, day: date) -> None:
    """End the stay and its periods on the day. Delete periods that would begin on it or later (rules 5.10)."""
    for training in stay.trainings:
        end_training(change, training, day)
    for mentorship in stay.mentorships:
        if mentorship.started_on >= day:
            change.delete_mentorship(mentorship)
        elif mentorship.finished_on is None or mentorship.finished_on > day:
            change.end_mentorship(mentorship, day)
    change.set_stay(stay, finished_on=earliest(stay.finished_on, day))


def end_training(change: Change, training: Training, day: date) -> None:
    if training.started_on < day:
        change.set_training(training, finished_on=earliest(training.finished_on, day))
    else:
        delete_or_keep(change, training)


def delete_or_keep(change: Change, training: Training) -> None:
    """A provider sees its declarations for ever (rules 4). So training with declarations ends on its start instead."""
    if training.declarations:
        change.set_training(training, finished_on=earliest(training.finished_on, training.started_on))
    else:
        change.delete_training(training)


def end_before(change: Change, stay: Stay, day: date) -> None:
    """From that day on the person is elsewhere."""
    end_stay(change, stay, day_before(day))
