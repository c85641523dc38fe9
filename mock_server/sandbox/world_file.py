"""A sandbox as a file: settings, clock, and the records of its worlds in the rows that the state file has, too.

The same sandbox gives the same bytes. The file is JSON, indented so that a comparison shows single fields. Rows stand
in the order in which their records were made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final, Protocol

import orjson
from pydantic import ConfigDict, Field, TypeAdapter, with_config

from mock_server.choices import Details, Replay, Seed, Statements
from mock_server.sandbox.bad_values import BadValue, BadWorldFile
from mock_server.sandbox.row_shapes import Moment, Number, check_json
from mock_server.service import Service, World
from mock_server.settings import ClockSetting, Rate, SandboxSettings

WORLD_FORMAT: Final = 1
# A world of 10,000 participants has half of it. The server reads and checks one in some seconds.
MAX_WORLD_BYTES: Final = 64 * 1024 * 1024
# What reading raises when rows contradict each other.
UNREADABLE: Final = (ValueError, TypeError, LookupError, AttributeError, OverflowError)


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class Rows:
    """One world: how many changes it has seen, and its records."""

    changes: Number
    rows: tuple[dict[str, Any], ...]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class _Clock:
    """`now` None means that the clock follows the machine."""

    now: Moment | None
    running: bool


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class _Rate:
    requests: Annotated[int, Field(ge=1)]
    # Whole seconds stay whole.
    seconds: Annotated[int, Field(ge=1)] | Annotated[float, Field(ge=1)]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True, eq=False)
class WorldFile:
    """The members of the file, in their order.

    `seed` and `started` say from what, and as of when, a world begins that the file doesn't have. `shown` is the latest
    moment that the clock has shown, when that is later than its present moment.
    """

    world_format: int
    seed: Seed
    random_seed: Annotated[int, Field(ge=0)]
    statements: Statements
    replay: Replay
    rate_limit: _Rate | None
    details: Details
    clock: _Clock
    started: Moment
    shown: Moment | None
    worlds: dict[str, Rows]

    @property
    def settings(self) -> SandboxSettings:
        """The settings with which a sandbox of this file begins."""
        clock = ClockSetting(self.clock.now, self.clock.running)
        rate = Rate(self.rate_limit.requests, self.rate_limit.seconds) if self.rate_limit else None
        return SandboxSettings(self.seed, clock, self.replay, rate, self.random_seed, self.statements, self.details)

    def world(self, service: Service, settings: SandboxSettings) -> Any:
        """The service's world with the file's records. None if the file doesn't have it. Raises UNREADABLE."""
        kept = self.worlds.get(service.name)
        if kept is None:
            return None
        world = service.empty_world(settings, self.started)
        service.kept.read(world, map(orjson.dumps, kept.rows), kept.changes)
        return world

    def text(self) -> bytes:
        return orjson.dumps(self, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


class Exported(Protocol):
    """What a sandbox tells about itself for a file. Its `clock` is one of `sandbox.clock`."""

    initial: SandboxSettings
    settings: SandboxSettings
    clock: Any
    started: datetime
    shown: datetime
    services: Sequence[Service]
    worlds: dict[str, Any]


def export(sandbox: Exported) -> bytes:
    """The sandbox as a file. Settings are those in force; seeds are those of its creation."""
    settings, initial, clock = sandbox.settings, sandbox.initial, sandbox.clock.setting()
    rate = settings.rate_limit
    return WorldFile(
        world_format=WORLD_FORMAT,
        seed=initial.seed,
        random_seed=initial.random_seed,
        statements=initial.statements,
        replay=settings.replay,
        rate_limit=_Rate(rate.requests, _whole(rate.seconds)) if rate else None,
        details=settings.details,
        clock=_Clock(clock.now, clock.running),
        started=sandbox.started,
        shown=sandbox.shown if sandbox.shown > sandbox.clock.now() else None,
        worlds={
            service.name: Rows(world.changes, tuple(_rows(service, world)))
            for service in sandbox.services
            if (world := sandbox.worlds.get(service.name)) is not None
        },
    ).text()


def _whole(seconds: float) -> float:
    """Whole seconds as an integer, whichever way they came."""
    return int(seconds) if seconds == int(seconds) else seconds


def _rows(service: Service, world: World) -> Iterable[dict[str, Any]]:
    records = sorted(world.every_record(), key=lambda record: record.sequence)
    return (orjson.loads(service.kept.write(record)) for record in records)


# -- reading -------------------------------------------------------------------------------------

_FILE: Final = TypeAdapter(WorldFile)


def load(file: Path, services: Sequence[Service]) -> WorldFile:
    """The file, checked. Raises BadWorldFile with the file's name in its text."""
    try:
        return read(file.read_bytes(), services)
    except BadWorldFile as bad:
        raise BadWorldFile(f"{file}: {bad.pointer}".rstrip(), bad.detail) from None
    except OSError as error:
        raise BadWorldFile(f"{file}:", f"can't be read: {error.strerror or error}") from error


def read(data: bytes, services: Sequence[Service]) -> WorldFile:
    """The content of a file, checked: a sandbox can begin from it. Raises BadWorldFile."""
    found = parse(data)
    by_name = {service.name: service for service in services}
    for name, kept in found.worlds.items():
        if name not in by_name:
            raise BadWorldFile(f"/worlds/{name}", f"is no API that this mock serves; it serves {', '.join(by_name)}")
        _check_world(found, by_name[name], kept)
    return found


def parse(data: bytes) -> WorldFile:
    """The same, with rows that nobody has checked: for content that the mock has kept itself."""
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        detail = f"is damaged, or no world file: it is no JSON ({error.msg}, line {error.lineno}, column {error.colno})"
        raise BadWorldFile("", detail) from None
    if not isinstance(document, Mapping) or "world_format" not in document:
        raise BadWorldFile("", "is no world file: it has no member world_format")
    if document["world_format"] != WORLD_FORMAT:
        detail = f"is {document['world_format']!r}: this version of ecf-mock reads {WORLD_FORMAT}"
        raise BadWorldFile("/world_format", f"{detail}. Export the world with a mock of this version")
    try:
        found: WorldFile = check_json(_FILE, data)
    except BadValue as bad:
        raise BadWorldFile(bad.pointer, bad.detail) from None
    if found.clock.now is None and not found.clock.running:
        raise BadWorldFile("/clock/now", "must be a moment, because the clock stands still")
    return found


def _check_world(found: WorldFile, service: Service, kept: Rows) -> None:
    place = f"/worlds/{service.name}"
    for number, row in enumerate(kept.rows):
        try:
            service.kept.check_row(row)
        except BadValue as bad:
            raise BadWorldFile(f"{place}/rows/{number}{bad.pointer}", bad.detail) from None
    try:
        # Time passes in the checked copy, so that records break here if they break at all.
        world = found.world(service, found.settings)
        _check_sequences(place, kept.rows, world)
        problem = next(iter(service.kept.problems(world)), None)
        world.follow_clock(found.shown or found.clock.now or found.started)
    except BadWorldFile:
        raise
    except UNREADABLE as error:
        why = " ".join(str(error).split())[:200]
        detail = f"rows contradict each other, or one is missing: {type(error).__name__} {why}"
        raise BadWorldFile(place, detail.rstrip()) from None
    if problem is not None:
        raise BadWorldFile(place, f"breaks a rule of its own: {problem}")


def _check_sequences(place: str, rows: Sequence[Mapping[str, Any]], world: World) -> None:
    """Each row became one record."""
    numbers: set[int] = set()
    for number, row in enumerate(rows):
        ((kind, fields),) = row.items()
        if fields["sequence"] in numbers:
            raise BadWorldFile(f"{place}/rows/{number}/{kind}/sequence", "is another row's, too")
        numbers.add(fields["sequence"])
    if world.row_count != len(rows):
        raise BadWorldFile(place, f"has {len(rows)} rows and {world.row_count} records: two rows have the same id")
