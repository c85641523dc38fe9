"""A server that knows `openapi/control.yaml` and nothing else.

It checks each request against the contract and answers with the contract's first example of success, so that
a test can tell what a client sends and what it makes of the answer.
"""

import json
import re
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from tests.specifications import Document, Operation, examples

CONTROL = Document("control")


@dataclass(frozen=True)
class Call:
    """A request as it arrived; `body` is None when there was none."""

    operation_id: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class StandIn:
    """The ASGI application. `answer`, when set, replaces the example: status, content type, body."""

    calls: list[Call] = field(default_factory=list)
    answer: tuple[int, str, bytes] | None = None
    # Clear to hold answers back.
    may_answer: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        content = b""
        while (message := await receive())["type"] == "http.request":
            content += message["body"]
            if not message["more_body"]:
                break
        self.may_answer.wait(10)
        status, kind, body = self.answer or self._answer(scope, content)
        headers = [(b"content-type", kind.encode())] if kind else []
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _answer(self, scope: Any, content: bytes) -> tuple[int, str, bytes]:
        call, problems = _read(scope, scope["raw_path"].decode(), content)
        if problems:
            problem = {"title": "Against the contract", "status": 422, "detail": "; ".join(problems)}
            return 422, "application/problem+json", json.dumps(problem).encode()
        self.calls.append(call)
        return _success(CONTROL.operations[call.operation_id])


def _success(operation: Operation) -> tuple[int, str, bytes]:
    status, response = next(
        (status, response) for status, response in operation.responses.items() if status.startswith("2")
    )
    for kind, content in response.get("content", {}).items():
        for _, example in examples(content):
            return int(status), kind, (example if kind == "text/plain" else json.dumps(example)).encode()
    return int(status), "", b""


def _read(scope: Any, path: str, content: bytes) -> tuple[Call, list[str]]:
    """The request, and how it breaks the contract."""
    operation, segments = _operation(scope["method"].lower(), path)
    query = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True))
    headers = {name.decode(): value.decode() for name, value in scope["headers"]}
    body = json.loads(content) if content else None
    problems = []
    unread = {"path": segments, "query": dict(query), "header": dict(headers)}
    for parameter in operation.parameters:
        # Headers have names in any case; these came in small letters.
        name = parameter["name"].lower() if parameter["in"] == "header" else parameter["name"]
        text = unread[parameter["in"]].pop(name, None)
        if text is not None:
            value = int(text) if parameter["schema"]["type"] == "integer" else text
            problems += CONTROL.complaints(parameter["schema"], value)
    problems += [f"unknown parameter {name}" for name in unread["query"]]
    if request := operation.definition.get("requestBody"):
        problems += CONTROL.complaints(request["content"][headers["content-type"]]["schema"], body)
    elif content:
        problems.append("a body that nobody reads")
    return Call(operation.id, path, query, headers, body), problems


def _operation(method: str, path: str) -> tuple[Operation, dict[str, str]]:
    for operation in CONTROL.operations.values():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(operation.path))
        if operation.method == method and (match := re.fullmatch(pattern, path)):
            return operation, {name: unquote(value) for name, value in match.groupdict().items()}
    raise LookupError(f"The contract has no {method} {path}")
