"""The facts that v1's rules look at, and the one condition that their tables use."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mock_server.rules.attributes import as_text
from mock_server.rules.moments import parse_rfc3339
from mock_server.v1.domain.records import Enrolment, Participant
from mock_server.v1.domain.schedules import Milestone, Schedule, academic_year, schedule_of
from mock_server.v1.domain.vocabulary import PARTICIPANT_TYPE_OF_COURSE
from mock_server.v1.domain.world import World

INVALID_ACTION = "Invalid action"


class Facts:
    """All that a rule may look at: one provider's request against the world at a moment.

    `found` says that the id and the course match a participant whom the school hasn't removed.
    Any provider may train them. `related` adds that this provider trains or trained them.
    """

    def __init__(
        self,
        world: World,
        provider: str,
        participant_id: str | None,
        attributes: Mapping[str, Any],
        now: datetime,
    ) -> None:
        self.now = now
        self._attributes = attributes
        self.participant: Participant | None = world.participants.get((participant_id or "").lower())
        self.found = False
        # This provider's enrolment, if id and course match it.
        self.own_enrolment: Enrolment | None = None
        if self.participant is not None:
            wanted = PARTICIPANT_TYPE_OF_COURSE.get(self.text("course_identifier"))
            self.found = wanted == self.participant.participant_type and not self.participant.removed
            self.own_enrolment = self.participant.enrolment_with(provider) if self.found else None
        self.related = self.own_enrolment is not None
        self.declaration_date = parse_rfc3339(self.text("declaration_date"))
        self.declaration_type = self.text("declaration_type")
        # The milestone that the declaration is for, on the participant's schedule.
        self.milestone: Milestone | None = None
        if self.participant is not None and (on := self.participant.schedule):
            self.milestone = on.milestones.get(self.declaration_type)

    def text(self, attribute: str) -> str:
        """The attribute as text. Empty if it is missing, null, blank, false, an object or a list."""
        value = self._attributes.get(attribute)
        # Nearly every value is plain text, and every rule asks for some: the call costs more than the two questions.
        return value if type(value) is str and not value.isspace() else as_text(value)

    @property
    def wanted_cohort(self) -> str:
        """The cohort that a change of schedule names, or the current one if it names none (rules 5.4)."""
        return self.text("cohort") or str(academic_year(self.now))

    @property
    def wanted_schedule(self) -> Schedule | None:
        """The schedule that a change of schedule asks for: an identifier in a cohort."""
        return schedule_of(self.wanted_cohort, self.text("schedule_identifier"))


def found(facts: Facts) -> bool:
    """The fact sheet's "(found)": id and course match a participant of any provider (rules 5.4)."""
    return facts.found
