"""The check of servers of v1."""

from typing import Final

from mock_server.harness.check.feed import Recipe
from mock_server.harness.check.kit import CheckKit
from mock_server.harness.v1.check import feed
from mock_server.harness.v1.check.behaviour import actions, declarations, isolation, links, lists, schools, transport
from mock_server.harness.v1.check.bench import SETTING
from mock_server.harness.v1.check.leniency import forgiven
from mock_server.harness.v1.check.records import RECORDS
from mock_server.v1.service import V1

KIT: Final = CheckKit(
    service=V1,
    setting=SETTING,
    behaviour=(*transport.PROBES, *lists.PROBES, *actions.PROBES, *declarations.PROBES, *schools.PROBES, *links.PROBES),
    isolation=isolation.PROBES,
    recipe=Recipe(feed.populate, feed.gather, feed.EVERYWHERE, feed.of_operation, feed.LITERALLY, forgiven),
    chains=(
        ("createParticipantDeclaration", "getParticipantDeclaration", "voidParticipantDeclaration"),
        ("deferEcfParticipant", "resumeEcfParticipant"),
    ),
    newer={"deferParticipant": "deferEcfParticipant", "resumeParticipant": "resumeEcfParticipant"},
    asked_first="listParticipantDeclarations",
    records=RECORDS,
)
