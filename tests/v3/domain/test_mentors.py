"""Schools give people mentors, and take them away (rules 5.10)."""

from datetime import date, timedelta

from mock_server.v3.domain import (
    declarations,
    departures,
    mentoring,
    programmes,
    registrations,
)
from mock_server.v3.domain.derived import mentor_id
from mock_server.v3.domain.records import Teacher
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import (
    NOW,
    SEPTEMBER,
    SOON,
    TODAY,
    YESTERDAY,
    new_world,
    refused,
    register,
    run_to,
    stay_of,
    trained,
    training_of,
    view_of,
)


def test_a_new_mentor_ends_the_mentorship_the_day_before() -> None:
    """Rules 5.10."""
    world = new_world()
    first, second = trained(world, "mentor"), trained(world, "mentor")
    ect = trained(world, mentor=first)
    mentoring.change_mentor(world, ect, second, NOW)
    assert [(each.mentor, each.started_on, each.finished_on) for each in stay_of(ect).mentorships] == [
        (first, SEPTEMBER, YESTERDAY),
        (second, TODAY, None),
    ]
    assert mentor_id(view_of(ect)) == second.id


def test_a_mentorship_begins_with_the_later_of_both_stays() -> None:
    """Rules 5.10: or today."""
    world = new_world()
    mentor = trained(world, "mentor", started_on=SOON)
    ect = trained(world)
    mentoring.change_mentor(world, ect, mentor, NOW)
    assert stay_of(ect).mentorships[0].started_on == SOON
    assert mentor_id(view_of(ect)) == mentor.id, "the next to begin is shown (rules 3.1)"


def test_the_ongoing_mentor_is_shown_before_the_next() -> None:
    """Rules 3.1, `mentor_id`."""
    world = new_world()
    first, second = trained(world, "mentor"), trained(world, "mentor")
    ect = trained(world, mentor=first)
    mentoring.change_mentor(world, ect, second, NOW, starts_on=SOON)
    assert mentor_id(view_of(ect)) == first.id
    run_to(world, NOW + timedelta(days=20))
    assert mentor_id(view_of(ect)) == second.id


def test_no_mentor_ends_the_mentorship_yesterday() -> None:
    """Control API: null."""
    world = new_world()
    ect = trained(world, mentor=trained(world, "mentor"))
    mentoring.change_mentor(world, ect, None, NOW)
    assert (stay_of(ect).mentorships[0].finished_on, mentor_id(view_of(ect))) == (YESTERDAY, None)
    with refused(world):
        mentoring.change_mentor(world, ect, None, NOW)


def test_a_mentorship_that_began_today_goes() -> None:
    world = new_world()
    ect = trained(world)
    mentoring.change_mentor(world, ect, trained(world, "mentor"), NOW)
    mentoring.change_mentor(world, ect, None, NOW)
    assert stay_of(ect).mentorships == ()


def test_mentors_who_can_not_be_are_refused() -> None:
    """Control API: at the ECT's school, else 409."""
    world = new_world()
    mentor, ect = trained(world, "mentor"), trained(world)
    elsewhere = trained(world, "mentor", school_urn="100002")
    with refused(world):
        mentoring.change_mentor(world, ect, elsewhere, NOW)
    with refused(world):
        mentoring.change_mentor(world, ect, ect, NOW)
    with refused(world):
        mentoring.change_mentor(world, mentor, ect, NOW)
    with refused(world):
        mentoring.change_mentor(world, ect, mentor, NOW, starts_on=date(2025, 8, 1))
    mentoring.change_mentor(world, ect, mentor, NOW)
    with refused(world):
        mentoring.change_mentor(world, ect, mentor, NOW)


def test_people_who_are_never_at_the_school_together_are_refused() -> None:
    """Control API: the mentor must be at the ECT's school."""
    world = new_world()
    ect = trained(world)
    departures.depart(world, ect, "ect", NOW, on=SOON)
    mentor = trained(world, "mentor", started_on=SOON + timedelta(days=5))
    with refused(world):
        mentoring.change_mentor(world, ect, mentor, NOW)
    before = trained(world, "mentor")
    with refused(world):
        mentoring.change_mentor(world, ect, before, NOW, starts_on=SOON + timedelta(days=1))
    mentoring.change_mentor(world, ect, before, NOW, starts_on=SOON)
    assert [(each.started_on, each.finished_on) for each in stay_of(ect).mentorships] == [(SOON, SOON)]


def test_mentorships_that_are_over_stay_and_the_one_that_ends_on_the_day_ends_before() -> None:
    """Rules 5.10: the ongoing one ends the day before the new one."""
    world = new_world()
    first, second, third = (trained(world, "mentor") for _ in range(3))
    ect = trained(world, mentor=first)
    mentoring.change_mentor(world, ect, second, NOW, starts_on=date(2025, 12, 1))
    departures.depart(world, second, "mentor", NOW, on=SOON)
    mentoring.change_mentor(world, ect, third, NOW, starts_on=SOON)
    assert [(each.mentor, each.started_on, each.finished_on) for each in stay_of(ect).mentorships] == [
        (first, SEPTEMBER, date(2025, 11, 30)),
        (second, date(2025, 12, 1), SOON - timedelta(days=1)),
        (third, SOON, None),
    ]


def test_a_mentorship_lasts_no_longer_than_either_stay() -> None:
    """Rules 1: of two stays at one school."""
    world = new_world()
    for leaves in ("mentor", "ect"):
        mentor, ect = trained(world, "mentor"), trained(world)
        departures.depart(world, mentor if leaves == "mentor" else ect, leaves, NOW, on=SOON)
        mentoring.change_mentor(world, ect, mentor, NOW)
        assert [(each.started_on, each.finished_on) for each in stay_of(ect).mentorships] == [(TODAY, SOON)]


def test_a_mentor_who_comes_back_is_assigned_from_the_later_stay() -> None:
    """Rules 1: a mentorship joins two stays. The day says which of the mentor's it is."""
    world = new_world()
    mentor = trained(world, "mentor")
    departures.depart(world, mentor, "mentor", NOW, on=TODAY)
    registrations.register(world, Registration("mentor", mentor, school_urn="100001", started_on=SOON), NOW)
    ect = trained(world)
    mentoring.change_mentor(world, ect, mentor, NOW, starts_on=SOON)
    assert [each.mentor_stay.started_on for each in stay_of(ect).mentorships] == [SOON]


def test_the_mentor_of_an_ect_who_is_still_to_come_begins_then() -> None:
    """Rules 5.10: with the later of both stays."""
    world = new_world()
    mentor = trained(world, "mentor")
    ect = trained(world, started_on=SOON, mentor=mentor)
    assert [each.started_on for each in stay_of(ect).mentorships] == [SOON]


def test_a_mentor_may_come_back_and_may_come_for_the_last_day() -> None:
    """Rules 1: a mentorship that is over is none, and a stay's last day belongs to it."""
    world = new_world()
    mentor, ect = trained(world, "mentor"), trained(world)
    mentoring.change_mentor(world, ect, mentor, NOW - timedelta(days=30))
    mentoring.change_mentor(world, ect, None, NOW - timedelta(days=20))
    departures.depart(world, mentor, "mentor", NOW, on=TODAY)
    mentoring.change_mentor(world, ect, mentor, NOW)
    assert [(each.started_on, each.finished_on) for each in stay_of(ect).mentorships] == [
        (TODAY - timedelta(days=30), TODAY - timedelta(days=21)),
        (TODAY, TODAY),
    ]


def test_a_mentor_who_leaves_before_the_ect_comes_is_refused_and_so_is_the_ect() -> None:
    """Control API: the mentor must be at the ECT's school."""
    world = new_world()
    mentor, ect = trained(world, "mentor"), trained(world, started_on=SOON)
    departures.depart(world, mentor, "mentor", NOW, on=SOON - timedelta(days=1))
    with refused(world):
        mentoring.change_mentor(world, ect, mentor, NOW)
    registrations.register(world, Registration("mentor", ect, school_urn="100001"), NOW)
    with refused(world):
        mentoring.change_mentor(world, ect, ect, NOW)


def test_a_mentors_first_training_ends_with_the_stay() -> None:
    """Rules 1: training lies inside its stay."""
    world = new_world()
    mentor = register(world, "mentor", provider=None)
    departures.depart(world, mentor, "mentor", NOW, on=SOON)
    mentoring.change_mentor(world, trained(world), mentor, NOW)
    assert [(each.started_on, each.finished_on) for each in mentor.trainings_as("mentor")] == [(TODAY, SOON)]


def replaced(world: World, *, declare: bool, void: bool = False) -> Teacher:
    """A second mentor of the same ECT, who had no training before."""
    first = trained(world, "mentor")
    ect = trained(world, mentor=first)
    if declare:
        declaration = declarations.declare(
            world, training_of(first, "mentor"), "started", NOW - timedelta(days=20), "other", NOW
        )
        if void:
            declarations.void(world, declaration, NOW)
    second = register(world, "mentor", provider=None)
    mentoring.change_mentor(world, ect, second, NOW)
    return second


def test_a_mentor_who_replaces_one_that_was_declared_for_is_on_a_replacement_schedule() -> None:
    """Schedules 4: scenario 28, by the month rule."""
    second = replaced(new_world(), declare=True)
    assert training_of(second, "mentor").schedule_identifier == "ecf-replacement-january"


def test_so_is_one_whose_training_begins_when_the_ect_is_provider_led_again() -> None:
    """Schedules 4, and rules 6.3: the ECT's mentor then gets a first training."""
    world = new_world()
    first = trained(world, "mentor")
    ect = trained(world, mentor=first)
    declarations.declare(world, training_of(first, "mentor"), "started", NOW - timedelta(days=20), "other", NOW)
    programmes.change_to_school_led(world, ect, NOW)
    second = register(world, "mentor", provider=None)
    mentoring.change_mentor(world, ect, second, NOW + timedelta(days=1))
    assert second.trainings_as("mentor") == []
    programmes.change_provider(world, ect, "ect", "alder", NOW + timedelta(days=2))
    assert training_of(second, "mentor").schedule_identifier == "ecf-replacement-january"


def test_without_a_declaration_the_next_mentor_is_on_a_standard_schedule() -> None:
    """Schedules 4: non-voided."""
    assert training_of(replaced(new_world(), declare=False), "mentor").schedule_identifier == "ecf-standard-january"
    voided = replaced(new_world(), declare=True, void=True)
    assert training_of(voided, "mentor").schedule_identifier == "ecf-standard-january"


def test_only_a_declaration_from_inside_the_mentorship_makes_the_next_mentor_a_replacement() -> None:
    """Schedules 4: dated inside that mentorship, which has ended already."""
    world = new_world()
    first = trained(world, "mentor")
    ect = trained(world, mentor=first)
    mentoring.change_mentor(world, ect, None, NOW - timedelta(days=30))
    declarations.declare(world, training_of(first, "mentor"), "started", NOW - timedelta(days=20), "other", NOW)
    second = register(world, "mentor", provider=None)
    mentoring.change_mentor(world, ect, second, NOW)
    assert training_of(second, "mentor").schedule_identifier == "ecf-standard-january"
