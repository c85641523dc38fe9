from collections.abc import Callable, Iterator, Mapping
from functools import cache

import pytest

from mock_server.harness.scenarios.loader import load_scenarios
from mock_server.harness.scenarios.model import ScenarioResult
from mock_server.harness.scenarios.runner import run
from mock_server.harness.scenarios.target import Target, open_target
from mock_server.own_server import own_server
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.v1.service import V1

ALL = {service: load_scenarios(service) for service in SERVICES}
SCENARIOS = ALL[V1]

each_service = pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)

ResultsOf = Callable[[Service], Mapping[str, ScenarioResult]]


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """One mock for all scenarios: each has a sandbox of its own there."""
    with own_server() as base_url, open_target(base_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def results_of(target: Target) -> ResultsOf:
    """What came of each scenario of a service, by its id."""

    @cache
    def results_of(service: Service) -> Mapping[str, ScenarioResult]:
        return {scenario.id: run(scenario, target) for scenario in ALL[service]}

    return results_of


@pytest.fixture(scope="session")
def results(results_of: ResultsOf) -> Mapping[str, ScenarioResult]:
    """What came of each scenario of v1, by its id."""
    return results_of(V1)
