"""Runs the stages in order against one server, and makes the report."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Protocol

from mock_server.control.connection import ControlFailure
from mock_server.harness.check.bench import Bench, Benches
from mock_server.harness.check.consistency.stage import check_consistency
from mock_server.harness.check.deviations import Deviation, DeviationList
from mock_server.harness.check.doorstep import CannotRun, Doorstep
from mock_server.harness.check.kit import CheckKit, check_kit
from mock_server.harness.check.outcome import Report, StageResult
from mock_server.harness.check.pace import OutOfTime, Pace, PacedClient, ServerGone
from mock_server.harness.check.probes import run_probes
from mock_server.harness.check.stage_names import GENERATED, STAGES
from mock_server.harness.check.stages.contract import check_contract
from mock_server.harness.check.stages.coverage import check_coverage, coverage_of
from mock_server.harness.check.stages.scenarios import check_scenarios
from mock_server.harness.check.traffic import TrafficLog
from mock_server.harness.check.writable import Writable
from mock_server.harness.scenarios.target import Target, TargetUnavailable, open_target
from mock_server.rules.moments import format_moment
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.settings import GivenSettings, Rate, Settings

DEFAULT_EXAMPLES = 40
DEFAULT_SEED = 2021
# The number of chains for each requested example. A chain is short, and there are many possible chains.
_CHAINS = 3
# How long our own mock waits for a body, in seconds. The check can cause its 408, and a busy machine doesn't.
BODY_TIMEOUT = 2.0
# How long the check of a server without the control API takes at most, in seconds, unless the plan says otherwise.
DEFAULT_TIME_LIMIT = 360.0

# How the stages share the time, and the requests that a rate limit permits. What a stage leaves goes to the others.
_WEIGHTS = {
    "scenarios": 1,
    "behaviour": 9,
    "isolation": 2,
    "consistency": 16,
    "examples": 1,
    "boundaries": 1,
    "fuzzing": 1,
    "stateful": 1,
}

# The stages that need only the contract and the scenarios of a service.
WITHOUT_KIT = ("contract", "scenarios")


# Starts a mock of these services. The base URL is valid until the context ends.
StartMock = Callable[[Settings, Sequence[Service]], AbstractContextManager[str]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to check, and how.

    Without a `base_url` the check starts a mock of `service` alone. With `stop_at_first` it ends after a stage that
    fails. `time_limit` is in seconds. `rate` is the server's rate limit, if somebody knows it. `may_write` names the
    records that the check may change on a server without the control API.
    """

    service: Service = SERVICES[0]
    base_url: str | None = None
    token: str | None = None
    peer_token: str | None = None
    control_token: str | None = None
    stages: Sequence[str] = STAGES
    max_examples: int = DEFAULT_EXAMPLES
    time_limit: float | None = None
    rate: Rate | None = None
    may_write: Writable = field(default_factory=Writable)
    seed: int = DEFAULT_SEED
    deviations: Sequence[Deviation] = field(default_factory=tuple)
    stop_at_first: bool = False


class ProgressListener(Protocol):
    """Receives the progress of the check."""

    def stage(self, name: str, number: int, of: int) -> None:
        """A stage begins."""

    def step(self, text: str) -> None:
        """The stage now tries this."""

    def say(self, text: str) -> None:
        """Something that a person should know now, such as how long the check waits."""

    def exchange(self) -> None:
        """The server answered one more request."""

    def done(self, stage: StageResult) -> None:
        """The check has ended."""


def check(plan: Plan, progress: ProgressListener, start_mock: StartMock) -> Report:
    """Runs the whole check. It calls `start_mock` when the plan names no server. Raises CannotRun."""
    started, began = datetime.now(UTC), monotonic()
    pace = Pace(plan.rate, on_wait=progress.say)
    try:
        with _target(plan, start_mock, pace) as target:
            run = _Run(plan, target, progress, pace, began)
            is_mock = target.control is not None
            report = Report(plan.service.name, target.base_url, is_mock, plan.seed, format_moment(started))
            for stage in run.stages():
                report.stages.append(stage)
            report.ended = run.ended
    except (TargetUnavailable, ControlFailure) as error:
        raise CannotRun(str(error)) from error
    except ServerGone as gone:
        raise CannotRun(f"{plan.base_url or 'the mock'} {gone}") from gone
    if run.traffic.tried:
        report.coverage = coverage_of(run.traffic)
    # Otherwise an entry of the file might match something that the check didn't try.
    complete = len(report.stages) == len(STAGES) and all(
        stage.skipped is None and not stage.cut_short for stage in report.stages
    )
    if complete and (unmet := list(run.listed.unmet())):
        report.stages.append(StageResult("deviations", unmet))
    report.seconds = monotonic() - began
    return report


@contextmanager
def _target(plan: Plan, start_mock: StartMock, pace: Pace) -> Iterator[Target]:
    settings = GivenSettings(body_timeout=BODY_TIMEOUT, log_level="error")
    own = start_mock(settings, [plan.service]) if plan.base_url is None else nullcontext(plan.base_url)
    client = partial(PacedClient, pace)
    with own as base_url, open_target(base_url, plan.token, plan.control_token, client) as target:
        yield target


class _Run:
    def __init__(self, plan: Plan, target: Target, progress: ProgressListener, pace: Pace, began: float) -> None:
        self._plan = plan
        self._target = target
        self._progress = progress
        self._pace = pace
        pace.heeds_limits = target.control is None
        limit = plan.time_limit
        if limit is None and target.control is None:
            limit = DEFAULT_TIME_LIMIT
        pace.until = None if limit is None else began + limit
        if pace.rate is not None:
            progress.say(pace.planned(began))
        self._kit = check_kit(plan.service)
        self.traffic = TrafficLog(target.base_url, plan.service, is_mock=target.control is not None)
        self.traffic.on_exchange = progress.exchange
        self.traffic.watch(target.http)
        if target.control is not None:
            self.traffic.remember(target.control.http)
        for token, stand_in in ((target.token, "$TOKEN"), (plan.peer_token, "$PEER_TOKEN")):
            if token:
                self.traffic.names[token] = stand_in
        self.listed = DeviationList(plan.deviations)
        # Whether a stage has found something, and why the server answers no more.
        self.found = False
        self.ended: str | None = None

    def stages(self) -> Iterator[StageResult]:
        """Runs the chosen stages in order."""
        chosen = [name for name in STAGES if name in self._plan.stages]
        if strange := self._first_look():
            self._progress.done(strange)
            yield strange
            return
        for number, name in enumerate(chosen, start=1):
            stage = StageResult(name)
            self.traffic.start(stage, self._command(name))
            self._progress.stage(name, number, len(chosen))
            began = monotonic()
            self._begin(name, chosen[number - 1 :])
            self._run(name)
            self.listed.mark(stage)
            self.found |= stage.outcome == "broken"
            stage.seconds = monotonic() - began
            self._progress.done(stage)
            yield stage
            if self.ended or (self._plan.stop_at_first and self.found):
                return

    def _begin(self, name: str, still: Sequence[str]) -> None:
        """Gives a stage its share of the time."""
        if weight := _WEIGHTS.get(name, 0):
            self._pace.begin(weight / sum(_WEIGHTS.get(each, 0) for each in still))

    def _first_look(self) -> StageResult | None:
        """Asks whether the server is there, knows the tokens and has the contract's paths. Raises CannotRun."""
        tokens = {"--token": self._target.token, "--peer-token": self._plan.peer_token}
        doorstep = Doorstep(self._target, self.traffic, self._kit)
        self._pace.silent = doorstep.silent
        if self._target.control is not None or set(self._plan.stages) <= {"contract"}:
            return None
        self._pace.begin()
        try:
            return doorstep.first_look(tokens)
        except OutOfTime:
            # Each stage says that it wasn't tried.
            return None

    def _command(self, stage: str) -> str:
        """The command that repeats a stage. `coverage` judges what the other stages sent, so it repeats those too."""
        needed = [name for name in STAGES if name in self._plan.stages] if stage == "coverage" else [stage]
        plan = self._plan
        words = ["ecf-mock", "check", "--api", plan.service.name]
        if len(needed) < len(STAGES):
            words += [word for name in needed for word in ("--stage", name)]
        if set(needed) & set(GENERATED):
            words += ["--seed", str(plan.seed), "--max-examples", str(plan.max_examples)]
        if plan.base_url:
            words += ["--base-url", plan.base_url]
        if plan.rate:
            words += ["--rate", f"{plan.rate.requests}/{plan.rate.seconds:g}"]
        if not plan.may_write.everything:
            words += ["--may-write", ",".join(plan.may_write.words) or "none"]
        given = {"--token": plan.token, "--peer-token": plan.peer_token, "--control-token": plan.control_token}
        # The shell must still expand these.
        tokens = [f'{option} "${option[2:].upper().replace("-", "_")}"' for option, token in given.items() if token]
        return " ".join([shlex.join(words), *tokens])

    def _run(self, name: str) -> None:
        stage = self.traffic.stage
        try:
            if name == "contract":
                check_contract(stage, self._plan.service.contract)
            elif name == "scenarios":
                check_scenarios(self._plan.service, self._target, self.traffic, self._progress.step)
            elif self._kit is None:
                stage.skipped = f"there is nothing to hold servers of {self._plan.service.name} against"
            elif name == "coverage":
                check_coverage(self._kit, coverage_of(self.traffic), self.traffic)
            elif self._pace.out_of_time:
                stage.skipped, stage.cut_short = "the time limit was reached before it", True
            elif name == "behaviour":
                run_probes(self._kit.behaviour, self._benches(self._kit), self._progress.step)
            elif name == "isolation":
                self._isolation(self._kit)
            elif name == "consistency":
                self._consistency(self._kit)
            else:
                self._generated(self._kit)
        except OutOfTime:
            stage.cut_short = True
        except ServerGone as gone:
            if not self.found and not stage.findings:
                raise
            # What it answered before is worth a report.
            self.ended = str(gone)
        if stage.cut_short and not stage.cases and not stage.findings:
            stage.skipped = stage.skipped or "the time limit was reached before its first case"
        elif stage.notes and not stage.cases and not stage.findings:
            stage.skipped = stage.skipped or "none of it can be tried here, for the reasons that follow"

    def _benches(self, kit: CheckKit) -> Benches:
        return Benches(self._target, self._plan.peer_token, self.traffic, kit.equipment)

    def _isolation(self, kit: CheckKit) -> None:
        benches = self._benches(kit)
        if self._target.control is None and benches.given.peer is None:
            self.traffic.stage.skipped = "it needs another provider's token: give it with --peer-token"
        else:
            run_probes(kit.isolation, benches, self._progress.step)

    def _consistency(self, kit: CheckKit) -> None:
        if kit.records is None:
            self.traffic.stage.skipped = f"nothing says what the lists of {self._plan.service.name} say of each other"
            return
        with self._bench(kit) as bench:
            may_write = self._plan.may_write if self._target.control is None else Writable()
            check_consistency(kit.records, bench, self.traffic, may_write, self._progress.step)

    def _generated(self, kit: CheckKit) -> None:
        # This import is by far the slowest.
        from mock_server.harness.check.generated.running import Budget, run_phase

        chains = _CHAINS if self.traffic.stage.name == "stateful" else 1
        reads_only = self._target.control is None and not self._plan.may_write.everything
        budget = Budget(self._plan.seed, self._plan.max_examples * chains, self._pace, reads_only)
        with self._bench(kit) as bench:
            run_phase(kit, bench, self.traffic, budget, is_mock=self.traffic.is_mock, step=self._progress.step)
        self.traffic.stage.facts["seed"] = self._plan.seed

    @contextmanager
    def _bench(self, kit: CheckKit) -> Iterator[Bench]:
        benches = self._benches(kit)
        if self._target.control is None:
            yield benches.given
        else:
            with benches.sandbox(seed="guide") as bench:
                yield bench
