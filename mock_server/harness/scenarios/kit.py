"""What a service brings for its scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass

from mock_server.harness.kits import find_kit
from mock_server.harness.scenarios.sections import Section
from mock_server.service import Service


@dataclass(frozen=True, slots=True)
class ScenarioKit:
    """A service without a kit takes any section; its scenarios stand in the order of the sections' anchors."""

    # The sections of its guide by their anchors, in the order in which people read them.
    sections: Mapping[str, Section]


def scenario_kit(service: Service) -> ScenarioKit | None:
    kit: ScenarioKit | None = find_kit(service, "scenarios")
    return kit
