"""Mixed traffic for a long time: errors, times and memory, minute by minute. See benchmarks/README.md.

Exits with 1 when an answer was another than expected, when memory grew after the warm-up, or when something
was left at the end that should have gone.
"""

import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, quantiles

import click
from rich.console import Console

from benchmarks import machine, report, servers
from benchmarks.compare import answer_to
from benchmarks.exchange import Request
from benchmarks.load import LoadFailed
from benchmarks.mixed import KINDS, SANDBOXES, Client, Seen
from benchmarks.processes import ROOT, Cores, Running, ServerFailed

RESULTS = Path(__file__).with_name("results")
_SAMPLE_SECONDS = 1.0
_MEGABYTE = 1e6
# Longer than this beyond a sample's time, in seconds, and the machine was busy with something else.
_STANDSTILL_SECONDS = 3.0
# What the mock is told to keep at most.
_MAX_SANDBOXES, _TIME_TO_LIVE = 100, 60
_JOURNAL_ENTRIES = 10_000


@dataclass(frozen=True)
class Stretch:
    """One row of the report, a minute as a rule. Times in milliseconds, memory in bytes, one sample a second."""

    ends_after: float
    requests: int
    errors: int
    per_second: float
    p50_ms: float
    p99_ms: float
    longest_ms: float
    cpu_seconds: float
    sandboxes: int
    memory: tuple[int, ...]
    state_bytes: int
    # Seconds in which not even the sampling went on.
    stood_still: float = 0.0


@dataclass
class Soak:
    """What was found: `problems` are answers that weren't expected, most frequent first, and how often each came."""

    seconds: int
    warm_up: int
    growth_allowed: float
    stretches: list[Stretch] = field(default_factory=list)
    problems: dict[str, int] = field(default_factory=dict)
    # Of each kind of client, how many requests and their p50, p99 and longest time in milliseconds.
    kinds: dict[str, tuple[int, float, float, float]] = field(default_factory=dict)
    left_over: list[str] = field(default_factory=list)
    memory_at_the_end: int = 0

    @property
    def requests(self) -> int:
        return sum(stretch.requests for stretch in self.stretches)

    @property
    def errors(self) -> int:
        return sum(stretch.errors for stretch in self.stretches)

    @property
    def growth(self) -> float | None:
        """What share the last third after the warm-up has more memory than the first; None when it was too short."""
        samples = [size for stretch in self.stretches if stretch.ends_after > self.warm_up for size in stretch.memory]
        third = len(samples) // 3
        return mean(samples[-third:]) / mean(samples[:third]) - 1 if third else None

    def failures(self) -> list[str]:
        """Why the soak failed, in sentences; none when it didn't."""
        growth = self.growth
        failed = [
            *([f"{self.errors:,} of {self.requests:,} answers weren't as expected"] if self.errors else []),
            *([f"memory grew by {growth:.1%}"] if growth is not None and growth > self.growth_allowed else []),
            *([f"still there at the end: {', '.join(self.left_over)}"] if self.left_over else []),
        ]
        return failed if self.requests else [*failed, "there were no requests"]


def soak(running: Running, wanted: Soak, interval: int, state: Path | None, console: Console) -> Soak:
    """Let every kind of client loose for `wanted.seconds`, and look at what is left when they have gone."""
    stop = threading.Event()
    clients = [kind(running.port, number, stop) for number, kind in enumerate(KINDS)]
    problems: Counter[str] = Counter()
    seen: dict[str, list[Seen]] = {kind.__name__: [] for kind in KINDS}
    began = time.monotonic()
    try:
        for client in clients:
            client.start()
        while (passed := time.monotonic() - began) < wanted.seconds:
            stretch, wrong = _watch(running, clients, began, min(passed + interval, wanted.seconds), state, seen)
            wanted.stretches.append(stretch)
            problems += wrong
            cells = dict(zip(_HEADINGS, _row(stretch), strict=True))
            console.print(", ".join(f"{name} {cells[name]}" for name in _AT_ONCE))
    finally:
        stop.set()
        for client in clients:
            client.join()
    wanted.problems = dict(problems.most_common())
    wanted.kinds = {kind: (len(theirs), *_times(theirs)) for kind, theirs in seen.items()}
    wanted.left_over = _left_over(running)
    wanted.memory_at_the_end = running.memory_bytes()
    return wanted


def _watch(
    running: Running,
    clients: Sequence[Client],
    began: float,
    until: float,
    state: Path | None,
    by_kind: dict[str, list[Seen]],
) -> tuple[Stretch, Counter[str]]:
    """What happens until so many seconds have passed since `began`, and what went wrong; adds to `by_kind`."""
    spent, started = running.cpu_seconds(), time.monotonic()
    memory = []
    stood_still, now = 0.0, started
    while (left := began + until - now) > 0:
        time.sleep(min(_SAMPLE_SECONDS, left))
        memory.append(running.memory_bytes())
        now, before = time.monotonic(), now
        if now - before > _SAMPLE_SECONDS + _STANDSTILL_SECONDS:
            stood_still += now - before
    seen = []
    for client in clients:
        new = [client.seen.popleft() for _ in range(len(client.seen))]
        by_kind[type(client).__name__] += new
        seen += new
    problems = Counter(each.problem for each in seen if each.problem)
    held = answer_to(running.port, Request("GET", SANDBOXES)).json()["sandboxes"]
    for sandbox in held:
        if sandbox["counts"]["requests"] > _JOURNAL_ENTRIES:
            problems[f"the journal of {sandbox['id']} holds {sandbox['counts']['requests']:,} requests"] += 1
    if len(held) > _MAX_SANDBOXES:
        problems[f"there are {len(held)} sandboxes"] += 1
    p50, p99, longest = _times(seen)
    stretch = Stretch(
        ends_after=round(time.monotonic() - began, 1),
        requests=len(seen),
        errors=problems.total(),
        per_second=round(len(seen) / (time.monotonic() - started), 1),
        p50_ms=p50,
        p99_ms=p99,
        longest_ms=longest,
        cpu_seconds=round(running.cpu_seconds() - spent, 2),
        sandboxes=len(held),
        memory=tuple(memory),
        state_bytes=sum(file.stat().st_size for file in state.parent.glob(f"{state.name}*")) if state else 0,
        stood_still=round(stood_still, 1),
    )
    return stretch, problems


def _times(seen: Sequence[Seen]) -> tuple[float, float, float]:
    """p50, p99 and the longest, in milliseconds; zeros where nothing was asked."""
    times = [each.seconds * 1e3 for each in seen]
    if len(times) < 2:
        return 0.0, 0.0, 0.0
    hundredths = quantiles(times, n=100)
    return round(hundredths[49], 2), round(hundredths[98], 2), round(max(times), 2)


def _left_over(running: Running) -> list[str]:
    """The sandboxes that are still there once nobody has used them for longer than they may stay."""
    # Asking for the list doesn't use any of them.
    time.sleep(_TIME_TO_LIVE * 1.2 + 0.5)
    held = answer_to(running.port, Request("GET", SANDBOXES)).json()["sandboxes"]
    return [sandbox["id"] for sandbox in held if sandbox["id"] != "default"]


_HEADINGS = (
    *("after s", "requests", "errors", "error rate", "requests/s", "p50 ms", "p99 ms", "longest ms"),
    *("CPU µs", "sandboxes", "memory MB", "most MB", "state MB"),
)


# What is printed of a stretch as soon as it is over.
_AT_ONCE = ("after s", "requests/s", "errors", "p50 ms", "p99 ms", "memory MB")


def _row(stretch: Stretch) -> tuple[str, ...]:
    return (
        f"{stretch.ends_after:.0f}",
        f"{stretch.requests:,}",
        f"{stretch.errors:,}",
        f"{stretch.errors / max(stretch.requests, 1):.3%}",
        f"{stretch.per_second:,.0f}",
        f"{stretch.p50_ms:.2f}",
        f"{stretch.p99_ms:.2f}",
        f"{stretch.longest_ms:.0f}",
        f"{1e6 * stretch.cpu_seconds / max(stretch.requests, 1):,.0f}",
        f"{stretch.sandboxes}",
        f"{mean(stretch.memory) / _MEGABYTE:.1f}",
        f"{max(stretch.memory) / _MEGABYTE:.1f}",
        f"{stretch.state_bytes / _MEGABYTE:.1f}",
    )


def of_soak(found: Soak) -> report.TextTable:
    growth = found.growth
    grown = "too short to say" if growth is None else f"{growth:+.1%} (allowed {found.growth_allowed:.0%})"
    return report.TextTable(
        f"{found.seconds} seconds of mixed traffic",
        _HEADINGS,
        tuple(_row(stretch) for stretch in found.stretches),
        notes=(
            f"{found.requests:,} requests, {found.errors:,} unexpected.",
            f"Memory, last third after the warm-up of {found.warm_up} s against the first: {grown}.",
            f"When everybody had gone and the sandboxes had expired: {found.memory_at_the_end / _MEGABYTE:.1f} MB;"
            f" sandboxes left: {', '.join(found.left_over) or 'none'}.",
            *(
                f"The machine stood still for {stretch.stood_still:.0f} s before {stretch.ends_after:.0f} s had passed:"
                " times, and sandboxes that expired meanwhile, say nothing about the mock."
                for stretch in found.stretches
                if stretch.stood_still
            ),
            *(f"{times:,} × {problem}" for problem, times in list(found.problems.items())[:20]),
            *([f"Failed: {'; '.join(found.failures())}."] if found.failures() else ["Passed."]),
        ),
    )


def of_kinds(found: Soak) -> report.TextTable:
    rows = tuple(
        (kind, f"{requests:,}", f"{p50:.2f}", f"{p99:.2f}", f"{longest:.0f}")
        for kind, (requests, p50, p99, longest) in found.kinds.items()
    )
    return report.TextTable("By client", ("", "requests", "p50 ms", "p99 ms", "longest ms"), rows)


def _page(found: Soak, description: dict[str, str], command_line: str, kept: bool) -> str:
    kinds = Counter(kind.__name__ for kind in KINDS)
    method = [
        "Clients, each a thread with a connection: "
        + ", ".join(f"{times} × {name} ({_summary(name)})" for name, times in kinds.items()),
        f"The mock kept at most {_MAX_SANDBOXES} sandboxes, each for {_TIME_TO_LIVE} s without use, and"
        f" {'wrote them to a state file' if kept else 'kept them in memory'}.",
        "Times are the clients', threads of one Python process on the machine of the mock: they wait for each other.",
        "Memory is the resident set of the mock's process, sampled once a second: mean and most.",
        "An error is an answer with another status than that client expects, or none.",
    ]
    parts = [
        f"# Soak of {datetime.now(UTC):%Y-%m-%d}",
        f"    {command_line}",
        *report.markdown_list("Machine", [f"{name}: {value}" for name, value in description.items()]),
        *report.markdown_list("Method", method),
        report.markdown_table(of_soak(found)),
        report.markdown_table(of_kinds(found)),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(name: str) -> str:
    kind = next(kind for kind in KINDS if kind.__name__ == name)
    text = (kind.__doc__ or "").partition(".")[0]
    return text[:1].lower() + text[1:]


@click.command(help=__doc__)
@click.option("--seconds", type=click.IntRange(1), default=600, show_default=True, help="How long it lasts.")
@click.option("--interval", type=click.IntRange(1), default=60, show_default=True, help="Seconds of a row.")
@click.option("--warm-up", type=click.IntRange(0), default=120, show_default=True, help="Seconds in which it may grow.")
@click.option("--growth", type=float, default=0.05, show_default=True, help="What share memory may grow by after that.")
@click.option("--state/--memory", default=False, show_default=True, help="Keep the sandboxes in a state file.")
@click.option("--keep/--no-keep", default=True, show_default=True, help="Write the report to benchmarks/results.")
def main(seconds: int, interval: int, warm_up: int, growth: float, state: bool, keep: bool) -> None:
    console = report.terminal()
    # An exception stops the server; the signal alone would leave it running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    description = machine.describe() | servers.versions()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "kept" / "state" if state else None
        options = ["--max-sandboxes", str(_MAX_SANDBOXES), "--sandbox-ttl", str(_TIME_TO_LIVE)]
        if file:
            file.parent.mkdir()
            options += ["--state", str(file)]
        try:
            with Running(servers.ours(*options), Cores.of_this_machine(pin=False), folder) as running:
                found = soak(running, Soak(seconds, warm_up, growth), interval, file, console)
        except (LoadFailed, ServerFailed) as problem:
            raise click.ClickException(str(problem)) from None
    for table in (of_soak(found), of_kinds(found)):
        report.show(console, table)
    if keep:
        arguments = " ".join(sys.argv[1:])
        command_line = f'make soak ARGS="{arguments}"' if arguments else "make soak"
        page = _page(found, description, command_line, kept=state)
        path = report.write(RESULTS, f"{datetime.now(UTC):%Y-%m-%d}-soak", page, asdict(found))
        console.print(f"Kept as {path.relative_to(ROOT)} and .json")
    if found.failures():
        sys.exit(1)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks.soak")
