"""The error bodies of v3, to the letter where rules 2.2 and 2.7 give them."""

import orjson
import pytest

from mock_server.http.exchange import Answer
from mock_server.v3 import errors
from tests.specifications import Document

V3 = Document("v3")


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (errors.UNAUTHORISED, 401, b'{"error":"HTTP Token: Access denied"}'),
        (
            errors.NOT_FOUND,
            404,
            b'{"errors":[{"title":"Resource not found","detail":"Nothing could be found for the provided details"}]}',
        ),
        (errors.NO_SUCH_PATH, 404, b'{"error":"Resource not found"}'),
        (errors.INTERNAL_SERVER_ERROR, 500, b'{"error":"Internal server error"}'),
        (errors.PAYLOAD_TOO_LARGE, 413, b'{"error":"Payload too large"}'),
        (errors.REQUEST_TIMEOUT, 408, b'{"error":"Request timeout"}'),
    ],
)
def test_a_fixed_body_is_as_the_rules_write_it(answer: Answer, status: int, body: bytes) -> None:
    assert (answer.status, answer.body) == (status, body)
    assert answer.content_type == "application/json; charset=utf-8"


def test_a_wrong_method_is_told_which_methods_the_path_has() -> None:
    """Rules 2.7: the mock's decision."""
    answer = errors.method_not_allowed(["GET", "PUT"])
    assert (answer.status, answer.headers) == (405, (("allow", "GET, PUT"),))


def test_too_many_requests_are_told_when_to_come_back() -> None:
    """Rules 2.7: text, with a line feed."""
    answer = errors.retry_later(42)
    assert (answer.status, answer.body, answer.content_type) == (429, b"Retry later\n", "text/plain")
    assert answer.headers == (("retry-after", "42"),)


def test_a_bad_parameter_has_an_entry_for_each_detail() -> None:
    """Rules 2.4: one entry for each filter that is missing."""
    answer = errors.bad_parameter("#/cohort must be given", "#/urn must be given")
    entries = orjson.loads(answer.body)["errors"]
    assert [entry["title"] for entry in entries] == ["Bad parameter", "Bad parameter"]
    assert V3.complaints({"$ref": "#/components/schemas/BadRequestResponse"}, {"errors": entries}) == []


@pytest.mark.parametrize(
    ("status", "answer"),
    [(401, errors.UNAUTHORISED), (404, errors.NO_SUCH_PATH), (500, errors.INTERNAL_SERVER_ERROR)],
)
def test_what_connexion_refuses_gets_the_body_of_its_status(status: int, answer: Answer) -> None:
    assert errors.for_status(status, "a detail") == answer


def test_a_status_that_connexion_should_never_give_is_a_fault_of_ours() -> None:
    assert errors.for_status(415, "a detail") == errors.INTERNAL_SERVER_ERROR
