"""The grading of clients of v3."""

from typing import Final

from mock_server.harness.readiness.kit import ReadinessKit
from mock_server.harness.v3.readiness.catalogue import CATALOGUE
from mock_server.harness.v3.readiness.checklist import CHECKLIST
from mock_server.harness.v3.readiness.drills import DRILLS
from mock_server.harness.v3.readiness.scene import PARTICIPANTS, PROVIDER, set_scene
from mock_server.harness.v3.readiness.traffic import Traffic, observe
from mock_server.v3.service import V3

KIT: Final = ReadinessKit(
    api=V3.name,
    catalogue=CATALOGUE,
    observe=observe,
    traffic=Traffic,
    drills=DRILLS,
    provider=PROVIDER,
    participants=PARTICIPANTS,
    set_scene=set_scene,
    checklist=CHECKLIST,
)
