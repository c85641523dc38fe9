"""The outermost application: tokens, rate limit, faults, the sending of answers, and the journal.

Everything that can be wrong with a request ends here as an `Answer`; this module alone writes to the connection.
"""

import asyncio
import logging
from collections.abc import MutableMapping
from datetime import UTC, datetime
from time import monotonic, perf_counter, time
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.http.bodies import BodyLimits, BodyTooLarge, BodyTooSlow, Disconnected, receive_body
from mock_server.http.contract_app import ContractApp
from mock_server.http.exchange import SEND_WHOLE, Answer, Call, Refused
from mock_server.sandbox.faults import Fault
from mock_server.sandbox.sandboxes import Access, Registry
from mock_server.sandbox.state import StateLost
from mock_server.v1.errors import INTERNAL_SERVER_ERROR, retry_later
from mock_server.v1.queries import SERVER_DATE, read_server_date

CONTROL_PREFIX = "/_mock"
PAGE_PREFIX = f"{CONTROL_PREFIX}/ui"

_log = logging.getLogger(__name__)


class Gateway:
    """The ASGI application of the mock.

    Paths under `/_mock` go to `control`, and of those `/_mock/ui` to `page`; without them they are unknown paths
    of v1, like any other.
    """

    def __init__(
        self,
        v1: ContractApp[Call],
        registry: Registry,
        limits: BodyLimits,
        control: ASGIApp | None = None,
        page: ASGIApp | None = None,
    ) -> None:
        self._v1 = v1
        self._registry = registry
        self._keeper = registry.keeper
        self._limits = limits
        self._control = control
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._registry.drop_idle()
        if scope["type"] != "http":
            await _other_events(scope, receive, send)
        elif self._control is not None and _under(CONTROL_PREFIX, scope["path"]):
            app = self._page if self._page is not None and _under(PAGE_PREFIX, scope["path"]) else self._control
            await app(scope, receive, send)
        else:
            await self._provider_request(scope, receive, send)

    async def _provider_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        at, started = time(), perf_counter()
        headers = dict(scope["headers"])
        token = bearer_token(headers.get(b"authorization"))
        access = self._registry.access(token)
        fault: Fault | None = None
        unheard: Answer | None = None
        call = Call(scope["method"], scope["path"], access, _requested_moment(access, headers), headers)
        try:
            if access is None:
                answer = await self._answer(call, scope, receive)
            elif wait := access.limiter.admit(monotonic()):
                answer = retry_later(wait)
            elif access.sandbox.faults.active:
                answer, fault, unheard = await self._answer_with_faults(call, access, scope, receive)
            else:
                answer = await self._answer(call, scope, receive)
            if self._keeper is not None and access is not None:
                await self._keeper.keep(access.sandbox)
        except Disconnected:
            return
        except StateLost:
            answer = INTERNAL_SERVER_ERROR
        await send_answer(answer, scope, send)
        journal = access.sandbox.journal if access else self._registry.journal_for(token, scope)
        journal.record(scope, call, answer, at, perf_counter() - started, fault.id if fault else None, unheard)

    async def _answer(self, call: Call, scope: Scope, receive: Receive) -> Answer:
        try:
            return await self._v1.answer(call, scope["query_string"], receive)
        except Disconnected:
            raise
        except Exception:
            # Only a mistake of ours comes here. The client gets what the real service would send.
            _log.exception("%s %s failed", call.method, call.path)
            return INTERNAL_SERVER_ERROR

    async def _answer_with_faults(
        self, call: Call, access: Access, scope: Scope, receive: Receive
    ) -> tuple[Answer, Fault | None, Answer | None]:
        """The answer, the fault that struck, if any, and what really happened where the client doesn't hear of it."""

        def operation_id() -> str | None:
            return self._v1.routes.operation_id(call.method, call.path)

        fault = access.sandbox.faults.strike(call.method, call.path, operation_id)
        if fault is None:
            return await self._answer(call, scope, receive), None, None
        performed: Answer | None = None
        if fault.answer is None or fault.after:
            performed = await self._answer(call, scope, receive)
        else:
            call.operation_id = operation_id()
            await self._note_body(call, receive)
        left = bool(fault.delay_ms) and await _client_leaves(receive, fault.delay_ms / 1000)
        answer = fault.answer or performed
        assert answer is not None  # noqa: S101 - one of the two it is
        return answer, fault, performed if left or fault.answer else None

    async def _note_body(self, call: Call, receive: Receive) -> None:
        """Reads the body for the journal's sake: what a client sends again after a fault should be comparable."""
        if call.method in ("POST", "PUT"):
            try:
                call.body = await receive_body(call.headers, receive, self._limits)
            except (BodyTooLarge, BodyTooSlow):
                return


async def _client_leaves(receive: Receive, seconds: float) -> bool:
    """Waits so long, the body having been read, unless the client gives up before."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
            return True
    except TimeoutError:
        return False


def bearer_token(authorization: bytes | None) -> bytes:
    """The token of `Bearer TOKEN`, with the scheme in any case; empty for everything else."""
    if authorization is None or authorization[:7].lower() != b"bearer ":
        return b""
    return authorization[7:].strip()


async def send_answer(answer: Answer, scope: Scope, send: Send) -> None:
    """Writes `answer` to the connection that `scope` came from."""
    body = answer.body
    headers = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in answer.headers]
    if answer.content_type is not None:
        headers.append((b"content-type", answer.content_type.encode("latin-1")))
    if answer.status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(body)))
    send_whole = scope["extensions"].get(SEND_WHOLE) if "extensions" in scope else None
    if send_whole is not None and send_whole(scope, answer.status, headers, body):
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _requested_moment(access: Access | None, headers: dict[bytes, bytes]) -> datetime:
    if access is None:
        return datetime.now(UTC)
    if SERVER_DATE not in headers:
        return access.sandbox.moment(None)
    try:
        return access.sandbox.moment(read_server_date(headers))
    except Refused:
        # Refused in its turn: after the token and the path, with the other parameters.
        return access.sandbox.moment(None)


def _under(prefix: str, path: str) -> bool:
    return path.startswith(prefix) and (len(path) == len(prefix) or path[len(prefix)] == "/")


async def _other_events(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        while True:
            event: MutableMapping[str, Any] = await receive()
            await send({"type": f"{event['type']}.complete"})
            if event["type"] == "lifespan.shutdown":
                return
    # A websocket can't be had here; closing it before it is accepted makes the server answer 403.
    await receive()
    await send({"type": "websocket.close", "code": 1000})
