"""The report as one HTML page that loads no other files: verdict, timings, findings, and the coverage matrix."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mock_server import __version__
from mock_server.harness.check.causes import Cause, causes, likewise
from mock_server.harness.check.outcome import OperationCoverage, Report, worst
from mock_server.harness.check.report import SHARE, seen, share, unseen_lines

Kind = Literal["met", "missing", "excused", "undocumented"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One part of the contract that the check could try, and how often it did."""

    name: str
    times: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation in the matrix."""

    operation: OperationCoverage
    statuses: list[Cell]
    parameters: list[Cell]
    bodies: list[Cell]
    links: list[Cell]
    accepted: str
    # A percentage from 0 to 100; None when Schemathesis generated no valid case.
    percent: int | None


@dataclass(frozen=True, slots=True)
class ServicePart:
    """The page's part about one service."""

    report: Report
    causes: list[Cause]
    ways: int
    seen: str
    rows: list[OperationRow]
    unseen: list[str]
    # The longest stage, in seconds.
    longest: float
    cases: int


def as_html(*reports: Report) -> str:
    """The page, with a part for each report."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html.j2").render(
        parts=[_part(report) for report in reports],
        verdict=worst(report.verdict for report in reports),
        apis=" and ".join(report.api for report in reports),
        base_url=", ".join(dict.fromkeys(report.base_url for report in reports)),
        likewise=likewise,
        share=SHARE,
        version=__version__,
    )


def _part(report: Report) -> ServicePart:
    found = causes(report.findings)
    return ServicePart(
        report,
        found + [Cause(listed, ()) for listed in report.deviations],
        len(found),
        seen(report),
        [_row(operation) for operation in report.coverage],
        list(unseen_lines(report.coverage)),
        max((stage.seconds for stage in report.stages), default=1) or 1,
        sum(stage.cases for stage in report.stages),
    )


def _row(operation: OperationCoverage) -> OperationRow:
    def cells(counts: dict[str, int]) -> list[Cell]:
        return [Cell(name, times, "met" if times else "missing") for name, times in counts.items()]

    statuses = [
        Cell(status, times, "met" if times else "excused" if status in operation.excused else "missing")
        for status, times in operation.statuses.items()
    ]
    statuses += [Cell(status, times, "undocumented") for status, times in operation.undocumented.items()]
    return OperationRow(
        operation=operation,
        statuses=statuses,
        parameters=cells(dict(operation.parameters)),
        bodies=cells(dict(operation.bodies)),
        links=cells(dict(operation.links)),
        accepted=share(operation),
        percent=100 * operation.accepted // operation.valid if operation.valid else None,
    )
