"""Changes that reach further than they should, and moves between providers that a list doesn't notice."""

from datetime import datetime
from typing import Any

from mock_server.rules.orders import Selection
from mock_server.v3.domain import training
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.lists import BY_CREATION, Listing
from mock_server.v3.domain.records import Training, View
from mock_server.v3.domain.vocabulary import ROLES
from mock_server.v3.domain.world import World
from tests.mutation.planting import Plant, patched


def _moves_everybody(original: Any) -> Any:
    """A deferral moves the records of all other people, too."""

    def defer(world: World, deferred: Training, reason: str, now: datetime) -> None:
        original(world, deferred, reason, now)
        with Change(world, now) as change:
            for teacher in world.teachers.values():
                change.participant(teacher)

    return defer


def _has_moved_on(view: View) -> bool:
    """Whether the person's latest training is with another provider."""
    trainings = [each for role in ROLES for each in view.teacher.trainings_as(role)]
    return max(trainings, key=lambda each: each.started_on).provider != view.provider


def _only_those_here(original: Any) -> Any:
    def select(self: Any, wanted: Any = None, updated_since: Any = None, sort: Any = BY_CREATION) -> Any:
        found = original(self, wanted, updated_since, sort).all()
        return Selection([each for each in found if not isinstance(each, View) or not _has_moved_on(each)])

    return select


REACH = (
    Plant(
        "reach-everybody",
        "a change that reaches too far",
        "A deferral moves everybody.",
        patched(training, "defer", _moves_everybody),
    ),
)

MOVES = (
    Plant(
        "move-list",
        "a move that a list doesn't notice",
        "The lists forget who trains with another provider now; the single record stays.",
        patched(Listing, "select", _only_those_here),
    ),
)
