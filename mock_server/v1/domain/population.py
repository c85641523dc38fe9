"""Many people at once, in the shares that a tester wants. The seed's inventions fill in the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

from mock_server.v1.domain.records import Participant
from mock_server.v1.domain.schedules import DEFAULT_SCHEDULE, schedule_of
from mock_server.v1.domain.seeds import declare, declared_at, invented_person, invented_urn, registered
from mock_server.v1.domain.vocabulary import DECLARATION_TYPES
from mock_server.v1.domain.world import World

# In the place of a declaration's state: there is none.
NO_DECLARATION: Final = "none"
# Such a declaration can stand without a decision about funding.
_UNDECIDED: Final = ("submitted", "voided")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One person. `declaration` is the state of the declaration `started`, or NO_DECLARATION."""

    cohort: str
    participant_type: str
    status: str
    training_status: str
    declaration: str


def too_early(wanted: Wanted, now: datetime) -> bool:
    """Whether nothing can be declared yet for the person."""
    schedule = schedule_of(wanted.cohort, DEFAULT_SCHEDULE)
    return wanted.declaration != NO_DECLARATION and (
        schedule is None or declared_at(schedule, DECLARATION_TYPES[0]) > now
    )


def add_people(
    world: World, random: Random, now: datetime, provider: str, people: Iterable[Wanted]
) -> list[Participant]:
    """Schools add these people now. Every second ECT gets the latest mentor, at the mentor's school."""
    added: list[Participant] = []
    mentor: Participant | None = None
    for index, wanted in enumerate(people):
        person, email = invented_person(random)
        if wanted.declaration != NO_DECLARATION:
            eligible = None if wanted.declaration in _UNDECIDED else True
            person = registered(random, person, index, eligible, validated=True)
        has_mentor = wanted.participant_type == "ect" and index % 2 == 1
        theirs = mentor if has_mentor else None
        school_urn = invented_urn(random)
        participant = world.add_participant(
            provider=provider,
            participant_type=wanted.participant_type,
            cohort=wanted.cohort,
            person=person,
            email=email,
            school_urn=theirs.current.school_urn if theirs else school_urn,
            schedule_identifier=DEFAULT_SCHEDULE,
            mentor_id=theirs.id if theirs else None,
            status=wanted.status,
            training_status=wanted.training_status,
            now=now,
        )
        if wanted.participant_type == "mentor" and not participant.removed:
            mentor = participant
        if wanted.declaration != NO_DECLARATION:
            declare(world, participant, wanted.declaration, random, now, at_once=True)
        added.append(participant)
    return added
