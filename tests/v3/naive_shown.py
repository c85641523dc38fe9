"""The records of rules 3 as the naive model would show them, without what the service invents (training_record_id)."""

from datetime import date, datetime
from functools import cache
from typing import Any

from tests.v3.naive_records import COURSE, Declaration, Partnership, Person, Records, Stay, Training, day_in

Record = dict[str, Any]


@cache
def moment(value: datetime) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}"


def shown_day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def participant(model: Records, provider: str, person: Person, today: date) -> Record:
    return {
        "full_name": person.name,
        "teacher_reference_number": person.trn,
        "updated_at": moment(person.updated),
        "ecf_enrolments": [
            enrolment(model, provider, person, role, latest, today)
            for role in COURSE
            if (latest := model.latest(provider, person, role))
        ],
        "participant_id_changes": [],
    }


def enrolment(model: Records, provider: str, person: Person, role: str, latest: Training, today: date) -> Record:
    ect = role == "ect"
    assert latest.partnership
    uplifted = model.uplifts.get((latest.stay.school, latest.cohort or ""), False)
    mentorship = model.mentorship(provider, person, today) if ect else None
    stays = sorted((stay for stay in person.stays if stay.role == role), key=lambda stay: stay.start)
    becomes, ends = person.eligible.get(role), None if ect else person.funding_end
    return {
        "email": latest.stay.email,
        "mentor_id": mentorship.mentor.person.id if mentorship else None,
        "school_urn": latest.stay.school,
        "participant_type": role,
        "cohort": latest.cohort,
        "training_status": latest.status,
        "participant_status": model.status(latest, today),
        "eligible_for_funding": (ends is None or becomes <= ends) if becomes else (None if ends is None else False),
        "pupil_premium_uplift": uplifted and (latest.cohort or "") <= "2024",
        "sparsity_uplift": False,
        "schedule_identifier": latest.schedule,
        "delivery_partner_id": latest.partnership.partner,
        "withdrawal": because(latest.withdrawal if latest.status == "withdrawn" else None),
        "deferral": because(latest.deferral if latest.status == "deferred" else None),
        "created_at": moment(min(stay.created for stay in stays)),
        "induction_end_date": shown_day(model.induction_end(person)) if ect else None,
        "most_recent_induction_period_end_date": shown_day(person.inductions[-1][1])
        if ect and person.inductions
        else None,
        "overall_induction_start_date": shown_day(person.inductions[0][0]) if ect and person.inductions else None,
        "mentor_funding_end_date": shown_day(ends),
        "cohort_changed_after_payments_frozen": role in person.frozen,
        "mentor_ineligible_for_funding_reason": None if ect else person.funding_reason,
        "working_pattern": stays[-1].pattern,
    }


def because(fact: tuple[datetime, str] | None) -> Record | None:
    return {"reason": fact[1], "date": moment(fact[0])} if fact else None


def declaration(each: Declaration) -> Record:
    return {
        "participant_id": each.person.id,
        "declaration_type": each.type,
        "course_identifier": COURSE[each.role],
        "declaration_date": moment(each.dated),
        "mentor_id": each.mentorship.mentor.person.id if each.mentorship else None,
        "state": each.state,
        "updated_at": moment(each.updated),
        "created_at": moment(each.created),
        "delivery_partner_id": each.partner,
        "statement_id": each.statement.id if each.statement else None,
        "clawback_statement_id": each.clawback_statement.id if each.clawback_statement else None,
        "ineligible_for_funding_reason": None,
        "uplift_paid": each.payment == "paid" and each.uplifted,
        "evidence_held": each.evidence,
    }


def partnership(model: Records, each: Partnership, today: date) -> Record:
    trainings = [t for person in model.people.values() for stay in person.stays for t in stay.trainings]
    return {
        "cohort": each.cohort,
        "urn": each.school,
        "school_id": model.schools[each.school],
        "delivery_partner_id": each.partner,
        "participants_currently_training": sum(
            training.partnership is each and day_in(training.start, training.end, today) for training in trainings
        ),
        "created_at": moment(each.created),
        "updated_at": moment(each.updated),
    }


def school(model: Records, provider: str, urn: str, cohort: str) -> Record:
    stays = [stay for person in model.people.values() for stay in person.stays if stay.school == urn]
    return {
        "urn": urn,
        "cohort": cohort,
        "in_partnership": any((p.school, p.cohort) == (urn, cohort) for p in model.partnerships.values()),
        "induction_programme_choice": model.choice(urn, cohort),
        "expression_of_interest": any(
            (each.provider, each.cohort) == (provider, cohort) for stay in stays for each in stay.trainings
        ),
        "updated_at": moment(model.schools_updated[urn, cohort]),
    }


def transfers(model: Records, provider: str, person: Person, today: date) -> Record:
    """Those that the provider sees, by the start of the leaving training period."""
    found: list[tuple[date, Record]] = []
    moved: list[datetime] = []
    for role in COURSE:
        stays = sorted((stay for stay in person.stays if stay.role == role), key=lambda stay: stay.start)
        for old, new in zip(stays, [*stays[1:], None], strict=False):
            leaving = max(old.trainings, key=lambda each: each.start, default=None)
            if old.end is None or leaving is None or leaving.end is None:
                continue
            if new is None and model.induction_end(person):
                continue
            if new is not None and new.school == old.school:
                continue
            joining = min(new.trainings, key=lambda each: each.start, default=None) if new else None
            if provider in (trainer(leaving), trainer(joining)):
                found.append((leaving.start, transfer(old, leaving, new, joining, today)))
                moved += [leaving.moved, *([joining.moved] if joining else [])]
    return {
        "updated_at": moment(max(moved)) if moved else None,
        "transfers": [record for _, record in sorted(found, key=lambda each: each[0])],
    }


def trainer(training: Training | None) -> str | None:
    return training.partnership.provider if training and training.partnership else None


def transfer(old: Stay, leaving: Training, new: Stay | None, joining: Training | None, today: date) -> Record:
    assert leaving.end
    if joining is None:
        kind = "unknown"
    elif trainer(leaving) == trainer(joining):
        kind = "new_school"
    else:
        kind = "new_provider"
    to_come = leaving.end > today or (joining is not None and joining.start > today)
    return {
        "transfer_type": kind,
        "status": "incomplete" if to_come else "complete",
        "created_at": moment(leaving.created),
        "leaving": {"school_urn": old.school, "provider": trainer(leaving), "date": shown_day(leaving.end)},
        "joining": {"school_urn": new.school, "provider": trainer(joining), "date": shown_day(joining.start)}
        if new and joining
        else None,
    }
