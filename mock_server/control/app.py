"""The ASGI application under `/_mock`: the control operations behind their checks."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from mock_server.control.guard import check_sender
from mock_server.control.problems import ControlCall, Problem, invalid
from mock_server.control.validation import ControlChecks
from mock_server.http.bodies import BodyLimits, Disconnected
from mock_server.http.contract import operations
from mock_server.http.contract_app import ContractApp
from mock_server.http.exchange import Answer, send_answer
from mock_server.http.json_schema import listed
from mock_server.sandbox.state import StateLost

_log = logging.getLogger(__name__)


class ControlApp:
    """Answers by `handlers`, a table by operation id. With `token` None every operation is open.

    It refuses pages of other sites. Without `any_host` or a token it also refuses requests under a foreign host name.
    """

    def __init__(
        self,
        specification: Mapping[str, Any],
        handlers: Mapping[str, Callable[[ControlCall], Answer | Awaitable[Answer]]],
        limits: BodyLimits,
        *,
        token: str | None = None,
        any_host: bool = True,
        keep: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Each answer waits for `keep`, which writes what the operation has changed, or raises StateLost."""
        self._keep = keep
        self._any_host = any_host or token is not None
        if token is not None:
            # The document describes every mock, so it says that the token is optional. This mock has one.
            specification = {**specification, "security": [{"controlToken": []}]}
        self._token = token
        self._by_id = {operation.id: operation for operation in operations(specification)}
        checks = ControlChecks(specification, token, limits)
        self._operations = ContractApp[ControlCall](
            specification, handlers, checks, on_status=_on_status, on_method=_on_method
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = ControlCall(scope["method"], scope["path"], dict(scope["headers"]))
        try:
            check_sender(call.headers, any_host=self._any_host)
            answer = await self._answer(call, scope["query_string"], receive)
        except Disconnected:
            return
        except Problem as refused:
            answer = refused.answer
        await send_answer(answer, scope, send)

    async def perform(self, operation_id: str, ids: Mapping[str, str], body: Mapping[str, Any] | None = None) -> Answer:
        """The answer to a call from inside the process. It is checked, but its sender has already been let in.

        `ids` are the parameters of the operation's path; without one of them the answer is a 422.
        """
        operation = self._by_id[operation_id]
        for parameter in operation.parameters:
            if parameter["in"] == "path" and parameter["name"] not in ids:
                return invalid(f"/{parameter['name']}", f"{parameter['name']} is missing").answer
        content = b"" if body is None else orjson.dumps(body)
        headers = {b"content-type": b"application/json", b"content-length": b"%d" % len(content)}
        if self._token is not None:
            headers[b"authorization"] = b"Bearer " + self._token.encode()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        return await self._answer(ControlCall(operation.method, operation.path.format_map(ids), headers), b"", receive)

    async def _answer(self, call: ControlCall, query: bytes, receive: Receive) -> Answer:
        try:
            answer = await self._operations.answer(call, query, receive)
            if self._keep is not None:
                await self._keep()
            return answer
        except Disconnected:
            raise
        except StateLost as lost:
            return Problem(500, "Internal Server Error", f"The state file can't be written: {lost}.").answer
        except Exception:
            # Only our own mistakes get here.
            _log.exception("%s %s failed", call.method, call.path)
            return Problem(500, "Internal Server Error", "The mock made a mistake; its log says more.").answer


def _on_status(status: int, detail: str) -> Answer:
    if status == 404:
        return Problem(404, "Not Found", "The control API has no such path.").answer
    _log.error("Connexion refused a control request on its own, with %s: %s", status, detail)
    return Problem(500, "Internal Server Error", "The mock made a mistake; its log says more.").answer


def _on_method(methods: list[str]) -> Answer:
    allowed = ", ".join(methods)
    return Problem(
        405, "Method Not Allowed", f"This path has {listed(methods, 'and')} only.", headers=(("allow", allowed),)
    ).answer
