"""The grading of clients of v1."""

from typing import Final

from mock_server.harness.readiness.kit import ReadinessKit
from mock_server.harness.v1.readiness.catalogue import CATALOGUE
from mock_server.harness.v1.readiness.drills import DRILLS
from mock_server.harness.v1.readiness.scene import PARTICIPANTS, PROVIDER, set_scene
from mock_server.harness.v1.readiness.traffic import Traffic, observe
from mock_server.v1.service import V1

KIT: Final = ReadinessKit(
    api=V1.name,
    catalogue=CATALOGUE,
    observe=observe,
    traffic=Traffic,
    drills=DRILLS,
    provider=PROVIDER,
    participants=PARTICIPANTS,
    set_scene=set_scene,
)
