"""The shapes of v1's rows: the names of `state_rows`, with the words that their values may be."""

from typing import Final

from mock_server.sandbox.row_shapes import Number, row_check, several, shape, word
from mock_server.v1 import state_rows
from mock_server.v1.domain.records import Declaration, Enrolment, Event, Participant, Person
from mock_server.v1.domain.schedules import Statement
from mock_server.v1.domain.states import DECLARATION_STATES
from mock_server.v1.domain.vocabulary import (
    DECLARATION_TYPES,
    EVIDENCE_HELD,
    PARTICIPANT_TYPES,
    SCHOOL_STATUSES,
    TRAINING_STATUSES,
)

check_row: Final = row_check(
    {
        "participant": shape(
            Participant,
            state_rows.PARTICIPANT,
            participant_type=word(PARTICIPANT_TYPES),
            current=Number,
            person=shape(Person),
            enrolments=several(
                shape(
                    Enrolment,
                    state_rows.ENROLMENT,
                    status=word(SCHOOL_STATUSES),
                    training_status=word(TRAINING_STATUSES),
                )
            ),
            history=several(shape(Event, state_rows.EVENT, declaration=str | None)),
        ),
        "declaration": shape(
            Declaration,
            state_rows.DECLARATION,
            declaration_type=word(DECLARATION_TYPES),
            evidence_held=word(EVIDENCE_HELD) | None,
            state=word(DECLARATION_STATES),
            participant=str,
            statement=shape(Statement) | None,
        ),
    }
)
