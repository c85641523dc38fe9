"""The report for a terminal, for programs (JSON) and for CI systems (JUnit XML). `page` makes the HTML page."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from mock_server.harness.check.causes import causes, likewise
from mock_server.harness.check.outcome import Finding, Key, OperationCoverage, Report, StageResult
from mock_server.harness.junit import Case, Suite, junit


def as_json(report: Report) -> str:
    """The whole report."""
    document = {
        "kept": report.kept,
        "base_url": report.base_url,
        "is_mock": report.is_mock,
        "seed": report.seed,
        "started": report.started,
        "seconds": round(report.seconds, 3),
        "causes": [[_place(found) for found in cause.findings] for cause in causes(report.findings)],
        "stages": [
            {"outcome": stage.outcome, **asdict(stage), "findings": [_finding(found) for found in stage.findings]}
            for stage in report.stages
        ],
        "coverage": [{**asdict(operation), "excused": sorted(operation.excused)} for operation in report.coverage],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _place(found: Finding) -> dict[str, Any]:
    """The indexes that lead to a finding in `stages`."""
    return {"stage": found.stage, "operation": found.operation, "what": found.what}


def _finding(found: Finding) -> dict[str, Any]:
    return {name: value for name, value in asdict(found).items() if name != "symptoms"}


def as_junit(report: Report) -> str:
    """A test suite for each stage, with a case for each finding and one case for everything else.

    Only the first finding of a cause fails its case. The others are skipped, and name the first.
    """
    first = {other.key: cause.first for cause in causes(report.findings) for other in cause.others}
    return junit([Suite(stage.name, list(_junit_cases(stage, first)), stage.seconds) for stage in report.stages])


def _junit_cases(stage: StageResult, first: Mapping[Key, Finding]) -> Iterator[Case]:
    name = f"check.{stage.name}"
    if stage.skipped is None:
        yield Case(name, stage.name, "passed", seconds=stage.seconds)
    else:
        yield Case(name, stage.name, "skipped", stage.skipped, seconds=stage.seconds)
    for found in stage.findings:
        what = f"{found.operation}: {found.heading}" if found.operation else found.heading
        if found.deviation is None and found.key in first:
            yield Case(name, what, "skipped", f"likely the same fault as {_title(first[found.key])}")
        elif found.deviation is None:
            yield Case(name, what, "failed", found.says, "\n".join(finding_lines(found)))
        else:
            yield Case(name, what, "skipped", f"listed deviation: {found.deviation}")


def finding_lines(found: Finding) -> Iterator[str]:
    """A finding for people: what the contract says, what came, what the check sent, and how to repeat it."""
    times = f" ({found.count} times)" if found.count > 1 else ""
    yield f"{_title(found)}{times}"
    yield from _indented("contract", found.says)
    yield from _indented("came", found.came)
    if found.curl:
        yield from _indented("sent", found.curl)
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
    """Findings, coverage and the verdict."""
    for cause in causes(report.findings):
        console.print()
        for line in finding_lines(cause.first):
            _print_plain(console, line)
        if cause.others:
            _print_plain(console, "  likely the same fault:")
        for line in likewise(cause):
            _print_plain(console, f"    {line}")
    if report.coverage:
        console.print()
        console.print(_coverage_table(report.coverage))
        if any(operation.valid for operation in report.coverage):
            _print_plain(console, SHARE)
    for line in unseen_lines(report.coverage):
        _print_plain(console, line)
    for found in report.deviations:
        line = f"listed deviation: {found.operation or '*'}: {found.what}: {found.deviation}"
        console.print(f"[yellow]{escape(line)}[/]", soft_wrap=True)
    console.print()
    console.print(verdict(report), highlight=False, soft_wrap=True)


def _print_plain(console: Console, line: str) -> None:
    """Prints the text unchanged and unwrapped, because people paste commands that have several lines."""
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def verdict(report: Report) -> str:
    """The verdict as one line of rich markup."""
    where, seconds = escape(report.base_url), f"{report.seconds:.0f} s"
    short = f" The time limit cut short: {', '.join(report.cut_short)}." if report.cut_short else ""
    cases = sum(stage.cases for stage in report.stages)
    if report.kept:
        return f"[bold green]kept[/]: {where} keeps the contract, in {cases} cases and {seconds}.{short}"
    ways, findings = len(causes(report.findings)), len(report.findings)
    count = f"{ways} {'way' if ways == 1 else 'ways'}" + (f" ({findings} findings)" if findings > ways else "")
    return f"[bold red]broken[/]: {where} breaks the contract in {count}, {cases} cases and {seconds}.{short}"


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
