"""Keeps sandboxes in a state file: what a request has changed is on the disk before its answer is sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson
from pydantic import TypeAdapter

from mock_server.sandbox.clock import ClockSetting
from mock_server.sandbox.sandboxes import Registry, Sandbox, SandboxSettings
from mock_server.sandbox.state import StateRefused
from mock_server.sandbox.state.file import StateFile, Write
from mock_server.v1.domain.world import World
from mock_server.v1.state_rows import read_world, write_record

# What reading raises where the file holds something else than what was written.
UNREADABLE: Final = (ValueError, TypeError, LookupError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Head:
    """What is kept of a sandbox besides its records; `records` is how many there are.

    `clock` is what its clock was started from, and `started` when that was by the machine.
    """

    id: str
    initial: SandboxSettings
    settings: SandboxSettings
    clock: ClockSetting
    started: datetime
    changes: int
    records: int


@dataclass(slots=True)
class _Kept:
    """What is kept of a sandbox, or on its way: by it a change is noticed."""

    key: int
    world: World | None = None
    state: tuple[object, ...] | None = None
    ticket: int = 0


class Keeper:
    """Keeps the sandboxes of one registry, which begins with `restore`.

    Raises StateRefused for a file that can't be used.
    """

    def __init__(self, path: Path) -> None:
        self.file = StateFile(path)
        self._kept: dict[Sandbox, _Kept] = {}
        self._next_key = 1
        self._registry: Registry

    def restore(self, registry: Registry) -> None:
        """Make the sandboxes that the file holds, as they were; from now on changes are kept. Raises StateRefused."""
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
        for moment in (head.started, head.clock.now, head.initial.clock.now, head.settings.clock.now):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError(f"{moment} has no time zone")
        count = 0

        def counted(records: Iterable[bytes]) -> Iterable[bytes]:
            nonlocal count
            for record in records:
                count += 1
                yield record

        sandbox = registry.restore(head.id, head.initial, head.settings)
        sandbox.clock.resume(head.clock, head.started)
        read_world(sandbox.world, counted(self.file.records(key)), head.changes)
        if count != head.records:
            raise ValueError(f"{count} records of {head.records} are there")
        sandbox.world.watch()
        self._kept[sandbox] = _Kept(key, sandbox.world, _state(sandbox))
        self._next_key = key + 1

    # -- keeping ---------------------------------------------------------------------------------

    async def keep(self, sandbox: Sandbox) -> None:
        """Wait until everything that an answer may tell about the sandbox is on the disk.

        That includes what other requests changed just before: nobody may hear of it and then see it lost.

        Raises StateLost: it isn't there, and won't be.
        """
        if self._registry.get(sandbox.id) is not sandbox:
            # Deleted while the request was under way.
            await self.keep_all()
            return
        kept = self._kept.get(sandbox)
        if kept is None or kept.state != _state(sandbox) or kept.world is not sandbox.world:
            kept = self._note(sandbox, kept)
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

    def close(self) -> None:
        """Raises StateLost when not everything is on the disk."""
        self.file.close()

    def _note_all(self) -> None:
        for sandbox in self._registry:
            kept = self._kept.get(sandbox)
            if kept is None or kept.state != _state(sandbox) or kept.world is not sandbox.world:
                self._note(sandbox, kept)
        if len(self._kept) > len(self._registry):
            for gone in [sandbox for sandbox in self._kept if self._registry.get(sandbox.id) is not sandbox]:
                self.file.write(Write(self._kept.pop(gone).key, None))

    def _note(self, sandbox: Sandbox, kept: _Kept | None) -> _Kept:
        """Queue what has changed: a new world whole, of one that is kept already only some records."""
        world = sandbox.world
        if kept is None:
            kept = self._kept[sandbox] = _Kept(self._next_key)
            self._next_key += 1
        replace = world is not kept.world
        if replace:
            world.watch()
        changed = world.every_record() if replace else world.take_unsaved()
        records = [(record.sequence, write_record(record)) for record in changed]
        kept.ticket = self.file.write(Write(kept.key, _write_head(sandbox), records, replace))
        kept.state, kept.world = _state(sandbox), world
        return kept


def _state(sandbox: Sandbox) -> tuple[object, ...]:
    """Changes when anything does that is kept."""
    return sandbox.settings, sandbox.clock.state, sandbox.world.changes


def _write_head(sandbox: Sandbox) -> bytes:
    world = sandbox.world
    records = len(world.participants) + len(world.declarations)
    head = Head(sandbox.id, sandbox.initial, sandbox.settings, *sandbox.clock.state, world.changes, records)
    return orjson.dumps(head)


_HEAD = TypeAdapter(Head)
