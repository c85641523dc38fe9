"""How stays end: leaving, passing, undoing (rules 5.10)."""

from datetime import date, timedelta

import pytest

from mock_server.v3.domain import declarations, departures, mentoring, people, registrations, training
from mock_server.v3.domain.derived import participant_status, training_status, transfer_status
from mock_server.v3.domain.records import Teacher
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import (
    NOW,
    SEPTEMBER,
    SOON,
    TODAY,
    TOMORROW,
    YESTERDAY,
    new_world,
    participants,
    partner,
    refused,
    register,
    run_to,
    stay_of,
    trained,
    training_of,
    view_of,
)

# -- leaving -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "status"),
    [(None, "left"), (YESTERDAY, "left"), (TODAY, "left"), (TOMORROW, "leaving"), (date(2025, 10, 1), "left")],
)
def test_stay_training_and_mentorship_end_on_the_day(on: date | None, status: str) -> None:
    """Rules 5.10: past or future; the last day is left already (rules 3.1)."""
    world = new_world()
    ect = trained(world, mentor=trained(world, "mentor"))
    departures.depart(world, ect, "ect", NOW, on=on)
    day = on or TODAY
    assert (stay_of(ect).finished_on, training_of(ect).finished_on) == (day, day)
    assert [each.finished_on for each in stay_of(ect).mentorships] == [day]
    assert (participant_status(training_of(ect), TODAY), training_status(training_of(ect))) == (status, "active")


def test_the_participant_stays_visible_and_has_a_transfer_to_nobody_knows_where() -> None:
    """Rules 5.10 and 4."""
    world = new_world()
    ect = trained(world)
    departures.depart(world, ect, "ect", NOW, on=SOON)
    assert participants(world) == [ect]
    assert [(each.joining, transfer_status(each, TODAY)) for each in view_of(ect).transfers] == [(None, "incomplete")]


def test_training_that_would_begin_on_the_day_or_later_goes() -> None:
    """Rules 5.10."""
    world = new_world()
    ect = trained(world)
    training.defer(world, training_of(ect), "other", NOW - timedelta(days=10))
    training.resume(world, training_of(ect), NOW)
    departures.depart(world, ect, "ect", NOW)
    assert [(each.started_on, each.finished_on) for each in ect.trainings_as("ect")] == [
        (SEPTEMBER, TODAY - timedelta(days=10))
    ]


def test_a_mentorship_that_would_begin_on_the_day_goes() -> None:
    """Rules 5.10: on or after it."""
    world = new_world()
    mentor, ect = trained(world, "mentor"), trained(world)
    mentoring.change_mentor(world, ect, mentor, NOW)
    departures.depart(world, ect, "ect", NOW)
    assert stay_of(ect).mentorships == ()


def test_training_that_was_declared_ends_on_its_start_instead() -> None:
    """Rules 4: own declarations never go."""
    world = new_world()
    ect = trained(world)
    training.defer(world, training_of(ect), "other", NOW - timedelta(days=10))
    training.resume(world, training_of(ect), NOW)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    departures.depart(world, ect, "ect", NOW)
    assert training_of(ect).finished_on == TODAY
    assert world.list_declarations("alder").select().all() == [declaration]


@pytest.mark.parametrize("on", [TODAY, TOMORROW, SOON])
def test_leaving_on_or_before_a_start_to_come_deletes_the_stay(on: date) -> None:
    """Control API."""
    world = new_world()
    ect = trained(world, started_on=SOON)
    departures.depart(world, ect, "ect", NOW, on=on)
    assert (ect.stays, participants(world)) == ((), [])


def test_an_interest_that_never_began_is_withdrawn_with_the_departure() -> None:
    """Scenario 6 (c)."""
    world = new_world()
    ect = register(world, started_on=SOON)
    school = stay_of(ect).school
    assert ("alder", "2025") in school.interests
    departures.depart(world, ect, "ect", NOW)
    assert school.interests == {}


def test_an_interest_that_began_stays_one() -> None:
    """Rules 9, row 16."""
    world = new_world()
    ect = register(world)
    departures.depart(world, ect, "ect", NOW)
    assert ("alder", "2025") in stay_of(ect).school.interests


def test_leaving_before_a_past_start_is_refused() -> None:
    world = new_world()
    ect = trained(world)
    with refused(world):
        departures.depart(world, ect, "ect", NOW, on=date(2025, 8, 31))


def test_leaving_twice_is_refused_unless_it_is_earlier() -> None:
    world = new_world()
    ect = trained(world)
    departures.depart(world, ect, "ect", NOW)
    with refused(world):
        departures.depart(world, ect, "ect", NOW)
    departures.depart(world, ect, "ect", NOW, on=YESTERDAY)
    assert training_of(ect).finished_on == YESTERDAY


def test_leaving_without_a_registration_is_refused() -> None:
    world = new_world()
    ect = trained(world)
    with refused(world):
        departures.depart(world, ect, "mentor", NOW)


def test_a_mentor_leaves_the_school_that_is_named() -> None:
    """Control API: `school_urn`."""
    world = new_world()
    mentor = trained(world, "mentor")
    registrations.register(world, Registration("mentor", mentor, school_urn="100002"), NOW - timedelta(days=1))
    departures.depart(world, mentor, "mentor", NOW, school=world.school_by_urn("100001"))
    assert [(stay.school.urn, stay.finished_on) for stay in mentor.stays] == [("100001", TODAY), ("100002", None)]


def test_when_a_mentor_leaves_the_ect_has_none_from_the_next_night_on() -> None:
    """Rules 3.1 and 6.5: the last day counts as inside."""
    world = new_world()
    mentor = trained(world, "mentor")
    ect = trained(world, mentor=mentor)
    departures.depart(world, mentor, "mentor", NOW)
    assert view_of(ect).mentorship is not None
    run_to(world, NOW + timedelta(days=1))
    assert view_of(ect).mentorship is None


# -- passing and failing -----------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["pass", "fail"])
def test_an_outcome_ends_stay_and_training_today(outcome: str) -> None:
    """Rules 5.10: whenever the induction ended; the participant is active, because finished (rules 3.1)."""
    world = new_world()
    ect = trained(world)
    people.change_induction(world, ect, NOW, started_on=SEPTEMBER)
    people.change_induction(world, ect, NOW, finished_on=date(2026, 1, 20), outcome=outcome)
    assert (stay_of(ect).finished_on, training_of(ect).finished_on) == (TODAY, TODAY)
    assert participant_status(training_of(ect), TODAY) == "active"
    assert view_of(ect).transfers == ()


def test_release_ends_nothing_else() -> None:
    """Rules 5.10: no outcome."""
    world = new_world()
    ect = trained(world)
    people.change_induction(world, ect, NOW, started_on=SEPTEMBER)
    people.change_induction(world, ect, NOW, finished_on=date(2026, 1, 20))
    assert (stay_of(ect).finished_on, training_of(ect).finished_on) == (None, None)


def test_a_stay_with_an_end_is_left_as_it_is() -> None:
    """Rules 5.10: even a future one."""
    world = new_world()
    ect = trained(world)
    departures.depart(world, ect, "ect", NOW, on=SOON)
    people.change_induction(world, ect, NOW, started_on=SEPTEMBER, finished_on=TODAY, outcome="pass")
    assert (stay_of(ect).finished_on, training_of(ect).finished_on) == (SOON, SOON)


def test_a_stay_that_starts_today_or_later_goes_with_the_outcome() -> None:
    """Rules 5.10."""
    world = new_world()
    ect = trained(world, started_on=TODAY)
    people.change_induction(world, ect, NOW, started_on=SEPTEMBER, finished_on=TODAY, outcome="pass")
    assert ect.stays == ()


# -- undoing -----------------------------------------------------------------------------------------


def test_a_registration_without_declarations_leaves_nothing() -> None:
    """Rules 5.10: deleted, and the person anonymised."""
    world = new_world()
    ect = trained(world, teacher_reference_number="7654321")
    departures.undo(world, ect, "ect", NOW)
    assert (world.teachers, participants(world), world.teacher_by_trn("7654321")) == ({}, [], None)


def test_the_person_stays_while_another_registration_does() -> None:
    world = new_world()
    teacher = trained(world)
    registrations.register(world, Registration("mentor", teacher, school_urn="100002"), NOW)
    departures.undo(world, teacher, "ect", NOW)
    assert [stay.role for stay in world.teachers[teacher.id].stays] == ["mentor"]


def declared(state: str) -> tuple[World, Teacher]:
    world = new_world()
    ect = trained(world, mentor=trained(world, "mentor"))
    people.change_funding(world, ect, "ect", NOW, eligible=True)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    path = {"eligible": (), "voided": ("voided",), "awaiting-clawback": ("payable", "paid", "awaiting-clawback")}
    for step in path[state]:
        declarations.set_state(world, declaration, step, NOW)
    return world, ect


@pytest.mark.parametrize("state", ["eligible", "awaiting-clawback"])
def test_a_registration_with_billable_declarations_ends_today_instead(state: str) -> None:
    """Rules 5.10: billable or clawed back."""
    world, ect = declared(state)
    departures.undo(world, ect, "ect", NOW)
    assert (stay_of(ect).finished_on, training_of(ect).finished_on) == (TODAY, TODAY)
    assert [each.finished_on for each in stay_of(ect).mentorships] == [TODAY]
    assert len(world.declarations) == 1


def test_a_registration_with_voided_declarations_goes() -> None:
    world, ect = declared("voided")
    departures.undo(world, ect, "ect", NOW)
    assert (ect.id in world.teachers, world.declarations) == (False, {})
    assert world.list_declarations("alder").select().all() == []


def test_undoing_a_mentor_takes_the_mentor_from_the_ect() -> None:
    world = new_world()
    mentor = trained(world, "mentor")
    ect = trained(world, mentor=mentor)
    departures.undo(world, mentor, "mentor", NOW)
    assert (stay_of(ect).mentorships, view_of(ect).mentorship) == ((), None)


def test_the_school_of_the_undone_registration_may_be_named() -> None:
    """Control API: `?school_urn=`, else the latest stay."""
    world = new_world()
    mentor = trained(world, "mentor")
    registrations.register(world, Registration("mentor", mentor, school_urn="100002"), NOW)
    departures.undo(world, mentor, "mentor", NOW, world.school_by_urn("100001"))
    assert [stay.school.urn for stay in mentor.stays] == ["100002"]
    with refused(world):
        departures.undo(world, mentor, "mentor", NOW, world.school_by_urn("100001"))


def test_a_declaration_forgets_a_mentorship_that_goes() -> None:
    """Rules 3.9: it moves the declaration."""
    world = new_world()
    mentor = trained(world, "mentor")
    ect = trained(world, mentor=mentor)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    assert declaration.mentorship in stay_of(ect).mentorships
    later = NOW + timedelta(hours=1)
    departures.undo(world, mentor, "mentor", later)
    assert [each.mentorship for each in world.declarations.values()] == [None]
    assert declaration.updated_at == later


def test_both_schools_of_a_partnership_stay() -> None:
    """Rules 6.4: partnerships have no end."""
    world = new_world()
    ect = trained(world)
    partner(world, stay_of(ect).school, "birch")
    departures.undo(world, ect, "ect", NOW)
    assert len(world.partnerships) == 2


@pytest.mark.parametrize(("withdrawn", "ends"), [(5, TODAY - timedelta(days=5)), (None, TODAY)])
def test_an_undone_registration_with_declarations_keeps_what_had_ended(withdrawn: int | None, ends: date) -> None:
    """Rules 5.10: it ends today, and training that ended earlier stays as it was."""
    world = new_world()
    ect = trained(world)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    declarations.set_state(world, declaration, "eligible", NOW)
    if withdrawn is not None:
        training.withdraw(world, training_of(ect), "other", NOW - timedelta(days=withdrawn))
    departures.undo(world, ect, "ect", NOW)
    assert (training_of(ect).finished_on, stay_of(ect).finished_on) == (ends, TODAY)
