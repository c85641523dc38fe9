"""The shapes of v1's rows: the names of `state_rows`, with the values that the control API takes for them, too."""

import re
from typing import Final

from mock_server.sandbox.row_shapes import Number, row_check, several, shape, word, written
from mock_server.v1 import state_rows
from mock_server.v1.domain.records import Declaration, Enrolment, Event, Participant, Person
from mock_server.v1.domain.schedules import COHORTS, SCHEDULE_IDENTIFIERS, Statement
from mock_server.v1.domain.states import DECLARATION_STATES
from mock_server.v1.domain.vocabulary import (
    DECLARATION_TYPES,
    EVIDENCE_HELD,
    PARTICIPANT_TYPES,
    SCHOOL_STATUSES,
    TRAINING_STATUSES,
)

_COHORT: Final = written(COHORTS.__contains__, f"a year from {COHORTS[0]} to {COHORTS[-1]}, as a text")
_ID: Final = written(re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch, "a UUID in lower case")
_SCHOOL_URN: Final = written(re.compile("[0-9]{6}").fullmatch, "six digits")
_TEACHER_REFERENCE_NUMBER: Final = written(re.compile("[0-9]{7}").fullmatch, "seven digits")

check_row: Final = row_check(
    {
        "participant": shape(
            Participant,
            state_rows.PARTICIPANT,
            id=_ID,
            participant_type=word(PARTICIPANT_TYPES),
            cohort=_COHORT,
            schedule_identifier=word(SCHEDULE_IDENTIFIERS),
            current=Number,
            person=shape(Person, teacher_reference_number=_TEACHER_REFERENCE_NUMBER | None),
            enrolments=several(
                shape(
                    Enrolment,
                    state_rows.ENROLMENT,
                    school_urn=_SCHOOL_URN,
                    mentor_id=_ID | None,
                    status=word(SCHOOL_STATUSES),
                    training_status=word(TRAINING_STATUSES),
                )
            ),
            history=several(shape(Event, state_rows.EVENT, declaration=str | None)),
        ),
        "declaration": shape(
            Declaration,
            state_rows.DECLARATION,
            id=_ID,
            declaration_type=word(DECLARATION_TYPES),
            evidence_held=word(EVIDENCE_HELD) | None,
            state=word(DECLARATION_STATES),
            participant=str,
            statement=shape(Statement) | None,
        ),
    }
)
