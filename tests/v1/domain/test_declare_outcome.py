"""What becomes of an accepted declaration: its first state, duplicates of a person, and exact copies."""

from datetime import timedelta
from typing import Any

import pytest

from mock_server.v1.domain.records import Declaration, Participant
from mock_server.v1.domain.world import World
from tests.v1.domain.builders import (
    MISSING,
    NOW,
    act,
    add,
    at,
    declaration_in,
    declare,
    dump,
    new_world,
    refused,
)

LIVE = ["submitted", "eligible", "payable", "paid"]
DEAD = ["ineligible", "voided", "awaiting-clawback", "clawed-back"]
TOMORROW = NOW + timedelta(days=1)


def register(world: World, participant: Participant, **facts: Any) -> None:
    """The person's facts change, a day after the declarations were made."""
    world.register(participant, facts, TOMORROW)


# -- funding -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("eligible", "state"), [(True, "eligible"), (False, "submitted"), (None, "submitted")])
def test_a_declaration_is_eligible_only_where_funding_is_confirmed(eligible: bool | None, state: str) -> None:
    world = new_world()
    assert declare(world, add(world, eligible=eligible)).state == state


def test_becoming_eligible_moves_what_is_submitted_whichever_provider_made_it() -> None:
    world = new_world()
    participant = add(world)
    first = declare(world, participant)
    world.transfer(participant, "birch", "200002", None, NOW)
    second = declare(world, participant, provider="birch", declaration_type="retained-1")
    others = declare(world, add(world))
    register(world, participant, eligible_for_funding=True)
    assert (first.state, second.state, others.state) == ("eligible", "eligible", "submitted")
    assert first.updated_at == second.updated_at == TOMORROW
    assert others.updated_at == NOW


@pytest.mark.parametrize("state", [*LIVE[1:], *DEAD])
def test_becoming_eligible_moves_nothing_but_what_is_submitted(state: str) -> None:
    world = new_world()
    participant = add(world)
    declaration = declaration_in(world, participant, state)
    register(world, participant, eligible_for_funding=True)
    assert declaration.state == state
    assert declaration.updated_at == NOW


@pytest.mark.parametrize("eligible", [False, None])
def test_becoming_not_eligible_changes_no_declaration(eligible: bool | None) -> None:
    world = new_world()
    participant = add(world, eligible=True)
    first = declare(world, participant)
    register(world, participant, eligible_for_funding=eligible)
    assert (first.state, first.updated_at) == ("eligible", NOW)
    second = declare(world, participant, declaration_type="retained-1", now=TOMORROW)
    assert second.state == "submitted"
    register(world, participant, eligible_for_funding=True)
    assert (first.state, second.state) == ("eligible", "eligible")
    assert first.updated_at == NOW


@pytest.mark.parametrize("eligible", [False, None])
def test_a_registration_without_funding_leaves_submitted_ones_submitted(eligible: bool | None) -> None:
    world = new_world()
    participant = add(world)
    declaration = declare(world, participant)
    register(
        world,
        participant,
        teacher_reference_number="1234567",
        teacher_reference_number_validated=True,
        eligible_for_funding=eligible,
    )
    assert (declaration.state, declaration.updated_at) == ("submitted", NOW)
    assert participant.updated_at == TOMORROW


# -- the same person twice -----------------------------------------------------------------------


def twins(world: World, **second: Any) -> tuple[Participant, Participant]:
    facts: dict[str, Any] = {"trn": "1234567", "validated": True, "eligible": True}
    return add(world, **facts), add(world, **{**facts, "provider": "birch", **second})


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("provider", ["alder", "birch"])
def test_a_second_participant_with_the_validated_number_of_a_live_declaration_is_ineligible(
    state: str, provider: str
) -> None:
    world = new_world()
    first, second = twins(world, provider=provider)
    declaration_in(world, first, state)
    assert declare(world, second, provider=provider).state == "ineligible"


@pytest.mark.parametrize("state", DEAD)
def test_a_dead_declaration_makes_no_duplicate(state: str) -> None:
    world = new_world()
    first, second = twins(world)
    declaration_in(world, first, state)
    assert declare(world, second, provider="birch").state == "eligible"


@pytest.mark.parametrize(
    "second",
    [
        {"validated": False},
        {"validated": None},
        {"trn": "7654321"},
        {"trn": None, "validated": None},
        {"kind": "mentor"},
    ],
)
def test_without_the_same_validated_number_and_course_there_is_no_duplicate(second: dict[str, Any]) -> None:
    world = new_world()
    one, other = twins(world, **second)
    declare(world, one)
    assert declare(world, other, provider="birch").state == "eligible"


def test_the_number_of_the_first_must_be_validated_too() -> None:
    world = new_world()
    first, second = add(world, trn="1234567", validated=False), add(world, trn="1234567", validated=True, eligible=True)
    declare(world, first)
    assert declare(world, second).state == "eligible"


def test_two_participants_without_a_number_are_no_duplicates() -> None:
    world = new_world()
    first, second = add(world), add(world)
    declare(world, first)
    assert declare(world, second).state == "submitted"


def test_another_type_makes_no_duplicate() -> None:
    world = new_world()
    first, second = twins(world)
    declare(world, first)
    assert declare(world, second, provider="birch", declaration_type="retained-1").state == "eligible"


def test_a_duplicate_stays_ineligible_when_the_other_is_voided_and_when_funding_is_confirmed() -> None:
    world = new_world()
    first, second = twins(world, eligible=None)
    live = declare(world, first)
    duplicate = declare(world, second, provider="birch")
    world.void(live, TOMORROW)
    register(world, second, eligible_for_funding=True)
    world.follow_clock(at("2023-01-01"))
    assert (duplicate.state, duplicate.updated_at) == ("ineligible", NOW)
    # The slot is free, and nobody else holds it now.
    assert declare(world, second, provider="birch").state == "eligible"


def test_a_number_counts_from_the_moment_that_it_is_validated() -> None:
    world = new_world()
    first, second = add(world), add(world)
    declare(world, first)
    facts: dict[str, Any] = {"teacher_reference_number": "1234567", "teacher_reference_number_validated": True}
    register(world, second, **facts)
    assert declare(world, second).state == "submitted"
    register(world, first, **facts)
    third = add(world, trn="1234567", validated=True)
    assert declare(world, third).state == "ineligible"
    register(world, first, teacher_reference_number="7654321")
    register(world, second, teacher_reference_number_validated=False)
    fourth = add(world, trn="1234567", validated=True)
    # The third's declaration is dead, and the two live ones have the number no longer.
    assert declare(world, fourth).state == "submitted"


def test_a_duplicate_is_told_by_the_number_after_a_transfer_too() -> None:
    world = new_world()
    first, second = twins(world)
    declare(world, first)
    world.transfer(first, "cedar", "300003", None, NOW)
    assert declare(world, second, provider="birch").state == "ineligible"


# -- the same declaration twice ------------------------------------------------------------------


def copy(world: World, participant: Participant, **options: Any) -> Declaration:
    """The answer to an exact copy, which must have changed nothing."""
    before = dump(world)
    declaration = declare(world, participant, **options)
    assert dump(world) == before
    return declaration


@pytest.mark.parametrize("state", LIVE)
def test_an_exact_copy_of_a_live_declaration_returns_it_and_changes_nothing(state: str) -> None:
    world = new_world()
    participant = add(world)
    existing = declaration_in(world, participant, state)
    assert copy(world, participant, now=TOMORROW) is existing


@pytest.mark.parametrize("state", LIVE)
def test_an_exact_copy_is_refused_where_the_mock_was_told_to(state: str) -> None:
    world = new_world()
    participant = add(world)
    declaration_in(world, participant, state)
    refusal = refused(world, "declare", participant, refuse_copies=True)
    assert (refusal.titles, refusal.rules) == (["base"], ["declaration-slot-free"])


def test_a_first_declaration_is_accepted_where_copies_are_refused() -> None:
    world = new_world()
    assert declare(world, add(world), refuse_copies=True)


def test_the_same_instant_written_in_another_zone_is_an_exact_copy() -> None:
    world = new_world()
    participant = add(world)
    existing = declare(world, participant, declaration_date="2021-11-20T08:00:00Z")
    for date in ("2021-11-20T09:00:00+01:00", "2021-11-20T08:00:00", "2021-11-20T08:00:00.000Z"):
        assert copy(world, participant, declaration_date=date) is existing


@pytest.mark.parametrize("refuse_copies", [False, True])
@pytest.mark.parametrize("date", ["2021-11-20T08:59:59Z", "2021-11-20T08:59:59.5Z", "2021-11-19T09:00:00Z"])
def test_another_date_is_refused_in_both_modes(date: str, refuse_copies: bool) -> None:
    world = new_world()
    participant = add(world)
    declare(world, participant)
    refusal = refused(world, "declare", participant, declaration_date=date, refuse_copies=refuse_copies)
    assert (refusal.titles, refusal.rules) == (["base"], ["declaration-slot-free"])


@pytest.mark.parametrize("refuse_copies", [False, True])
def test_another_providers_copy_is_refused_in_both_modes(refuse_copies: bool) -> None:
    world = new_world()
    participant = add(world)
    declare(world, participant)
    world.transfer(participant, "birch", "200002", None, NOW)
    refusal = refused(world, "declare", participant, provider="birch", refuse_copies=refuse_copies)
    assert refusal.titles == ["base"]
    # The first provider's own copy is one still.
    assert copy(world, participant)


@pytest.mark.parametrize("refuse_copies", [False, True])
def test_after_a_void_the_same_request_makes_a_new_declaration_in_both_modes(refuse_copies: bool) -> None:
    world = new_world()
    participant = add(world)
    first = declare(world, participant)
    world.void(first, NOW)
    second = declare(world, participant, refuse_copies=refuse_copies)
    assert second.id != first.id
    assert (first.state, second.state) == ("voided", "submitted")


def test_a_copy_that_breaks_another_rule_is_refused_for_that_too() -> None:
    world = new_world()
    participant = add(world)
    declare(world, participant, declaration_type="retained-1")
    refusal = refused(world, "declare", participant, declaration_type="retained-1", evidence_held=MISSING)
    assert refusal.titles == ["evidence_held", "base"]


def test_a_copy_is_returned_after_a_withdrawal_that_came_later() -> None:
    world = new_world()
    participant = add(world)
    existing = declare(world, participant)
    act(world, "withdraw", participant, now=TOMORROW)
    assert copy(world, participant, now=TOMORROW) is existing
