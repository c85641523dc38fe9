"""What a service supplies for its scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_server.harness.kits import find_kit
from mock_server.harness.scenarios.sections import Section
from mock_server.service import Service


@dataclass(frozen=True, slots=True)
class ScenarioKit:
    """What the loader needs from a service. Without a kit it takes any section, and sorts by anchor."""

    # The sections of the guide by their anchors, in reading order.
    sections: Mapping[str, Section]


def scenario_kit(service: Service) -> ScenarioKit | None:
    kit: ScenarioKit | None = find_kit(service, "scenarios")
    return kit
