"""V1's records as the control API shows them, including facts that v1 hides."""

from mock_server.v1.control import models
from mock_server.v1.domain.records import Declaration, Enrolment, Participant


def participant_record(participant: Participant) -> models.Participant:
    current, person = participant.current, participant.person
    return models.Participant(
        id=participant.id,
        provider=current.provider,
        email=current.email,
        full_name=person.full_name,
        mentor_id=current.mentor_id,
        school_urn=current.school_urn,
        participant_type=participant.participant_type,
        cohort=participant.cohort,
        status=current.status,
        teacher_reference_number=person.teacher_reference_number,
        teacher_reference_number_validated=person.teacher_reference_number_validated,
        eligible_for_funding=person.eligible_for_funding,
        pupil_premium_uplift=person.pupil_premium_uplift,
        sparsity_uplift=person.sparsity_uplift,
        training_status=current.training_status,
        schedule_identifier=participant.schedule_identifier,
        created_at=participant.created_at,
        updated_at=participant.updated_at,
        enrolments=tuple(map(_enrolment, participant.enrolments)),
    )


def _enrolment(enrolment: Enrolment) -> models.Enrolment:
    return models.Enrolment(
        provider=enrolment.provider,
        current=enrolment is enrolment.participant.current,
        school_urn=enrolment.school_urn,
        mentor_id=enrolment.mentor_id,
        status=enrolment.status,
        training_status=enrolment.training_status,
        schedule_identifier=enrolment.participant.schedule_identifier,
        withdrawn_at=enrolment.withdrawn_at,
        joined_at=enrolment.joined_at,
        left_at=enrolment.left_at,
    )


def declaration_record(declaration: Declaration) -> models.Declaration:
    statement = declaration.statement
    return models.Declaration(
        id=declaration.id,
        provider=declaration.provider,
        participant_id=declaration.participant.id,
        declaration_type=declaration.declaration_type,
        course_identifier=declaration.course_identifier,
        declaration_date=declaration.declaration_date,
        state=declaration.state,
        created_at=declaration.created_at,
        updated_at=declaration.updated_at,
        statement=models.Statement(statement.deadline, statement.payment) if statement else None,
        evidence_held=declaration.evidence_held,
    )
