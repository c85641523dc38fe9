"""The parts of a service: one version of the lead provider API, with its contract, rules and data.

The core (sandboxes, gateway, control API, harness) knows services only through `Service`. To add one, write a folder
with the same modules as the others, and a row in `services.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from mock_server.http.bodies import BodyLimits
from mock_server.http.contract import Routes
from mock_server.http.contract_app import Checks
from mock_server.http.exchange import Answer
from mock_server.http.request_check import RequestCheck
from mock_server.resources import openapi_document, resource
from mock_server.rules.providers import Provider
from mock_server.rules.table import RulesBroken
from mock_server.settings import SandboxSettings


class Numbered(Protocol):
    """A record that the state file keeps under its number, which is unique in its world."""

    @property
    def sequence(self) -> int: ...


class World(Protocol):
    """A service's data in one sandbox. The core treats it as a whole; only the service looks inside."""

    @property
    def changes(self) -> int:
        """The number of changes so far. The same number means the same data."""

    def follow_clock(self, clock: datetime) -> None:
        """The clock shows `clock` now: do everything that is due by then, in order. Going back undoes nothing."""

    def counts(self) -> dict[str, int]:
        """How many records of each kind there are, as the control API shows them."""

    def watch(self) -> None:
        """Note from now on which records change."""

    def every_record(self) -> Iterable[Any]: ...

    @property
    def row_count(self) -> int:
        """How many records `every_record` yields. The state file holds one row for each."""

    def take_unsaved(self) -> Iterable[Any]:
        """The records that have changed since `watch`, or since the last call."""


@dataclass(slots=True)
class Call:
    """One request to a service, from the gateway to its operation.

    The gateway fills in who asks and where. `provider`, `world`, `settings` and `pages` belong to the token; without a
    known token they are None or empty. `now` is the moment (aware, UTC) at which the request takes place. The checks
    of the service fill in `parameters` and `attributes`, the members of the body's `data.attributes`.
    """

    method: str
    path: str
    headers: dict[bytes, bytes]
    now: datetime
    provider: Provider | None = None
    world: Any = None
    settings: SandboxSettings | None = None
    pages: dict[Any, Any] = field(default_factory=dict)
    body: bytes = b""
    operation_id: str | None = None
    path_params: dict[str, str] = field(default_factory=dict)
    parameters: Any = None
    attributes: dict[str, Any] = field(default_factory=dict)
    answer: Answer | None = None

    @property
    def slug(self) -> str:
        """The provider's slug. Only operations may use it: they run only for callers with a known token."""
        assert self.provider is not None  # noqa: S101
        return self.provider.slug

    @property
    def path_id(self) -> str:
        """The id in the path, in lower case. Empty for operations without one."""
        return self.path_params.get("id", "").lower()


def with_refusals(
    operations: Mapping[str, Callable[[Call], Answer]], answer: Callable[[RulesBroken, Call], Answer]
) -> dict[str, Callable[[Call], Answer]]:
    """The operations. Each answers with `answer` when a request breaks rules."""

    def wrapped(operation: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
        def handle(call: Call) -> Answer:
            try:
                return operation(call)
            except RulesBroken as broken:
                return answer(broken, call)

        return handle

    return {operation_id: wrapped(operation) for operation_id, operation in operations.items()}


def rules_and_headers(broken: RulesBroken, guide: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The ids of the broken rules, and the mock's own headers, which name them and the address `guide`."""
    rules = tuple(violation.rule.id for violation in broken.violations)
    return rules, (("x-mock-rule", ", ".join(rules)), ("link", f'<{guide}>; rel="help"'))


@dataclass(frozen=True, slots=True)
class Errors:
    """A service's answers to requests that reach no operation.

    `on_status` takes a status and a detail. `on_method` takes the methods that the path has. `retry_later` takes the
    seconds after which the token may come back.
    """

    on_status: Callable[[int, str], Answer]
    on_method: Callable[[list[str]], Answer]
    retry_later: Callable[[int], Answer]
    internal: Answer


@dataclass(frozen=True, slots=True)
class Kept:
    """How the state file keeps a world: rows are JSON objects that name their fields."""

    # One record as a row.
    write: Callable[[Any], bytes]
    # Fills an empty world with rows in any order. The number is how many changes the saved world had made. Raises
    # ValueError, KeyError, TypeError, IndexError or AttributeError for rows that `write` hasn't written.
    read: Callable[[Any, Iterable[bytes], int], None]
    # Raises BadValue, a ValueError, for a row that `write` can't have written: files of worlds may come from people.
    check_row: Callable[[Mapping[str, Any]], None] = lambda row: None
    # A sentence for each way in which a world that was read breaks the rules that hold for every world.
    problems: Callable[[Any], Iterable[str]] = lambda world: ()


ControlHandler = Callable[[Any, Any, Any], Answer]


@dataclass(frozen=True, eq=False)
class Service:
    """One service. The core uses nothing of a service but these members. Two services are never equal."""

    # The version in paths of the control API, in `?api=` and on command lines, such as `v1`.
    name: str
    # Its name in the documentation and on the terminal.
    title: str
    # The prefix of its operations' paths.
    prefix: str
    # A first GET for people to try: path and query below the prefix, percent-encoded.
    first_request: str
    # Its operations by operation id. Their refusals link to the address that the given function knows for each.
    operations: Callable[[Callable[[RulesBroken, Call], str]], Mapping[str, Callable[[Call], Answer]]]
    # The checks that a request passes before its operation: token, query, body.
    checks: Callable[[BodyLimits], Checks[Call]]
    # The moment that the request's headers ask for (X-With-Server-Date), or None. Raises Refused.
    server_date: Callable[[Mapping[bytes, bytes]], datetime | None]
    errors: Errors
    # A world without people, whatever the seed is. The state file fills it.
    empty_world: Callable[[SandboxSettings, datetime], Any]
    # The world of the seed as of a moment. The first provider has at least this number of participants.
    seeded_world: Callable[[SandboxSettings, datetime, int], Any]
    kept: Kept
    # The handlers of its part of the control API, by operation id: `openapi/control-NAME.yaml` has the paths. A
    # handler takes the sandbox, the service's world in it and the control call. Called when the control API is first
    # used, so that a mock which nobody steers needn't import them.
    control: Callable[[], Mapping[str, ControlHandler]]
    # Every rule by its id, in the order of the error catalogue.
    catalogue: Mapping[str, Any]
    # Where that catalogue is, below the address of the documentation. Each rule's id is an anchor there.
    error_catalogue: str = "errors/"
    # Makes the renderings that the first requests need, so that they are as fast as later ones.
    warm: Callable[[Any], None] = lambda world: None
    # Whether the default sandbox has this service's world from the start. Otherwise its first use makes the world.
    made_at_start: bool = False
    # The folder that holds `openapi/NAME.yaml`, `openapi/control-NAME.yaml` and `scenarios/NAME/`. None means the
    # project's own folder. A service from elsewhere brings its own.
    home: Path | None = None

    def file(self, name: str) -> Path:
        """The file or folder `name` in the service's home, such as `openapi/NAME.yaml`. It may not exist."""
        if self.home is not None:
            return self.home / name
        folder, _, rest = name.partition("/")
        return resource(folder) / rest

    @property
    def contract_file(self) -> Path:
        return self.file(f"openapi/{self.name}.yaml")

    @property
    def scenarios(self) -> Path:
        """The folder of its scenarios. It may not exist."""
        return self.file(f"scenarios/{self.name}")

    @cached_property
    def contract(self) -> dict[str, Any]:
        """The OpenAPI document, parsed once. Don't change it."""
        return openapi_document(self.contract_file)

    @cached_property
    def control_contract(self) -> dict[str, Any]:
        """The service's part of the control API's OpenAPI document."""
        return openapi_document(self.file(f"openapi/control-{self.name}.yaml"))

    @cached_property
    def routes(self) -> Routes:
        return Routes(self.contract)

    @cached_property
    def request_check(self) -> RequestCheck:
        """Says strictly how requests break the contract. The first use makes it."""
        return RequestCheck(self.contract)

    def has(self, path: str) -> bool:
        """Whether `path` is below the service's prefix."""
        return path.startswith(self._folder) or path == self.prefix

    @cached_property
    def _folder(self) -> str:
        return f"{self.prefix}/"
