"""What a lenient server may accept, and what a refusal must say."""

import json
from typing import Any

import pytest

from mock_server.harness.check.refusals import refusal_problems
from mock_server.harness.exchange import Request, Response
from mock_server.harness.v1.check.leniency import forgiven
from mock_server.v1.service import V1

ID = "0ad5b8c1-7a2f-4f0e-9d6b-3c1e5a8f2b47"
STARTED = {
    "participant_id": ID,
    "declaration_type": "started",
    "declaration_date": "2021-11-20T09:00:00Z",
    "course_identifier": "ecf-induction",
}
HEADERS = {"authorization": "Bearer x", "content-type": "application/json"}


def post(data: Any, **more: Any) -> Request:
    body = {"data": data, **more}
    return Request("POST", "/api/v1/participant-declarations", (), HEADERS, json.dumps(body))


def get(*query: tuple[str, str], **headers: str) -> Request:
    sent = {"authorization": "Bearer x", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Request("GET", "/api/v1/participants/ecf", query, sent, None)


def change(**attributes: Any) -> Request:
    sent = {"schedule_identifier": "ecf-standard-april", "course_identifier": "ecf-mentor", **attributes}
    path = f"/api/v1/participants/{ID}/change-schedule"
    return Request("PUT", path, (), HEADERS, json.dumps({"data": {"type": "x", "attributes": sent}}))


@pytest.mark.parametrize(
    "request_",
    [
        post({"attributes": STARTED}),
        post({"type": "anything", "attributes": STARTED}),
        post({"type": None, "attributes": STARTED, "more": 1}, meta={}),
        post({"type": "x", "attributes": {**STARTED, "unknown": [1]}}),
        post({"type": "x", "attributes": {**STARTED, "evidence_held": {"a": 1}}}),
        post({"type": "x", "attributes": {**STARTED, "declaration_date": "2021-11-20T09:00:00"}}),
        get(("filter[cohort]", "")),
        get(("page[page]", " ")),
        get(("filter[updated_since]", "2021-11-20")),
        get(("filter[updated_since]", "2021-11-20T09:00:00")),
        get(("unknown", "1"), ("filter[unknown]", "2")),
        get(x_with_server_date="2021-11-20T09:00:00"),
        change(cohort=2021),
        change(cohort=None),
        change(cohort=[]),
    ],
)
def test_what_the_contract_says_it_forgives_is_forgiven(request_: Request) -> None:
    assert forgiven(request_)


@pytest.mark.parametrize(
    "request_",
    [
        post({"attributes": {**STARTED, "declaration_date": "yesterday"}}),
        post({"attributes": {**STARTED, "declaration_type": "finished"}}),
        post({"attributes": {**STARTED, "declaration_type": "retained-1"}}),
        post({"attributes": {**STARTED, "participant_id": 7}}),
        post({"attributes": {**STARTED, "participant_id": None}}),
        post({}),
        post([]),
        post({"attributes": []}),
        get(("page[page]", "0")),
        get(("page[page]", "many")),
        get(("filter[updated_since]", "yesterday")),
        get(x_with_server_date="0"),
        change(cohort="21"),
        change(schedule_identifier=None),
        Request("GET", "/api/v1/participants/ecf", (), {}, None),
        Request("GET", "/api/v1/nothing", (), HEADERS, None),
    ],
)
def test_everything_else_is_not(request_: Request) -> None:
    assert not forgiven(request_)


def refusal(*titles: Any, rules: str | None = None) -> Response:
    headers = {"content-type": "application/vnd.api+json"} | ({"x-mock-rule": rules} if rules is not None else {})
    return Response(422, headers, json.dumps({"errors": [{"title": title, "detail": "…"} for title in titles]}))


def test_a_mocks_refusal_names_rules_whose_titles_it_has() -> None:
    good = refusal("participant_id", "course_identifier", rules="participant-enrolled, course-enrolled")
    assert list(refusal_problems(V1, good, is_mock=True)) == []
    # Two complaints about one attribute are one entry.
    joined = refusal("declaration_date", rules="declaration-date-not-future, declaration-date-in-milestone")
    assert list(refusal_problems(V1, joined, is_mock=True)) == []


@pytest.mark.parametrize(
    ("response", "what"),
    [
        (refusal("reason"), "a refusal names no rule of the catalogue"),
        (refusal("reason", rules=""), "a refusal names no rule of the catalogue"),
        (refusal("reason", rules="no-such-rule"), "a refusal names no rule of the catalogue"),
        (refusal("cohort", rules="defer-reason-listed"), "a refusal's titles aren't those of its rules"),
        (
            refusal("course_identifier", "participant_id", rules="participant-enrolled, course-enrolled"),
            "a refusal's titles aren't those of its rules",
        ),
        (refusal("Reason", rules="defer-reason-listed"), "a refusal has no title that the contract knows"),
        (refusal(rules="defer-reason-listed"), "a refusal has no title that the contract knows"),
        (Response(422, {}, "{}"), "a refusal has no title that the contract knows"),
        (refusal("reason", "reason", rules="defer-reason-listed"), "a refusal has two entries for one attribute"),
    ],
)
def test_what_explains_nothing_is_named(response: Response, what: str) -> None:
    assert what in [found for found, _ in refusal_problems(V1, response, is_mock=True)]


def test_another_servers_refusal_needs_no_rules_but_known_titles() -> None:
    assert list(refusal_problems(V1, refusal("reason"), is_mock=False)) == []
    assert list(refusal_problems(V1, refusal("Reason"), is_mock=False)) != []
