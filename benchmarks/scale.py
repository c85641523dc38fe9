"""What becomes of the mock as its world grows: memory, pages, filters, declarations."""

import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import islice
from statistics import median
from typing import Literal

from benchmarks.compare import (
    MOST_PER_SECOND,
    Benchmark,
    Contender,
    answer_to,
    compare,
    create,
    declarations_held,
    measure,
    reset,
)
from benchmarks.exchange import Connection, Request
from benchmarks.figures import Comparison, Figure, Run, Series
from benchmarks.processes import Running
from benchmarks.servers import FIRST_PAGE, ours
from benchmarks.workloads import LARGEST_PAGE, all_participants, filtered, new_declarations, page
from mock_server.client import ControlClient

_MEGABYTE = 1e6
_STRETCHES = 5
_SANDBOXES = 80
_IMPORTS = 7


def at_scale(bench: Benchmark, participants: int) -> Iterator[Figure | Comparison]:
    """Findings and comparisons of the mock with `participants` and with next to none."""
    many = f"{participants:,} participants"
    with bench.start(ours("--seed", "empty")) as empty:
        yield Figure("memory, empty", empty.memory_bytes() / _MEGABYTE, "MB", "under 90")
        for seed in ("empty", "guide"):
            yield _fresh_sandbox(empty, seed)
    yield _import()
    large = ours("--participants", str(participants))
    with bench.start(ours("--participants", "100")) as of_100, bench.start(large) as of_many:
        seconds = of_many.seconds_to_first_answer
        yield Figure(f"start to first answer, {many}", seconds, "s", "seeding alone under 5")
        yield Figure(f"memory, {many}", of_many.memory_bytes() / _MEGABYTE, "MB", "under 260")
        yield _paging(bench, of_many)
        yield _pages(bench, of_100, of_many, many)
        yield _growth(bench, of_many, participants)
        yield Figure(f"memory, {many}, after all that", of_many.memory_bytes() / _MEGABYTE, "MB")


def _fresh_sandbox(running: Running, seed: Literal["empty", "guide"]) -> Figure:
    """A sandbox made, looked through for broken requests, and dropped again, as the plugin does for every test."""
    times = []
    with ControlClient(f"http://127.0.0.1:{running.port}") as control:
        for _ in range(_SANDBOXES):
            began = time.perf_counter()
            made = control.sandbox(control.create_sandbox(seed=seed).id)
            list(made.all_requests(contract="broken"))
            made.delete()
            times.append(1000 * (time.perf_counter() - began))
    return Figure(f"a fresh sandbox, seed {seed}", median(times), "ms", "under 10")


def _import() -> Figure:
    """What `mock_server.testing` adds to a run of pytest that imports it."""
    script = "import pytest, time; t = time.process_time; s = t(); import mock_server.testing; print(t() - s)"
    command = [sys.executable, "-c", script]
    times = [
        1000 * float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        for _ in range(_IMPORTS)
    ]
    return Figure("import of mock_server.testing beside pytest", median(times), "ms", "under 30")


def _paging(bench: Benchmark, of_many: Running) -> Figure:
    """All pages of the largest size over one connection; the client only reads, it parses nothing."""
    times, records, size = [], 0, 0
    with Connection(of_many.port) as connection:
        records = sum(1 for _ in all_participants(connection))
        pages = -(-records // LARGEST_PAGE)
        for _ in range(bench.effort.rounds):
            began = time.perf_counter()
            size = sum(len(connection.ask(page(n + 1, LARGEST_PAGE)).body) for n in range(pages))
            times.append(time.perf_counter() - began)
    title = f"paging through {records:,} participants, {LARGEST_PAGE:,} a page"
    return Figure(title, median(times), "s", "under 0.3", f"{pages} pages, {size / _MEGABYTE:.1f} MB")


def _pages(bench: Benchmark, of_100: Running, of_many: Running, many: str) -> Comparison:
    with Connection(of_many.port) as connection:
        records = list(all_participants(connection))
    middle = records[len(records) // 2]["attributes"]
    contenders = [
        _reader(bench, "page 1", of_many, FIRST_PAGE),
        _reader(bench, "page 1 of 100", of_100, FIRST_PAGE),
        _reader(bench, "filter[updated_since]", of_many, filtered("updated_since", middle["updated_at"])),
        _reader(bench, "filter[cohort]", of_many, filtered("cohort", middle["cohort"])),
    ]
    return compare(bench, "pages", f"Lists of {many}", contenders, {"page 1 of 100": 1.0})


def _reader(bench: Benchmark, name: str, running: Running, request: Request) -> Contender:
    def read(seconds: int, _: int) -> Run:
        return measure(bench, running, [request], seconds)

    return Contender(name, running.port, request, read)


def _growth(bench: Benchmark, of_many: Running, enough: int) -> Comparison:
    """Declarations made one after another until there are `enough`, and some more.

    A row for each fifth of the way, of as many runs as it takes; the first row is what comes after it,
    since that is what the rest is compared with.
    """
    effort = bench.effort
    with Connection(of_many.port) as connection:
        everything = new_declarations(connection)
        supply = list(islice(everything, enough + (effort.rounds + 1) * effort.seconds * MOST_PER_SECOND))
    create(bench, of_many, supply[: effort.warm_up * MOST_PER_SECOND], effort.warm_up)
    reset(of_many.port)
    sample = supply.pop()
    size = len(answer_to(of_many.port, sample).body)

    stretches: list[Series] = []
    used = 0
    while len(stretches) <= _STRETCHES or len(stretches[-1].runs) < effort.rounds:
        held = declarations_held(of_many.port)
        if held >= enough * len(stretches) / _STRETCHES and len(stretches) <= _STRETCHES:
            stretches.append(Series(f"from number {held + 1:,}", str(sample), size))
        run = create(bench, of_many, supply[used : used + effort.seconds * MOST_PER_SECOND], effort.seconds)
        stretches[-1].runs.append(run)
        # Those under way when wrk stopped may have been made, and it drops the one it begins with.
        used += run.load.requests + bench.wrk.connections + 1
    *earlier, last = stretches
    return Comparison("growth", "POST as declarations pile up", {earlier[0].name: 1.0}, [last, *earlier])
