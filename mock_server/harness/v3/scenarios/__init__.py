"""What the scenarios of v3 need in addition to their files."""

from typing import Final

from mock_server.harness.scenarios.kit import ScenarioKit
from mock_server.harness.v3.scenarios.sections import SECTIONS

KIT: Final = ScenarioKit(SECTIONS, guide="v3/usage/")
