"""What clients and the tools between them and the server stumble over: encodings, content types, caches, errors."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from mock_server.gateway import Gateway
from mock_server.http import connection
from mock_server.http.exchange import Answer
from mock_server.service import Call
from tests.mutation.planting import Plant, answers, csv_text, patched
from tests.mutation.plants.v1.lying import CSV_LISTS, LISTS, Plantable

_PAGE = b"<!doctype html><title>Not found</title><h1>The page you were looking for doesn't exist.</h1>"


def _html(status: int) -> Answer:
    return Answer(status, _PAGE, "text/html; charset=utf-8")


def _header(call: Call, name: bytes) -> bytes:
    return call.headers.get(name, b"")


def _gzipped(when: Callable[[Call], bool]) -> Plantable:
    def changed(call: Call, answer: Answer) -> Answer:
        if not answer.body or not when(call):
            return answer
        headers = (*answer.headers, ("content-encoding", "gzip"))
        return replace(answer, body=gzip.compress(answer.body), headers=headers)

    return answers(changed)


def _for_browsers(call: Call, answer: Answer) -> Answer:
    return _html(answer.status) if answer.status >= 400 and b"text/html" in _header(call, b"accept") else answer


def _for_anything(call: Call, answer: Answer) -> Answer:
    return _html(answer.status) if answer.status == 404 and _header(call, b"accept") == b"*/*" else answer


def _not_acceptable(call: Call, answer: Answer) -> Answer:
    accepted = _header(call, b"accept")
    return Answer(406) if accepted and b"json" not in accepted and b"*/*" not in accepted else answer


def _outside(answer: Answer, when: Callable[[str], bool]) -> Plantable:
    return answers(lambda call, sound: answer if sound.status == 404 and when(call.path) else sound)


def _details(change: Callable[[dict[str, Any]], None], *statuses: int) -> Plantable:
    def changed(call: Call, answer: Answer) -> Answer:
        if answer.status not in statuses or b"errors" not in answer.body:
            return answer
        document = orjson.loads(answer.body)
        for error in document["errors"]:
            change(error)
        return replace(answer, body=orjson.dumps(document))

    return answers(changed)


def _too_long(original: Any) -> Any:
    def refuse(self: Any) -> None:
        head = b"HTTP/1.1 414 URI Too Long\r\ncontent-type: text/html\r\nconnection: close\r\n"
        self.transport.write(head + b"content-length: %d\r\n\r\n" % len(_PAGE) + _PAGE)
        self.transport.close()

    return refuse


def _slashes(original: Any) -> Any:
    """A path with a slash at its end is another name of the path without."""

    async def provider_request(self: Gateway, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"].rstrip("/") or "/"
        await original(self, {**scope, "path": path, "raw_path": scope["raw_path"].rstrip(b"/") or b"/"}, receive, send)

    return provider_request


def _suffix(original: Any) -> Any:
    """`.json` at the end of a list's path is another name of the list."""

    async def provider_request(self: Gateway, scope: Any, receive: Any, send: Any) -> None:
        path, raw_path = scope["path"].removesuffix(".json"), scope["raw_path"].removesuffix(b".json")
        await original(self, {**scope, "path": path, "raw_path": raw_path}, receive, send)

    return provider_request


def _beside_data(call: Call, answer: Answer) -> Answer:
    if answer.status != 200 or call.operation_id not in LISTS:
        return answer
    return replace(answer, body=orjson.dumps({**orjson.loads(answer.body), "meta": {"total": 1}}))


def _method_override(original: Any) -> Any:
    async def provider_request(self: Gateway, scope: Any, receive: Any, send: Any) -> None:
        instead = dict(scope["headers"]).get(b"x-http-method-override")
        await original(self, {**scope, "method": instead.decode()} if instead else scope, receive, send)

    return provider_request


def _bare_pointer(error: dict[str, Any]) -> None:
    error["detail"] = error["detail"].replace("#/", "")


SMALL_PRINT = tuple(
    Plant(f"small-{name}", "small print", what, plant)
    for name, what, plant in (
        (
            "gzip",
            "Answers are gzipped though nobody asked.",
            _gzipped(lambda call: b"gzip" not in _header(call, b"accept-encoding")),
        ),
        (
            "gzip-csv",
            "CSV is gzipped though nobody asked.",
            _gzipped(lambda c: c.operation_id in CSV_LISTS and b"gzip" not in _header(c, b"accept-encoding")),
        ),
        ("html", "Browsers get errors as HTML.", answers(_for_browsers)),
        ("html-anything", "An unknown record is HTML for clients that take anything.", answers(_for_anything)),
        ("not-acceptable", "A client that takes no JSON gets 406.", answers(_not_acceptable)),
        (
            "outside-html",
            "A path outside the API is HTML.",
            _outside(_html(404), lambda path: not path.startswith("/api/")),
        ),
        ("outside-version", "Another version is HTML.", _outside(_html(404), lambda path: path.startswith("/api/v2"))),
        (
            "long",
            "A path that is too long is refused in HTML.",
            patched(connection._Connection, "_refuse_head", _too_long),
        ),
        (
            "detail",
            "A refusal's detail names no attribute.",
            _details(lambda error: error.update(detail="is invalid"), 422),
        ),
        ("detail-empty", "A refusal's detail is empty.", _details(lambda error: error.update(detail=""), 400, 422)),
        ("detail-pointer", "A refusal's detail has no JSON pointer.", _details(_bare_pointer, 422)),
        (
            "detail-query",
            "The detail about a query doesn't name the parameter.",
            _details(lambda error: error.update(detail="Bad request"), 400),
        ),
        ("slash", "A slash at the end doesn't matter.", patched(Gateway, "_provider_request", _slashes)),
        ("suffix", "`.json` at the end doesn't matter.", patched(Gateway, "_provider_request", _suffix)),
        ("meta", "Lists have a member beside data.", answers(_beside_data)),
        ("override", "X-HTTP-Method-Override counts.", patched(Gateway, "_provider_request", _method_override)),
        ("bom", "CSV begins with a byte order mark.", csv_text(lambda text: text and f"\ufeff{text}")),
        ("formula", "CSV guards cells that look like formulas.", csv_text(lambda text: text.replace(",=", ",'="))),
    )
)
