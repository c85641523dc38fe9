"""What the page `/_mock/ui` and Prometheus cost the lead provider API, while they look and while they don't."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from benchmarks.compare import Benchmark, Contender, answer_to, compare, measure
from benchmarks.exchange import Request
from benchmarks.figures import Comparison, Run
from benchmarks.load import LoadFailed
from benchmarks.processes import Running
from benchmarks.servers import FIRST_PAGE, PARTICIPANTS, ours

CLOSED = "closed again"
_UNTIL_NOTICED = 3.0


def while_watched(bench: Benchmark) -> Comparison:
    """One record, asked for while nobody looks at the page, and while somebody does."""
    with bench.start(ours("--no-control")) as without, bench.start(ours()) as watched:
        id = answer_to(watched.port, FIRST_PAGE).json()["data"][0]["id"]
        one = Request("GET", f"{PARTICIPANTS}/{id}")
        with watching(watched.port, "journal"):
            pass
        contenders = [
            _contender(bench, watched, CLOSED, one),
            _contender(bench, without, "no page at all", one),
            _contender(bench, watched, "journal open", one, lambda: watching(watched.port, "journal")),
            _contender(bench, watched, "readiness open", one, lambda: watching(watched.port, "readiness")),
            _contender(bench, watched, "metrics read once a second", one, lambda: reading_metrics(watched.port)),
        ]
        return compare(bench, "watched", "One record, with the page open or not", contenders, {"no page at all": 1.0})


def _contender(
    bench: Benchmark,
    running: Running,
    name: str,
    request: Request,
    watching: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Contender:
    def run(seconds: int, _: int) -> Run:
        with watching():
            return measure(bench, running, [request], seconds)

    return Contender(name, running.port, request, run)


@contextmanager
def watching(port: int, view: str) -> Iterator[None]:
    """A page that is open at `view`: its stream is read as it comes. Raises LoadFailed when there is none."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as stream:
        request = f"GET /_mock/ui/sandboxes/default/events/{view} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"
        stream.sendall(request.encode())
        if not (began := stream.recv(65536)).startswith(b"HTTP/1.1 200 "):
            raise LoadFailed(f"the page's stream of {view} answered {began[:100]!r}")
        reader = threading.Thread(target=_read, args=(stream,))
        reader.start()
        yield
        stream.shutdown(socket.SHUT_RDWR)
        reader.join()
    # The mock notices within a second; what it had begun for the page ends, too, before the next is measured.
    time.sleep(_UNTIL_NOTICED)


@contextmanager
def reading_metrics(port: int) -> Iterator[None]:
    """Prometheus, at fifteen times its usual pace."""
    done = threading.Event()

    def read() -> None:
        while not done.wait(1):
            answer_to(port, Request("GET", "/_mock/metrics"))

    reader = threading.Thread(target=read)
    reader.start()
    yield
    done.set()
    reader.join()


def _read(stream: socket.socket) -> None:
    stream.settimeout(None)
    while stream.recv(65536):
        pass
