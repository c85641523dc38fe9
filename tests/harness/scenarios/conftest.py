from collections.abc import Iterator

import pytest

from mock_server.harness.scenarios.loader import load_scenarios
from mock_server.harness.scenarios.model import ScenarioResult
from mock_server.harness.scenarios.runner import run
from mock_server.harness.scenarios.target import Target, open_target
from mock_server.own_server import own_server
from mock_server.v1.service import V1

SCENARIOS = load_scenarios(V1)


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """One mock for all scenarios: each has a sandbox of its own there."""
    with own_server() as base_url, open_target(base_url) as opened:
        yield opened


@pytest.fixture(scope="session")
def results(target: Target) -> dict[str, ScenarioResult]:
    """What came of each scenario, by its id."""
    return {scenario.id: run(scenario, target) for scenario in SCENARIOS}
