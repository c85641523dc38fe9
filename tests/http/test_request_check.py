"""How requests break the contract: told strictly, where the server is lenient."""

from typing import Any

import orjson
import pytest

from mock_server.v1.service import V1
from tests.shell import DECLARATIONS, PARTICIPANTS
from tests.specifications import Document, examples

ID = "0ad5b8c1-7a2f-4f0e-9d6b-3c1e5a8f2b47"
HEADERS = {"authorization": "Bearer alder-token", "content-type": "application/json"}
STARTED = {
    "participant_id": ID,
    "declaration_type": "started",
    "declaration_date": "2021-11-20T09:00:00Z",
    "course_identifier": "ecf-induction",
}


def problems(
    method: str,
    path: str,
    query: str = "",
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> list[str]:
    return V1.request_check.problems(method, path, query, HEADERS if headers is None else headers, body)


def declared(changes: dict[str, Any], **data: Any) -> list[str]:
    attributes = {name: value for name, value in (STARTED | changes).items() if value is not ...}
    document = {"data": {"type": "participant-declaration", "attributes": attributes} | data}
    return problems("POST", DECLARATIONS, body=orjson.dumps(document))


BODIES = [
    pytest.param(operation.method, operation.path, example, id=f"{operation.id}-{media_type}-{name}")
    for operation in Document("v1").operations.values()
    for media_type, media in Document("v1")
    .follow(operation.definition.get("requestBody", {}))
    .get("content", {})
    .items()
    for name, example in examples(media)
]


@pytest.mark.parametrize(("method", "path", "body"), BODIES)
def test_every_example_of_the_contract_keeps_it(method: str, path: str, body: Any) -> None:
    assert problems(method.upper(), path.replace("{id}", ID), body=orjson.dumps(body)) == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (PARTICIPANTS, ""),
        (PARTICIPANTS, "filter[cohort]=2021&filter[updated_since]=2021-11-20T09:00:00Z&page[page]=2"),
        (PARTICIPANTS, "filter%5Bupdated_since%5D=2021-11-20T09%3A00%3A00%2B01%3A00"),
        (PARTICIPANTS, "filter[updated_since]=2021-11-20"),
        (f"{PARTICIPANTS}.csv", "filter[cohort]=2021"),
        (f"{PARTICIPANTS}/{ID}", ""),
        (DECLARATIONS, f"filter[participant_id]={ID}&page[per_page]=3000"),
    ],
)
def test_a_good_request_has_no_problems(path: str, query: str) -> None:
    assert problems("GET", path, query) == []


@pytest.mark.parametrize(
    ("method", "path", "query", "says"),
    [
        ("GET", "/api/v1/participant", "", "/api/v1/participant is no path of the contract"),
        ("GET", f"{PARTICIPANTS}/", "", "is no path"),
        ("PATCH", DECLARATIONS, "", "has no PATCH; it has GET, HEAD and POST"),
        ("GET", f"{PARTICIPANTS}/123", "", "the path's id must be a UUID"),
        ("GET", f"{PARTICIPANTS}/%FF", "", "the path's id must be a UUID"),
        ("GET", PARTICIPANTS, "cohort=2021", "unknown parameter, cohort; known are"),
        ("GET", PARTICIPANTS, "filter[cohorts]=2021", "unknown parameter, filter[cohorts]"),
        ("GET", PARTICIPANTS, "filter[cohort][]=2021", "unknown parameter, filter[cohort][]"),
        ("GET", f"{PARTICIPANTS}.csv", "page[page]=1", "unknown parameter, page[page]"),
        ("GET", f"{PARTICIPANTS}/{ID}", "expand=1", "unknown parameter, expand"),
        ("GET", PARTICIPANTS, "page[page]=0", "page[page] must be at least 1"),
        ("GET", PARTICIPANTS, "page[page]=one", "page[page] must be a whole number"),
        ("GET", PARTICIPANTS, "page[page]=" + "9" * 5000, "page[page] must be a whole number"),
        ("GET", PARTICIPANTS, "filter[updated_since]=yesterday", "filter[updated_since] must be a moment"),
        ("GET", PARTICIPANTS, "filter[updated_since]=2021-11-31", "filter[updated_since] must be a moment"),
        ("GET", PARTICIPANTS, "filter[updated_since]=2021-11-20T09:00:00+01:00", "must be a moment"),
        ("GET", DECLARATIONS, "filter[participant_id]=7", "filter[participant_id] must be a UUID"),
    ],
)
def test_what_is_wrong_with_path_and_query_is_said(method: str, path: str, query: str, says: str) -> None:
    found = problems(method, path, query)
    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({}, "Authorization"),
        ({"authorization": "Token alder-token"}, "Authorization"),
        (HEADERS | {"x-with-server-date": "now"}, "the header X-With-Server-Date must match"),
    ],
)
def test_what_is_wrong_with_the_headers_is_said(headers: dict[str, str], says: str) -> None:
    [found] = problems("GET", PARTICIPANTS, headers=headers)
    assert says in found


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/json; charset=latin-1", "ø"])
def test_a_wrong_content_type_is_said(content_type: str | None) -> None:
    headers = {name: value for name, value in HEADERS.items() if name != "content-type"}
    if content_type:
        headers["content-type"] = content_type
    body = orjson.dumps({"data": {"type": "participant-declaration", "attributes": STARTED}})
    [found] = problems("POST", DECLARATIONS, headers=headers, body=body)
    assert content_type or "missing" in found


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"participant_id": "7"}, "/data/attributes/participant_id must be a UUID"),
        ({"participant_id": 7}, "/data/attributes/participant_id must be a text"),
        ({"declaration_type": "begun"}, "/data/attributes/declaration_type must be “started”, “retained-1”"),
        ({"declaration_type": ...}, "/data/attributes lacks the member declaration_type"),
        ({"declaration_date": "2021-11-20"}, "/data/attributes/declaration_date must be a moment"),
        ({"declaration_date": ...}, "/data/attributes lacks the member declaration_date"),
        ({"course_identifer": "ecf-mentor"}, "/data/attributes/course_identifer is no known member"),
        ({"declaration_type": "retained-1"}, "/data/attributes lacks the member evidence_held"),
    ],
)
def test_what_is_wrong_with_the_attributes_is_said_where_it_is(changes: dict[str, Any], says: str) -> None:
    [found] = declared(changes)
    assert says in found


def test_a_wrong_type_is_said() -> None:
    [found] = declared({}, type="declaration")
    assert found == "/data/type must be “participant-declaration”"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"data": []}', b"{}"])
def test_a_body_of_another_shape_is_said(body: bytes) -> None:
    assert len(problems("POST", DECLARATIONS, body=body)) == 1


def test_a_body_that_was_cut_is_not_judged() -> None:
    assert V1.request_check.problems("POST", DECLARATIONS, "", HEADERS, b"{", body_cut=True) == []
