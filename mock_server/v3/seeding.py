"""Makes the worlds of v3 that sandboxes start from, in the form that the core needs."""

import pickle
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any, Final

from mock_server.rules.providers import PROVIDERS
from mock_server.settings import SandboxSettings
from mock_server.v3.domain import clockwork, seeds
from mock_server.v3.domain.restoring import restore
from mock_server.v3.domain.rows import Head, Row, head_of, rows_of
from mock_server.v3.domain.world import World

# We make worlds larger than this anew: nobody needs several of that size.
_COPIED: Final = 1_000


class ServedWorld(World):
    """A world for the core. It follows the sandbox's clock, and counts its records."""

    def __reduce__(self) -> tuple[Any, ...]:
        # Records refer to each other in circles, and deeply, so we pickle a world as rows.
        return _restored, (head_of(self), rows_of(self))

    def follow_clock(self, clock: datetime) -> None:
        clockwork.follow_clock(self, clock)

    def counts(self) -> dict[str, int]:
        return {
            "schools": len(self.schools),
            "partnerships": len(self.partnerships),
            "participants": len(self.teachers),
            "declarations": len(self.declarations),
            "statements": len(self.statements),
        }


def _restored(head: Head, rows: list[Row]) -> ServedWorld:
    world = ServedWorld((), head["random_seed"], datetime.fromisoformat(head["clock"]), head["statements"])
    restore(world, head, rows)
    return world


def empty_world(settings: SandboxSettings, now: datetime) -> ServedWorld:
    """A world with only providers and cohorts, whatever seed the settings name."""
    return ServedWorld(PROVIDERS, settings.random_seed, now, settings.statements)


def seeded_world(settings: SandboxSettings, now: datetime, participants: int) -> ServedWorld:
    """The world of the settings' seed as of `now`. The first provider sees at least `participants`."""
    if settings.seed != "guide" or participants > _COPIED:
        world = empty_world(settings, now)
        if settings.seed == "guide":
            seeds.populate(world, now, participants)
        else:
            # This is quicker than a copy, and dates everything in it `now`.
            seeds.populate_empty(world, now)
        return world
    # The seed is the same all day, because everything in it counts in days.
    as_of = datetime.combine(now.date(), time.min, UTC)
    copy: ServedWorld = pickle.loads(  # noqa: S301 - our own bytes
        _pickled_guide(settings.random_seed, as_of, settings.statements, participants)
    )
    copy.clock = now
    return copy


# A test suite makes many sandboxes, but its tests start on few different days.
@lru_cache(maxsize=16)
def _pickled_guide(random_seed: int, as_of: datetime, statements: str, participants: int) -> bytes:
    world = ServedWorld(PROVIDERS, random_seed, as_of, statements)
    seeds.populate(world, as_of, participants)
    return pickle.dumps(world, pickle.HIGHEST_PROTOCOL)
