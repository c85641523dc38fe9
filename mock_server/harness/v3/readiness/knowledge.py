"""What a client of v3 had been shown by the time of each of its writes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from mock_server.harness.readiness import knowledge
from mock_server.harness.readiness.observation import Observation
from mock_server.harness.readiness.shown import NOTHING
from mock_server.harness.v3.readiness.traffic import ENROLMENT, ID_CHANGE, LIST_OF, TRANSFER
from mock_server.v3.domain.calendar import london_day
from mock_server.v3.domain.states import LIVE_STATES
from mock_server.v3.domain.vocabulary import ROLE_OF_COURSE


@dataclass(slots=True)
class Knowledge(knowledge.Knowledge):
    """The latest facts that the client was shown, by id.

    `schools` are by id and cohort. `transfers` are by participant. `merged` are ids that no longer exist. `begun` is
    the London day on which the client itself resumed or rescheduled somebody, by participant and course.
    """

    partnerships: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    schools: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    delivery_partners: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    transfers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    merged: set[str] = field(default_factory=set)
    begun: dict[tuple[str, str], date] = field(default_factory=dict)

    live_states = LIVE_STATES

    def learn(self, seen: Observation) -> None:
        """Adds what this answer showed."""
        of = LIST_OF.get(seen.kind or "")
        if seen.kind in ("resume", "change-schedule") and seen.succeeded:
            self.begun[seen.subject, course_of(seen)] = london_day(seen.moment)
        for record in seen.shown:
            id, facts = record.id, record.facts
            self.seen_at[id] = seen.ended
            if of == "participants":
                self.participants[id] = facts
                changes = _named(facts.get("participant_id_changes"), ID_CHANGE)
                self.merged.update(str(each["from_participant_id"]) for each in changes)
            elif of == "declarations":
                self.learn_declaration(id, facts)
            elif of == "partnerships":
                self.partnerships[id] = facts
            elif of == "schools":
                self.schools[id, str(facts.get("cohort"))] = facts
            elif of == "delivery-partners":
                self.delivery_partners[id] = facts
            elif of == "transfers":
                self.transfers[id] = facts

    def enrolments(self, id: str) -> dict[str, Mapping[str, Any]]:
        """What the client was shown of the participant, by role; nothing when it wasn't shown this participant."""
        facts = self.participants.get(id, NOTHING)
        return {str(each["participant_type"]): each for each in _named(facts.get("ecf_enrolments"), ENROLMENT)}

    def enrolment(self, seen: Observation) -> Mapping[str, Any]:
        """The enrolment that this write is about; nothing when the client wasn't shown it."""
        return self.enrolments(seen.subject).get(str(ROLE_OF_COURSE.get(course_of(seen))), NOTHING)

    def moves(self, id: str) -> Sequence[Mapping[str, Any]]:
        """The transfers of the participant that the client was shown."""
        return list(_named(self.transfers.get(id, NOTHING).get("transfers"), TRANSFER))


def course_of(seen: Observation) -> str:
    return str(seen.attributes.get("course_identifier"))


def _named(values: Any, names: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    return (dict(zip(names, each, strict=True)) for each in values or ())
