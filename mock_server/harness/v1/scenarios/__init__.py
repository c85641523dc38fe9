"""What the scenarios of v1 need in addition to their files."""

from typing import Final

from mock_server.harness.scenarios.kit import ScenarioKit
from mock_server.harness.v1.scenarios.sections import SECTIONS

KIT: Final = ScenarioKit(SECTIONS, guide="ecf-usage/")
