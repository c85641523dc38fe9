"""Sandboxes by the dozen: each starts as if it had been seeded by itself, and none has anything to do with another."""

import gc

import pytest

from mock_server.rules.providers import PROVIDERS
from mock_server.sandbox import sandboxes
from mock_server.sandbox.sandboxes import Registry, Sandbox, TooManySnapshots
from mock_server.services import SERVICES
from mock_server.settings import ClockSetting, SandboxSettings, Settings
from mock_server.v1.domain.records import Declaration, Enrolment, Participant
from mock_server.v1.domain.seeds import PARTICIPANTS_A_PROVIDER, populate
from mock_server.v1.domain.world import World
from mock_server.v1.service import V1
from tests.v1.domain.builders import at, dump

CLOCKS = [
    "2020-01-01T00:00:00Z",
    "2021-11-20T09:00:00Z",
    "2022-06-11T08:59:59Z",
    "2024-12-31T23:59:59Z",
    "2025-01-01T00:00:00Z",
    "2025-01-31T00:00:01Z",
    "2025-01-31T23:59:59Z",
    "2026-11-23T12:34:56Z",
]


def settings(clock: str, random_seed: int = 2021) -> SandboxSettings:
    return SandboxSettings("guide", ClockSetting(at(clock), running=False), "return", None, random_seed)


def created(registry: Registry, clock: str, random_seed: int = 2021) -> Sandbox:
    return registry.create(None, settings(clock, random_seed))


@pytest.mark.parametrize("random_seed", [2021, 7])
@pytest.mark.parametrize("clock", CLOCKS)
def test_a_copied_world_is_what_seeding_would_have_made(clock: str, random_seed: int) -> None:
    registry = Registry(Settings(seed="empty"), SERVICES)
    # In this order, so that each could be a copy of the one before.
    for earlier in CLOCKS[: CLOCKS.index(clock)]:
        created(registry, earlier)
    expected = World(PROVIDERS, random_seed, at(clock))
    populate(expected, random_seed, at(clock), PARTICIPANTS_A_PROVIDER)
    copied = created(registry, clock, random_seed).world(V1)
    assert dump(copied) == dump(expected)
    # What happens later is the same too: payment runs, and the ids of whatever is added.
    for world in (expected, copied):
        world.follow_clock(at("2027-06-01T00:00:00Z"))
    assert dump(copied) == dump(expected)
    assert copied._new_id() == expected._new_id()


def test_a_change_in_one_copy_is_in_no_other() -> None:
    registry = Registry(Settings(seed="empty"), SERVICES)
    first, second = (created(registry, CLOCKS[-1]) for _ in range(2))
    before = dump(second.world(V1))
    participant = next(iter(first.world(V1).participants.values()))
    first.world(V1).set_school_status(participant, "withdrawn", at("2026-11-24"))
    assert dump(second.world(V1)) == before
    assert dump(created(registry, CLOCKS[-1]).world(V1)) == before
    first.reset()
    assert dump(first.world(V1)) == before


def test_snapshots_of_a_sandbox_have_room_together_for_so_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = created(Registry(Settings(seed="empty"), SERVICES), CLOCKS[0])
    sandbox.world(V1)
    first = sandbox.take_snapshot()
    size = len(sandbox._snapshot(first))
    monkeypatch.setattr(sandboxes, "MAX_SNAPSHOT_BYTES", 2 * size + 100)
    second = sandbox.take_snapshot()
    with pytest.raises(TooManySnapshots):
        sandbox.take_snapshot()
    sandbox.drop_snapshot(first)
    assert sandbox.take_snapshot() not in (first, second)


def test_one_snapshot_may_be_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandboxes, "MAX_SNAPSHOT_BYTES", 1)
    sandbox = created(Registry(Settings(seed="empty"), SERVICES), CLOCKS[0])
    sandbox.restore_snapshot(sandbox.take_snapshot())
    with pytest.raises(TooManySnapshots):
        sandbox.take_snapshot()


def test_a_world_that_is_dropped_leaves_nothing_for_the_garbage_collector() -> None:
    """The server seldom lets it look at everything."""

    def records() -> int:
        return sum(type(thing) in (Participant, Enrolment, Declaration) for thing in gc.get_objects())

    registry = Registry(Settings(seed="empty"), SERVICES)
    gc.collect()
    before = records()
    gc.disable()
    try:
        sandbox = created(registry, "2021-11-20T09:00:00Z")
        held = sandbox.world(V1).list_participants("alder").all()
        assert records() > before + len(held) > before
        sandbox.restore_snapshot(sandbox.take_snapshot())
        sandbox.reset()
        registry.delete(sandbox)
        del sandbox, held
        assert records() == before
    finally:
        gc.enable()
