"""A server that lies: a real mock without the control API, and before it somebody who changes a few of its answers."""

import csv
import io
import json
from collections.abc import Awaitable, Callable, Iterable
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


# -- where a lie is told -------------------------------------------------------------------------

PARTICIPANTS = "/api/v1/participants/ecf"
OLDER = "/api/v1/participants"
DECLARATIONS = "/api/v1/participant-declarations"
SINCE, COHORT, WHO = "filter[updated_since]", "filter[cohort]", "filter[participant_id]"
JSON_LISTS = (PARTICIPANTS, OLDER, DECLARATIONS)


def is_one(asked: Asked, of: str) -> bool:
    """Whether one record of a list is read."""
    return asked.method == "GET" and asked.path.startswith(f"{of}/") and asked.path.count("/") == of.count("/") + 1


def acts(asked: Asked, *actions: str) -> bool:
    return asked.method == "PUT" and asked.path.rpartition("/")[2] in actions


def asking(where: Callable[[Asked], bool], change: Callable[[Asked], Asked]) -> Telling:
    """The server understands another question."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        return await honest(change(asked) if where(asked) else asked)

    return tell


def answering(where: Callable[[Asked, Told], bool], change: Callable[[Asked, Told], Told]) -> Telling:
    """The server gives another answer."""

    async def tell(asked: Asked, honest: Honest, kept: dict[str, Any]) -> Told:
        told = await honest(asked)
        return change(asked, told) if where(asked, told) else told

    return tell


def lists(change: Callable[[Asked, Records], Records], *paths: str) -> Telling:
    """A list shows other records."""
    return answering(
        lambda asked, told: asked.method == "GET" and asked.path in paths and told.status == 200,
        lambda asked, told: told.showing(change(asked, told.data)),
    )


def every(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Asked, Records], Records]:
    """Changes the attributes of every record."""
    return lambda asked, records: [{**r, "attributes": {**r["attributes"], **change(r["attributes"])}} for r in records]


def ones(change: Callable[[dict[str, Any]], dict[str, Any]], of: str) -> Telling:
    """A single record shows other attributes."""
    return answering(
        lambda asked, told: is_one(asked, of) and told.status == 200,
        lambda asked, told: told.showing(every(change)(asked, [told.data])[0]),
    )


def rows(change: Callable[[Asked, list[list[str]]], Iterable[list[str]]], of: str) -> Telling:
    """A CSV list has other rows; the first one given is the header row."""

    def changed(asked: Asked, told: Told) -> Told:
        known = list(csv.reader(io.StringIO(told.body.decode(), newline="")))
        if not known:
            return told
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(change(asked, known))
        return replace(told, body=text.getvalue().encode())

    return answering(lambda asked, told: asked.path == f"{of}.csv" and told.status == 200, changed)


def column(name: str, change: Callable[[str], str], of: str) -> Telling:
    """A column of a CSV list has other cells."""

    def changed(asked: Asked, known: list[list[str]]) -> Iterable[list[str]]:
        place = known[0].index(name)
        return [known[0], *([*row[:place], change(row[place]), *row[place + 1 :]] for row in known[1:])]

    return rows(changed, of)
