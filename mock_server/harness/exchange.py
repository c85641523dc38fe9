"""One HTTP request and its response, as they really happened, for reports, exports and the guide.

Bearer tokens never appear. `$TOKEN` replaces them, or for example `$BIRCH_TOKEN` when another provider acts.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from mock_server.http.curl import curl as as_curl

JSON_TYPES = ("application/json", "application/vnd.api+json", "application/problem+json")


def _parsed(headers: Mapping[str, str], content: str | None) -> Any:
    if not content or headers.get("content-type", "").partition(";")[0].strip().lower() not in JSON_TYPES:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):  # too deep is as unreadable as wrong
        return None


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is percent-encoded. `query` holds names and values before encoding.

    `headers` are those that matter, by name in lower case. `host`, `user-agent` and the like aren't among them.
    `content` is the body as text, or None without a body.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    content: str | None

    @property
    def target(self) -> str:
        """Path and query, percent-encoded, as on the request line."""
        return f"{self.path}?{urlencode(self.query, quote_via=quote)}" if self.query else self.path

    @property
    def json(self) -> Any:
        """The parsed body; None when there is no body or it isn't JSON."""
        return _parsed(self.headers, self.content)


@dataclass(frozen=True, slots=True)
class Response:
    """`headers` holds every header, by name in lower case. `content` is the body as text, and may be empty."""

    status: int
    headers: Mapping[str, str]
    content: str

    @property
    def json(self) -> Any:
        """The parsed body; None when there is no body or it isn't JSON."""
        return _parsed(self.headers, self.content)


def curl(request: Request, base_url: str) -> str:
    """A command that sends `request` to `base_url` again, for a shell with $TOKEN set. It ends in no line feed."""
    headers = [(name.title(), value) for name, value in request.headers.items()]
    return as_curl(request.method, base_url.rstrip("/") + request.target, headers, request.content)
