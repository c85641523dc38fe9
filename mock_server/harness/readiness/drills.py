"""What a drill is made of: hard things that are made to happen to a client."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from mock_server.control.models import NewFault

# How many seconds a 429 asks the client to wait, unless the drill says otherwise.
RETRY_AFTER: Final = 2


@dataclass(frozen=True, slots=True)
class Event:
    """Something that schools or the department do once the client has met the requirement `after` (None: at any time).

    `happen` gets the scene of the drill, as the service's kit has set it. It does it and says what happened, in no
    words when nothing had to; None when its time hasn't come yet.
    """

    after: str | None
    happen: Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One hard thing. `waiting` tells the person at the keyboard what awaits the client."""

    name: str
    waiting: str
    requirements: tuple[str, ...]
    faults: tuple[NewFault, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Drill:
    """`requirements` are what it is about: it is over when the client has met them all."""

    name: str
    summary: str
    exercises: tuple[Exercise, ...]
    requirements: tuple[str, ...]
