"""`ecf-mock readiness`, and what `ecf-mock drill` shares with it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_server.commands import terminal

# Functions import everything else where they use it, so that `ecf-mock --help` doesn't wait.
if TYPE_CHECKING:
    from mock_server.client import ControlClient, SandboxClient
    from mock_server.control.models import Readiness
    from mock_server.harness.readiness.expected import ExpectedFailure
    from mock_server.harness.readiness.kit import ReadinessKit
    from mock_server.harness.readiness.report import Line
    from mock_server.service import Service

NOT_READY = 1

junit_option = terminal.file_option("--junit", "Also write JUnit XML.")
html_option = terminal.file_option("--html", "Also write a page to look at, which needs nothing else.")
json_option = terminal.file_option("--json", "Also write what the control API answers.")
evidence_option = click.option(
    "--evidence",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write the requests behind each verdict, for an assurance review. Tokens are hidden.",
)
client_option = click.option(
    "--client", metavar="TEXT", help="The client's name, version and commit, for the reports.", default=""
)
expected_option = click.option(
    "--expected-failures",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What the client can't do yet, each with a reason and a last day. The command doesn't fail for it.",
)
require_option = click.option(
    "--require",
    type=click.Choice(["must", "all"]),
    default="must",
    show_default=True,
    help="What has to be passed: every `must`, or every requirement.",
)


@click.command(
    epilog="""\b
Examples:
  ecf-mock readiness
  ecf-mock readiness --sandbox drill-1f2e3d4c --require all --evidence evidence
  ecf-mock readiness --only sync --only errors --junit readiness.xml --html readiness.html"""
)
@terminal.api_option
@terminal.base_url_option
@terminal.control_token_option
@click.option("--sandbox", metavar="ID", default="default", show_default=True, help="Whose clients are graded.")
@require_option
@click.option("--only", "groups", multiple=True, metavar="GROUP", help="Only this group; can be repeated.")
@junit_option
@html_option
@json_option
@evidence_option
@client_option
@expected_option
def readiness(
    api: "Service",
    base_url: str,
    control_token: str | None,
    sandbox: str,
    require: str,
    groups: tuple[str, ...],
    junit: Path | None,
    html: Path | None,
    json: Path | None,
    evidence: Path | None,
    client: str,
    expected_failures: Path | None,
) -> None:
    """Grade the clients of a service by the traffic that they sent to a sandbox of the mock.

    Exits with 0 when everything required is passed, 1 when it isn't, 2 when the command couldn't find out.
    """
    from mock_server.harness.readiness import report

    kit = kit_of(api)
    for group in groups:
        if group not in kit.groups:
            raise click.UsageError(f"--only {group}: there is no such group; there are {', '.join(kit.groups)}")
    reports = Reports(junit, html, json, evidence, client, require, expectations(expected_failures, kit))
    with open_control(base_url, control_token) as control:
        graded = control.sandbox(sandbox)
        board = report.only(graded.readiness(api.name), groups)
        shown = reports.write(kit, graded, board, control.base_url)
        first = next(iter(graded.requests(limit=1).requests), None)
    console = terminal.console()
    report.print_table(board, shown, console)
    if first is not None and first.id > 1:
        console.print(f"The journal begins with entry {first.id}: what came before counts no more.", highlight=False)
    finish(shown)


@dataclass(frozen=True)
class Reports:
    """The reports that somebody asked for, and what they require."""

    junit: Path | None
    html: Path | None
    json: Path | None
    evidence: Path | None
    client: str
    require: str
    expected: "Sequence[ExpectedFailure]"

    def write(
        self, kit: "ReadinessKit", sandbox: "SandboxClient", board: "Readiness", base_url: str
    ) -> "Sequence[Line]":
        """Writes the reports. Returns the lines of the board."""
        from mock_server.harness.readiness import report
        from mock_server.harness.readiness.expected import with_expected

        shown = with_expected(report.lines(board, self.require, kit.by_id), self.expected)
        if self.html or self.evidence:
            from mock_server.harness.readiness import evidence as proofs

            about = proofs.About(self.client, self.require, base_url)
            entries = proofs.fetch(sandbox, board)
            if self.html:
                terminal.write_file(self.html, proofs.html(board, shown, about, entries))
            if self.evidence:
                for name, text in proofs.pack(board, shown, about, entries, kit.checklist).items():
                    terminal.write_file(self.evidence / name, text)
        if self.junit:
            terminal.write_file(self.junit, report.junit(board, shown, self.client))
        if self.json:
            terminal.write_file(self.json, report.as_json(board))
        return shown


def expectations(file: Path | None, kit: "ReadinessKit") -> "Sequence[ExpectedFailure]":
    """The entries of the file of expected failures. Raises CouldNotRun."""
    if file is None:
        return ()
    from mock_server.harness.readiness.expected import UnusableExpectations, read_expected

    try:
        return read_expected(file, kit.by_id)
    except UnusableExpectations as unusable:
        raise terminal.CouldNotRun(str(unusable)) from unusable


@contextmanager
def open_control(base_url: str, token: str | None) -> "Iterator[ControlClient]":
    """The mock at `base_url`. Any failure of a call to it ends the command."""
    from mock_server.client import ControlClient
    from mock_server.control.connection import ControlFailure

    try:
        with ControlClient(base_url, token) as control:
            yield control
    except (ControlFailure, ValueError) as failure:
        raise terminal.CouldNotRun(str(failure)) from failure


def kit_of(api: "Service") -> "ReadinessKit":
    from mock_server.harness.readiness.kit import readiness_kit

    kit = readiness_kit(api)
    if kit is None:
        raise terminal.CouldNotRun(f"ecf-mock grades no clients of {api.name}")
    return kit


def finish(shown: "Sequence[Line]") -> None:
    if any(line.missing for line in shown):
        raise SystemExit(NOT_READY)
