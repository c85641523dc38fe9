"""What a client had been shown by the time of each of its writes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from mock_server.harness.readiness.declarations import Slot, slot_of
from mock_server.harness.readiness.observation import Observation


@dataclass(slots=True)
class Knowledge(ABC):
    """The latest facts that the client was shown, by id. A service adds what only its records have.

    `live` are the declarations that the client knows to be live, by slot.
    """

    participants: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    declarations: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    live: dict[Slot, str] = field(default_factory=dict)
    # When the client last saw each record, in Unix seconds.
    seen_at: dict[str, float] = field(default_factory=dict)

    live_states: ClassVar[Collection[str]]

    @abstractmethod
    def learn(self, seen: Any) -> None:
        """Adds what this answer showed."""

    def learn_declaration(self, id: str, facts: Mapping[str, Any]) -> None:
        self.declarations[id] = facts
        slot = slot_of(facts)
        if facts.get("state") in self.live_states:
            self.live[slot] = id
        elif self.live.get(slot) == id:
            del self.live[slot]


Seen = TypeVar("Seen", bound=Observation)
Known = TypeVar("Known", bound=Knowledge)


def writes_with_knowledge(observations: Sequence[Seen], nothing: Callable[[], Known]) -> Iterator[tuple[Seen, Known]]:
    """Each write of one provider, and what the client had been shown when it sent the write.

    `nothing` makes the knowledge of a client that has been shown nothing. The knowledge is only valid until the next
    step, because it goes on growing.
    """
    known = nothing()
    answers = sorted((seen for seen in observations if seen.shown), key=lambda seen: seen.ended)
    place = 0
    for seen in observations:
        if not seen.writes:
            continue
        while place < len(answers) and answers[place].ended <= seen.began:
            known.learn(answers[place])
            place += 1
        yield seen, known
