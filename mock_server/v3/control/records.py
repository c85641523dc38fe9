"""V3's records as the control API shows them, including facts that v3 hides."""

from mock_server.v3.control import models
from mock_server.v3.domain.records import (
    Cohort,
    Declaration,
    DeliveryPartner,
    Partnership,
    Provider,
    School,
    Statement,
    Stay,
    Teacher,
    Training,
)
from mock_server.v3.domain.world import World
from mock_server.v3.records import declaration_values, deferral, withdrawal


def provider_record(provider: Provider) -> models.Provider:
    return models.Provider(provider.slug, provider.name, provider.cohorts)


def cohort_record(cohort: Cohort) -> models.Cohort:
    return models.Cohort(
        cohort=cohort.year,
        started_on=cohort.started_on,
        finished_on=cohort.finished_on,
        enabled=cohort.enabled,
        payments_frozen_at=cohort.payments_frozen_at,
        mentor_funding=cohort.mentor_funding,
        detailed_evidence=cohort.detailed_evidence,
        uplift_fees=cohort.uplift_fees,
        schedules={
            identifier: {
                declaration_type: models.Milestone(milestone.start, milestone.milestone_date)
                for declaration_type, milestone in schedule.milestones.items()
            }
            for identifier, schedule in cohort.schedules.items()
        },
    )


def school_record(school: School) -> models.School:
    return models.School(
        id=school.id,
        urn=school.urn,
        name=school.name,
        eligible=school.eligible,
        induction_tutor_name=school.induction_tutor_name,
        induction_tutor_email=school.induction_tutor_email,
        contact_email=school.contact_email,
        uplifts={
            cohort: models.Uplift(uplift.pupil_premium, uplift.sparsity)
            for cohort, uplift in sorted(school.uplifts.items())
        },
        created_at=school.created_at,
        partnerships=tuple(partnership.id for partnership in school.partnerships),
    )


def delivery_partner_record(partner: DeliveryPartner) -> models.DeliveryPartner:
    return models.DeliveryPartner(
        partner.id, partner.name, dict(partner.works_with), partner.created_at, partner.updated_at
    )


def partnership_record(partnership: Partnership) -> models.Partnership:
    return models.Partnership(
        id=partnership.id,
        provider=partnership.provider,
        school_urn=partnership.school.urn,
        cohort=partnership.cohort,
        delivery_partner_id=partnership.delivery_partner.id,
        created_at=partnership.created_at,
        updated_at=partnership.updated_at,
    )


def statement_record(statement: Statement) -> models.Statement:
    return models.Statement(
        id=statement.id,
        provider=statement.provider,
        cohort=statement.cohort,
        month=statement.month,
        year=statement.year,
        fee_type=statement.fee_type,
        deadline_date=statement.deadline_date,
        payment_date=statement.payment_date,
        status=statement.status,
        declarations=tuple(declaration.id for declaration in statement.declarations),
        clawbacks=tuple(declaration.id for declaration in statement.clawbacks),
        created_at=statement.created_at,
        updated_at=statement.updated_at,
    )


def declaration_record(world: World, declaration: Declaration) -> models.Declaration:
    return models.Declaration(
        id=declaration.id, provider=declaration.provider, **declaration_values(world, declaration)
    )


def participant_record(teacher: Teacher) -> models.Participant:
    ect, mentor, register = teacher.ect, teacher.mentor, teacher.register
    return models.Participant(
        id=teacher.id,
        full_name=teacher.full_name,
        teacher_reference_number=teacher.teacher_reference_number,
        stays=tuple(map(_stay, teacher.stays)),
        inductions=tuple(
            models.Induction(each.started_on, each.finished_on, each.outcome) for each in teacher.inductions
        ),
        register=models.Register(register.started_on, register.completed_on, register.exempt),
        eligibility=models.Eligibility(
            ect=models.EctEligibility(ect.eligible_from, ect.ineligible_from, ect.frozen_year),
            mentor=models.MentorEligibility(
                mentor.eligible_from, mentor.ineligible_from, mentor.ineligible_reason, mentor.frozen_year
            ),
        ),
        training_record_ids=models.TrainingRecordIds(ect.training_record_id, mentor.training_record_id),
        id_changes=tuple(models.IdChange(each.from_id, each.to_id, each.changed_at) for each in teacher.id_changes),
        created_at=teacher.created_at,
        updated_at=teacher.updated_at,
    )


def _stay(stay: Stay) -> models.Stay:
    is_ect = stay.role == "ect"
    return models.Stay(
        role=stay.role,
        school_urn=stay.school.urn,
        started_on=stay.started_on,
        finished_on=stay.finished_on,
        email=stay.email,
        working_pattern=stay.working_pattern,
        created_at=stay.created_at,
        training=tuple(map(_training, stay.trainings)),
        mentorships=tuple(
            models.Mentorship(each.mentor.id, each.started_on, each.finished_on) for each in stay.mentorships if is_ect
        ),
        mentoring=tuple(
            models.Mentoring(each.ect_stay.teacher.id, each.started_on, each.finished_on)
            for each in stay.mentorships
            if not is_ect
        ),
    )


def _training(training: Training) -> models.Training:
    partnership = training.partnership
    deferred, withdrawn = deferral(training), withdrawal(training)
    return models.Training(
        provider=training.provider,
        partnership_id=None if partnership is None else partnership.id,
        expression_of_interest=training.is_expression_of_interest,
        delivery_partner_id=None if partnership is None else partnership.delivery_partner.id,
        cohort=training.cohort,
        schedule_identifier=training.schedule_identifier,
        started_on=training.started_on,
        finished_on=training.finished_on,
        deferral=None if deferred is None else models.Pause(**deferred),
        withdrawal=None if withdrawn is None else models.Pause(**withdrawn),
    )
