"""Every error body of v3, to the letter where clients look (rules 2.2 and 2.7), in one place."""

import logging
from collections.abc import Iterable
from typing import Final

import orjson

from mock_server.http import documents
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
    """An answer that lists errors, as (title, detail) pairs."""
    return Answer(status, documents.error_list(errors), JSON, headers, rules)


UNAUTHORISED: Final = _said(401, "HTTP Token: Access denied", (("www-authenticate", 'Token realm="Application"'),))
# The 404 for a record: the id is unknown, belongs to another provider, or isn't a UUID.
NOT_FOUND: Final = error_list(404, [("Resource not found", "Nothing could be found for the provided details")])
# The 404 for a path below `/api/v3` that v3 doesn't have.
NO_SUCH_PATH: Final = _said(404, "Resource not found")
REQUEST_TIMEOUT: Final = _said(408, "Request timeout", (("connection", "close"),))
PAYLOAD_TOO_LARGE: Final = _said(413, "Payload too large")
INTERNAL_SERVER_ERROR: Final = _said(500, "Internal server error")

_FIXED = {answer.status: answer for answer in (UNAUTHORISED, NO_SUCH_PATH, INTERNAL_SERVER_ERROR)}


def method_not_allowed(methods: Iterable[str]) -> Answer:
    """The 405 of a path that has only these `methods`. The service answers 404; this is our decision (rules 2.7)."""
    return _said(405, "Method not allowed", (("allow", ", ".join(methods)),))


def retry_later(seconds: int) -> Answer:
    """The 429 for a token that made too many requests. It may come back in `seconds`."""
    return Answer(429, b"Retry later\n", "text/plain", (("retry-after", str(seconds)),))


def bad_request(detail: str) -> Answer:
    """The 400 for a body, a header or a query value that the service can't read."""
    return error_list(400, [("Bad request", detail)])


def bad_parameter(*details: str) -> Answer:
    """The 400 for a `filter` or `page` that isn't a set of pairs, and for missing required filters (rules 2.4)."""
    return error_list(400, [("Bad parameter", detail) for detail in details])


def for_status(status: int, detail: str) -> Answer:
    """The answer to a request that Connexion itself refused.

    Our own validators replace those of Connexion that answer with other statuses than 401 and 404. So any other
    status is our fault.
    """
    if status not in _FIXED:
        _log.error("Connexion refused a request on its own, with %s: %s", status, detail)
    return _FIXED.get(status, INTERNAL_SERVER_ERROR)


ERRORS: Final = Errors(for_status, method_not_allowed, retry_later, INTERNAL_SERVER_ERROR)
