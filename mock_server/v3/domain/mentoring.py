"""Schools assign and change mentors (rules 5.10)."""

from datetime import date, datetime

from mock_server.v3.domain.calendar import day_before, earliest, is_ongoing, london_day
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.placing import current_stay, place_training, placed
from mock_server.v3.domain.records import Mentorship, School, Stay, Teacher, Training
from mock_server.v3.domain.world import World


def change_mentor(
    world: World, teacher: Teacher, mentor: Teacher | None, now: datetime, *, starts_on: date | None = None
) -> None:
    """Set the ECT's mentor from a day on, by default the latest of today and both stays' starts.

    None ends the mentorship yesterday. Raises Impossible for a person who isn't at a school as ECT, and for a mentor
    who isn't at that school. Raises it also for a day before either came, and if nothing would change.
    """
    change = Change(world, now)
    stay = current_stay(teacher, "ect", change.today)
    if mentor is None:
        if not any(_lasts(each, change.today) for each in stay.mentorships):
            raise Impossible("The ECT has no mentor.")
        with change:
            _end_others(change, stay, change.today)
        return
    mentor_stay = check_mentor(mentor, stay.school, starts_on or change.today, teacher)
    both_from = max(stay.started_on, mentor_stay.started_on)
    both_until = earliest(stay.finished_on, mentor_stay.finished_on)
    if starts_on is not None and starts_on < both_from:
        raise Impossible(f"Both are at the school only from {both_from} on.")
    if both_until is not None and both_until < (starts_on or max(both_from, change.today)):
        raise Impossible(f"Both are at the school only until {both_until}.")
    if any(each.mentor is mentor and _lasts(each, starts_on or change.today) for each in stay.mentorships):
        raise Impossible("The person is the ECT's mentor already.")
    with change:
        assign(change, stay, mentor, starts_on, change.today)


def check_mentor(mentor: Teacher, school: School | None, day: date, ect: Teacher | None) -> Stay:
    """The mentor's stay at the school. Raises Impossible if there is none, or if it is over on the day."""
    if mentor is ect:
        raise Impossible("Nobody is their own mentor.")
    for stay in mentor.stays_as("mentor"):
        if stay.school is school and (stay.finished_on is None or stay.finished_on >= day):
            return stay
    raise Impossible("The mentor is not at the ECT's school.")


def _lasts(mentorship: Mentorship, day: date) -> bool:
    return mentorship.finished_on is None or mentorship.finished_on >= day


def assign(change: Change, stay: Stay, mentor: Teacher, starts_on: date | None, as_of: date) -> None:
    """Add a mentorship to the ECT's stay. An earlier one ends the day before. `as_of` is the day of the school's call.

    By default, a new registration's mentorship begins with the later of both stays, however long ago.
    """
    mentor_stay = check_mentor(mentor, stay.school, starts_on or as_of, None)
    start = starts_on or max(stay.started_on, mentor_stay.started_on, as_of)
    family = mentors_family(stay, mentor)
    _end_others(change, stay, start)
    change.add_mentorship(stay, mentor_stay, start, earliest(stay.finished_on, mentor_stay.finished_on))
    led = provider_led_on(stay, start)
    if led is not None:
        train_mentor(change, mentor_stay, led, as_of, family)


def _end_others(change: Change, stay: Stay, start: date) -> None:
    for mentorship in stay.mentorships:
        if mentorship.started_on >= start:
            change.delete_mentorship(mentorship)
        elif _lasts(mentorship, start):
            change.end_mentorship(mentorship, day_before(start))


def provider_led_on(stay: Stay, day: date) -> Training | None:
    """The ECT's provider-led training that is ongoing on the day. Otherwise the next to begin."""
    for training in stay.trainings:
        if training.is_provider_led and (training.finished_on is None or training.finished_on >= day):
            return training
    return None


def mentors_family(stay: Stay, mentor: Teacher) -> str:
    """The family of the mentor's first schedule: `replacement` after another mentor of the ECT (schedules 4)."""
    replaces = any(each.mentor is not mentor and _declared_for(each) for each in stay.mentorships)
    return "replacement" if replaces else "standard"


def _declared_for(mentorship: Mentorship) -> bool:
    """Whether the mentor has a declaration, not voided, with a date inside the mentorship (schedules 4)."""
    return any(
        each.role == "mentor"
        and each.payment_status != "voided"
        and is_ongoing(mentorship.started_on, mentorship.finished_on, london_day(each.declaration_date))
        for each in mentorship.mentor.declarations
    )


def train_mentor(change: Change, stay: Stay, led: Training, as_of: date, family: str) -> None:
    """Start the first training of a provider-led ECT's mentor, with the same provider, unless a reason bars them.

    It starts on the later of the mentor's stay and the day of the call.
    """
    world, mentor = change.world, stay.teacher
    if mentor.trainings_as("mentor") or mentor.mentor.ineligible_reason is not None or led.provider is None:
        return
    start = max(stay.started_on, as_of)
    try:
        place = placed(
            world,
            provider=led.provider,
            role="mentor",
            teacher=mentor,
            school=stay.school,
            start=start,
            frozen_at=change.now,
            family=family,
        )
    except Impossible:
        # The provider has no contract for new people now. The ECT's training goes on, and the mentor's doesn't begin.
        return
    place_training(change, stay, start, place, stay.finished_on)
