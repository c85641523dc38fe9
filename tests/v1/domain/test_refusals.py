"""What a refusal carries beside its titles: the guide's paragraph, and words that name what is meant."""

from typing import Any

import pytest

from mock_server.rules.table import Action, RulesBroken, Violation
from mock_server.v1.domain.commands import CHANGE_SCHEDULE, DEFER, RESUME, WITHDRAW, void
from mock_server.v1.domain.facts import Facts
from mock_server.v1.domain.participant_rules import one_of
from mock_server.v1.domain.schedules import schedule
from mock_server.v1.domain.states import TRANSITIONS, VOIDED_AS, ForbiddenMove, check_move
from mock_server.v1.domain.world import World
from tests.v1.domain.builders import (
    MISSING,
    UNKNOWN_ID,
    act,
    add,
    at,
    declaration_in,
    declare,
    new_world,
    refusal,
    refused,
)


@pytest.mark.parametrize("action", [DEFER, RESUME, WITHDRAW, CHANGE_SCHEDULE])
def test_a_refusal_names_the_paragraph_of_the_guide_for_its_action(action: Action[Facts]) -> None:
    assert refused(new_world(), action.name, UNKNOWN_ID).guide == action.guide


def test_a_refusal_is_known_by_its_rules() -> None:
    violations = [Violation(DEFER.table.rules[0], "no"), Violation(DEFER.table.rules[1], "nor that")]
    assert str(RulesBroken(violations, "x")) == "participant-enrolled, defer-reason-listed"


def test_a_taken_slot_is_named_by_its_type() -> None:
    world = new_world()
    participant = add(world)
    declare(world, participant)
    told = refused(world, "declare", participant, declaration_date="2021-11-19T09:00:00Z")
    assert "a live started declaration" in told.details["base"]


def test_of_a_declaration_without_a_type_no_evidence_is_asked() -> None:
    world = new_world()
    told = refused(world, "declare", add(world), declaration_type=MISSING, evidence_held=MISSING)
    assert told.rules == ["declaration-type-present"]


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
    told = refused(world, "change-schedule", participant, schedule_identifier="ecf-standard-january")
    assert told.rules == ["schedule-keeps-declarations"]


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


def test_a_cohort_that_was_not_sent_is_named_in_the_refusal() -> None:
    world = new_world(at("2022-10-01"))
    participant = add(world)
    sent = refused(world, "change-schedule", participant, cohort="2022").details["cohort"]
    assert sent == "#/cohort must be the participant's, 2021: it can't be changed"
    silent = refused(world, "change-schedule", participant, cohort=MISSING).details["cohort"]
    assert silent == f"{sent}; without it the current one, 2022, is meant"


@pytest.mark.parametrize("state", sorted(set(TRANSITIONS) - set(VOIDED_AS)))
def test_what_can_not_be_voided_is_told_so(state: str) -> None:
    world = new_world()
    declaration = declaration_in(world, add(world), state)
    assert refusal(world, lambda: void(world, declaration, world.clock)).rules == ["declaration-voidable"]
    with pytest.raises(ForbiddenMove, match=f"a declaration that is {state} can't become voided"):
        world.void(declaration, world.clock)


# -- what rules can ask ----------------------------------------------------------------------------


def facts(world: World, participant_id: str | None, **attributes: Any) -> Facts:
    return Facts(world, "alder", participant_id, attributes, world.clock)


@pytest.mark.parametrize("participant_id", [None, "", UNKNOWN_ID])
def test_of_nobody_there_is_no_enrolment_and_no_milestone(participant_id: str | None) -> None:
    found = facts(new_world(), participant_id, course_identifier="ecf-induction", declaration_type="started")
    assert (found.found, found.related) == (False, False)
    assert (found.participant, found.own_enrolment, found.milestone) == (None, None, None)


def test_there_is_no_milestone_on_a_schedule_that_the_cohort_does_not_have() -> None:
    world = new_world()
    assert facts(world, add(world, cohort="2100").id, declaration_type="started").milestone is None
    found = facts(world, add(world).id, declaration_type="started")
    assert found.milestone is not None


@pytest.mark.parametrize("cohort", ["2020", "2100", "abcd", "21", "٢٠٢١", "-2021"])
def test_a_schedule_is_an_identifier_in_a_cohort_that_there_is(cohort: str) -> None:
    wanted: dict[str, Any] = {"schedule_identifier": "ecf-standard-april"}
    assert facts(new_world(), None, **wanted, cohort=cohort).wanted_schedule is None
    assert facts(new_world(), None, cohort="2021", schedule_identifier="ecf-standard-may").wanted_schedule is None
    for found in (facts(new_world(), None, **wanted, cohort="2021"), facts(new_world(), None, **wanted)):
        assert found.wanted_schedule == schedule(2021, "ecf-standard-april")


@pytest.mark.parametrize("value", [None, False, "", " \t\n", {}, {"a": 1}, [], ["started"]])
def test_an_attribute_that_says_nothing_is_empty(value: object) -> None:
    assert facts(new_world(), None, declaration_type=value).text("declaration_type") == ""
    assert facts(new_world(), None).text("declaration_type") == ""


@pytest.mark.parametrize(
    ("value", "text"), [("started", "started"), (2021, "2021"), (0, "0"), (True, "True"), (" x", " x")]
)
def test_anything_else_is_taken_as_text(value: object, text: str) -> None:
    assert facts(new_world(), None, cohort=value).text("cohort") == text
