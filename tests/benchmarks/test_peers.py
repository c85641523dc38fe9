"""What the peers are told to answer."""

import json

from benchmarks.exchange import Request, Response
from benchmarks.peers import MOCKOON, PRISM, mockoon_environment, request_for, wiremock_stubs
from benchmarks.workloads import page

RECORDS = [{"id": "one"}, {"id": "two"}]


def test_wiremock_answers_what_the_mock_answered() -> None:
    answers = {Request("GET", "/a?b=c"): Response(200, (), b'{"data":[]}')}
    (stub,) = wiremock_stubs(answers)["mappings"]
    assert stub["request"] == {"method": "GET", "url": "/a?b=c"}
    assert (stub["response"]["status"], stub["response"]["body"]) == (200, '{"data":[]}')


def test_mockoon_has_the_same_records_behind_the_same_paths() -> None:
    environment = mockoon_environment(RECORDS)
    assert [json.loads(bucket["value"]) for bucket in environment["data"]] == [RECORDS, []]
    for route, bucket in zip(environment["routes"], environment["data"], strict=True):
        assert route["responses"][0]["databucketID"] == bucket["id"]
    assert [route["endpoint"] for route in environment["routes"]] == [
        "api/v1/participants/ecf",
        "api/v1/participant-declarations",
    ]


def test_only_mockoon_is_asked_for_pages_in_words_of_its_own() -> None:
    assert request_for(PRISM, page(1, 100)) == page(1, 100)
    assert request_for(MOCKOON, page(2, 100)).path == "/api/v1/participants/ecf?page=2&limit=100"
