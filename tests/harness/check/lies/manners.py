"""Lies that every service could tell: about access, encodings and errors."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace

from tests.harness.check.lies.proxy import Asked, Telling, Told
from tests.harness.check.lies.telling import Found, answering, asking


def accepting(change: Callable[[Asked], str | None]) -> Telling:
    """Other credentials are accepted, too. The scheme stays."""

    def accepted(asked: Asked) -> Asked:
        token = change(asked)
        scheme = credentials(asked)[0] or "Bearer"
        return replace(asked, headers={**asked.headers, "authorization": f"{scheme} {token}"}) if token else asked

    return asking(lambda asked: True, accepted)


def credentials(asked: Asked) -> tuple[str, str]:
    scheme, _, token = asked.headers.get("authorization", "").partition(" ")
    return scheme, token.strip()


_HTML = b"<!doctype html><title>Sorry</title>"


def as_html(asked: Asked, told: Told) -> Told:
    return replace(told, headers={**told.headers, "content-type": "text/html"}, body=_HTML)


def zipped(asked: Asked, told: Told) -> Told:
    return replace(told, headers={**told.headers, "content-encoding": "gzip"}, body=gzip.compress(told.body))


def unnamed(asked: Asked, told: Told) -> Told:
    document = json.loads(told.body)
    for error in document["errors"]:
        error["detail"] = "It is wrong."
    return replace(told, body=json.dumps(document).encode())


_TOKENS = ("alder-token", "birch-token")

ACCESS: Found = (
    (
        "token-in-query",
        "A token in the query is accepted.",
        accepting(
            lambda a: next((value for _, value in a.query if value in _TOKENS), None) if not credentials(a)[1] else None
        ),
    ),
    (
        "token-prefix",
        "The beginning of a token is accepted.",
        accepting(
            lambda a: next((t for t in _TOKENS if len(credentials(a)[1]) > 3 and t.startswith(credentials(a)[1])), None)
        ),
    ),
    (
        "token-appended",
        "A token with a letter more is accepted.",
        accepting(lambda a: next((t for t in _TOKENS if credentials(a)[1][:-1] == t), None)),
    ),
    (
        "scheme",
        "Any scheme is accepted.",
        asking(
            lambda a: credentials(a)[1] in _TOKENS,
            lambda a: replace(a, headers={**a.headers, "authorization": f"Bearer {credentials(a)[1]}"}),
        ),
    ),
    (
        "token-case",
        "The case of a token is ignored.",
        accepting(lambda a: credentials(a)[1].lower() if credentials(a)[1].lower() in _TOKENS else None),
    ),
)


MINOR: Found = (
    (
        "gzip-unasked",
        "Answers are compressed for clients that don't accept it.",
        answering(lambda a, t: "gzip" not in a.headers.get("accept-encoding", "") and len(t.body) > 100, zipped),
    ),
    (
        "html-for-browsers",
        "Browsers get HTML errors.",
        answering(lambda a, t: "text/html" in a.headers.get("accept", "") and t.status >= 400, as_html),
    ),
    (
        "html-for-any",
        "Lists are HTML for a client that wants HTML.",
        answering(lambda a, t: a.headers.get("accept") == "text/html" and t.status == 200, as_html),
    ),
    (
        "html-outside",
        "Paths outside of the API are answered in HTML.",
        answering(lambda a, t: not a.path.startswith("/api/v") and t.status == 404, as_html),
    ),
    (
        "detail-unnamed",
        "The detail of a refusal names no attribute.",
        answering(lambda a, t: t.status == 422, unnamed),
    ),
)
