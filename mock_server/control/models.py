"""The values of `openapi/control.yaml`: frozen dataclasses in answers, typed dictionaries in requests.

Moments are aware datetimes in UTC, ids are strings. Words that the lead provider API defines, such as states
and schedules, are strings too. `read` makes the dataclasses from JSON, `plain` turns them into it again. This
module is light to import, because tests import it: it knows nothing of HTTP, and loads pydantic at the first use.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NotRequired, TypedDict, TypeVar

from mock_server.choices import Details, Replay, Seed, Statements
from mock_server.sandbox.records import Fault as Fault
from mock_server.sandbox.records import FaultApply as FaultApply
from mock_server.sandbox.records import FaultMatch as FaultMatch
from mock_server.sandbox.records import FaultResponse as FaultResponse
from mock_server.sandbox.records import JournalEntry as JournalEntry
from mock_server.sandbox.records import JournalMessage as JournalMessage

ContractKept = Literal["kept", "broken"]
RequirementLevel = Literal["must", "should"]
Verdict = Literal["passed", "failed", "not_seen"]
Model = TypeVar("Model")


# --- what the control API answers -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Health:
    """`apis` are the names of the APIs that the mock serves."""

    status: str
    version: str
    apis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """A sandbox's time; `running` is false when it stands still."""

    now: datetime
    running: bool


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `requests` of one token within any `seconds`."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Provider:
    """A lead provider and its bearer token in the sandbox; one without `ecf` gets 403 on participants."""

    name: str
    slug: str
    token: str
    ecf: bool


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox as it was when the mock answered; `rate_limit` is None where there is no limit."""

    id: str
    seed: Seed | Literal["file"]
    clock: Clock
    replay: Replay
    rate_limit: RateLimit | None
    providers: tuple[Provider, ...]
    # `requests`, and for each API the number of its records by kind: None while nobody has used its world.
    counts: dict[str, Any]

    @property
    def tokens(self) -> dict[str, str]:
        """The bearer token of each provider, by its slug."""
        return {provider.slug: provider.token for provider in self.providers}


@dataclass(frozen=True, slots=True)
class Sandboxes:
    sandboxes: tuple[Sandbox, ...]


@dataclass(frozen=True, slots=True)
class Faults:
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A page of the journal, oldest entry first; `next` is the `after` of the page that follows."""

    requests: tuple[JournalEntry, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class ReadinessSummary:
    """How many requirements have each verdict."""

    passed: int
    failed: int
    not_seen: int


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """The verdict on one requirement. `evidence` are ids of journal entries.

    `advice` says what to change, or what is still to happen; None for most that passed.
    """

    id: str
    group: str
    level: RequirementLevel
    verdict: Verdict
    evidence: tuple[int, ...]
    advice: str | None


@dataclass(frozen=True, slots=True)
class Readiness:
    """How the clients of a sandbox do, as its journal shows."""

    sandbox: str
    summary: ReadinessSummary
    requirements: tuple[RequirementResult, ...]


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill that the mock runs.

    `happened` are sentences, `missing` the ids of the `must` requirements that keep the client from being ready.
    """

    id: str
    api: str
    name: str
    sandbox: str
    token: str
    wrong_token: str
    ended: bool
    happened: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    id: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """One value that was refused: at `pointer` (JSON Pointer) in the body, or the query's `parameter`."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None

    def __str__(self) -> str:
        return f"{self.parameter or self.pointer or 'the body'}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a call was refused, as problem details (RFC 9457)."""

    title: str
    status: int
    detail: str
    errors: tuple[Complaint, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPeople:
    """The ids of the people whom one call added, in order."""

    ids: tuple[str, ...]


# --- what it takes --------------------------------------------------------------------------------


class ClockSetting(TypedDict, total=False):
    """A string for `now` is RFC 3339; a datetime must know its zone."""

    now: datetime | str
    running: bool


class SandboxSettings(TypedDict, total=False):
    """A `rate_limit` of None means no limit; left out, it stays as it is."""

    replay: Replay
    rate_limit: RateLimit | None


class NewSandbox(SandboxSettings, total=False):
    """Settings left out are the server's; `statements` is how a service with statements pays, by date when left out.

    With `details` "reworded", the details of refusals have other words each time.
    """

    id: str
    seed: Seed
    clock: ClockSetting
    random_seed: int
    statements: Statements
    details: Details


class NewDrill(TypedDict, total=False):
    """The API, by default the server's first one, and the name of the drill, by default `full`."""

    api: str
    name: str


class NewFaultMatch(TypedDict, total=False):
    """What is left out matches anything; `path` is a glob."""

    api: str
    method: str
    path: str
    operation_id: str


class NewFaultResponse(TypedDict):
    """A text goes out as it stands, an object or a list as JSON."""

    status: int
    headers: NotRequired[dict[str, str]]
    body: NotRequired[str | dict[str, Any] | list[Any]]


class NewFault(TypedDict):
    """A fault answers (`respond`), delays (`delay_ms`, in milliseconds) or does both."""

    match: NewFaultMatch
    respond: NotRequired[NewFaultResponse]
    delay_ms: NotRequired[int]
    times: NotRequired[int]
    probability: NotRequired[float]
    apply: NotRequired[FaultApply]


class RequestFilters(TypedDict, total=False):
    """Filters, joined with "and"; `path` is a glob, `after` an entry's id, `limit` up to 1,000."""

    api: str
    method: str
    path: str
    status: int
    operation_id: str
    provider: str
    contract: ContractKept
    after: int
    limit: int


# --- to JSON and back -----------------------------------------------------------------------------


_adapters: dict[type[Any], Any] = {}


def read(kind: type[Model], data: Any) -> Model:
    """Reads `data`, parsed from JSON, as a `kind`. Members that `kind` doesn't have are ignored.

    Raises:
        ValueError: `data` isn't what the control API answers.
    """
    if kind not in _adapters:
        from pydantic import TypeAdapter

        _adapters[kind] = TypeAdapter(kind)
    value: Model = _adapters[kind].validate_python(data)
    return value


def plain(value: Any) -> Any:
    """`value` as JSON values; moments as RFC 3339."""
    from pydantic_core import to_jsonable_python

    return to_jsonable_python(value)


def duration(by: str | timedelta) -> str:
    """An ISO 8601 duration. Days stay days, because a year or month of the control API is a calendar one.

    Raises ValueError for a timedelta that the control API can't say: it takes whole seconds, and none below 0.
    """
    if isinstance(by, str):
        return by
    if by.microseconds or by < timedelta():
        raise ValueError(f"The clock can't advance by {by}: it takes whole seconds, and none below 0.")
    return f"P{by.days}DT{by.seconds}S"
