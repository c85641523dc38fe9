"""`ecf-mock readiness` and `ecf-mock drill`."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_server.commands import terminal

# Functions import everything else where they use it, so that `ecf-mock --help` doesn't wait.
if TYPE_CHECKING:
    from rich.console import Console

    from mock_server.client import ControlClient
    from mock_server.control.models import Readiness
    from mock_server.harness.readiness.drill_run import DrillRun
    from mock_server.harness.readiness.kit import ReadinessKit
    from mock_server.harness.readiness.report import Line
    from mock_server.service import Service

NOT_READY = 1
# How often a drill looks at what the client has done, in seconds.
INTERVAL = 0.5

_require = click.option(
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
@_require
@click.option("--only", "groups", multiple=True, metavar="GROUP", help="Only this group; can be repeated.")
@terminal.file_option("--junit", "Also write JUnit XML.")
@terminal.file_option("--html", "Also write a page to look at, which needs nothing else.")
@terminal.file_option("--json", "Also write what the control API answers.")
@click.option(
    "--evidence",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Also write the requests behind each verdict, for an assurance review. Tokens are hidden.",
)
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
) -> None:
    """Grade the clients of a service by the traffic that they sent to a sandbox of the mock.

    Exits with 0 when everything required is passed, 1 when it isn't, 2 when that couldn't be found out.
    """
    from mock_server.harness.readiness import report

    kit = _kit(api)
    for group in groups:
        if group not in kit.groups:
            raise click.UsageError(f"--only {group}: there is no such group; there are {', '.join(kit.groups)}")
    with _control(base_url, control_token) as control:
        graded = control.sandbox(sandbox)
        board = report.only(graded.readiness(api.name), groups)
        shown = report.lines(board, require, kit.by_id)
        first = next(iter(graded.requests(limit=1).requests), None)
        if html or evidence:
            from mock_server.harness.readiness import evidence as proofs

            entries = proofs.fetch(graded, board)
            if html:
                terminal.write_file(html, proofs.html(board, shown, require, entries, control.base_url))
            if evidence:
                for name, text in proofs.pack(board, shown, require, entries, control.base_url).items():
                    terminal.write_file(evidence / name, text)
    if junit:
        terminal.write_file(junit, report.junit(board, shown))
    if json:
        terminal.write_file(json, report.as_json(board))
    console = terminal.console()
    report.print_table(board, shown, console)
    if first is not None and first.id > 1:
        console.print(f"The journal begins with entry {first.id}: what came before counts no more.", highlight=False)
    _finish(shown)


@click.command(
    epilog="""\b
Examples:
  ecf-mock drill
  ecf-mock drill lost-answer
  ecf-mock drill --list"""
)
@click.argument("name", default="full", metavar="[NAME]")
@terminal.api_option
@terminal.base_url_option
@terminal.control_token_option
@_require
@click.option("--list", "list_them", is_flag=True, help="Show the drills and end.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="End after so long, as Ctrl-C would.",
)
def drill(
    name: str,
    api: "Service",
    base_url: str,
    control_token: str | None,
    require: str,
    list_them: bool,
    timeout: float | None,
) -> None:
    """Make hard things happen to a client while it runs, and watch how it does.

    Makes a sandbox, prints the token for the client, and ends when the client has passed everything. Without a NAME
    it runs all drills at once.

    Exits with 0 when everything required is passed, 1 when it was ended before, 2 when it couldn't be run.
    """
    from mock_server.harness.readiness.drill_run import DrillRun

    kit = _kit(api)
    console = terminal.console()
    if list_them:
        for each in kit.drills.values():
            summary = each.summary.format(sandbox="SANDBOX")
            console.print(f"  [cyan]{each.name:<14}[/cyan] {summary}", highlight=False)
        return
    if name not in kit.drills:
        raise click.UsageError(f"no drill is called {name!r}; there are {', '.join(kit.drills)}")
    with _control(base_url, control_token) as control:
        run = DrillRun(control, kit, kit.drills[name])
        _announce(run, console)
        board = _watch(run, require, timeout, console)
    from mock_server.harness.readiness import report

    relevant = report.of_drill(board, run.drill)
    shown = report.lines(relevant, require, kit.by_id)
    if any(line.missing for line in shown):
        report.print_table(relevant, shown, console)
    else:
        console.print(report.sum_line(relevant, shown), highlight=False)
    console.print(
        f"For reports: ecf-mock readiness --base-url {run.base_url} --sandbox {run.sandbox.id} --html readiness.html",
        highlight=False,
    )
    _finish(shown)


def _announce(run: "DrillRun", console: "Console") -> None:
    console.print(f"Drill [bold]{run.drill.name}[/bold]. Give these to the client:", highlight=False)
    console.print(f"  base URL  [bold]{run.base_url}[/bold]", highlight=False)
    console.print(f"  token     [bold]{run.token}[/bold]", highlight=False)
    console.print("What awaits it:")
    for sentence in run.waiting:
        console.print(f"  - {sentence}", markup=False, highlight=False)
    console.print("Watching; Ctrl-C ends it.")


def _watch(run: "DrillRun", require: str, timeout: float | None, console: "Console") -> "Readiness":
    """Run the drill until the client passes its requirements, the time is over, or somebody presses Ctrl-C."""
    from mock_server.harness.readiness.drill_run import News
    from mock_server.harness.readiness.report import LEVELS, SIGNS, STYLES, WORDS

    ends = None if timeout is None else time.monotonic() + timeout
    news = News(run.drill.requirements)
    board, happened = run.step()
    try:
        while True:
            for sentence in happened:
                console.print("[cyan]→ happened[/cyan]", end="  ")
                console.print(sentence, markup=False, highlight=False)
            for result in news.of(board, time.monotonic()):
                style = STYLES[result.verdict]
                sign = f"[{style}]{SIGNS[result.verdict]} {WORDS[result.verdict]:<8}[/{style}]"
                console.print(f"{sign}  {result.id}", highlight=False)
                if result.verdict == "failed":
                    console.print(f"            {result.advice}", markup=False, highlight=False)
            left = [each for each in run.outstanding(board) if each.level in LEVELS[require]]
            if not left or (ends is not None and time.monotonic() > ends):
                return board
            time.sleep(INTERVAL)
            board, happened = run.step()
    except KeyboardInterrupt:
        console.print()
        return board


@contextmanager
def _control(base_url: str, token: str | None) -> "Iterator[ControlClient]":
    """The mock at `base_url`. Any failure of a call to it ends the command."""
    from mock_server.client import ControlClient
    from mock_server.control.connection import ControlFailure

    try:
        with ControlClient(base_url, token) as control:
            yield control
    except (ControlFailure, ValueError) as failure:
        raise terminal.CouldNotRun(str(failure)) from failure


def _kit(api: "Service") -> "ReadinessKit":
    from mock_server.harness.readiness.kit import readiness_kit

    kit = readiness_kit(api)
    if kit is None:
        raise terminal.CouldNotRun(f"ecf-mock grades no clients of {api.name}")
    return kit


def _finish(shown: "Sequence[Line]") -> None:
    if any(line.missing for line in shown):
        raise SystemExit(NOT_READY)
