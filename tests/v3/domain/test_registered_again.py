"""A known person registers again, and partnerships are rolled over or made for it (rules 5.10, control API)."""

from datetime import timedelta

import pytest

from mock_server.v3.domain import departures, organisations, people, programmes, registrations, training
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import DeliveryPartner, Teacher
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import (
    NOW,
    SOON,
    TODAY,
    add_school,
    new_world,
    partner,
    partner_of,
    refused,
    register,
    stay_of,
    trained,
    training_of,
)


def again(world: World, teacher: Teacher, role: str = "ect", **facts: object) -> Teacher:
    """At another school, from today."""
    wanted = {"provider": "alder", "school_urn": "100002", **facts}
    return registrations.register(world, Registration(role, teacher, **wanted), NOW)  # type: ignore[arg-type]


# -- the person ------------------------------------------------------------------------------------


def test_the_person_keeps_name_and_number_unless_others_are_given() -> None:
    """Control API: `full_name`, `teacher_reference_number`, "or null"."""
    world = new_world()
    ect = trained(world, full_name="Rosa Lindqvist", teacher_reference_number="7654321")
    again(world, ect)
    assert (ect.full_name, ect.teacher_reference_number) == ("Rosa Lindqvist", "7654321")
    again(world, ect, "mentor", full_name="Rosa Bell", teacher_reference_number="7654321")
    assert (ect.full_name, ect.teacher_reference_number) == ("Rosa Bell", "7654321")
    departures.undo(world, ect, "mentor", NOW)
    again(world, ect, "mentor", teacher_reference_number="1234567")
    assert (ect.full_name, ect.teacher_reference_number) == ("Rosa Bell", "1234567")
    assert (world.teacher_by_trn("7654321"), world.teacher_by_trn("1234567")) == (None, ect)


def test_everybody_has_two_training_record_ids_of_their_own() -> None:
    """Rules 1: one for each role, fixed per teacher."""
    world = new_world()
    teachers = [register(world) for _ in range(2)]
    ids = [record.training_record_id for each in teachers for record in (each.ect, each.mentor)]
    assert (len(set(ids)), None in ids) == (4, False)


def test_what_bars_a_mentor_bars_no_ect() -> None:
    """Rules 5.10: mentors alone are barred, or train at one school only."""
    world = new_world()
    teacher = trained(world, "mentor")
    people.change_funding(
        world, teacher, "mentor", NOW, mentor_ineligible_for_funding_reason="completed_during_early_roll_out"
    )
    again(world, teacher)
    assert [each.provider for each in teacher.trainings_as("ect")] == ["alder"]


def test_only_an_ect_has_a_mentor_and_it_is_somebody_else() -> None:
    world = new_world()
    teacher, other = trained(world, "mentor"), register(world)
    with refused(world):
        again(world, other, "mentor", mentor=teacher)
    with refused(world):
        again(world, teacher, school_urn="100001", mentor=teacher)


def test_a_cohort_that_freezes_later_today_is_kept() -> None:
    """Schedules 4: what counts is the moment of the registration."""
    world = new_world()
    ect = trained(world, cohort="2023")
    organisations.change_cohort(world, "2023", NOW, payments_frozen_at=NOW + timedelta(hours=3))
    again(world, ect)
    assert (training_of(ect).cohort, ect.ect.frozen_year) == ("2023", None)


def test_a_given_cohort_leaves_the_schedule_as_it_was() -> None:
    """Schedules 4: somebody who trained before keeps the schedule identifier."""
    world = new_world()
    ect = trained(world, schedule_identifier="ecf-reduced-april")
    again(world, ect, cohort="2024")
    assert (training_of(ect).cohort, training_of(ect).schedule_identifier) == ("2024", "ecf-reduced-april")


# -- partnerships made in passing --------------------------------------------------------------------


def test_a_rollover_repeats_the_latest_cohort_and_in_it_the_earliest_partnership() -> None:
    """Rules 5.10: the earliest matching one, made again in the new cohort."""
    world = new_world()
    school = add_school(world)
    for cohort, number in (("2023", 0), ("2024", 1), ("2024", 0)):
        partner(world, school, cohort=cohort, number=number)
    made = training_of(register(world, partnership="rollover")).partnership
    assert made is not None
    assert (made.cohort, made.delivery_partner) == ("2025", partner_of(world, number=1))


def test_a_new_partnership_is_another_one() -> None:
    """Control API: `new`; one that is there is `existing`."""
    world = new_world()
    school = add_school(world)
    partner(world, school)

    def made(via: DeliveryPartner) -> Teacher:
        return register(world, partnership="new", delivery_partner=via)

    with refused(world):
        made(partner_of(world))
    with refused(world):
        made(partner_of(world, "birch"))
    under = training_of(made(partner_of(world, number=1))).partnership
    assert under is not None
    assert under.delivery_partner is partner_of(world, number=1)
    assert len(school.partnerships) == 2


def test_the_department_makes_no_partnership_twice_and_none_without_a_pair() -> None:
    """Rules 1: unique, and of a delivery partner who works with the provider in the cohort."""
    world = new_world()
    school = add_school(world)
    partner(world, school)
    with refused(world):
        partner(world, school)
    organisations.change_delivery_partner(world, partner_of(world), NOW, works_with={"alder": ["2025"]})
    with refused(world):
        partner(world, school, cohort="2024")


# -- days of one call --------------------------------------------------------------------------------


def test_somebody_who_came_today_may_leave_today() -> None:
    """Control API: only a stay that is still to come is deleted, and only a day before the start is refused."""
    world = new_world()
    ect = trained(world, started_on=TODAY)
    departures.depart(world, ect, "ect", NOW)
    assert (stay_of(ect).started_on, stay_of(ect).finished_on) == (TODAY, TODAY)


def test_who_has_no_registration_is_told_so_with_the_school_that_was_named() -> None:
    """Control API: 409 with a reason."""
    world = new_world()
    ect, school = trained(world), add_school(world, "100002")
    for act in (departures.depart, departures.undo):
        with pytest.raises(Impossible, match=r" as mentor\.$"):
            act(world, ect, "mentor", NOW)
        with pytest.raises(Impossible, match=r" as ect at 100002\.$"):
            act(world, ect, "ect", NOW, school=school)


def test_training_to_come_moves_to_the_partnership_of_the_new_cohort_in_place() -> None:
    """Rules 5.6: L starts today or later."""
    world = new_world()
    ect = trained(world, started_on=SOON)
    there = partner(world, stay_of(ect).school, cohort="2024")
    programmes.change_cohort(world, ect, "ect", NOW, cohort="2024")
    (moved,) = ect.trainings_as("ect")
    assert (moved.partnership, moved.cohort, moved.started_on) == (there, "2024", SOON)


def test_training_that_ends_today_is_changed_until_then() -> None:
    """Rules 5.6: L's old end, if it is today or later."""
    world = new_world()
    ect = trained(world)
    departures.depart(world, ect, "ect", NOW)
    training.change_schedule(world, training_of(ect), "ecf-extended-april", "2025", NOW)
    assert (training_of(ect).started_on, training_of(ect).finished_on) == (TODAY, TODAY)


# -- what is invented --------------------------------------------------------------------------------


def test_an_invented_school_has_a_name_and_addresses_of_its_own() -> None:
    """Control API "Defaults of a registration": a new school, invented, with a tutor."""
    school = stay_of(register(new_world(), school_urn=None)).school
    assert " " in school.name
    assert school.contact_email == f"office@{school.name.lower().replace(' ', '-')}.example"
    assert (school.induction_tutor_email or "").endswith("@example.org")
