"""Input that crashes a careless server, and limits that the server doesn't keep."""

from dataclasses import replace
from typing import Any

import orjson

from mock_server.http import query_strings
from mock_server.http.contract import Routes
from mock_server.http.exchange import Answer
from mock_server.sandbox.rate_limit import RateLimiter
from mock_server.v1 import checks
from mock_server.v1 import queries as parameters
from mock_server.v1.service import V1
from tests.mutation.planting import Plant, patched


def _ascii_queries(original: Any) -> Any:
    return lambda text: str(original(text).encode("ascii").decode())


def _stripping_attributes(original: Any) -> Any:
    """Assumes that every value except null is text."""

    def read_attributes(*sent: Any) -> dict[str, Any]:
        found: dict[str, Any] = original(*sent)
        return {name: value and value.strip() for name, value in found.items()}

    return read_attributes


def _attributes_for_granted(body: bytes, content_type: bytes | None) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(body)["data"]["attributes"]
    return found


def _any_type(original: Any) -> Any:
    return lambda body, _, media_types: original(body, b"application/json", media_types)


def _one_more(original: Any) -> Any:
    def initialise(self: RateLimiter, rate: Any) -> None:
        original(self, rate and replace(rate, requests=rate.requests + 1))

    return initialise


def _no_limit(original: Any) -> Any:
    return lambda headers, receive, limits: original(headers, receive, replace(limits, max_bytes=1 << 40))


def _one_method(original: Any) -> Any:
    return lambda self, path: original(self, path)[:1]


def _forgiving_date(original: Any) -> Any:
    def read_server_date(headers: Any) -> Any:
        try:
            return original(headers)
        except Exception:
            return None

    return read_server_date


ODD_INPUT = tuple(
    Plant(f"crash-{name}", "crash on odd input", what, plant)
    for name, what, plant in (
        ("query", "A query that isn't ASCII is a fault.", patched(query_strings, "_decoded", _ascii_queries)),
        (
            "number",
            "A page number is read by int().",
            patched(parameters, "_whole_number", lambda _: lambda _, text: int(text)),
        ),
        ("scalar", "A number for an attribute is a fault.", patched(checks, "read_attributes", _stripping_attributes)),
        (
            "body",
            "A body without data is a fault.",
            patched(checks, "read_attributes", lambda _: _attributes_for_granted),
        ),
    )
) + tuple(
    Plant(f"limit-{name}", "a limit that isn't kept", what, plant)
    for name, what, plant in (
        ("rate", "One request more than the limit is served.", patched(RateLimiter, "__init__", _one_more)),
        ("size", "A body may be as large as it likes.", patched(checks, "receive_body", _no_limit)),
        (
            "retry",
            "429 says nothing of when to come back.",
            lambda: object.__setattr__(
                V1.errors, "retry_later", lambda seconds: Answer(429, b"Retry later\n", "text/plain")
            ),
        ),
        ("methods", "Allow has one method only.", patched(Routes, "methods", _one_method)),
        ("type", "Any content type is read as JSON.", patched(checks, "read_attributes", _any_type)),
        (
            "date",
            "An unreadable X-With-Server-Date is passed over.",
            patched(checks, "read_server_date", _forgiving_date),
        ),
    )
)
