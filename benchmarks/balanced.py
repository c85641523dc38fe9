"""One mock and two behind nginx, with the configuration that the documentation shows."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from benchmarks.compare import Benchmark, Contender, compare, measure
from benchmarks.exchange import TOKEN, Connection, Request
from benchmarks.figures import Comparison, Figure, Run
from benchmarks.processes import ROOT, Cores, Running, Server
from benchmarks.servers import DECLARATIONS, FIRST_PAGE, PARTICIPANTS, ours
from mock_server.client import ControlClient

CONFIGURATION = ROOT / "docs" / "operations" / "nginx.conf"
_LISTEN, _FIRST, _SECOND = "listen 127.0.0.1:8080;", "server 127.0.0.1:8081;", "server 127.0.0.1:8082;"
# On each mock: enough that no connection waits for another's.
_SANDBOXES = 8


@dataclass(frozen=True)
class Together:
    """Processes that serve one port together."""

    port: int
    members: tuple[Running, ...]

    def cpu_seconds(self) -> float:
        return sum(member.cpu_seconds() for member in self.members)

    def memory_bytes(self) -> int:
        return sum(member.memory_bytes() for member in self.members)


def nginx(mocks: Sequence[int], folder: Path) -> Server:
    """The shipped configuration before mocks on these ports, one or two; nothing but the ports differs."""

    def command(port: int) -> Sequence[str]:
        home = folder / f"nginx-{port}"
        home.mkdir()
        (home / "nginx.conf").write_text(configuration(port, mocks), "utf-8")
        return ["nginx", "-p", str(home), "-c", "nginx.conf", "-g", "daemon off;"]

    return Server("nginx", command, Request("GET", "/_mock/health"), one_core=False)


def configuration(port: int, mocks: Sequence[int]) -> str:
    """Raises ValueError when the shipped file isn't as it was when this was written."""
    text = CONFIGURATION.read_text("utf-8")
    first, *others = [f"server 127.0.0.1:{mock};" for mock in mocks]
    for shipped, ours_ in ((_LISTEN, f"listen 127.0.0.1:{port};"), (_FIRST, first), (_SECOND, "".join(others))):
        if text.count(shipped) != 1:
            raise ValueError(f"{CONFIGURATION.name} doesn't say {shipped!r} once")
        text = text.replace(shipped, ours_)
    return text


def behind_nginx(bench: Benchmark) -> Iterator[Comparison | Figure]:
    """The same requests, spread over sandboxes, to two mocks behind nginx, to one, and to one without nginx."""
    # Every process where there is room: with a core each, two mocks would need four cores.
    free = replace(bench, cores=Cores.of_this_machine(pin=False))
    cores = len(os.sched_getaffinity(0))
    where = f"on {cores} cores" + ("; the load, nginx and the mocks compete for them" if cores < 4 else "")
    with ExitStack() as stack:
        first, second = (stack.enter_context(free.start(ours())) for _ in range(2))
        double = stack.enter_context(free.start(nginx([first.port, second.port], free.folder)))
        single = stack.enter_context(free.start(nginx([first.port], free.folder)))
        spread, on_one = _tokens(double, [first, second]), _tokens(single, [first])
        with Connection(first.port) as connection:
            # The same in every sandbox.
            record = connection.ask(FIRST_PAGE).json()["data"][0]["id"]
        for name, title, path in (
            ("balanced-csv", "Declarations as CSV, work for the mock", f"{DECLARATIONS}.csv"),
            ("balanced-one", "One record, hardly more work for the mock than for nginx", f"{PARTICIPANTS}/{record}"),
        ):
            contenders = [
                _reader(free, "two mocks behind nginx", Together(double.port, (first, second, double)), path, spread),
                _reader(free, "one mock behind nginx", Together(single.port, (first, single)), path, on_one),
                _reader(free, "one mock, no nginx", Together(first.port, (first,)), path, on_one),
            ]
            yield compare(free, name, f"{title}; {where}", contenders, {})
        before = [mock.cpu_seconds() for mock in (first, second)]
        contenders[0].run(bench.effort.seconds, 200)
        spent = [mock.cpu_seconds() - earlier for mock, earlier in zip((first, second), before, strict=True)]
        share = 100 * max(spent) / sum(spent)
        remark = f"with cores enough, two serve {100 / share:.2f} times what one does"
        yield Figure("share of the busier of two mocks", share, "%", "near 50", remark)


def _tokens(balancer: Running, mocks: Sequence[Running]) -> list[str]:
    """Those of as many sandboxes on each of the mocks, made through the balancer; in turns, so that all are busy."""
    places: dict[int, list[str]] = {mock.port: [] for mock in mocks}
    with ControlClient(f"http://127.0.0.1:{balancer.port}") as control:
        for number in count():
            if all(len(ids) == _SANDBOXES for ids in places.values()):
                break
            id = f"balanced-{balancer.port}-{number}"
            control.create_sandbox(id=id)
            home = next(mock.port for mock in mocks if _has(mock, id))
            if len(places[home]) < _SANDBOXES:
                places[home].append(id)
            else:
                control.sandbox(id).delete()
    return [f"{TOKEN}.{id}" for ids in zip(*places.values(), strict=True) for id in ids]


def _has(mock: Running, sandbox: str) -> bool:
    with Connection(mock.port) as connection:
        return connection.ask(Request("GET", f"/_mock/sandboxes/{sandbox}")).status == 200


def _reader(bench: Benchmark, name: str, together: Together, path: str, tokens: Sequence[str]) -> Contender:
    requests = [Request("GET", path, token=token) for token in tokens]

    def read(seconds: int, _: int) -> Run:
        return measure(bench, together, requests, seconds)

    return Contender(name, together.port, requests[0], read)
