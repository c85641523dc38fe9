"""Lets the pages of the documentation send requests to the services, from the site that `--docs-url` names.

Browsers keep a page from reading the answers of another origin, unless that origin allows it (CORS). The mock allows
it for one origin, and only below the given prefixes: never for the control API.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.http.exchange import SEND_WHOLE

_METHODS: Final = ("GET", "POST", "PUT", "PATCH")
_REQUEST_HEADERS: Final = ("Authorization", "Content-Type", "X-With-Server-Date")
# What a page may read of an answer, beside what every page may.
_ANSWER_HEADERS: Final = ("Allow", "Link", "Retry-After", "X-Mock-Rule")


def origin_of(address: str) -> str:
    """`https://docs.example` for `https://docs.example/ecf/`, as browsers write it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower()


class DocsOrigin:
    """An ASGI application around `app`. `prefixes` are those of the services."""

    def __init__(self, app: ASGIApp, docs_url: str, prefixes: Sequence[str]) -> None:
        self._app = app
        self._origin = origin_of(docs_url).encode()
        self._folders = tuple(f"{prefix}/" for prefix in prefixes)
        self._allowing = CORSMiddleware(
            app,
            allow_origins=[origin_of(docs_url)],
            allow_methods=_METHODS,
            allow_headers=_REQUEST_HEADERS,
            expose_headers=_ANSWER_HEADERS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = (
            scope["type"] == "http"
            and scope["path"].startswith(self._folders)
            and (b"origin", self._origin) in scope["headers"]
        )
        if not allowed:
            await self._app(scope, receive, send)
            return
        # An answer in one piece would go out without the headers that allow it.
        extensions = {name: offered for name, offered in scope.get("extensions", {}).items() if name != SEND_WHOLE}
        await self._allowing({**scope, "extensions": extensions}, receive, send)
