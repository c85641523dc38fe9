"""V1's records as rows of a state file, and back.

A row is a JSON object that names its fields as the classes do. Moments are RFC 3339. Readers raise ValueError,
KeyError or TypeError for rows that this module hasn't written.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from typing import Any, Final

import orjson

from mock_server.rules.row_fields import fields_of, names_of
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
_MOMENTS: Final = frozenset(
    ("created_at", "updated_at", "joined_at", "withdrawn_at", "left_at", "declaration_date", "at")
)


def write_record(record: Participant | Declaration) -> bytes:
    if isinstance(record, Participant):
        row = fields_of(record, PARTICIPANT) | {
            "current": record.enrolments.index(record.current),
            "person": record.person,
            "enrolments": [fields_of(each, ENROLMENT) for each in record.enrolments],
            "history": [
                fields_of(event, EVENT) | {"declaration": event.declaration and event.declaration.id}
                for event in record.history
            ],
        }
        return orjson.dumps({"participant": row})
    row = fields_of(record, DECLARATION) | {
        "participant": record.participant.id,
        "statement": record.statement,
    }
    return orjson.dumps({"declaration": row})


def _fields(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The fields of those names, with moments read."""
    found = dict(zip(names, itemgetter(*names)(row), strict=True))
    for name in _moments(names):
        if found[name] is not None:
            found[name] = datetime.fromisoformat(found[name])
    return found


@cache
def _moments(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in _MOMENTS]


def read_world(world: World, rows: Iterable[bytes], changes: int) -> None:
    """Fill the empty `world` with rows of `write_record`, in any order. The saved world had made `changes` changes."""
    kinds: dict[str, list[dict[str, Any]]] = {"participant": [], "declaration": []}
    for data in rows:
        ((kind, row),) = orjson.loads(data).items()
        kinds[kind].append(row)
    participants = {row["id"]: _read_participant(row) for row in kinds["participant"]}
    declarations = {row["id"]: _read_declaration(row, participants) for row in kinds["declaration"]}
    for row in kinds["participant"]:
        participants[row["id"]].history = tuple(_read_event(event, declarations) for event in row["history"])
    world.restore(
        sorted(participants.values(), key=lambda participant: participant.sequence),
        sorted(declarations.values(), key=lambda declaration: declaration.sequence),
        changes,
    )


def _read_participant(row: Mapping[str, Any]) -> Participant:
    if row["participant_type"] not in COURSES:
        raise ValueError(f"no participant is of the type {row['participant_type']!r}")
    participant = Participant(person=_read_person(row["person"]), **_fields(row, PARTICIPANT))
    participant.enrolments = [
        Enrolment(participant, **_fields(enrolment, ENROLMENT)) for enrolment in row["enrolments"]
    ]
    participant.current = participant.enrolments[row["current"]]
    return participant


def _read_person(row: Mapping[str, Any]) -> Person:
    return Person(**{name: row[name] for name in names_of(Person)})


def _read_declaration(row: Mapping[str, Any], participants: Mapping[str, Participant]) -> Declaration:
    kind, state, statement = row["declaration_type"], row["state"], row["statement"]
    if kind not in DECLARATION_TYPES or state not in DECLARATION_STATES:
        raise ValueError(f"no declaration is of the type {kind!r} and {state!r}")
    return Declaration(
        participant=participants[row["participant"]],
        statement=statement and _statement(statement["deadline"], statement["payment"]),
        **_fields(row, DECLARATION),
    )


def _read_event(row: Mapping[str, Any], declarations: Mapping[str, Declaration]) -> Event:
    declaration = row["declaration"]
    return Event(**_fields(row, EVENT), declaration=declaration and declarations[declaration])


@cache
def _statement(deadline: str, payment: str) -> Statement:
    return Statement(date.fromisoformat(deadline), date.fromisoformat(payment))
