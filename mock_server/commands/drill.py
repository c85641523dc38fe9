"""`ecf-mock drill`."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from mock_server.commands import readiness as shared
from mock_server.commands import terminal

# Functions import everything else where they use it, so that `ecf-mock --help` doesn't wait.
if TYPE_CHECKING:
    import threading

    from rich.console import Console

    from mock_server.control.models import Readiness
    from mock_server.harness.readiness.drill_run import DrillRun
    from mock_server.service import Service

# How often a drill looks at what the client has done, in seconds.
INTERVAL = 0.15
# What somebody does after everything is passed counts, too. So the drill goes on for so long, or until so long after
# the client's last request.
GO_ON = 10.0
QUIET_AFTER_ALL = 3.0
# A client that runs and sends nothing for so long has nothing more to do.
QUIET = 60.0
# How long a client may take to notice that its token is wrong, and what has changed while it was off.
WRONG_TOKEN = 20.0
RESTART = 15.0
LONGEST_RUN = 300.0


@click.command(
    epilog="""\b
Examples:
  ecf-mock drill --run "node client.js"
  ecf-mock drill --run "./client --url {base_url} --token {token}" --junit drill.xml
  ecf-mock drill --base-url http://127.0.0.1:8080
  ecf-mock drill lost-answer
  ecf-mock drill --list"""
)
@click.argument("name", default="full", metavar="[NAME]")
@terminal.api_option
@terminal.base_url_option
@terminal.control_token_option
@click.option(
    "--run",
    "command",
    metavar="COMMAND",
    help="Start this client. {base_url}, {token} and {wrong_token} stand for its connection, which is also in "
    "ECF_MOCK_BASE_URL, ECF_MOCK_TOKEN and ECF_MOCK_WRONG_TOKEN. Without --base-url, the drill starts a mock.",
)
@shared.require_option
@click.option("--list", "list_them", is_flag=True, help="Show the drills and end.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help=f"End after so long, as Ctrl-C would; {LONGEST_RUN:g} with --run.",
)
@click.option(
    "--quiet",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help=f"End when the client has sent nothing for so long; {QUIET:g} with --run.",
)
@shared.junit_option
@shared.html_option
@shared.json_option
@shared.evidence_option
@shared.client_option
@shared.expected_option
@click.pass_context
def drill(
    context: click.Context,
    name: str,
    api: "Service",
    base_url: str,
    control_token: str | None,
    command: str | None,
    require: str,
    list_them: bool,
    timeout: float | None,
    quiet: float | None,
    junit: Path | None,
    html: Path | None,
    json: Path | None,
    evidence: Path | None,
    client: str,
    expected_failures: Path | None,
) -> None:
    """Cause difficult situations for a client while it runs, and watch how it copes.

    With --run it starts the client, as often as it needs to, and ends when the client has ended. Otherwise it prints
    the token for the client, and ends some seconds after the client has passed everything. Without a NAME it runs all
    drills at once.

    Exits with 0 when everything required is passed, 1 when it isn't, 2 when it couldn't be run.
    """
    from mock_server.harness.readiness.client_process import Stop

    # Before everything that takes a while: somebody may want to end it soon.
    stop = context.with_resource(Stop())
    from mock_server.harness.readiness.drill_run import DrillRun

    kit = shared.kit_of(api)
    console = terminal.console()
    if list_them:
        for each in kit.drills.values():
            summary = each.summary.format(sandbox="SANDBOX")
            console.print(f"  [cyan]{each.name:<14}[/cyan] {summary}", highlight=False)
        return
    if name not in kit.drills:
        raise click.UsageError(f"no drill is called {name!r}; there are {', '.join(kit.drills)}")
    expected = shared.expectations(expected_failures, kit)
    reports = shared.Reports(junit, html, json, evidence, client, require, expected)
    left_out = context.get_parameter_source("base_url") is ParameterSource.DEFAULT
    with (
        _mock(base_url, own=left_out and command is not None) as url,
        shared.open_control(url, control_token) as control,
    ):
        run = DrillRun(control, kit, kit.drills[name])
        watch = _Watch(run, require, console, stop, timeout or (LONGEST_RUN if command else None), quiet)
        if command is None:
            _announce(run, console)
            watch.until_done(GO_ON)
        else:
            watch.client(command)
        board = watch.board
        from mock_server.harness.readiness import report

        relevant = report.of_drill(board, run.drill)
        shown = reports.write(kit, run.sandbox, relevant, run.base_url)
    if any(line.missing for line in shown):
        report.print_table(relevant, shown, console)
    else:
        console.print(report.sum_line(relevant, shown), highlight=False)
    if not (left_out and command):
        console.print(
            f"For reports: ecf-mock readiness --base-url {run.base_url} --sandbox {run.sandbox.id} "
            "--html readiness.html",
            highlight=False,
        )
    shared.finish(shown)


@contextmanager
def _mock(base_url: str, *, own: bool) -> "Iterator[str]":
    """The address of the mock: one that runs already, or one of our own."""
    if not own:
        yield base_url
        return
    from mock_server.own_server import own_server

    with own_server() as url:
        yield url


def _announce(run: "DrillRun", console: "Console") -> None:
    console.print(f"Drill [bold]{run.drill.name}[/bold]. Give these to the client:", highlight=False)
    console.print(f"  base URL  [bold]{run.base_url}[/bold]", highlight=False)
    console.print(f"  token     [bold]{run.token}[/bold]", highlight=False)
    console.print("What awaits it:")
    for sentence in run.waiting:
        console.print(f"  - {sentence}", markup=False, highlight=False)
    console.print("Watching; Ctrl-C ends it.")


class _Watch:
    """Runs a drill and prints what happens. `board` is the latest."""

    def __init__(
        self,
        run: "DrillRun",
        require: str,
        console: "Console",
        stop: "threading.Event",
        timeout: float | None,
        quiet: float | None,
    ) -> None:
        from mock_server.harness.readiness.drill_run import News

        self._run, self._require, self._console, self._stop = run, require, console, stop
        self._ends = None if timeout is None else time.monotonic() + timeout
        self._quiet = quiet
        self._news = News(run.drill.requirements)
        self.board: Readiness
        self._step()

    def _step(self) -> None:
        from mock_server.harness.readiness.report import SIGNS, STYLES, WORDS

        self.board, happened = self._run.step()
        for sentence in happened:
            self._say(sentence)
        for result in self._news.of(self.board, time.monotonic()):
            style = STYLES[result.verdict]
            sign = f"[{style}]{SIGNS[result.verdict]} {WORDS[result.verdict]:<8}[/{style}]"
            self._console.print(f"{sign}  {result.id}", highlight=False)
            if result.verdict == "failed":
                self._console.print(f"            {result.advice}", markup=False, highlight=False)

    def _say(self, happened: str) -> None:
        self._console.print("[cyan]→ happened[/cyan]", end="  ")
        self._console.print(happened, markup=False, highlight=False)

    @property
    def _all_passed(self) -> bool:
        from mock_server.harness.readiness.report import LEVELS

        return not [each for each in self._run.outstanding(self.board) if each.level in LEVELS[self._require]]

    @property
    def _over(self) -> bool:
        """Whether somebody or the time has ended the drill."""
        return self._stop.is_set() or (self._ends is not None and time.monotonic() > self._ends)

    def until_done(self, go_on: float) -> None:
        """Watches until everything has been passed for some seconds, or the client has been quiet for long enough."""
        passed_since: float | None = None
        while not self._over:
            quiet = self._run.quiet_seconds
            if self._quiet is not None and quiet is not None and quiet >= self._quiet:
                return
            now = time.monotonic()
            passed_since = (passed_since or now) if self._all_passed else None
            if passed_since is not None and (now - passed_since >= go_on or (quiet or 0) >= QUIET_AFTER_ALL):
                return
            self._stop.wait(INTERVAL)
            self._step()

    def client(self, command: str) -> None:
        """Runs the client, and again with a wrong token if it hasn't tried one by itself.

        Raises CouldNotRun when the client hasn't sent a single request.
        """
        code = self._once(command, self._run.token, None)
        if self._run.quiet_seconds is None and not self._over:
            said = "it still ran" if code is None else f"it ended with exit code {code}"
            raise terminal.CouldNotRun(f"the client sent no request to {self._run.base_url}; {said}")
        if not self._over and "access.stops-on-401" in self._not_seen:
            self._console.print("Once more, with a wrong token.")
            self._once(command, self._run.wrong_token, WRONG_TOKEN, until=self._refused)
        if not self._over and self._run.has_restarts:
            self._say(self._run.prepare_restart())
            self._console.print("Once more: after a restart the client finds what has changed.")
            self._once(command, self._run.token, RESTART, until=self._restart_judged)

    @property
    def _not_seen(self) -> set[str]:
        return {result.id for result in self._run.outstanding(self.board) if result.verdict == "not_seen"}

    def _once(
        self, command: str, token: str, longest: float | None, until: "Callable[[], bool]" = lambda: False
    ) -> int | None:
        """Runs the client once, and ends it if it doesn't end by itself, or `until` is true.

        Returns its exit code, None if we ended it.
        """
        from mock_server.harness.readiness.client_process import ClientProcess

        run, console, began = self._run, self._console, time.monotonic()
        variables = {
            "ECF_MOCK_BASE_URL": run.base_url,
            "ECF_MOCK_TOKEN": token,
            "ECF_MOCK_WRONG_TOKEN": run.wrong_token,
        }
        # A client often has its token printed somewhere, and square brackets, too.
        process = ClientProcess(command, variables, lambda line: console.print(f"  | {line}", markup=False))
        passed_since: float | None = None
        try:
            while process.exit_code is None and not self._over:
                now, quiet = time.monotonic(), run.quiet_seconds
                if longest is not None:
                    if now - began >= longest or until():
                        break
                else:
                    passed_since = (passed_since or now) if self._all_passed else None
                    silent = now - began if quiet is None else min(quiet, now - began)
                    if silent >= (self._quiet or QUIET):
                        console.print(f"The client has sent nothing for {silent:.0f} seconds.")
                        break
                    if passed_since is not None and now - passed_since >= GO_ON:
                        break
                self._stop.wait(INTERVAL)
                self._step()
            code = process.exit_code
        finally:
            process.end()
        # What the client did last is on the board, too.
        self._step()
        # With a wrong token a client ought to complain.
        if code and longest is None:
            console.print(f"The client ended with exit code {code}.", highlight=False)
        return code

    def _refused(self) -> bool:
        """Whether the client has met the 401, and has been quiet since."""
        return "access.stops-on-401" not in self._not_seen and (self._run.quiet_seconds or 0) >= QUIET_AFTER_ALL

    def _restart_judged(self) -> bool:
        return any(
            result.id == "sync.after-restart" and result.verdict == "passed" for result in self.board.requirements
        )
