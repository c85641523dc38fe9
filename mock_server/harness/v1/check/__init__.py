"""The check of servers of v1."""

from typing import Final

from mock_server.harness.check.feed import Recipe
from mock_server.harness.check.kit import CheckKit
from mock_server.harness.v1.check import feed
from mock_server.harness.v1.check.behaviour import (
    access,
    actions,
    at_once,
    combinations,
    declarations,
    everywhere,
    isolation,
    links,
    lists,
    mentors,
    moves,
    other_half,
    reach,
    schools,
    small_print,
    transport,
    volume,
)
from mock_server.harness.v1.check.bench import EQUIPMENT
from mock_server.harness.v1.check.leniency import forgiven
from mock_server.harness.v1.check.tables import RECORDS
from mock_server.v1.service import V1

# In the order in which they run: what is cheap and what most depends on comes first.
_BEHAVIOUR: Final = (
    transport,
    access,
    small_print,
    lists,
    combinations,
    everywhere,
    reach,
    actions,
    declarations,
    mentors,
    other_half,
    schools,
    moves,
    links,
    at_once,
    volume,
)

KIT: Final = CheckKit(
    service=V1,
    equipment=EQUIPMENT,
    behaviour=tuple(each for module in _BEHAVIOUR for each in module.PROBES),
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
