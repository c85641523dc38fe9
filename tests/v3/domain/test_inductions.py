"""Induction periods, one after the other, and what the register says of a person (rules 3.1, 3.9 and 5.10)."""

from datetime import date, timedelta

import pytest

from mock_server.v3.domain import departures, people, registrations
from mock_server.v3.domain.records import Induction, Register, Teacher
from mock_server.v3.domain.registrations import Registration
from tests.v3.domain.worlds import (
    NOW,
    SEPTEMBER,
    TODAY,
    TOMORROW,
    add_school,
    moved_by,
    new_world,
    register,
    stay_of,
    trained,
)

LATER = NOW + timedelta(days=1)


def test_a_period_may_last_a_day() -> None:
    """Rules 1: both ends are included."""
    world = new_world()
    ect = trained(world)
    people.change_induction(world, ect, NOW, started_on=TODAY, finished_on=TODAY)
    people.change_induction(world, ect, LATER, started_on=TODAY, finished_on=TODAY, outcome="fail")
    assert ect.inductions == (Induction(TODAY, TODAY, "fail"),)


def test_a_start_on_the_last_day_corrects_the_period_and_one_after_it_opens_another() -> None:
    """Control API: a new start after a closed period adds one."""
    world = new_world()
    ect = trained(world)
    people.change_induction(world, ect, NOW, started_on=SEPTEMBER, finished_on=TODAY)
    people.change_induction(world, ect, NOW, started_on=TODAY)
    people.change_induction(world, ect, NOW, started_on=TOMORROW)
    assert ect.inductions == (Induction(TODAY, TODAY), Induction(TOMORROW))


def test_a_second_period_that_fails_ends_the_second_stay() -> None:
    """Rules 5.10: each outcome ends the stay that is open today."""
    world = new_world()
    ect = trained(world)
    people.change_induction(world, ect, NOW - timedelta(days=30), started_on=SEPTEMBER)
    people.change_induction(world, ect, NOW - timedelta(days=30), outcome="fail")
    registrations.register(
        world, Registration("ect", ect, school_urn=add_school(world, "100002").urn), NOW - timedelta(days=20)
    )
    since = TODAY - timedelta(days=20)
    people.change_induction(world, ect, NOW, started_on=since, finished_on=TODAY, outcome="fail")
    assert (len(ect.inductions), stay_of(ect).finished_on) == (2, TODAY)


def test_the_same_outcome_again_ends_no_later_stay() -> None:
    """Control API: the period is corrected, and its outcome came before."""
    world = new_world()
    ect = trained(world)
    people.change_induction(world, ect, NOW, started_on=SEPTEMBER, finished_on=date(2025, 12, 1), outcome="fail")
    registrations.register(world, Registration("ect", ect, school_urn=add_school(world, "100002").urn), LATER)
    people.change_induction(world, ect, LATER, finished_on=date(2025, 12, 2))
    assert (ect.inductions[0].finished_on, stay_of(ect).finished_on) == (date(2025, 12, 2), None)


def test_who_is_exempt_already_stays_ineligible_from_the_same_day() -> None:
    """Rules 3.1: the day on which it became so."""
    world = new_world()
    ect = trained(world)
    people.change_induction(world, ect, NOW, register=Register(exempt=True))
    people.change_induction(world, ect, LATER, register=Register(completed_on=TODAY, exempt=True))
    assert (ect.ect.ineligible_from, ect.register) == (TODAY, Register(None, TODAY, True))


@pytest.mark.parametrize(
    ("before", "after", "moves"),
    [
        (Register(), Register(exempt=True), True),
        (Register(exempt=True), Register(exempt=False), True),
        (Register(exempt=True), Register(completed_on=TODAY, exempt=True), True),
        (Register(exempt=True), Register(exempt=True), False),
    ],
    ids=str,
)
def test_the_register_moves_a_participant_and_no_unfunded_mentor(
    before: Register, after: Register, moves: bool
) -> None:
    """Rules 3.9: its days and the became-ineligible mark do; an unfunded mentor only by names and numbers."""
    world = new_world()
    ect = trained(world)
    people.change_induction(world, ect, NOW, register=before)
    with moved_by(world) as moved:
        people.change_induction(world, ect, LATER, register=after)
    assert moved.records == ({ect} if moves else set())
    assert ect.register == after


def test_an_exemption_that_changes_no_mark_moves_nobody() -> None:
    """Rules 3.9: the register's exemption isn't in the row; the day on which it made somebody ineligible is."""
    world = new_world()
    ect = trained(world)
    people.change_induction(world, ect, NOW, register=Register(exempt=True))
    with moved_by(world) as moved:
        people.change_induction(world, ect, NOW + timedelta(hours=1), register=Register(exempt=True))
    assert moved.records == set()


@pytest.mark.parametrize("role", ["ect", "mentor"])
def test_a_deleted_stay_moves_the_unfunded_mentor_only_if_it_was_a_mentors(role: str) -> None:
    """Rules 3.9: a mentor at-school period destroyed."""
    world = new_world()
    teacher = trained(world)
    registrations.register(world, Registration("mentor", teacher, school_urn="100002"), NOW)
    with moved_by(world) as moved:
        departures.undo(world, teacher, role, LATER)
    assert (("unfunded", teacher) in moved.records) is (role == "mentor")


def test_the_frozen_year_is_the_roles() -> None:
    """Control API: `role`, `frozen_year`."""
    world = new_world()
    teacher = trained(world)
    people.change_funding(world, teacher, "ect", NOW, frozen_year="2022", eligible=True)
    assert (teacher.ect.frozen_year, teacher.mentor.frozen_year) == ("2022", None)
    people.change_funding(world, teacher, "mentor", NOW, frozen_year="2021")
    assert (teacher.ect.frozen_year, teacher.mentor.frozen_year) == ("2022", "2021")


@pytest.mark.parametrize("earlier", ["gone", "into"])
def test_two_records_of_one_person_at_different_times_are_merged(earlier: str) -> None:
    """Rules 5.10: A's stays move to B. They may follow each other either way."""
    world = new_world()
    first = trained(world, started_on=date(2024, 9, 1))
    departures.depart(world, first, "ect", NOW, on=date(2025, 8, 31))
    second: Teacher = register(world, school_urn="100002")
    gone, into = (first, second) if earlier == "gone" else (second, first)
    people.merge(world, gone, into, LATER)
    assert [(stay.started_on, stay.finished_on) for stay in into.stays] == [
        (date(2024, 9, 1), date(2025, 8, 31)),
        (SEPTEMBER, None),
    ]
