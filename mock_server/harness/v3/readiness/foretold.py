"""Refusals that the client's own data foretold, as a table: the broken rules, and what the client had been shown.

The numbers of rules are those of rules 5.1 to 5.9.
"""

from datetime import datetime
from typing import Any, Final

from mock_server.harness.readiness.declarations import slot_of
from mock_server.harness.readiness.foretold import Foretold, nothing_foretold
from mock_server.harness.readiness.observation import Observation
from mock_server.harness.v3.readiness.knowledge import Knowledge, course_of
from mock_server.rules.moments import parse_rfc3339
from mock_server.v3.domain.calendar import london_day
from mock_server.v3.domain.schedules import COHORTS, Milestone, schedules_of
from mock_server.v3.domain.vocabulary import DECLARATION_TYPES, ROLE_OF_COURSE

# What the client had been shown of the participant ----------------------------------------------


def _other_role(seen: Observation, known: Knowledge) -> bool:
    roles = known.enrolments(seen.subject)
    return bool(roles) and ROLE_OF_COURSE.get(course_of(seen), "") not in roles


def _role_shown(seen: Observation, known: Knowledge) -> bool:
    return bool(known.enrolment(seen))


def _merged(seen: Observation, known: Knowledge) -> bool:
    return seen.subject in known.merged


def _withdrawn(seen: Observation, known: Knowledge) -> bool:
    return known.enrolment(seen).get("training_status") == "withdrawn"


def _deferred(seen: Observation, known: Knowledge) -> bool:
    return known.enrolment(seen).get("training_status") == "deferred"


def _active(seen: Observation, known: Knowledge) -> bool:
    return known.enrolment(seen).get("training_status") == "active"


def _joining(seen: Observation, known: Knowledge) -> bool:
    return known.enrolment(seen).get("participant_status") == "joining"


def _left(seen: Observation, known: Knowledge) -> bool:
    return known.enrolment(seen).get("participant_status") == "left"


def _finished(seen: Observation, known: Knowledge) -> bool:
    enrolment = known.enrolment(seen)
    return any(enrolment.get(name) for name in ("induction_end_date", "mentor_funding_end_date"))


def _begun_today(seen: Observation, known: Knowledge) -> bool:
    return known.begun.get((seen.subject, course_of(seen))) == london_day(seen.moment)


def _paused_today(seen: Observation, known: Knowledge) -> bool:
    enrolment = known.enrolment(seen)
    moments = [_moment(enrolment.get(name)) for name in ("deferral.date", "withdrawal.date")]
    return any(moment is not None and london_day(moment) == london_day(seen.moment) for moment in moments)


def _moved_on(seen: Observation, known: Knowledge) -> bool:
    today = london_day(seen.moment).isoformat()
    moved = any(str(each["leaving.date"]) <= today for each in known.moves(seen.subject) if each["leaving.date"])
    # Somebody who came from another provider has a transfer, too, and hasn't left.
    return moved and _left(seen, known)


def _on_schedule(seen: Observation, known: Knowledge) -> bool:
    return known.enrolment(seen).get("schedule_identifier") == seen.attributes.get("schedule_identifier")


# What it had been shown of declarations, and what follows from cohort and schedule ---------------


def _always(_seen: Observation, _known: Knowledge) -> bool:
    return True


def _milestones(seen: Observation, known: Knowledge) -> dict[str, Milestone] | None:
    """The milestones of the schedule that the client was shown; None when it wasn't."""
    enrolment = known.enrolment(seen)
    cohort = str(enrolment.get("cohort"))
    schedule = schedules_of(cohort).get(str(enrolment.get("schedule_identifier"))) if cohort in COHORTS else None
    return dict(schedule.milestones) if schedule else None


def _not_open_yet(seen: Observation, known: Knowledge) -> bool:
    milestone = (_milestones(seen, known) or {}).get(str(seen.attributes.get("declaration_type")))
    date = _moment(seen.attributes.get("declaration_date"))
    return milestone is not None and date is not None and date < milestone.opens


def _closed(seen: Observation, known: Knowledge) -> bool:
    milestone = (_milestones(seen, known) or {}).get(str(seen.attributes.get("declaration_type")))
    return milestone is not None and not _not_open_yet(seen, known)


def _not_in_schedule(seen: Observation, known: Knowledge) -> bool:
    milestones = _milestones(seen, known)
    return milestones is not None and seen.attributes.get("declaration_type") not in milestones


def _declared(seen: Observation, known: Knowledge) -> bool:
    return slot_of(seen.attributes) in known.live


def _out_of_order(seen: Observation, known: Knowledge) -> bool:
    participant, course, declaration_type = slot_of(seen.attributes)
    date = _moment(seen.attributes.get("declaration_date"))
    if date is None or declaration_type not in DECLARATION_TYPES:
        return False
    place = DECLARATION_TYPES.index(declaration_type)
    for (whose, of, other), id in known.live.items():
        there = _moment(known.declarations[id].get("declaration_date"))
        if (whose, of) == (participant, course) and there is not None:
            before = DECLARATION_TYPES.index(other) < place
            if (before and there > date) or (not before and there < date):
                return True
    return False


def _void_already(seen: Observation, known: Knowledge) -> bool:
    state = known.declarations.get(seen.subject, {}).get("state")
    return state in ("voided", "awaiting-clawback", "clawed-back")


# What it had been shown of schools and partnerships ----------------------------------------------


def _partner_already(seen: Observation, known: Knowledge) -> bool:
    wanted = seen.subject, seen.attributes.get("cohort")
    return any((each.get("school_id"), each.get("cohort")) == wanted for each in known.partnerships.values())


def _school_led(seen: Observation, known: Knowledge) -> bool:
    school = known.schools.get((seen.subject, str(seen.attributes.get("cohort"))), {})
    return school.get("induction_programme_choice") == "school_led"


def _other_cohorts(seen: Observation, known: Knowledge) -> bool:
    """Whether the delivery partner was shown without the cohort of the partnership."""
    partner = known.delivery_partners.get(str(seen.attributes.get("delivery_partner_id")).lower())
    partnership = known.partnerships.get(seen.subject, {})
    cohort = seen.attributes.get("cohort") or partnership.get("cohort")
    return partner is not None and cohort is not None and cohort not in (partner.get("cohort") or ())


def _same_partner(seen: Observation, known: Knowledge) -> bool:
    partnership = known.partnerships.get(seen.subject, {})
    return partnership.get("delivery_partner_id") == seen.attributes.get("delivery_partner_id")


def _moment(value: Any) -> datetime | None:
    return parse_rfc3339(value) if isinstance(value, str) else None


def _rules(*ids: str) -> frozenset[str]:
    return frozenset(ids)


TABLE: Final = (
    # One of these is one too many.
    Foretold(
        "a course of the other participant type",
        _rules("course-of-participant", "declaration-course-of-participant"),
        _other_role,
    ),
    Foretold("an id that was merged into another", _rules("declaration-participant-exists"), _merged),
    Foretold(
        "a participant whom you had withdrawn",
        _rules(
            *("declaration-before-withdrawal", "withdraw-not-withdrawn", "defer-not-withdrawn"),
            *("schedule-not-withdrawn", "schedule-not-left"),
        ),
        _withdrawn,
    ),
    Foretold(
        "a participant who had left, as the list of transfers said",
        _rules("resume-not-elsewhere", "resume-still-at-school", "resume-nothing-planned", "schedule-not-left"),
        _moved_on,
    ),
    Foretold("a date still to come", _rules("declaration-date-not-future"), _always),
    Foretold("a type that isn't for mentors of that cohort", _rules("declaration-type-for-mentors"), _role_shown),
    Foretold(
        "a schedule that isn't for that participant type",
        _rules("schedule-no-replacement-for-ect", "schedule-no-reduced-for-mentor"),
        _role_shown,
    ),
    Foretold("a reason that isn't for an ECT", _rules("withdraw-reason-for-role"), _role_shown),
    Foretold("a school that chose school-led training", _rules("partnership-school-provider-led"), _school_led),
    Foretold("a delivery partner without that cohort", _rules("partnership-delivery-partner-yours"), _other_cohorts),
    # One of these may be a trial, even after another refusal.
    Foretold("a participant who hadn't begun", _rules("withdraw-training-begun", "defer-training-begun"), _joining, 2),
    Foretold(
        "somebody whom you had resumed or rescheduled on the same day",
        _rules("withdraw-not-on-first-day", "defer-not-on-first-day"),
        _begun_today,
        2,
    ),
    Foretold(
        "somebody whom you had deferred or withdrawn on the same day",
        _rules("resume-not-on-last-day"),
        _paused_today,
        2,
    ),
    Foretold("a deferral of somebody deferred", _rules("defer-not-deferred"), _deferred, 2),
    Foretold("a resumption of somebody active", _rules("resume-not-active"), _active, 2),
    Foretold("the schedule that the participant was on", _rules("schedule-differs"), _on_schedule, 2),
    Foretold("a participant who had left", _rules("schedule-not-left"), _left, 2),
    Foretold("a participant who had finished", _rules("schedule-not-finished"), _finished, 2),
    Foretold("something declared already", _rules("declaration-type-free"), _declared, 2),
    Foretold("a type that isn't on the schedule", _rules("declaration-type-in-schedule"), _not_in_schedule, 2),
    Foretold("evidence that the type doesn't take", _rules("declaration-evidence-held"), _role_shown, 2),
    Foretold("dates out of the order of the types", _rules("declaration-dates-in-order"), _out_of_order, 2),
    Foretold("a milestone that had not opened", _rules("declaration-date-in-milestone"), _not_open_yet, 2),
    Foretold("a void declaration", _rules("void-not-voided", "void-not-clawed-back"), _void_already, 2),
    Foretold("a school that was your partner already", _rules("partnership-school-free"), _partner_already, 2),
    Foretold(
        "the delivery partner that the partnership had", _rules("partnership-delivery-partner-new"), _same_partner, 2
    ),
    # The last day of a milestone is London's, and people err by an hour.
    Foretold("a milestone that had closed", _rules("declaration-date-in-milestone"), _closed, 3),
)

MEASURE: Final = (
    "One refusal may be a trial. After it, none is about the wrong course, type, schedule or delivery partner, about "
    "somebody withdrawn, merged or moved, or about a date to come. None of the other kinds comes twice (after the end "
    "of a milestone: three times)"
)

# The requirement that the client looks at what it knows before it writes.
no_foretold_refusals: Final = nothing_foretold(TABLE, Knowledge)
