"""What only a real connection shows: sizes, slowness, broken bytes, and many clients at once."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from mock_server.app import Application, build_app
from mock_server.settings import Settings
from mock_server.v1.service import V1
from tests.live import listening

DECLARATIONS = "/api/v1/participant-declarations"
PARTICIPANTS = "/api/v1/participants/ecf"
HEAD = (
    f"POST {DECLARATIONS} HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer alder-token\r\n"
    "Content-Type: application/json\r\n"
).encode()


@pytest.fixture(scope="module")
def application() -> Application:
    return build_app(Settings(rate_limit=None, body_timeout=0.4))


@pytest.fixture(scope="module")
def base_url(application: Application) -> Iterator[str]:
    with listening(application) as url:
        yield url


class Wire:
    """One connection, byte by byte."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        self.socket = socket.create_connection((address.hostname, address.port), timeout=5)

    def send(self, *parts: bytes) -> None:
        self.socket.sendall(b"".join(parts))

    def answer(self) -> tuple[int, bytes]:
        """Status and all that follows, as far as it has come when the body is complete or the line ends."""
        received = b""
        while True:
            part = self.socket.recv(65_536)
            received += part
            head, _, body = received.partition(b"\r\n\r\n")
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                ),
                None,
            )
            if not part or (length is not None and len(body) >= length):
                return int(received.split(b" ")[1]), received

    def ended(self) -> bool:
        return self.socket.recv(65_536) == b""


@pytest.fixture
def wire(base_url: str) -> Iterator[Wire]:
    connection = Wire(base_url)
    yield connection
    connection.socket.close()


def healthy(base_url: str) -> bool:
    return httpx.get(f"{base_url}/_mock/health").status_code == 200


def count(application: Application) -> int:
    sandbox = application.registry.get("default")
    assert sandbox is not None
    return len(sandbox.world(V1).declarations)


def test_a_gigabyte_announced_is_refused_before_it_is_sent(wire: Wire, base_url: str) -> None:
    wire.send(HEAD, b"Content-Length: 1073741824\r\nExpect: 100-continue\r\n\r\n")
    status, answer = wire.answer()
    assert status == 413
    assert answer.endswith(b'{"error": "Payload too large"}')
    assert b"100 Continue" not in answer
    assert healthy(base_url)


def test_a_chunked_body_over_the_limit_is_refused_while_it_is_sent(wire: Wire, base_url: str) -> None:
    wire.send(HEAD, b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    for _ in range(17):
        wire.send(chunk)
    assert wire.answer()[0] == 413
    assert healthy(base_url)


def test_a_chunked_body_is_read_like_any_other(wire: Wire) -> None:
    wire.send(HEAD, b"Transfer-Encoding: chunked\r\n\r\n", b"9\r\n", b'{"data": ', b"\r\n")
    sleep(0.05)
    wire.send(b"d\r\n", b'{"type": "x"}', b"\r\n", b"1\r\n}\r\n0\r\n\r\n")
    status, answer = wire.answer()
    assert status == 422
    assert b"declaration_date" in answer


@pytest.mark.parametrize("sent", [b"", b'{"data"'])
def test_a_body_that_stops_half_way_is_timed_out_and_the_connection_ends(
    wire: Wire, application: Application, sent: bytes
) -> None:
    before, began = count(application), monotonic()
    wire.send(HEAD, b"Content-Length: 100\r\n\r\n", sent)
    status, answer = wire.answer()
    assert status == 408
    assert answer.endswith(b'{"error": "Request timeout"}')
    assert monotonic() - began > 0.3
    assert wire.ended()
    assert count(application) == before


def test_a_client_that_hangs_up_half_way_changes_nothing(base_url: str, application: Application) -> None:
    before = count(application)
    for sent in (b"", b'{"data": {"type": "participant-declaration"'):
        connection = Wire(base_url)
        connection.send(HEAD, b"Content-Length: 100\r\n\r\n", sent)
        connection.socket.close()
    sleep(0.1)
    assert count(application) == before
    assert healthy(base_url)


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /api/v1/participants/ecf/\xff\xfe HTTP/1.1",
        b"GET /api/v1/participants/ecf/\x00 HTTP/1.1",
        b"GET /api/v1/participants/ecf/%00%FF HTTP/1.1",
        b"GET /api/v1/participants/ecf/%0A HTTP/1.1",
        b"GET /api/v1/participants/ecf?filter[cohort]=\xff HTTP/1.1",
        b"GET /api/v1/participants/ecf?filter[cohort]=%FF%00 HTTP/1.1",
        b"GET /api/v1/participants/ecf?filter[cohort][]=x HTTP/1.1",
        b"GET /api/v1/participants/ecf?page[page]=1_0 HTTP/1.1",
        b"GET /api/v1/participants/ecf#x HTTP/1.1",
        b"GET http://mock/api/v1/participants/ecf HTTP/1.1",
        b"GET * HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"GET api HTTP/1.1",
        b"GET //api/v1/participants/ecf HTTP/1.1",
        b"CONNECT mock:80 HTTP/1.1",
        b"BREW /api/v1/participants/ecf HTTP/1.1",
        b"get /api/v1/participants/ecf HTTP/1.1",
        b"GET /api/v1/participants/ecf HTTP/9.9",
        b"GET /" + b"x" * 40_000 + b" HTTP/1.1",
        b"\x16\x03\x01\x02\x00",
    ],
    ids=repr,
)
def test_no_request_line_makes_a_5xx(wire: Wire, base_url: str, request_line: bytes) -> None:
    wire.send(request_line, b"\r\nHost: mock\r\nAuthorization: Bearer alder-token\r\nConnection: close\r\n\r\n")
    assert 200 <= wire.answer()[0] < 500
    assert healthy(base_url)


@pytest.mark.parametrize(
    "header",
    [
        b"Authorization: Bearer \xff\xfe",
        b"Content-Type: application/json; charset=latin-1",
        b"Content-Type: Application/JSON",
        b"Content-Type: \xff",
        b"Content-Length: -1",
        b"Content-Length: abc",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: " + b"9" * 30,
        b"Transfer-Encoding: gzip",
        b"Transfer-Encoding: chunked\r\nContent-Length: 2",
        b"X-With-Server-Date: \xff\xfe",
        b"X: \x00",
        b"X\x00: y",
        b": y",
        b"Upgrade: websocket\r\nConnection: Upgrade",
        b"Upgrade: h2c\r\nConnection: Upgrade",
    ],
    ids=repr,
)
@pytest.mark.parametrize("method", [b"GET", b"POST"])
def test_no_header_makes_a_5xx(wire: Wire, base_url: str, method: bytes, header: bytes) -> None:
    line = method + b" " + DECLARATIONS.encode() + b" HTTP/1.1\r\nHost: mock\r\n"
    wire.send(line, b"Authorization: Bearer alder-token\r\n", header, b"\r\n\r\n{}")
    wire.socket.shutdown(socket.SHUT_WR)
    received = b""
    while part := wire.socket.recv(65_536):
        received += part
    # A server may hang up on bytes that are no HTTP; it never answers them with a 5xx.
    assert not received or 200 <= int(received.split(b" ")[1]) < 500
    assert healthy(base_url)


def test_a_head_request_has_no_body_on_the_wire(wire: Wire) -> None:
    wire.send(f"HEAD {DECLARATIONS} HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n\r\n".encode())
    status, answer = wire.answer()
    assert status == 401
    assert answer.lower().count(b'www-authenticate: token realm="application"') == 1
    assert answer.lower().count(b"content-length: 38") == 1
    assert answer.endswith(b"\r\n\r\n")


def test_a_hundred_identical_declarations_at_once_make_exactly_one(base_url: str, application: Application) -> None:
    sandbox = application.registry.get("default")
    assert sandbox is not None
    with httpx.Client(base_url=base_url, headers={"Authorization": "Bearer alder-token"}) as client:
        control = "/_mock/sandboxes/default"
        added: dict[str, Any] = client.post(
            f"{control}/v1/participants", json={"provider": "alder", "participant_type": "ect", "cohort": "2021"}
        ).json()
        attributes = {
            "participant_id": added["id"],
            "declaration_type": "started",
            "declaration_date": "2021-11-20T09:00:00Z",
            "course_identifier": "ecf-induction",
        }
        body = json.dumps({"data": {"type": "participant-declaration", "attributes": attributes}})
        before = count(application)

        def declare(_: int) -> httpx.Response:
            return client.post(DECLARATIONS, content=body, headers={"Content-Type": "application/json"})

        with ThreadPoolExecutor(20) as pool:
            replies = list(pool.map(declare, range(100)))
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.content for reply in replies}) == 1
    assert count(application) == before + 1
