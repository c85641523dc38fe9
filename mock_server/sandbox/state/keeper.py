"""Keeps sandboxes in a state file. A request's changes are on the disk before its answer is sent."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import orjson
from pydantic import TypeAdapter

from mock_server.sandbox.clock import machine_clock
from mock_server.sandbox.sandboxes import Registry, Sandbox
from mock_server.sandbox.state import StateLost, StateRefused
from mock_server.sandbox.state.file import ORIGINS, StateFile, Write
from mock_server.sandbox.world_file import WorldFile, parse
from mock_server.service import Service, World
from mock_server.settings import ClockSetting, SandboxSettings

# What reading raises when the file holds something that we didn't write.
UNREADABLE: Final = (ValueError, TypeError, LookupError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class KeptWorld:
    """What the file says of one world: how many changes it had seen, and how many records it has."""

    changes: int
    records: int


@dataclass(frozen=True, slots=True)
class Head:
    """What the file holds of a sandbox besides its records.

    `clock` is what its clock was started from, and `started` when that was by the machine. `worlds_from` and `shown`
    are the sandbox's `started` and `shown`. `worlds` has those that somebody has used, by the service's name. `used`
    is when somebody last used the sandbox, by the machine; None in files of versions that didn't keep it.
    """

    id: str
    initial: SandboxSettings
    settings: SandboxSettings
    clock: ClockSetting
    started: datetime
    worlds_from: datetime
    shown: datetime
    worlds: dict[str, KeptWorld]
    used: datetime | None = None


@dataclass(slots=True)
class _Kept:
    """What the file holds of a sandbox, written or queued. We compare it to notice changes."""

    key: int
    worlds: dict[str, World] = field(default_factory=dict)
    origin: WorldFile | None = None
    state: tuple[object, ...] | None = None
    last_used: float = 0.0
    ticket: int = 0


class Keeper:
    """Keeps the sandboxes of one registry, which begins with `restore`.

    Raises StateRefused for a file that can't be used.
    """

    def __init__(self, path: Path) -> None:
        self.file = StateFile(path)
        self._kept: dict[Sandbox, _Kept] = {}
        self._next_key = 1
        # The ticket of the latest deletion.
        self._forgotten = 0
        self._registry: Registry

    def restore(self, registry: Registry) -> None:
        """Restore the sandboxes that the file holds. From now on changes are kept. Raises StateRefused."""
        self._registry = registry
        try:
            for key, data in self.file.sandboxes():
                self._restore_one(registry, key, data)
        except StateRefused:
            self.file.abandon()
            raise
        except UNREADABLE as error:
            self.file.abandon()
            why = " ".join(str(error).split())
            raise self.file.damaged(f"{type(error).__name__}: {why[:200]}") from error
        self.file.start()

    def _restore_one(self, registry: Registry, key: int, data: bytes) -> None:
        head = _HEAD.validate_json(data, strict=True)
        moments = (head.started, head.worlds_from, head.shown, head.used)
        for moment in (*moments, head.clock.now, head.initial.clock.now, head.settings.clock.now):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError(f"{moment} has no time zone")
        origin = next(map(parse, self.file.records(key, ORIGINS)), None)
        sandbox = registry.restore(head.id, head.initial, head.settings, origin)
        sandbox.clock.resume(head.clock, head.started)
        sandbox.started, sandbox.shown = head.worlds_from, head.shown
        if head.used is not None:
            sandbox.last_used -= max(0.0, (machine_clock() - head.used).total_seconds())
        unknown = set(head.worlds) - {service.name for service in registry.services}
        if unknown:
            raise ValueError(f"this mock serves no {', '.join(sorted(unknown))}")
        for place, service in enumerate(registry.services):
            kept = head.worlds.get(service.name)
            if kept is not None:
                there = self.file.count(key, place)
                if there != kept.records:
                    raise ValueError(f"{there} records of {kept.records} are there")
                world = service.empty_world(head.initial, sandbox.started)
                service.kept.read(world, self.file.records(key, place), kept.changes)
                world.watch()
                sandbox.worlds[service.name] = world
        self._kept[sandbox] = _Kept(key, dict(sandbox.worlds), origin, _state(sandbox), sandbox.last_used)
        self._next_key = key + 1

    # -- keeping ---------------------------------------------------------------------------------

    async def keep(self, sandbox: Sandbox) -> None:
        """Wait until everything that an answer may show of the sandbox is on the disk.

        That includes changes of other requests just before: no client may see a change that is then lost.

        Raises StateLost: it can't be written.
        """
        if self._registry.get(sandbox.id) is not sandbox:
            # Deleted while the request was under way.
            await self.keep_all()
            return
        kept = self._note_changes(sandbox)
        if not self.file.is_written(kept.ticket):
            await self.file.written(kept.ticket)

    async def keep_all(self) -> None:
        """The same for every sandbox, and for the list of them."""
        self._note_all()
        await self.file.written(self.file.last)

    def keep_all_now(self) -> None:
        """The same for callers without an event loop."""
        self._note_all()
        self.file.flush()

    async def keep_deletions(self) -> None:
        """Wait until no sandbox that was deleted would be there after a restart. Raises StateLost."""
        if not self.file.is_written(self._forgotten):
            await self.file.written(self._forgotten)

    def forget(self, sandbox: Sandbox) -> None:
        """Queue the deletion of a sandbox. When nothing can be written any more, those who wait for it hear of it."""
        kept = self._kept.pop(sandbox, None)
        if kept is not None:
            with suppress(StateLost):
                self._forgotten = self.file.write(Write(kept.key, None))

    def note_uses(self) -> None:
        """Queue when each sandbox was used last, so that it lives no longer, and no shorter, for a restart."""
        with suppress(StateLost):
            for sandbox, kept in self._kept.items():
                if kept.last_used != sandbox.last_used:
                    self._note(sandbox, kept, _state(sandbox))

    @property
    def waiting_writes(self) -> int:
        """How many changes are queued, and not yet on the disk."""
        return self.file.waiting

    def close(self) -> None:
        """Raises StateLost when not everything is on the disk."""
        self.note_uses()
        self.file.close()

    def _note_all(self) -> None:
        for sandbox in self._registry:
            self._note_changes(sandbox)

    def _note_changes(self, sandbox: Sandbox) -> _Kept:
        """Queue what has changed since the last time, if anything has."""
        kept, state = self._kept.get(sandbox), _state(sandbox)
        if kept is None:
            kept = self._kept[sandbox] = _Kept(self._next_key)
            self._next_key += 1
        if kept.state != state or kept.worlds != sandbox.worlds:
            self._note(sandbox, kept, state)
        return kept

    def _note(self, sandbox: Sandbox, kept: _Kept, state: tuple[object, ...]) -> None:
        """Queue all records of new worlds, and the changed records of known ones."""
        records: list[tuple[int, int, bytes]] = []
        replaced: list[int] = []
        for place, service in enumerate(sandbox.services):
            world: World | None = sandbox.worlds.get(service.name)
            if world is not kept.worlds.get(service.name):
                replaced.append(place)
                if world is not None:
                    world.watch()
                    records += _rows(place, world.every_record(), service)
            elif world is not None:
                records += _rows(place, world.take_unsaved(), service)
        if sandbox.origin is not kept.origin:
            replaced.append(ORIGINS)
            if sandbox.origin is not None:
                records.append((ORIGINS, 0, sandbox.origin.text()))
        kept.ticket = self.file.write(Write(kept.key, _write_head(sandbox), records, replaced))
        kept.state, kept.worlds, kept.last_used = state, dict(sandbox.worlds), sandbox.last_used
        kept.origin = sandbox.origin


def _rows(place: int, records: Iterable[Any], service: Service) -> list[tuple[int, int, bytes]]:
    return [(place, record.sequence, service.kept.write(record)) for record in records]


def _state(sandbox: Sandbox) -> tuple[object, ...]:
    """A value that changes whenever something changes that we keep."""
    return (
        sandbox.settings,
        sandbox.clock.state,
        sandbox.started,
        id(sandbox.origin),
        *[world.changes for world in sandbox.worlds.values()],
    )


def _write_head(sandbox: Sandbox) -> bytes:
    """The sandbox's `Head` as JSON."""
    clock, clock_started = sandbox.clock.state
    head = {
        "id": sandbox.id,
        "initial": _setting(sandbox.initial),
        "settings": _setting(sandbox.settings),
        "clock": _setting(clock),
        "started": clock_started,
        "worlds_from": sandbox.started,
        "shown": sandbox.shown,
        "worlds": {
            name: {"changes": world.changes, "records": world.row_count} for name, world in sandbox.worlds.items()
        },
        "used": machine_clock() - timedelta(seconds=sandbox.idle_seconds),
    }
    return orjson.dumps(head)


@lru_cache(maxsize=256)
def _setting(setting: SandboxSettings | ClockSetting) -> orjson.Fragment:
    """The setting as JSON. Each change of a sandbox writes it again: with a cache, the head takes a third less time."""
    return orjson.Fragment(orjson.dumps(setting))


_HEAD = TypeAdapter(Head)
