"""The states of a declaration: every arrow is taken, every other move refused, and nothing half done."""

from datetime import timedelta
from itertools import product

import orjson
import pytest

from mock_server.rules.moments import format_moment
from mock_server.v1.domain import commands
from mock_server.v1.domain.states import (
    DECLARATION_STATES,
    LIVE_STATES,
    NEXT_RUN,
    PAYABLE_STATES,
    TRANSITIONS,
    ForbiddenMove,
    way,
)
from mock_server.v1.records import declaration_json
from tests.v1.domain.builders import NOW, add, at, declaration_in, declare, dump, new_world, refusal

STATES = "submitted eligible ineligible payable paid voided awaiting-clawback clawed-back".split()
ARROWS = {
    ("submitted", "eligible"),
    ("submitted", "voided"),
    ("submitted", "ineligible"),
    ("eligible", "payable"),
    ("eligible", "voided"),
    ("ineligible", "voided"),
    ("payable", "paid"),
    ("payable", "voided"),
    ("paid", "awaiting-clawback"),
    ("awaiting-clawback", "clawed-back"),
}
VOIDED = {
    "submitted": "voided",
    "eligible": "voided",
    "ineligible": "voided",
    "payable": "voided",
    "paid": "awaiting-clawback",
}
LATER = at("2021-11-21T10:00:00Z")


def test_the_table_has_the_eight_states_and_their_ten_arrows() -> None:
    assert set(DECLARATION_STATES) == set(STATES)
    assert {(state, to) for state, all in TRANSITIONS.items() for to in all} == ARROWS
    assert {"submitted", "eligible", "payable", "paid"} == LIVE_STATES
    assert {"eligible", "payable"} == PAYABLE_STATES


@pytest.mark.parametrize(("state", "to"), sorted(ARROWS))
def test_a_declaration_moves_along_each_arrow(state: str, to: str) -> None:
    world = new_world()
    declaration = declaration_in(world, add(world), state)
    world.move_declaration(declaration, to, LATER)
    assert declaration.state == to
    assert (declaration.created_at, declaration.updated_at) == (NOW, LATER)


def test_a_declaration_keeps_the_fraction_of_its_dates_and_shows_whole_seconds() -> None:
    """Rules 6.3."""
    fraction = timedelta(microseconds=999_999)
    world = new_world(NOW + fraction)
    declaration = declare(world, add(world))
    assert declaration.created_at == declaration.updated_at == NOW + fraction
    commands.void(world, declaration, LATER + fraction)
    assert (declaration.created_at, declaration.updated_at) == (NOW + fraction, LATER + fraction)
    assert orjson.loads(declaration_json(declaration))["attributes"]["updated_at"] == format_moment(LATER)


def test_a_poller_never_misses_what_was_written_later_in_the_same_second() -> None:
    """Rules 6.3: polling with the newest `updated_at` that was shown repeats that record, and brings the later ones."""
    world = new_world(LATER)
    first, second = add(world), add(world)
    one = declare(world, first, now=NOW + timedelta(microseconds=100_000))
    shown = NOW
    two = declare(world, second, now=NOW + timedelta(microseconds=200_000))
    assert [d.id for d in world.list_declarations("alder", None, shown).all()] == [one.id, two.id]
    exact = NOW + timedelta(microseconds=100_000)
    assert [d.id for d in world.list_declarations("alder", None, exact).all()] == [two.id]
    assert list(world.list_declarations("alder", None, exact + timedelta(microseconds=100_000)).all()) == []


@pytest.mark.parametrize(("state", "to"), sorted(set(product(STATES, [*STATES, "", "unknown"])) - ARROWS))
def test_any_other_move_is_refused_and_changes_nothing(state: str, to: str) -> None:
    world = new_world()
    declaration = declaration_in(world, add(world), state)
    before = dump(world)
    with pytest.raises(ForbiddenMove, match=state):
        world.move_declaration(declaration, to, LATER)
    assert dump(world) == before


@pytest.mark.parametrize("state", VOIDED)
def test_a_provider_can_void_in_this_state(state: str) -> None:
    world = new_world()
    participant = add(world)
    declaration = declaration_in(world, participant, state)
    assert commands.void(world, declaration, LATER) is declaration
    assert (declaration.state, declaration.updated_at) == (VOIDED[state], LATER)
    assert participant.updated_at == participant.created_at


@pytest.mark.parametrize("state", sorted(set(STATES) - set(VOIDED)))
def test_a_provider_cannot_void_in_this_state(state: str) -> None:
    world = new_world()
    declaration = declaration_in(world, add(world), state)
    refused = refusal(world, lambda: commands.void(world, declaration, LATER))
    assert refused.titles == ["Invalid action"]
    assert refused.rules == ["declaration-voidable"]
    assert refused.guide == "removing-participant-declaration"
    assert state in refused.details["Invalid action"]


@pytest.mark.parametrize("state", STATES)
def test_voiding_twice_is_refused_the_second_time(state: str) -> None:
    world = new_world()
    declaration = declaration_in(world, add(world), state)
    if state in VOIDED:
        commands.void(world, declaration, LATER)
    assert refusal(world, lambda: commands.void(world, declaration, LATER)).titles == ["Invalid action"]


@pytest.mark.parametrize(
    ("state", "wanted", "states"),
    [
        ("submitted", "paid", ("eligible", "payable", "paid")),
        ("submitted", "clawed-back", ("eligible", "payable", "paid", "awaiting-clawback", "clawed-back")),
        ("paid", "paid", ()),
        ("voided", "paid", None),
    ],
)
def test_the_way_from_one_state_to_another_follows_the_arrows(
    state: str, wanted: str, states: tuple[str, ...] | None
) -> None:
    assert way(state, wanted) == states


def test_payment_runs_move_along_arrows_of_the_table() -> None:
    assert all(after in TRANSITIONS[before] for before, after in NEXT_RUN.items())
