"""Every scenario holds on the mock, and together they meet everything that the mock can do."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

import pytest

from mock_server.harness.check.traffic import departures
from mock_server.harness.scenarios.kit import scenario_kit
from mock_server.harness.scenarios.model import CONTROL, Scenario, StepResult
from mock_server.harness.scenarios.operations import known_operations
from mock_server.harness.scenarios.report import failure_lines
from mock_server.harness.v1.scenarios.sections import INTEGRATION, SECTIONS, USAGE
from mock_server.service import Service
from mock_server.v1.domain.commands import ACTIONS
from mock_server.v1.service import V1
from mock_server.v3.service import V3
from tests.harness.scenarios.conftest import ALL, ResultsOf, each_service

# What every client meets sooner or later. 408 and 500 come from a slow client and from injected faults.
STATUSES = {V1: {200, 400, 401, 403, 404, 405, 413, 422, 429}, V3: {200, 400, 401, 404, 405, 422, 429}}


@pytest.mark.parametrize(
    "scenario",
    [scenario for scenarios in ALL.values() for scenario in scenarios],
    ids=lambda scenario: f"{scenario.service.name}-{scenario.id}",
)
def test_scenario_holds(scenario: Scenario, results_of: ResultsOf) -> None:
    result = results_of(scenario.service)[scenario.id]
    assert result.outcome == "passed", "\n".join(failure_lines(result))
    assert len(result.given) == len(scenario.given)
    assert len(result.steps) == len(scenario.steps)


def _steps(service: Service, results_of: ResultsOf) -> Iterator[StepResult]:
    """Every step that calls the service, or no operation."""
    for result in results_of(service).values():
        for done in (*result.given, *result.steps):
            if done.step.api != CONTROL:
                yield done


@each_service
def test_each_operation_of_the_contract_succeeds_in_a_scenario(service: Service, results_of: ResultsOf) -> None:
    met = {done.step.operation for done in _steps(service, results_of) if done.response and done.response.status == 200}
    operations = known_operations(service).items()
    assert [id for id, operation in operations if operation.api == service.name and id not in met] == []


@each_service
def test_each_rule_refuses_in_a_scenario(service: Service, results_of: ResultsOf) -> None:
    met = Counter(
        rule
        for done in _steps(service, results_of)
        if done.response
        for rule in done.response.headers.get("x-mock-rule", "").split(", ")
    )
    assert [rule for rule in service.catalogue if not met[rule]] == []


@each_service
def test_each_status_is_met(service: Service, results_of: ResultsOf) -> None:
    assert {done.response.status for done in _steps(service, results_of) if done.response} >= STATUSES[service]


@each_service
def test_each_refusal_says_which_rules_refuse(service: Service, results_of: ResultsOf) -> None:
    silent = [
        f"{done.step.operation} in line {done.step.line}"
        for done in _steps(service, results_of)
        if done.response and done.response.status == 422 and done.step.expect.rules is None
    ]
    assert silent == []


# The stories in which the server accepts on purpose what its contract doesn't document.
LENIENT: dict[Service, set[str]] = {V1: set(), V3: {"evidence-2024"}}


@each_service
def test_what_is_accepted_keeps_the_contract(service: Service, results_of: ResultsOf) -> None:
    said = [
        (result.scenario.id, done.step.line, departures(service, done.request))
        for result in results_of(service).values()
        for done in (*result.given, *result.steps)
        if done.step.api == service.name and done.response and done.response.status == 200
    ]
    assert {id for id, _, problems in said if problems} == LENIENT[service], said


@each_service
def test_each_section_tells_what_goes_well_first_and_then_what_is_refused(service: Service) -> None:
    for section, scenarios in groupby(ALL[service], key=lambda scenario: scenario.section):
        kinds = [scenario.kind for scenario in scenarios]
        assert kinds[0] == "main", section.anchor
        assert kinds == sorted(kinds), section.anchor


def test_each_section_of_the_usage_guide_ends_with_a_refusal() -> None:
    for section in USAGE:
        assert [scenario.kind for scenario in ALL[V1] if scenario.section is section][-1] == "refusal"
    assert [s.id for s in ALL[V1] if s.section is INTEGRATION and s.kind == "main"] == [
        "paging",
        "rate-limit",
        "polling",
        "server-fault",
    ]


def test_sections_are_those_that_refusals_link_to() -> None:
    assert {action.guide for action in ACTIONS} <= SECTIONS.keys()
    assert len(USAGE) == 10


@each_service
def test_each_section_has_scenarios_and_places_count_from_one_without_a_gap(service: Service) -> None:
    kit = scenario_kit(service)
    assert kit is not None
    for section in kit.sections.values():
        places = [scenario.place for scenario in ALL[service] if scenario.section is section]
        assert places == list(range(1, len(places) + 1))
        assert places, section.anchor


def test_no_two_scenarios_have_the_same_id() -> None:
    """Sandboxes are named after scenarios, so that people can run both services' stories at once."""
    ids = Counter(scenario.id for scenarios in ALL.values() for scenario in scenarios)
    assert [id for id, count in ids.items() if count > 1] == []
