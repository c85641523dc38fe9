"""The world that a scenario takes place in, as the control API makes it."""

import zlib

from mock_server.control.models import NewSandbox, RateLimit
from mock_server.harness.scenarios.model import Scenario


def new_world(scenario: Scenario) -> NewSandbox:
    """What to create the scenario's sandbox with; its id is left to whoever does."""
    return {
        "seed": scenario.seed,
        "clock": {"now": scenario.clock, "running": False},
        "replay": scenario.replay,
        "rate_limit": RateLimit(**scenario.rate_limit) if scenario.rate_limit else None,
        # The same ids at each run, and others in each scenario, so that the guide never shows one
        # id for two people.
        "random_seed": zlib.crc32(scenario.id.encode()),
    }
