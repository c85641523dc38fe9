"""What the page shows of v1: participants, and the payment runs that their declarations wait for."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from mock_server.v1.domain.records import Participant
from mock_server.v1.domain.world import World
from mock_server.web.kit import RecordLink, WebKit
from mock_server.web.v1.forms import FORMS
from mock_server.web.v1.participants import list_context, participant_context, stamp
from mock_server.web.view import PageView

_VIEWS: Final = (
    PageView("participants", "Participants", list_context, ("people",), stamp, api="v1"),
    PageView(
        "participant",
        "Participant",
        participant_context,
        ("person", "timeline"),
        stamp,
        api="v1",
        below="participants",
        ids=("participant_id", "id"),
    ),
)


def _people(world: World, ids: Iterable[str]) -> list[RecordLink]:
    found: dict[str, Participant] = {}
    for id in ids:
        participant = world.participants.get(id)
        if participant is None and (declaration := world.declarations.get(id)):
            participant = declaration.participant
        if participant:
            found[participant.id] = participant
    return [RecordLink(f"participants/{each.id}", each.person.full_name) for each in found.values()]


def _ahead(world: World) -> list[tuple[datetime, str]]:
    return [
        (moment, f"{count:,} become{'s' if count == 1 else ''} {state}")
        for (moment, state), count in world.payment_runs().items()
    ]


KIT: Final = WebKit("v1", _VIEWS, FORMS, lambda world: len(world.participants), _people, _ahead)
