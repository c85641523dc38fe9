"""Runs the stages in their order against one server, and makes the report."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Protocol

import httpx

from mock_server.control.connection import ControlFailure
from mock_server.harness.check.behaviour import actions, declarations, isolation, links, lists, schools, transport
from mock_server.harness.check.behaviour.running import run_probes
from mock_server.harness.check.bench import Bench, World
from mock_server.harness.check.deviations import Deviation, Listed
from mock_server.harness.check.outcome import GENERATED, STAGES, Report, StageResult
from mock_server.harness.check.stages.contract import check_contract
from mock_server.harness.check.stages.coverage import check_coverage, coverage_of
from mock_server.harness.check.stages.scenarios import check_scenarios
from mock_server.harness.check.traffic import Traffic
from mock_server.harness.own_server import own_server
from mock_server.harness.scenarios.target import Target, TargetUnavailable, open_target
from mock_server.resources import specification
from mock_server.rules.moments import format_moment
from mock_server.settings import GivenSettings
from mock_server.v1.service import V1

DEFAULT_EXAMPLES = 40
DEFAULT_SEED = 2021
# Chains of requests for each example asked for: one is short, and there are many ways to go.
_CHAINS = 3
# How long the own mock waits for a body, in seconds: its 408 is met, and no busy machine meets it by accident.
BODY_TIMEOUT = 2.0

_BEHAVIOUR = (*transport.PROBES, *lists.PROBES, *actions.PROBES, *declarations.PROBES, *schools.PROBES, *links.PROBES)


class CannotRun(Exception):
    """The check can't be made; the text says why in one line."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to check, and how. `base_url` None is a mock of one's own; `stop_at_first` ends after a broken stage."""

    base_url: str | None = None
    token: str | None = None
    peer_token: str | None = None
    control_token: str | None = None
    stages: Sequence[str] = STAGES
    max_examples: int = DEFAULT_EXAMPLES
    time_limit: float | None = None
    seed: int = DEFAULT_SEED
    deviations: Sequence[Deviation] = field(default_factory=tuple)
    stop_at_first: bool = False


class Progress(Protocol):
    """Who shows how far the check is."""

    def stage(self, name: str, number: int, of: int) -> None:
        """A stage begins."""

    def step(self, text: str) -> None:
        """Something of it is being tried."""

    def exchange(self) -> None:
        """One more request was answered."""

    def done(self, stage: StageResult) -> None:
        """It has ended."""


def check(plan: Plan, progress: Progress) -> Report:
    """The whole check. Raises CannotRun."""
    started, began = datetime.now(UTC), monotonic()
    try:
        with _target(plan) as target:
            run = _Run(plan, target, progress, began)
            report = Report(target.base_url, target.control is not None, plan.seed, format_moment(started))
            report.stages = list(run.stages())
    except (TargetUnavailable, ControlFailure) as error:
        raise CannotRun(str(error)) from error
    if run.traffic.tried:
        report.coverage = coverage_of(run.traffic)
    # Else an entry of the file may fit what wasn't tried.
    complete = len(report.stages) == len(STAGES) and all(
        stage.skipped is None and not stage.cut_short for stage in report.stages
    )
    if complete and (unmet := list(run.listed.unmet())):
        report.stages.append(StageResult("deviations", unmet))
    report.seconds = monotonic() - began
    return report


@contextmanager
def _target(plan: Plan) -> Iterator[Target]:
    settings = GivenSettings(body_timeout=BODY_TIMEOUT, log_level="error")
    own = own_server(settings) if plan.base_url is None else nullcontext(plan.base_url)
    with own as base_url, open_target(base_url, plan.token, plan.control_token) as target:
        yield target


class _Run:
    def __init__(self, plan: Plan, target: Target, progress: Progress, began: float) -> None:
        self._plan = plan
        self._target = target
        self._progress = progress
        self._until = None if plan.time_limit is None else began + plan.time_limit
        self.traffic = Traffic(target.base_url, is_mock=target.control is not None)
        self.traffic.on_exchange = progress.exchange
        self.traffic.watch(target.http)
        self.listed = Listed(plan.deviations)
        self._bench = Bench(target, plan.peer_token, self.traffic)

    def stages(self) -> Iterator[StageResult]:
        """Runs the chosen stages, one after the other."""
        self._check_token()
        chosen = [name for name in STAGES if name in self._plan.stages]
        for number, name in enumerate(chosen, start=1):
            stage = StageResult(name)
            self.traffic.start(stage, self._command(name))
            self._progress.stage(name, number, len(chosen))
            began = monotonic()
            self._run(name)
            self.listed.mark(stage)
            stage.seconds = monotonic() - began
            self._progress.done(stage)
            yield stage
            if self._plan.stop_at_first and stage.outcome == "broken":
                return

    def _command(self, stage: str) -> str:
        """What repeats a stage; `coverage` judges what the others sent, so it needs them again."""
        needed = [name for name in STAGES if name in self._plan.stages] if stage == "coverage" else [stage]
        words = ["ecf-mock check"]
        if len(needed) < len(STAGES):
            words += [f"--stage {name}" for name in needed]
        if set(needed) & set(GENERATED):
            words += [f"--seed {self._plan.seed}", f"--max-examples {self._plan.max_examples}"]
        if self._plan.base_url:
            words.append(f"--base-url {self._plan.base_url}")
        return " ".join(words)

    def _check_token(self) -> None:
        """Without a world to make, the token must open one."""
        if self._target.control is not None or set(self._plan.stages) <= {"contract"}:
            return
        if not self._target.token:
            raise CannotRun("this server has no control API: give a bearer token for it with --token")
        tokens = {"--token": self._target.token, "--peer-token": self._plan.peer_token}
        for option, token in tokens.items():
            if token and self._status_with(token) == 401:
                raise CannotRun(f"{self._target.base_url} doesn't know the token given with {option}")

    def _status_with(self, token: str) -> int:
        try:
            headers = {"authorization": f"Bearer {token}"}
            status: int = self._target.http.get("/api/v1/participant-declarations", headers=headers).status_code
        except (httpx.HTTPError, ValueError) as error:
            raise CannotRun(f"{self._target.base_url}: {error}") from error
        return status

    def _run(self, name: str) -> None:
        stage = self.traffic.stage
        out_of_time = self._until is not None and monotonic() > self._until
        if name in GENERATED and out_of_time:
            stage.skipped, stage.cut_short = "the time limit was reached before it", True
        elif name == "contract":
            check_contract(stage, specification("v1"))
        elif name == "scenarios":
            check_scenarios(V1, self._target, self.traffic, self._progress.step)
        elif name == "behaviour":
            run_probes(_BEHAVIOUR, self._bench, self._progress.step)
        elif name == "isolation":
            self._isolation()
        elif name == "coverage":
            check_coverage(coverage_of(self.traffic), self.traffic)
        else:
            self._generated()

    def _isolation(self) -> None:
        if self._target.control is None and self._bench.given.peer is None:
            self.traffic.stage.skipped = "it needs another provider's token: give it with --peer-token"
        else:
            run_probes(isolation.PROBES, self._bench, self._progress.step)

    def _generated(self) -> None:
        # The dearest import by far.
        from mock_server.harness.check.generated.running import Budget, run_phase

        chains = _CHAINS if self.traffic.stage.name == "stateful" else 1
        budget = Budget(self._plan.seed, self._plan.max_examples * chains, self._until)
        with self._world() as world:
            run_phase(world, self.traffic, budget, is_mock=self.traffic.is_mock, step=self._progress.step)
        self.traffic.stage.facts["seed"] = self._plan.seed

    @contextmanager
    def _world(self) -> Iterator[World]:
        if self._target.control is None:
            yield self._bench.given
        else:
            with self._bench.sandbox(seed="guide") as world:
                yield world
