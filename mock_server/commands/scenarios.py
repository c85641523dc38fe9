"""`ecf-mock scenarios …`: list the scenarios, run them, export them."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_server.commands import terminal

# Functions import everything else where they use it, so that `ecf-mock --help` doesn't wait.
if TYPE_CHECKING:
    from rich.console import Console

    from mock_server.harness.scenarios.model import Scenario, ScenarioResult
    from mock_server.harness.scenarios.target import Target
    from mock_server.service import Service

_STYLES = {"passed": "green", "failed": "bold red", "skipped": "yellow"}

_base_url = click.option(
    "--base-url",
    metavar="URL",
    help="The server to run against. Without it, the command starts a mock.",
)
_token = click.option(
    "--token",
    metavar="TOKEN",
    envvar="ECF_MOCK_TOKEN",
    help="A lead provider's bearer token, for a server without the control API. [ECF_MOCK_TOKEN]",
)
_junit = terminal.file_option("--junit", "Also write the results as JUnit XML.")
_ids = click.argument("ids", nargs=-1, metavar="[ID]...")


@click.group()
def scenarios() -> None:
    """The stories of the usage guides, as tests that run against any server."""


@scenarios.command("list")
@terminal.api_option
def list_scenarios(api: "Service") -> None:
    """Show every scenario of a service, in the order of its guide."""
    from itertools import groupby

    console = terminal.console()
    known = _loaded(api, ())
    width = max(len(scenario.id) for scenario in known)
    for section, members in groupby(known, key=lambda scenario: scenario.section):
        console.print(f"\n[bold]{section.title}[/bold]", highlight=False)
        for scenario in members:
            notes = ["refusal"] if scenario.kind == "refusal" else []
            notes += ["runs anywhere"] if scenario.portable else []
            line = f"  [cyan]{scenario.id:<{width}}[/cyan] {scenario.title}"
            console.print(f"{line} [dim]({', '.join(notes)})[/dim]" if notes else line, highlight=False)


@scenarios.command(
    epilog="""\b
Examples:
  ecf-mock scenarios run
  ecf-mock scenarios run defer resume --junit results.xml
  ecf-mock scenarios run --base-url http://127.0.0.1:8080
  ECF_MOCK_TOKEN=… ecf-mock scenarios run --base-url https://api.example"""
)
@_ids
@terminal.api_option
@_base_url
@_token
@terminal.control_token_option
@_junit
def run(
    ids: tuple[str, ...],
    api: "Service",
    base_url: str | None,
    token: str | None,
    control_token: str | None,
    junit: Path | None,
) -> None:
    """Run the scenarios with these ids, or all of the service's.

    Each runs in a sandbox of its own, and changes nothing else on the server. A server without the control API has
    no sandboxes. There only the scenarios marked "runs anywhere" run, with --token. The others are skipped.

    Exit status: 0 when all that ran passed, 1 when one failed, 2 when none could be run.
    """
    from mock_server.control.connection import ControlFailure
    from mock_server.harness.scenarios import runner
    from mock_server.harness.scenarios.report import junit as junit_xml
    from mock_server.harness.scenarios.target import TargetUnavailable

    chosen = _loaded(api, ids)
    console = terminal.console()
    results: list[ScenarioResult] = []
    try:
        with _target(base_url, token, control_token) as target:
            for scenario in chosen:
                results.append(runner.run(scenario, target))
                _show(results[-1], console)
    except (TargetUnavailable, ControlFailure) as failure:
        raise terminal.CouldNotRun(str(failure)) from failure
    if junit:
        terminal.write_file(junit, junit_xml(results))
    _finish(results, console)


@scenarios.command(
    epilog="""\b
Examples:
  ecf-mock scenarios export --format arazzo exported
  ecf-mock scenarios export --format http exported defer defer-again"""
)
@click.option(
    "--format",
    "format_",
    required=True,
    type=click.Choice(["arazzo", "http", "postman"]),
    help="Arazzo 1.0.1 workflows, .http files, or a Postman collection (v2.1).",
)
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@_ids
@terminal.api_option
def export(format_: str, folder: Path, ids: tuple[str, ...], api: "Service") -> None:
    """Write the scenarios to DIR for another tool to run.

    The command lists what the format can't express, here and in the file NOT-EXPORTED.md.
    """
    from mock_server.harness.scenarios.exports import OMISSIONS_FILE, how_to_run
    from mock_server.harness.scenarios.exports import export as write

    chosen = _loaded(api, ids)
    console = terminal.console()
    try:
        exported = write(format_, chosen, folder)
    except OSError as error:
        raise terminal.CouldNotRun(f"can't write to {folder}: {error.strerror or error}") from error
    for omission in exported.omissions:
        console.print(f"not exported: {omission}", markup=False, highlight=False)
    count = "1 scenario" if len(chosen) == 1 else f"{len(chosen)} scenarios"
    lacking = f"; what is lacking is listed in {OMISSIONS_FILE}" if exported.omissions else ""
    console.print(f"{count} written to {folder}{lacking}.", markup=False, highlight=False)
    console.print(f"To run them: {how_to_run(format_, api)}", markup=False, highlight=False)


# -- what the commands share ---------------------------------------------------------------------


def _loaded(api: "Service", ids: Sequence[str]) -> "Sequence[Scenario]":
    """The service's scenarios with these ids, in the order of the guide. Without ids, all of them."""
    from mock_server.harness.scenarios.complaints import ScenarioError, suggestion
    from mock_server.harness.scenarios.loader import load_scenarios

    try:
        known = load_scenarios(api)
    except ScenarioError as error:
        raise terminal.CouldNotRun(str(error)) from error
    if not known:
        raise terminal.CouldNotRun(f"{api.name} has no scenarios")
    names = [scenario.id for scenario in known]
    for id in ids:
        if id not in names:
            hint = suggestion(id, names, otherwise="`ecf-mock scenarios list` shows them all")
            raise click.UsageError(f"no scenario is called {id!r}{hint}")
    return [scenario for scenario in known if not ids or scenario.id in ids]


@contextmanager
def _target(base_url: str | None, token: str | None, control_token: str | None) -> "Iterator[Target]":
    from mock_server.harness.scenarios.target import open_target
    from mock_server.own_server import own_server

    with ExitStack() as stack:
        if base_url is None:
            base_url, control_token = stack.enter_context(own_server()), None
        yield stack.enter_context(open_target(base_url, token, control_token))


def _show(result: "ScenarioResult", console: "Console") -> None:
    from mock_server.harness.scenarios.report import failure_lines

    console.print(f"{result.outcome:<8}", style=_STYLES[result.outcome], end="")
    reason = f": {result.skipped}" if result.skipped else ""
    console.print(f"{result.scenario.id}{reason}", markup=False, highlight=False)
    for line in failure_lines(result):
        console.print(f"  {line}", markup=False, highlight=False)


def _finish(results: "Sequence[ScenarioResult]", console: "Console") -> None:
    counts = {outcome: sum(result.outcome == outcome for result in results) for outcome in _STYLES}
    said = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    console.print(f"{said}, in {sum(result.seconds for result in results):.1f} s", highlight=False)
    if counts["failed"]:
        raise SystemExit(1)
    if not counts["passed"]:
        raise terminal.CouldNotRun("none of the scenarios could be run there")
