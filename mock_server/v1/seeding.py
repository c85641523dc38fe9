"""Makes the worlds that sandboxes start from. It is fast because most sandboxes want the same one."""

import pickle
from datetime import UTC, datetime, time
from functools import lru_cache

from mock_server.rules.providers import PROVIDERS
from mock_server.settings import SandboxSettings
from mock_server.v1.domain.seeds import PARTICIPANTS_A_PROVIDER, SETTLED, populate
from mock_server.v1.domain.world import World


def empty_world(settings: SandboxSettings, now: datetime) -> World:
    """A world with providers and nobody else, whatever seed the settings name."""
    return World(PROVIDERS, settings.random_seed, now)


def seeded_world(settings: SandboxSettings, now: datetime, participants: int) -> World:
    """The world of the settings' seed as of `now`. The first provider has at least `participants`."""
    if settings.seed != "guide":
        return empty_world(settings, now)
    if participants > PARTICIPANTS_A_PROVIDER:
        world = empty_world(settings, now)
        populate(world, settings.random_seed, now, participants)
        return world
    # After `SETTLED` the seed is the same all day.
    as_of = datetime.combine(now.date(), time.min, UTC) if now > SETTLED else now
    copy: World = pickle.loads(_pickled_guide_world(settings.random_seed, as_of))  # noqa: S301 - our own bytes
    copy.clock = now
    return copy


# Each takes 100 KB. The tests of a suite start from few different clocks.
@lru_cache(maxsize=16)
def _pickled_guide_world(random_seed: int, as_of: datetime) -> bytes:
    world = World(PROVIDERS, random_seed, as_of)
    populate(world, random_seed, as_of, PARTICIPANTS_A_PROVIDER)
    return pickle.dumps(world, pickle.HIGHEST_PROTOCOL)
