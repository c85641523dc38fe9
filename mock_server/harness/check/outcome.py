"""The results of a check: findings, stages, and the whole report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mock_server.harness.check.stage_names import ASK_NOTHING
from mock_server.harness.exchange import Request, Response, curl

# `incomplete` is the coverage when the check couldn't see everything. `not tried` is a stage that sent nothing.
Outcome = Literal["kept", "broken", "incomplete", "not tried"]
Verdict = Literal["kept", "broken", "not tried"]

_MOST_SHOWN = 1000

# The stage, the operation and the sentence of a finding.
Key = tuple[str, str | None, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise that the server breaks.

    `what` names it in one line that is the same in every run, so a deviations file can name it too.
    `says` is what the contract asks for, `came` is what came instead, and `repeat` is the command that shows it again.
    `count` says how often it happened; the other members describe the first time. Tokens never appear.
    """

    stage: str
    operation: str | None
    what: str
    says: str
    came: str
    curl: str | None = None
    repeat: str | None = None
    count: int = 1
    # The reason from the deviations file, where that lists the finding.
    deviation: str | None = None
    # True when `what` says what should be, false when it says what is wrong.
    promised: bool = False
    # What had been written before in the same test, and what the server answered.
    before: tuple[str, ...] = ()
    # The symptoms that it shares with other findings of the same fault.
    symptoms: frozenset[str] = frozenset()

    @property
    def heading(self) -> str:
        """`what` as a heading. It marks a promise, so that nobody mistakes it for what happened."""
        return f"not kept: {self.what}" if self.promised else self.what

    @property
    def key(self) -> Key:
        """Findings with the same key are the same finding."""
        return self.stage, self.operation, self.what


def described(response: Response | None) -> str:
    """A response for a report: its status, its content type and the beginning of its body."""
    if response is None:
        return "no answer"
    content_type = response.headers.get("content-type", "no content type")
    body = response.content
    shown = body if len(body) <= _MOST_SHOWN else f"{body[:_MOST_SHOWN]}… ({len(body)} characters)"
    return f"{response.status}, {content_type}: {shown or 'an empty body'}"


def finding(
    stage: str,
    operation: str | None,
    what: str,
    says: str,
    *,
    request: Request,
    response: Response | None,
    base_url: str,
    came: str | None = None,
    promised: bool = False,
    wanted: int | None = None,
    scenario: str | None = None,
) -> Finding:
    """A finding about one exchange. `came` says how the answer is wrong, and precedes the answer itself.

    `wanted` is the status that should have come, if the status is wrong. `scenario` is the scenario of the exchange.
    """
    shown = described(response)
    symptoms = {f"exchange {request.method} {request.target} {request.content} {shown}"}
    if wanted is not None and response is not None:
        symptoms.add(f"{operation} {response.status} instead of {wanted}")
    if scenario is not None:
        symptoms.add(f"scenario {scenario}")
    return Finding(
        stage,
        operation,
        what,
        says,
        f"{came}\n{shown}" if came else shown,
        curl(request, base_url),
        promised=promised,
        symptoms=frozenset(symptoms),
    )


@dataclass(frozen=True, slots=True)
class Untried:
    """Something that a stage couldn't try here: a promise or a scenario, and why, after the word "because"."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"not tried: {self.what} Because {self.why}."


NEEDS_CONTROL = "it needs the control API, which this server doesn't have"
OUT_OF_TIME = "the time limit came first"


@dataclass(slots=True)
class StageResult:
    """The result of one stage. `facts` are its figures by name; `cases` counts what it tried.

    `skipped` is why it didn't run. `cut_short` says that the time limit ended it early.
    """

    name: str
    findings: list[Finding] = field(default_factory=list)
    cases: int = 0
    seconds: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)
    skipped: str | None = None
    cut_short: bool = False
    # What the stage couldn't try here, and why.
    notes: list[Untried] = field(default_factory=list)
    # What the server didn't show, and so the check couldn't judge. That breaks no contract.
    gaps: list[Finding] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        if self.skipped is not None:
            return "not tried"
        if any(found.deviation is None for found in self.findings):
            return "broken"
        return "incomplete" if any(gap.deviation is None for gap in self.gaps) else "kept"


@dataclass(frozen=True, slots=True)
class OperationCoverage:
    """How much of one operation the check tried.

    Each mapping has everything that the contract documents, with how often it occurred. `undocumented` has the statuses
    that came without being documented. `valid` counts the valid cases of Schemathesis, `accepted` those that the rules
    accepted. `excused` are the documented statuses that no request can cause.
    """

    id: str
    method: str
    path: str
    statuses: Mapping[str, int]
    undocumented: Mapping[str, int]
    parameters: Mapping[str, int]
    bodies: Mapping[str, int]
    links: Mapping[str, int]
    valid: int
    accepted: int
    excused: frozenset[str]

    @property
    def parts(self) -> list[bool]:
        """Whether it was seen, for each part of the contract that a server can show or the check can send."""
        statuses = {status: times for status, times in self.statuses.items() if status not in self.excused}
        return [bool(n) for part in (statuses, self.parameters, self.bodies, self.links) for n in part.values()]


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on several services: a broken one counts most, then one that wasn't tried."""
    return max(verdicts, key=("kept", "not tried", "broken").index)


@dataclass(slots=True)
class Report:
    """The check of one service, whose name is `api`.

    `is_mock` says that the server has the control API; `seed` repeats the random choices.

    `ended` says why the server answered no more, if that ended the check.
    """

    api: str
    base_url: str
    is_mock: bool
    seed: int
    started: str
    stages: list[StageResult] = field(default_factory=list)
    coverage: list[OperationCoverage] = field(default_factory=list)
    seconds: float = 0.0
    ended: str | None = None

    @property
    def findings(self) -> list[Finding]:
        """Every finding that the deviations file doesn't list."""
        return [found for stage in self.stages for found in stage.findings if found.deviation is None]

    @property
    def deviations(self) -> list[Finding]:
        """The findings that the deviations file lists."""
        return [found for stage in self.stages for found in stage.findings if found.deviation is not None]

    @property
    def verdict(self) -> Verdict:
        """`kept` when everything that was seen keeps the contract; `not tried` when the server was asked nothing."""
        if self.findings:
            return "broken"
        asking = [stage for stage in self.stages if stage.name not in ASK_NOTHING]
        alone = {stage.name for stage in self.stages} == {"contract"}
        return "kept" if alone or any(stage.cases for stage in asking) else "not tried"

    @property
    def kept(self) -> bool:
        """Whether the verdict is `kept`."""
        return self.verdict == "kept"

    @property
    def gaps(self) -> list[Finding]:
        """What the coverage lacks, without what the deviations file lists."""
        return [gap for stage in self.stages for gap in stage.gaps if gap.deviation is None]

    @property
    def seen(self) -> tuple[int, int]:
        """How many parts of the contract the check saw, of how many."""
        parts = [part for operation in self.coverage for part in operation.parts]
        return sum(parts), len(parts)

    @property
    def untried(self) -> int:
        """How many promises and scenarios the check couldn't try."""
        return sum(len(stage.notes) for stage in self.stages)

    @property
    def cut_short(self) -> list[str]:
        """The stages that the time limit stopped early."""
        return [stage.name for stage in self.stages if stage.cut_short]
