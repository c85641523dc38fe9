"""The report as one HTML page that loads no other files: verdict, timings, findings, and the coverage matrix."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mock_server import __version__
from mock_server.harness.check.causes import Cause, causes, likewise
from mock_server.harness.check.outcome import OperationCoverage, Report
from mock_server.harness.check.report import SHARE, seen, share, unseen_lines

Kind = Literal["met", "missing", "excused", "undocumented"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One part of the contract that the check could try, and how often it did."""

    name: str
    times: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Row:
    """One operation in the matrix."""

    operation: OperationCoverage
    statuses: list[Cell]
    parameters: list[Cell]
    bodies: list[Cell]
    links: list[Cell]
    accepted: str
    # A percentage from 0 to 100; None when Schemathesis generated no valid case.
    percent: int | None


def as_html(report: Report) -> str:
    """The page."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html.j2").render(
        report=report,
        causes=causes(report.findings) + [Cause(listed, ()) for listed in report.deviations],
        ways=len(causes(report.findings)),
        likewise=likewise,
        share=SHARE,
        seen=seen(report),
        version=__version__,
        rows=[_row(operation) for operation in report.coverage],
        unseen=list(unseen_lines(report.coverage)),
        longest=max((stage.seconds for stage in report.stages), default=1) or 1,
        cases=sum(stage.cases for stage in report.stages),
    )


def _row(operation: OperationCoverage) -> Row:
    def cells(counts: dict[str, int]) -> list[Cell]:
        return [Cell(name, times, "met" if times else "missing") for name, times in counts.items()]

    statuses = [
        Cell(status, times, "met" if times else "excused" if status in operation.excused else "missing")
        for status, times in operation.statuses.items()
    ]
    statuses += [Cell(status, times, "undocumented") for status, times in operation.undocumented.items()]
    return Row(
        operation=operation,
        statuses=statuses,
        parameters=cells(dict(operation.parameters)),
        bodies=cells(dict(operation.bodies)),
        links=cells(dict(operation.links)),
        accepted=share(operation),
        percent=100 * operation.accepted // operation.valid if operation.valid else None,
    )
