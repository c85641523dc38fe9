"""Records as v3 shows them (rules 3). Each record keeps its JSON until it changes or the calendar changes it.

`today` is the London day of the request. Attributes have exactly the order of rules 3.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from mock_server.http.documents import rendering
from mock_server.v3.domain import derived
from mock_server.v3.domain.records import (
    Declaration,
    DeliveryPartner,
    Partnership,
    SchoolCohort,
    Statement,
    Training,
    Transfer,
    UnfundedMentor,
    View,
)
from mock_server.v3.domain.vocabulary import COURSES, Role
from mock_server.v3.domain.world import World

Record = dict[str, Any]

MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

# -- participants (rules 3.1) ----------------------------------------------------------------------


def participant_json(world: World, view: View, today: date) -> bytes:
    kept = view.rendered
    if kept is not None and view.rendered_from <= today < view.rendered_until:
        return kept
    teacher = view.teacher
    view.rendered = rendering(
        teacher.id,
        "participant",
        {
            "full_name": teacher.full_name,
            "teacher_reference_number": teacher.teacher_reference_number,
            "updated_at": teacher.updated_at,
            "ecf_enrolments": [
                _enrolment(world, view, role, training, today) for role, training in derived.entries(view)
            ],
            "participant_id_changes": [
                {"from_participant_id": each.from_id, "to_participant_id": each.to_id, "changed_at": each.changed_at}
                for each in teacher.id_changes
            ],
        },
    )
    view.rendered_from, view.rendered_until = derived.days_of_view(view, today)
    return view.rendered


def _enrolment(world: World, view: View, role: str, training: Training, today: date) -> Record:
    """The entry for one role. `training` is the provider's latest in it."""
    teacher, stay, partnership = view.teacher, training.stay, training.partnership
    assert partnership is not None  # noqa: S101 - without one, the provider doesn't see the training
    record, is_ect = teacher.role(role), role == "ect"
    status = derived.training_status(training)
    pupil_premium, sparsity = derived.uplifts(partnership, world.cohorts[partnership.cohort])
    return {
        "training_record_id": record.training_record_id,
        "email": stay.email,
        "mentor_id": derived.mentor_id(view) if is_ect else None,
        "school_urn": partnership.school.urn,
        "participant_type": role,
        "cohort": partnership.cohort,
        "training_status": status,
        "participant_status": derived.participant_status(training, today),
        "eligible_for_funding": derived.eligible_for_funding(record),
        "pupil_premium_uplift": pupil_premium,
        "sparsity_uplift": sparsity,
        "schedule_identifier": training.schedule_identifier,
        "delivery_partner_id": partnership.delivery_partner.id,
        "withdrawal": withdrawal(training) if status == "withdrawn" else None,
        "deferral": deferral(training) if status == "deferred" else None,
        "created_at": derived.enrolment_created_at(teacher, role),
        "induction_end_date": derived.induction_end_date(teacher) if is_ect else None,
        "most_recent_induction_period_end_date": (
            derived.most_recent_induction_period_end_date(teacher) if is_ect else None
        ),
        "overall_induction_start_date": derived.overall_induction_start_date(teacher) if is_ect else None,
        "mentor_funding_end_date": None if is_ect else record.ineligible_from,
        "cohort_changed_after_payments_frozen": record.frozen_year is not None,
        "mentor_ineligible_for_funding_reason": None if is_ect else record.ineligible_reason,
        "working_pattern": derived.working_pattern(teacher) if is_ect else None,
    }


def withdrawal(training: Training) -> Record | None:
    """Reason and moment, even if a later deferral hides them."""
    if training.withdrawn_at is None:
        return None
    return {"reason": training.withdrawal_reason, "date": training.withdrawn_at}


def deferral(training: Training) -> Record | None:
    """Reason and moment, even if a later withdrawal hides them."""
    if training.deferred_at is None:
        return None
    return {"reason": training.deferral_reason, "date": training.deferred_at}


# -- transfers (rules 3.2) -------------------------------------------------------------------------


def transfers_json(world: World, view: View, today: date) -> bytes:
    """The transfers of a view that has some."""
    kept = view.rendered_transfers
    if kept is not None and view.transfers_from <= today < view.transfers_until:
        return kept
    view.rendered_transfers = rendering(
        view.teacher.id,
        "participant-transfer",
        {
            "updated_at": view.transfers_updated_at,
            "transfers": [_transfer(world, view, transfer, today) for transfer in view.transfers],
        },
    )
    view.transfers_from, view.transfers_until = _days_of_transfers(view.transfers, today)
    return view.rendered_transfers


def _transfer(world: World, view: View, transfer: Transfer, today: date) -> Record:
    leaving, joining = transfer.leaving, transfer.joining
    return {
        "training_record_id": view.teacher.role(transfer.role).training_record_id,
        "transfer_type": derived.transfer_type(transfer),
        "status": derived.transfer_status(transfer, today),
        "created_at": leaving.created_at,
        "leaving": {
            "school_urn": transfer.leaving_school.urn,
            "provider": _provider_name(world, leaving),
            "date": leaving.finished_on,
        },
        "joining": None
        if joining is None or transfer.joining_school is None
        else {
            "school_urn": transfer.joining_school.urn,
            "provider": _provider_name(world, joining),
            "date": joining.started_on,
        },
    }


def _provider_name(world: World, training: Training) -> str | None:
    slug = derived.provider_of(training)
    return None if slug is None else world.providers[slug].name


def _days_of_transfers(transfers: Sequence[Transfer], today: date) -> tuple[date, date]:
    """The days on which the transfers read the same as today: from the first until before the second.

    By the calendar, `status` changes only on the last day at the old school and the first at the new one.
    """
    left = [each.leaving.finished_on for each in transfers]
    joined = [each.joining.started_on for each in transfers if each.joining is not None]
    return derived.days_between([*left, *joined], today)


# -- declarations (rules 3.3) ----------------------------------------------------------------------


def declaration_values(world: World, declaration: Declaration) -> Record:
    stay, mentorship = declaration.training.stay, declaration.mentorship
    role: Role = "ect" if stay.role == "ect" else "mentor"
    return {
        "participant_id": stay.teacher.id,
        "declaration_type": declaration.declaration_type,
        "course_identifier": COURSES[role],
        "declaration_date": declaration.declaration_date,
        "mentor_id": None if mentorship is None else mentorship.mentor.id,
        "state": declaration.state,
        "updated_at": declaration.updated_at,
        "created_at": declaration.created_at,
        "delivery_partner_id": declaration.delivery_partner.id,
        "statement_id": None if declaration.statement is None else declaration.statement.id,
        "clawback_statement_id": None if declaration.clawback_statement is None else declaration.clawback_statement.id,
        "ineligible_for_funding_reason": None,
        "uplift_paid": declaration.uplift_paid,
        "evidence_held": declaration.evidence_held,
        "lead_provider_name": world.providers[declaration.provider].name,
    }


def declaration_json(world: World, declaration: Declaration) -> bytes:
    if declaration.rendered is None:
        values = declaration_values(world, declaration)
        declaration.rendered = rendering(declaration.id, "participant-declaration", values)
    return declaration.rendered


# -- partnerships, schools, delivery partners (rules 3.4 to 3.6) -----------------------------------


def partnership_json(partnership: Partnership, today: date) -> bytes:
    kept = partnership.rendered
    if kept is not None and partnership.rendered_from <= today < partnership.rendered_until:
        return kept
    school, partner = partnership.school, partnership.delivery_partner
    partnership.rendered = rendering(
        partnership.id,
        "partnership",
        {
            "cohort": partnership.cohort,
            "urn": school.urn,
            "school_id": school.id,
            "delivery_partner_id": partner.id,
            "delivery_partner_name": partner.name,
            "induction_tutor_name": school.induction_tutor_name,
            "induction_tutor_email": school.shown_email,
            "participants_currently_training": derived.participants_currently_training(partnership, today),
            "created_at": partnership.created_at,
            "updated_at": partnership.updated_at,
        },
    )
    partnership.rendered_from, partnership.rendered_until = derived.days_of_partnership(partnership, today)
    return partnership.rendered


def school_json(record: SchoolCohort, *, interested: bool) -> bytes:
    """`interested` says that the school has an expression of interest with the requesting provider."""
    if record.rendered is None:
        record.rendered = {}
    if interested not in record.rendered:
        school = record.school
        record.rendered[interested] = rendering(
            school.id,
            "school",
            {
                "name": school.name,
                "urn": school.urn,
                "cohort": record.cohort,
                "in_partnership": record.in_partnership,
                "induction_programme_choice": record.induction_programme_choice,
                "expression_of_interest": interested,
                "induction_tutor_name": school.induction_tutor_name if interested else None,
                "induction_tutor_email": school.shown_email if interested else None,
                "created_at": record.created_at,
                "updated_at": record.updated_at,
            },
        )
    return record.rendered[interested]


def delivery_partner_json(partner: DeliveryPartner, provider: str) -> bytes:
    """As the provider sees it: `cohort` lists the cohorts in which they work together."""
    return rendering(
        partner.id,
        "delivery-partner",
        {
            "name": partner.name,
            "created_at": partner.created_at,
            "updated_at": partner.updated_at,
            "cohort": partner.cohorts_with(provider),
        },
    )


# -- statements, unfunded mentors (rules 3.7 and 3.8) ----------------------------------------------


def statement_json(statement: Statement) -> bytes:
    if statement.rendered is None:
        statement.rendered = rendering(
            statement.id,
            "statement",
            {
                "month": MONTHS[statement.month - 1],
                "year": str(statement.year),
                "cohort": statement.cohort,
                "cut_off_date": statement.deadline_date,
                "payment_date": statement.payment_date,
                "paid": statement.status == "paid",
                "created_at": statement.created_at,
                "updated_at": statement.updated_at,
            },
        )
    return statement.rendered


def unfunded_mentor_json(mentor: UnfundedMentor) -> bytes:
    if mentor.rendered is None:
        teacher = mentor.teacher
        mentor.rendered = rendering(
            teacher.id,
            "unfunded-mentor",
            {
                "full_name": teacher.full_name,
                "email": mentor.email,
                "teacher_reference_number": teacher.teacher_reference_number,
                "created_at": teacher.created_at,
                "updated_at": teacher.unfunded_updated_at,
            },
        )
    return mentor.rendered
