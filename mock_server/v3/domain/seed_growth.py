"""Adds many more teachers for one provider at once. A hundred thousand take seconds."""

from datetime import UTC, date, datetime, time
from random import Random
from typing import Final

from mock_server.rules.names import invented_name
from mock_server.v3.domain import inventions
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.organisations import add_school
from mock_server.v3.domain.partnerships import add as add_partnership
from mock_server.v3.domain.records import Induction, Mentorship, Partnership, RoleRecord, Stay, Teacher, Training, View
from mock_server.v3.domain.schedules import identifier_by_month
from mock_server.v3.domain.settling import shown_mentorship
from mock_server.v3.domain.world import World

TEACHERS_A_SCHOOL: Final = 40
# One teacher in this many is a mentor.
_ONE_MENTOR_IN: Final = 4


def grow(world: World, provider: str, count: int, cohorts: list[str], now: datetime) -> None:
    """Add `count` teachers under partnerships of the provider, school by school. Each school takes the next cohort."""
    random = Random(f"{world.random_seed} growth")  # noqa: S311 - meant to repeat
    names = [invented_name(random) for _ in range(500)]
    starts = {cohort: date(int(cohort), 9, 1) for cohort in cohorts}
    moments = {cohort: min(datetime.combine(start, time(9), UTC), now) for cohort, start in starts.items()}
    for number in range(0, count, TEACHERS_A_SCHOOL):
        cohort = cohorts[(number // TEACHERS_A_SCHOOL) % len(cohorts)]
        with Change(world, moments[cohort]) as change:
            school = add_school(change)
            partner = next(each for each in world.delivery_partners.values() if cohort in each.cohorts_with(provider))
            partnership = add_partnership(change, provider, school, cohort, partner)
        moment = moments[cohort]
        count_here = min(TEACHERS_A_SCHOOL, count - number)
        _fill_school(world, partnership, starts[cohort], moment, count_here, random, names)
    world.derive_all(lambda view: _shown(view, now))


def _shown(view: View, now: datetime) -> Mentorship | None:
    return view.mentorship or (shown_mentorship(view.ect.stay, now.date()) if view.ect else None)


def _fill_school(
    world: World,
    partnership: Partnership,
    start: date,
    moment: datetime,
    count: int,
    random: Random,
    names: list[str],
) -> None:
    """Everybody starts on the same day, with funding. The first of each four mentors the three ECTs that follow."""
    induction = (Induction(start),)
    identifier = identifier_by_month(start)
    mentor: Stay | None = None
    for place in range(count):
        role = "ect" if place % _ONE_MENTOR_IN else "mentor"
        teacher = _teacher(world, role, random.choice(names), random, moment)
        pattern = None if role == "mentor" else "full_time" if place % 5 else "part_time"
        email = f"{teacher.full_name.lower().replace(' ', '.')}.{teacher.sequence}@example.org"
        school, sequence = partnership.school, world.next_sequence()
        stay = Stay(teacher, school, role, start, None, email, pattern, moment, sequence)
        teacher.stays, school.stays[stay] = (stay,), None
        provider, cohort, sequence = partnership.provider, partnership.cohort, world.next_sequence()
        training = Training(stay, start, None, provider, cohort, partnership, identifier, moment, moment, sequence)
        stay.trainings, partnership.trainings[training] = (training,), None
        if role == "mentor":
            mentor = stay
            continue
        teacher.inductions = induction
        if mentor is not None:
            mentorship = Mentorship(stay, mentor, start, None, world.next_sequence())
            stay.mentorships, mentor.mentorships = (mentorship,), (*mentor.mentorships, mentorship)


def _teacher(world: World, role: str, name: str, random: Random, moment: datetime) -> Teacher:
    record, other = RoleRecord(world.new_id(), moment), RoleRecord(world.new_id())
    records = (record, other) if role == "ect" else (other, record)
    teacher = Teacher(world.new_id(), name, None, *records, moment, moment, moment, world.next_sequence())
    trn = inventions.teacher_reference_number(random)
    while trn in world.teachers_by_trn:
        trn = inventions.teacher_reference_number(random)
    world.index_trn(teacher, trn)
    teacher.teacher_reference_number = trn
    world.teachers[teacher.id] = teacher
    return teacher
