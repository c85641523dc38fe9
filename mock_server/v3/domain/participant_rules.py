"""The rules for withdrawing, deferring and resuming a participant (rules 5.3 to 5.5).

The participant is known: for an id that this provider doesn't see, the mock answers 404 before it asks any rule.
"L" in the sheet is `facts.latest`: this provider's latest training period in the role of the course.
"""

from mock_server.rules.table import Row, Table, rule
from mock_server.v3.domain.facts import TrainingFacts
from mock_server.v3.domain.vocabulary import (
    COURSES,
    DEFER_REASONS,
    MENTOR_ONLY_REASON,
    ROLE_OF_COURSE,
    WITHDRAW_REASONS,
    one_of,
)

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

# Rules 5.3: PUT /participants/{id}/withdraw. The sheet names no guard for row 2. A blank reason only counts as blank.
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

# Rules 5.5: PUT /participants/{id}/resume. Row 5 is the sheet's decision on a future training period.
RESUME = Table(
    *HEAD,
    Row(1, resume_not_active, stops=(2, 3, 4, 5)),
    Row(2, resume_not_elsewhere, stops=(3, 4, 5)),
    Row(3, resume_not_on_last_day, stops=(4, 5)),
    Row(4, resume_still_at_school, stops=(5,)),
    Row(5, resume_nothing_planned),
)
