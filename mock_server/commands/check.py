"""`ecf-mock check`."""

import sys
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

import click

from mock_server.commands.terminal import CouldNotRun, ServiceName, control_token_option, write_file
from mock_server.harness.check.stage_names import STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_server.service import Service

# The exit codes. 2 means that the command couldn't find out, or that an argument is bad.
KEPT, BROKEN = 0, 1

_FILE = click.Path(dir_okay=False, path_type=Path)


def _rate(context: click.Context, parameter: click.Parameter, value: str | None) -> Any:
    from mock_server.settings import read_rate

    try:
        return read_rate(value)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from error


def _writable(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> Any:
    from mock_server.harness.check.writable import Writable

    words = tuple(word.strip() for value in values for word in value.split(",") if word.strip())
    return None if not words else Writable(tuple(word for word in words if word != "none"))


@click.command(
    epilog="""\b
Examples:
  ecf-mock check
  ecf-mock check --base-url http://127.0.0.1:8080 --html check.html
  ecf-mock check --base-url https://ecf.example.org --token T1 --peer-token T2 --deviations ours.yaml
  ecf-mock check --base-url https://ecf.example.org --token T1 --rate 1000/300 --time-limit 900
  ecf-mock check --base-url https://ecf.example.org --token T1 --may-write 'db3a7848-7308-4879-942a-c4a70ced400a,0ad5*'
  ecf-mock check --stage scenarios --stage behaviour --junit check.xml"""
)
@click.option(
    "--api",
    type=ServiceName(),
    help="Which service. Without it: the first one of a server, and all of a mock that the check starts.",
)
@click.option("--base-url", metavar="URL", help="The server to check. Without it, the check starts a mock.")
@click.option(
    "--token",
    metavar="T",
    envvar="ECF_MOCK_TOKEN",
    help="A provider's bearer token, for a server without a control API. [ECF_MOCK_TOKEN]",
)
@click.option(
    "--peer-token",
    metavar="T",
    envvar="ECF_MOCK_PEER_TOKEN",
    help="Another provider's, to see that they are kept apart. [ECF_MOCK_PEER_TOKEN]",
)
@control_token_option
@click.option(
    "--stage",
    "stages",
    multiple=True,
    type=click.Choice(STAGES),
    metavar="STAGE",
    help=f"Only this stage, one of {', '.join(STAGES)}; can be given several times. The last judges what the chosen "
    "ones sent.",
)
@click.option(
    "--max-examples",
    type=click.IntRange(1),
    metavar="NUMBER",
    help="Cases that are made up for each operation when fuzzing; three times as many chains.  [default: 40]",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="The whole check ends after so long, and says what it didn't try.  [default: 360 without a control API]",
)
@click.option(
    "--rate",
    metavar="REQUESTS/SECONDS",
    callback=_rate,
    help="The server's rate limit, such as 1000/300. Left out, the check learns it from the first 429.",
)
@click.option(
    "--may-write",
    metavar="IDS",
    multiple=True,
    callback=_writable,
    help="The participants that the check may change on a server without a control API: ids, or beginnings of ids "
    "with a star, separated by commas; `none` for nobody. Then made-up requests only read.  [default: all]",
)
@click.option(
    "--require-coverage",
    is_flag=True,
    help="Exit with 2 when the check didn't see all of the contract that it can ask this server for.",
)
@click.option(
    "--stop-at-first/--every-stage",
    default=None,
    help="End after the first stage that finds something, or go on.  [default: end in a terminal, else go on]",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    metavar="NUMBER",
    help="Where made-up cases come from: same seed, same cases.  [default: 2021]",
)
@click.option(
    "--deviations",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where the server differs on purpose (YAML).",
)
@click.option("--junit", type=_FILE, metavar="FILE", help="Write a report as JUnit XML.")
@click.option("--html", type=_FILE, metavar="FILE", help="Write a report to look at: one page that needs nothing else.")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write a report for programs.")
def check(
    api: "Service | None",
    stages: tuple[str, ...],
    deviations: Path | None,
    junit: Path | None,
    html: Path | None,
    json_file: Path | None,
    require_coverage: bool,
    stop_at_first: bool | None,
    **given: Any,
) -> None:
    """Say whether a server keeps the contract of a service. Without a server, the check starts a mock of each service.

    Exits with 0 when the server keeps it as far as the check saw, 1 when an answer breaks it, 2 when the check
    couldn't find out.
    """
    try:
        from mock_server.harness.check.generated import running  # noqa: F401
    except ImportError as missing:
        raise CouldNotRun(f"{missing.name} is missing: install ecf-mock[check]") from missing
    try:
        gettempdir()
    except FileNotFoundError as nowhere:
        raise CouldNotRun(
            "no folder takes temporary files: name one in TMPDIR, or give a container --tmpfs /tmp"
        ) from nowhere
    # We import it here so that other commands don't wait for the harness.
    from rich.console import Console

    from mock_server.harness.check.deviations import UnusableDeviations, read_deviations
    from mock_server.harness.check.doorstep import CannotRun
    from mock_server.harness.check.outcome import worst
    from mock_server.harness.check.page import as_html
    from mock_server.harness.check.progress import ConsoleProgress
    from mock_server.harness.check.report import as_json, as_junit, print_report
    from mock_server.harness.check.run import Plan
    from mock_server.harness.check.side_by_side import check_all
    from mock_server.own_server import own_server
    from mock_server.services import SERVICES

    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if stages:
        chosen["stages"] = stages
    chosen["stop_at_first"] = sys.stdout.isatty() if stop_at_first is None else stop_at_first
    if api is not None:
        services: Sequence[Service] = [api]
    else:
        services = SERVICES[:1] if given["base_url"] else SERVICES
    several = len(services) > 1
    if deviations and several:
        raise CouldNotRun("--deviations is about one server: give --base-url or --api, too")
    console = Console(stderr=True)
    try:
        listed = tuple(read_deviations(deviations, services[0])) if deviations else ()
        reports = check_all(
            Plan(**chosen, deviations=listed),
            services,
            lambda service: ConsoleProgress(console, of=service.name if several else ""),
            own_server,
        )
    except (CannotRun, UnusableDeviations) as error:
        raise CouldNotRun(" ".join(str(error).split())) from error
    for file, write in ((junit, as_junit), (html, as_html), (json_file, as_json)):
        if file is not None:
            write_file(file, write(*reports))
    for report in reports:
        print_report(report, Console())
    if (verdict := worst(report.verdict for report in reports)) == "broken":
        sys.exit(BROKEN)
    if verdict == "not tried":
        raise CouldNotRun("the check couldn't try anything, for the reasons named above")
    gaps = sum(len(report.gaps) for report in reports)
    if require_coverage and gaps:
        raise CouldNotRun(f"--require-coverage: {gaps} parts of the contract weren't seen, as named above")
    sys.exit(KEPT)
