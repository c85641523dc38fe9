"""A world as rows, for snapshots and for the state file. `restoring` reads them back.

Records refer to each other in circles, and deeply, so we never pickle a world as it is. A row is a dictionary with the
record's kind and its fields by name. JSON can keep it: days and moments are ISO 8601. A row refers to other records
by id, or by `sequence` if they have none. Rows hold no derived values: reading derives them again.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from mock_server.rules.row_fields import fields_of
from mock_server.v3.domain.records import (
    Cohort,
    Declaration,
    DeliveryPartner,
    Gone,
    Mentorship,
    Partnership,
    Progress,
    Provider,
    School,
    Statement,
    Stay,
    Teacher,
    Training,
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


def _school(school: School) -> dict[str, Any]:
    return fields_of(school, SCHOOL) | {
        "uplifts": {cohort: asdict(row) for cohort, row in school.uplifts.items()},
        "cohorts": {cohort: record.updated_at for cohort, record in school.cohorts.items()},
    }


def _partnership(partnership: Partnership) -> dict[str, Any]:
    return fields_of(partnership, PARTNERSHIP) | {
        "school": partnership.school.id,
        "delivery_partner": partnership.delivery_partner.id,
    }


def _teacher(teacher: Teacher) -> dict[str, Any]:
    return fields_of(teacher, TEACHER) | {
        "teacher_reference_number": teacher.teacher_reference_number,
        "ect": asdict(teacher.ect),
        "mentor": asdict(teacher.mentor),
        "register": asdict(teacher.register),
        "stays": [_stay(stay) for stay in teacher.stays],
        "inductions": [asdict(induction) for induction in teacher.inductions],
        "id_changes": [asdict(change) for change in teacher.id_changes],
        # The mentorship that each provider saw at the last look.
        "shown": dict(
            sorted((view.provider, view.mentorship.sequence) for view in teacher.views if view.mentorship is not None)
        ),
    }


def _stay(stay: Stay) -> dict[str, Any]:
    # The row of the ECT holds the mentorship.
    mentorships = stay.mentorships if stay.role == "ect" else ()
    return fields_of(stay, STAY) | {
        "school": stay.school.id,
        "trainings": [_training(training) for training in stay.trainings],
        "mentorships": [_mentorship(mentorship) for mentorship in mentorships],
    }


def _training(training: Training) -> dict[str, Any]:
    return fields_of(training, TRAINING) | {"partnership": training.partnership and training.partnership.id}


def _mentorship(mentorship: Mentorship) -> dict[str, Any]:
    return fields_of(mentorship, MENTORSHIP) | {"mentor_stay": mentorship.mentor_stay.sequence}


def _declaration(declaration: Declaration) -> dict[str, Any]:
    return fields_of(declaration, DECLARATION) | {
        "training": declaration.training.sequence,
        "delivery_partner": declaration.delivery_partner.id,
        "mentorship": declaration.mentorship and declaration.mentorship.sequence,
        "statement": declaration.statement and declaration.statement.id,
        "clawback_statement": declaration.clawback_statement and declaration.clawback_statement.id,
    }


_WRITERS: Final[Mapping[type, tuple[str, Callable[[Any], dict[str, Any]]]]] = {
    Progress: ("progress", asdict),
    Gone: ("gone", asdict),
    Provider: ("provider", lambda provider: fields_of(provider, PROVIDER)),
    Cohort: ("cohort", lambda cohort: fields_of(cohort, COHORT)),
    School: ("school", _school),
    DeliveryPartner: ("delivery_partner", lambda partner: fields_of(partner, DELIVERY_PARTNER)),
    Partnership: ("partnership", _partnership),
    Teacher: ("teacher", _teacher),
    Statement: ("statement", lambda statement: fields_of(statement, STATEMENT)),
    Declaration: ("declaration", _declaration),
}
