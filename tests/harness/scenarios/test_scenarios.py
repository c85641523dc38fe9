"""Every scenario holds on the mock, and together they meet everything that the mock can do."""

from collections import Counter
from collections.abc import Iterator

import pytest

from mock_server.harness.scenarios.model import Scenario, ScenarioResult, StepResult
from mock_server.harness.scenarios.operations import known_operations
from mock_server.harness.scenarios.report import failure_lines
from mock_server.harness.v1.scenarios.sections import INTEGRATION, SECTIONS, USAGE
from mock_server.v1.domain.commands import ACTIONS, CATALOGUE
from mock_server.v1.service import V1
from tests.harness.scenarios.conftest import SCENARIOS

# What every client meets sooner or later. 408 and 500 come from a slow client and from injected faults.
STATUSES = {200, 400, 401, 403, 404, 405, 413, 422, 429}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_scenario_holds(scenario: Scenario, results: dict[str, ScenarioResult]) -> None:
    result = results[scenario.id]
    assert result.outcome == "passed", "\n".join(failure_lines(result))
    assert len(result.given) == len(scenario.given)
    assert len(result.steps) == len(scenario.steps)


def _v1_steps(results: dict[str, ScenarioResult]) -> Iterator[StepResult]:
    for result in results.values():
        for done in (*result.given, *result.steps):
            if done.step.api != "control":
                yield done


def test_each_operation_of_the_contract_succeeds_in_a_scenario(results: dict[str, ScenarioResult]) -> None:
    met = {done.step.operation for done in _v1_steps(results) if done.response and done.response.status == 200}
    assert {id for id, operation in known_operations(V1).items() if operation.api == "v1"} <= met


def test_each_rule_refuses_in_a_scenario(results: dict[str, ScenarioResult]) -> None:
    met = Counter(
        rule
        for done in _v1_steps(results)
        if done.response
        for rule in done.response.headers.get("x-mock-rule", "").split(", ")
    )
    assert [rule for rule in CATALOGUE if not met[rule]] == []


def test_each_status_is_met(results: dict[str, ScenarioResult]) -> None:
    assert {done.response.status for done in _v1_steps(results) if done.response} >= STATUSES


def test_each_refusal_says_which_rules_refuse(results: dict[str, ScenarioResult]) -> None:
    silent = [
        f"{done.step.operation} in line {done.step.line}"
        for done in _v1_steps(results)
        if done.response and done.response.status == 422 and done.step.expect.rules is None
    ]
    assert silent == []


def test_each_section_tells_what_goes_well_first_and_then_what_is_refused() -> None:
    for section in USAGE:
        kinds = [scenario.kind for scenario in SCENARIOS if scenario.section is section]
        assert kinds[0] == "main"
        assert kinds[-1] == "refusal"
        assert kinds == sorted(kinds)
    assert [s.id for s in SCENARIOS if s.section is INTEGRATION and s.kind == "main"] == [
        "paging",
        "rate-limit",
        "polling",
    ]


def test_sections_are_those_that_refusals_link_to() -> None:
    assert {action.guide for action in ACTIONS} <= SECTIONS.keys()
    assert len(USAGE) == 10


def test_places_count_from_one_without_a_gap() -> None:
    for section in SECTIONS.values():
        places = [scenario.place for scenario in SCENARIOS if scenario.section is section]
        assert places == list(range(1, len(places) + 1))
