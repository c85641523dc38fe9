"""Promises about every request, which the services share: the token, the method, the limits, and the body's form.

A service says in `Manners` what differs. Each function makes one probe of it.
"""

import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any, Final
from urllib.parse import urlsplit

from mock_server.control.models import RateLimit
from mock_server.harness.check.bench import JSON, Bench, Sender
from mock_server.harness.check.operations import Operations
from mock_server.harness.check.probes import Probe, probe
from mock_server.harness.exchange import Request, Response

UNKNOWN_ID: Final = "00000000-0000-4000-8000-000000000000"

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SECONDS = 30
# Larger than the limit of any server that keeps the contract's 1 MiB.
_TOO_LARGE = 1024 * 1024 + 1
# What a request may say it carries without carrying JSON.
_REFUSED_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin-1",
    "application/json; charset=no-such",
    "json",
    "*/*",
    ";",
)

# Bodies that are no JSON object with a filled `data` object.
ODD_BODIES: Final = (
    b"",
    b"   ",
    b"{",
    b"[]",
    b"null",
    b'"data"',
    b"{}",
    b'{"data": null}',
    b'{"data": []}',
    b'{"data": {}}',
    b'{"data": "x"}',
    b"\xef\xbb\xbf{}",
    b'{"data": {"type": "\xff"}}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"data": NaN}',
)


@dataclass(frozen=True, slots=True)
class Manners:
    """How requests to one service look."""

    operations: Operations
    # The lists, and what HEAD is tried on.
    lists: tuple[str, ...]
    heads: tuple[str, ...]
    # Paths below and outside the prefix that the service doesn't have.
    unknown_paths: tuple[str, ...]
    # A body that the server can read, whatever its rules say then.
    readable: Callable[[str], bytes]
    # The types under which it is read.
    media_types: tuple[str, ...]
    # The whole header `Content-Type` of JSON answers, and the body for a path that doesn't exist.
    json: str
    no_such_path: dict[str, str]
    # An operation that reads one record, and one whose readable body rules refuse, whatever id is in the path.
    single: str
    refusing: str
    # A rule that refuses a readable body, by the operation.
    refused_by: Callable[[str], str]
    # The bodies that the server can't read.
    odd_bodies: tuple[bytes, ...] = ODD_BODIES
    # The id of a record for an operation. With a readable body, rules refuse a request about it: 422.
    record_of: Callable[[Any, str], str] = lambda bench, operation: UNKNOWN_ID


def tokens_are_checked(manners: Manners) -> Probe:
    @probe(
        "Without a token that somebody has, every operation answers 401.",
        *manners.operations.with_status("401"),
        portable=True,
    )
    def run(bench: Bench, operation: str) -> None:
        method, target = manners.operations.request_line(operation, UNKNOWN_ID)
        for token in ("", "Bearer nobody-has-this-token", f"Basic {bench.own.token}", "Bearer", "Token nobody"):
            bench.own.raw(method, target, token=token, headers={"content-type": JSON}, content=b"{}")
            bench.own.status(401, f"the header Authorization is {token.split(' ')[0] or 'missing'}")
            asked_for = bench.own.answered.headers.get("www-authenticate", "")
            wanted = 'Token realm="Application"'
            bench.own.expect(asked_for == wanted, f"WWW-Authenticate is {wanted}", f"it is {asked_for!r}")

    return run


def both_schemes(manners: Manners) -> Probe:
    @probe("The scheme Token is accepted like Bearer.", *manners.lists, portable=True)
    def run(bench: Bench, operation: str) -> None:
        for scheme in ("Bearer", "bearer", "Token", "token"):
            bench.own.raw(*manners.operations.request_line(operation, ""), token=f"{scheme} {bench.own.token}")
            bench.own.status(200, f"the scheme is {scheme}")

    return run


def heads(manners: Manners) -> Probe:
    @probe("HEAD answers like GET, without a body.", *manners.heads, portable=True)
    def run(bench: Bench, operation: str) -> None:
        target = manners.operations.request_line(operation, "")[1]
        get, head = bench.own.raw("GET", target), bench.own.raw("HEAD", target)
        bench.own.expect(head.status == get.status, f"the status is {get.status}", f"it is {head.status}")
        bench.own.expect(head.content == "", "there is no body", "there is one")
        came = head.headers.get("content-type")
        bench.own.expect(came == get.headers.get("content-type"), "the content type is that of GET", f"it is {came}")

    return run


def methods_are_checked(manners: Manners) -> Probe:
    @probe(
        "A method that the path doesn't have gets 405 with a complete Allow.",
        *manners.operations.with_status("405"),
        portable=True,
    )
    def run(bench: Bench, operation: str) -> None:
        target = manners.operations.request_line(operation, UNKNOWN_ID)[1]
        served = manners.operations.check.routes.methods(target.partition("?")[0])
        for method in sorted(set(_METHODS) - set(served)):
            bench.own.raw(method, target)
            bench.own.status(405, f"the path has no {method}")

    return run


def unknown_paths(manners: Manners) -> Probe:
    @probe("An unknown path gets 404.", portable=True)
    def run(bench: Bench, operation: str) -> None:
        for path in manners.unknown_paths:
            bench.own.raw("GET", path)
            bench.own.status(404, "there is no such path")

    return run


def rate_limit(manners: Manners) -> Probe:
    @probe(
        "Who uses up the rate limit gets 429 and Retry-After.",
        *manners.operations.with_status("429"),
        rate_limit=RateLimit(1, 60),
    )
    def run(bench: Bench, operation: str) -> None:
        method, target = manners.operations.request_line(operation, UNKNOWN_ID)
        bench.own.raw(method, target)
        response = bench.own.raw(method, target)
        bench.own.status(429, "one request in 60 seconds was allowed")
        seconds = int(response.headers.get("retry-after", "0"))
        bench.own.expect(1 <= seconds <= 60, "Retry-After is from 1 to 60 seconds", f"it is {seconds}")

    return run


def rate_limit_is_exact(manners: Manners) -> Probe:
    @probe("A request at or below the rate limit is served.", manners.lists[0], rate_limit=RateLimit(3, 60))
    def run(bench: Bench, operation: str) -> None:
        for wanted in (200, 200, 200, 429):
            bench.own.send(operation)
            bench.own.status(wanted, "three requests in 60 seconds are allowed")
        bench.other.send(operation)
        bench.other.status(200, "another token has a limit of its own")

    return run


def bodies_are_limited(manners: Manners) -> Probe:
    @probe("A body over the limit gets 413, before it is read.", *manners.operations.with_status("413"))
    def run(bench: Bench, operation: str) -> None:
        bench.own.seen(*_unfinished(manners, bench.own, operation, announced=_TOO_LARGE))
        bench.own.status(413, "more than 1 MiB is announced")

    return run


def bodies_must_arrive(manners: Manners) -> Probe:
    @probe("A body that doesn't arrive gets 408.")
    def run(bench: Bench, operation: str) -> None:
        # Send them at the same time: each takes as long as the server waits for a body.
        operations = manners.operations.with_status("408")
        with ThreadPoolExecutor(len(operations)) as pool:
            for request, response in pool.map(
                lambda each: _unfinished(manners, bench.own, each, announced=100), operations
            ):
                bench.own.seen(request, response)
                bench.own.status(408, "the body doesn't arrive")

    return run


def _unfinished(manners: Manners, sender: Sender, operation: str, announced: int) -> tuple[Request, Response]:
    """Announces a body of `announced` bytes, never sends it, and returns the answer."""
    method, path = manners.operations.request_line(operation, UNKNOWN_ID)
    address = urlsplit(str(sender.http.base_url))
    headers = {
        "host": address.netloc,
        "authorization": f"Bearer {sender.token}",
        "content-type": JSON,
        "content-length": str(announced),
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection((address.hostname or "", address.port or 80), timeout=_SECONDS) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = HTTPResponse(connection, method=method)
        answer.begin()
        received = {name.lower(): value for name, value in answer.getheaders()}
        return Request(method, path, (), headers, None), Response(answer.status, received, answer.read().decode())


def odd_bodies(manners: Manners) -> Probe:
    @probe(
        "A body that is no JSON object with a filled `data` object gets 400.",
        *manners.operations.with_body(),
        portable=True,
    )
    def run(bench: Bench, operation: str) -> None:
        id = manners.record_of(bench, operation)
        for content in manners.odd_bodies:
            bench.own.send(operation, id, content=content, headers={"content-type": JSON})
            bench.own.status(400, "the body has no filled `data` object")

    return run


def content_types(manners: Manners) -> Probe:
    @probe("Only JSON counts as a body, under the documented content types.", *manners.operations.with_body())
    def run(bench: Bench, operation: str) -> None:
        id, content = manners.record_of(bench, operation), manners.readable(operation)
        for content_type in _REFUSED_TYPES:
            bench.own.send(operation, id, content=content, headers={"content-type": content_type})
            bench.own.status(400, f"the content type is {content_type}")
        bench.own.send(operation, id, content=content)
        bench.own.status(400, "there is no content type")
        for content_type in manners.media_types:
            bench.own.send(operation, id, content=content, headers={"content-type": content_type})
            bench.own.refused_among(manners.refused_by(operation), f"the content type is {content_type}")

    return run


def server_dates_are_checked(manners: Manners, odd: tuple[str, ...]) -> Probe:
    @probe(
        "An unreadable X-With-Server-Date gets 400 from every operation.",
        *manners.operations.with_status("400"),
        portable=True,
    )
    def run(bench: Bench, operation: str) -> None:
        method, target = manners.operations.request_line(operation, UNKNOWN_ID)
        for date in odd:
            headers = {"x-with-server-date": date, "content-type": JSON}
            bench.own.raw(method, target, headers=headers, content=manners.readable(operation))
            bench.own.status(400, f"X-With-Server-Date is {date!r}")

    return run


def ask(manners: Manners, sender: Sender, operation: str, queries: Iterable[str], status: int, why: str) -> None:
    """Sends each query to a list. The server must answer with `status`."""
    method, target = manners.operations.request_line(operation, "")
    joint = "&" if "?" in target else "?"
    for query in queries:
        sender.raw(method, f"{target}{joint}{query}")
        sender.status(status, f"{why}: {query}")
