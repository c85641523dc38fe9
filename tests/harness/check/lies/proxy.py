"""A server that lies: a real mock without the control API, and before it somebody who changes a few of its answers."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. `query` and `headers` are as they came; header names are in lower case."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    body: bytes

    def get(self, name: str, default: str = "") -> str:
        return dict(self.query).get(name, default)

    def without(self, *names: str) -> "Asked":
        return replace(self, query=tuple(pair for pair in self.query if pair[0] not in names))

    def having(self, **query: str) -> "Asked":
        """With other values, by names such as `filter__cohort`."""
        named = {name.replace("__", "[") + "]": value for name, value in query.items()}
        return replace(self, query=(*self.without(*named).query, *named.items()))

    @property
    def page(self) -> int:
        text = self.get("page[page]", "1")
        return int(text) if text.isdecimal() else 1

    @property
    def size(self) -> int:
        """The page size asked for; 0 without one."""
        text = self.get("page[per_page]")
        return int(text) if text.isdecimal() else 0

    @property
    def attributes(self) -> dict[str, Any]:
        try:
            found = json.loads(self.body)["data"]["attributes"]
        except (ValueError, LookupError, TypeError):
            return {}
        return found if isinstance(found, dict) else {}

    def sending(self, **attributes: Any) -> "Asked":
        """With other attributes in the body."""
        document = json.loads(self.body)
        document["data"]["attributes"] |= attributes
        return replace(self, body=json.dumps(document).encode())


@dataclass(frozen=True, slots=True)
class Told:
    """An answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body)["data"]

    def showing(self, data: Any) -> "Told":
        return replace(self, body=json.dumps({**json.loads(self.body), "data": data}).encode())

    @property
    def titles(self) -> list[str]:
        return [error["title"] for error in json.loads(self.body)["errors"]] if self.status == 422 else []


Honest = Callable[[Asked], Awaitable[Told]]
# A lie gets the request, the honest server and what it has kept, and gives the answer.
Telling = Callable[[Asked, Honest, dict[str, Any]], Awaitable[Told]]


@dataclass(frozen=True, slots=True)
class Lie:
    """One lie. `kind` is its class, `what` says it in a sentence."""

    name: str
    kind: str
    what: str
    tell: Telling


@dataclass(slots=True)
class Liar:
    """An ASGI application that tells one lie in front of another application."""

    honest: Any
    lie: Telling
    kept: dict[str, Any] = field(default_factory=dict)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        query = tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["raw_path"].decode("latin-1")
        asked = Asked(scope["method"], path, query, headers, body)

        async def ask(asked_instead: Asked) -> Told:
            # An unchanged query goes on to the letter.
            text = scope["query_string"] if asked_instead.query == query else urlencode(asked_instead.query).encode()
            return await self._ask(scope, asked_instead, text)

        told = await self.lie(asked, ask, self.kept)
        length = {"content-length": str(len(told.body))} if "content-length" in told.headers else {}
        sent = [(k.encode(), v.encode("latin-1")) for k, v in {**told.headers, **length}.items()]
        await send({"type": "http.response.start", "status": told.status, "headers": sent})
        await send({"type": "http.response.body", "body": b"" if asked.method == "HEAD" else told.body})

    async def _ask(self, scope: Any, asked: Asked, query: bytes) -> Told:
        changed = {
            **scope,
            "method": asked.method,
            "path": unquote(asked.path),
            "raw_path": asked.path.encode("latin-1"),
            "query_string": query,
            "headers": [
                (name.encode("latin-1"), value.encode("latin-1"))
                for name, value in {
                    **asked.headers,
                    **({"content-length": str(len(asked.body))} if "content-length" in asked.headers else {}),
                }.items()
            ],
        }
        messages: list[Any] = [{"type": "http.request", "body": asked.body, "more_body": False}]
        answer: dict[str, Any] = {"body": b""}

        async def receive() -> Any:
            return messages.pop(0) if messages else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.update(status=message["status"], headers=message["headers"])
            else:
                answer["body"] += message.get("body", b"")

        await self.honest(changed, receive, send)
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in answer["headers"]}
        return Told(answer["status"], headers, answer["body"])
