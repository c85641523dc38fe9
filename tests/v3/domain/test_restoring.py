"""A world that was kept, or copied for a snapshot, is the one that it was, and goes on like it."""

import gc
import pickle
from datetime import UTC, datetime, timedelta
from random import Random

import orjson
import pytest

from mock_server.v3.domain import declarations, departures, mentoring, organisations, people, restoring
from mock_server.v3.domain.derived import mentor_id
from mock_server.v3.domain.records import (
    Declaration,
    Mentorship,
    Partnership,
    School,
    Statement,
    Stay,
    Teacher,
    Training,
    View,
)
from mock_server.v3.domain.restoring import world_of
from mock_server.v3.domain.rows import head_of, row_of, rows_of
from mock_server.v3.domain.world import World
from tests.v3.domain.plain_world import plain
from tests.v3.domain.random_acts import act_at_random
from tests.v3.domain.worlds import (
    NOW,
    TODAY,
    fresh_world,
    new_world,
    register,
    run_to,
    trained,
    training_of,
    view_of,
)

assert restoring  # it makes worlds picklable


def busy_world(seed: int) -> World:
    world = fresh_world()
    random = Random(seed)  # noqa: S311 - meant to repeat
    for number in range(60):
        act_at_random(world, random, NOW.replace(minute=number))
    return world


@pytest.mark.parametrize("seed", range(6))
def test_a_world_read_from_its_rows_is_the_same(seed: int) -> None:
    world = busy_world(seed)
    rows = orjson.loads(orjson.dumps(rows_of(world)))
    Random(seed).shuffle(rows)  # noqa: S311 - meant to repeat
    assert plain(world_of(orjson.loads(orjson.dumps(head_of(world))), rows)) == plain(world)


@pytest.mark.parametrize("statements", ["by_date", "by_hand"])
def test_a_world_read_from_its_rows_pays_as_before(statements: str) -> None:
    """Control API "Sandbox": `statements`."""
    world = fresh_world(statements=statements)
    copy = world_of(orjson.loads(orjson.dumps(head_of(world))), orjson.loads(orjson.dumps(rows_of(world))))
    assert (copy.pays_by_date, copy.clock, copy.changes) == (statements == "by_date", world.clock, world.changes)


@pytest.mark.parametrize("seed", range(6))
def test_a_pickled_world_goes_on_as_the_other(seed: int) -> None:
    world = busy_world(seed)
    copy = pickle.loads(pickle.dumps(world))  # noqa: S301 - our own bytes
    for each in (world, copy):
        random = Random(seed + 100)  # noqa: S311 - meant to repeat
        for number in range(30):
            act_at_random(each, random, NOW.replace(hour=11, minute=number))
        run_to(each, datetime(2026, 9, 1, tzinfo=UTC))
    assert plain(copy) == plain(world)


def test_a_world_with_thousands_of_related_people_is_pickled_without_deep_recursion() -> None:
    world = new_world()
    mentor = trained(world, "mentor")
    for _ in range(1500):
        register(world, mentor=mentor)
    assert len(pickle.loads(pickle.dumps(world)).teachers) == 1501  # noqa: S301 - our own bytes


def test_what_has_changed_is_noted_once() -> None:
    world = new_world()
    teacher = trained(world)
    assert list(world.take_unsaved()) == []
    world.watch()
    people.change_details(world, teacher, NOW, full_name="Somebody Else")
    assert list(world.take_unsaved()) == [world.progress, teacher]
    assert list(world.take_unsaved()) == []


@pytest.mark.parametrize("seed", range(6))
def test_the_rows_that_changed_bring_a_kept_world_up_to_date(seed: int) -> None:
    world = busy_world(seed)
    world.watch()
    kept = {record.sequence: row_of(record) for record in world.every_record()}
    random = Random(seed + 50)  # noqa: S311 - meant to repeat
    for number in range(40):
        act_at_random(world, random, NOW.replace(hour=12, minute=number))
    run_to(world, datetime(2026, 5, 1, tzinfo=UTC))

    for record in world.take_unsaved():
        kept[record.sequence] = row_of(record)
    assert len(kept) == world.row_count
    head = head_of(world)
    run_to(world, datetime(2026, 5, 1, tzinfo=UTC))
    assert plain(world_of(head, kept.values())) == plain(world)


def test_a_cohort_made_from_the_year_before_is_read_with_its_schedules() -> None:
    world = new_world()
    for year in ("2027", "2028"):
        organisations.change_cohort(world, year, NOW)
    copy = pickle.loads(pickle.dumps(world))  # noqa: S301 - our own bytes
    assert copy.cohorts["2028"].schedules == world.cohorts["2028"].schedules


def test_a_world_that_nobody_needs_any_more_goes_at_once() -> None:
    """Design: its records refer to each other in circles, and must not wait for the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        before = count_of_records()
        world = busy_world(3)
        assert count_of_records() > before
        del world
        assert count_of_records() == before
    finally:
        gc.enable()


def count_of_records() -> int:
    kinds = (Teacher, Stay, Training, View, School, Partnership, Declaration, Statement, Mentorship)
    return sum(isinstance(each, kinds) for each in gc.get_objects())


def test_what_lies_ahead_is_read_with_what_is_over() -> None:
    """A declaration keeps its mentor. A mentorship that begins and ends by the calendar does so in the copy, too."""
    world = new_world()
    first, second = trained(world, "mentor"), trained(world, "mentor")
    ect = trained(world, mentor=first)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    for state in ("eligible", "payable", "paid"):
        declarations.set_state(world, declaration, state, NOW)
    declarations.void(world, declaration, NOW)
    trained(world, school_urn="100002")
    mentoring.change_mentor(world, ect, second, NOW, starts_on=TODAY + timedelta(days=20))
    copy = pickle.loads(pickle.dumps(world))  # noqa: S301 - our own bytes
    assert declaration.mentorship is not None
    assert declaration.clawback_statement is not None
    assert plain(copy) == plain(world)
    noted = [{day: [each.id for each in records] for day, records in each.days.items()} for each in (copy, world)]
    assert noted[0] == noted[1] != {}
    for each in (copy, world):
        run_to(each, NOW + timedelta(days=30))
    assert plain(copy) == plain(world)
    assert mentor_id(view_of(copy.teachers[ect.id])) == second.id


def test_every_day_that_lies_ahead_is_noted_in_the_copy() -> None:
    """Rules 3.9 and 6.5: the nightly runs look at training and mentorships that begin, or were over the day before."""
    world = new_world()
    begins, ends = TODAY + timedelta(days=20), TODAY + timedelta(days=40)
    mentor = trained(world, "mentor")
    ect = trained(world, started_on=begins, mentor=mentor)
    departures.depart(world, mentor, "mentor", NOW, on=ends)
    copy = pickle.loads(pickle.dumps(world))  # noqa: S301 - our own bytes
    partnership = training_of(ect).partnership
    assert partnership is not None
    for each in (copy, world):
        noted = {(day, record.id) for day, records in each.days.items() for record in records}
        assert noted == {
            (begins, ect.id),
            (begins, partnership.id),
            (ends + timedelta(days=1), ect.id),
            (ends + timedelta(days=1), partnership.id),
        }
    assert {each.cohort for school in copy.schools.values() for each in school.cohorts.values()} == set(world.cohorts)
