"""The outermost application: services, tokens, rate limit, faults, and the journal.

Everything that can be wrong with a request ends here as an `Answer`.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from functools import cached_property
from time import monotonic, perf_counter, time
from typing import Any

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.http.bodies import BodyLimits, BodyTooLarge, BodyTooSlow, Disconnected, receive_body
from mock_server.http.contract import path_in_segments
from mock_server.http.contract_app import ContractApp
from mock_server.http.exchange import Answer, Refused, bearer_token, send_answer
from mock_server.sandbox.faults import Fault
from mock_server.sandbox.sandboxes import Access, Registry, Sandbox
from mock_server.sandbox.state import StateLost
from mock_server.sandbox.wording import reworded
from mock_server.service import Call, Service
from mock_server.settings import DOCS_PREFIX

CONTROL_PREFIX = "/_mock"
PAGE_PREFIX = f"{CONTROL_PREFIX}/ui"
CONTRACTS_PREFIX = "/openapi"

_log = logging.getLogger(__name__)


class Served:
    """A service, and the application that answers for it.

    A service whose world is there from the start has its application from the start, too. The others get theirs with
    their first request.
    """

    def __init__(self, service: Service, make: Callable[[], ContractApp[Call]]) -> None:
        self.service = service
        self._make = make
        if service.made_at_start:
            self.app  # noqa: B018 - makes it

    @cached_property
    def app(self) -> ContractApp[Call]:
        return self._make()


class Gateway:
    """The ASGI application of the mock.

    `beside` has the applications for other paths than those of the services, by prefix, the longest first. All other
    paths go to the service whose prefix they have; the first service answers for paths that have none.
    """

    def __init__(
        self,
        served: Sequence[Served],
        registry: Registry,
        limits: BodyLimits,
        beside: Mapping[str, ASGIApp],
    ) -> None:
        self._served = served
        self._registry = registry
        self._keeper = registry.keeper
        self._limits = limits
        self._beside = sorted(beside.items(), key=lambda each: -len(each[0]))
        self._prefixes = tuple(beside)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._registry.drop_idle()
        if scope["type"] != "http":
            await _other_events(scope, receive, send)
        elif (app := self._app_beside(scope["path"])) is not None:
            await app(scope, receive, send)
        elif scope["path"] == "/" and b"text/html" in dict(scope["headers"]).get(b"accept", b""):
            # Somebody opened the mock's address in a browser.
            await RedirectResponse(PAGE_PREFIX if PAGE_PREFIX in self._prefixes else f"{DOCS_PREFIX}/")(
                scope, receive, send
            )
        else:
            await self._provider_request(scope, receive, send)

    def _app_beside(self, path: str) -> ASGIApp | None:
        if path.startswith(self._prefixes):
            for prefix, app in self._beside:
                if _under(prefix, path):
                    return app
        return None

    def _addressed(self, path: str) -> tuple[Served, Service | None]:
        """Who answers a request to `path`, and the service that it belongs to."""
        for served in self._served:
            if served.service.has(path):
                return served, served.service
        return self._served[0], None

    async def _provider_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        at, started = time(), perf_counter()
        headers = dict(scope["headers"])
        served, service = self._addressed(scope["path"])
        token = bearer_token(headers.get(b"authorization"))
        access = self._registry.access(token)
        sandbox = access.sandbox if access else self._registry.sandbox_meant(token, scope)
        fault: Fault | None = None
        unheard: Answer | None = None
        call = _call(scope, headers, served.service, access, sandbox)
        try:
            if access is None:
                answer = await self._answer(served, call, scope, receive)
            elif wait := access.limiter.admit(monotonic()):
                answer = served.service.errors.retry_later(wait)
            elif access.sandbox.faults.active:
                answer, fault, unheard = await self._answer_with_faults(served, service, call, access, scope, receive)
            else:
                answer = await self._answer(served, call, scope, receive)
            if self._keeper is not None:
                # A token whose sandbox has just been dropped gets its 401 only when that is on the disk, too.
                await (self._keeper.keep(access.sandbox) if access is not None else self._keeper.keep_deletions())
        except Disconnected:
            return
        except StateLost:
            answer = served.service.errors.internal
        if answer.status >= 400 and access is not None and access.sandbox.settings.details == "reworded":
            answer = reworded(answer)
        await send_answer(answer, scope, send)
        took, struck = perf_counter() - started, fault.id if fault else None
        sandbox.journal.record(scope, service, call, answer, at, took, struck, unheard)
        counts = self._registry.request_counts
        counts.note(service.name if service else None, call.operation_id, answer.status, took)
        if fault is not None:
            counts.struck_by_faults += 1

    async def _answer(self, served: Served, call: Call, scope: Scope, receive: Receive) -> Answer:
        try:
            return await served.app.answer(call, scope["query_string"], receive)
        except Disconnected:
            raise
        except Exception:
            # Only our own mistakes get here. The client gets what the real service would send.
            _log.exception("%s %s failed", call.method, call.path)
            return served.service.errors.internal

    async def _answer_with_faults(
        self,
        served: Served,
        service: Service | None,
        call: Call,
        access: Access,
        scope: Scope,
        receive: Receive,
    ) -> tuple[Answer, Fault | None, Answer | None]:
        """The answer, the fault that struck (or None), and the answer that the client didn't get (or None)."""

        def operation_id() -> str | None:
            return served.app.routes.operation_id(call.method, call.path)

        fault = access.sandbox.faults.strike(service.name if service else None, call.method, call.path, operation_id)
        if fault is None:
            return await self._answer(served, call, scope, receive), None, None
        performed: Answer | None = None
        if fault.answer is None or fault.after:
            performed = await self._answer(served, call, scope, receive)
        else:
            call.operation_id = operation_id()
            await self._note_body(call, receive)
        left = bool(fault.delay_ms) and await _client_leaves(receive, fault.delay_ms / 1000)
        answer = fault.answer or performed
        assert answer is not None  # noqa: S101 - one of the two it is
        return answer, fault, performed if left or fault.answer else None

    async def _note_body(self, call: Call, receive: Receive) -> None:
        """Reads the body for the journal: a tester may compare it with what the client sends after the fault."""
        if call.method in ("POST", "PUT"):
            try:
                call.body = await receive_body(call.headers, receive, self._limits)
            except (BodyTooLarge, BodyTooSlow):
                return


def _call(scope: Scope, headers: dict[bytes, bytes], service: Service, access: Access | None, sandbox: Sandbox) -> Call:
    """The request as the service gets it; the sandbox's clock decides its moment."""
    method, path = scope["method"], path_in_segments(scope["path"], scope.get("raw_path") or b"")
    try:
        shifted = service.server_date(headers)
    except Refused:
        # The service refuses it in its turn: after the token and the path, with the other parameters.
        shifted = None
    if access is None:
        return Call(method, path, headers, shifted or sandbox.clock.now())
    now = sandbox.moment(shifted)
    return Call(
        method,
        path,
        headers,
        now,
        access.provider,
        sandbox.world(service),
        sandbox.settings,
        sandbox.pages[service.name],
    )


async def _client_leaves(receive: Receive, seconds: float) -> bool:
    """Waits for so many seconds; True when the client has left before. The body must have been read."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
            return True
    except TimeoutError:
        return False


def _under(prefix: str, path: str) -> bool:
    return path.startswith(prefix) and (len(path) == len(prefix) or path[len(prefix)] == "/")


async def _other_events(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        while True:
            event: MutableMapping[str, Any] = await receive()
            await send({"type": f"{event['type']}.complete"})
            if event["type"] == "lifespan.shutdown":
                return
    # There are no websockets here. Closing one before it is accepted makes the server answer 403.
    await receive()
    await send({"type": "websocket.close", "code": 1000})
