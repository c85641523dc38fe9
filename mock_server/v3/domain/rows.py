"""A world as rows of plain values, for snapshots and for the state file; `restoring` reads them back.

Records refer to each other in circles, and deeply: a world is never pickled as it is. Rows hold nothing but strings,
numbers, booleans, None, lists and dictionaries, so that JSON keeps them; moments and days are ISO 8601. What is derived
is derived again.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from mock_server.v3.domain.records import (
    Cohort,
    Declaration,
    DeliveryPartner,
    Partnership,
    Provider,
    RoleRecord,
    School,
    Statement,
    Stay,
    Teacher,
    Training,
)
from mock_server.v3.domain.stores import Record
from mock_server.v3.domain.world import STATEMENTS_BY_DATE, STATEMENTS_BY_HAND, World

Row = list[Any]
Head = dict[str, Any]


def head_of(world: World) -> Head:
    """What a world keeps besides its records."""
    return {
        "random_seed": world.random_seed,
        "clock": _iso(world.clock),
        "statements": STATEMENTS_BY_DATE if world.pays_by_date else STATEMENTS_BY_HAND,
        "changes": world.changes,
        "sequence": world.sequence,
        "ids_drawn": world.ids_drawn,
    }


def row_of(record: Record) -> Row:
    """The record's kind, its `sequence`, and its values in the order in which the class has them."""
    kind, write = _WRITERS[type(record)]
    return [kind, record.sequence, *write(record)]


def rows_of(world: World) -> list[Row]:
    return [row_of(record) for record in world.every_record()]


# -- writing ---------------------------------------------------------------------------------------


def _iso(day: date | None) -> str | None:
    """Of a day or a moment."""
    return None if day is None else day.isoformat()


def _provider(provider: Provider) -> Row:
    return [provider.slug, provider.name, list(provider.cohorts)]


def _cohort(cohort: Cohort) -> Row:
    return [
        cohort.year,
        _iso(cohort.started_on),
        _iso(cohort.finished_on),
        cohort.enabled,
        _iso(cohort.payments_frozen_at),
        cohort.mentor_funding,
        cohort.detailed_evidence,
        cohort.uplift_fees,
    ]


def _school(school: School) -> Row:
    return [
        school.id,
        school.urn,
        school.name,
        school.eligible,
        school.induction_tutor_name,
        school.induction_tutor_email,
        school.contact_email,
        _iso(school.created_at),
        {cohort: [row.pupil_premium, row.sparsity] for cohort, row in school.uplifts.items()},
        {cohort: _iso(record.updated_at) for cohort, record in school.cohorts.items()},
    ]


def _delivery_partner(partner: DeliveryPartner) -> Row:
    works_with = {slug: list(cohorts) for slug, cohorts in partner.works_with.items()}
    return [partner.id, partner.name, _iso(partner.created_at), _iso(partner.updated_at), works_with]


def _partnership(partnership: Partnership) -> Row:
    return [
        partnership.id,
        partnership.provider,
        partnership.school.id,
        partnership.cohort,
        partnership.delivery_partner.id,
        _iso(partnership.created_at),
        _iso(partnership.updated_at),
    ]


def _teacher(teacher: Teacher) -> Row:
    register = teacher.register
    return [
        teacher.id,
        teacher.full_name,
        teacher.teacher_reference_number,
        _role(teacher.ect),
        _role(teacher.mentor),
        _iso(teacher.created_at),
        _iso(teacher.updated_at),
        _iso(teacher.unfunded_updated_at),
        [_iso(register.started_on), _iso(register.completed_on), register.exempt],
        [_stay(stay) for stay in teacher.stays],
        [[_iso(each.started_on), _iso(each.finished_on), each.outcome] for each in teacher.inductions],
        [[each.from_id, each.to_id, _iso(each.changed_at)] for each in teacher.id_changes],
        {view.provider: view.mentorship.sequence for view in teacher.views if view.mentorship is not None},
    ]


def _role(record: RoleRecord) -> Row:
    return [
        record.training_record_id,
        _iso(record.eligible_from),
        _iso(record.ineligible_from),
        record.ineligible_reason,
        record.frozen_year,
    ]


def _stay(stay: Stay) -> Row:
    # A mentorship stands in the ECT's row.
    mentorships = stay.mentorships if stay.role == "ect" else ()
    return [
        stay.sequence,
        stay.school.id,
        stay.role,
        _iso(stay.started_on),
        _iso(stay.finished_on),
        stay.email,
        stay.working_pattern,
        _iso(stay.created_at),
        [_training(training) for training in stay.trainings],
        [
            [each.sequence, each.mentor_stay.sequence, _iso(each.started_on), _iso(each.finished_on)]
            for each in mentorships
        ],
    ]


def _training(training: Training) -> Row:
    return [
        training.sequence,
        _iso(training.started_on),
        _iso(training.finished_on),
        training.provider,
        training.cohort,
        training.partnership and training.partnership.id,
        training.schedule_identifier,
        _iso(training.created_at),
        _iso(training.transfer_updated_at),
        _iso(training.deferred_at),
        training.deferral_reason,
        _iso(training.withdrawn_at),
        training.withdrawal_reason,
    ]


def _statement(statement: Statement) -> Row:
    return [
        statement.id,
        statement.provider,
        statement.cohort,
        statement.month,
        statement.year,
        statement.fee_type,
        _iso(statement.deadline_date),
        _iso(statement.payment_date),
        statement.status,
        _iso(statement.created_at),
        _iso(statement.updated_at),
    ]


def _declaration(declaration: Declaration) -> Row:
    return [
        declaration.id,
        declaration.training.sequence,
        declaration.provider,
        declaration.declaration_type,
        _iso(declaration.declaration_date),
        declaration.evidence_held,
        declaration.payment_status,
        declaration.clawback_status,
        declaration.pupil_premium_uplift,
        declaration.sparsity_uplift,
        declaration.delivery_partner.id,
        declaration.mentorship and declaration.mentorship.sequence,
        _iso(declaration.created_at),
        _iso(declaration.updated_at),
        declaration.statement and declaration.statement.id,
        declaration.clawback_statement and declaration.clawback_statement.id,
    ]


_WRITERS: Final[Mapping[type, tuple[str, Callable[[Any], Row]]]] = {
    Provider: ("provider", _provider),
    Cohort: ("cohort", _cohort),
    School: ("school", _school),
    DeliveryPartner: ("delivery partner", _delivery_partner),
    Partnership: ("partnership", _partnership),
    Teacher: ("teacher", _teacher),
    Statement: ("statement", _statement),
    Declaration: ("declaration", _declaration),
}
