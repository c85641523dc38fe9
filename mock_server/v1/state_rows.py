"""V1's records as rows of a state file, and back.

A row is a JSON object that names its fields as the classes do. Moments are RFC 3339. Readers raise ValueError,
KeyError or TypeError for rows that this module hasn't written.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, Final

import orjson

from mock_server.rules.row_fields import names_of, reader, writer
from mock_server.v1.domain.records import Declaration, Enrolment, Event, Participant, Person
from mock_server.v1.domain.schedules import Statement
from mock_server.v1.domain.states import DECLARATION_STATES
from mock_server.v1.domain.vocabulary import COURSES, DECLARATION_TYPES
from mock_server.v1.domain.world import World

# The fields that go into a row as they are. The code below writes and reads the others one by one.
PARTICIPANT: Final = (
    *("id", "participant_type", "cohort", "schedule_identifier"),
    *("created_at", "updated_at", "sequence", "changed"),
)
ENROLMENT: Final = (
    *("provider", "email", "school_urn", "mentor_id", "joined_at", "status", "training_status"),
    *("withdrawn_at", "left_at", "challenged"),
)
DECLARATION: Final = (
    *("id", "provider", "declaration_type", "declaration_date", "evidence_held", "state"),
    *("created_at", "updated_at", "sequence", "changed"),
)
EVENT: Final = ("at", "provider", "attribute", "before", "after")


def write_record(record: Participant | Declaration) -> bytes:
    if isinstance(record, Participant):
        return orjson.dumps({"participant": _write_participant(record)})
    return orjson.dumps({"declaration": _write_declaration(record)})


_write_person = writer(Person)
_write_enrolment = writer(Enrolment, ENROLMENT)
_write_event = writer(Event, EVENT, {"declaration": lambda event: event.declaration and event.declaration.id})
_write_participant = writer(
    Participant,
    PARTICIPANT,
    {
        "current": lambda participant: participant.enrolments.index(participant.current),
        "person": lambda participant: _write_person(participant.person),
        "enrolments": lambda participant: [*map(_write_enrolment, participant.enrolments)],
        "history": lambda participant: [*map(_write_event, participant.history)],
    },
)
_write_declaration = writer(
    Declaration,
    DECLARATION,
    {
        "participant": lambda declaration: declaration.participant.id,
        "statement": lambda declaration: declaration.statement,
    },
)


def read_world(world: World, rows: Iterable[bytes], changes: int) -> None:
    """Fill the empty `world` with rows of `write_record`, in any order. The saved world had made `changes` changes."""
    participants: dict[str, Participant] = {}
    histories: list[tuple[Participant, list[dict[str, Any]]]] = []
    declaration_rows: list[dict[str, Any]] = []
    for data in rows:
        ((kind, row),) = orjson.loads(data).items()
        if kind == "participant":
            participant = participants[row["id"]] = _read_participant(row)
            # Nearly all others have none, and we keep no row longer than we need it.
            if row["history"]:
                histories.append((participant, row["history"]))
        elif kind == "declaration":
            declaration_rows.append(row)
        else:
            raise ValueError(f"no kind of record is called {kind!r}")
    declarations = {row["id"]: _read_declaration(row, participants) for row in declaration_rows}
    for participant, history in histories:
        participant.history = tuple(_read_event(event, declarations) for event in history)
    world.restore(
        sorted(participants.values(), key=attrgetter("sequence")),
        sorted(declarations.values(), key=attrgetter("sequence")),
        changes,
    )


def _read_participant(row: Mapping[str, Any]) -> Participant:
    if row["participant_type"] not in COURSES:
        raise ValueError(f"no participant is of the type {row['participant_type']!r}")
    participant = _participant(row)
    participant.enrolments = [_enrolment(enrolment, participant) for enrolment in row["enrolments"]]
    participant.current = participant.enrolments[row["current"]]
    return participant


def _read_declaration(row: dict[str, Any], participants: Mapping[str, Participant]) -> Declaration:
    kind, state = row["declaration_type"], row["state"]
    if kind not in DECLARATION_TYPES or state not in DECLARATION_STATES:
        raise ValueError(f"no declaration is of the type {kind!r} and {state!r}")
    return _declaration(row | {"participant": participants[row["participant"]]})


def _read_event(row: dict[str, Any], declarations: Mapping[str, Declaration]) -> Event:
    declaration = row["declaration"]
    return _event(row | {"declaration": declaration and declarations[declaration]})


@cache
def _statement(deadline: str, payment: str) -> Statement:
    return Statement(date.fromisoformat(deadline), date.fromisoformat(payment))


_MOMENTS: Final = dict.fromkeys(
    ("created_at", "updated_at", "joined_at", "withdrawn_at", "left_at", "declaration_date", "at"),
    datetime.fromisoformat,
)
_person = reader(Person, names_of(Person), {})
_participant = reader(Participant, (*PARTICIPANT, "person"), {**_MOMENTS, "person": _person})
_enrolment = reader(Enrolment, ENROLMENT, _MOMENTS)
_declaration = reader(
    Declaration,
    (*DECLARATION, "participant", "statement"),
    {**_MOMENTS, "statement": lambda row: _statement(row["deadline"], row["payment"])},
)
_event = reader(Event, (*EVENT, "declaration"), _MOMENTS)
