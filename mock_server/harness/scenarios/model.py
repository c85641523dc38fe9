"""The model of a scenario and of its results. `loader` reads scenarios, `runner` runs them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from mock_server.choices import Replay, Seed
from mock_server.harness.exchange import Request, Response
from mock_server.harness.scenarios.sections import Section
from mock_server.service import Service

Kind = Literal["main", "refusal"]

# The API of a step: `CONTROL` for the control API, `NONE` for a step without an operation. Otherwise it is the name of
# the scenario's service.
CONTROL: Final = "control"
NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class RawBody:
    """A body to send unchanged, for requests that are wrong on purpose. It sends `text` `repeat` times over."""

    text: str
    content_type: str | None = None
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the answer must be. `headers` holds checks by header name, `body` holds checks by JSON Pointer.

    A check is the exact value, or a mapping of operators (see `checks`). The pointer "" is the whole body, which is
    text
    when the answer isn't JSON. `rules` are the ids of the rules that must refuse the request, in order; with None,
    nothing checks the rules.
    """

    status: int
    headers: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One request. Strings in parameters, body and checks may refer to kept values as `${name}`.

    `operation` is an operation id of the contract. For acts of schools and the department and for the clock, it is an
    operation id of the control API. It is None for a request that matches no operation. `api` is the API of the
    operation: the name of the service, CONTROL or NONE. `path` is the operation's, with `{name}` in it. The step
    doesn't
    send a header that is None. `keep` maps names to JSON Pointers into the answer; later steps use the values by these
    names. `text` is Markdown. `heading` begins a new part of the story, and is empty for most steps.
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
    """A story of a few requests in a sandbox of its own, for one `service`.

    `order` is its place in the guide: sort by it. `given` are steps that set the scene; the guide doesn't tell them.
    `steps` are the story. The clock stops at the moment `clock`. `portable` scenarios need no control API: they
    run
    against any server where the token has at least one participant. `text` is the guide's text, in Markdown (see
    `links`).
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
    """One thing that differed from what the step expects. All three members are sentences or values for people."""

    requirement: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class StepResult:
    """`response` is None when no answer came. The step passed when it has no failures."""

    step: Step
    request: Request
    response: Response | None
    failures: tuple[Failure, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """`given` and `steps` hold what ran, up to and including the first step that failed.

    `skipped` is why the scenario couldn't run on this server; then nothing ran.
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
