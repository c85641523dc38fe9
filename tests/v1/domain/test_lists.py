"""Lists: their order, the filters, paging, and what moves `updated_at`."""

import pickle
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import combinations
from random import Random
from typing import Any

import pytest

from mock_server.v1.domain import commands
from mock_server.v1.domain.records import Declaration, Participant
from mock_server.v1.domain.world import World
from tests.v1.domain.builders import ADDED, NOW, UNKNOWN_ID, act, add, at, declaration_in, declare, new_world

SECOND = timedelta(seconds=1)


def ids(records: Sequence[Any]) -> list[str]:
    return [record.id for record in records]


def participants(
    world: World, *cohorts: str, since: datetime | None = None, provider: str = "alder"
) -> list[Participant]:
    selected = world.list_participants(provider, frozenset(cohorts) if cohorts else None, since)
    assert len(selected) == len(selected.all())
    return [enrolment.participant for enrolment in selected.all()]


def declarations(
    world: World, provider: str = "alder", *, of: str | None = None, since: datetime | None = None
) -> list[Declaration]:
    selected = world.list_declarations(provider, of, since)
    assert len(selected) == len(selected.all())
    return list(selected.all())


# -- participants --------------------------------------------------------------------------------


def test_participants_come_by_creation_oldest_first_whatever_changes_later() -> None:
    world = new_world()
    second = add(world, now=ADDED + SECOND)
    first = add(world, now=ADDED)
    third = add(world, now=ADDED + 2 * SECOND)
    act(world, "defer", first)
    assert participants(world) == [first, second, third]


def test_participants_added_at_the_same_moment_come_in_the_order_in_which_they_were_added() -> None:
    world = new_world()
    added = [add(world) for _ in range(20)]
    assert participants(world) == added
    assert participants(world, since=ADDED) == added


def test_updated_since_orders_by_update_oldest_first() -> None:
    world = new_world()
    first, second, third = (add(world) for _ in range(3))
    act(world, "defer", second, now=NOW)
    act(world, "defer", first, now=NOW + SECOND)
    assert participants(world, since=ADDED) == [third, second, first]
    assert participants(world, since=NOW) == [second, first]


def test_updates_of_the_same_moment_come_in_the_order_in_which_they_happened() -> None:
    world = new_world()
    first, second, third = (add(world) for _ in range(3))
    for participant in (third, first, second):
        act(world, "defer", participant)
    assert participants(world, since=NOW) == [third, first, second]
    act(world, "resume", third)
    assert participants(world, since=NOW) == [first, second, third]


def test_updated_since_includes_its_own_moment() -> None:
    world = new_world()
    participant = add(world)
    assert participants(world, since=ADDED) == [participant]
    assert participants(world, since=ADDED - SECOND) == [participant]
    assert participants(world, since=ADDED + timedelta(microseconds=1)) == []
    assert participants(world, since=at("0001-01-01")) == [participant]
    assert participants(world, since=at("9999-12-31T23:59:59Z")) == []


def test_the_cohort_filter_takes_one_year_or_several() -> None:
    world = new_world()
    of = {year: add(world, cohort=year) for year in ("2022", "2021", "2023")}
    assert participants(world, "2021") == [of["2021"]]
    assert participants(world, "2021", "2022") == [of["2022"], of["2021"]]
    assert participants(world, "2021", "2022", "2023") == list(of.values())
    assert participants(world, "2023", "1999", "x", "") == [of["2023"]]
    assert participants(world, "2024") == []
    assert participants(world, "2021", since=ADDED) == [of["2021"]]
    assert participants(world, "2021", since=NOW) == []


def test_the_cohort_filter_keeps_step_with_what_happens_after_it_was_first_asked_for() -> None:
    world = new_world()
    first = add(world, cohort="2021")
    assert participants(world, "2021") == participants(world) == [first]
    other = add(world, cohort="2022")
    assert participants(world, "2021") == [first]
    late = add(world, cohort="2021", now=ADDED - SECOND)
    act(world, "defer", late)
    assert participants(world, "2021") == [late, first]
    assert participants(world, "2021", since=ADDED) == [first, late]
    assert participants(world, "2021", "2022") == [late, first, other]
    assert participants(world, "2021", "2023") == [late, first]
    add(world, cohort="2023")
    assert participants(world, "2021", "2022") == [late, first, other]


def test_pages_of_any_choice_of_cohorts_are_those_of_the_whole_list_filtered() -> None:
    world = new_world()
    random = Random(2021)  # noqa: S311 - meant to repeat
    years = [str(year) for year in range(2020, 2026)]
    added = [add(world, cohort=random.choice(years), now=ADDED + random.randrange(30) * SECOND) for _ in range(80)]
    for participant in random.sample(added, 30):
        act(world, "defer", participant, now=NOW + random.randrange(5) * SECOND)
    for several in range(2, 6):
        for cohorts in combinations(years, several):
            for since in (None, ADDED + 7 * SECOND, NOW + SECOND):
                expected = [each for each in participants(world, since=since) if each.cohort in cohorts]
                selected = world.list_participants("alder", frozenset(cohorts), since)
                pages = [ids(selected.page(number, 7)) for number in range(1, 14)]
                assert [id for page in pages for id in page] == ids(expected)
                assert all(len(page) == 7 for page in pages[: len(expected) // 7])
                assert len(selected) == len(expected)


def test_a_world_keeps_nothing_of_the_cohorts_that_were_asked_for() -> None:
    world = new_world()
    years = [str(2020 + number) for number in range(6)]
    for year in years:
        add(world, cohort=year)
    before = len(pickle.dumps(world))
    for several in range(1, 7):
        for cohorts in combinations(years, several):
            assert len(participants(world, *cohorts)) == len(participants(world, *cohorts, since=ADDED)) == several
    assert len(pickle.dumps(world)) == before


def test_a_provider_sees_its_own_participants_only() -> None:
    world = new_world()
    mine, theirs = add(world), add(world, provider="birch")
    assert participants(world) == [mine]
    assert participants(world, provider="birch") == [theirs]
    assert participants(world, provider="cedar") == participants(world, provider="dogwood") == []
    assert world.enrolment("alder", theirs.id) is None
    assert world.enrolment("alder", UNKNOWN_ID) is None
    assert world.enrolment("alder", mine.id) is mine.current


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10, 11, 3000])
@pytest.mark.parametrize(("since", "count"), [(None, 10), (ADDED, 10), (ADDED + 4 * SECOND, 6), (NOW, 0)])
def test_pages_hold_everything_once_and_in_order(size: int, since: datetime | None, count: int) -> None:
    world = new_world()
    for number in range(10):
        add(world, cohort=str(2021 + number % 2), now=ADDED + number * SECOND)
    for cohorts, expected in ((None, count), (frozenset({"2021"}), count // 2)):
        selected = world.list_participants("alder", cohorts, since)
        pages = [selected.page(number, size) for number in range(1, 13)]
        assert ids([record for page in pages for record in page]) == ids(selected.all())
        assert len(selected) == expected
        assert all(len(page) <= size for page in pages)
        assert list(selected.page(1 + -(-expected // size), size)) == []
        assert list(selected.page(10**30, size)) == []


# -- what moves updated_at -----------------------------------------------------------------------

CHANGES: dict[str, Callable[[World, Participant], object]] = {
    "defer": lambda world, who: act(world, "defer", who),
    "withdraw": lambda world, who: act(world, "withdraw", who),
    "change-schedule": lambda world, who: act(world, "change-schedule", who),
    "registration": lambda world, who: world.register(who, {"email": "new@example.org"}, NOW),
    "removal by the school": lambda world, who: world.set_school_status(who, "withdrawn", NOW),
    "transfer": lambda world, who: world.transfer(who, "birch", "200002", None, NOW),
    "another mentor": lambda world, who: world.set_mentor(who, UNKNOWN_ID, NOW),
    "another cohort": lambda world, who: world.amend_cohort(who, "2022", None, NOW),
    "change of school": lambda world, who: world.transfer(who, "alder", "200002", None, NOW),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_of_a_participant_moves_its_updated_at_and_nobody_elses(change: str) -> None:
    world = new_world()
    participant, other = add(world), add(world)
    CHANGES[change](world, participant)
    assert (participant.created_at, participant.updated_at) == (ADDED, NOW)
    assert other.updated_at == ADDED
    assert participants(world, since=NOW) == [participant]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_for_one_provider_moves_updated_at_for_every_provider_of_the_participant(change: str) -> None:
    world = new_world()
    participant = add(world, provider="cedar", school_urn="300003")
    world.transfer(participant, "alder", "100001", None, ADDED)
    assert participants(world, provider="cedar", since=NOW) == []
    CHANGES[change](world, participant)
    for provider in ("alder", "cedar"):
        assert participants(world, provider=provider, since=NOW) == [participant]


# -- declarations --------------------------------------------------------------------------------


def test_declarations_come_by_creation_with_updated_since_too() -> None:
    world = new_world()
    late = declaration_in(world, add(world), "eligible", now=NOW + SECOND)
    early = declaration_in(world, add(world), "eligible", now=NOW)
    same = [declaration_in(world, add(world), "eligible", now=NOW) for _ in range(5)]
    assert declarations(world) == [early, *same, late]
    world.void(late, NOW + 2 * SECOND)
    world.void(same[3], NOW + 3 * SECOND)
    world.void(early, NOW + 4 * SECOND)
    assert declarations(world) == [early, *same, late]
    assert declarations(world, since=NOW) == [early, same[3], late]


def test_updated_since_leaves_out_its_own_moment() -> None:
    world = new_world()
    declaration = declare(world, add(world))
    assert declarations(world, since=NOW - SECOND) == [declaration]
    assert declarations(world, since=NOW - timedelta(microseconds=1)) == [declaration]
    assert declarations(world, since=NOW) == []
    assert declarations(world, since=at("0001-01-01")) == [declaration]
    assert declarations(world, since=at("9999-12-31T23:59:59Z")) == []


def test_the_participant_filter_goes_with_updated_since() -> None:
    world = new_world()
    first, second = add(world), add(world)
    started = declare(world, first)
    declare(world, second)
    retained = declare(world, first, declaration_type="retained-1", now=NOW + SECOND)
    assert declarations(world, of=first.id) == [started, retained]
    assert declarations(world, of=first.id, since=NOW) == [retained]
    assert declarations(world, of=first.id, since=NOW + SECOND) == []
    assert declarations(world, "birch", of=first.id) == []


def test_an_unknown_participant_has_no_declarations() -> None:
    world = new_world()
    declare(world, add(world))
    assert declarations(world, of=UNKNOWN_ID) == []


def test_of_one_participant_the_declarations_come_by_creation_too() -> None:
    world = new_world()
    participant = add(world)
    late = declaration_in(world, participant, "eligible", "retained-1", now=NOW + SECOND)
    early = declaration_in(world, participant, "eligible", now=NOW)
    assert declarations(world, of=participant.id) == [early, late]


@pytest.mark.parametrize("size", [1, 3, 10, 3000])
def test_pages_of_declarations_hold_everything_once_and_in_order(size: int) -> None:
    world = new_world()
    made = [declare(world, add(world)) for _ in range(10)]
    for since in (None, NOW - SECOND):
        selected = world.list_declarations("alder", None, since)
        pages = [selected.page(number, size) for number in range(1, 12)]
        assert ids([record for page in pages for record in page]) == ids(made)


def test_every_move_of_a_declaration_moves_its_own_updated_at() -> None:
    world = new_world()
    participant = add(world, eligible=True)
    declaration = declare(world, participant)
    commands.void(world, declaration, NOW + SECOND)
    assert declarations(world, since=NOW) == [declaration]
    assert declaration.updated_at == NOW + SECOND


def test_only_the_owner_can_read_one_declaration() -> None:
    world = new_world()
    participant = add(world)
    declaration = declare(world, participant)
    world.transfer(participant, "birch", "200002", None, NOW)
    assert declarations(world, "birch") == [declaration]
    assert world.own_declaration("alder", declaration.id) is declaration
    assert world.own_declaration("birch", declaration.id) is None
    assert world.own_declaration("alder", UNKNOWN_ID) is None
