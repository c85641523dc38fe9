"""What a refusal carries beside its titles: the guide's paragraph, and words that name what is meant."""

import pytest

from mock_server.domain.commands import CHANGE_SCHEDULE, DEFER, RESUME, WITHDRAW, Action
from mock_server.domain.participant_rules import one_of
from mock_server.domain.rules import RulesBroken, Violation
from mock_server.domain.states import TRANSITIONS, ForbiddenMove, check_move
from tests.domain.builders import UNKNOWN_ID, act, add, at, declaration_in, declare, new_world, refused


@pytest.mark.parametrize("action", [DEFER, RESUME, WITHDRAW, CHANGE_SCHEDULE])
def test_a_refusal_names_the_paragraph_of_the_guide_for_its_action(action: Action) -> None:
    assert refused(new_world(), action.name, UNKNOWN_ID).guide == action.guide


def test_a_refusal_is_known_by_its_rules() -> None:
    violations = [Violation(DEFER.rules[0], "no"), Violation(DEFER.rules[1], "nor that")]
    assert str(RulesBroken(violations, "x")) == "participant-enrolled, defer-reason-listed"


def test_a_taken_slot_is_named_by_its_type() -> None:
    world = new_world()
    participant = add(world)
    declare(world, participant)
    refusal = refused(world, "declare", participant, declaration_date="2021-11-19T09:00:00Z")
    assert "a live started declaration" in refusal.details["base"]


def test_values_are_listed_as_people_do() -> None:
    assert one_of(("a", "b", "c")) == "a, b or c"
    assert one_of(("a", "b")) == "a or b"


@pytest.mark.parametrize("state", TRANSITIONS)
def test_a_forbidden_move_says_which_are_allowed(state: str) -> None:
    with pytest.raises(ForbiddenMove) as refused:
        check_move(state, "submitted")
    said = str(refused.value)
    assert said.startswith(f"a declaration that is {state} can't become submitted; ")
    allowed = TRANSITIONS[state]
    assert said.endswith(f"it can become {' or '.join(allowed)}" if allowed else "it can't change any more")


def test_a_dead_declaration_hides_no_live_one_behind_it() -> None:
    """Every declaration is held against the new schedule, not only those before the first dead one."""
    world = new_world(at("2022-06-01"))
    participant = add(world)
    declaration_in(world, participant, "voided")
    declaration_in(world, participant, "eligible", "retained-1", declaration_date=at("2021-09-20"))
    refusal = refused(world, "change-schedule", participant, schedule_identifier="ecf-standard-january")
    assert refusal.rules == ["schedule-keeps-declarations"]


def test_an_enrolment_ends_at_the_moment_of_the_transfer_and_opens_again_when_the_provider_does() -> None:
    world = new_world()
    participant = add(world)
    first = participant.current
    moved = at("2021-12-01T10:00:00Z")
    world.transfer(participant, "birch", "100002", None, moved)
    second = participant.current
    assert (first.left_at, second.joined_at, second.left_at) == (moved, moved, None)
    back = at("2022-01-01T10:00:00Z")
    world.transfer(participant, "alder", "100003", None, back)
    assert participant.current is first
    assert (first.joined_at, first.left_at, second.left_at) == (back, None, back)
    act(world, "defer", participant)
