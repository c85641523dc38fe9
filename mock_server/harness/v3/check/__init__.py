"""The check of servers of v3."""

from typing import Final

from mock_server.harness.check.feed import Recipe
from mock_server.harness.check.kit import CheckKit
from mock_server.harness.v3.check import feed
from mock_server.harness.v3.check.behaviour import (
    at_once,
    declarations,
    evidence,
    isolation,
    links,
    lists,
    milestones,
    participants,
    partnerships,
    payments,
    reach,
    reading,
    schedules,
    schools,
    shown,
    small_print,
    transport,
    updated,
)
from mock_server.harness.v3.check.bench import EQUIPMENT
from mock_server.harness.v3.check.leniency import forgiven
from mock_server.harness.v3.check.records import RECORDS
from mock_server.v3.service import V3

KIT: Final = CheckKit(
    service=V3,
    equipment=EQUIPMENT,
    behaviour=(
        *transport.PROBES,
        *small_print.PROBES,
        *reading.PROBES,
        *lists.PROBES,
        *at_once.PROBES,
        *shown.PROBES,
        *participants.PROBES,
        *schedules.PROBES,
        *partnerships.PROBES,
        *declarations.PROBES,
        *evidence.PROBES,
        *milestones.PROBES,
        *payments.PROBES,
        *schools.PROBES,
        *updated.PROBES,
        *reach.PROBES,
        *links.PROBES,
    ),
    isolation=isolation.PROBES,
    recipe=Recipe(feed.populate, feed.gather, feed.EVERYWHERE, feed.of_operation, feed.LITERALLY, forgiven),
    chains=(
        ("createDeclaration", "getDeclaration", "voidDeclaration"),
        ("deferParticipant", "resumeParticipant"),
        ("createPartnership", "updatePartnership", "getPartnership"),
    ),
    newer={},
    asked_first="getStatements",
    # Every provider sees every eligible school; a moved participant's declarations are seen by two (rules 4).
    records=RECORDS,
    shared=frozenset({"getSchool", "getDeclaration", "getDeliveryPartner"}),
)
