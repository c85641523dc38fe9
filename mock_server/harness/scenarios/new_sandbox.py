"""The sandbox of a scenario, as the control API creates it."""

import zlib

from mock_server.control.models import NewSandbox, RateLimit
from mock_server.harness.scenarios.model import Scenario


def new_sandbox(scenario: Scenario) -> NewSandbox:
    """The settings of the scenario's sandbox. The caller chooses the id."""
    return {
        "seed": scenario.seed,
        "clock": {"now": scenario.clock, "running": False},
        "replay": scenario.replay,
        "rate_limit": RateLimit(**scenario.rate_limit) if scenario.rate_limit else None,
        # Each run makes the same ids, and each scenario makes different ones. So the guide never shows one id for two
        # people.
        "random_seed": zlib.crc32(scenario.id.encode()),
    }
