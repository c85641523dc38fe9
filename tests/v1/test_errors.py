"""The error bodies of v1, byte for byte as rules 3 and 4 give them."""

import orjson
import pytest

from mock_server.http.exchange import Answer
from mock_server.v1 import errors


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (errors.UNAUTHORISED, 401, '{"error": "HTTP Token: Access denied"}'),
        (errors.FORBIDDEN, 403, ""),
        (errors.NOT_FOUND, 404, '{"error": "Resource not Found"}'),
        (errors.method_not_allowed(["GET", "POST"]), 405, '{"error": "Method not allowed"}'),
        (errors.REQUEST_TIMEOUT, 408, '{"error": "Request timeout"}'),
        (errors.PAYLOAD_TOO_LARGE, 413, '{"error": "Payload too large"}'),
        (errors.INTERNAL_SERVER_ERROR, 500, '{"error": "Internal server error"}'),
    ],
)
def test_fixed_bodies_match_to_the_letter(answer: Answer, status: int, body: str) -> None:
    assert (answer.status, answer.body.decode()) == (status, body)
    assert answer.content_type == (None if status == 403 else "application/vnd.api+json")


def test_too_many_requests_is_plain_text_with_a_line_feed() -> None:
    answer = errors.retry_later(17)
    assert (answer.status, answer.body, answer.content_type) == (429, b"Retry later\n", "text/plain")
    assert answer.headers == (("retry-after", "17"),)


def test_an_unknown_token_is_told_which_scheme_is_asked_for() -> None:
    """Rules 3."""
    assert errors.UNAUTHORISED.headers == (("www-authenticate", 'Token realm="Application"'),)


def test_allow_names_every_method() -> None:
    assert errors.method_not_allowed(["GET", "POST"]).headers == (("allow", "GET, POST"),)


@pytest.mark.parametrize(
    ("answer", "title"),
    [(errors.bad_request("why “ø”"), "Bad request"), (errors.bad_parameter("why “ø”"), "Bad parameter")],
)
def test_a_bad_request_is_a_list_of_one_error(answer: Answer, title: str) -> None:
    assert answer.status == 400
    assert orjson.loads(answer.body) == {"errors": [{"title": title, "detail": "why “ø”"}]}


def test_a_list_of_errors_keeps_its_order_headers_and_rules() -> None:
    answer = errors.error_list(422, [("b", "1"), ("a", "2")], (("x-mock-rule", "r"),), ("r",))
    assert orjson.loads(answer.body) == {"errors": [{"title": "b", "detail": "1"}, {"title": "a", "detail": "2"}]}
    assert (answer.status, answer.headers, answer.rules) == (422, (("x-mock-rule", "r"),), ("r",))


@pytest.mark.parametrize("status", [400, 415, 418, 503])
def test_what_connexion_should_never_refuse_by_itself_is_a_fault_of_ours(
    status: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert errors.for_status(status, "stock answer") is errors.INTERNAL_SERVER_ERROR
    assert "stock answer" in caplog.text
