"""Whatever a server answers, the check ends with a report of it, and never with a traceback."""

import csv
import io
from collections.abc import Awaitable, Callable
from http.client import BadStatusLine
from itertools import cycle
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from rich.console import Console

from mock_server.harness.check.bench import noticed
from mock_server.harness.check.conformance import response_check
from mock_server.harness.check.outcome import Report
from mock_server.harness.check.page import as_html
from mock_server.harness.check.refusals import refusal_problems
from mock_server.harness.check.report import as_json, as_junit, print_report
from mock_server.harness.check.run import Plan, check
from mock_server.harness.check.traffic import TrafficLog
from mock_server.harness.exchange import Response
from mock_server.own_server import own_server
from mock_server.v1.service import V1
from tests.harness.check.conftest import Listener
from tests.live import listening

JSON_API = "application/vnd.api+json"
TOKEN, PEER_TOKEN = "own-s3cret", "peer-s3cret"

# Status, content type, body.
ANSWERS = [
    (200, JSON_API, b"{}"),
    (200, JSON_API, b"null"),
    (200, JSON_API, b'{"data": null}'),
    (200, JSON_API, b'{"data": "text"}'),
    (200, JSON_API, b'{"data": NaN}'),
    (200, JSON_API, b'{"data": [1, null, {"id": 3}, {"id": "x", "attributes": []}]}'),
    (200, JSON_API, b'{"data": [{"id": "x", "attributes": {"cohort": {}}}]}'),
    (200, JSON_API, b'{"data": "\\ud800 \\u0000 ]]> <script>"}'),
    (200, f"{JSON_API}; charset=nonsense", b"\xff\xfe\x00{"),
    (200, "text/csv", b'a,b\x00\n"' + b"x" * 200_000),
    (200, "text/csv", b"\n\n"),
    (302, "text/html", b"elsewhere"),
    (422, JSON_API, b'{"errors": [{"title": {}}, 1, {"title": ["base"]}, {"title": null}]}'),
    (422, JSON_API, b'{"errors": {"title": "base"}}'),
    (429, "text/plain", b"Retry later\n"),
    (500, "text/plain", b"own-s3cret isn't liked here"),
    (599, "", b""),
]


def odd_server(answers: list[tuple[int, str, bytes]]) -> Any:
    """An application without a control API that gives these answers in turn, whatever is asked."""
    turns = cycle(answers)

    async def application(scope: dict[str, Any], receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        control = scope["path"].startswith("/_mock")
        status, content_type, body = (404, "text/html", b"") if control else next(turns)
        headers = [(b"content-type", content_type.encode()), (b"location", b"/"), (b"retry-after", b"\xb2")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return application


def report_on(answers: list[tuple[int, str, bytes]], *stages: str) -> Report:
    with listening(odd_server(answers)) as base_url:
        plan = Plan(base_url=base_url, token=TOKEN, peer_token=PEER_TOKEN, max_examples=1, stages=stages)
        return check(plan, Listener(), own_server)


def test_a_server_that_answers_anything_is_reported_on_in_every_form() -> None:
    stages = ("scenarios", "behaviour", "isolation", "examples", "stateful", "coverage")
    report = report_on(ANSWERS, *stages)
    assert [stage.name for stage in report.stages if stage.outcome == "broken"] == list(stages[:-1])
    console = Console(file=io.StringIO())
    print_report(report, console)
    assert isinstance(console.file, io.StringIO)
    written = [as_json(report), as_junit(report), as_html(report), console.file.getvalue()]
    ElementTree.fromstring(written[1])  # noqa: S314 - our own
    assert "$TOKEN isn't liked here" in written[0]
    for text in written:
        # As a file it must be possible to write it.
        assert text.encode()
        assert TOKEN not in text
        assert PEER_TOKEN not in text


@pytest.mark.parametrize("answer", [ANSWERS[0], ANSWERS[5], ANSWERS[-2]], ids=["empty", "odd records", "500"])
def test_lists_that_cannot_be_read_are_a_finding_and_requests_are_made_up_all_the_same(
    answer: tuple[int, str, bytes],
) -> None:
    report = report_on([answer], "examples")
    [stage] = report.stages
    assert "The lists show what requests can be about." in [found.what for found in stage.findings]
    assert stage.cases > len(response_check(V1).operations)


@pytest.mark.parametrize(
    ("raised", "came"),
    [
        (TimeoutError("timed out"), "no answer: timed out"),
        (BadStatusLine("nonsense"), "no answer: nonsense"),
        (httpx.ReadTimeout("too late"), "no answer: too late"),
        (KeyError("data"), "KeyError: 'data'"),
        (csv.Error("no CSV"), "Error: no CSV"),
    ],
)
def test_whatever_a_probe_runs_into_is_a_finding(raised: Exception, came: str) -> None:
    traffic = TrafficLog("http://mock", V1, is_mock=True)
    with noticed(traffic, "listEcfParticipants", "Lists can be read."):
        raise raised
    [found] = traffic.stage.findings
    assert (found.operation, found.what, found.came) == ("listEcfParticipants", "Lists can be read.", came)


@pytest.mark.parametrize("title", [None, 1, {}, [], ["base"]])
def test_a_title_of_any_type_is_none_that_the_contract_knows(title: object) -> None:
    response = Response(422, {"content-type": JSON_API}, f'{{"errors": [{{"title": {str(title).lower()}}}]}}')
    unknown = ["a refusal has no title that the contract knows"]
    assert [what for what, _ in refusal_problems(V1, response, is_mock=False)] == unknown


@pytest.mark.parametrize("value", ["²", "9" * 5000, "-1", "1.5", ""])
def test_a_retry_after_that_is_no_number_is_wrong(value: str) -> None:
    response = Response(429, {"content-type": "text/plain", "retry-after": value}, "Retry later\n")
    problems = response_check(V1).problems("GET", "/api/v1/participants/ecf", response)
    assert [what for what, _ in problems] == ["the header Retry-After of 429 is wrong"]
