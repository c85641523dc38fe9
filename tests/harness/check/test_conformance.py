"""Answers held against the contract, to the letter."""

import json
from typing import Any

import pytest

from mock_server.harness.check.conformance import response_check
from mock_server.harness.exchange import Response
from mock_server.resources import specification
from mock_server.v1.service import V1

LIST = ("GET", "/api/v1/participants/ecf")
CSV = ("GET", "/api/v1/participants/ecf.csv")
JSON_API = {"content-type": "application/vnd.api+json"}
TEXT_CSV = {"content-type": "text/csv"}


def example(name: str) -> Any:
    return specification("v1")["components"]["examples"][name]["value"]


def problems(request: tuple[str, str], status: int, headers: dict[str, str], body: object) -> list[str]:
    content = body if isinstance(body, str) else json.dumps(body)
    return [what for what, _ in response_check(V1).problems(*request, Response(status, headers, content))]


def test_the_contracts_own_examples_conform() -> None:
    assert problems(LIST, 200, JSON_API, example("ParticipantList")) == []
    assert problems(CSV, 200, TEXT_CSV, example("ParticipantsCsv")) == []
    assert problems(CSV, 200, TEXT_CSV, "") == []
    assert problems(LIST, 403, {}, "") == []
    assert problems(LIST, 429, {"content-type": "text/plain", "retry-after": "42"}, "Retry later\n") == []


@pytest.mark.parametrize(
    ("status", "headers", "body", "what"),
    [
        (418, JSON_API, {}, "answers 418, which isn't documented"),
        (200, {"content-type": "application/json"}, {"data": []}, "answers 200 as application/json"),
        (
            200,
            {"content-type": "application/vnd.api+json; charset=utf-8"},
            {"data": []},
            "answers 200 as application/vnd.api+json; charset=utf-8",
        ),
        (200, {}, {"data": []}, "answers 200 as no content type"),
        (200, JSON_API, "{", "answers 200 with a body that is no JSON"),
        (200, JSON_API, {"data": {}}, "/data of 200 isn't as documented"),
        (200, JSON_API, {"data": [], "meta": {}}, "/meta of 200 isn't as documented"),
        (200, JSON_API, {"data": [{"id": "1"}]}, "/data/… of 200 isn't as documented"),
        (401, JSON_API, {"error": "No"}, "/error of 401 isn't as documented"),
        (403, {}, "{}", "answers 403 with a body"),
        (429, {"content-type": "text/plain"}, "Retry later\n", "answers 429 without the header Retry-After"),
        (
            429,
            {"content-type": "text/plain", "retry-after": "0"},
            "Retry later\n",
            "the header Retry-After of 429 is wrong",
        ),
        (429, {"content-type": "text/plain", "retry-after": "9"}, "Retry later", "the body of 429 isn't as documented"),
    ],
)
def test_each_departure_is_named(status: int, headers: dict[str, str], body: object, what: str) -> None:
    assert what in problems(LIST, status, headers, body)


@pytest.mark.parametrize("attribute", ["email", "has_gone", "cohort"])
def test_every_attribute_must_be_there_and_no_other(attribute: str) -> None:
    document = json.loads(json.dumps(example("RegisteredParticipant")))
    attributes = document["data"]["attributes"]
    attributes.pop(attribute) if attribute in attributes else attributes.update({attribute: 1})
    assert problems(("GET", f"{LIST[1]}/x"), 200, JSON_API, document) != []


def test_csv_is_read_cell_by_cell() -> None:
    header, row = example("ParticipantsCsv").splitlines()[:2]
    good = f"{header}\n{row}\n"
    assert problems(CSV, 200, TEXT_CSV, good) == []
    swapped = good.replace("status,teacher_reference_number,", "teacher_reference_number,status,", 1)
    assert problems(CSV, 200, TEXT_CSV, swapped) == ["the CSV's columns aren't those documented"]
    assert problems(CSV, 200, TEXT_CSV, good.replace(",2021,", ",21,")) == ["the CSV's cohort isn't as documented"]
    assert problems(CSV, 200, TEXT_CSV, good.replace(",true,", ",yes,", 1)) != []
    assert problems(CSV, 200, TEXT_CSV, f"{good}one,two\n") == ["a CSV row has another number of cells"]


def test_a_wrong_record_among_right_ones_is_named_each_time_with_its_place() -> None:
    right = example("ParticipantList")
    wrong = json.loads(json.dumps(right["data"][0]))
    # Equal for Python, and not for a client.
    wrong["attributes"]["email_validated"] = wrong["attributes"].get("email_validated")
    wrong["attributes"]["eligible_for_funding"] = 1
    assert problems(LIST, 200, JSON_API, right) == []
    mixed = {"data": [*right["data"], wrong]}
    for document in (mixed, mixed, {"data": [*mixed["data"], right["data"][0]]}):
        found = response_check(V1).problems(*LIST, Response(200, JSON_API, json.dumps(document)))
        assert any(says.startswith(f"/data/{len(right['data'])}/attributes/") for _, says in found)
    assert problems(LIST, 200, JSON_API, {**right, "meta": {}}) == ["/meta of 200 isn't as documented"]


def test_what_belongs_to_no_operation_has_its_answers_too() -> None:
    unknown = ("GET", "/api/v1/nothing")
    assert problems(unknown, 404, JSON_API, {"error": "Resource not Found"}) == []
    assert problems(unknown, 200, JSON_API, {}) == ["answers 200, which isn't documented"]
    wrong_method = ("DELETE", "/api/v1/participant-declarations")
    body = {"error": "Method not allowed"}
    assert problems(wrong_method, 405, {**JSON_API, "allow": "GET, HEAD, POST"}, body) == []
    assert problems(wrong_method, 405, {**JSON_API, "allow": "POST, GET, HEAD"}, body) == []
    assert problems(wrong_method, 405, {**JSON_API, "allow": "GET"}, body) == ["the header Allow of 405 isn't complete"]
    assert "answers 405 without the header Allow" in problems(wrong_method, 405, JSON_API, body)
