"""Clients that send too much, too slowly or nothing at all, on a real server: others are served meanwhile."""

import asyncio
import resource
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from uvicorn.protocols.http.flow_control import service_unavailable

from mock_server.http import connection
from mock_server.own_server import own_server
from mock_server.settings import Settings
from tests.programs import required
from tests.test_cli import COMMAND, serving

HEAD_TIMEOUT = 0.5
LIST = "/api/v1/participants/ecf"
TOKEN = {"Authorization": "Bearer alder-token"}


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with own_server(Settings.model_construct(rate_limit=None, body_timeout=HEAD_TIMEOUT)) as url:
        yield url


@contextmanager
def connected(base_url: str) -> Iterator[socket.socket]:
    address = urlsplit(base_url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as wire:
        yield wire


def served(base_url: str) -> bool:
    return httpx.get(base_url + LIST, headers=TOKEN, timeout=5).status_code == 200


def everything(wire: socket.socket) -> bytes:
    """What comes until the server ends the connection."""
    received = b""
    while True:
        try:
            part = wire.recv(65_536)
        except ConnectionResetError:
            part = b""
        if not part:
            return received
        received += part


def until(wire: socket.socket, end: bytes) -> bytes:
    """What comes until `end` has come."""
    received = b""
    while end not in received:
        part = wire.recv(65_536)
        assert part, received
        received += part
    # The rest of the last answer.
    while not received.endswith(b"}"):
        received += wire.recv(65_536)
    return received


def is_over(wire: socket.socket) -> bool:
    """Whether the server has ended the connection, after an answer perhaps."""
    return everything(wire)[-1:] in (b"", b"}")


def is_closed(wire: socket.socket, send: Callable[[], None]) -> bool:
    """Whether the server ends the connection in time, while `send` goes on."""
    started = time.monotonic()
    try:
        while time.monotonic() - started < HEAD_TIMEOUT * 6:
            send()
            time.sleep(0.02)
    except (BrokenPipeError, ConnectionResetError):
        return True
    return False


def request(target: str = LIST, headers: str = "") -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer alder-token\r\n{headers}\r\n".encode()


# -- size ------------------------------------------------------------------------------------------

MANY_HEADERS = "".join(f"X-{number}: 1\r\n" for number in range(300))
LONG_TARGET = f"{LIST}?{'a' * 20_000}"
LONG_HEADER = f"X-Long: {'a' * 70_000}\r\n"


@pytest.mark.parametrize("piece", [1 << 20, 1000])
@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        (request(LONG_TARGET), 414, "URI too long"),
        (request(LONG_TARGET).partition(b" HTTP")[0], 414, "URI too long"),
        (request(headers=LONG_HEADER), 431, "Request header fields too large"),
        (request(headers=LONG_HEADER * 2)[:-10], 431, "Request header fields too large"),
        (request(headers=f"{'X' * 70_000}: 1\r\n"), 431, "Request header fields too large"),
        (request(headers=MANY_HEADERS), 431, "Request header fields too large"),
        (request(headers=MANY_HEADERS[:1500] * 5 + LONG_HEADER), 431, "Request header fields too large"),
    ],
)
def test_a_head_that_is_too_large_is_refused_with_the_reason_and_the_connection_ends(
    base_url: str, sent: bytes, status: int, error: str, piece: int
) -> None:
    with connected(base_url) as wire:
        try:
            for start in range(0, len(sent), piece):
                wire.sendall(sent[start : start + piece])
        except (BrokenPipeError, ConnectionResetError):
            pass
        head, _, body = everything(wire).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"application/vnd.api+json" in head
    assert body.decode() == f'{{"error":"{error}"}}'
    assert served(base_url)


def test_a_head_within_the_limits_is_served(base_url: str) -> None:
    headers = f"X-Long: {'a' * 40_000}\r\n" + "".join(f"X-{number}: 1\r\n" for number in range(150))
    with connected(base_url) as wire:
        head = request(f"{LIST}?{'a' * 16_000}", headers)
        for start in range(0, len(head), 700):
            wire.sendall(head[start : start + 700])
        assert wire.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_many_requests_on_one_connection_do_not_add_up(base_url: str) -> None:
    with connected(base_url) as wire:
        # Together they take longer than one head may.
        for _ in range(20):
            wire.sendall(request("/api/v1/nothing", f"X-Long: {'a' * 30_000}\r\n"))
            assert until(wire, b"Resource not Found").startswith(b"HTTP/1.1 404 ")
            time.sleep(HEAD_TIMEOUT / 10)


def test_requests_that_come_together_are_answered_in_order_and_others_after_them(base_url: str) -> None:
    nothing = request("/api/v1/nothing")
    with connected(base_url) as wire:
        for _ in range(3):
            wire.sendall(nothing + request("/api/v1/participants/ecf/nobody") + nothing)
            received = b""
            while received.count(b"Resource not Found") < 3:
                received += until(wire, b"Resource not Found")
            assert received.count(b"HTTP/1.1 404 ") == 3


@pytest.mark.parametrize("pieces", [1, 2])
def test_an_offer_to_upgrade_is_ignored_and_the_body_is_read(base_url: str, pieces: int) -> None:
    """As Java's client sends its first request."""
    head = (
        b"POST /_mock/sandboxes HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: 17\r\n"
        b"Host: 127.0.0.1\r\nHTTP2-Settings: AAEA\r\nUpgrade: h2c\r\nContent-Type: application/json\r\n\r\n"
    )
    with connected(base_url) as wire:
        for part in (head, b'{"seed": "empty"}') if pieces == 2 else (head + b'{"seed": "empty"}',):
            wire.sendall(part)
            time.sleep(0.05)
        assert b" 201 " in until(wire, b"\r\n\r\n")
        # The connection goes on, and the journal has the header as it was sent.
        wire.sendall(f"GET {LIST} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n".encode())
        assert b" 401 " in until(wire, b"\r\n\r\n")
    sent = httpx.get(f"{base_url}/_mock/sandboxes/default/requests").json()["requests"][-1]["request"]["headers"]
    assert (sent["upgrade"], sent["connection"]) == ("h2c", "Upgrade")


def test_trailers_without_end_end_the_connection(base_url: str) -> None:
    with connected(base_url) as wire:
        head = request("/api/v1/participant-declarations", "Transfer-Encoding: chunked\r\n").replace(b"GET", b"POST")
        wire.sendall(head + b"2\r\n{}\r\n0\r\nX-Trailer: ")
        assert is_closed(wire, lambda: wire.sendall(b"a" * 65_536))
    assert served(base_url)


@pytest.mark.parametrize("second", [request(LONG_TARGET), b"\x00\x01 no request\r\n\r\n"])
def test_what_can_not_be_read_in_the_middle_of_an_answer_does_not_garble_it(base_url: str, second: bytes) -> None:
    with connected(base_url) as wire:
        wire.sendall(request() + second)
        received = everything(wire)
    assert received == b"" or received.startswith(b"HTTP/1.1 200 ")
    assert b" 414 " not in received
    assert b" 400 " not in received


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_comes_in_pieces_has_no_limit_but_its_own(base_url: str, chunked: bool) -> None:
    piece = b" " * 10_000
    framing = "Transfer-Encoding: chunked\r\n" if chunked else "Content-Length: 300000\r\n"
    with connected(base_url) as wire:
        head = request("/api/v1/participant-declarations", framing + "Content-Type: application/json\r\n")
        wire.sendall(head.replace(b"GET", b"POST"))
        for _ in range(30):
            wire.sendall(b"2710\r\n" + piece + b"\r\n" if chunked else piece)
            time.sleep(0.001)
        wire.sendall(b"0\r\n\r\n" if chunked else b"")
        assert until(wire, b"The body is empty").startswith(b"HTTP/1.1 400 ")


# -- time ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("drip", [b"", b"G", b"\r\n", b"GET / HTTP/1.1\r\nX: "])
def test_a_connection_whose_head_does_not_come_is_closed(base_url: str, drip: bytes) -> None:
    with connected(base_url) as wire:
        started = time.monotonic()
        wire.sendall(drip)
        assert everything(wire) == b""
        assert time.monotonic() - started > HEAD_TIMEOUT * 0.8


@pytest.mark.parametrize("first", [b"", request()])
@pytest.mark.parametrize("drop", [b"a", b"\r\n"])
def test_a_head_that_comes_drop_by_drop_is_not_waited_for_longer(base_url: str, first: bytes, drop: bytes) -> None:
    with connected(base_url) as wire:
        wire.sendall(first)
        if first:
            wire.recv(65_536)
        if drop == b"a":
            wire.sendall(b"GET /")
        assert is_closed(wire, lambda: wire.sendall(drop))


@pytest.mark.parametrize("more", [b"", b"GET / HTTP/1.1\r\nX: "])
def test_a_connection_without_another_request_is_closed_after_a_while(
    more: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_alive, body_timeout = 1, 0.9
    # uvicorn's own five seconds would only take longer.
    monkeypatch.setattr("uvicorn.Config", partial(uvicorn.Config, timeout_keep_alive=keep_alive))
    with own_server(Settings.model_construct(seed="empty", body_timeout=body_timeout)) as url, connected(url) as wire:
        wire.settimeout(15)
        wire.sendall(request())
        assert wire.recv(65_536).startswith(b"HTTP/1.1 200 ")
        started = time.monotonic()
        time.sleep(keep_alive / 2)
        # Once it has begun to send one, it has as long for that as any other.
        wire.sendall(more)
        assert everything(wire) == b""
        waited = keep_alive if not more else keep_alive / 2 + body_timeout
        assert waited - 0.2 < time.monotonic() - started


def test_a_client_that_reads_nothing_of_what_it_asks_for_is_let_go_and_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connection, "_STALLED", 0.5)
    with own_server(Settings.model_construct(rate_limit=None, participants=3000)) as url, connected(url) as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.sendall(request(f"{LIST}?page%5Bper_page%5D=3000") * 50)
        started = time.monotonic()
        while time.monotonic() - started < 1:
            assert served(url)
        # An empty line before a request is no mistake, so that only the waiting ends the connection.
        assert is_closed(wire, lambda: wire.sendall(b"\r\n"))


# -- number ----------------------------------------------------------------------------------------


@contextmanager
def with_few_files() -> Iterator[str]:
    """The base URL of a server that may have 200 files open, connections among them."""
    limited = (required("prlimit"), "--nofile=200:200", COMMAND)
    with serving("--seed", "empty", "--body-timeout", "60", command=limited) as (_, printed):
        yield next(word for word in printed.split() if word.startswith("http://"))


@pytest.mark.parametrize("first", [b"", b"GET / HTTP/1.1\r\nX-Begun: ", request()])
def test_of_too_many_connections_those_that_wait_longest_are_closed_and_others_are_served(first: bytes) -> None:
    with ExitStack() as wires, with_few_files() as url, httpx.Client(base_url=url, headers=TOKEN) as busy:
        uploading = wires.enter_context(connected(url))
        head = request("/api/v1/participant-declarations", "Content-Length: 2\r\nContent-Type: application/json\r\n")
        uploading.sendall(head.replace(b"GET", b"POST") + b"{")
        opened = []
        for number in range(600):
            opened.append(wires.enter_context(connected(url)))
            opened[-1].sendall(first)
            if number % 100 == 0:
                # Connections are accepted in the order in which they are made: once a further one is served, all
                # of these have been, and it isn't the busy one that waits longest when the next hundred come.
                assert served(url)
                assert busy.get(LIST).status_code == 200
        assert served(url)
        assert is_over(opened[0])
        opened[-1].sendall(b"\r\n\r\n" if first.endswith(b" ") else request())
        assert opened[-1].recv(65_536).startswith(b"HTTP/1.1 ")
        # Its request had begun to be answered before all of them.
        uploading.sendall(b"}")
        assert uploading.recv(65_536).startswith(b"HTTP/1.1 400 ")


class OpenWire(asyncio.Transport):
    """A connection that is only made, and perhaps aborted."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True

    def close(self) -> None:
        """There is nothing to close."""

    def get_extra_info(self, name: str, default: object = None) -> object:
        return default

    def is_closing(self) -> bool:
        return self.aborted


async def test_of_connections_that_come_at_once_each_closes_another() -> None:
    of_server = connection.connection_type(HEAD_TIMEOUT, 3)
    config, state = uvicorn.Config(service_unavailable, log_config=None), uvicorn.server.ServerState()
    opened = [OpenWire() for _ in range(5)]
    made = [of_server(config, state, {}) for _ in opened]
    for protocol, wire in zip(made, opened, strict=True):
        protocol.connection_made(wire)
    assert [wire.aborted for wire in opened] == [True, True, False, False, False]
    for protocol in made:
        protocol.connection_lost(None)


@pytest.mark.parametrize(
    ("allowed", "most", "taken"),
    [((256, 4096), 4096, 4032), ((4096, 4096), None, 4032), ((256, -1), 65_536, 65_472), ((-1, -1), None, 65_472)],
)
def test_as_many_connections_are_allowed_as_the_system_gives_files(
    monkeypatch: pytest.MonkeyPatch, allowed: tuple[int, int], most: int | None, taken: int
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: allowed)
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: asked.append(limits))
    assert connection.connections_allowed() == taken
    assert asked == ([] if most is None else [(most, allowed[1])])


def test_a_system_that_gives_fewer_files_than_it_says_is_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert connection.connections_allowed() == 192


def test_ten_thousand_idle_connections_hold_up_nobody() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # A system that gives a process fewer gets as many as it can open; the server has the same limit.
    count = min(10_000, hard - 200)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    opened: list[socket.socket] = []
    try:
        with serving("--seed", "empty", "--body-timeout", "120") as (process, printed):
            url = next(word for word in printed.split() if word.startswith("http://"))
            address = urlsplit(url)
            for number in range(count):
                wire = socket.socket()
                wire.connect((address.hostname, address.port))
                # Every other one has begun to say something.
                if number % 2:
                    wire.sendall(b"GET /api/v1/participants/ecf HTTP/1.1\r\nX-Begun: ")
                opened.append(wire)
                if number % 1000 == 0:
                    assert served(url)
            for _ in range(20):
                assert served(url)
            with selectors.DefaultSelector() as selector:
                for wire in opened:
                    selector.register(wire, selectors.EVENT_READ)
                closed = len(selector.select(timeout=0))
            assert closed == 0
            assert process.poll() is None
    finally:
        for wire in opened:
            wire.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
