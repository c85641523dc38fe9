"""Promises about every request: the token, the method, the limits, and unusual input (rules 3, 4)."""

from collections.abc import Iterable

from mock_server.harness.check import transport
from mock_server.harness.check.bench import JSON
from mock_server.harness.check.probes import Values, probe
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.v1.check.bench import Bench, body
from mock_server.harness.v1.check.contract import OPERATIONS, method_and_path, with_body, with_status
from mock_server.http.exchange import JSON_API

LISTS = ("listEcfParticipants", "listParticipants", "listParticipantDeclarations")
CSV_LISTS = ("listEcfParticipantsCsv", "listParticipantsCsv", "listParticipantDeclarationsCsv")

MANNERS = transport.Manners(
    operations=OPERATIONS,
    lists=LISTS,
    heads=(*LISTS, *CSV_LISTS),
    unknown_paths=(
        "/api/v1/nothing",
        "/api/v1/participants/ecf/",
        f"/api/v1/participants/ecf/{UNKNOWN_ID}/promote",
    ),
    readable=lambda operation: b'{"data": {"attributes": {}}}',
    media_types=(
        "application/json",
        "application/vnd.api+json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "text/x-json",
    ),
    json=JSON_API,
    no_such_path={"error": "Resource not Found"},
    single="getEcfParticipant",
    refusing="deferEcfParticipant",
    # Nobody has the id.
    refused_by=lambda operation: "participant-enrolled",
)


@probe("A token whose provider has no ECF contract gets 403 on participants.", *with_status("403"), seed="guide")
def contracts_are_checked(bench: Bench, operation: str) -> None:
    known = bench.own.records("listEcfParticipants")[0]["id"]
    method, path = method_and_path(operation, known)
    assert bench.stranger is not None  # noqa: S101
    bench.stranger.raw(method, path, headers={"content-type": JSON}, content=b'{"data":{"type":"x"}}')
    bench.stranger.status(403, "the provider has no ECF contract")


@probe("Declarations need no ECF contract: such a provider just owns none.", "listParticipantDeclarations")
def declarations_need_no_contract(bench: Bench, operation: str) -> None:
    assert bench.stranger is not None  # noqa: S101
    found = bench.stranger.records(operation)
    bench.stranger.expect(found == [], "the list is empty", f"it has {len(found)} records")


@probe("Unknown ids get 404 where a record is read or voided.", *with_status("404"), portable=True)
def unknown_ids(bench: Bench, operation: str) -> None:
    for id in (UNKNOWN_ID, "abc", "0", "%00", "ÄÖ", "a" * 3000):
        bench.own.send(operation, id)
        bench.own.status(404, "the id is unknown")


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
def odd_attributes(bench: Bench, operation: str) -> None:
    for odd in _ODD_VALUES:
        # UTF-8 can't encode a lone surrogate, and its JSON escape isn't valid Unicode.
        bench.own.send(operation, UNKNOWN_ID, body=body("x", **dict.fromkeys(_ATTRIBUTES, odd)))
        why = f"every attribute is {odd!r:.20}"
        if odd == "\ud800":
            bench.own.status(400, why)
        else:
            bench.own.refused_among("participant-enrolled", why)


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
def odd_queries(bench: Bench, operation: str) -> None:
    _query(bench, operation, _ODD_QUERIES, 400, "the query can't be read")
    _query(bench, operation, _FORGIVEN_QUERIES, 200, "the query is forgiven")


@probe("A CSV list refuses filters that can't be read, and ignores pages.", *CSV_LISTS, portable=True)
def odd_csv_queries(bench: Bench, operation: str) -> None:
    filters = [query for query in _ODD_QUERIES if query.startswith("filter")]
    _query(bench, operation, filters, 400, "the filter can't be read")
    _query(bench, operation, ["page[page]=0", "page[per_page]=many", "page=2"], 200, "pages are ignored")


_PARTICIPANTS = tuple(id for id in with_status("403"))


@probe("A filter that is no set of pairs gets 400 from every operation on participants.", *_PARTICIPANTS, portable=True)
def filters_everywhere(bench: Bench, operation: str) -> None:
    method, path = method_and_path(operation, UNKNOWN_ID)
    content = b'{"data": {"attributes": {}}}'
    for query in ("filter=abc", "filter=", "filter[]=x"):
        sent = None if method == "GET" else content
        bench.own.raw(method, f"{path}?{query}", headers={"content-type": JSON}, content=sent)
        bench.own.status(400, f"the query is {query}")


@probe("An encoded line feed or slash is a part of an unknown id.", *with_body(), portable=True)
def odd_ids(bench: Bench, operation: str) -> None:
    method, path = method_and_path(operation, "{id}")
    if "{id}" not in path:
        return
    for id in ("a%0Ab", "a%2Fb", "%0A"):
        sent = b'{"data": {"attributes": {}}}'
        bench.own.raw(method, path.replace("{id}", id), headers={"content-type": JSON}, content=sent)
        bench.own.refused_among("participant-enrolled", f"the id is {id}")


def _query(bench: Bench, operation: str, queries: Iterable[str], status: int, why: str) -> None:
    transport.ask(MANNERS, bench.own, operation, queries, status, why)


@probe(
    "Declarations are filtered by a UUID, or refused.",
    "listParticipantDeclarations",
    "listParticipantDeclarationsCsv",
    portable=True,
)
def participant_filter_is_a_uuid(bench: Bench, operation: str) -> None:
    wrong = ("abc", "0", UNKNOWN_ID[:-1], f"{UNKNOWN_ID}0", UNKNOWN_ID.replace("-", ""))
    _query(bench, operation, [f"filter[participant_id]={id}" for id in wrong], 400, "it is no UUID")
    _query(bench, operation, [f"filter[participant_id]={UNKNOWN_ID}"], 200, "an unknown id gives an empty list")


_ODD_SERVER_DATES = ("yesterday", "2021-02-30T00:00:00Z", "2021-11-31", "2021-11-20 09:00:00Z", "0", "")

PROBES = (
    transport.tokens_are_checked(MANNERS),
    transport.both_schemes(MANNERS),
    transport.heads(MANNERS),
    contracts_are_checked,
    declarations_need_no_contract,
    transport.methods_are_checked(MANNERS),
    transport.unknown_paths(MANNERS),
    unknown_ids,
    transport.rate_limit(MANNERS),
    transport.rate_limit_is_exact(MANNERS),
    transport.bodies_are_limited(MANNERS),
    transport.bodies_must_arrive(MANNERS),
    transport.odd_bodies(MANNERS),
    transport.content_types(MANNERS),
    odd_attributes,
    odd_queries,
    odd_csv_queries,
    filters_everywhere,
    odd_ids,
    participant_filter_is_a_uuid,
    transport.server_dates_are_checked(MANNERS, _ODD_SERVER_DATES),
)
