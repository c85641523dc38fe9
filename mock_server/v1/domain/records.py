"""What the service keeps: participants, their enrolments with providers, and declarations.

Only `World` changes these, because it keeps the orders and the cached renderings in step.
Moments are aware datetimes in UTC. A participant's have whole seconds, a declaration's go to the microsecond
(rules 6.3).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from mock_server.v1.domain.schedules import Schedule, Statement, schedule_of
from mock_server.v1.domain.states import LIVE_STATES
from mock_server.v1.domain.vocabulary import COURSES


class Person(NamedTuple):
    """The facts of the person, the same for every provider (rules 8). We replace it and never change it."""

    full_name: str
    teacher_reference_number: str | None = None
    teacher_reference_number_validated: bool | None = None
    eligible_for_funding: bool | None = None
    pupil_premium_uplift: bool = False
    sparsity_uplift: bool = False

    @property
    def has_validity_without_trn(self) -> bool:
        """Whether `teacher_reference_number_validated` is set without a TRN. It must not be (rules 5.1)."""
        return self.teacher_reference_number is None and self.teacher_reference_number_validated is not None

    @property
    def validated_trn(self) -> str | None:
        return self.teacher_reference_number if self.teacher_reference_number_validated else None


class Event(NamedTuple):
    """One fact about a participant that changed at `at`, with the provider whom it concerns.

    `attribute` is the record's name for the fact. For a declaration it is `state`, and a new declaration's moves
    from None.
    """

    at: datetime
    provider: str
    attribute: str
    before: str | bool | None
    after: str | bool | None
    declaration: "Declaration | None" = None


@dataclass(slots=True, eq=False)
class Enrolment:
    """A participant's time with one provider, as that provider sees it.

    An earlier provider's enrolment keeps school, mentor, email and both statuses as they were at its end. It is
    `challenged` when the provider changed and the school stayed. Then its provider no longer sees the participant
    (rules 8).
    """

    participant: "Participant"
    provider: str
    email: str | None
    school_urn: str
    mentor_id: str | None
    joined_at: datetime
    status: str = "active"
    training_status: str = "active"
    withdrawn_at: datetime | None = None
    left_at: datetime | None = None
    challenged: bool = False
    # The record as v1 shows it. The serialiser keeps it here; each change sets it to None.
    rendered: bytes | None = None

    @property
    def id(self) -> str:
        return self.participant.id


@dataclass(slots=True, eq=False)
class Participant:
    """`changed` numbers the changes of a world, and orders the changes of one moment. So does `sequence`.

    `history` holds what happened since the school added the participant, oldest first.
    """

    id: str
    participant_type: str
    cohort: str
    person: Person
    schedule_identifier: str
    created_at: datetime
    updated_at: datetime
    sequence: int
    changed: int
    enrolments: list[Enrolment] = field(default_factory=list)
    declarations: "list[Declaration]" = field(default_factory=list)
    # A tuple, because most participants of a large world have none, and an empty tuple costs nothing.
    history: tuple[Event, ...] = ()
    # The enrolment with the provider who trains the participant now. The world sets it when it makes one.
    current: Enrolment = field(init=False)

    @property
    def course(self) -> str:
        return COURSES[self.participant_type]

    @property
    def schedule(self) -> Schedule | None:
        """The participant's schedule: their schedule identifier in their cohort."""
        return schedule_of(self.cohort, self.schedule_identifier)

    @property
    def removed(self) -> bool:
        """Whether the participant's present school has removed them (rules 5.4)."""
        return self.current.status == "withdrawn"

    def enrolment_with(self, provider: str) -> Enrolment | None:
        for enrolment in self.enrolments:
            if enrolment.provider == provider:
                return enrolment
        return None

    def live_declaration(self, declaration_type: str) -> "Declaration | None":
        """The live declaration of that type, whichever provider made it."""
        for declaration in self.declarations:
            if declaration.declaration_type == declaration_type and declaration.live:
                return declaration
        return None


@dataclass(slots=True, eq=False)
class Declaration:
    id: str
    participant: Participant
    provider: str
    declaration_type: str
    declaration_date: datetime
    evidence_held: str | None
    state: str
    created_at: datetime
    updated_at: datetime
    sequence: int
    changed: int
    statement: Statement | None = None
    rendered: bytes | None = None

    @property
    def course_identifier(self) -> str:
        return self.participant.course

    @property
    def live(self) -> bool:
        return self.state in LIVE_STATES
