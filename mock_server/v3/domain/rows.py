"""A world as rows, for snapshots and for the state file. `restoring` reads them back.

Records refer to each other in circles, and deeply, so we never pickle a world as it is. A row is a dictionary with the
record's kind and its fields by name. JSON can keep it: days and moments are ISO 8601. A row refers to other records
by id, or by `sequence` if they have none. Rows hold no derived values: reading derives them again.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from mock_server.rules.row_fields import writer
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
from mock_server.v3.domain.stores import Record
from mock_server.v3.domain.world import STATEMENTS_BY_DATE, STATEMENTS_BY_HAND, World

Row = dict[str, dict[str, Any]]
Head = dict[str, Any]

# The fields that go into a row as they are. The code writes and reads the others one by one.
PROVIDER: Final = ("slug", "name", "cohorts", "sequence")
COHORT: Final = (
    *("year", "started_on", "finished_on", "enabled", "payments_frozen_at"),
    *("mentor_funding", "detailed_evidence", "uplift_fees", "sequence"),
)
SCHOOL: Final = (
    *("id", "urn", "name", "eligible", "induction_tutor_name", "induction_tutor_email", "contact_email"),
    *("created_at", "sequence"),
)
DELIVERY_PARTNER: Final = ("id", "name", "created_at", "updated_at", "sequence", "works_with")
PARTNERSHIP: Final = ("id", "provider", "cohort", "created_at", "updated_at", "sequence")
TEACHER: Final = ("id", "full_name", "created_at", "updated_at", "unfunded_updated_at", "sequence")
STAY: Final = ("role", "started_on", "finished_on", "email", "working_pattern", "created_at", "sequence")
TRAINING: Final = (
    *("started_on", "finished_on", "provider", "cohort", "schedule_identifier", "created_at", "transfer_updated_at"),
    *("sequence", "deferred_at", "deferral_reason", "withdrawn_at", "withdrawal_reason"),
)
MENTORSHIP: Final = ("started_on", "finished_on", "sequence")
STATEMENT: Final = (
    *("id", "provider", "cohort", "month", "year", "fee_type", "deadline_date", "payment_date", "status"),
    *("created_at", "updated_at", "sequence"),
)
DECLARATION: Final = (
    *("id", "provider", "declaration_type", "declaration_date", "evidence_held", "payment_status", "clawback_status"),
    *("pupil_premium_uplift", "sparsity_uplift", "created_at", "updated_at", "sequence"),
)


def head_of(world: World) -> Head:
    """The data of a world besides its records."""
    return {
        "random_seed": world.random_seed,
        "clock": world.clock.isoformat(),
        "statements": STATEMENTS_BY_DATE if world.pays_by_date else STATEMENTS_BY_HAND,
        "changes": world.changes,
    }


def rows_of(world: World) -> list[Row]:
    return [row_of(record) for record in world.every_record()]


def row_of(record: Record) -> Row:
    """The record's fields under its kind, including `sequence`, its number in the world."""
    kind, write = _WRITERS[type(record)]
    return {kind: write(record)}


_uplift = writer(Uplift)
_role_record = writer(RoleRecord)
_register = writer(Register)
_induction = writer(Induction)
_id_change = writer(IdChange)
_school = writer(
    School,
    SCHOOL,
    {
        "uplifts": lambda school: {cohort: _uplift(row) for cohort, row in school.uplifts.items()},
        "cohorts": lambda school: {cohort: record.updated_at for cohort, record in school.cohorts.items()},
    },
)
_partnership = writer(
    Partnership,
    PARTNERSHIP,
    {
        "school": lambda partnership: partnership.school.id,
        "delivery_partner": lambda partnership: partnership.delivery_partner.id,
    },
)
_training = writer(
    Training, TRAINING, {"partnership": lambda training: training.partnership and training.partnership.id}
)
_mentorship = writer(Mentorship, MENTORSHIP, {"mentor_stay": lambda mentorship: mentorship.mentor_stay.sequence})
_stay = writer(
    Stay,
    STAY,
    {
        "school": lambda stay: stay.school.id,
        "trainings": lambda stay: [*map(_training, stay.trainings)],
        # The row of the ECT holds the mentorship.
        "mentorships": lambda stay: [*map(_mentorship, stay.mentorships)] if stay.role == "ect" else [],
    },
)
_teacher = writer(
    Teacher,
    (*TEACHER, "teacher_reference_number"),
    {
        "ect": lambda teacher: _role_record(teacher.ect),
        "mentor": lambda teacher: _role_record(teacher.mentor),
        "register": lambda teacher: _register(teacher.register),
        "stays": lambda teacher: [*map(_stay, teacher.stays)],
        "inductions": lambda teacher: [*map(_induction, teacher.inductions)],
        "id_changes": lambda teacher: [*map(_id_change, teacher.id_changes)],
        # The mentorship that each provider saw at the last look.
        "shown": lambda teacher: dict(
            sorted((view.provider, view.mentorship.sequence) for view in teacher.views if view.mentorship is not None)
        ),
    },
)
_declaration = writer(
    Declaration,
    DECLARATION,
    {
        "training": lambda declaration: declaration.training.sequence,
        "delivery_partner": lambda declaration: declaration.delivery_partner.id,
        "mentorship": lambda declaration: declaration.mentorship and declaration.mentorship.sequence,
        "statement": lambda declaration: declaration.statement and declaration.statement.id,
        "clawback_statement": lambda declaration: declaration.clawback_statement and declaration.clawback_statement.id,
    },
)
_WRITERS: Final[Mapping[type, tuple[str, Callable[[Any], dict[str, Any]]]]] = {
    Progress: ("progress", writer(Progress)),
    Gone: ("gone", writer(Gone)),
    Provider: ("provider", writer(Provider, PROVIDER)),
    Cohort: ("cohort", writer(Cohort, COHORT)),
    School: ("school", _school),
    DeliveryPartner: ("delivery_partner", writer(DeliveryPartner, DELIVERY_PARTNER)),
    Partnership: ("partnership", _partnership),
    Teacher: ("teacher", _teacher),
    Statement: ("statement", writer(Statement, STATEMENT)),
    Declaration: ("declaration", _declaration),
}
