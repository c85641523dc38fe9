"""How scenarios are run: what is noted, what a failure tells, and what happens without a control API."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from mock_server.app import build_app
from mock_server.harness.exchange import curl
from mock_server.harness.scenarios.loader import load_scenario
from mock_server.harness.scenarios.model import Scenario, ScenarioResult
from mock_server.harness.scenarios.report import failure_lines, junit
from mock_server.harness.scenarios.runner import run
from mock_server.harness.scenarios.target import Target, TargetUnavailable, open_target
from mock_server.own_server import own_server
from mock_server.service import Service
from mock_server.settings import Settings
from mock_server.v1.service import V1
from tests.harness.scenarios.conftest import ALL, SCENARIOS, ResultsOf, each_service
from tests.harness.scenarios.writing import written
from tests.live import listening

TOKEN = "alder-token"  # noqa: S105 - everybody knows it
SECRET = "secret"  # noqa: S105 - of a mock that lives for a second
STATUS = "training_status: active}"


def by_id(id: str) -> Scenario:
    return next(scenario for scenario in SCENARIOS if scenario.id == id)


@pytest.fixture(scope="module")
def bare() -> Iterator[str]:
    """A server without the control API, as any real deployment is."""
    with listening(build_app(Settings.model_validate({"control": False}))) as base_url:
        yield base_url


def failed(target: Target, file: Path) -> ScenarioResult:
    result = run(load_scenario(file, V1), target)
    assert result.outcome == "failed"
    return result


def test_what_was_sent_and_answered_is_noted(results: dict[str, ScenarioResult]) -> None:
    done = results["defer"].steps[0]
    assert done.response is not None
    assert (done.request.method, done.request.query) == ("PUT", ())
    assert done.request.path.endswith("/defer")
    assert done.request.path.split("/")[-2] == done.response.json["data"]["id"]
    assert done.request.headers == {"authorization": "Bearer $TOKEN", "content-type": "application/json"}
    assert done.request.json["data"]["attributes"]["reason"] == "career-break"
    assert (done.response.status, done.response.headers["content-type"]) == (200, "application/vnd.api+json")


def test_query_and_csv_are_noted_as_they_were(results: dict[str, ScenarioResult]) -> None:
    first, second = results["participants-csv"].steps
    assert first.response is not None
    assert first.response.json is None
    assert first.response.content.startswith("id,email,")
    assert second.request.query == (("filter[cohort]", "2022"),)
    assert second.request.target == "/api/v1/participants/ecf.csv?filter%5Bcohort%5D=2022"


@each_service
def test_tokens_appear_nowhere(service: Service, results_of: ResultsOf) -> None:
    for result in results_of(service).values():
        for done in (*result.given, *result.steps):
            assert done.response is not None
            noted = f"{done.request} {done.response} {curl(done.request, result.base_url)}"
            assert f"-token.{result.scenario.id}" not in noted


def test_another_provider_has_a_placeholder_of_its_own(results: dict[str, ScenarioResult]) -> None:
    others = results["rate-limit"].steps[4].request
    assert others.headers["authorization"] == "Bearer $BIRCH_TOKEN"


@each_service
def test_the_same_ids_and_moments_come_at_each_run(service: Service, target: Target, results_of: ResultsOf) -> None:
    for scenario in ALL[service]:
        before, after = results_of(service)[scenario.id], run(scenario, target)
        for one, other in zip((*before.given, *before.steps), (*after.given, *after.steps), strict=True):
            assert one.request == other.request
            assert one.response is not None
            assert other.response is not None
            assert one.response.content == other.response.content


def test_scenarios_leave_nothing_behind(target: Target, results: dict[str, ScenarioResult]) -> None:
    assert results
    assert target.control is not None
    assert [sandbox.id for sandbox in target.control.sandboxes()] == ["default"]


def test_a_scenario_can_run_while_somebody_else_runs_it(target: Target) -> None:
    assert target.control is not None
    target.control.create_sandbox(id="defer")
    try:
        assert run(by_id("defer"), target).outcome == "passed"
    finally:
        target.control.sandbox("defer").delete()


def test_a_failure_tells_requirement_expected_actual_and_the_request(target: Target, tmp_path: Path) -> None:
    result = failed(target, written(tmp_path, (STATUS, "training_status: deferred}")))
    done = result.steps[0]
    assert list(failure_lines(result)) == [
        "example, step 2 (example.yaml:15): getEcfParticipant",
        "  Read one.",
        '  requirement: /data/attributes/training_status is "deferred"',
        '  expected:    "deferred"',
        '  actual:      "active"',
        "  request:",
        f"    curl {target.base_url}{done.request.path} \\",
        '      -H "Authorization: Bearer $TOKEN"',
    ]


def test_a_wrong_status_shows_the_answer_and_stops_the_scenario(target: Target, tmp_path: Path) -> None:
    file = written(tmp_path, ('cohort: "2021"}', "cohort: twenty}"))
    result = failed(target, file)
    assert (len(result.given), len(result.steps)) == (1, 0)
    (failure,) = result.given[0].failures
    assert failure.requirement == "the status is 201"
    assert failure.actual.startswith("422 {")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("status: 200\n", "status: 200\n      rules: [defer-not-deferred]\n", "the header x-mock-rule is"),
        ("status: 200\n", "status: 200\n      headers: {content-TYPE: text/csv}\n", "the header content-TYPE is"),
        ("    expect:\n", "    keep: {other: /data/nothing}\n    expect:\n", "/data/nothing is there, to be kept as"),
        (f"{{/data/attributes/{STATUS}", "{/data/9: 1, /errors: {length: 1}}", "/data/9 is 1"),
    ],
)
def test_headers_rules_and_kept_values_are_looked_at(
    target: Target, tmp_path: Path, old: str, new: str, said: str
) -> None:
    result = failed(target, written(tmp_path, (old, new)))
    assert result.steps[0].failures[0].requirement.startswith(said)


@each_service
def test_a_server_without_the_control_api_runs_the_portable_ones_and_skips_the_others(
    service: Service, bare: str
) -> None:
    with open_target(bare, TOKEN) as target:
        results = [run(scenario, target) for scenario in ALL[service]]
    portable = {scenario.id for scenario in ALL[service] if scenario.portable}
    assert portable
    assert {result.scenario.id for result in results if result.outcome == "passed"} == portable
    skipped = [result for result in results if result.outcome == "skipped"]
    assert len(skipped) == len(ALL[service]) - len(portable)
    assert {result.skipped for result in skipped} == {"needs the control API, which this server doesn't have"}
    assert all(not result.steps for result in skipped)


def test_portable_scenarios_are_skipped_without_a_token_and_fail_with_a_wrong_one(bare: str) -> None:
    scenario = by_id("participants-read")
    with open_target(bare) as target:
        assert run(scenario, target).skipped == "needs a bearer token for this server: give it with --token"
    with open_target(bare, "wrong") as target:
        result = run(scenario, target)
    assert result.outcome == "failed"
    assert result.steps[0].failures[0].actual.startswith("401 ")


def test_a_control_token_is_used_and_a_wrong_one_is_told() -> None:
    with listening(build_app(Settings.model_validate({"control_token": SECRET}))) as base_url:
        with open_target(base_url, None, SECRET) as target:
            result = run(by_id("registration"), target)
            assert result.outcome == "passed"
            assert result.steps[0].request.headers["authorization"] == "Bearer $CONTROL_TOKEN"
        with pytest.raises(TargetUnavailable, match="--control-token"), open_target(base_url, None, "wrong"):
            pass


def test_nobody_listening_is_told() -> None:
    with own_server() as gone:
        pass
    with pytest.raises(TargetUnavailable, match="Nothing answers"), open_target(gone):
        pass


def test_an_answer_that_never_comes_fails_the_step(bare: str) -> None:
    with open_target(bare, TOKEN) as target, hanging_up() as silent:
        result = run(by_id("participants-read"), replace(target, base_url=silent, http=httpx.Client(base_url=silent)))
    assert result.steps[0].response is None
    (failure,) = result.steps[0].failures
    assert (failure.requirement, failure.expected) == ("the server answers", "the status 200")
    assert failure.actual.startswith("none: ")
    assert "curl" in "".join(failure_lines(result))


@contextmanager
def hanging_up() -> Iterator[str]:
    """A server that closes its first connection without an answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: listener.accept()[0].close())
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def test_junit_has_a_case_for_each_scenario(bare: str, target: Target, tmp_path: Path) -> None:
    passed = run(by_id("defer"), target)
    bad = failed(target, written(tmp_path, (STATUS, 'training_status: "\\u0001<&>"}')))
    with open_target(bare) as without_control:
        skipped = run(by_id("defer-again"), without_control)
    suite = ElementTree.fromstring(junit([passed, bad, skipped])).find("testsuite")  # noqa: S314 - our own
    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "skipped", "errors")} == {
        "tests": "3",
        "failures": "1",
        "skipped": "1",
        "errors": "0",
    }
    cases = suite.findall("testcase")
    assert [(case.get("name"), [child.tag for child in case]) for case in cases] == [
        ("defer", []),
        ("example", ["failure"]),
        ("defer-again", ["skipped"]),
    ]
    assert cases[0].get("classname") == "scenarios.notifying-of-deferral"
    told = cases[1][0].text or ""
    assert "<&>" in told
    assert "curl" in told


def test_a_request_as_curl_can_be_pasted(results: dict[str, ScenarioResult]) -> None:
    done = results["participants-bad-query"].steps[3]
    assert curl(done.request, "http://host") == (
        "curl 'http://host/api/v1/participants/ecf?filter%5Bupdated_since%5D=2021-05-13T11%3A21%3A55%2001%3A00' \\\n"
        '  -H "Authorization: Bearer $TOKEN"'
    )
    sent = results["defer"].steps[0].request
    command = curl(sent, "http://host/")
    assert command.startswith("curl -X PUT http://host/api/v1/participants/ecf/")
    assert f"--data-raw '{json.dumps(sent.json)}'" in command
