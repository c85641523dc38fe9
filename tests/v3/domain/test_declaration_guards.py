"""Rules 5.8: which rows are silent after a complaint of another one. Each test names its rows."""

from typing import Any

from mock_server.v3.domain.records import Training
from mock_server.v3.domain.world import World
from tests.v3.domain.situations import (
    UNKNOWN_ID,
    at,
    declaration_of,
    declare_refused,
    freeze,
    make_eligible,
    new_world,
    train,
    train_2024,
    withdraw,
)

FUTURE = "2026-02-11T09:00:00Z"


def only_rule(world: World, training: Training, **options: Any) -> str:
    """The one rule that complains."""
    (rule,) = declare_refused(world, training, **options).rules
    return rule


def test_row_8_needs_training_with_the_provider() -> None:
    """Another provider's participant, whose type has been declared: the participant, and no more."""
    world = new_world()
    training = make_eligible(world, train(world, provider="birch"))
    declaration_of(world, training)
    assert only_rule(world, training) == "declaration-participant-yours"


def test_row_8_is_silent_after_row_4() -> None:
    world = new_world()
    training = train(world)
    declaration_of(world, training)
    assert only_rule(world, training, declaration_date=None) == "declaration-date-given"


def test_row_9_is_silent_after_row_2() -> None:
    world = new_world()
    rule = only_rule(world, train(world), participant_id=UNKNOWN_ID, declaration_date=FUTURE)
    assert rule == "declaration-participant-exists"


def test_row_9_is_silent_after_row_8() -> None:
    world = new_world()
    training = train(world)
    declaration_of(world, training)
    assert only_rule(world, training, declaration_date=FUTURE) == "declaration-type-free"


def test_row_10_is_silent_after_row_9() -> None:
    world = new_world()
    assert only_rule(world, train_2024(world), declaration_date=FUTURE) == "declaration-date-not-future"


def test_row_12_is_silent_after_row_8() -> None:
    """A mentor of 2025 who has a `retained-1` already, from before the cohort had mentor funding."""
    world = new_world()
    training = train(world, "mentor")
    declaration_of(world, training, "retained-1")
    assert only_rule(world, training, declaration_type="retained-1") == "declaration-type-free"


def test_row_16_is_silent_after_row_8() -> None:
    world = new_world()
    training = make_eligible(world, train(world))
    declaration_of(world, training)
    assert only_rule(world, training, now=at("2029-01-01T00:00:00Z")) == "declaration-type-free"


def test_row_17_is_silent_after_row_9() -> None:
    world = new_world()
    rule = only_rule(world, train(world), declaration_type="extended-1", declaration_date=FUTURE)
    assert rule == "declaration-date-not-future"


def test_row_17_is_silent_after_row_12() -> None:
    world = new_world()
    rule = only_rule(world, train(world, "mentor"), declaration_type="extended-1")
    assert rule == "declaration-type-for-mentors"


def test_row_17_is_silent_after_row_14() -> None:
    world = new_world()
    rule = only_rule(world, withdraw(world, train(world)), declaration_type="extended-1")
    assert rule == "declaration-before-withdrawal"


def test_row_17_is_silent_after_row_15() -> None:
    world = new_world()
    training = train(world)
    freeze(world, "2025")
    assert only_rule(world, training, declaration_type="extended-1") == "declaration-cohort-not-frozen"


def test_row_18_is_silent_after_row_8() -> None:
    """A second `retained-1`, dated after the `retained-2`."""
    world = new_world()
    training = train(world)
    declaration_of(world, training, "retained-1", "2025-10-01T09:00:00Z")
    declaration_of(world, training, "retained-2", "2025-11-01T09:00:00Z")
    assert only_rule(world, training, declaration_type="retained-1") == "declaration-type-free"


def test_row_18_is_silent_after_row_9() -> None:
    world = new_world()
    training = train(world)
    declaration_of(world, training, "retained-1")
    assert only_rule(world, training, declaration_date=FUTURE) == "declaration-date-not-future"
