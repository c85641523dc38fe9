"""Another provider: what changes in place, how long it lasts, and whose training begins with it (rules 5.10)."""

from datetime import date, timedelta

import pytest

from mock_server.v3.domain import departures, mentoring, programmes, training
from tests.v3.domain.worlds import (
    NOW,
    SEPTEMBER,
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


def test_training_to_come_goes_under_the_new_providers_partnership() -> None:
    """Rules 5.10: changed in place, to a partnership where there is one. Cohort and schedule are kept."""
    world = new_world()
    there = partner(world, add_school(world), "birch")
    ect = trained(world, started_on=SOON, schedule_identifier="ecf-reduced-april")
    changed = training_of(ect)
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    assert ect.trainings_as("ect") == [changed]
    assert (changed.provider, changed.partnership, changed.cohort) == ("birch", there, "2025")
    assert changed.schedule_identifier == "ecf-reduced-april"


def test_training_to_come_takes_the_cohort_and_schedule_that_are_given() -> None:
    """Control API: `cohort`, `schedule_identifier`."""
    world = new_world()
    ect = trained(world, started_on=SOON)
    programmes.change_provider(
        world, ect, "ect", "birch", NOW, cohort="2024", schedule_identifier="ecf-extended-january"
    )
    changed = training_of(ect)
    assert (changed.started_on, changed.cohort, changed.schedule_identifier) == (SOON, "2024", "ecf-extended-january")


def test_training_to_come_of_a_frozen_cohort_goes_to_2024() -> None:
    """Rules 5.10: and the frozen year is set, also in place."""
    world = new_world()
    ect = trained(world, started_on=SOON, cohort="2022")
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    changed = training_of(ect)
    assert (changed.started_on, changed.cohort, changed.schedule_identifier) == (SOON, "2024", "ecf-extended-september")
    assert (ect.ect.frozen_year, ect.mentor.frozen_year) == ("2022", None)


def test_a_given_schedule_is_taken_from_today_on() -> None:
    """Control API: `schedule_identifier`."""
    world = new_world()
    ect = trained(world)
    programmes.change_provider(world, ect, "ect", "birch", NOW, schedule_identifier="ecf-extended-april")
    assert [each.schedule_identifier for each in ect.trainings_as("ect")] == [
        "ecf-standard-september",
        "ecf-extended-april",
    ]


def test_the_new_training_ends_with_the_stay() -> None:
    """Rules 1: training lies inside its stay."""
    world = new_world()
    ect = trained(world)
    departures.depart(world, ect, "ect", NOW, on=SOON)
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    assert [(each.started_on, each.finished_on) for each in ect.trainings_as("ect")] == [
        (SEPTEMBER, TODAY - timedelta(days=1)),
        (TODAY, SOON),
    ]


def test_only_a_change_of_programme_gives_the_mentor_training() -> None:
    """Rules 5.10: assigning a mentor does, and changing from school-led; another provider alone does not."""
    world = new_world()
    ect = trained(world)
    training.withdraw(world, training_of(ect), "other", NOW - timedelta(days=5))
    mentor = register(world, "mentor", provider=None)
    mentoring.change_mentor(world, ect, mentor, NOW)
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    assert mentor.trainings_as("mentor") == []


@pytest.mark.parametrize(("ends", "begins"), [(TODAY, True), (TODAY - timedelta(days=1), False)])
def test_a_mentor_whose_last_day_it_is_still_gets_training(ends: date, begins: bool) -> None:
    """Rules 1: both ends of a mentorship belong to it."""
    world = new_world()
    mentor = register(world, "mentor", provider=None)
    ect = register(world, provider=None, mentor=mentor)
    departures.depart(world, mentor, "mentor", NOW, on=ends)
    programmes.change_provider(world, ect, "ect", "alder", NOW)
    assert bool(mentor.trainings_as("mentor")) is begins


def test_an_interest_that_moves_into_a_frozen_cohort_comes_from_none() -> None:
    """Rules 5.6: leaving a frozen cohort sets the role's frozen year, and entering one clears it."""
    world = new_world()
    ect = register(world, started_on=date(2022, 9, 1))
    programmes.change_cohort(world, ect, "ect", NOW, cohort="2024")
    assert ect.ect.frozen_year == "2022"
    programmes.change_cohort(world, ect, "ect", NOW, cohort="2022")
    assert ect.ect.frozen_year is None


def test_an_expression_of_interest_takes_no_partnership_with_a_partner_who_works_elsewhere() -> None:
    """Control API: `new` needs a delivery partner who works with the provider in the cohort."""
    world = new_world()
    ect = register(world)
    with refused(world):
        programmes.change_cohort(
            world, ect, "ect", NOW, cohort="2024", partnership="new", delivery_partner=partner_of(world, "cedar")
        )
    assert stay_of(ect).school.partnerships == ()
