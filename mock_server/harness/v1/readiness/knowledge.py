"""What a client of v1 had been shown by the time of each of its writes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.harness.readiness import knowledge
from mock_server.harness.readiness.shown import NOTHING
from mock_server.harness.v1.readiness.traffic import LIST_OF, Observation
from mock_server.v1.domain.states import LIVE_STATES


@dataclass(slots=True)
class Knowledge(knowledge.Knowledge):
    """The latest facts that the client was shown, by id, and the declarations that it knows to be live, by slot."""

    live_states = LIVE_STATES

    def participant(self, id: str) -> Mapping[str, Any]:
        """Its facts; nothing when the client wasn't shown this participant."""
        return self.participants.get(id, NOTHING)

    def learn(self, seen: Observation) -> None:
        """Adds what this answer showed."""
        of_declarations = LIST_OF.get(seen.kind or "", seen.kind) == "declarations"
        for record in seen.shown:
            self.seen_at[record.id] = seen.ended
            if of_declarations:
                self.learn_declaration(record.id, record.facts)
            else:
                self.participants[record.id] = record.facts


def writes_with_knowledge(observations: Sequence[Observation]) -> Iterator[tuple[Observation, Knowledge]]:
    """Each write of one provider, and what the client had been shown when it sent the write."""
    return knowledge.writes_with_knowledge(observations, Knowledge)
