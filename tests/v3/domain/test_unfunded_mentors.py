"""Mentors whom the provider doesn't train (rules 3)."""

from datetime import date, timedelta

from mock_server.v3.domain import (
    mentoring,
    organisations,
    people,
    programmes,
    registrations,
)
from mock_server.v3.domain.derived import eligible_for_funding, mentor_id
from mock_server.v3.domain.records import Teacher
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import (
    NOW,
    SEPTEMBER,
    TOMORROW,
    new_world,
    participants,
    partner,
    register,
    run_to,
    stay_of,
    trained,
    view_of,
)


def unfunded(world: World, provider: str = "alder") -> list[Teacher]:
    return [each.teacher for each in world.list_unfunded_mentors(provider).select().all()]


def test_a_mentor_whom_another_provider_trains_is_unfunded() -> None:
    """Rules 4: scenario 44."""
    world = new_world()
    ect = trained(world)
    partner(world, stay_of(ect).school, "birch")
    mentor = register(world, "mentor", provider="birch")
    mentoring.change_mentor(world, ect, mentor, NOW)
    assert (unfunded(world), unfunded(world, "birch")) == ([mentor], [])
    assert mentor not in participants(world)
    assert mentor_id(view_of(ect)) == mentor.id


def test_a_barred_mentor_is_unfunded() -> None:
    """Rules 4: scenario 44, trained by nobody."""
    world = new_world()
    ect = trained(world)
    mentor = register(world, "mentor", provider=None)
    people.change_funding(world, mentor, "mentor", NOW, mentor_ineligible_for_funding_reason="started_not_completed")
    mentoring.change_mentor(world, ect, mentor, NOW)
    assert unfunded(world) == [mentor]


def test_a_mentor_whom_the_provider_has_ever_trained_is_not_unfunded() -> None:
    """Rules 4: had in training in any role."""
    world = new_world()
    once = trained(world, started_on=date(2023, 9, 1), school_urn="100003")
    ect = trained(world)
    partner(world, stay_of(ect).school, "birch")
    registrations.register(
        world, Registration("mentor", once, school_urn="100001", provider="birch", started_on=SEPTEMBER), NOW
    )
    mentoring.change_mentor(world, ect, once, NOW)
    assert (unfunded(world), mentor_id(view_of(ect))) == ([], once.id)


def test_an_unfunded_mentor_goes_with_the_mentorship_and_with_training() -> None:
    """Rules 4: "stops"."""
    world = new_world()
    ect = trained(world)
    partner(world, stay_of(ect).school, "birch")
    mentor = register(world, "mentor", provider="birch")
    mentoring.change_mentor(world, ect, mentor, NOW)
    mentoring.change_mentor(world, ect, None, NOW)
    assert unfunded(world) == []
    mentoring.change_mentor(world, ect, mentor, NOW)
    assert unfunded(world) == [mentor]
    programmes.change_provider(world, mentor, "mentor", "alder", NOW)
    assert unfunded(world) == []


def test_an_unfunded_mentor_is_shown_with_the_address_of_that_stay() -> None:
    """Rules 3.8: not with the latest of all."""
    world = new_world()
    ect = trained(world)
    partner(world, stay_of(ect).school, "birch")
    mentor = register(world, "mentor", provider="birch", email="here@example.org")
    mentoring.change_mentor(world, ect, mentor, NOW)
    registrations.register(world, Registration("mentor", mentor, school_urn="100009", email="there@example.org"), NOW)
    shown = world.unfunded_mentor("alder", mentor.id)
    assert shown is not None
    assert shown.email == "here@example.org"


def test_an_unfunded_mentor_appears_by_the_calendar() -> None:
    """Rules 6.5: at 01:00 UTC, when the earlier mentorship has ended."""
    world = new_world()
    ect = trained(world, mentor=trained(world, "mentor"))
    partner(world, stay_of(ect).school, "birch")
    mentor = register(world, "mentor", provider="birch")
    mentoring.change_mentor(world, ect, mentor, NOW, starts_on=TOMORROW)
    assert unfunded(world) == []
    run_to(world, NOW + timedelta(days=1))
    assert unfunded(world) == [mentor]


def test_eligibility_of_a_reassigned_mentor_stays_undecided() -> None:
    """Rules 9, row 13."""
    world = new_world()
    mentor = register(world, "mentor", provider=None)
    mentoring.change_mentor(world, trained(world), mentor, NOW)
    assert eligible_for_funding(mentor.mentor) is None
    assert mentor in participants(world)


def test_a_provider_that_ends_its_contract_trains_no_new_mentors() -> None:
    """A mentor of an ECT whose provider has no contract in the mentor's cohort doesn't begin."""
    world = new_world()
    ect = trained(world, cohort="2024")
    provider = world.providers["alder"]
    organisations.change_provider(world, provider, NOW, cohorts=["2021", "2022", "2023", "2024"])
    mentor = register(world, "mentor", provider=None)
    mentoring.change_mentor(world, ect, mentor, NOW)
    assert (mentor.trainings_as("mentor"), mentor_id(view_of(ect))) == ([], mentor.id)
