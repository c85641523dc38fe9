"""Sandboxes: each has its own worlds, providers, clock, faults, journal and limits."""

import pickle
import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qsl

from mock_server.rules.providers import PROVIDERS, Provider
from mock_server.sandbox.clock import Clock, MachineClock, machine_clock
from mock_server.sandbox.faults import Faults
from mock_server.sandbox.journal import Journal
from mock_server.sandbox.rate_limit import RateLimiter
from mock_server.sandbox.request_counts import RequestCounts
from mock_server.service import Service, World
from mock_server.settings import SandboxSettings, Settings

if TYPE_CHECKING:
    from starlette.types import Scope

    from mock_server.sandbox.world_file import WorldFile

DEFAULT_SANDBOX = "default"
# The settings of the server that hold for sandboxes which begin from a file.
_BESIDE_A_FILE = ("clock", "replay", "rate_limit", "random_seed")
SANDBOX_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
# How many of the latest requests we search for the connection of a request without a token.
_RECENT = 50
# A sandbox is in use until it has been idle for so many seconds.
_LATELY = 60.0
# Matches every token that could exist. Its first group is the provider's slug. No journal shows a token.
TOKENS = re.compile(rf"({'|'.join(provider.slug for provider in PROVIDERS)})-token(?:\.{SANDBOX_ID.pattern})?")


def new_sandbox_id() -> str:
    """An id that no other sandbox has, here or on another mock behind the same load balancer.

    It never comes from the random seed, because two sandboxes of one seed still need two ids.
    """
    return f"s{secrets.token_hex(6)}"


@dataclass(frozen=True, slots=True)
class Access:
    """What one token opens: one provider in one sandbox. `limiter` counts the token's requests."""

    sandbox: "Sandbox"
    provider: Provider
    token: str
    limiter: RateLimiter


# What a sandbox keeps at most of its own snapshots. A single snapshot may be larger.
MAX_SNAPSHOTS = 100
MAX_SNAPSHOT_BYTES = 256 * 1024 * 1024


class UnknownSnapshot(KeyError):
    """The sandbox has no snapshot of that id."""


class TooManySnapshots(Exception):
    """The sandbox keeps as many snapshots, or as many bytes of them, as it may."""


class Sandbox:
    """One isolated place to test in: a world for each service, and what the worlds share.

    `settings` are those in force; they change until the next reset. `started` is the moment of the sandbox's clock
    as of which its worlds are made, `shown` the latest moment that its clock has shown since. `origin` is the file from
    which it began, if there was one: a reset takes it back there.
    """

    def __init__(
        self,
        id: str,
        initial: SandboxSettings,
        server: Settings,
        services: Sequence[Service],
        machine: MachineClock = machine_clock,
        origin: "WorldFile | None" = None,
    ) -> None:
        self.id = id
        self.services = services
        self.origin = origin
        self.last_used = monotonic()
        self.initial = self.settings = initial
        # Only the default sandbox grows: others are made by the dozen, and fast.
        self._participants = server.participants if id == DEFAULT_SANDBOX else 0
        self.journal = Journal(server.journal_entries, server.journal_bytes, TOKENS)
        self.clock = Clock(initial.clock, machine)
        suffix = "" if id == DEFAULT_SANDBOX else f".{id}"
        self.accesses = [
            Access(self, provider, f"{provider.slug}-token{suffix}", RateLimiter(initial.rate_limit))
            for provider in PROVIDERS
        ]
        self._start()

    def _start(self) -> None:
        self.started = self.shown = self.clock.now()
        if self.origin is not None:
            self.started = self.origin.started
            self.shown = max(self.shown, self.origin.shown or self.shown)
        self.worlds: dict[str, Any] = {}
        # The latest pages of each service's lists, as the service keeps them.
        self.pages: dict[str, dict[Any, Any]] = {service.name: {} for service in self.services}
        self.faults = Faults(Random(f"{self.initial.random_seed} faults"))  # noqa: S311 - meant to repeat
        self._snapshots: dict[str, bytes] = {}
        self._snapshots_taken = 0

    def world(self, service: Service) -> Any:
        """The service's world. The first use makes it, just as if it had been there since `started`."""
        world = self.worlds.get(service.name)
        if world is None:
            if self.origin is not None:
                world = self.origin.world(service, self.initial)
            if world is None:
                world = service.seeded_world(self.initial, self.started, self._participants)
            self.worlds[service.name] = world
            world.follow_clock(self.shown)
            world.follow_clock(self.clock.now())
        return world

    @property
    def idle_seconds(self) -> float:
        """How long nobody has used it."""
        return monotonic() - self.last_used

    def inventions(self, world: World) -> Random:
        """Where a world's next invented values come from: the same after the same changes to the same seed."""
        return Random(f"{self.initial.random_seed} {world.changes}")  # noqa: S311 - meant to repeat

    def moment(self, shifted: datetime | None = None) -> datetime:
        """The moment of one request: `shifted`, if the request asks for one, else what the clock shows.

        First the worlds do what has fallen due until the clock's moment; `shifted` makes nothing fall due.
        """
        now = self.clock.now()
        if now > self.shown:
            self.shown = now
        for world in self.worlds.values():
            world.follow_clock(now)
        self.last_used = monotonic()
        return shifted or now

    def reset(self) -> None:
        """Back to seed, clock and settings of the creation; the journal and the faults are cleared."""
        self.change_settings(self.initial)
        self.clock.start(self.initial.clock)
        self.journal.clear()
        self._start()

    def export(self) -> bytes:
        """The sandbox as a file, from which another can begin."""
        for service in self.services:
            if self.origin is not None and service.name in self.origin.worlds:
                self.world(service)
        from mock_server.sandbox.world_file import export

        return export(self)

    def begin_from(self, origin: "WorldFile") -> None:
        """Begin anew from a file. Nothing of before remains but the tokens."""
        self.origin, self.initial = origin, origin.settings
        self.reset()

    def change_settings(self, settings: SandboxSettings) -> None:
        """Put `settings` in force; what the tokens have used of their rate limit is forgotten."""
        self.settings = settings
        for access in self.accesses:
            access.limiter.change(settings.rate_limit)

    # A snapshot is the worlds as they are, pickled: bytes of our own that never leave the process.

    def take_snapshot(self) -> str:
        """The new snapshot's id. Raises TooManySnapshots, and then takes none."""
        if len(self._snapshots) >= MAX_SNAPSHOTS:
            raise TooManySnapshots
        snapshot = pickle.dumps(
            (self.worlds, self.settings, self.clock.setting(), self.started, self.shown), pickle.HIGHEST_PROTOCOL
        )
        if self._snapshots and sum(map(len, self._snapshots.values())) + len(snapshot) > MAX_SNAPSHOT_BYTES:
            raise TooManySnapshots
        self._snapshots_taken += 1
        id = f"snapshot-{self._snapshots_taken}"
        self._snapshots[id] = snapshot
        return id

    def restore_snapshot(self, id: str) -> None:
        """Worlds, settings and clock as they were. Raises UnknownSnapshot."""
        snapshot = self._snapshot(id)
        self.journal.let_go_of_records()
        for pages in self.pages.values():
            pages.clear()
        self.worlds, settings, clock, self.started, self.shown = pickle.loads(snapshot)  # noqa: S301 - our own bytes
        self.change_settings(settings)
        self.clock.start(clock)

    def drop_snapshot(self, id: str) -> None:
        """Raises UnknownSnapshot."""
        self._snapshot(id)
        del self._snapshots[id]

    def _snapshot(self, id: str) -> bytes:
        if id not in self._snapshots:
            raise UnknownSnapshot(id)
        return self._snapshots[id]


class SandboxExists(ValueError):
    """There is a sandbox of that id already."""


class TooManySandboxes(Exception):
    """There are as many sandboxes as the server keeps."""


class DefaultSandboxStays(Exception):
    """The sandbox `default` can't be deleted."""


class Keeps(Protocol):
    """Who keeps the sandboxes where they outlive the process, such as in a state file."""

    def restore(self, registry: "Registry") -> None:
        """Makes the sandboxes that were kept. Raises StateRefused when they can't be made."""

    async def keep(self, sandbox: Sandbox) -> None:
        """Comes back when what has changed in the sandbox is kept. Raises StateLost."""

    def keep_all_now(self) -> None:
        """Keeps every sandbox before it returns. Raises StateLost."""

    async def keep_deletions(self) -> None:
        """Comes back when no sandbox that was deleted would be there after a restart. Raises StateLost."""

    def forget(self, sandbox: Sandbox) -> None:
        """The sandbox is deleted."""

    def note_uses(self) -> None:
        """Sandboxes may have been used since."""

    @property
    def waiting_writes(self) -> int:
        """How many changes are not yet where they are kept."""


class Registry:
    """Every sandbox by its id, and what every token opens."""

    def __init__(
        self,
        settings: Settings,
        services: Sequence[Service],
        machine: MachineClock = machine_clock,
        keeper: Keeps | None = None,
        origin: "WorldFile | None" = None,
    ) -> None:
        """New sandboxes begin from `origin`, if there is one, unless somebody names a seed.

        With a `keeper` the sandboxes that it kept are there again. Raises StateRefused when they can't be.
        """
        self.server = settings
        self.services = services
        self.keeper = keeper
        self.request_counts = RequestCounts()
        self.origin = origin
        self.defaults = self.named_seed = SandboxSettings.of_server(settings)
        if origin is not None:
            # What the server was told on top of the file holds.
            told = {name: getattr(settings, name) for name in _BESIDE_A_FILE if name in settings.model_fields_set}
            self.defaults = replace(origin.settings, **told)
        self._machine = machine
        self._sandboxes: dict[str, Sandbox] = {}
        self._accesses: dict[bytes, Access] = {}
        self._next_look = 0.0
        if keeper is not None:
            keeper.restore(self)
            # The time while the mock was stopped counts, too.
            self.drop_idle()
        if DEFAULT_SANDBOX not in self._sandboxes:
            self.create(DEFAULT_SANDBOX, self.defaults, origin)
        for service in services:
            if service.made_at_start:
                service.warm(self.default.world(service))
        if keeper is not None:
            keeper.keep_all_now()

    @property
    def default(self) -> Sandbox:
        """The sandbox that always exists."""
        return self._sandboxes[DEFAULT_SANDBOX]

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(self._sandboxes.values())

    def __len__(self) -> int:
        return len(self._sandboxes)

    def get(self, id: str) -> Sandbox | None:
        return self._sandboxes.get(id)

    def access(self, token: bytes) -> Access | None:
        return self._accesses.get(token)

    def sandbox_meant(self, token: bytes, scope: "Scope") -> Sandbox:
        """The sandbox that a request whose token opens nothing seems meant for. Its journal notes the request.

        The token may name the sandbox, a token in the query may open it, or the same connection may have used it
        just before, or no other sandbox is in use from the same address. Otherwise it is the default sandbox.
        """
        named = self._sandboxes.get(token.rpartition(b".")[2].decode("latin-1"))
        if named is None and scope["query_string"]:
            for _, value in parse_qsl(scope["query_string"].decode("latin-1")):
                if access := self._accesses.get(value.encode()):
                    named = access.sandbox
        connection = scope.get("client")
        if named is None and not token and connection:
            used = (box for box in self if box.journal.last_used_by(connection, within=_RECENT))
            named = next(used, None) or self._only_one_used_from(connection[0])
        return named or self.default

    def _only_one_used_from(self, host: str) -> Sandbox | None:
        """The sandbox that was used from this address within the last seconds, if it was only one."""
        used = [box for box in self if box.idle_seconds < _LATELY and box.journal.last_used_from(host, within=_RECENT)]
        return used[0] if len(used) == 1 else None

    def create(self, id: str | None, settings: SandboxSettings, origin: "WorldFile | None" = None) -> Sandbox:
        """A new sandbox. Without an id it gets a random one. Raises SandboxExists and TooManySandboxes."""
        self.drop_idle()
        id = id or new_sandbox_id()
        if id in self._sandboxes:
            raise SandboxExists(id)
        if len(self._sandboxes) >= self.server.max_sandboxes:
            raise TooManySandboxes
        return self._add(Sandbox(id, settings, self.server, self.services, self._machine, origin))

    def restore(
        self, id: str, initial: SandboxSettings, settings: SandboxSettings, origin: "WorldFile | None"
    ) -> Sandbox:
        """A sandbox that was there before, still without worlds: created as `initial` says, `settings` in force."""
        if id in self._sandboxes:
            raise SandboxExists(id)
        sandbox = self._add(Sandbox(id, initial, self.server, self.services, self._machine, origin))
        sandbox.change_settings(settings)
        return sandbox

    def _add(self, sandbox: Sandbox) -> Sandbox:
        self._sandboxes[sandbox.id] = sandbox
        for access in sandbox.accesses:
            self._accesses[access.token.encode()] = access
        return sandbox

    def delete(self, sandbox: Sandbox) -> None:
        """Raises DefaultSandboxStays."""
        if sandbox.id == DEFAULT_SANDBOX:
            raise DefaultSandboxStays
        del self._sandboxes[sandbox.id]
        if self.keeper is not None:
            self.keeper.forget(sandbox)
        # The sandbox and its accesses refer to each other. Once they don't, they and their worlds are freed at once.
        while sandbox.accesses:
            del self._accesses[sandbox.accesses.pop().token.encode()]

    def drop_idle(self) -> None:
        """Delete the sandboxes that nobody has used for longer than the server keeps them."""
        time_to_live, now = self.server.sandbox_ttl, monotonic()
        if not time_to_live or now < self._next_look:
            return
        # Look often enough that none stays much too long, and seldom enough that it costs nothing.
        self._next_look = now + time_to_live / 10
        for sandbox in list(self._sandboxes.values()):
            if sandbox.id != DEFAULT_SANDBOX and now - sandbox.last_used > time_to_live:
                self.delete(sandbox)
        if self.keeper is not None:
            self.keeper.note_uses()
