"""The reports: what people see, what programs read, and what CI systems show."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from mock_server.harness.check.conformance import response_check
from mock_server.harness.check.outcome import Finding, OperationCoverage, Report, StageResult, Untried
from mock_server.harness.check.page import as_html
from mock_server.harness.check.report import as_json, as_junit, print_report
from mock_server.v1.service import V1
from tests.browser import chromium

FOUND = Finding(
    "behaviour",
    "deferEcfParticipant",
    "answers <201>, which isn't documented",
    "the status is 200 or 422",
    '201, application/json: {"a": "\x00"}',
    'curl -X PUT http://x/defer \\\n  -H "Authorization: Bearer $TOKEN"',
    "ecf-mock check --stage behaviour",
    count=3,
)
LISTED = Finding("fuzzing", None, "is slow", "it is fast", "it is slow", deviation="it is far away")
COVERAGE = OperationCoverage(
    id="deferEcfParticipant",
    method="PUT",
    path="/api/v1/participants/ecf/{id}/defer",
    statuses={"200": 4, "429": 0, "500": 0},
    undocumented={"201": 3},
    parameters={"path id": 7},
    bodies={"ECFParticipantDeferRequest": 0},
    links={},
    valid=8,
    accepted=2,
    excused=frozenset({"500"}),
)


@pytest.fixture
def report() -> Report:
    stages = [
        StageResult("behaviour", [FOUND], cases=12, seconds=1.5, notes=[Untried("A <promise>.", "it needs something")]),
        StageResult("isolation", skipped="it needs another token"),
        StageResult("fuzzing", [LISTED], cases=3, seconds=0.5, cut_short=True),
    ]
    return Report("v1", "http://x", False, 2021, "2026-01-01T00:00:00Z", stages, [COVERAGE], 2.0)


def printed(report: Report) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        print_report(report, console)
    return captured.get()


def test_the_terminal_shows_all_that_is_needed_to_repeat_a_finding(report: Report) -> None:
    console = Console(record=True, width=200, file=None, quiet=False)
    with console.capture() as captured:
        print_report(report, console)
    text = captured.get()
    for wanted in (
        "behaviour: deferEcfParticipant: answers <201>, which isn't documented (3 times)",
        "contract: the status is 200 or 422",
        "came:     201, application/json",
        "Bearer $TOKEN",
        "repeat:   ecf-mock check --stage behaviour",
        "2/8 (25 %)",
        "only a fault can cause: 500",
        "documented, never seen: deferEcfParticipant 429",
        "seen, not documented: deferEcfParticipant 201",
        "listed deviation: *: is slow: it is far away",
        "broken: http://x breaks the contract of v1 in 1 way",
        "The time limit cut short: fuzzing.",
    ):
        assert wanted in text
    # As a shell wants it, with nothing before the end of the line but the backslash.
    assert "sent:     curl -X PUT http://x/defer \\\n" in text


def test_a_promise_that_is_broken_does_not_read_as_if_it_were_kept(report: Report) -> None:
    promise = replace(FOUND, what="A deferral is saved.", promised=True)
    report.stages[0].findings[:] = [promise]
    for text in (printed(report), as_html(report), as_junit(report)):
        assert "not kept: A deferral is saved." in text


def test_findings_of_one_fault_are_one_way_to_break_the_contract(report: Report) -> None:
    other = replace(FOUND, operation="resumeEcfParticipant")
    report.stages[0].findings.append(other)
    assert "breaks the contract of v1 in 1 way (2 findings)" in printed(report)
    assert "likely the same fault:\n    behaviour: resumeEcfParticipant: answers <201>" in printed(report)
    assert as_html(report).count("<article") == 2  # this one, and the listed deviation
    assert "broken in 1 way, 2 findings" in as_html(report)
    behaviour = ElementTree.fromstring(as_junit(report)).find("testsuite")  # noqa: S314 - written above
    assert behaviour is not None
    assert (behaviour.attrib["failures"], behaviour.attrib["skipped"]) == ("1", "1")
    document = json.loads(as_json(report))
    assert [[place["operation"] for place in cause] for cause in document["causes"]] == [
        ["deferEcfParticipant", "resumeEcfParticipant"]
    ]


def test_a_low_share_of_accepted_cases_is_explained(report: Report) -> None:
    for text in (printed(report), as_html(report)):
        assert "A low share is no failure" in text
    report.coverage = [replace(COVERAGE, valid=0, accepted=0)]
    assert "A low share is no failure" not in printed(report)


def test_without_a_terminal_no_operation_is_cut_off(report: Report) -> None:
    console = Console(width=80)
    report.coverage = [replace(COVERAGE, id=id, valid=1000, accepted=999) for id in response_check(V1).operations]
    # Of a broken server the console shows what fits on a screen.
    report.stages[0].findings.clear()
    with console.capture() as captured:
        print_report(report, console)
    text = captured.get()
    for id in response_check(V1).operations:
        assert f"{id} " in text
    assert text.count("999/1000 (99 %)") == len(report.coverage)


def test_json_has_all_of_it(report: Report) -> None:
    document = json.loads(as_json(report))
    assert document["kept"] is False
    assert [stage["outcome"] for stage in document["stages"]] == ["broken", "not tried", "kept"]
    assert document["stages"][0]["findings"][0]["count"] == 3
    assert document["coverage"][0]["excused"] == ["500"]
    assert document["coverage"][0]["undocumented"] == {"201": 3}


def test_junit_has_a_suite_for_each_stage_and_a_failed_case_for_each_finding(report: Report) -> None:
    root = ElementTree.fromstring(as_junit(report))  # noqa: S314 - written above
    behaviour, isolation, fuzzing = root.findall("testsuite")
    assert behaviour.attrib["failures"] == "1"
    [failure] = behaviour.findall("testcase/failure")
    assert failure.attrib["message"] == "the status is 200 or 422"
    assert "curl -X PUT" in (failure.text or "")
    assert isolation.attrib["skipped"] == "1"
    assert [each.attrib["message"] for each in isolation.iter("skipped")] == ["not tried: it needs another token"]
    assert fuzzing.attrib["failures"] == "0"
    [skipped] = fuzzing.findall("testcase/skipped")
    assert skipped.attrib["message"] == "listed deviation: it is far away"


def test_the_page_shows_findings_coverage_and_timings_and_loads_nothing(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "check.html"
    file.write_text(as_html(report), "utf-8")
    asked: list[str] = []
    complaints: list[str] = []
    with chromium() as browser:
        for width, scheme in ((360, "dark"), (1440, "light")):
            page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda message: complaints.append(message.text))
            page.goto(file.as_uri())
            # Wide tables scroll by themselves, not with the page.
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.title() == "broken: contract check of v1 at http://x"
            text = page.inner_text("main")
            for wanted in ("The contract of v1 is broken", "answers <201>", "429 never", "500 only by a fault", "25 %"):
                assert wanted in text
            assert "201 undocumented, 3×" in text
            assert "it is far away" in text
    assert set(asked) == {file.as_uri()}
    assert complaints == []
