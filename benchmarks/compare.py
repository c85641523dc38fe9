"""The same workloads against every server, in turns."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from benchmarks.bare import write_answers
from benchmarks.exchange import Connection, Request, Response, ask
from benchmarks.figures import Comparison, Run, Series, Started
from benchmarks.load import Load, LoadFailed, Wrk
from benchmarks.peers import NAMES as PEERS
from benchmarks.peers import Stubs, request_for
from benchmarks.processes import Cores, Running, Server
from benchmarks.servers import BARE, FIRST_PAGE, FIRST_PAGES, OURS, V1, bare, ours
from benchmarks.workloads import Workload, new_declarations, workloads

SERVERS = (OURS, BARE, *PEERS)
# More than any server answers in a second, here and for some years.
MOST_PER_SECOND = 25_000
_SANDBOX = "/_mock/sandboxes/default"


@dataclass(frozen=True)
class Effort:
    """How long everything takes: seconds of a run, of a warm-up; rounds; starts of each server."""

    seconds: int
    warm_up: int
    rounds: int
    starts: int


@dataclass(frozen=True)
class Benchmark:
    """What the runs need."""

    wrk: Wrk
    cores: Cores
    effort: Effort
    folder: Path

    def start(self, server: Server) -> Running:
        return Running(server, self.cores, self.folder)


class Measured(Protocol):
    """What serves on a port, one process or more."""

    @property
    def port(self) -> int: ...
    def cpu_seconds(self) -> float: ...
    def memory_bytes(self) -> int: ...


@dataclass(frozen=True)
class Contender:
    """One row of a comparison: `sample` is asked once for its answer, `run` loads for some seconds.

    `run` gets the seconds and the status of the sample's answer.
    """

    name: str
    port: int
    sample: Request
    run: Callable[[int, int], Run]


def prepare(bench: Benchmark, names: frozenset[str], participants: int) -> tuple[list[Server], tuple[Workload, ...]]:
    """The servers named, the mock first, and the workloads; the mock is asked what the others shall answer.

    The mock holds `participants`, so that there are enough declarations to make.
    """
    mock = ours("--participants", str(participants))
    with bench.start(mock) as running:
        records = answer_to(running.port, FIRST_PAGE).json()["data"]
        if len(records) != 100:
            raise LoadFailed(f"the mock's list has {len(records)} records, not 100")
        enough = max(bench.effort.seconds, bench.effort.warm_up) * MOST_PER_SECOND
        with Connection(running.port) as connection:
            declarations = tuple(islice(new_declarations(connection), enough))
        everything = workloads(records[0]["id"], declarations)
        answers = {w.requests[0]: answer_to(running.port, w.requests[0]) for w in everything}
    path = bench.folder / "answers.json"
    write_answers(path, answers)
    stubs = Stubs(answers, bench.folder)
    others = [bare(path) if name == BARE else stubs.server(name) for name in SERVERS if name in names and name != OURS]
    return [mock, *others], everything


def time_starts(bench: Benchmark, servers: Sequence[Server]) -> Iterator[Started]:
    """Start each server alone, several times. The mock starts with its defaults."""
    for server in servers:
        chosen = ours() if server.name == OURS else server
        seconds, memory = [], 0
        for _ in range(bench.effort.starts):
            with bench.start(chosen) as running:
                seconds.append(running.seconds_to_first_answer)
                memory = running.memory_bytes()
        cores = "one" if server.one_core else "all"
        yield Started(server.name, cores, sorted(seconds), memory)


def compare_servers(bench: Benchmark, servers: Sequence[Server], chosen: Sequence[Workload]) -> Iterator[Comparison]:
    """Every workload against all servers, which run side by side."""
    with ExitStack() as stack:
        running = [stack.enter_context(bench.start(server)) for server in servers]
        for workload in chosen:
            contenders = [contender(bench, server, workload) for server in running]
            yield compare(bench, workload.name, workload.title, contenders, dict(workload.reach))


def compare(
    bench: Benchmark, name: str, title: str, contenders: Sequence[Contender], reach: dict[str, float]
) -> Comparison:
    """Warm each contender up, then let all run once a round, in turn."""
    comparison = Comparison(name, title, reach)
    able: list[tuple[Contender, Series, int]] = []
    for contender in contenders:
        series = Series(contender.name, str(contender.sample), 0)
        comparison.series.append(series)
        try:
            answer = answer_to(contender.port, contender.sample)
            series.answer_bytes = len(answer.body)
            contender.run(bench.effort.warm_up, answer.status)
        except LoadFailed as problem:
            # The others can still be measured.
            series.problem = str(problem)
            continue
        able.append((contender, series, answer.status))
    for _ in range(bench.effort.rounds):
        for contender, series, status in able:
            series.runs.append(contender.run(bench.effort.seconds, status))
    return comparison


def contender(bench: Benchmark, running: Running, workload: Workload, api: str = V1) -> Contender:
    """The server under the workload; `api` is the one whose declarations the mock must hold afterwards."""
    server = running.server.name
    requests = [request_for(server, request) for request in workload.requests]

    def read(seconds: int, _: int) -> Run:
        return measure(bench, running, requests, seconds)

    def post(seconds: int, status: int) -> Run:
        return measure(bench, running, requests[: seconds * MOST_PER_SECOND], seconds, status=status)

    def declare(seconds: int, _: int) -> Run:
        # Each declaration works only once: back to the seed.
        reset(running.port, api)
        return create(bench, running, requests[: seconds * MOST_PER_SECOND], seconds, api)

    run = read if not workload.create else declare if server == OURS else post
    return Contender(server, running.port, requests[0], run)


def measure(
    bench: Benchmark,
    running: Measured,
    requests: Sequence[Request],
    seconds: int,
    *,
    once: bool = False,
    status: int | None = None,
) -> Run:
    """One run of wrk, and what it cost the server."""
    spent = running.cpu_seconds()
    load = bench.wrk.run(running.port, requests, seconds, once=once, expected_status=status)
    return Run(load, running.cpu_seconds() - spent, running.memory_bytes())


def create(bench: Benchmark, running: Running, declarations: Sequence[Request], seconds: int, api: str = V1) -> Run:
    """One run against the mock in which every request makes a declaration of its own, each answered 200."""
    before = declarations_held(running.port, api)
    run = measure(bench, running, declarations, seconds, once=True, status=200)
    if run.load.requests >= len(declarations):
        raise LoadFailed(f"{len(declarations):,} declarations were too few: try more --participants")
    check_created(run.load, declarations_held(running.port, api) - before, bench.wrk.connections)
    return run


def check_created(load: Load, created: int, connections: int) -> None:
    """Each success must have made a declaration of its own; a few more may have been under way at the end."""
    succeeded = load.requests - load.errors
    if not succeeded <= created <= load.requests + connections:
        raise LoadFailed(f"{succeeded} declarations were accepted, but the mock holds {created} more than before")


def declarations_held(port: int, api: str = V1) -> int:
    """Of all providers in that API; somebody must have used it since the start or the last reset."""
    count: int = answer_to(port, Request("GET", _SANDBOX)).json()["counts"][api]["declarations"]
    return count


def reset(port: int, api: str = V1) -> None:
    """Take the mock back to its seed. The first use makes the API's world, and no run shall wait for that."""
    answer_to(port, Request("POST", f"{_SANDBOX}/reset"))
    answer_to(port, FIRST_PAGES[api])


def answer_to(port: int, request: Request) -> Response:
    """The answer, which must be a success: what isn't can't be measured."""
    answer = ask(port, request)
    if not 200 <= answer.status < 300:
        problem = answer.body[:300].decode("utf-8", "replace")
        raise LoadFailed(f"{request}: {answer.status} {problem}")
    return answer
