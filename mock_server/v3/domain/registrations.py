"""A school registers somebody in one call, perhaps for a day long past (rules 5.10, "Defaults of a registration").

If the start lies in the past, all decisions are as if the school had called on that day.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from mock_server.rules.names import invented_name
from mock_server.v3.domain import inventions
from mock_server.v3.domain.calendar import end_of, start_of
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.departures import end_before
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.mentoring import assign, check_mentor
from mock_server.v3.domain.organisations import invent_school
from mock_server.v3.domain.people import AS_IT_IS, Leave, become_eligible, check_trn, is_in_induction
from mock_server.v3.domain.placing import Place, place_training, placed
from mock_server.v3.domain.records import DeliveryPartner, RoleRecord, School, Stay, Teacher
from mock_server.v3.domain.world import World

INVENTED: Final = AS_IT_IS


@dataclass(frozen=True, slots=True)
class Registration:
    """The facts from the school. A fact that it leaves out is None, or INVENTED for number and address.

    `teacher` is an existing person. Without a `provider`, an ECT's training is school-led and a mentor has none.
    `partnership` is `existing`, `new`, `rollover` or `none`. None takes an existing one, or else an expression of
    interest.
    """

    role: str
    teacher: Teacher | None = None
    full_name: str | None = None
    teacher_reference_number: str | Leave | None = INVENTED
    school_urn: str | None = None
    provider: str | None = None
    partnership: str | None = None
    delivery_partner: DeliveryPartner | None = None
    cohort: str | None = None
    schedule_identifier: str | None = None
    started_on: date | None = None
    email: str | Leave | None = INVENTED
    working_pattern: str | None = None
    mentor: Teacher | None = None


def register(world: World, registration: Registration, now: datetime) -> Teacher:
    """Register the person at the school.

    Raises Impossible for an overlap, for another person's number, and if the training has no place.
    """
    change = Change(world, now)
    today = change.today
    start = registration.started_on or today
    as_of, moment = (today, change.now) if start >= today else (start, start_of(start))
    school = None if registration.school_urn is None else world.school_by_urn(registration.school_urn)
    teacher = registration.teacher
    if registration.teacher_reference_number is not INVENTED:
        check_trn(world, registration.teacher_reference_number, teacher)
    ended = _stays_that_end(teacher, registration.role, school, start)
    place = None
    if registration.provider is not None and not _trains_not(teacher, registration.role, school, start):
        place = placed(
            world,
            provider=registration.provider,
            role=registration.role,
            teacher=teacher,
            school=school,
            start=start,
            frozen_at=now if as_of == today else end_of(as_of),
            partnership=registration.partnership,
            delivery_partner=registration.delivery_partner,
            cohort=registration.cohort,
            schedule_identifier=registration.schedule_identifier,
        )
    if registration.mentor is not None:
        if registration.role != "ect":
            raise Impossible("Only an ECT has a mentor.")
        check_mentor(registration.mentor, school, start, teacher)
    with change:
        for stay in ended:
            end_before(change, stay, start)
        teacher = _person(change, registration)
        stay = change.add_stay(
            teacher,
            school or invent_school(change, registration.school_urn),
            registration.role,
            start,
            _email(change, registration, teacher),
            (registration.working_pattern or "full_time") if registration.role == "ect" else None,
        )
        _train(change, stay, start, place)
        if registration.role == "mentor":
            if place is not None and teacher.mentor.ineligible_from is None:
                become_eligible(change, teacher, "mentor", moment)
        elif is_in_induction(teacher, as_of):
            become_eligible(change, teacher, "ect", moment)
        if registration.mentor is not None:
            assign(change, stay, registration.mentor, None, as_of)
    return teacher


def _stays_that_end(teacher: Teacher | None, role: str, school: School | None, start: date) -> list[Stay]:
    """An ECT's stays that are open or end on or after the new start. A mentor may be at several schools."""
    if teacher is None:
        return []
    in_the_way = [stay for stay in teacher.stays_as(role) if stay.finished_on is None or stay.finished_on >= start]
    if role == "mentor":
        if any(stay.school is school for stay in in_the_way):
            raise Impossible(f"The person is a mentor at that school from {in_the_way[0].started_on} on already.")
        return []
    for stay in in_the_way:
        if stay.started_on >= start:
            raise Impossible(f"The person is at school {stay.school.urn} from {stay.started_on} on already.")
    return in_the_way


def _trains_not(teacher: Teacher | None, role: str, school: School | None, start: date) -> bool:
    """Whether a mentor gets no training: one who is barred, or who is a mentor at another school."""
    if teacher is None or role == "ect":
        return False
    elsewhere = any(
        stay.school is not school and (stay.finished_on is None or stay.finished_on >= start)
        for stay in teacher.stays_as("mentor")
    )
    return elsewhere or teacher.mentor.ineligible_reason is not None


def _person(change: Change, registration: Registration) -> Teacher:
    world, teacher = change.world, registration.teacher
    random = world.inventions()
    name, trn = invented_name(random), registration.teacher_reference_number
    if teacher is not None:
        if registration.full_name is not None:
            change.set_teacher(teacher, full_name=registration.full_name)
        if not isinstance(trn, Leave):
            change.set_teacher(teacher, teacher_reference_number=trn)
        return teacher
    if isinstance(trn, Leave):
        trn = inventions.teacher_reference_number(random)
        while trn in world.teachers_by_trn:
            trn = inventions.teacher_reference_number(random)
    return add_person(change, registration.full_name or name, trn)


def add_person(change: Change, full_name: str, trn: str | None) -> Teacher:
    world, now = change.world, change.now
    teacher = Teacher(
        world.new_id(),
        full_name,
        None,
        RoleRecord(world.new_id()),
        RoleRecord(world.new_id()),
        now,
        now,
        now,
        world.next_sequence(),
    )
    world.teachers[teacher.id] = teacher
    world.index_trn(teacher, trn)
    teacher.teacher_reference_number = trn
    change.participant(teacher)
    return teacher


def _email(change: Change, registration: Registration, teacher: Teacher) -> str | None:
    email = registration.email
    return inventions.email(change.world.inventions(), teacher.full_name) if isinstance(email, Leave) else email


def _train(change: Change, stay: Stay, start: date, place: Place | None) -> None:
    if place is not None:
        place_training(change, stay, start, place)
    elif stay.role == "ect":
        change.add_training(stay, start, None, provider=None, cohort=None, partnership=None, schedule_identifier=None)
