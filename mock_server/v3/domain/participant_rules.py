"""The rules of the four actions on a participant (rules 5.3 to 5.6).

The participant is known by now: an id that this provider doesn't see is answered 404 before any rule is asked.
"L", as the sheet calls it, is `facts.latest`: this provider's latest training period in the role of the course.
"""

from mock_server.rules.table import Fine, Row, Table, rule
from mock_server.v3.domain.facts import TrainingFacts, known
from mock_server.v3.domain.vocabulary import (
    COURSES,
    DEFER_REASONS,
    MENTOR_ONLY_REASON,
    ROLE_OF_COURSE,
    SCHEDULE_IDENTIFIERS,
    WITHDRAW_REASONS,
    one_of,
)

# Conditions


def trained(facts: TrainingFacts) -> bool:
    """L exists."""
    return facts.latest is not None


def training_began_before_today(facts: TrainingFacts) -> bool:
    return facts.latest is not None and facts.latest.started_on < facts.today


# The common head


@rule(
    "course-listed",
    "course_identifier",
    means="The request must name a course.",
    remedy="Send `ecf-induction` for an ECT, or `ecf-mentor` for a mentor.",
)
def course_listed(facts: TrainingFacts) -> str | None:
    if facts.text("course_identifier") in ROLE_OF_COURSE:
        return None
    return f"#/course_identifier must be {one_of(COURSES.values())}"


@rule(
    "course-of-participant",
    "course_identifier",
    means="You must train or have trained the participant on this course.",
    remedy="Choose the course by the `participant_type` of the participant's enrolments.",
)
def course_of_participant(facts: TrainingFacts) -> str | None:
    if facts.latest is not None:
        return None
    return "#/course_identifier must be a course that you train or have trained this participant on"


# Withdraw


@rule(
    "withdraw-reason-given",
    "reason",
    means="A withdrawal needs a reason.",
    remedy=f"Send one of {one_of(WITHDRAW_REASONS)}.",
)
def withdraw_reason_given(facts: TrainingFacts) -> str | None:
    return None if facts.text("reason") else "#/reason must be given"


@rule(
    "withdraw-reason-listed",
    "reason",
    means="A withdrawal needs a reason from the list. v1's `school-left-fip` and `started-in-error` are not in it.",
    remedy=f"Send one of {one_of(WITHDRAW_REASONS)}.",
)
def withdraw_reason_listed(facts: TrainingFacts) -> str | None:
    if facts.text("reason") in WITHDRAW_REASONS:
        return None
    return f"#/reason must be {one_of(WITHDRAW_REASONS)}"


@rule(
    "withdraw-not-withdrawn",
    "participant_id",
    means="You can't withdraw a participant whom you have withdrawn already.",
    remedy="Nothing to do: the withdrawal is known.",
)
def withdraw_not_withdrawn(facts: TrainingFacts) -> str | None:
    return "#/participant_id is withdrawn already" if facts.training_status == "withdrawn" else None


@rule(
    "withdraw-training-begun",
    "participant_id",
    means="You can't withdraw a participant whose training with you hasn't begun.",
    remedy="Wait for the day after the training starts. In the sandbox, move the clock.",
)
def withdraw_training_begun(facts: TrainingFacts) -> str | None:
    return _not_begun(facts, "withdrawn")


@rule(
    "withdraw-not-on-first-day",
    "participant_id",
    means="You can't withdraw a participant on the first day of a training period. "
    "Resuming and changing the schedule start one.",
    remedy="Try again tomorrow, London time.",
)
def withdraw_not_on_first_day(facts: TrainingFacts) -> str | None:
    return _begun_today(facts, "withdrawn")


@rule(
    "withdraw-reason-for-role",
    "reason",
    means=f"The reason `{MENTOR_ONLY_REASON}` is for mentors only.",
    remedy="Choose another reason for an ECT.",
)
def withdraw_reason_for_role(facts: TrainingFacts) -> str | None:
    if facts.role == "ect" and facts.text("reason") == MENTOR_ONLY_REASON:
        return f"#/reason {MENTOR_ONLY_REASON} is for mentors only"
    return None


# Defer


@rule(
    "defer-reason-given",
    "reason",
    means="A deferral needs a reason.",
    remedy=f"Send one of {one_of(DEFER_REASONS)}.",
)
def defer_reason_given(facts: TrainingFacts) -> str | None:
    return None if facts.text("reason") else "#/reason must be given"


@rule(
    "defer-reason-listed",
    "reason",
    means="A deferral needs a reason from the list, written with dashes.",
    remedy=f"Send one of {one_of(DEFER_REASONS)}.",
)
def defer_reason_listed(facts: TrainingFacts) -> str | None:
    if facts.text("reason") in DEFER_REASONS:
        return None
    return f"#/reason must be {one_of(DEFER_REASONS)}"


@rule(
    "defer-not-deferred",
    "participant_id",
    means="You can't defer a participant whom you have deferred already.",
    remedy="Nothing to do: the deferral is known.",
)
def defer_not_deferred(facts: TrainingFacts) -> str | None:
    return "#/participant_id is deferred already" if facts.training_status == "deferred" else None


@rule(
    "defer-not-withdrawn",
    "participant_id",
    means="You can't defer a participant whom you have withdrawn.",
    remedy="Resume the participant first if they came back to training with you.",
)
def defer_not_withdrawn(facts: TrainingFacts) -> str | None:
    return "#/participant_id is withdrawn, so can't be deferred" if facts.training_status == "withdrawn" else None


@rule(
    "defer-training-begun",
    "participant_id",
    means="You can't defer a participant whose training with you hasn't begun.",
    remedy="Wait for the day after the training starts. In the sandbox, move the clock.",
)
def defer_training_begun(facts: TrainingFacts) -> str | None:
    return _not_begun(facts, "deferred")


@rule(
    "defer-not-on-first-day",
    "participant_id",
    means="You can't defer a participant on the first day of a training period. "
    "Resuming and changing the schedule start one.",
    remedy="Try again tomorrow, London time.",
)
def defer_not_on_first_day(facts: TrainingFacts) -> str | None:
    return _begun_today(facts, "deferred")


# Resume


@rule(
    "resume-not-active",
    "participant_id",
    means="You can only resume a participant whom you have deferred or withdrawn. "
    "A participant who left or moved is still `active`.",
    remedy="Nothing to do if the participant trains with you. Else only the school can bring them back.",
)
def resume_not_active(facts: TrainingFacts) -> str | None:
    return "#/participant_id is active already" if facts.training_status == "active" else None


@rule(
    "resume-not-elsewhere",
    "participant_id",
    means="You can't resume a participant who trains with another provider, or school-led, at the same school now.",
    remedy="Nothing to do: the school chose other training for this participant.",
)
def resume_not_elsewhere(facts: TrainingFacts) -> str | None:
    if facts.other_training_at_school_today:
        return "#/participant_id is active with another provider or on a school-led programme"
    return None


@rule(
    "resume-not-on-last-day",
    "participant_id",
    means="You can't resume a participant on the day on which you deferred or withdrew them.",
    remedy="Try again tomorrow, London time.",
)
def resume_not_on_last_day(facts: TrainingFacts) -> str | None:
    if facts.latest is not None and facts.latest.finished_on == facts.today:
        return "#/participant_id was deferred or withdrawn today; try again tomorrow"
    return None


@rule(
    "resume-still-at-school",
    "participant_id",
    means="The participant must still be at the school at which you trained them. "
    "The last day at the school is too late.",
    remedy="If the participant is at another school, that school registers them with you.",
)
def resume_still_at_school(facts: TrainingFacts) -> str | None:
    if facts.stay_is_over:
        return "#/participant_id is no longer at the school at which you trained them"
    return None


@rule(
    "resume-nothing-planned",
    "participant_id",
    means="You can't resume a participant who is due to start other training in the same role.",
    remedy="Nothing to do: the school chose other training for this participant.",
    # The service answers `{"error":"Unprocessable content"}`, because the database refuses the overlap.
    standing="assumed",
)
def resume_nothing_planned(facts: TrainingFacts) -> str | None:
    if facts.resuming_would_overlap:
        return "#/participant_id is due to start with another provider or on a school-led programme"
    return None


# Change schedule


@rule(
    "schedule-given",
    "schedule_identifier",
    means="A change of schedule must say which schedule.",
    remedy="Send `schedule_identifier`, such as `ecf-standard-january`.",
)
def schedule_given(facts: TrainingFacts) -> str | None:
    return None if facts.text("schedule_identifier") else "#/schedule_identifier must be given"


@rule(
    "schedule-listed",
    "schedule_identifier",
    means="The service knows twelve schedule identifiers.",
    remedy=f"Send one of {one_of(SCHEDULE_IDENTIFIERS)}.",
)
def schedule_listed(facts: TrainingFacts) -> str | None:
    if facts.text("schedule_identifier") in SCHEDULE_IDENTIFIERS:
        return None
    return f"#/schedule_identifier must be {one_of(SCHEDULE_IDENTIFIERS)}"


@rule(
    "schedule-in-cohort",
    "schedule_identifier",
    means="The cohort must have the schedule. It is the cohort that you send, or else the participant's.",
    remedy="Send a known course, so that the participant's cohort is found, or a cohort that has the schedule.",
)
def schedule_in_cohort(facts: TrainingFacts) -> str | None:
    if facts.target_schedule is not None:
        return None
    if facts.target_cohort is None:
        return "#/schedule_identifier needs a cohort, and without a course of the participant's there is none"
    return f"#/schedule_identifier is no schedule of cohort {facts.target_cohort.year}"


@rule(
    "schedule-differs",
    "schedule_identifier",
    means="The new schedule must be another one than the participant is on.",
    remedy="Nothing to do: the participant is on that schedule.",
)
def schedule_differs(facts: TrainingFacts) -> str | None:
    if facts.on_target_schedule:
        return "#/schedule_identifier is the schedule that the participant is on already"
    return None


@rule(
    "schedule-no-replacement-for-ect",
    "schedule_identifier",
    means="Replacement schedules are for mentors only.",
    remedy="Choose a standard, extended or reduced schedule for an ECT.",
)
def schedule_no_replacement_for_ect(facts: TrainingFacts) -> str | None:
    if facts.role == "ect" and facts.text("schedule_identifier").startswith("ecf-replacement-"):
        return "#/schedule_identifier is a replacement schedule, and these are for mentors only"
    return None


@rule(
    "schedule-no-reduced-for-mentor",
    "schedule_identifier",
    means="Reduced schedules are for ECTs only.",
    remedy="Choose a standard, extended or replacement schedule for a mentor.",
)
def schedule_no_reduced_for_mentor(facts: TrainingFacts) -> str | None:
    if facts.role == "mentor" and facts.text("schedule_identifier").startswith("ecf-reduced-"):
        return "#/schedule_identifier is a reduced schedule, and these are for ECTs only"
    return None


@rule(
    "schedule-keeps-declarations",
    "schedule_identifier",
    means="While the training period is not a day old, its declarations stay with it, voided ones too. "
    "Each must fit the new schedule's milestone of its type.",
    remedy="Try again tomorrow, London time: then the declarations stay with the old schedule.",
)
def schedule_keeps_declarations(facts: TrainingFacts) -> str | None:
    if (declaration := facts.declaration_outside_target_schedule()) is None:
        return None
    return (
        f"#/schedule_identifier has no milestone that fits the {declaration.declaration_type} declaration "
        f"{declaration.id}; try again tomorrow"
    )


@rule(
    "schedule-partnership-in-cohort",
    "cohort",
    means="To change the cohort, you need a partnership with the participant's school in the new one.",
    remedy="Make the partnership first, then change the schedule.",
)
def schedule_partnership_in_cohort(facts: TrainingFacts) -> str | None:
    if not facts.cohort_changes or facts.partnership_in_target_cohort:
        return None
    return "#/cohort must be one in which you have a partnership with the participant's school"


@rule(
    "schedule-cohort-not-frozen",
    "cohort",
    means="You can't move anybody into a cohort whose payments are frozen, or reschedule anybody inside it. "
    "Only who came from that cohort can go back.",
    remedy="Send a cohort that is still open.",
)
def schedule_cohort_not_frozen(facts: TrainingFacts) -> str | None:
    cohort = known(facts.target_cohort)
    if not cohort.is_frozen(facts.now) or facts.frozen_year == cohort.year:
        return None
    return f"#/cohort {cohort.year} is closed to payments, so nobody can be rescheduled into it"


@rule(
    "schedule-not-finished",
    "participant_id",
    means="You can't change the schedule of a participant who has finished. "
    "Finished means: an induction with an outcome, or a mentor's funding end date.",
    remedy="An ECT who has finished can still go to a reduced schedule.",
)
def schedule_not_finished(facts: TrainingFacts) -> str | None:
    if not facts.finished:
        return None
    if facts.role == "ect" and facts.text("schedule_identifier").startswith("ecf-reduced-"):
        return None
    return "#/participant_id has finished, so the schedule can't be changed"


@rule(
    "schedule-not-left",
    "participant_id",
    means="You can't change the schedule of a participant whose `participant_status` is `left`.",
    remedy="Resume the participant first, if you deferred or withdrew them. Else only the school can bring them back.",
)
def schedule_not_left(facts: TrainingFacts) -> str | None:
    return "#/participant_id has left training with you" if facts.participant_status == "left" else None


@rule(
    "schedule-not-withdrawn",
    "participant_id",
    means="You can't change the schedule of a participant whom you have withdrawn.",
    remedy="Resume the participant first.",
)
def schedule_not_withdrawn(facts: TrainingFacts) -> str | None:
    return "#/participant_id is withdrawn" if facts.training_status == "withdrawn" else None


@rule(
    "schedule-nothing-planned",
    "participant_id",
    means="You can't change the schedule of a participant who is due to start other training in the same role.",
    remedy="Nothing to do: the school chose other training for this participant.",
)
def schedule_nothing_planned(facts: TrainingFacts) -> str | None:
    if facts.later_training_planned:
        return "#/participant_id is due to start with another provider or on a school-led programme"
    return None


def _not_begun(facts: TrainingFacts, outcome: str) -> str | None:
    if facts.latest is None or facts.latest.started_on <= facts.today:
        return None
    return f"#/participant_id starts training on {facts.latest.started_on}, so can't be {outcome} yet"


def _begun_today(facts: TrainingFacts, outcome: str) -> str | None:
    if facts.latest is None or facts.latest.started_on != facts.today:
        return None
    return f"#/participant_id started or changed training today, so can't be {outcome}; try again tomorrow"


# Tables

# Rules 5.3, the common head of 5.3 to 5.6.
HEAD = (
    Row("a", course_listed),
    Row("b", course_of_participant, not_after=("a",)),
)

# Rules 5.3: PUT /participants/{id}/withdraw. The sheet names no guard for row 2; a blank reason is blank, and no more.
WITHDRAW = Table(
    *HEAD,
    Row(1, withdraw_reason_given),
    Row(2, withdraw_reason_listed, not_after=(1,)),
    Row(3, withdraw_not_withdrawn, stops=(4, 5)),
    Row(4, withdraw_training_begun, stops=(5,)),
    Row(5, withdraw_not_on_first_day),
    Row(6, withdraw_reason_for_role, if_clean=True),
)

# Rules 5.4: PUT /participants/{id}/defer. The sheet doesn't number these rows.
DEFER = Table(
    *HEAD,
    Row(1, defer_reason_given),
    Row(2, defer_reason_listed, not_after=(1,)),
    Row(3, defer_not_deferred, stops=(4, 5, 6)),
    Row(4, defer_not_withdrawn, stops=(5, 6)),
    Row(5, defer_training_begun, stops=(6,)),
    Row(6, defer_not_on_first_day),
)

# Rules 5.5: PUT /participants/{id}/resume. Row 5 is the sheet's decision on a training period still to come.
RESUME = Table(
    *HEAD,
    Row(1, resume_not_active, stops=(2, 3, 4, 5)),
    Row(2, resume_not_elsewhere, stops=(3, 4, 5)),
    Row(3, resume_not_on_last_day, stops=(4, 5)),
    Row(4, resume_still_at_school, stops=(5,)),
    Row(5, resume_nothing_planned),
)

# Rules 5.6: PUT /participants/{id}/change-schedule.
CHANGE_SCHEDULE = Table(
    *HEAD,
    Row(1, schedule_given, stops=(2, 3, 4, 5, 6, 7, 8)),
    Row(2, schedule_listed, stops=(3, 4, 5, 6, 7, 8)),
    Row(3, schedule_in_cohort, stops=(4, 5, 6, 7, 8)),
    Row(4, schedule_differs, when=(trained,), stops=(5, 6, 7, 8)),
    Row(5, schedule_no_replacement_for_ect, stops=(6, 7, 8)),
    Row(6, schedule_no_reduced_for_mentor, stops=(7, 8)),
    Fine(7, when=(training_began_before_today,), stops=(8,)),
    Row(8, schedule_keeps_declarations),
    Row(9, schedule_partnership_in_cohort, when=(trained,), stops=(10,)),
    Row(10, schedule_cohort_not_frozen, when=(trained,)),
    Row(11, schedule_not_finished, when=(trained,), stops=(12, 13, 14)),
    Row(12, schedule_not_left, stops=(13, 14)),
    Row(13, schedule_not_withdrawn, stops=(14,)),
    Row(14, schedule_nothing_planned),
)
