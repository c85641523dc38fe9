"""Compare the mock with other mock servers, and with itself as its world grows. See benchmarks/README.md."""

import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks import machine, peers, report, servers
from benchmarks.balanced import behind_nginx
from benchmarks.compare import SERVERS, Benchmark, Effort, compare_servers, prepare, time_starts
from benchmarks.figures import Comparison, Figure, Results, Started
from benchmarks.kept import with_state
from benchmarks.load import LoadFailed, Wrk
from benchmarks.pages import longest_tasks
from benchmarks.processes import ROOT, Cores, ServerFailed
from benchmarks.scale import at_scale
from benchmarks.v3 import compare_v3, first_answers
from benchmarks.v3_scale import v3_at_scale
from benchmarks.v3_workloads import NAMES as V3_WORKLOADS
from benchmarks.watched import while_watched
from benchmarks.workloads import NAMES as WORKLOADS
from benchmarks.workloads import REACH_P99_MS

START, SCALE, WATCHED, STATE, BALANCED = "start", "scale", "watched", "state", "balanced"
START_V3, SCALE_V3, PAGES = "start-v3", "scale-v3", "pages"
PARTS = (START, *WORKLOADS, SCALE, START_V3, *V3_WORKLOADS, SCALE_V3, WATCHED, STATE, BALANCED, PAGES)
RESULTS = Path(__file__).with_name("results")


class Names(click.ParamType[frozenset[str]]):
    """Some of `allowed`, separated by commas."""

    name = "names"

    def __init__(self, allowed: tuple[str, ...]) -> None:
        self.allowed = allowed

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> frozenset[str]:
        names = frozenset(value.split(",") if isinstance(value, str) else value)
        if unknown := sorted(names - set(self.allowed)):
            self.fail(f"no {', '.join(unknown)} among {','.join(self.allowed)}", param, ctx)
        return names


@dataclass(frozen=True)
class Options:
    """What the command line says; the texts are below."""

    seconds: int
    warm_up: int
    rounds: int
    starts: int
    connections: int
    participants: int
    scale: int
    only: frozenset[str]
    servers: frozenset[str]
    pin: bool
    keep: bool

    @property
    def workloads(self) -> frozenset[str]:
        return self.only & frozenset(WORKLOADS)

    @property
    def v3_workloads(self) -> frozenset[str]:
        return self.only & frozenset(V3_WORKLOADS)

    @property
    def peers(self) -> frozenset[str]:
        """Those to run: none where only the mock itself is measured, and Prism alone beside v3."""
        if self.workloads or START in self.only:
            return self.servers & frozenset(peers.NAMES)
        return self.servers & {peers.PRISM} if self.v3_workloads else frozenset()


def _number(name: str, default: int, least: int, text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(name, type=click.IntRange(least), default=default, show_default=True, help=text)


def _names(name: str, allowed: tuple[str, ...], text: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    every = ",".join(allowed)
    return click.option(name, type=Names(allowed), default=every, show_default=True, help=text)


@click.command(help=__doc__)
@_number("--seconds", 4, 1, "How long a run lasts.")
@_number("--warm-up", 4, 1, "How long a server is warmed up before its first run.")
@_number("--rounds", 5, 1, "How many runs each server gets.")
@_number("--starts", 5, 1, "How often each server is started to time it.")
@_number("--connections", 16, 1, "How many connections wrk keeps busy.")
@_number("--participants", 30_000, 100, "How many the mock holds beside others; most can take six declarations.")
@_number("--scale", 100_000, 1_000, "Participants, and declarations, of the large world.")
@_names("--only", PARTS, "Parts to run.")
@_names("--servers", SERVERS, "Servers to run; the mock always does.")
@click.option("--pin/--no-pin", default=True, show_default=True, help="Give the mock and the load a core each.")
@click.option("--keep/--no-keep", default=True, show_default=True, help="Write the tables to benchmarks/results.")
def main(**chosen: Any) -> None:
    options = Options(**chosen)
    console = report.terminal()
    # An exception stops the servers; the signal alone would leave them running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        for tool in ["wrk", *(["nginx"] if BALANCED in options.only else [])]:
            if shutil.which(tool) is None:
                raise peers.ToolMissing(tool, tool)
        peers.install(options.peers)
        with tempfile.TemporaryDirectory() as folder:
            results = _results(_bench(options, Path(folder)), options, console)
    except (LoadFailed, ServerFailed, peers.ToolMissing, peers.InstallFailed) as problem:
        raise click.ClickException(str(problem)) from None
    if options.keep:
        path = report.keep(results, RESULTS)
        console.print(f"Kept as {path.relative_to(ROOT)} and .json")


def _bench(options: Options, folder: Path) -> Benchmark:
    cores = Cores.of_this_machine(options.pin)
    effort = Effort(options.seconds, options.warm_up, options.rounds, options.starts)
    return Benchmark(Wrk(options.connections, cores.load, folder), cores, effort, folder)


def _results(bench: Benchmark, options: Options, console: Console) -> Results:
    """Run everything, and show what is found as soon as it is."""
    results = Results(
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        command_line=_command_line(sys.argv[1:]),
        machine=machine.describe() | machine.tools(with_peers=bool(options.peers)),
        versions=servers.versions() | peers.versions(options.peers),
        method=[*_method(bench), *report.HOW_TO_READ],
    )
    for found in _find(bench, options):
        match found:
            case Started():
                results.started.append(found)
                console.print(f"{found.server}: first answer after {found.seconds[0]:.2f} s")
            case Comparison():
                results.comparisons.append(found)
                report.show(console, report.of_comparison(found))
            case Figure():
                results.findings.append(found)
                console.print(f"{found.title}: {found.value:.2f} {found.unit}")
    for table in report.summaries(results):
        report.show(console, table)
    return results


def _find(bench: Benchmark, options: Options) -> Iterator[Started | Comparison | Figure]:
    if options.workloads or START in options.only:
        started, workloads = prepare(bench, options.servers, options.participants)
        if START in options.only:
            yield from time_starts(bench, started)
        yield from compare_servers(bench, started, [w for w in workloads if w.name in options.workloads])
    if SCALE in options.only:
        yield from at_scale(bench, options.scale)
    if START_V3 in options.only:
        yield from first_answers(bench)
    if options.v3_workloads:
        yield from compare_v3(bench, options.servers, options.participants, options.v3_workloads)
    if SCALE_V3 in options.only:
        yield from v3_at_scale(bench, options.scale)
    if WATCHED in options.only:
        yield while_watched(bench)
    if STATE in options.only:
        yield from with_state(bench, options.participants, options.scale)
    if BALANCED in options.only:
        yield from behind_nginx(bench)
    if PAGES in options.only:
        yield from longest_tasks(bench)


def _command_line(arguments: list[str]) -> str:
    return f'make bench ARGS="{shlex.join(arguments)}"' if arguments else "make bench"


def _method(bench: Benchmark) -> list[str]:
    """How it was measured, in sentences."""
    cores, effort = bench.cores, bench.effort
    pinned = (
        "nothing was pinned"
        if cores.server == cores.load
        else "the mock and the bare callable had one core, wrk another; the other servers had every core"
    )
    return [
        f"The project means p99 of the mock to stay under {REACH_P99_MS:g} ms.",
        f"wrk, one thread, {bench.wrk.connections} connections; {pinned}.",
        f"{effort.rounds} rounds of {effort.seconds} s, all servers in turn, after a warm-up of"
        f" {effort.warm_up} s each; those of a table were up at the same time.",
        "The mock had its sandboxes, rules, journal and rate limit (set high) in place. Each POST made a"
        " declaration of its own, counted in the mock afterwards; it went back to its seed before each such run.",
    ]


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
