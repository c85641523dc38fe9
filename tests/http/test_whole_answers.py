"""An answer goes out in one piece where that changes nothing: what comes is what uvicorn would have sent."""

import re
import socket
from collections.abc import Callable, Iterator
from threading import Lock
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import httpx
import pytest

from mock_server.http import connection
from mock_server.own_server import own_server
from mock_server.settings import Settings

LIST = "/api/v1/participants/ecf"
GRANTED = "Authorization: Bearer alder-token\r\n"
FAULTS = "/_mock/sandboxes/default/faults"
CLOSE = "Connection: close\r\n"

# Of each answer so far, whether it went out in one piece.
Pieces = Callable[[], list[bool]]


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with own_server(Settings.model_construct(rate_limit=None)) as url:
        yield url


@pytest.fixture
def pieces(monkeypatch: pytest.MonkeyPatch) -> Pieces:
    """Of each answer, whether it went out in one piece."""
    sent: list[bool] = []
    # The server has a thread of its own. A client may have the answer before the server has noted how it went.
    noting = Lock()
    whole = connection._Connection._send_whole

    def noted(self: connection._Connection, *answer: Any) -> bool:
        # Where a line a request is logged, uvicorn sends; pytest listens to that log, and no served mock does.
        self.cycle.access_log = False
        with noting:
            sent.append(whole(self, *answer))
            return sent[-1]

    def so_far() -> list[bool]:
        with noting:
            return list(sent)

    monkeypatch.setattr(connection._Connection, "_send_whole", noted)
    return so_far


def exchange(base_url: str, *sent: str, answers: int = 1) -> bytes:
    """What comes for `sent`, so many answers for each, before the next is sent; without its dates."""
    address = urlsplit(base_url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as wire, wire.makefile("rb") as reader:
        received = b""
        for each in sent:
            wire.sendall(each.encode())
            for _ in range(answers):
                received += answer(reader, with_body=not each.startswith("HEAD"))
        if CLOSE in sent[-1]:
            received += reader.read()
    return re.sub(rb"date: [^\r]+", b"date: now", received)


def answer(reader: BinaryIO, with_body: bool = True) -> bytes:
    """One whole answer, and a 100 before it."""
    head = b"".join(iter(reader.readline, b"\r\n")) + b"\r\n"
    if head.startswith(b"HTTP/1.1 100 "):
        return head + answer(reader)
    length = re.search(rb"content-length: (\d+)", head)
    return head + (reader.read(int(length[1])) if length and with_body else b"")


def request(method: str = "GET", path: str = LIST, headers: str = GRANTED, version: str = "1.1") -> str:
    return f"{method} {path} HTTP/{version}\r\nHost: 127.0.0.1\r\n{headers}\r\n"


NOTHING = request(path="/api/v1/nothing")


@pytest.mark.parametrize(
    ("sent", "whole"),
    [
        (request(), True),
        (request(headers=""), True),
        # An empty body, with and without a length.
        (request(headers="Authorization: Bearer dogwood-token\r\n"), True),
        (request("DELETE", FAULTS), True),
        (request("PUT", f"{LIST}/x/defer", GRANTED + "Content-Length: 0\r\n"), True),
        # Headers of its own, and something before it.
        (request("DELETE"), True),
        (request("PUT", f"{LIST}/x/defer", GRANTED + "Expect: 100-continue\r\nContent-Length: 2\r\n") + "{}", True),
        # Bodies that uvicorn leaves out, connections that end, and what HTTP/1.0 doesn't know.
        (request("HEAD"), False),
        (request(headers=GRANTED + CLOSE), False),
        (request(version="1.0"), False),
    ],
)
def test_what_comes_is_what_uvicorn_sends(
    base_url: str, sent: str, whole: bool, pieces: Pieces, monkeypatch: pytest.MonkeyPatch
) -> None:
    after = [] if CLOSE in sent or "HTTP/1.0" in sent else [NOTHING]
    received = exchange(base_url, sent, *after)
    assert pieces() == [whole, *(True for _ in after)]
    monkeypatch.setattr(connection._Connection, "_send_whole", lambda *_: False)
    assert received == exchange(base_url, sent, *after)
    assert received.startswith(b"HTTP/1.1 ")


def test_of_requests_that_come_at_once_each_gets_its_own_answer(
    base_url: str, pieces: Pieces, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = request() + NOTHING + request("PUT", LIST)
    received = exchange(base_url, sent, answers=3)
    # The connection knows the latest best, and leaves the others to uvicorn.
    assert pieces() == [False, False, True]
    monkeypatch.setattr(connection._Connection, "_send_whole", lambda *_: False)
    assert received == exchange(base_url, sent, answers=3)
    assert re.findall(rb"HTTP/1.1 (\d+)", received) == [b"200", b"404", b"405"]


@pytest.mark.parametrize(
    ("headers", "whole"),
    [
        ({"X-Plain": "yes"}, True),
        ({"Connection": "close"}, False),
        ({"Connection": "keep-alive"}, False),
    ],
)
def test_a_fault_s_headers_are_sent_as_uvicorn_sends_them(
    base_url: str,
    headers: dict[str, str],
    whole: bool,
    pieces: Pieces,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fault = {"match": {"path": LIST}, "respond": {"status": 503, "headers": headers, "body": {"why": "none"}}}
    httpx.put(base_url + FAULTS, json={"faults": [fault]}).raise_for_status()
    before = pieces()
    received = exchange(base_url, request())
    assert pieces() == [*before, whole]
    assert b" 503 " in received
    monkeypatch.setattr(connection._Connection, "_send_whole", lambda *_: False)
    assert received == exchange(base_url, request())
    httpx.delete(base_url + FAULTS).raise_for_status()
