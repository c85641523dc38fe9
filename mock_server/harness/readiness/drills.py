"""The parts of a drill: difficult events that happen to a client."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from mock_server.control.models import NewFault

# How many seconds a 429 asks the client to wait, unless the drill says otherwise.
RETRY_AFTER: Final = 2


@dataclass(frozen=True, slots=True)
class Event:
    """An act of schools or the department, once the client has met the requirement `after` (None: at any time).

    `happen` gets the scene of the drill, which the service's kit has set. It acts and says what happened. It returns an
    empty text when there was nothing to do, and None when it is too early.
    """

    after: str | None
    happen: Callable[[Any], str | None]


@dataclass(frozen=True, slots=True)
class Exercise:
    """One difficult event. `waiting` tells the person at the keyboard what awaits the client."""

    name: str
    waiting: str
    requirements: tuple[str, ...]
    faults: tuple[NewFault, ...] = ()
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Drill:
    """`requirements` are the subject of the drill: it ends when the client has met them all."""

    name: str
    summary: str
    exercises: tuple[Exercise, ...]
    requirements: tuple[str, ...]
