"""A client's grades for people on a terminal, for programs (JSON) and for CI systems (JUnit XML).

It uses only answers of the control API, so it can report on a mock on another machine too.
"""

import json
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mock_server.control.models import Readiness, RequirementResult, plain
from mock_server.harness.junit import JUnitCase, Suite
from mock_server.harness.junit import junit as as_junit
from mock_server.harness.readiness.evaluation import summary
from mock_server.settings import DOCS_PREFIX, ENVIRONMENT_PREFIX, Settings

if TYPE_CHECKING:
    from rich.console import Console

    from mock_server.harness.readiness.drills import Drill
    from mock_server.harness.readiness.requirement import Requirement

# What the caller requires: every `must`, or every requirement.
LEVELS = {"must": ("must",), "all": ("must", "should")}
SIGNS = {"passed": "✓", "failed": "✗", "not_seen": "·"}
STYLES = {"passed": "green", "failed": "bold red", "not_seen": "yellow"}
WORDS = {"passed": "passed", "failed": "failed", "not_seen": "not seen"}


def docs_address() -> str:
    """Where the documentation is served: ECF_MOCK_DOCS_URL says so, as it does for the mock; else on the usual mock."""
    port = os.environ.get(f"{ENVIRONMENT_PREFIX}PORT") or Settings.model_fields["port"].default
    given = os.environ.get(f"{ENVIRONMENT_PREFIX}DOCS_URL") or f"http://127.0.0.1:{port}{DOCS_PREFIX}"
    return given.rstrip("/")


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement in a report: its result, its definition, and whether the caller requires it."""

    result: RequirementResult
    sentence: str
    why: str
    guide: str
    required: bool
    needed: bool = True
    # What the file of expected failures says: why the client needn't pass, or why its entry no longer holds.
    expected: str | None = None
    stale: str | None = None

    @property
    def missing(self) -> bool:
        """Whether it keeps the client from being ready."""
        if self.stale is not None:
            return True
        if not self.required or self.expected is not None:
            return False
        verdict = self.result.verdict
        return verdict == "failed" or (verdict == "not_seen" and self.needed)

    @property
    def guide_link(self) -> str:
        """The address of the paragraph that explains it; empty when nobody knows it."""
        return f"{docs_address()}/{self.guide}" if self.guide else ""

    @property
    def notes(self) -> list[str]:
        """What to say about it besides the verdict: what to change, and what the file of expected failures says."""
        return [note for note in (self.result.advice, self.expected, self.stale) if note]


def only(board: Readiness, groups: Collection[str]) -> Readiness:
    """The board with only these groups; without groups, the whole board."""
    return _with(board, lambda result: result.group in groups) if groups else board


def of_drill(board: Readiness, drill: "Drill") -> Readiness:
    """The board with only the requirements of the drill."""
    return _with(board, lambda result: result.id in drill.requirements)


def _with(board: Readiness, wanted: Callable[[RequirementResult], bool]) -> Readiness:
    kept = tuple(filter(wanted, board.requirements))
    counts = summary(result.verdict for result in kept)
    return replace(board, requirements=kept, summary=counts)


def lines(board: Readiness, require: str, catalogue: "Mapping[str, Requirement]") -> list[Line]:
    """The lines of a report. The caller requires those whose level `require` covers.

    `catalogue` has the requirements by their ids.
    """
    found = []
    for result in board.requirements:
        # A newer mock may have requirements that this catalogue doesn't know.
        known = catalogue.get(result.id)
        texts = (known.sentence, known.why, known.guide) if known else (result.id, "", "")
        needed = known.needed if known else True
        found.append(Line(result, *texts, required=result.level in LEVELS[require], needed=needed))
    return found


def as_json(board: Readiness) -> str:
    """The board as `getReadiness` returns it."""
    return json.dumps(plain(board), indent=2, ensure_ascii=False) + "\n"


def junit(board: Readiness, shown: Sequence[Line], client: str = "") -> str:
    """A test case for each requirement. If it hasn't passed, it fails when required and is skipped otherwise."""
    return as_junit([Suite(f"readiness of {client or board.sandbox}", [_case(line) for line in shown])])


def _case(line: Line) -> JUnitCase:
    result = line.result
    if result.verdict == "passed" and not line.missing:
        return JUnitCase(f"readiness.{result.group}", result.id, "passed")
    entries = ", ".join(map(str, result.evidence))
    return JUnitCase(
        f"readiness.{result.group}",
        result.id,
        "failed" if line.missing else "skipped",
        f"{WORDS[result.verdict]}: {line.sentence}",
        "\n".join(
            [
                *line.notes,
                *([f"Journal entries: {entries}"] if entries else []),
                *([f"Guide: {line.guide_link}"] if line.guide else []),
            ]
        ),
    )


def print_table(board: Readiness, shown: Sequence[Line], console: "Console") -> None:
    """One line for each requirement, advice for those that haven't passed, and the total."""
    from rich.markup import escape
    from rich.table import Table

    table = Table("verdict", "requirement", "level", "journal entries", box=None)
    for line in shown:
        result = line.result
        style = STYLES[result.verdict]
        verdict = f"[{style}]{SIGNS[result.verdict]} {WORDS[result.verdict]}[/{style}]"
        table.add_row(verdict, result.id, result.level, _shortened(result.evidence))
    console.print(table)
    for verdict, title in (("failed", "What to change"), ("not_seen", "Not seen yet")):
        chosen = [line for line in shown if line.result.verdict == verdict]
        if chosen:
            console.print(f"\n[bold]{title}[/bold]")
        for line in chosen:
            console.print(f"[{STYLES[verdict]}]{line.result.id}[/{STYLES[verdict]}]  {escape(line.sentence)}")
            for note in line.notes:
                console.print(f"  {escape(note)}", highlight=False)
            if verdict == "failed" and line.guide:
                console.print(f"  {line.guide_link}", highlight=False, markup=False)
    for line in shown:
        if line.stale is not None:
            console.print(f"[bold red]{line.result.id}[/bold red]  {escape(line.stale)}", highlight=False)
    console.print(f"\n{sum_line(board, shown)}", highlight=False)


def sum_line(board: Readiness, shown: Sequence[Line]) -> str:
    """How many requirements have each verdict, and whether that is enough."""
    counts = board.summary
    missing = sum(line.missing for line in shown)
    said = f"{counts.passed} passed, {counts.failed} failed, {counts.not_seen} not seen. "
    if not missing:
        return f"{said}[bold green]Ready.[/bold green]"
    return f"{said}[bold red]Not ready: {missing} to go.[/bold red]"


def _shortened(evidence: Sequence[int]) -> str:
    shown = ", ".join(map(str, evidence[:6]))
    return f"{shown} …" if len(evidence) > 6 else shown
