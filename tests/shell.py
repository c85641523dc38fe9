"""The shell around v1 with handlers that do nothing but say what they were called with."""

import asyncio
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes

import orjson
from starlette.types import ASGIApp

from mock_server.control.models import plain
from mock_server.gateway import CONTROL_PREFIX, Gateway, Served
from mock_server.http.bodies import BodyLimits
from mock_server.http.contract import operations
from mock_server.http.contract_app import ContractApp
from mock_server.http.exchange import Answer
from mock_server.resources import specification
from mock_server.sandbox.sandboxes import Registry, Sandbox
from mock_server.service import Call
from mock_server.services import SERVICES
from mock_server.settings import Rate, Settings
from mock_server.v1.checks import ProviderChecks
from mock_server.v1.errors import for_status, method_not_allowed
from mock_server.v1.service import V1

ALDER = {"authorization": "Bearer alder-token"}
# The provider without an ECF contract.
DOGWOOD = {"authorization": "Bearer dogwood-token"}
JSON = {"content-type": "application/json"}
DECLARATIONS = "/api/v1/participant-declarations"
PARTICIPANTS = "/api/v1/participants/ecf"
GOOD_BODY = b'{"data": {"type": "participant-declaration", "attributes": {"declaration_type": "started"}}}'


@dataclass(frozen=True)
class Reply:
    """What came back; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def titles(self) -> list[str]:
        return [error["title"] for error in self.json()["errors"]]

    @property
    def detail(self) -> str:
        [error] = self.json()["errors"]
        return str(error["detail"])


async def ask(
    app: ASGIApp,
    method: str,
    path: str | bytes,
    headers: dict[str, str] | Iterable[tuple[bytes, bytes]] = (),
    body: bytes | Iterable[dict[str, Any]] = b"",
    query: str | bytes = b"",
    client: tuple[str, int] = ("127.0.0.1", 50000),
) -> Reply | None:
    """Sends one request as a server would, odd bytes included; None when there was no answer.

    `body` is the whole of it, or the events that the server reports while it comes in.
    """
    raw_path = path if isinstance(path, bytes) else path.encode()
    pairs = [(n.encode(), v.encode()) for n, v in headers.items()] if isinstance(headers, dict) else list(headers)
    if isinstance(body, bytes):
        if body:
            pairs.append((b"content-length", str(len(body)).encode()))
        body = [{"type": "http.request", "body": body, "more_body": False}]
    events = iter(body)
    sent: list[Any] = []

    answered = asyncio.Event()

    async def receive() -> dict[str, Any]:
        event = next(events, None)
        if event is None:
            # As servers do: after the body comes nothing until the answer is there.
            await answered.wait()
            return {"type": "http.disconnect"}
        return event

    async def send(message: Any) -> None:
        sent.append(message)
        answered.set()

    scope = {
        "type": "http",
        "method": method,
        "path": unquote_to_bytes(raw_path).decode("utf-8", "replace"),
        "raw_path": raw_path,
        "query_string": query if isinstance(query, bytes) else query.encode(),
        "headers": pairs,
        "root_path": "",
        "client": client,
    }
    await app(scope, receive, send)
    if not sent:
        return None
    start, content = sent
    return Reply(
        start["status"], {n.decode(): v.decode("latin-1") for n, v in start["headers"]}, content.get("body", b"")
    )


@dataclass
class Shell:
    """A gateway with empty sandboxes; `calls` are those that reached a handler, in order."""

    app: Gateway
    registry: Registry
    handler: Callable[[Call], Answer]
    calls: list[Call] = field(default_factory=list)

    @property
    def sandbox(self) -> Sandbox:
        sandbox = self.registry.get("default")
        assert sandbox is not None
        return sandbox

    @property
    def entries(self) -> list[dict[str, Any]]:
        return [plain(entry) for entry in self.sandbox.journal.page()[0]]

    async def ask(self, *request: Any, **parts: Any) -> Reply:
        _asked.set(self)
        reply = await ask(self.app, *request, **parts)
        assert reply is not None, "no answer"
        return reply

    async def get(self, path: str, query: str | bytes = b"", headers: dict[str, str] | None = None) -> Reply:
        return await self.ask("GET", path, ALDER if headers is None else headers, query=query)

    async def post(self, body: Any, headers: dict[str, str] = JSON) -> Reply:
        return await self.ask("POST", DECLARATIONS, ALDER | headers, body)


# The shell that is asked right now. Building the stack takes longer than most tests, so shells share it.
_asked: ContextVar[Shell] = ContextVar("asked")


def _perform(call: Call) -> Answer:
    shell = _asked.get()
    shell.calls.append(call)
    return shell.handler(call)


@cache
def _stack(limits: BodyLimits) -> ContractApp[Call]:
    contract = specification("v1")
    return ContractApp[Call](
        contract,
        {operation.id: _perform for operation in operations(contract)},
        ProviderChecks(contract, limits),
        on_status=for_status,
        on_method=method_not_allowed,
    )


def make_shell(
    *,
    rate_limit: Rate | None = None,
    limits: BodyLimits | None = None,
    handler: Callable[[Call], Answer] = lambda call: Answer(200, b"{}"),
    control: ASGIApp | None = None,
) -> Shell:
    """A shell around `handler`, in a world of its own."""
    limits = limits or BodyLimits()
    registry = Registry(Settings(seed="empty", rate_limit=rate_limit), SERVICES)
    return Shell(
        Gateway(
            [Served(V1, lambda: _stack(limits))], registry, limits, {} if control is None else {CONTROL_PREFIX: control}
        ),
        registry,
        handler,
    )
