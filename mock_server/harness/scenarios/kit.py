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
    # The address of the guide in the documentation, such as `ecf-usage/`. Each section has a page below it.
    guide: str

    def address_of(self, section: Section) -> str:
        """The address of the section's page in the documentation."""
        return section.apart or f"{self.guide}{section.anchor}/"


def scenario_kit(service: Service) -> ScenarioKit | None:
    kit: ScenarioKit | None = find_kit(service, "scenarios")
    return kit
