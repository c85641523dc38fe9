"""The shell of the control API: token, paths, query and bodies, each refused as problem details (RFC 9457)."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
import pytest

from mock_server.control.app import ControlApp
from mock_server.control.contract import control_contract
from mock_server.control.problems import ControlCall, Problem
from mock_server.http.bodies import BodyLimits
from mock_server.http.contract import operations
from mock_server.http.exchange import Answer
from mock_server.services import SERVICES
from tests.shell import Reply, ask
from tests.specifications import Document

CONTROL = Document("control")
SANDBOXES, CLOCK = "/_mock/sandboxes", "/_mock/sandboxes/default/clock"
FAULTS, REQUESTS = "/_mock/sandboxes/default/faults", "/_mock/sandboxes/default/requests"
JSON = {"content-type": "application/json"}
LIMITS = BodyLimits(max_bytes=1000, timeout=0.05)


class Control:
    """The control API with handlers that only note their calls."""

    def __init__(self, token: str | None = None) -> None:
        self.calls: list[ControlCall] = []
        document = control_contract(SERVICES)
        handlers = {operation.id: self.perform for operation in operations(document)}
        self.app = ControlApp(document, handlers, LIMITS, token=token)

    def perform(self, call: ControlCall) -> Answer:
        self.calls.append(call)
        return Answer(200, b"{}", "application/json")

    async def ask(
        self,
        method: str,
        path: str,
        headers: dict[str, str] = JSON,
        body: bytes | Iterable[dict[str, Any]] = b"",
        query: str = "",
    ) -> Reply:
        reply = await ask(self.app, method, path, headers, body, query)
        assert reply is not None
        if reply.status >= 400:
            assert reply.headers["content-type"] == "application/problem+json"
        if reply.status >= 400 and method != "HEAD":
            schema = CONTROL.content["components"]["schemas"]["Problem"]
            assert CONTROL.complaints(schema, reply.json()) == []
            assert reply.json()["status"] == reply.status
        return reply


@pytest.fixture(scope="module")
def open_control() -> Control:
    return Control()


@pytest.fixture
def control(open_control: Control) -> Control:
    open_control.calls.clear()
    return open_control


async def test_a_call_reaches_its_operation_with_everything_read(control: Control) -> None:
    assert (await control.ask("PUT", CLOCK, JSON, b'{"running": false}')).status == 200
    assert (await control.ask("GET", REQUESTS, {}, query="limit=5&method=GET&after=7&path=%2Fapi*")).status == 200
    put, listing = control.calls
    assert (put.operation_id, put.path_params, put.body) == ("setClock", {"sandbox": "default"}, {"running": False})
    assert listing.query == {"limit": 5, "method": "GET", "after": 7, "path": "/api*"}


@pytest.mark.parametrize(
    "path", ["/_mock", "/_mock/", "/_mock/x", f"{SANDBOXES}/", f"{SANDBOXES}\n", f"{SANDBOXES}/a/b"]
)
async def test_an_unknown_path_is_404(control: Control, path: str) -> None:
    assert (await control.ask("GET", path)).json()["title"] == "Not Found"
    assert control.calls == []


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", SANDBOXES, "GET, HEAD, POST"),
        ("PATCH", f"{SANDBOXES}/default/reset", "POST"),
        ("POST", CLOCK, "DELETE, GET, HEAD, PUT"),
        ("OPTIONS", FAULTS, "DELETE, GET, HEAD, POST, PUT"),
    ],
)
async def test_another_method_is_405_with_every_right_one(control: Control, method: str, path: str, allow: str) -> None:
    reply = await control.ask(method, path)
    assert (reply.status, reply.headers["allow"]) == (405, allow)


# -- the token -----------------------------------------------------------------------------------


@pytest.mark.parametrize("authorization", [None, "Bearer other", "Bearer ", "secret", "Basic secret", "Bearer \xff"])
async def test_with_a_control_token_every_operation_but_health_wants_it(authorization: str | None) -> None:
    control = Control(token="secret")  # noqa: S106 - of this test
    headers = {"authorization": authorization} if authorization else {}
    reply = await control.ask("GET", SANDBOXES, headers)
    assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer")
    assert (await control.ask("GET", "/_mock/health", headers)).status == 200
    assert (await control.ask("GET", SANDBOXES, {"authorization": "bearer secret"})).status == 200
    assert len(control.calls) == 2


async def test_without_a_control_token_none_is_asked_for(control: Control) -> None:
    for headers in ({}, {"authorization": "Bearer anything"}):
        assert (await control.ask("GET", SANDBOXES, headers)).status == 200


# -- the query -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=1_0", "limit"),
        ("limit=+1", "limit"),
        ("limit=%D9%A3", "limit"),
        ("limit=" + "9" * 10_000, "limit"),
        ("after=-1", "after"),
        ("status=99", "status"),
        ("method=get", "method"),
        ("operation_id=%00", "operation_id"),
        ("path=", "path"),
        ("pth=/api", "pth"),
        ("limit[]=1", "limit[]"),
        ("%FF=1", "\ufffd"),
    ],
)
async def test_a_wrong_or_unknown_parameter_is_named(control: Control, query: str, parameter: str) -> None:
    reply = await control.ask("GET", REQUESTS, {}, query=query)
    assert reply.status == 422
    [error] = reply.json()["errors"]
    assert error["parameter"] == parameter
    assert control.calls == []


async def test_operations_without_a_query_do_not_look_at_one(control: Control) -> None:
    assert (await control.ask("GET", CLOCK, {}, query="a=1")).status == 200


# -- bodies --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "errors"),
    [
        ("PUT", CLOCK, {"running": "no"}, [("/running", "must be true or false")]),
        ("PUT", CLOCK, {"now": "yesterday"}, [("/now", "must be a moment such as 2021-11-20T09:00:00Z")]),
        ("PUT", CLOCK, {"rnning": True}, [("/rnning", "is no known member; known are now and running")]),
        ("POST", SANDBOXES, {"id": "Not A Slug"}, [("/id", "must match ^[a-z0-9][a-z0-9-]{0,62}$")]),
        ("POST", SANDBOXES, {"id": "slug\n"}, [("/id", "must match ^[a-z0-9][a-z0-9-]{0,62}$")]),
        ("PUT", FAULTS, {}, [("", "lacks the member faults")]),
        ("PUT", FAULTS, {"faults": [{"match": {}}]}, [("/faults/0", "lacks the member respond or delay_ms")]),
        (
            "PUT",
            FAULTS,
            {"faults": [{"match": {}, "delay_ms": 1, "times": 0}, {"match": {"methd": "GET"}, "delay_ms": 1}]},
            [
                ("/faults/0/times", "must be at least 1"),
                ("/faults/1/match/methd", "is no known member; known are api, method, operation_id and path"),
            ],
        ),
        (
            "PUT",
            FAULTS,
            {"faults": [{"match": {}, "respond": {"status": 500, "body": 5}}]},
            [("/faults/0/respond/body", "must be a text, an object or a list")],
        ),
    ],
)
async def test_each_wrong_value_is_pointed_at(
    control: Control, method: str, path: str, body: Any, errors: list[tuple[str, str]]
) -> None:
    reply = await control.ask(method, path, JSON, orjson.dumps(body))
    assert (reply.status, reply.json()["title"]) == (422, "Unprocessable Content")
    assert [(error["pointer"], error["detail"]) for error in reply.json()["errors"]] == errors
    assert control.calls == []


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"{", b"[]", b"null", b'"x"', b"1", b"\xff", b'{"a": "\x00"}', b'{"a": "\\ud800"}', b"[" * 900, b"NaN"],
)
async def test_a_body_that_is_no_json_object_is_400(control: Control, body: bytes) -> None:
    reply = await control.ask("PUT", CLOCK, JSON, body)
    assert (reply.status, reply.json()["title"]) == (400, "Bad Request")


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/json; charset=latin-1", "application/vnd.api+json"]
)
async def test_a_body_of_another_content_type_is_415(control: Control, content_type: str) -> None:
    for headers in ({"content-type": content_type}, {}):
        reply = await control.ask("PUT", CLOCK, headers, b"{}")
        assert (reply.status, reply.json()["title"]) == (415, "Unsupported Media Type")


async def test_a_body_over_the_limit_is_413_before_it_is_read(control: Control) -> None:
    def unread() -> Iterator[dict[str, Any]]:
        raise AssertionError("the body was read")
        yield {}

    reply = await control.ask("PUT", CLOCK, JSON | {"content-length": str(10**9)}, unread())
    assert (reply.status, reply.json()["title"]) == (413, "Content Too Large")


async def test_operations_without_a_body_ignore_one(control: Control) -> None:
    assert (await control.ask("POST", "/_mock/sandboxes/default/reset", {}, b"not json")).status == 200


async def test_a_client_that_goes_away_gets_nothing(control: Control) -> None:
    assert await ask(control.app, "PUT", CLOCK, JSON, [{"type": "http.disconnect"}]) is None
    assert control.calls == []


async def test_a_handler_refuses_with_a_problem_and_a_mistake_is_a_500(caplog: pytest.LogCaptureFixture) -> None:
    control = Control()

    def conflict(call: ControlCall) -> Answer:
        raise Problem(409, "Conflict", "That id is taken.")

    def mistake(call: ControlCall) -> Answer:
        raise RuntimeError("a mistake of ours")

    document = control_contract(SERVICES)
    handlers = dict.fromkeys([operation.id for operation in operations(document)], mistake)
    control.app = ControlApp(document, handlers | {"createSandbox": conflict}, LIMITS)
    assert (await control.ask("POST", SANDBOXES, JSON, b"{}")).json()["detail"] == "That id is taken."
    assert (await control.ask("GET", SANDBOXES)).status == 500
    assert "a mistake of ours" in caplog.text
