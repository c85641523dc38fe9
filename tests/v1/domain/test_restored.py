"""A world that was put away and filled again goes on exactly as it would have gone on; and who watches sees changes."""

from copy import deepcopy
from datetime import timedelta
from random import Random

import pytest

from mock_server.rules.providers import PROVIDERS
from mock_server.rules.table import RulesBroken
from mock_server.v1.domain.states import ForbiddenMove
from mock_server.v1.domain.world import World
from tests.v1.domain.builders import act, add, at, declare, new_world
from tests.v1.domain.test_consistency import START, change, check

_SEED = 7


def lived_in(steps: int = 150) -> World:
    """A world in which much has happened."""
    random, world, now = Random(5), new_world(START, _SEED), START  # noqa: S311 - meant to repeat
    for _ in range(steps):
        now += timedelta(hours=random.randrange(60))
        try:
            change(world, random, now)
        except (RulesBroken, ForbiddenMove):
            continue
    return world


def test_a_world_counts_its_records() -> None:
    world = new_world()
    declare(world, add(world))
    add(world)
    assert world.counts() == {"participants": 2, "declarations": 1}
    assert world.row_count == len(list(world.every_record())) == 3


def filled_again(world: World) -> World:
    """A new world with copies of the records alone, as they come out of a file."""
    participants, declarations = deepcopy((list(world.participants.values()), list(world.declarations.values())))
    for participant in participants:
        participant.declarations.clear()
    other = World(PROVIDERS, _SEED, world.clock)
    other.restore(participants, declarations, world.changes)
    return other


def lists(world: World) -> list[object]:
    """What every provider's lists show, in their order, and what the duplicates of each participant are."""
    since = (None, START + timedelta(days=30))
    cohorts = (None, frozenset({"2021"}), frozenset({"2021", "2022"}))
    return [
        [
            [e.id for e in world.list_participants(slug, years, moment).all()]
            for slug in world.providers
            for moment in since
            for years in cohorts
        ],
        [
            [d.id for d in world.list_declarations(slug, None, moment).all()]
            for slug in world.providers
            for moment in since
        ],
        {id: {p.id for p in world.others_with_trn_of(who)} for id, who in world.participants.items()},
        {id: [d.id for d in who.declarations] for id, who in world.participants.items()},
    ]


def test_a_new_world_has_seen_no_change_and_the_first_one_counts_as_one() -> None:
    world = new_world()
    assert world.changes == 0
    assert add(world).sequence == world.changes == 1


def test_a_restored_world_shows_what_the_first_one_showed() -> None:
    world = lived_in()
    other = filled_again(world)
    assert lists(other) == lists(world)
    assert other.changes == world.changes > 100
    check(other, Random(1))  # noqa: S311 - meant to repeat


def test_a_restored_world_goes_on_with_the_same_ids_and_the_same_numbers() -> None:
    world = lived_in()
    other = filled_again(world)
    for each in (world, other):
        participant = add(each, eligible=True, now=each.clock)
        made = declare(each, participant, now=each.clock)
        act(each, "defer", participant)
        assert (participant.changed, made.sequence) == (each.changes, each.changes - 1)
    assert lists(other) == lists(world)
    assert other.changes == world.changes


def test_payments_that_were_due_are_made_in_a_restored_world() -> None:
    world = lived_in()
    other = filled_again(world)
    before = {id: declaration.state for id, declaration in world.declarations.items()}
    for each in (world, other):
        each.follow_clock(each.clock + timedelta(days=900))
    states = {id: declaration.state for id, declaration in world.declarations.items()}
    assert states != before
    assert {id: declaration.state for id, declaration in other.declarations.items()} == states


def test_a_restored_world_takes_on_whoever_comes_next() -> None:
    world = lived_in(40)
    other = filled_again(world)
    for cohort in ("2021", "2024"):
        latest = add(other, cohort=cohort, now=at("2030-01-01"))
        assert other.list_participants("alder").all()[-1] is latest.current
        assert latest.current in other.list_participants("alder", frozenset({cohort})).all()


# -- watching ------------------------------------------------------------------------------------


def test_nobody_is_told_of_changes_unless_asked() -> None:
    world = new_world()
    add(world)
    assert list(world.take_unsaved()) == []


def test_who_watches_gets_each_changed_record_once() -> None:
    world = new_world()
    early = add(world)
    world.watch()
    assert list(world.take_unsaved()) == []
    act(world, "defer", early)
    act(world, "resume", early)
    late = add(world)
    made = declare(world, late)
    assert set(world.take_unsaved()) == {early, late, made}
    assert list(world.take_unsaved()) == []
    world.void(made, world.clock)
    # A life that has one more event has changed, too.
    assert set(world.take_unsaved()) == {late, made}


@pytest.mark.parametrize("provider", ["birch", "alder"])
def test_every_record_is_told_when_all_are_asked_for(provider: str) -> None:
    world = new_world()
    participant = add(world, provider=provider)
    made = declare(world, participant, provider=provider)
    assert list(world.every_record()) == [participant, made]
