"""The parts of a drill: difficult events that happen to a client."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from mock_server.control.models import JournalEntry, NewFault

# How many seconds a 429 asks the client to wait, unless the drill says otherwise.
RETRY_AFTER: Final = 2


@dataclass(slots=True)
class Watched:
    """What a drill has seen of its client so far.

    `entries` are the requests, oldest first. `passed` are the ids of the requirements that it meets just now. `now` and
    `began` are seconds from any starting point, and tell how long the drill has run. `at` is the machine's clock (Unix
    time).
    """

    began: float
    now: float
    at: float = 0.0
    entries: list[JournalEntry] = field(default_factory=list)
    passed: frozenset[str] = frozenset()

    def successes(self, *operation_ids: str) -> Iterator[JournalEntry]:
        """The requests for these operations that the client knows to have succeeded."""
        for entry in self.entries:
            if entry.operation_id in operation_ids and entry.status == 200 and entry.unheard is None:
                yield entry

    def seconds_since(self, entry: JournalEntry) -> float:
        return self.at - entry.at.timestamp()


@dataclass(frozen=True, slots=True)
class DrillEvent:
    """An act of schools or the department, once the client has met the requirement `after` (None: at any time).

    `happen` gets the scene of the drill, which the service's kit has set, and what the drill has seen. It acts and says
    what happened. It returns an empty text when there was nothing to do, and None when it is too early or not over yet.
    An event that `repeats` goes on after it has said something.
    """

    after: str | None
    happen: Callable[[Any, Watched], str | None]
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Exercise:
    """One difficult event. `waiting` tells the person at the keyboard what awaits the client."""

    name: str
    waiting: str
    requirements: tuple[str, ...]
    faults: tuple[NewFault, ...] = ()
    events: tuple[DrillEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Drill:
    """`requirements` are the subject of the drill."""

    name: str
    summary: str
    exercises: tuple[Exercise, ...]
    requirements: tuple[str, ...]
