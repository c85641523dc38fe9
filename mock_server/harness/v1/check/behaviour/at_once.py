"""Several requests at the same time: each is answered as if it had come alone, and equal ones act once (rules 9)."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from ssl import SSLContext
from threading import Barrier
from time import sleep
from typing import Any

import httpx

from mock_server.control.models import RateLimit
from mock_server.harness.check.bench import JSON, OWN
from mock_server.harness.check.probes import probe
from mock_server.harness.check.traffic import request_of, response_of
from mock_server.harness.exchange import Request, Response
from mock_server.harness.v1.check.behaviour.actions import DEFER, RESUME, WITHDRAW, attributes_of
from mock_server.harness.v1.check.bench import Sender, World, body, declaration
from mock_server.harness.v1.check.oracle import ALONE, DECLARATIONS, LISTS, PARTICIPANTS, same_everywhere

_AT_ONCE = 8
_ROUNDS = 3

# Method, target and body of a request.
_Sent = tuple[str, str, Any]


@cache
def _trusted() -> SSLContext:
    """Made once, because it takes longer than all the requests."""
    return httpx.create_ssl_context()


def _together(own: Sender, requests: Sequence[_Sent]) -> list[tuple[Request, Response]]:
    """Sends the requests at the same moment, each on a connection of its own. Returns the exchanges in their order."""
    barrier = Barrier(len(requests))
    headers = {"authorization": f"Bearer {own.token}", "content-type": JSON}

    def send(request: _Sent) -> httpx.Response:
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


def _statuses(exchanges: Sequence[tuple[Request, Response]]) -> str:
    counts = Counter(response.status for _, response in exchanges)
    return ", ".join(f"{count} times {status}" for status, count in sorted(counts.items()))


def _blame(own: Sender, exchanges: Sequence[tuple[Request, Response]], wrong: Callable[[Response], bool]) -> None:
    """Makes the first wrong exchange the one that a finding shows."""
    own.last = next((each for each in exchanges if wrong(each[1])), exchanges[-1])


def _request(own: Sender, operation_id: str, id: str = "", sent: Any = None) -> _Sent:
    operation = own.traffic.check.operations[operation_id]
    return operation.method, operation.path.replace("{id}", id), sent


@probe("Eight reads at once are all served, each with its own record.", *PARTICIPANTS, *DECLARATIONS)
def reads(world: World, operation: str) -> None:
    own = world.own
    people = [world.ect() for _ in range(_AT_ONCE)]
    made = [own.declare(participant_id=id)["id"] for id in people]
    ids = made if operation in DECLARATIONS else people
    alone = {id: own.accepted(ALONE[operation], id).json for id in ids}
    whole = own.accepted(operation).json
    for _ in range(_ROUNDS):
        exchanges = _together(own, [_request(own, ALONE[operation], id) for id in ids])
        _all_served(own, exchanges)
        for id, exchange in zip(ids, exchanges, strict=True):
            own.last = exchange
            own.expect(exchange[1].json == alone[id], f"of {_AT_ONCE} reads at once, this gets {id}", "another answer")
        exchanges = _together(own, [_request(own, operation)] * _AT_ONCE)
        _all_served(own, exchanges)
        for exchange in exchanges:
            own.last = exchange
            own.expect(exchange[1].json == whole, f"{_AT_ONCE} lists at once are the same", "one differs")


def _all_served(own: Sender, exchanges: Sequence[tuple[Request, Response]]) -> None:
    _blame(own, exchanges, lambda response: response.status != 200)
    own.expect(
        all(response.status == 200 for _, response in exchanges),
        f"{len(exchanges)} requests at once are all answered with 200",
        _statuses(exchanges),
    )


@probe("Equal declarations at once make one, and each is answered with it.", "createParticipantDeclaration")
def equal_declarations(world: World, operation: str) -> None:
    own = world.own
    for _ in range(_ROUNDS):
        id = world.ect()
        exchanges = _together(own, [_request(own, operation, sent=declaration(participant_id=id))] * _AT_ONCE)
        _all_served(own, exchanges)
        found = {response.json["data"]["id"] for _, response in exchanges}
        own.expect(len(found) == 1, "a copy is answered with the record of the first (rules 9)", f"{len(found)} ids")
        _one_declaration(world, id)


@probe("Of declarations at once that differ in their date, one is recorded.", "createParticipantDeclaration")
def differing_declarations(world: World, operation: str) -> None:
    own = world.own
    for _ in range(_ROUNDS):
        id = world.ect()
        dates = [f"2021-11-20T09:00:0{second}Z" for second in range(_AT_ONCE)]
        bodies = [declaration(participant_id=id, declaration_date=date) for date in dates]
        exchanges = _together(own, [_request(own, operation, sent=sent) for sent in bodies])
        _one_accepted(own, exchanges, "there is one live declaration of a type (rules 6.2)")
        _one_declaration(world, id)


@probe(
    "A mock that refuses copies records one of equal declarations at once.",
    "createParticipantDeclaration",
    replay="refuse",
)
def refused_copies(world: World, operation: str) -> None:
    id = world.ect()
    exchanges = _together(world.own, [_request(world.own, operation, sent=declaration(participant_id=id))] * _AT_ONCE)
    _one_accepted(world.own, exchanges, "a copy is refused here (rules 9)")
    _one_declaration(world, id)


def _one_accepted(own: Sender, exchanges: Sequence[tuple[Request, Response]], why: str) -> None:
    _blame(own, exchanges, lambda response: response.status not in (200, 422))
    statuses = [response.status for _, response in exchanges]
    one = statuses.count(200) == 1 and statuses.count(422) == len(statuses) - 1
    own.expect(one, f"one of {len(statuses)} at once gets 200 and the others 422, because {why}", _statuses(exchanges))


def _one_declaration(world: World, id: str) -> None:
    own = world.own
    listed = own.records(DECLARATIONS[0], filter__participant_id=id)
    own.expect(len(listed) == 1, "after equal requests at once the list has one declaration", f"it has {len(listed)}")
    kept = [each.id for each in world.control.v1.declarations() if each.participant_id == id]
    own.expect(kept == [listed[0]["id"]], "and the control API reports the same one", f"it reports {kept}")


_SAVED = "After requests at once, every list, CSV and single GET shows the same."


@probe("Of equal reports at once, one is taken: the others come too late.", *DEFER, *RESUME, *WITHDRAW)
def equal_reports(world: World, operation: str) -> None:
    own, sent = world.own, body("x", **attributes_of(operation))
    id = world.ect(training_status="deferred" if operation in RESUME else "active")
    exchanges = _together(own, [_request(own, operation, id, sent)] * _AT_ONCE)
    _one_accepted(own, exchanges, "the report is taken once (rules 5.4)")
    same_everywhere(world, OWN, _SAVED, f"after {_AT_ONCE} times {operation} at once")


@probe("Of equal voids at once, one is taken.", "voidParticipantDeclaration")
def equal_voids(world: World, operation: str) -> None:
    own = world.own
    made = own.declare(participant_id=world.ect())["id"]
    exchanges = _together(own, [_request(own, operation, made)] * _AT_ONCE)
    _one_accepted(own, exchanges, "a voided declaration can't be voided (rules 6.4)")
    same_everywhere(world, OWN, _SAVED, f"after {_AT_ONCE} voids at once")


@probe("Reports, declarations and reads of different people at once are all served, and all are saved.", *LISTS[:1])
def mixed(world: World, operation: str) -> None:
    own = world.own
    sorts = (
        lambda id: _request(own, "deferEcfParticipant", id, body("x", **attributes_of("deferEcfParticipant"))),
        lambda id: _request(
            own, "changeParticipantSchedule", id, body("x", **attributes_of("changeParticipantSchedule"))
        ),
        lambda id: _request(own, "createParticipantDeclaration", sent=declaration(participant_id=id)),
        lambda id: _request(own, operation),
    )
    for _ in range(_ROUNDS):
        people = [world.ect() for _ in range(_AT_ONCE)]
        _all_served(own, _together(own, [sorts[number % len(sorts)](id) for number, id in enumerate(people)]))
    same_everywhere(world, OWN, _SAVED, f"after {_AT_ONCE} mixed requests at once", alone=False)
    changed = Counter(record["attributes"]["training_status"] for record in own.records(operation))
    wanted = _ROUNDS * _AT_ONCE // len(sorts)
    own.expect(changed["deferred"] == wanted, f"{wanted} participants are deferred", f"{changed['deferred']} are")


@probe(
    "Each token has a rate limit of its own, also while others use theirs.", *PARTICIPANTS, rate_limit=RateLimit(2, 60)
)
def limits_are_apart(world: World, operation: str) -> None:
    """The tokens take turns, so a limit that they share is used up before either has had its own."""
    for turn in range(2):
        for sender in (world.own, world.other):
            sender.send(operation)
            sender.status(200, f"two requests in 60 seconds are allowed to each token, and this is number {turn + 1}")


@probe(
    "Who waits as long as Retry-After says is served, however often the server refused.",
    "listEcfParticipants",
    rate_limit=RateLimit(1, 3),
)
def waiting_helps(world: World, operation: str) -> None:
    """Refused requests don't count, or a client that goes on asking would never be served again."""
    own = world.own
    own.send(operation)
    for pause in (0, 1.95):
        sleep(pause)
        own.send(operation)
        if own.answered.status == 200:
            # This machine was too slow, and the three seconds were over.
            return
        own.status(429, "one request in three seconds is allowed")
    seconds = int(own.answered.headers.get("retry-after", "2"))
    sleep(seconds)
    own.send(operation)
    own.status(200, f"rules 3: Retry-After said {seconds} seconds, and they are over")


PROBES = (
    reads,
    equal_declarations,
    differing_declarations,
    refused_copies,
    equal_reports,
    equal_voids,
    mixed,
    limits_are_apart,
    waiting_helps,
)
