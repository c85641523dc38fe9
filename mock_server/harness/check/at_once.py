"""Sends several requests at the same moment, and judges their answers together."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from ssl import SSLContext
from threading import Barrier
from time import sleep
from typing import Any

import httpx

from mock_server.harness.check.bench import JSON, Sender
from mock_server.harness.check.operations import required_query
from mock_server.harness.check.traffic import request_of, response_of
from mock_server.harness.exchange import Request, Response

AT_ONCE = 8
ROUNDS = 3

# Method, target and body of a request.
Sent = tuple[str, str, Any]
Exchange = tuple[Request, Response]


@cache
def _trusted() -> SSLContext:
    """Made once, because it takes longer than all the requests."""
    return httpx.create_ssl_context()


def request_for(own: Sender, operation_id: str, id: str = "", sent: Any = None) -> Sent:
    operation = own.traffic.check.operations[operation_id]
    needed, path = required_query(operation), operation.path.replace("{id}", id)
    return operation.method, f"{path}?{httpx.QueryParams(needed)}" if needed else path, sent


def together(own: Sender, requests: Sequence[Sent]) -> list[Exchange]:
    """Sends the requests at the same moment, each on a connection of its own. Returns the exchanges in their order."""
    barrier = Barrier(len(requests))
    headers = {"authorization": f"Bearer {own.token}", "content-type": JSON}

    def send(request: Sent) -> httpx.Response:
        method, target, sent = request
        # Open the connection first, so that nothing but the request itself is left to send.
        client.request(method, target, headers={**headers, "authorization": "Bearer nobody"}, json=sent)
        barrier.wait(timeout=60)
        return client.request(method, target, headers=headers, json=sent)

    base_url, timeout = own.http.base_url, own.http.timeout
    with (
        httpx.Client(base_url=base_url, timeout=timeout, verify=_trusted()) as client,
        ThreadPoolExecutor(len(requests)) as pool,
    ):
        answers = list(pool.map(send, requests))
    exchanges = [(request_of(answer.request), response_of(answer)) for answer in answers]
    for exchange in exchanges:
        own.seen(*exchange)
    return exchanges


def waits_as_told(own: Sender, operation_id: str) -> None:
    """Waits as long as Retry-After says, and sees that the server then serves. It allows one request in 3 seconds.

    Refused requests don't count, or a client that goes on asking would never be served again. The second refusal comes
    with 1.9 s to wait, so Retry-After is 2. A second less would be refused again, on a slow machine too.
    """
    own.send(operation_id)
    for pause in (0, 1.1):
        sleep(pause)
        own.send(operation_id)
        if own.answered.status == 200:
            # This machine was too slow, and the three seconds were over.
            return
        own.status(429, "one request in three seconds is allowed")
    seconds = int(own.answered.headers.get("retry-after", "2"))
    sleep(seconds)
    own.send(operation_id)
    own.status(200, f"rules 3: Retry-After said {seconds} seconds, and they are over")


def statuses_of(exchanges: Sequence[Exchange]) -> str:
    counts = Counter(response.status for _, response in exchanges)
    return ", ".join(f"{count} times {status}" for status, count in sorted(counts.items()))


def blame(own: Sender, exchanges: Sequence[Exchange], wrong: Callable[[Response], bool]) -> None:
    """Makes the first wrong exchange the one that a finding shows."""
    own.last = next((each for each in exchanges if wrong(each[1])), exchanges[-1])


def all_served(own: Sender, exchanges: Sequence[Exchange]) -> None:
    blame(own, exchanges, lambda response: response.status != 200)
    own.expect(
        all(response.status == 200 for _, response in exchanges),
        f"{len(exchanges)} requests at once are all answered with 200",
        statuses_of(exchanges),
    )


def one_accepted(own: Sender, exchanges: Sequence[Exchange], why: str) -> None:
    blame(own, exchanges, lambda response: response.status not in (200, 422))
    statuses = [response.status for _, response in exchanges]
    one = statuses.count(200) == 1 and statuses.count(422) == len(statuses) - 1
    own.expect(
        one, f"one of {len(statuses)} at once gets 200 and the others 422, because {why}", statuses_of(exchanges)
    )
