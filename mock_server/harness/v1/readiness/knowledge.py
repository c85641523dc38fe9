"""What a client of v1 had been shown by the time of each of its writes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mock_server.harness.readiness.declarations import Slot, slot_of
from mock_server.harness.readiness.shown import NOTHING
from mock_server.harness.v1.readiness.traffic import LIST_OF, Observation
from mock_server.v1.domain.states import LIVE_STATES


@dataclass(slots=True)
class Knowledge:
    """The latest facts that the client was shown, by id, and the declarations that it knows to be live, by slot."""

    participants: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    declarations: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    live: dict[Slot, str] = field(default_factory=dict)
    # When the client last saw each participant or declaration, in Unix seconds.
    seen_at: dict[str, float] = field(default_factory=dict)

    def participant(self, id: str) -> Mapping[str, Any]:
        """Its facts; nothing when the client wasn't shown this participant."""
        return self.participants.get(id, NOTHING)

    def learn(self, seen: Observation) -> None:
        """Adds what this answer showed."""
        of_declarations = LIST_OF.get(seen.kind or "", seen.kind) == "declarations"
        for record in seen.shown:
            self.seen_at[record.id] = seen.ended
            if of_declarations:
                self._learn_declaration(record.id, record.facts)
            else:
                self.participants[record.id] = record.facts

    def _learn_declaration(self, id: str, facts: Mapping[str, Any]) -> None:
        self.declarations[id] = facts
        slot = slot_of(facts)
        if facts.get("state") in LIVE_STATES:
            self.live[slot] = id
        elif self.live.get(slot) == id:
            del self.live[slot]


def writes_with_knowledge(observations: Sequence[Observation]) -> Iterator[tuple[Observation, Knowledge]]:
    """Each write of one provider, and what the client had been shown when it sent the write.

    The knowledge is only valid until the next step, because it goes on growing.
    """
    known = Knowledge()
    answers = sorted((seen for seen in observations if seen.shown), key=lambda seen: seen.ended)
    place = 0
    for seen in observations:
        if not seen.writes:
            continue
        while place < len(answers) and answers[place].ended <= seen.began:
            known.learn(answers[place])
            place += 1
        yield seen, known
