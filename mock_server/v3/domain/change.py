"""`with Change(world, now) as change:` encloses the changes of one act, at one moment."""

from mock_server.v3.domain.moves import Moves
from mock_server.v3.domain.world import World


class Change(Moves[World]):
    """The changes of one act to a world."""
