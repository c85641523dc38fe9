"""The rules of the four actions on a participant: one ordered table for each action."""

from typing import Final

from mock_server.rules.table import Row, Table, rule
from mock_server.v1.domain.facts import INVALID_ACTION, Facts, found
from mock_server.v1.domain.vocabulary import COURSES, DEFER_REASONS, WITHDRAW_REASONS

MENTOR_COURSE = COURSES["mentor"]


def one_of(values: tuple[str, ...]) -> str:
    return f"{', '.join(values[:-1])} or {values[-1]}"


@rule(
    "participant-enrolled",
    "participant_id",
    means="The id must belong to a participant on the course who is or was with this provider. Their present school "
    "must not have removed them.",
    remedy="Take the id from your participant list, send the course of the participant's type, "
    "and look at `status`: you can't act on a participant whom the school removed. After a move the new school "
    "decides, and your record doesn't show it.",
    standing="observed",
)
def participant_enrolled(facts: Facts) -> str | None:
    if facts.related:
        return None
    return "#/participant_id must be a participant of yours, on this course, whom the school has not removed"


@rule(
    "course-enrolled",
    "course_identifier",
    means="The course must be one on which this participant is enrolled: `ecf-induction` for an ECT, "
    "`ecf-mentor` for a mentor.",
    remedy="Choose the course by `participant_type`.",
)
def course_enrolled(facts: Facts) -> str | None:
    if facts.found:
        return None
    return f"#/course_identifier must be the participant's course: {one_of(tuple(COURSES.values()))}"


@rule(
    "defer-reason-listed",
    "reason",
    means="A deferral needs a reason from the list.",
    remedy=f"Send one of {one_of(DEFER_REASONS)}.",
)
def defer_reason_listed(facts: Facts) -> str | None:
    if facts.text("reason") in DEFER_REASONS:
        return None
    return f"#/reason must be {one_of(DEFER_REASONS)}"


@rule(
    "defer-not-deferred",
    "participant_profile",
    means="A participant who is already deferred can't be deferred again.",
    remedy="Nothing to do: the break is already known. Read the participant to see `training_status`.",
    standing="observed",
)
def defer_not_deferred(facts: Facts) -> str | None:
    if facts.own_enrolment and facts.own_enrolment.training_status == "deferred":
        return "the participant is already deferred"
    return None


@rule(
    "defer-not-withdrawn",
    "participant_profile",
    means="A withdrawn participant can't be deferred.",
    remedy="A withdrawal is final for this enrolment; check that you have the right participant.",
    standing="observed",
)
def defer_not_withdrawn(facts: Facts) -> str | None:
    if facts.own_enrolment and facts.own_enrolment.training_status == "withdrawn":
        return "the participant is already withdrawn, so can't be deferred"
    return None


@rule(
    "resume-not-active",
    "participant_profile",
    means="A participant who is active can't be resumed.",
    remedy="Nothing to do: the participant is in training.",
    standing="observed",
)
def resume_not_active(facts: Facts) -> str | None:
    if facts.own_enrolment and facts.own_enrolment.training_status == "active":
        return "the participant is already active"
    return None


@rule(
    "resume-not-withdrawn",
    "participant_profile",
    means="A withdrawn participant can't be resumed.",
    remedy="A withdrawal is final for this enrolment; the school adds the participant again if they come back.",
    standing="observed",
)
def resume_not_withdrawn(facts: Facts) -> str | None:
    if facts.own_enrolment and facts.own_enrolment.training_status == "withdrawn":
        return "the participant is already withdrawn, so can't be resumed"
    return None


@rule(
    "withdraw-reason-listed",
    "reason",
    means="A withdrawal needs a reason from the list.",
    remedy=f"Send one of {one_of(WITHDRAW_REASONS)}.",
)
def withdraw_reason_listed(facts: Facts) -> str | None:
    if facts.text("reason") in WITHDRAW_REASONS:
        return None
    return f"#/reason must be {one_of(WITHDRAW_REASONS)}"


@rule(
    "withdraw-not-withdrawn",
    "participant_profile",
    means="A withdrawn participant can't be withdrawn again.",
    remedy="Nothing to do: the withdrawal is already known.",
    standing="observed",
)
def withdraw_not_withdrawn(facts: Facts) -> str | None:
    if facts.own_enrolment and facts.own_enrolment.training_status == "withdrawn":
        return "the participant is already withdrawn"
    return None


@rule(
    "schedule-present",
    "schedule_identifier",
    means="A change of schedule must say which schedule.",
    remedy="Send `schedule_identifier`, such as `ecf-standard-january`.",
)
def schedule_present(facts: Facts) -> str | None:
    return None if facts.text("schedule_identifier") else "#/schedule_identifier must be given"


@rule(
    "schedule-not-withdrawn",
    "participant_id",
    means="The schedule of a withdrawn participant can't be changed.",
    remedy="Check that you have the right participant; change the schedule before you withdraw.",
    standing="observed",
)
def schedule_not_withdrawn(facts: Facts) -> str | None:
    if facts.own_enrolment and facts.own_enrolment.training_status == "withdrawn":
        return "the participant is withdrawn, so the schedule can't be changed"
    return None


@rule(
    "schedule-keeps-declarations",
    "schedule_identifier",
    means="Every live declaration's date must fit the new schedule's milestone of its type: after the start of "
    "the first day, and not after the milestone date.",
    remedy="Void the declarations that don't fit, change the schedule, then declare again with dates that do.",
)
def schedule_keeps_declarations(facts: Facts) -> str | None:
    schedule = facts.wanted_schedule
    if schedule is None or facts.participant is None:
        return None
    for declaration in facts.participant.declarations:
        if not declaration.live:
            continue
        milestone = schedule.milestones[declaration.declaration_type]
        # This check refuses a declaration dated at the very start of the first day, though a provider
        # can make one for that moment. We observed both in the service.
        if declaration.declaration_date <= milestone.opens or (
            milestone.closes and declaration.declaration_date >= milestone.closes
        ):
            return (
                f"#/schedule_identifier {schedule.identifier} would invalidate the {declaration.declaration_type} "
                f"declaration {declaration.id}; void it first"
            )
    return None


@rule(
    "schedule-differs",
    "schedule_identifier",
    means="The new schedule must differ from the one that the participant is on, whichever provider set that one. "
    "A schedule is an identifier and a cohort.",
    remedy="Nothing to do: the participant is on that schedule.",
    standing="observed",
)
def schedule_differs(facts: Facts) -> str | None:
    wanted = facts.wanted_schedule
    if wanted and facts.participant and wanted == facts.participant.schedule:
        return f"the participant is already on #/schedule_identifier {wanted.identifier}"
    return None


@rule(
    "schedule-permitted-for-course",
    "schedule_identifier",
    means="Replacement schedules are for mentors (`ecf-mentor`) only; the others are for both courses. An unknown or "
    "missing course permits none. Another rule refuses an identifier that the cohort doesn't have.",
    remedy="Choose a standard, extended or reduced schedule for an ECT, and send a known course.",
)
def schedule_permitted_for_course(facts: Facts) -> str | None:
    wanted, course = facts.wanted_schedule, facts.text("course_identifier")
    if wanted is None:
        return None
    if course not in COURSES.values():
        return f"#/schedule_identifier {wanted.identifier} needs a known #/course_identifier"
    if wanted.identifier.startswith("ecf-replacement-") and course != MENTOR_COURSE:
        return f"#/schedule_identifier {wanted.identifier} is for mentors ({MENTOR_COURSE}) only"
    return None


@rule(
    "schedule-cohort-unchanged",
    "cohort",
    means="A change of schedule keeps the cohort: the one sent, or the current academic year's when none is, "
    "must be the participant's.",
    remedy="Always send the participant's own `cohort`.",
    standing="observed",
)
def schedule_cohort_unchanged(facts: Facts) -> str | None:
    if facts.own_enrolment is None or facts.wanted_cohort == facts.own_enrolment.participant.cohort:
        return None
    meant = "" if facts.text("cohort") else f"; without it the current one, {facts.wanted_cohort}, is meant"
    return f"#/cohort must be the participant's, {facts.own_enrolment.participant.cohort}: it can't be changed{meant}"


@rule(
    "schedule-exists",
    INVALID_ACTION,
    means="The cohort has no schedule of that name.",
    remedy="Send one of the twelve schedule identifiers.",
    standing="observed",
)
def schedule_exists(facts: Facts) -> str | None:
    wanted = facts.text("schedule_identifier")
    if facts.participant is None or facts.wanted_schedule:
        return None
    return f"there is no schedule {wanted} in cohort {facts.participant.cohort}"


DEFER: Final[Table[Facts]] = Table(
    Row(1, participant_enrolled),
    Row(2, defer_reason_listed),
    Row(3, course_enrolled),
    Row(4, defer_not_deferred),
    Row(5, defer_not_withdrawn),
)

RESUME: Final[Table[Facts]] = Table(
    Row(1, participant_enrolled),
    Row(2, course_enrolled),
    Row(3, resume_not_active),
    Row(4, resume_not_withdrawn),
)

WITHDRAW: Final[Table[Facts]] = Table(
    Row(1, participant_enrolled),
    Row(2, withdraw_reason_listed, when=(found,)),
    Row(3, course_enrolled),
    Row(4, withdraw_not_withdrawn),
)

CHANGE_SCHEDULE: Final[Table[Facts]] = Table(
    Row(1, course_enrolled),
    Row(2, participant_enrolled),
    Row(3, schedule_present),
    Row(4, schedule_not_withdrawn, when=(found,)),
    Row(5, schedule_keeps_declarations, when=(found,)),
    Row(6, schedule_differs, when=(found,)),
    Row(7, schedule_permitted_for_course),
    Row(8, schedule_cohort_unchanged),
    Row(9, schedule_exists, if_clean=True),
)
