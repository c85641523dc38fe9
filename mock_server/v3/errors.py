"""Every error body of v3, to the letter where clients look (rules 2.2 and 2.7), in one place."""

import logging
from collections.abc import Iterable
from typing import Final

import orjson

from mock_server.http.exchange import Answer
from mock_server.service import Errors

_log = logging.getLogger(__name__)

JSON: Final = "application/json; charset=utf-8"

# Where the documentation explains every rule of v3, below its address. Each rule's id is an anchor there.
ERROR_CATALOGUE: Final = "v3/errors/"


def _said(status: int, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, orjson.dumps({"error": message}), JSON, headers)


def error_list(
    status: int,
    errors: Iterable[tuple[str, str]],
    headers: tuple[tuple[str, str], ...] = (),
    rules: tuple[str, ...] = (),
) -> Answer:
    """`{"errors":[{"title":…,"detail":…},…]}` for (title, detail) pairs."""
    body = orjson.dumps({"errors": [{"title": title, "detail": detail} for title, detail in errors]})
    return Answer(status, body, JSON, headers, rules)


UNAUTHORISED: Final = _said(401, "HTTP Token: Access denied", (("www-authenticate", 'Token realm="Application"'),))
# The 404 of a record: an id that is unknown, foreign or no UUID.
NOT_FOUND: Final = error_list(404, [("Resource not found", "Nothing could be found for the provided details")])
# The 404 of a path below `/api/v3` that v3 doesn't have.
NO_SUCH_PATH: Final = _said(404, "Resource not found")
REQUEST_TIMEOUT: Final = _said(408, "Request timeout", (("connection", "close"),))
PAYLOAD_TOO_LARGE: Final = _said(413, "Payload too large")
INTERNAL_SERVER_ERROR: Final = _said(500, "Internal server error")

_FIXED = {answer.status: answer for answer in (UNAUTHORISED, NO_SUCH_PATH, INTERNAL_SERVER_ERROR)}


def method_not_allowed(methods: Iterable[str]) -> Answer:
    """The 405 of a path that has `methods` only: the mock's decision, since the service answers 404 (rules 2.7)."""
    return _said(405, "Method not allowed", (("allow", ", ".join(methods)),))


def retry_later(seconds: int) -> Answer:
    """The 429 of a token that made too many requests, and may come back in `seconds`."""
    return Answer(429, b"Retry later\n", "text/plain", (("retry-after", str(seconds)),))


def bad_request(detail: str) -> Answer:
    """The 400 of a body, a header, or a value in the query that can't be read."""
    return error_list(400, [("Bad request", detail)])


def bad_parameter(*details: str) -> Answer:
    """The 400 of a `filter` or `page` that is no set of pairs, and of filters that must be given (rules 2.4)."""
    return error_list(400, [("Bad parameter", detail) for detail in details])


def for_status(status: int, detail: str) -> Answer:
    """The answer to what Connexion refused by itself.

    Our own validators stand where it could answer anything but 401 and 404, so all else is a fault of ours.
    """
    if status not in _FIXED:
        _log.error("Connexion refused a request on its own, with %s: %s", status, detail)
    return _FIXED.get(status, INTERNAL_SERVER_ERROR)


ERRORS: Final = Errors(for_status, method_not_allowed, retry_later, INTERNAL_SERVER_ERROR)
