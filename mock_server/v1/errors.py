"""Every error body of v1, to the letter (rules 3 and 4), in one place."""

import logging
from collections.abc import Iterable
from typing import Final

from mock_server.http import documents
from mock_server.http.exchange import JSON_API, Answer
from mock_server.service import Errors

_log = logging.getLogger(__name__)

UNAUTHORISED = Answer(
    401,
    b'{"error": "HTTP Token: Access denied"}',
    JSON_API,
    headers=(("www-authenticate", 'Token realm="Application"'),),
)
# The real service sends no body, and so no content type, to a provider without an ECF contract.
FORBIDDEN = Answer(403)
NOT_FOUND = Answer(404, b'{"error": "Resource not Found"}', JSON_API)
REQUEST_TIMEOUT = Answer(408, b'{"error": "Request timeout"}', JSON_API, headers=(("connection", "close"),))
PAYLOAD_TOO_LARGE = Answer(413, b'{"error": "Payload too large"}', JSON_API)
INTERNAL_SERVER_ERROR = Answer(500, b'{"error": "Internal server error"}', JSON_API)

_FIXED = {answer.status: answer for answer in (UNAUTHORISED, FORBIDDEN, NOT_FOUND, INTERNAL_SERVER_ERROR)}


def method_not_allowed(methods: Iterable[str]) -> Answer:
    """The 405 of a path that has only these `methods`."""
    return Answer(405, b'{"error": "Method not allowed"}', JSON_API, headers=(("allow", ", ".join(methods)),))


def retry_later(seconds: int) -> Answer:
    """The 429 for a token that made too many requests. It may come back in `seconds`."""
    return Answer(429, b"Retry later\n", "text/plain", (("retry-after", str(seconds)),))


def error_list(
    status: int,
    errors: Iterable[tuple[str, str]],
    headers: tuple[tuple[str, str], ...] = (),
    rules: tuple[str, ...] = (),
) -> Answer:
    """An answer that lists errors, as (title, detail) pairs."""
    return Answer(status, documents.error_list(errors), JSON_API, headers, rules)


def bad_request(detail: str) -> Answer:
    """The 400 for a body, a header or a query value that the service can't read."""
    return error_list(400, [("Bad request", detail)])


def bad_parameter(detail: str) -> Answer:
    """The 400 for a `filter` or `page` that isn't a set of `name[key]=value` pairs."""
    return error_list(400, [("Bad parameter", detail)])


def for_status(status: int, detail: str) -> Answer:
    """The answer to a request that Connexion itself refused.

    Our own validators replace those of Connexion that answer with other statuses than 401, 403 and 404. So any
    other status is our fault.
    """
    if status not in _FIXED:
        _log.error("Connexion refused a request on its own, with %s: %s", status, detail)
    return _FIXED.get(status, INTERNAL_SERVER_ERROR)


ERRORS: Final = Errors(for_status, method_not_allowed, retry_later, INTERNAL_SERVER_ERROR)
