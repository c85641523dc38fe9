"""What comes of a check: findings, stages, and the whole report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mock_server.harness.exchange import Request, Response, curl

Outcome = Literal["kept", "broken", "skipped"]

# The stages, in the order in which they run; those of Schemathesis are its four phases.
GENERATED = ("examples", "boundaries", "fuzzing", "stateful")
STAGES = ("contract", "scenarios", "behaviour", "isolation", *GENERATED, "coverage")

_MOST_SHOWN = 1000

# The stage, the operation and the sentence of a finding.
Key = tuple[str, str | None, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise that the server breaks.

    `what` names it in one line that is the same at every run, so that a deviations file can name it too.
    `says` is what the contract asks for, `came` what came instead, `repeat` the command that shows it again.
    `count` says how often it was met; the rest is of the first time. Tokens never appear.
    """

    stage: str
    operation: str | None
    what: str
    says: str
    came: str
    curl: str | None = None
    repeat: str | None = None
    count: int = 1
    # Why it was expected, when a deviations file lists it.
    deviation: str | None = None
    # Whether `what` says what should be, rather than what is wrong.
    promised: bool = False
    # What it has in common with other findings of the same fault.
    symptoms: frozenset[str] = frozenset()

    @property
    def heading(self) -> str:
        """`what`, so that nobody takes a promise for what happened."""
        return f"not kept: {self.what}" if self.promised else self.what

    @property
    def key(self) -> Key:
        """What makes two findings the same."""
        return self.stage, self.operation, self.what


def described(response: Response | None) -> str:
    """A response for a report: its status, its content type and the start of its body."""
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
    """A finding about one exchange; `came` is how the answer is wrong, before the answer itself.

    `wanted` is the status that should have come, where that is what is wrong; `scenario` is the one that it is part of.
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


@dataclass(slots=True)
class StageResult:
    """What one stage came to. `facts` are its figures, by name; `cases` counts what it tried.

    `skipped` is why it didn't run; `cut_short` says that the time limit ended it early.
    """

    name: str
    findings: list[Finding] = field(default_factory=list)
    cases: int = 0
    seconds: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)
    skipped: str | None = None
    cut_short: bool = False
    # What it couldn't try here, and why.
    notes: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        if self.skipped is not None:
            return "skipped"
        return "broken" if any(found.deviation is None for found in self.findings) else "kept"


@dataclass(frozen=True, slots=True)
class OperationCoverage:
    """How much of one operation was tried.

    Each mapping has everything the contract documents, with how often it was met; `undocumented` has the
    statuses that came and aren't in it. `accepted` and `valid` are Schemathesis's valid cases: how many the
    rules accepted, of how many. `excused` are the documented statuses that nobody can ask for.
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


@dataclass(slots=True)
class Report:
    """The whole check. `is_mock` says that the server has the control API; `seed` repeats what was random."""

    base_url: str
    is_mock: bool
    seed: int
    started: str
    stages: list[StageResult] = field(default_factory=list)
    coverage: list[OperationCoverage] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def findings(self) -> list[Finding]:
        """Every finding that isn't a listed deviation."""
        return [found for stage in self.stages for found in stage.findings if found.deviation is None]

    @property
    def deviations(self) -> list[Finding]:
        """The findings that the deviations file lists."""
        return [found for stage in self.stages for found in stage.findings if found.deviation is not None]

    @property
    def kept(self) -> bool:
        return not self.findings

    @property
    def cut_short(self) -> list[str]:
        """The stages that the time limit ended early."""
        return [stage.name for stage in self.stages if stage.cut_short]
