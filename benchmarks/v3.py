"""v3 of the mock beside v1 of the same mock, the bare callable and Prism; and how soon v3 answers first."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from statistics import median

from benchmarks import peers
from benchmarks import v3_workloads as of_v3
from benchmarks import workloads as of_v1
from benchmarks.bare import write_answers
from benchmarks.compare import MOST_PER_SECOND, Benchmark, answer_to, compare, contender
from benchmarks.exchange import Connection
from benchmarks.figures import Comparison, Figure
from benchmarks.load import LoadFailed
from benchmarks.processes import Server
from benchmarks.servers import BARE, FIRST_PAGE, OURS, V1, V3, V3_FIRST_PAGE, bare, ours
from benchmarks.workloads import Workload

SERVERS = (BARE, peers.PRISM)
_MEGABYTE = 1e6


def compare_v3(
    bench: Benchmark, names: frozenset[str], participants: int, chosen: frozenset[str]
) -> Iterator[Comparison]:
    """The workloads `chosen` of v3: the mock's v3 first, then its v1, then those of `names` that v3 is compared with.

    Both APIs hold `participants`, so that there are enough declarations to make.
    """
    mock = ours(*of_v3.participants(participants))
    others, pairs = _prepare(bench, mock, names)
    with ExitStack() as stack:
        running = stack.enter_context(bench.start(mock))
        beside = [stack.enter_context(bench.start(server)) for server in others]
        for workload, same_of_v1 in pairs:
            if workload.name not in chosen:
                continue
            contenders = [
                contender(bench, running, workload, V3),
                replace(contender(bench, running, same_of_v1, V1), name=f"{OURS}, v1"),
                *(contender(bench, server, workload) for server in beside),
            ]
            yield compare(bench, workload.name, workload.title, contenders, dict(workload.reach))


def _prepare(
    bench: Benchmark, mock: Server, names: frozenset[str]
) -> tuple[list[Server], list[tuple[Workload, Workload]]]:
    """The other servers, and each workload of v3 with the one of v1; the mock is asked what `bare` shall answer."""
    enough = max(bench.effort.seconds, bench.effort.warm_up) * MOST_PER_SECOND
    with bench.start(mock) as running, Connection(running.port) as connection:
        records = answer_to(running.port, V3_FIRST_PAGE).json()["data"]
        if len(records) != 100:
            raise LoadFailed(f"v3's list has {len(records)} records, not 100")
        everything = of_v3.workloads(records[0]["id"], tuple(islice(of_v3.new_declarations(connection), enough)))
        first_of_v1 = answer_to(running.port, FIRST_PAGE).json()["data"][0]["id"]
        declarations_of_v1 = tuple(islice(of_v1.new_declarations(connection), enough))
        same = {each.name: each for each in of_v1.workloads(first_of_v1, declarations_of_v1)}
        path = bench.folder / "answers-v3.json"
        write_answers(path, {each.requests[0]: answer_to(running.port, each.requests[0]) for each in everything})
    make = {BARE: lambda: bare(path, V3), peers.PRISM: lambda: peers.prism(V3)}
    others = [make[name]() for name in SERVERS if name in names]
    return others, [(each, same[of_v3.BESIDE[each.name]]) for each in everything]


def first_answers(bench: Benchmark) -> Iterator[Figure]:
    """How long the first client of each API waits, with the mock's defaults, and what v3 takes in memory."""
    started: list[float] = []
    first: list[float] = []
    again: list[float] = []
    grown: list[float] = []
    for _ in range(bench.effort.starts):
        with bench.start(ours()) as running:
            started.append(running.seconds_to_first_answer)
            before = running.memory_bytes()
            for times in (first, again):
                began = time.perf_counter()
                answer_to(running.port, V3_FIRST_PAGE)
                times.append(time.perf_counter() - began)
            grown.append(running.memory_bytes() - before)
    yield Figure("v1's first answer, from the start", median(started), "s", "as before v3", _range(started))
    remark = f"{_range(first)}; the second took {median(again) * 1000:.0f} ms"
    yield Figure("v3's first answer, from its first request", median(first), "s", "under 0.5", remark)
    yield Figure("memory that v3's first answer takes", median(grown) / _MEGABYTE, "MB")


def _range(seconds: list[float]) -> str:
    return f"{min(seconds):.2f}–{max(seconds):.2f}"
