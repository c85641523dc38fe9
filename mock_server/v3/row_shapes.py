"""The shapes of v3's rows: the names of `domain.rows`, with the words that their values may be."""

from typing import Final

from mock_server.sandbox.row_shapes import Moment, by_name, row_check, several, shape, word
from mock_server.v3.domain import rows as row
from mock_server.v3.domain.records import (
    Cohort,
    Declaration,
    DeliveryPartner,
    Gone,
    IdChange,
    Induction,
    Mentorship,
    Partnership,
    Progress,
    Provider,
    Register,
    RoleRecord,
    School,
    Statement,
    Stay,
    Teacher,
    Training,
    Uplift,
)
from mock_server.v3.domain.states import DECLARATION_ARROWS, STATEMENT_ARROWS
from mock_server.v3.domain.vocabulary import (
    DECLARATION_TYPES,
    DEFER_REASONS,
    EVIDENCE_HELD,
    FEE_TYPES,
    INELIGIBLE_REASONS,
    OUTCOMES,
    ROLES,
    WITHDRAW_REASONS,
    WORKING_PATTERNS,
)

_ROLE: Final = shape(RoleRecord, ineligible_reason=word(INELIGIBLE_REASONS) | None)
_MENTORSHIP: Final = shape(Mentorship, row.MENTORSHIP, mentor_stay=int)
_TRAINING: Final = shape(
    Training,
    row.TRAINING,
    partnership=str | None,
    deferral_reason=word(DEFER_REASONS) | None,
    withdrawal_reason=word(WITHDRAW_REASONS) | None,
)
_STAY: Final = shape(
    Stay,
    row.STAY,
    role=word(ROLES),
    working_pattern=word(WORKING_PATTERNS) | None,
    school=str,
    trainings=several(_TRAINING),
    mentorships=several(_MENTORSHIP),
)

check_row: Final = row_check(
    {
        "progress": shape(Progress),
        "gone": shape(Gone),
        "provider": shape(Provider, row.PROVIDER),
        "cohort": shape(Cohort, row.COHORT),
        "school": shape(School, row.SCHOOL, uplifts=by_name(shape(Uplift)), cohorts=dict[str, Moment]),
        "delivery_partner": shape(DeliveryPartner, row.DELIVERY_PARTNER),
        "partnership": shape(Partnership, row.PARTNERSHIP, school=str, delivery_partner=str),
        "teacher": shape(
            Teacher,
            row.TEACHER,
            teacher_reference_number=str | None,
            ect=_ROLE,
            mentor=_ROLE,
            register=shape(Register),
            stays=several(_STAY),
            inductions=several(shape(Induction, outcome=word(OUTCOMES) | None)),
            id_changes=several(shape(IdChange)),
            shown=dict[str, int],
        ),
        "statement": shape(Statement, row.STATEMENT, fee_type=word(FEE_TYPES), status=word(STATEMENT_ARROWS)),
        "declaration": shape(
            Declaration,
            row.DECLARATION,
            declaration_type=word(DECLARATION_TYPES),
            evidence_held=word(EVIDENCE_HELD) | None,
            payment_status=word(DECLARATION_ARROWS),
            clawback_status=word(DECLARATION_ARROWS) | None,
            training=int,
            delivery_partner=str,
            mentorship=int | None,
            statement=str | None,
            clawback_statement=str | None,
        ),
    }
)
