"""How a stay at a school ends: by leaving, by another registration, by induction, or by undoing it (rules 5.10)."""

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
    """The school reports that the person leaves on a day, today unless given.

    On or before a start still to come the stay is deleted. Raises Impossible without a stay to leave, and for a day
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
    """The department undoes a registration: the latest in the role, or the latest there at that school.

    What money was declared for ends today instead. Of a person without any stay nothing is kept: `world.teachers`
    has them no longer. Raises Impossible when there is no such registration.
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
    """With billable or clawed-back declarations everything of the stay ends today, or on its start; else it goes."""
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
    """Whatever of the stay is open or ends later ends on the day; what would begin on it or later goes (rules 5.10)."""
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
    """What was declared stays visible to its provider for ever (rules 4), so such training only ends on its start."""
    if training.declarations:
        change.set_training(training, finished_on=earliest(training.finished_on, training.started_on))
    else:
        change.delete_training(training)


def end_before(change: Change, stay: Stay, day: date) -> None:
    """The person is elsewhere from the day on."""
    end_stay(change, stay, day_before(day))
