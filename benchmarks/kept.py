"""What it costs to keep the sandboxes in a file: each write, each read, and the next start."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.compare import MOST_PER_SECOND, Benchmark, Contender, compare, create, measure, reset
from benchmarks.exchange import Connection, Request
from benchmarks.figures import Comparison, Figure, Run
from benchmarks.processes import ROOT, Running
from benchmarks.servers import FIRST_PAGE, ours
from benchmarks.workloads import new_declarations

_MEGABYTE = 1e6


def with_state(bench: Benchmark, participants: int, restored: int) -> Iterator[Comparison | Figure]:
    """Two mocks of `participants`, one with a state file; then the start of one that finds `restored` in its file."""
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    # Not among the temporary files: where those are in memory, nothing would be waited for.
    with tempfile.TemporaryDirectory(dir=build, prefix="state-") as name:
        folder = Path(name)
        yield from _writes_and_reads(bench, participants, folder / "state")
        yield _restore(bench, restored, folder / "large")


def _writes_and_reads(bench: Benchmark, participants: int, file: Path) -> Iterator[Comparison]:
    options = ("--participants", str(participants))
    alone = replace(bench, wrk=replace(bench.wrk, connections=1))
    enough = max(bench.effort.seconds, bench.effort.warm_up) * MOST_PER_SECOND
    with bench.start(ours(*options)) as memory, bench.start(ours(*options, "--state", str(file))) as kept:
        with Connection(memory.port) as connection:
            # The same for both: same seed, same ids.
            declarations = list(islice(new_declarations(connection), enough))
        contenders = [
            _writer(bench, memory, "in memory", declarations),
            _writer(bench, kept, "in a file", declarations),
            _writer(alone, memory, "in memory, 1 connection", declarations),
            _writer(alone, kept, "in a file, 1 connection", declarations),
        ]
        yield compare(bench, "kept-post", "POST of a new declaration, with and without --state", contenders, {})
        readers = [_reader(bench, kept, "in a file"), _reader(bench, memory, "in memory")]
        yield compare(bench, "kept-list", "List of 100 records, with and without --state", readers, {"in memory": 1.0})


def _writer(bench: Benchmark, running: Running, name: str, declarations: Sequence[Request]) -> Contender:
    def declare(seconds: int, _: int) -> Run:
        reset(running.port)
        return create(bench, running, declarations[: seconds * MOST_PER_SECOND], seconds)

    return Contender(name, running.port, declarations[0], declare)


def _reader(bench: Benchmark, running: Running, name: str) -> Contender:
    def read(seconds: int, _: int) -> Run:
        return measure(bench, running, [FIRST_PAGE], seconds)

    return Contender(name, running.port, FIRST_PAGE, read)


def _restore(bench: Benchmark, participants: int, file: Path) -> Figure:
    with bench.start(ours("--participants", str(participants), "--state", str(file))) as first:
        held = first.memory_bytes()
    seconds, spent = [], 0.0
    for _ in range(bench.effort.starts):
        with bench.start(ours("--state", str(file))) as again:
            seconds.append(again.seconds_to_first_answer)
            spent, held = again.cpu_seconds(), again.memory_bytes()
    size = file.stat().st_size
    remark = (
        f"{spent:.2f} s of processor time, a file of {size / _MEGABYTE:.0f} MB, {held / _MEGABYTE:.0f} MB of memory"
    )
    title = f"start from a state file, {participants:,} participants"
    return Figure(title, median(seconds), "s", "under 3 for restoring", remark)
