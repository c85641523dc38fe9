"""The outermost application: tokens, limits, time, faults, and what goes over the wire (rules 3 and 4)."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from mock_server.http.bodies import BodyLimits
from mock_server.http.exchange import Answer
from mock_server.service import Call
from mock_server.settings import Rate
from mock_server.v1.service import V1
from tests.shell import ALDER, DECLARATIONS, DOGWOOD, GOOD_BODY, JSON, PARTICIPANTS, ask, make_shell

DENIED = b'{"error": "HTTP Token: Access denied"}'


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        b"",
        b"Bearer",
        b"Bearer ",
        b"Bearer unknown",
        b"Bearer alder-token-",
        b"Bearer Alder-token",
        b"Bearer alder-token alder-token",
        b"Bearer alder-token.unknown",
        b"alder-token",
        b"Token",
        b"Tokens alder-token",
        b"Token token=alder-token",
        b"Basic YWxkZXItdG9rZW46",
        b"Bearer\xff alder-token",
        b"Bearer \xff\x00\xfe",
        b"Bearer " + b"x" * 60_000,
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", PARTICIPANTS), ("POST", DECLARATIONS)])
async def test_a_missing_malformed_or_unknown_token_is_401(authorization: bytes | None, method: str, path: str) -> None:
    shell = make_shell()
    headers = [(b"content-type", b"application/json")]
    if authorization is not None:
        headers.append((b"authorization", authorization))
    reply = await shell.ask(method, path, headers, GOOD_BODY)
    assert (reply.status, reply.body) == (401, DENIED)
    assert reply.headers["content-type"] == "application/vnd.api+json"
    assert shell.calls == []


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  ", "Token", "token"])
async def test_the_scheme_may_be_written_in_any_case(scheme: str) -> None:
    assert (await make_shell().get(PARTICIPANTS, headers={"authorization": f"{scheme} alder-token"})).status == 200


async def test_a_provider_without_an_ecf_contract_gets_an_empty_403_on_participants_only() -> None:
    shell = make_shell()
    reply = await shell.get(PARTICIPANTS, headers=DOGWOOD)
    assert (reply.status, reply.body) == (403, b"")
    assert "content-type" not in reply.headers
    assert (await shell.get(DECLARATIONS, headers=DOGWOOD)).status == 200
    assert (await shell.ask("POST", DECLARATIONS, DOGWOOD | JSON, GOOD_BODY)).status == 200


@pytest.mark.parametrize(
    ("status", "content_type"), [(200, "application/vnd.api+json"), (200, "text/csv"), (200, None), (204, None)]
)
async def test_content_types_are_sent_as_they_stand_and_the_length_with_them(
    status: int, content_type: str | None
) -> None:
    body = b"" if status == 204 else b"{}"
    reply = await make_shell(handler=lambda call: Answer(status, body, content_type)).get(PARTICIPANTS)
    expected = {} if status == 204 else {"content-length": "2"}
    assert reply.headers == (expected | {"content-type": content_type} if content_type else expected)


async def test_headers_of_the_answer_are_sent() -> None:
    answer = Answer(422, b"{}", headers=(("x-mock-rule", "defer-not-deferred"),), rules=("defer-not-deferred",))
    reply = await make_shell(handler=lambda call: answer).get(PARTICIPANTS)
    assert reply.headers["x-mock-rule"] == "defer-not-deferred"


async def test_the_handler_finds_the_request_read() -> None:
    shell = make_shell()
    await shell.post(b'{"data": {"attributes": {"declaration_type": "started", "extra": {}}}}')
    [call] = shell.calls
    assert (call.slug, call.world) == ("alder", shell.sandbox.world(V1))
    assert call.attributes == {"declaration_type": "started"}


# -- rate limit ----------------------------------------------------------------------------------


async def test_beyond_the_rate_limit_comes_429_as_plain_text_with_the_time_to_wait() -> None:
    shell = make_shell(rate_limit=Rate(3, 60))
    assert [(await shell.get(PARTICIPANTS)).status for _ in range(3)] == [200] * 3
    reply = await shell.get(PARTICIPANTS)
    assert (reply.status, reply.body) == (429, b"Retry later\n")
    assert reply.headers["content-type"] == "text/plain"
    assert 59 <= int(reply.headers["retry-after"]) <= 60
    assert len(shell.calls) == 3


async def test_each_token_has_a_rate_limit_of_its_own_and_unknown_ones_have_none() -> None:
    shell = make_shell(rate_limit=Rate(1, 60))
    birch, unknown = {"authorization": "Bearer birch-token"}, {"authorization": "Bearer nobody"}
    statuses = [
        (await shell.get(PARTICIPANTS, headers=headers)).status
        for headers in (ALDER, ALDER, birch, birch, unknown, unknown)
    ]
    assert statuses == [200, 429, 200, 429, 401, 401]


async def test_every_request_with_a_known_token_counts_whatever_its_answer() -> None:
    shell = make_shell(rate_limit=Rate(2, 60))
    assert [(await shell.get("/unknown")).status for _ in range(3)] == [404, 404, 429]


# -- bodies --------------------------------------------------------------------------------------


async def test_a_body_over_the_limit_is_413_before_it_is_read() -> None:
    shell = make_shell()

    def unread() -> Iterator[dict[str, Any]]:
        raise AssertionError("the body was read")
        yield {}

    headers = ALDER | JSON | {"content-length": str(10**9)}
    reply = await shell.ask("POST", DECLARATIONS, headers, unread())
    assert (reply.status, reply.body) == (413, b'{"error": "Payload too large"}')
    assert shell.calls == []


async def test_a_body_without_length_is_read_and_counted() -> None:
    shell = make_shell(limits=BodyLimits(max_bytes=1000))
    half = len(GOOD_BODY) // 2
    parts = [
        {"type": "http.request", "body": GOOD_BODY[:half], "more_body": True},
        {"type": "http.request", "body": GOOD_BODY[half:], "more_body": False},
    ]
    chunked = ALDER | JSON | {"transfer-encoding": "chunked"}
    assert (await shell.ask("POST", DECLARATIONS, chunked, parts)).status == 200
    large = [{"type": "http.request", "body": b" " * 600, "more_body": True}] * 2
    assert (await shell.ask("POST", DECLARATIONS, chunked, large)).status == 413


async def test_a_body_that_does_not_come_in_time_is_408_and_the_connection_ends() -> None:
    shell = make_shell(limits=BodyLimits(timeout=0.05))
    scope = {
        "type": "http",
        "method": "POST",
        "path": DECLARATIONS,
        "query_string": b"",
        "headers": [(b"authorization", b"Bearer alder-token"), (b"content-type", b"application/json")],
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {}

    async def send(message: Any) -> None:
        sent.append(message)

    await shell.app(scope, receive, send)
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert sent[1]["body"] == b'{"error": "Request timeout"}'
    assert shell.entries[0]["status"] == 408


async def test_a_client_that_goes_away_gets_nothing_and_changes_nothing() -> None:
    shell = make_shell()
    half: list[dict[str, Any]] = [
        {"type": "http.request", "body": GOOD_BODY[:10], "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert await ask(shell.app, "POST", DECLARATIONS, ALDER | JSON, half) is None
    assert shell.calls == []
    assert shell.entries == []


# -- time ----------------------------------------------------------------------------------------


async def test_the_server_date_header_shifts_one_request() -> None:
    shell = make_shell()
    await shell.get(PARTICIPANTS, headers=ALDER | {"x-with-server-date": "2021-11-20T10:00:00+01:00"})
    await shell.get(PARTICIPANTS)
    assert shell.entries[0]["server_date"] == "2021-11-20T09:00:00Z"
    assert shell.calls[0].now.isoformat() == "2021-11-20T09:00:00+00:00"
    assert shell.calls[1].now.year > 2021


@pytest.mark.parametrize("token", ["nope", "nope.other"])
async def test_a_request_without_a_good_token_has_the_moment_of_the_sandbox_that_notes_it(token: str) -> None:
    shell = make_shell()
    other = shell.registry.create("other", shell.registry.defaults)
    other.clock.set(datetime(2021, 11, 20, tzinfo=UTC), running=False)
    shell.registry.default.clock.set(datetime(2021, 9, 1, tzinfo=UTC), running=False)
    headers = {"authorization": f"Bearer {token}"}
    await shell.get(PARTICIPANTS, headers=headers)
    await shell.get(PARTICIPANTS, headers=headers | {"x-with-server-date": "2022-01-01T00:00:00Z"})
    noted = other if token.endswith("other") else shell.registry.default
    moments = [entry.server_date for entry in noted.journal.after(0)]
    assert moments == [noted.clock.now(), datetime(2022, 1, 1, tzinfo=UTC)]


@pytest.mark.parametrize("value", ["", "yesterday", "2021-11-31", "0000-01-01T00:00:00Z", "2021-11-20T09:00:60Z"])
@pytest.mark.parametrize(("method", "path"), [("GET", PARTICIPANTS), ("POST", DECLARATIONS)])
async def test_an_unreadable_server_date_is_400_naming_the_header(method: str, path: str, value: str) -> None:
    shell = make_shell()
    reply = await shell.ask(method, path, ALDER | JSON | {"x-with-server-date": value}, GOOD_BODY)
    assert (reply.status, reply.titles) == (400, ["Bad request"])
    assert "X-With-Server-Date" in reply.detail
    assert shell.calls == []


# -- odd bytes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"accept", b"\xff\xfe\x00"),
        (b"x-with-server-date", b"\xff\xfe\x00"),
        (b"content-type", b"\xff\xfe\x00"),
        (b"content-type", b"application/json; charset=\xff"),
        (b"content-length", b"\xff"),
        (b"\xff\xfe", b"x"),
        (b"cookie", b"\xff=\xff"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", PARTICIPANTS), ("POST", DECLARATIONS)])
async def test_odd_bytes_in_headers_never_make_a_5xx(method: str, path: str, name: bytes, value: bytes) -> None:
    shell = make_shell()
    headers = [(b"authorization", b"Bearer alder-token"), (name, value)]
    reply = await shell.ask(method, path, headers, [{"type": "http.request", "body": GOOD_BODY, "more_body": False}])
    assert reply.status in (200, 400)
    assert shell.entries[0]["status"] == reply.status


@pytest.mark.parametrize("query", [b"\xff", b"%FF", b"%00", b"filter[cohort]=\x00", b"page[page]=%FF", b"%", b"%zz=%"])
async def test_odd_bytes_in_a_query_never_make_a_5xx(query: bytes) -> None:
    shell = make_shell()
    reply = await shell.get(PARTICIPANTS, query)
    assert reply.status in (200, 400)
    assert len(shell.entries) == 1


# -- control paths and other events --------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("/_mock", "control"),
        ("/_mock/health", "control"),
        ("/_mock/", "control"),
        ("/_mocking", "v1"),
        ("/_Mock", "v1"),
        ("/api/_mock", "v1"),
    ],
)
async def test_everything_under_the_prefix_is_the_control_api_s(path: str, whose: str) -> None:
    async def control(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with_control, without = make_shell(control=control), make_shell()
    assert (await with_control.get(path)).status == (299 if whose == "control" else 404)
    assert len(with_control.entries) == (0 if whose == "control" else 1)
    assert (await without.get(path)).body == b'{"error": "Resource not Found"}'


async def test_a_websocket_is_refused() -> None:
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    for path in (PARTICIPANTS, "/_mock/health"):
        await make_shell().app({"type": "websocket", "path": path}, receive, send)
    assert [message["type"] for message in sent] == ["websocket.close"] * 2


async def test_starting_and_stopping_are_acknowledged() -> None:
    events = iter(["lifespan.startup", "lifespan.shutdown"])
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": next(events)}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await make_shell().app({"type": "lifespan"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


# -- faults --------------------------------------------------------------------------------------

FAULT = {"status": 503, "headers": {"Retry-After": "2"}, "body": "busy"}


async def test_a_fault_before_answers_instead_of_the_operation_and_the_journal_has_the_body() -> None:
    shell = make_shell()
    shell.sandbox.faults.replace([{"match": {"operation_id": "createParticipantDeclaration"}, "respond": FAULT}])
    reply = await shell.post(GOOD_BODY)
    assert (reply.status, reply.body, reply.headers["retry-after"]) == (503, b"busy", "2")
    assert reply.headers["content-type"] == "text/plain"
    assert shell.calls == []
    [entry] = shell.entries
    assert (entry["fault"], entry["operation_id"]) == ("fault-1", "createParticipantDeclaration")
    assert entry["request"]["body"] == GOOD_BODY.decode()
    assert (await shell.get(PARTICIPANTS)).status == 200


async def test_a_fault_after_performs_the_operation_and_loses_its_answer() -> None:
    shell = make_shell()
    shell.sandbox.faults.replace([{"match": {}, "respond": FAULT, "apply": "after", "times": 1}])
    assert (await shell.post(GOOD_BODY)).status == 503
    assert len(shell.calls) == 1
    assert (shell.entries[0]["fault"], shell.entries[0]["status"], shell.entries[0]["unheard"]) == ("fault-1", 503, 200)
    assert (await shell.post(GOOD_BODY)).status == 200
    assert (shell.entries[1]["fault"], shell.entries[1]["unheard"]) == (None, None)


async def test_a_delay_alone_holds_the_operation_s_own_answer_back() -> None:
    shell = make_shell()
    shell.sandbox.faults.replace([{"match": {}, "delay_ms": 60}])
    reply = await shell.get(PARTICIPANTS)
    assert reply.status == 200
    assert shell.entries[0]["duration_ms"] >= 60
    assert shell.entries[0]["unheard"] is None


async def test_a_client_that_gives_up_during_a_delay_has_not_heard_the_answer() -> None:
    shell = make_shell()
    shell.sandbox.faults.replace([{"match": {}, "delay_ms": 60_000}])
    body = {"type": "http.request", "body": GOOD_BODY, "more_body": False}
    await shell.ask("POST", DECLARATIONS, ALDER | JSON, [body, {"type": "http.disconnect"}])
    [entry] = shell.entries
    assert len(shell.calls) == 1
    assert (entry["status"], entry["unheard"]) == (200, 200)
    assert entry["duration_ms"] < 10_000


async def test_faults_strike_only_known_tokens_of_their_own_sandbox() -> None:
    shell = make_shell()
    shell.sandbox.faults.replace([{"match": {}, "respond": {"status": 500}}])
    shell.registry.create("other", shell.registry.defaults)
    assert (await shell.get(PARTICIPANTS, headers={"authorization": "Bearer alder-token.other"})).status == 200
    assert (await shell.get(PARTICIPANTS, headers={})).status == 401
    assert (await shell.get(PARTICIPANTS)).status == 500


async def test_a_fault_strikes_before_path_and_parameters_are_looked_at() -> None:
    shell = make_shell()
    shell.sandbox.faults.replace([{"match": {"path": "/no*"}, "respond": {"status": 502}}])
    assert (await shell.get("/nowhere")).status == 502
    assert (await shell.get("/elsewhere")).status == 404


async def test_a_large_or_missing_body_does_not_keep_a_fault_from_striking() -> None:
    shell = make_shell(limits=BodyLimits(max_bytes=10, timeout=0.05))
    shell.sandbox.faults.replace([{"match": {}, "respond": {"status": 502}}])
    assert (await shell.post(b" " * 100)).status == 502


# -- atomicity -----------------------------------------------------------------------------------


async def test_requests_at_the_same_time_reach_the_operation_one_after_another() -> None:
    inside: list[str] = []

    def handler(call: Call) -> Answer:
        inside.append("in")
        assert inside.count("in") - inside.count("out") == 1
        inside.append("out")
        return Answer(200, b"{}")

    shell = make_shell(handler=handler)
    replies = await asyncio.gather(*(shell.post(GOOD_BODY) for _ in range(100)))
    assert {reply.status for reply in replies} == {200}
    assert len(shell.calls) == len(shell.entries) == 100
