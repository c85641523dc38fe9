"""What a scenario is, and what came of running one. `loader` reads scenarios, `runner` runs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from mock_server.harness.exchange import Request, Response
from mock_server.harness.scenarios.sections import Section
from mock_server.service import Service
from mock_server.settings import Replay, Seed

Kind = Literal["main", "refusal"]

# What has the operation of a step that calls the control API, and of one that calls no operation. Else it is the
# name of the scenario's service.
CONTROL: Final = "control"
NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class RawBody:
    """A body that is sent as it stands, for requests that are wrong on purpose; `text` is sent `repeat` times over."""

    text: str
    content_type: str | None = None
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the answer must be. `headers` and `body` hold a check by header name, or by JSON Pointer.

    A check is a value, to be equal to, or a mapping of operators (see `checks`). The pointer "" is the
    whole body: text when the answer isn't JSON. `rules` are the ids of the rules that must have refused
    the request, in their order; None: not looked at.
    """

    status: int
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One request. Strings in parameters, body and checks may name kept values as `${name}`.

    `operation` is an operation id of the contract, or of the control API for what schools, the department
    and the clock do. It is None for a request that no operation has. `api` says what has the operation: the name
    of the service, CONTROL or NONE. `path` is the operation's, with `{name}` in it. A header that is None isn't
    sent. `keep` holds JSON Pointers into the answer by the name under which later steps find the value. `text` is
    Markdown; `heading` begins a new part of the story, and is empty for most steps.
    """

    text: str
    heading: str
    operation: str | None
    api: str
    method: str
    path: str
    provider: str
    path_parameters: Mapping[str, Any]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: Any | RawBody
    keep: Mapping[str, str]
    expect: Expectation
    line: int


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story of a few requests in a world of its own, told to one `service`.

    `order` says where it stands in the guide: sort by it. `given` are steps that set the scene and need no telling;
    `steps` are the story. `clock` is the moment at which the world's clock stands still. `portable` ones need no
    control API: they run against any server that has at least one participant for the token. `text` is the
    guide's, in Markdown (see `links`).
    """

    id: str
    file: Path
    service: Service
    order: tuple[int, str, int]
    section: Section
    place: int
    kind: Kind
    title: str
    text: str
    seed: Seed
    clock: str
    provider: str
    replay: Replay
    rate_limit: Mapping[str, int] | None
    portable: bool
    given: tuple[Step, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that was not as the step says; all three are sentences or values for people."""

    requirement: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class StepResult:
    """`response` is None when none came; the step passed when it has no failures."""

    step: Step
    request: Request
    response: Response | None
    failures: tuple[Failure, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """`given` and `steps` hold what was run, up to and with the first step that failed.

    `skipped` is why the scenario couldn't be run there; nothing was run then.
    """

    scenario: Scenario
    base_url: str
    given: tuple[StepResult, ...] = ()
    steps: tuple[StepResult, ...] = ()
    skipped: str | None = None

    @property
    def outcome(self) -> Literal["passed", "failed", "skipped"]:
        if self.skipped is not None:
            return "skipped"
        return "failed" if any(result.failures for result in (*self.given, *self.steps)) else "passed"

    @property
    def seconds(self) -> float:
        return sum(result.seconds for result in (*self.given, *self.steps))
