"""Connexion in front of the operations: each request reaches the right one, or is refused in our own words."""

import copy
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.types import Receive, Scope, Send

from mock_server.http.bodies import BodyLimits
from mock_server.http.contract import STAND_IN, Operation, Routes, operations
from mock_server.http.contract_app import ContractApp
from mock_server.http.exchange import Answer, Refused
from mock_server.resources import specification
from mock_server.service import Call
from mock_server.v1.checks import ProviderChecks
from mock_server.v1.errors import for_status, method_not_allowed
from tests.shell import ALDER, DECLARATIONS, DOGWOOD, GOOD_BODY, JSON, PARTICIPANTS, ask, make_shell

CONTRACT = specification("v1")
OPERATIONS = list(operations(CONTRACT))
ID = "0ad5b8c1-7a2f-4f0e-9d6b-3c1e5a8f2b47"


def address(operation: Operation) -> str:
    return operation.path.replace("{id}", ID)


async def test_connexion_still_says_in_the_scope_which_operation_it_found() -> None:
    """Connexion doesn't document this key; everything behind its router depends on it."""
    # Imported this late because its import warns, which `mock_server.http.contract_app` sees to.
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.routing import RoutingMiddleware

    seen: list[Any] = []

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((scope["extensions"]["connexion_routing"]["operation_id"], scope.get("path_params")))

    app = ConnexionMiddleware(inner, middlewares=[RoutingMiddleware], resolver=lambda name: None)
    app.add_api(copy.deepcopy(CONTRACT))
    for path in (f"{PARTICIPANTS}/{ID}", "/unknown"):
        assert await ask(app, "GET", path) is None
    assert seen[0] == ("getEcfParticipant", {"id": ID})
    assert seen[1][0] is None


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
async def test_every_operation_is_reached_by_its_method_and_path(operation: Operation) -> None:
    shell = make_shell()
    reply = await shell.ask(operation.method, address(operation), ALDER | JSON, GOOD_BODY)
    assert reply.status == 200
    [call] = shell.calls
    assert call.operation_id == operation.id
    assert call.path_id == (ID if "{id}" in operation.path else "")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_the_route_table_agrees_with_the_router(operation: Operation) -> None:
    assert Routes(CONTRACT).operation_id(operation.method, address(operation)) == operation.id


@pytest.mark.parametrize(
    ("method", "path", "operation_id"),
    [
        ("GET", "/api/v1/participants/ecf/defer", "getEcfParticipant"),
        ("PUT", "/api/v1/participants/ecf/defer", "deferParticipant"),
        ("GET", "/api/v1/participants/ecf/ecf.csv", "getEcfParticipant"),
        ("GET", "/api/v1/participants/eczema", None),
    ],
)
async def test_a_path_that_fits_two_routes_goes_by_its_method(method: str, path: str, operation_id: str | None) -> None:
    shell = make_shell()
    await shell.ask(method, path, ALDER | JSON, GOOD_BODY)
    assert [call.operation_id for call in shell.calls] == ([operation_id] if operation_id else [])
    assert Routes(CONTRACT).operation_id(method, path) == operation_id


@pytest.mark.parametrize("operation", [o for o in OPERATIONS if "{id}" in o.path], ids=lambda operation: operation.id)
async def test_an_id_is_what_stands_in_the_path_whatever_was_asked_for_before(operation: Operation) -> None:
    """Paths of one kind are routed once, so each of these is sent twice."""
    shell = make_shell()
    other = "ffffffff-7a2f-4f0e-9d6b-3c1e5a8f2b47"
    ids = [ID, other, "abc", f"x{ID}", f"{ID}x", f"{ID}{other}", f"{ID}-{other}", ID.upper(), "{id}", ID]
    for id in [*ids, *reversed(ids)]:
        await shell.ask(operation.method, operation.path.replace("{id}", id), ALDER | JSON, GOOD_BODY)
        call = shell.calls[-1]
        assert (call.operation_id, call.path_params) == (operation.id, {"id": id})
    asked = len(shell.calls)
    for path in (f"{operation.path}/{ID}", operation.path.replace("{id}", f"{ID}/{other}")):
        assert (await shell.ask(operation.method, path, ALDER | JSON, GOOD_BODY)).status == 404
    assert len(shell.calls) == asked


class NoChecks:
    """Lets every call through."""

    def security(self, call: Call) -> None: ...

    def parameters(self, call: Call, query: bytes) -> None: ...

    async def body(self, call: Call, receive: Receive) -> None: ...


async def test_placeholders_never_hide_fixed_paths_in_whatever_order_they_are_declared() -> None:
    paths = ["/{kind}/{id}", "/{kind}/special", "/things/{id}", "/things/special"]
    document = {
        "openapi": "3.0.3",
        "info": {"title": "", "version": ""},
        "paths": {path: {"get": {"operationId": path, "responses": {}}} for path in paths},
        "components": {"securitySchemes": {}},
    }
    app = ContractApp[Call](
        document,
        dict.fromkeys(paths, lambda call: Answer(200, (call.operation_id or "").encode())),
        NoChecks(),
        on_status=for_status,
        on_method=method_not_allowed,
    )
    for path, operation_id in (
        ("/a/b", "/{kind}/{id}"),
        ("/a/special", "/{kind}/special"),
        ("/things/b", "/things/{id}"),
        ("/things/special", "/things/special"),
    ):
        call = Call("GET", path, {}, datetime.now(UTC))
        assert (await app.answer(call, b"", receive_nothing)).body.decode() == operation_id
        assert app.routes.operation_id("GET", path) == operation_id


async def receive_nothing() -> dict[str, Any]:
    raise AssertionError("nothing is to be received")


METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "Ø"]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
async def test_a_method_that_the_path_does_not_have_is_405_with_every_method_it_has(operation: Operation) -> None:
    shell = make_shell()
    path = address(operation)
    allowed = Routes(CONTRACT).methods(path)
    for method in METHODS:
        if method not in allowed:
            reply = await shell.ask(method, path, ALDER)
            assert (reply.status, reply.body) == (405, b"" if method == "HEAD" else b'{"error": "Method not allowed"}')
            assert reply.headers["allow"] == ", ".join(allowed)
            assert reply.headers["content-type"] == "application/vnd.api+json"
    assert shell.calls == []


async def test_allow_is_complete_and_sorted() -> None:
    shell = make_shell()
    assert (await shell.ask("PATCH", DECLARATIONS)).headers["allow"] == "GET, HEAD, POST"
    assert (await shell.ask("POST", "/api/v1/participants/ecf/defer")).headers["allow"] == "GET, HEAD, PUT"
    assert (await shell.ask("POST", f"{PARTICIPANTS}/{ID}/defer")).headers["allow"] == "PUT"


@pytest.mark.parametrize("path", [PARTICIPANTS, f"{PARTICIPANTS}/{ID}", DECLARATIONS])
async def test_head_answers_like_get_without_a_body(path: str) -> None:
    """Rules 3."""
    shell = make_shell()
    get, head = await shell.ask("GET", path, ALDER), await shell.ask("HEAD", path, ALDER)
    assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")
    assert int(head.headers["content-length"]) == len(get.body) > 0
    assert [call.operation_id for call in shell.calls] == [shell.calls[0].operation_id] * 2
    refused = await shell.ask("HEAD", path)
    assert (refused.status, refused.body) == (401, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "//",
        "/api/v1",
        "/api/v1/",
        f"{PARTICIPANTS}/",
        f"{PARTICIPANTS}//",
        f"{PARTICIPANTS}/{ID}/",
        f"{PARTICIPANTS}/{ID}/deferral",
        f"/{PARTICIPANTS}",
        f"{PARTICIPANTS}\n",
        f"{PARTICIPANTS}/{ID}/defer\n",
        f"{PARTICIPANTS}\x00",
        "/api/v1/participants/ECF",
        "/api/v1/participants.json",
        "/api/v2/participants/ecf",
        "/_mock/health",
        "*",
        "/" + "x" * 60_000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "PATCH", "HEAD"])
async def test_an_unknown_path_is_404_for_every_method_with_or_without_token(method: str, path: str) -> None:
    shell = make_shell()
    for headers in ({}, ALDER):
        reply = await shell.ask(method, path, headers | JSON, GOOD_BODY)
        assert (reply.status, reply.body) == (404, b"" if method == "HEAD" else b'{"error": "Resource not Found"}')
    assert shell.calls == []


@pytest.mark.parametrize(
    "tail", [b"\xff\xfe", b"\x00", b"%", b"a\n", b"\n", b"a\nb", b"a\x00b", "ø".encode(), b"..", b"x" * 60_000]
)
async def test_odd_bytes_in_a_path_are_only_an_unknown_id(tail: bytes) -> None:
    shell = make_shell()
    reply = await shell.ask("GET", PARTICIPANTS.encode() + b"/" + tail, ALDER)
    assert reply.status == 200
    assert shell.calls[0].path_id == tail.decode("utf-8", "replace").replace("\n", STAND_IN)


@pytest.mark.parametrize("id", ["a%0Ab", f"{ID}%0A", "%0A", "a%2Fb", "%2f", "a%2Fb%0A"])
@pytest.mark.parametrize("tail", ["", "/change-schedule"])
async def test_an_encoded_line_feed_or_slash_is_a_part_of_an_unknown_id(id: str, tail: str) -> None:
    """Rules 3: such a path has an operation, and so it isn't an unknown one."""
    shell = make_shell()
    method = "PUT" if tail else "GET"
    reply = await shell.ask(method, f"{PARTICIPANTS}/{id}{tail}", ALDER | JSON, GOOD_BODY)
    assert reply.status == 200
    [call] = shell.calls
    assert call.operation_id == ("changeEcfParticipantSchedule" if tail else "getEcfParticipant")
    assert call.path_id == unquote(id).lower().replace("/", STAND_IN).replace("\n", STAND_IN)


async def test_refusals_come_in_order_path_token_contract_parameters_size_body() -> None:
    shell = make_shell(limits=BodyLimits(max_bytes=2000))
    bad = {"x-with-server-date": "never"} | JSON
    large = b" " * 3000
    declare, listing = ("POST", DECLARATIONS), ("GET", PARTICIPANTS)
    statuses = [
        (await shell.ask("PATCH", DECLARATIONS, bad, large)).status,
        (await shell.ask(*declare, bad, large)).status,
        (await shell.ask(*listing, DOGWOOD | bad, query="page=1")).status,
        (await shell.ask(*declare, ALDER | bad, large)).status,
        (await shell.ask(*declare, ALDER | JSON, large)).status,
        (await shell.ask(*declare, ALDER | JSON, large[:10])).status,
        (await shell.ask(*declare, ALDER | JSON, GOOD_BODY)).status,
    ]
    assert statuses == [405, 401, 403, 400, 413, 400, 200]
    assert len(shell.calls) == 1


async def test_operations_without_a_body_never_read_one() -> None:
    shell = make_shell()
    assert (await shell.ask("PUT", f"{DECLARATIONS}/{ID}/void", ALDER, b" " * 2_000_000)).status == 200
    assert (await shell.ask("GET", PARTICIPANTS, ALDER, b"{")).status == 200


def test_an_operation_without_a_handler_fails_when_the_application_is_built() -> None:
    with pytest.raises(LookupError, match="has no handler"):
        ContractApp[Call](
            CONTRACT,
            {},
            ProviderChecks(CONTRACT, BodyLimits()),
            on_status=for_status,
            on_method=method_not_allowed,
        )


async def test_a_handler_may_refuse_with_an_answer_of_its_own() -> None:
    def refuse(call: Call) -> Answer:
        raise Refused(Answer(422, b"{}", rules=("defer-not-deferred",)))

    shell = make_shell(handler=refuse)
    assert (await shell.get(PARTICIPANTS)).status == 422
    assert shell.entries[0]["rules"] == ["defer-not-deferred"]


async def test_an_unexpected_fault_of_a_handler_is_the_documented_500(caplog: pytest.LogCaptureFixture) -> None:
    def fail(call: Call) -> Answer:
        raise RuntimeError("a mistake of ours")

    reply = await make_shell(handler=fail).get(PARTICIPANTS)
    assert (reply.status, reply.body) == (500, b'{"error": "Internal server error"}')
    assert "a mistake of ours" in caplog.text


def test_a_method_that_only_the_server_accepts_counts_for_its_operation() -> None:
    """The contract leaves it out, and `x-also-accepts` says so."""
    operation = {"operationId": "change", "x-also-accepts": ["patch"], "responses": {}}
    routes = Routes({"paths": {"/things/{id}": {"put": operation}, "/things": {"get": {"operationId": "list"}}}})
    assert routes.methods("/things/1") == ["PATCH", "PUT"]
    assert routes.operation_id("PATCH", "/things/1") == "change"
    assert routes.contract_method("PATCH", "/things/1") == "PUT"
    assert routes.contract_method("PATCH", "/things") == "PATCH"
