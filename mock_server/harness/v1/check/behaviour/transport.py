"""Promises about every request: the token, the method, the limits, and unusual input (rules 3, 4)."""

import socket
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPResponse
from urllib.parse import urlsplit

from mock_server.control.models import RateLimit
from mock_server.harness.check.bench import JSON
from mock_server.harness.check.probes import Values, probe
from mock_server.harness.exchange import Request, Response
from mock_server.harness.v1.check.bench import Sender, World, body
from mock_server.harness.v1.check.contract import CHECK, method_and_path, with_body, with_status

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
LISTS = ("listEcfParticipants", "listParticipants", "listParticipantDeclarations")
CSV_LISTS = ("listEcfParticipantsCsv", "listParticipantsCsv", "listParticipantDeclarationsCsv")

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SECONDS = 30
# Larger than the limit of any server that keeps the contract's 1 MiB.
_TOO_LARGE = 1024 * 1024 + 1


@probe("Without a token that somebody has, every operation answers 401.", *with_status("401"), portable=True)
def tokens_are_checked(world: World, operation: str) -> None:
    method, path = method_and_path(operation, UNKNOWN_ID)
    for token in ("", "Bearer nobody-has-this-token", f"Basic {world.own.token}", "Bearer", "Token nobody"):
        world.own.raw(method, path, token=token, headers={"content-type": JSON}, content=b"{}")
        world.own.status(401, f"the header Authorization is {token.split(' ')[0] or 'missing'}")
        asked_for = world.own.answered.headers.get("www-authenticate", "")
        wanted = 'Token realm="Application"'
        world.own.expect(asked_for == wanted, f"WWW-Authenticate is {wanted}", f"it is {asked_for!r}")


@probe("The scheme Token is accepted like Bearer.", *LISTS, portable=True)
def both_schemes(world: World, operation: str) -> None:
    for scheme in ("Bearer", "bearer", "Token", "token"):
        world.own.raw(*method_and_path(operation, ""), token=f"{scheme} {world.own.token}")
        world.own.status(200, f"the scheme is {scheme}")


@probe("HEAD answers like GET, without a body.", *LISTS, *CSV_LISTS, portable=True)
def heads(world: World, operation: str) -> None:
    path = method_and_path(operation, "")[1]
    get, head = world.own.raw("GET", path), world.own.raw("HEAD", path)
    world.own.expect(head.status == get.status, f"the status is {get.status}", f"it is {head.status}")
    world.own.expect(head.content == "", "there is no body", "there is one")
    came = head.headers.get("content-type")
    world.own.expect(came == get.headers.get("content-type"), "the content type is that of GET", f"it is {came}")


@probe("A token whose provider has no ECF contract gets 403 on participants.", *with_status("403"), seed="guide")
def contracts_are_checked(world: World, operation: str) -> None:
    known = world.own.records("listEcfParticipants")[0]["id"]
    method, path = method_and_path(operation, known)
    assert world.stranger is not None  # noqa: S101
    world.stranger.raw(method, path, headers={"content-type": JSON}, content=b'{"data":{"type":"x"}}')
    world.stranger.status(403, "the provider has no ECF contract")


@probe("Declarations need no ECF contract: such a provider just owns none.", "listParticipantDeclarations")
def declarations_need_no_contract(world: World, operation: str) -> None:
    assert world.stranger is not None  # noqa: S101
    found = world.stranger.records(operation)
    world.stranger.expect(found == [], "the list is empty", f"it has {len(found)} records")


@probe("A method that the path doesn't have gets 405 with a complete Allow.", *with_status("405"), portable=True)
def methods_are_checked(world: World, operation: str) -> None:
    path = method_and_path(operation, UNKNOWN_ID)[1]
    for method in set(_METHODS) - set(CHECK.routes.methods(path)):
        world.own.raw(method, path)
        world.own.status(405, f"the path has no {method}")


@probe("An unknown path gets 404.", portable=True)
def unknown_paths(world: World, operation: str) -> None:
    for path in ("/api/v1/nothing", "/api/v1/participants/ecf/", f"/api/v1/participants/ecf/{UNKNOWN_ID}/promote"):
        world.own.raw("GET", path)
        world.own.status(404, "there is no such path")


@probe("Unknown ids get 404 where a record is read or voided.", *with_status("404"), portable=True)
def unknown_ids(world: World, operation: str) -> None:
    for id in (UNKNOWN_ID, "abc", "0", "%00", "ÄÖ", "a" * 3000):
        world.own.send(operation, id)
        world.own.status(404, "the id is unknown")


@probe("Who uses up the rate limit gets 429 and Retry-After.", *with_status("429"), rate_limit=RateLimit(1, 60))
def rate_limit(world: World, operation: str) -> None:
    method, path = method_and_path(operation, UNKNOWN_ID)
    world.own.raw(method, path)
    response = world.own.raw(method, path)
    world.own.status(429, "one request in 60 seconds was allowed")
    seconds = int(response.headers.get("retry-after", "0"))
    world.own.expect(1 <= seconds <= 60, "Retry-After is from 1 to 60 seconds", f"it is {seconds}")


@probe("A request at or below the rate limit is served.", "listEcfParticipants", rate_limit=RateLimit(3, 60))
def rate_limit_is_exact(world: World, operation: str) -> None:
    for wanted in (200, 200, 200, 429):
        world.own.send(operation)
        world.own.status(wanted, "three requests in 60 seconds are allowed")
    world.other.send(operation)
    world.other.status(200, "another token has a limit of its own")


@probe("A body over the limit gets 413, before it is read.", *with_status("413"))
def bodies_are_limited(world: World, operation: str) -> None:
    world.own.seen(*_unfinished(world.own, operation, announced=_TOO_LARGE))
    world.own.status(413, "more than 1 MiB is announced")


@probe("A body that doesn't arrive gets 408.")
def bodies_must_arrive(world: World, operation: str) -> None:
    # Send them at the same time: each takes as long as the server waits for a body.
    operations = with_status("408")
    with ThreadPoolExecutor(len(operations)) as pool:
        for request, response in pool.map(lambda each: _unfinished(world.own, each, announced=100), operations):
            world.own.seen(request, response)
            world.own.status(408, "the body doesn't arrive")


def _unfinished(sender: Sender, operation: str, announced: int) -> tuple[Request, Response]:
    """Announces a body of `announced` bytes, never sends it, and returns the answer."""
    method, path = method_and_path(operation, UNKNOWN_ID)
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


_ODD_BODIES = (
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


@probe("A body that is no JSON object with a filled `data` object gets 400.", *with_body(), portable=True)
def odd_bodies(world: World, operation: str) -> None:
    for content in _ODD_BODIES:
        world.own.send(operation, UNKNOWN_ID, content=content, headers={"content-type": JSON})
        world.own.status(400, "the body has no filled `data` object")


_REFUSED_TYPES = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin-1",
    "application/json; charset=no-such",
    "json",
    "*/*",
    ";",
)
_ACCEPTED_TYPES = (
    "application/json",
    "application/vnd.api+json",
    "Application/JSON",
    "application/json; charset=utf-8",
    "text/x-json",
)


@probe("Only JSON counts as a body, under one of its three content types.", *with_body(), portable=True)
def content_types(world: World, operation: str) -> None:
    content = b'{"data": {"attributes": {}}}'
    for content_type in _REFUSED_TYPES:
        world.own.send(operation, UNKNOWN_ID, content=content, headers={"content-type": content_type})
        world.own.status(400, f"the content type is {content_type}")
    world.own.send(operation, UNKNOWN_ID, content=content)
    world.own.status(400, "there is no content type")
    for content_type in _ACCEPTED_TYPES:
        world.own.send(operation, UNKNOWN_ID, content=content, headers={"content-type": content_type})
        world.own.status(422, f"the content type is {content_type}, and rules refuse the empty attributes")


_ODD_VALUES: Values = ("", " ", "\x00", "x" * 5000, 0, -1, 1e308, True, False, None, [], {}, [[]], {"a": 1}, "\ud800")
_ATTRIBUTES = (
    "participant_id",
    "course_identifier",
    "reason",
    "schedule_identifier",
    "cohort",
    "declaration_type",
    "declaration_date",
    "evidence_held",
)


@probe("Odd values of attributes are refused by rules, and break nothing.", *with_body(), portable=True)
def odd_attributes(world: World, operation: str) -> None:
    for odd in _ODD_VALUES:
        # UTF-8 can't encode a lone surrogate, and its JSON escape isn't valid Unicode.
        wanted = 400 if odd == "\ud800" else 422
        world.own.send(operation, UNKNOWN_ID, body=body("x", **dict.fromkeys(_ATTRIBUTES, odd)))
        world.own.status(wanted, f"every attribute is {odd!r:.20}")


_ODD_QUERIES = (
    "filter=abc",
    "filter=",
    "page=2",
    "page=",
    "page[page]=",
    "page[per_page]=%20",
    "page[page]=0",
    "page[page]=-1",
    "page[page]=%2B1",
    "page[page]=1_0",
    "page[page]=10abc",
    "page[page]=1.0",
    "page[page]=%D9%A1",
    "page[per_page]=0",
    "page[per_page]=many",
    "filter[updated_since]=yesterday",
    "filter[updated_since]=2021-13-01",
    "filter[updated_since]=2021-02-30T00:00:00Z",
    "filter[updated_since]=2021-01-01T00:00Z",
    "filter[updated_since]=2021-01-01T00:00:00+01:00",
)
_FORGIVEN_QUERIES = (
    "filter[cohort]=",
    "filter[updated_since]=",
    "filter[unknown]=1",
    "unknown=1",
    "page[per_page]=99999999999999999999",
    "page[page]=99999999999999999999",
    "filter[updated_since]=2021-01-01",
    "filter[updated_since]=2021-01-01T00:00:00",
    "filter[updated_since]=1980-01-01T00%253A00%253A00%252B01%253A00",
)


@probe("A query that can't be read gets 400, one that says nothing is forgiven.", *LISTS, portable=True)
def odd_queries(world: World, operation: str) -> None:
    _query(world, operation, _ODD_QUERIES, 400, "the query can't be read")
    _query(world, operation, _FORGIVEN_QUERIES, 200, "the query is forgiven")


@probe("A CSV list refuses filters that can't be read, and ignores pages.", *CSV_LISTS, portable=True)
def odd_csv_queries(world: World, operation: str) -> None:
    filters = [query for query in _ODD_QUERIES if query.startswith("filter")]
    _query(world, operation, filters, 400, "the filter can't be read")
    _query(world, operation, ["page[page]=0", "page[per_page]=many", "page=2"], 200, "pages are ignored")


_PARTICIPANTS = tuple(id for id in with_status("403"))


@probe("A filter that is no set of pairs gets 400 from every operation on participants.", *_PARTICIPANTS, portable=True)
def filters_everywhere(world: World, operation: str) -> None:
    method, path = method_and_path(operation, UNKNOWN_ID)
    content = b'{"data": {"attributes": {}}}'
    for query in ("filter=abc", "filter=", "filter[]=x"):
        sent = None if method == "GET" else content
        world.own.raw(method, f"{path}?{query}", headers={"content-type": JSON}, content=sent)
        world.own.status(400, f"the query is {query}")


@probe("An encoded line feed or slash is a part of an unknown id.", *with_body(), portable=True)
def odd_ids(world: World, operation: str) -> None:
    method, path = method_and_path(operation, "{id}")
    if "{id}" not in path:
        return
    for id in ("a%0Ab", "a%2Fb", "%0A"):
        sent = b'{"data": {"attributes": {}}}'
        world.own.raw(method, path.replace("{id}", id), headers={"content-type": JSON}, content=sent)
        world.own.status(422, f"the id is {id}")


def _query(world: World, operation: str, queries: list[str] | tuple[str, ...], status: int, why: str) -> None:
    method, path = method_and_path(operation, "")
    for query in queries:
        world.own.raw(method, f"{path}?{query}")
        world.own.status(status, why)


@probe(
    "Declarations are filtered by a UUID, or refused.",
    "listParticipantDeclarations",
    "listParticipantDeclarationsCsv",
    portable=True,
)
def participant_filter_is_a_uuid(world: World, operation: str) -> None:
    wrong = ("abc", "0", UNKNOWN_ID[:-1], f"{UNKNOWN_ID}0", UNKNOWN_ID.replace("-", ""))
    _query(world, operation, [f"filter[participant_id]={id}" for id in wrong], 400, "it is no UUID")
    _query(world, operation, [f"filter[participant_id]={UNKNOWN_ID}"], 200, "an unknown id gives an empty list")


@probe("An unreadable X-With-Server-Date gets 400 from every operation.", *with_status("400"), portable=True)
def server_date_is_checked(world: World, operation: str) -> None:
    method, path = method_and_path(operation, UNKNOWN_ID)
    for odd in ("yesterday", "2021-02-30T00:00:00Z", "2021-11-31", "2021-11-20 09:00:00Z", "0", ""):
        headers = {"x-with-server-date": odd, "content-type": JSON}
        world.own.raw(method, path, headers=headers, content=b'{"data": {"attributes": {}}}')
        world.own.status(400, f"X-With-Server-Date is {odd!r}")


PROBES = (
    tokens_are_checked,
    both_schemes,
    heads,
    contracts_are_checked,
    declarations_need_no_contract,
    methods_are_checked,
    unknown_paths,
    unknown_ids,
    rate_limit,
    rate_limit_is_exact,
    bodies_are_limited,
    bodies_must_arrive,
    odd_bodies,
    content_types,
    odd_attributes,
    odd_queries,
    odd_csv_queries,
    filters_everywhere,
    odd_ids,
    participant_filter_is_a_uuid,
    server_date_is_checked,
)
