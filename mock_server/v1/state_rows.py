"""A world's records, and what a sandbox has beside them, as JSON to be kept; and back.

Records are arrays, their members in the order in which the classes have them: format 1. Moments are RFC 3339. Readers
raise ValueError, KeyError, TypeError or IndexError for what no writer here has written.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Final

import orjson

from mock_server.v1.domain.records import Declaration, Enrolment, Event, Participant, Person
from mock_server.v1.domain.schedules import Statement
from mock_server.v1.domain.states import DECLARATION_STATES
from mock_server.v1.domain.vocabulary import COURSES, DECLARATION_TYPES
from mock_server.v1.domain.world import World

FORMAT: Final = 1

_PARTICIPANT, _DECLARATION = "p", "d"


def write_record(record: Participant | Declaration) -> bytes:
    if isinstance(record, Participant):
        return orjson.dumps(
            (
                _PARTICIPANT,
                record.id,
                record.participant_type,
                record.cohort,
                record.created_at,
                record.updated_at,
                record.sequence,
                record.changed,
                record.enrolments.index(record.current),
                [_enrolment(enrolment) for enrolment in record.enrolments],
                [(*event[:5], event.declaration and event.declaration.id) for event in record.history],
            )
        )
    statement = record.statement
    return orjson.dumps(
        (
            _DECLARATION,
            record.id,
            record.participant.id,
            record.provider,
            record.declaration_type,
            record.declaration_date,
            record.evidence_held,
            record.state,
            record.created_at,
            record.updated_at,
            record.sequence,
            record.changed,
            statement and (statement.deadline, statement.payment),
        )
    )


def _enrolment(enrolment: Enrolment) -> tuple[Any, ...]:
    person = enrolment.person
    return (
        enrolment.provider,
        enrolment.school_urn,
        enrolment.mentor_id,
        enrolment.schedule_identifier,
        enrolment.joined_at,
        enrolment.status,
        enrolment.training_status,
        enrolment.removed,
        enrolment.withdrawn_at,
        enrolment.left_at,
        (
            person.full_name,
            person.email,
            person.teacher_reference_number,
            person.teacher_reference_number_validated,
            person.eligible_for_funding,
            person.pupil_premium_uplift,
            person.sparsity_uplift,
        ),
    )


def read_world(world: World, records: Iterable[bytes], changes: int) -> None:
    """Fill the empty `world` with what `write_record` wrote, in any order; `changes` is how many it had seen."""
    participants: list[Participant] = []
    rows: list[list[Any]] = []
    events: list[tuple[Participant, list[list[Any]]]] = []
    for record in records:
        row = orjson.loads(record)
        if row[0] == _PARTICIPANT:
            participant = _read_participant(row)
            participants.append(participant)
            if row[10]:
                events.append((participant, row[10]))
        elif row[0] == _DECLARATION:
            rows.append(row)
        else:
            raise ValueError(f"no kind of record is called {row[0]!r}")
    by_id = {participant.id: participant for participant in participants}
    declarations = [_read_declaration(row, by_id) for row in rows]
    declared = {declaration.id: declaration for declaration in declarations}
    for participant, history in events:
        participant.history = tuple(_read_event(event, declared) for event in history)
    participants.sort(key=lambda participant: participant.sequence)
    declarations.sort(key=lambda declaration: declaration.sequence)
    world.restore(participants, declarations, changes)


def _read_participant(row: list[Any]) -> Participant:
    _, id, kind, cohort, created_at, updated_at, sequence, changed, current, enrolments, _ = row
    if kind not in COURSES:
        raise ValueError(f"no participant is of the type {kind!r}")
    participant = Participant(id, kind, cohort, _moment(created_at), _moment(updated_at), sequence, changed)
    participant.enrolments = [_read_enrolment(participant, *enrolment) for enrolment in enrolments]
    participant.current = participant.enrolments[current]
    return participant


def _read_enrolment(
    participant: Participant,
    provider: str,
    school_urn: str,
    mentor_id: str | None,
    schedule_identifier: str,
    joined_at: str,
    status: str,
    training_status: str,
    removed: bool,
    withdrawn_at: str | None,
    left_at: str | None,
    person: list[Any],
) -> Enrolment:
    return Enrolment(
        participant,
        provider,
        Person(*person),
        school_urn,
        mentor_id,
        schedule_identifier,
        _moment(joined_at),
        status,
        training_status,
        removed,
        None if withdrawn_at is None else _moment(withdrawn_at),
        None if left_at is None else _moment(left_at),
    )


def _read_declaration(row: list[Any], participants: Mapping[str, Participant]) -> Declaration:
    _, id, participant, provider, kind, dated, evidence, state, created_at, updated_at, sequence, changed, statement = (
        row
    )
    if kind not in DECLARATION_TYPES or state not in DECLARATION_STATES:
        raise ValueError(f"no declaration is of the type {kind!r} and {state!r}")
    return Declaration(
        id,
        participants[participant],
        provider,
        kind,
        _moment(dated),
        evidence,
        state,
        _moment(created_at),
        _moment(updated_at),
        sequence,
        changed,
        statement and _statement(*statement),
    )


def _read_event(row: list[Any], declarations: Mapping[str, Declaration]) -> Event:
    at, provider, attribute, before, after, declaration = row
    return Event(_moment(at), provider, attribute, before, after, declaration and declarations[declaration])


_moment = datetime.fromisoformat


@cache
def _statement(deadline: str, payment: str) -> Statement:
    return Statement(date.fromisoformat(deadline), date.fromisoformat(payment))
