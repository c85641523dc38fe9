"""Participants of all providers, as the tester sees them: a searchable list, and one person's timeline."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from mock_server.v1.domain.records import Declaration, Participant
from mock_server.v1.domain.schedules import COHORTS, SCHEDULE_IDENTIFIERS
from mock_server.v1.domain.states import DECLARATION_STATES, TRANSITIONS
from mock_server.v1.domain.vocabulary import DECLARATION_TYPES, PARTICIPANT_TYPES, SCHOOL_STATUSES, TRAINING_STATUSES
from mock_server.v1.service import V1
from mock_server.web.paging import page_of
from mock_server.web.v1.timeline import timeline
from mock_server.web.visit import NotThere, Visit

# What the list can be filtered by, and how people say it.
STATUSES: Final = {
    "active": "active",
    "deferred": "deferred",
    "withdrawn": "withdrawn",
    "removed": "removed by the school",
    "unregistered": "not registered",
}


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """`steps` pairs each declaration type with its latest declaration, or with None."""

    participant: Participant
    steps: list[tuple[str, Declaration | None]]


def steps(participant: Participant) -> list[tuple[str, Declaration | None]]:
    """How far the participant has come. A live declaration hides a later one that isn't live."""
    latest: dict[str, Declaration] = {}
    for declaration in participant.declarations:
        shown = latest.get(declaration.declaration_type)
        if shown is None or declaration.live or not shown.live:
            latest[declaration.declaration_type] = declaration
    return [(each, latest.get(each)) for each in DECLARATION_TYPES]


async def list_context(visit: Visit) -> dict[str, Any]:
    query = visit.query
    found = sorted(_found(visit), key=lambda p: (p.updated_at, p.changed), reverse=True)
    page = await page_of(found, query)
    return {
        "page": page,
        "rows": [ParticipantRow(participant, steps(participant)) for participant in page.rows],
        "filters": {name: query[name] for name in ("q", "provider", "status") if name in query},
        "statuses": list(STATUSES.items()),
        "cohorts": list(COHORTS),
        "kinds": [
            ("cohorts", "Cohort", "this academic year", COHORTS),
            ("participant_types", "Types", "three ECTs for each mentor", PARTICIPANT_TYPES),
            ("statuses", "Status at the school", "active", SCHOOL_STATUSES),
            ("training_statuses", "Training status", "active", TRAINING_STATUSES),
            ("declarations", "Declaration “started”", "none", DECLARATION_STATES),
        ],
    }


def _found(visit: Visit) -> Iterable[Participant]:
    provider, words = visit.query.get("provider"), visit.query.get("q", "").lower().split()
    status = visit.query.get("status")
    for participant in visit.sandbox.world(V1).participants.values():
        if provider in (None, participant.current.provider) and status in (None, *_statuses(participant)):
            person, email = participant.person, participant.current.email
            text = f"{person.full_name} {email} {person.teacher_reference_number} {participant.id}".lower()
            if all(word in text for word in words):
                yield participant


def _statuses(participant: Participant) -> list[str]:
    """Those of STATUSES that the participant has. Somebody whom the school removed isn't active."""
    training = participant.current.training_status
    found = [] if participant.removed and training == "active" else [training]
    found += ["removed"] if participant.removed else []
    return found + (["unregistered"] if participant.person.teacher_reference_number is None else [])


async def participant_context(visit: Visit) -> dict[str, Any]:
    """Raises NotThere if no participant has the id."""
    participant = visit.sandbox.world(V1).participants.get(visit.about.lower())
    if participant is None:
        raise NotThere("participant")
    mentor_id = participant.current.mentor_id
    return {
        "participant": participant,
        "steps": steps(participant),
        "moments": timeline(participant),
        "mentor": visit.sandbox.world(V1).participants.get(mentor_id) if mentor_id else None,
        "mentors": _mentors_at(participant, visit),
        "schedules": SCHEDULE_IDENTIFIERS,
        "cohorts": COHORTS,
        "arrows": TRANSITIONS,
    }


def _mentors_at(ect: Participant, visit: Visit) -> list[tuple[str, str]]:
    """Ids and names of the mentors whom the participant's school can choose."""
    school = ect.current.school_urn
    return [
        (each.id, each.person.full_name)
        for each in visit.sandbox.world(V1).participants.values()
        if each.participant_type == "mentor" and each.current.school_urn == school and not each.removed
    ]


def stamp(visit: Visit) -> object:
    world = visit.sandbox.world(V1)
    return world, world.changes
