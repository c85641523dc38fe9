"""One HTTP request and its response, as they really happened, for reports, exports and the guide.

Bearer tokens never appear: they stand as `$TOKEN`, and as `$BIRCH_TOKEN` where another provider acts.
"""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

JSON_TYPES = ("application/json", "application/vnd.api+json", "application/problem+json")

# What stands for a token, as it is sent.
_STAND_IN = re.compile(r"[A-Za-z]+ \$[A-Z][A-Z0-9_]*")


def _parsed(headers: Mapping[str, str], content: str | None) -> Any:
    if not content or headers.get("content-type", "").partition(";")[0].strip().lower() not in JSON_TYPES:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):  # too deep is as unreadable as wrong
        return None


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is percent-encoded; `query` holds names and values as they are before encoding.

    `headers` are those that matter, by name in lower case: not `host`, `user-agent` and the like.
    `content` is the body as text, None when none was sent.
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
        """The body, parsed; None when there is none or it isn't JSON."""
        return _parsed(self.headers, self.content)


@dataclass(frozen=True, slots=True)
class Response:
    """`headers` holds all that came, by name in lower case; `content` is the body as text, maybe empty."""

    status: int
    headers: Mapping[str, str]
    content: str

    @property
    def json(self) -> Any:
        """The body, parsed; None when there is none or it isn't JSON."""
        return _parsed(self.headers, self.content)


def curl(request: Request, base_url: str) -> str:
    """A command for a shell with $TOKEN set that sends `request` to `base_url` again, ending in no line feed."""
    words = ["curl"]
    if request.method != "GET":
        words.append(f"-X {request.method}")
    lines = [" ".join([*words, shlex.quote(base_url.rstrip("/") + request.target)])]
    for name, value in request.headers.items():
        header = f"{name.title()}: {value}"
        # In double quotes the shell puts the token in; of anything else it must make nothing.
        lines.append(f'-H "{header}"' if _STAND_IN.fullmatch(value) else f"-H {shlex.quote(header)}")
    if request.content is not None:
        lines.append(f"--data-raw {shlex.quote(request.content)}")
    return " \\\n  ".join(lines)
