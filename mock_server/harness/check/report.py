"""The report for a terminal, for programs (JSON) and for CI systems (JUnit XML). `page` makes the HTML page."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from mock_server.harness.check.causes import Cause, causes, likewise
from mock_server.harness.check.outcome import Finding, Key, OperationCoverage, Report, StageResult, worst
from mock_server.harness.junit import JUnitCase, Suite, junit


def as_json(*reports: Report) -> str:
    """The whole report of one service, or those of several below `reports`."""
    documents = [_document(report) for report in reports]
    if len(documents) == 1:
        return _written(documents[0])
    seconds = round(sum(report.seconds for report in reports), 3)
    verdict = worst(report.verdict for report in reports)
    both = {"kept": verdict == "kept", "verdict": verdict}
    return _written({**both, "seconds": seconds, "reports": documents})


def _written(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _document(report: Report) -> dict[str, Any]:
    return {
        "api": report.api,
        "kept": report.kept,
        "verdict": report.verdict,
        "seen": dict(zip(("parts", "of"), report.seen, strict=True)),
        "base_url": report.base_url,
        "is_mock": report.is_mock,
        "seed": report.seed,
        "started": report.started,
        "seconds": round(report.seconds, 3),
        "ended": report.ended,
        "causes": [[_place(found) for found in cause.findings] for cause in causes(report.findings)],
        "stages": [
            {
                "outcome": stage.outcome,
                **asdict(stage),
                "findings": [_finding(found) for found in stage.findings],
                "gaps": [_finding(gap) for gap in stage.gaps],
            }
            for stage in report.stages
        ],
        "coverage": [{**asdict(operation), "excused": sorted(operation.excused)} for operation in report.coverage],
    }


def _place(found: Finding) -> dict[str, Any]:
    """The indexes that lead to a finding in `stages`."""
    return {"stage": found.stage, "operation": found.operation, "what": found.what}


def _finding(found: Finding) -> dict[str, Any]:
    return {name: value for name, value in asdict(found).items() if name != "symptoms"}


def as_junit(*reports: Report) -> str:
    """A test suite for each stage of each service, with a case for each finding and one case for everything else.

    Only the first finding of a cause fails its case. The others are skipped, and name the first.
    """
    return junit([suite for report in reports for suite in _suites(report)])


def _suites(report: Report) -> Iterator[Suite]:
    first = {other.key: cause.first for cause in causes(report.findings) for other in cause.others}
    for stage in report.stages:
        yield Suite(f"{report.api} {stage.name}", list(_junit_cases(report.api, stage, first)), stage.seconds)


def _junit_cases(api: str, stage: StageResult, first: Mapping[Key, Finding]) -> Iterator[JUnitCase]:
    name = f"check.{api}.{stage.name}"
    if stage.skipped is None:
        yield JUnitCase(name, stage.name, "passed", seconds=stage.seconds)
    else:
        yield JUnitCase(name, stage.name, "skipped", f"not tried: {stage.skipped}", seconds=stage.seconds)
    for found in stage.findings:
        what = f"{found.operation}: {found.heading}" if found.operation else found.heading
        if found.deviation is None and found.key in first:
            yield JUnitCase(name, what, "skipped", f"likely the same fault as {_title(first[found.key])}")
        elif found.deviation is None:
            yield JUnitCase(name, what, "failed", found.says, "\n".join(finding_lines(found)))
        else:
            yield JUnitCase(name, what, "skipped", f"listed deviation: {found.deviation}")
    for gap in stage.gaps:
        yield JUnitCase(name, f"{gap.operation}: {gap.what}", "skipped", gap.deviation or "not seen")


def finding_lines(found: Finding) -> Iterator[str]:
    """A finding for people: what the contract says, what came, what the check sent, and how to repeat it."""
    times = f" ({found.count} times)" if found.count > 1 else ""
    yield f"{_title(found)}{times}"
    yield from _indented("contract", found.says)
    yield from _indented("came", found.came)
    if found.curl:
        yield from _indented("sent", found.curl)
    if found.before:
        yield from _indented("before", "\n".join(found.before))
    if found.repeat:
        yield from _indented("repeat", found.repeat)
    if found.deviation:
        yield from _indented("listed", found.deviation)


def _title(found: Finding) -> str:
    return f"{found.stage}: {found.operation or 'the whole'}: {found.heading}"


def _indented(label: str, text: str) -> Iterator[str]:
    first, *rest = text.splitlines() or [""]
    yield f"  {label + ':':<10}{first}"
    yield from (f"  {'':<10}{line}" for line in rest)


def print_report(report: Report, console: Console) -> None:
    """Findings, what wasn't tried, coverage and the verdict.

    Of a broken server it prints so much that a screen holds it; the reports have the rest.
    """
    if report.verdict != "broken":
        if report.kept:
            _print_coverage(report, console)
        for line in not_tried(report):
            _print_plain(console, line)
    else:
        room = _print_findings(report, console)
        if len(list(_unseen(report))) + len(report.coverage) <= room:
            _print_coverage(report, console)
    console.print()
    console.print(verdict(report), highlight=False, soft_wrap=True)


def _print_findings(report: Report, console: Console) -> int:
    """One finding for each fault, as long as there is room. Returns how many lines are left on the screen."""
    ways = causes(report.findings)
    room = _LINES
    for number, cause in enumerate(ways):
        lines = _cause_lines(cause)
        if number and len(lines) + 1 > room:
            rest = len(ways) - number
            console.print()
            others = "one more fault" if rest == 1 else f"{rest} more faults"
            _print_plain(console, f"{others}: --html FILE or --json FILE writes a report with all of them")
            break
        console.print()
        for line in lines:
            _print_plain(console, line)
        room -= len(lines) + 1
    if hint := _hint(report):
        _print_plain(console, hint)
    if untried := report.untried:
        _print_plain(console, f"not tried: {untried} promises, which the reports name")
    return room + _LINES_OF_COVERAGE


def _hint(report: Report) -> str | None:
    """What a person must know before pasting a command, if any command needs it."""
    repeats = " ".join(found.repeat or "" for found in report.findings)
    commands = f"{repeats} {' '.join(found.curl or '' for found in report.findings)}"
    # The tokens of a mock's sandbox end with the sandbox.
    named = dict.fromkeys(re.findall(r"\$\{?([A-Z_]*TOKEN)\b", repeats if report.is_mock else commands))
    if not named:
        return None
    return f"These commands need the tokens: first set {', '.join(named)} in your shell."


def _cause_lines(cause: Cause) -> list[str]:
    """A fault on the console: its first finding, and as many of the others as fit."""
    lines = [line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…" for line in finding_lines(cause.first)]
    if len(lines) > _LINES_OF_ONE:
        lines = [*lines[:_LINES_OF_ONE], "  …"]
    others = list(likewise(cause))
    if others:
        lines += ["  likely the same fault:", *(f"    {line[:_WIDTH]}" for line in others[:_OTHERS])]
        if len(others) > _OTHERS:
            lines.append(f"    … and {len(others) - _OTHERS} more")
    return lines


# How many lines of findings the console shows, of one finding, and of those that are likely the same fault.
_LINES, _LINES_OF_ONE, _OTHERS = 24, 14, 4
# How many more lines the coverage may take.
_LINES_OF_COVERAGE = 8
# A longer line is cut: an answer may have thousands of characters.
_WIDTH = 400


def _print_coverage(report: Report, console: Console) -> None:
    if report.coverage:
        console.print()
        console.print(_coverage_table(report.coverage))
        if any(operation.valid for operation in report.coverage):
            _print_plain(console, SHARE)
    for line in _unseen(report):
        _print_plain(console, line)


def _unseen(report: Report) -> Iterator[str]:
    yield from unseen_lines(report.coverage)
    for found in report.deviations:
        yield f"listed deviation: {found.operation or '*'}: {found.what}: {found.deviation}"


def not_tried(report: Report) -> Iterator[str]:
    """What the check couldn't try, reason by reason, and what it couldn't see, operation by operation."""
    for stage in report.stages:
        if stage.skipped is not None:
            yield f"not tried: the stage {stage.name}: {stage.skipped}"
    reasons: dict[str, list[str]] = {}
    for stage in report.stages:
        for note in stage.notes:
            reasons.setdefault(f"{stage.name}, because {note.why}", []).append(note.what)
    for reason, promises in reasons.items():
        yield f"not tried in {reason}:"
        if any(" " in promise for promise in promises):
            yield from (f"  {promise}" for promise in promises)
        else:
            yield f"  {', '.join(promises)}"
    gaps: dict[str, list[str]] = {}
    for gap in report.gaps:
        gaps.setdefault(gap.operation or "the whole", []).append(gap.what)
    if gaps:
        yield "not seen:"
        yield from (f"  {operation}: {'; '.join(what)}" for operation, what in gaps.items())


def _print_plain(console: Console, line: str) -> None:
    """Prints the text unchanged and unwrapped, because people paste commands that have several lines."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def verdict(report: Report) -> str:
    """The verdict as one line of rich markup."""
    where, seconds = escape(report.base_url), f"{report.seconds:.0f} s"
    contract = f"the contract of {report.api}"
    short = f" The time limit cut short: {', '.join(report.cut_short)}." if report.cut_short else ""
    if report.ended:
        short += f" It {escape(report.ended)}."
    cases = sum(stage.cases for stage in report.stages)
    if report.kept:
        return f"[bold green]kept[/]: {where} keeps {contract}{seen(report)}, in {cases} cases and {seconds}.{short}"
    if report.verdict == "not tried":
        return f"[bold yellow]not tried[/]: nothing of {contract} was tried on {where}, in {seconds}.{short}"
    ways, findings = len(causes(report.findings)), len(report.findings)
    count = f"{ways} {'way' if ways == 1 else 'ways'}" + (f" ({findings} findings)" if findings > ways else "")
    return f"[bold red]broken[/]: {where} breaks {contract} in {count}, {cases} cases and {seconds}.{short}"


def seen(report: Report) -> str:
    """The share of the contract that the check saw, as a part of the verdict; empty when it sent nothing."""
    met, of = report.seen
    untried = f"; {report.untried} promises weren't tried" if report.untried else ""
    share = f"{100 * met // of} % ({met} of {of} statuses, parameters, bodies and links)" if of else ""
    return f" as far as was seen: {share}{untried}" if share else ""


SHARE = (
    "accepted, of made up: how many requests that Schemathesis made up to fit the schemas passed the rules, too. "
    "A low share is no failure: most dates, states and ids that it makes up break a rule, and then 422 is right."
)


def share(operation: OperationCoverage) -> str:
    """How many valid cases of Schemathesis the rules accepted."""
    if not operation.valid:
        return "–"
    return f"{operation.accepted}/{operation.valid} ({100 * operation.accepted // operation.valid} %)"


def _met(counts: Any) -> str:
    return f"{sum(1 for times in counts.values() if times)}/{len(counts)}" if counts else "–"


def _coverage_table(coverage: list[OperationCoverage]) -> Table:
    heads = ("statuses", "parameters", "bodies", "links", "accepted, of made up")
    # Narrow enough for 80 columns, which is the width without a terminal.
    table = Table(Column("operation", no_wrap=True), *heads, box=None, pad_edge=False, collapse_padding=True)
    for operation in coverage:
        counted = {status: n for status, n in operation.statuses.items() if status not in operation.excused}
        table.add_row(
            operation.id,
            _met(counted),
            _met(operation.parameters),
            _met(operation.bodies),
            _met(operation.links),
            share(operation),
        )
    return table


def unseen_lines(coverage: list[OperationCoverage]) -> Iterator[str]:
    """What the contract documents but never came, and what came but isn't documented."""
    excused = sorted({status for operation in coverage for status in operation.excused})
    if excused:
        yield f"only a fault can cause: {', '.join(excused)}"
    for operation in coverage:
        unseen = [s for s, times in operation.statuses.items() if not times and s not in operation.excused]
        if unseen:
            yield f"documented, never seen: {operation.id} {', '.join(unseen)}"
        if operation.undocumented:
            yield f"seen, not documented: {operation.id} {', '.join(operation.undocumented)}"
