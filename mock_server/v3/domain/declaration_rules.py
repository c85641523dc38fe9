"""The rules for making and for voiding a declaration (rules 5.8 and 5.9).

"D" in the sheet is `facts.training`: the provider's latest training period in the role of the course,
even if it is over or hasn't begun (rules 5.7). A declaration "blocks" while it is live: DfE has paid or may pay it.
"""

from mock_server.rules.moments import format_moment
from mock_server.rules.table import Row, Table, rule
from mock_server.v3.domain.facts import DeclarationFacts, VoidFacts, known
from mock_server.v3.domain.schedules import FIRST_COHORT_WITH_ORDER
from mock_server.v3.domain.vocabulary import COURSES, DECLARATION_TYPES, FUNDED_MENTOR_TYPES, ROLE_OF_COURSE, one_of

# Conditions of 5.8


def participant_known(facts: DeclarationFacts) -> bool:
    return facts.teacher is not None


def provider_trains_participant(facts: DeclarationFacts) -> bool:
    """The provider trains the participant in some role."""
    return facts.trains_in_some_role


def training_exists(facts: DeclarationFacts) -> bool:
    """D exists."""
    return facts.training is not None


def milestone_exists(facts: DeclarationFacts) -> bool:
    """D's schedule has the type's milestone."""
    return facts.milestone is not None


def date_given(facts: DeclarationFacts) -> bool:
    return facts.date_text != ""


def mentor(facts: DeclarationFacts) -> bool:
    return facts.role == "mentor"


def cohort_funds_mentors(facts: DeclarationFacts) -> bool:
    return facts.cohort is not None and facts.cohort.mentor_funding


def withdrawn(facts: DeclarationFacts) -> bool:
    return facts.withdrawn_at is not None


def role_eligible(facts: DeclarationFacts) -> bool:
    return facts.role_eligible


def cohort_with_order(facts: DeclarationFacts) -> bool:
    return facts.cohort is not None and int(facts.cohort.year) >= FIRST_COHORT_WITH_ORDER


# Rules of 5.8


@rule(
    "declaration-participant-given",
    "participant_id",
    means="A declaration is about one participant, so the request must name them.",
    remedy="Send `participant_id`, the `id` of one of your participants.",
)
def participant_given(facts: DeclarationFacts) -> str | None:
    return None if facts.participant_id else "#/participant_id must be given"


@rule(
    "declaration-participant-exists",
    "participant_id",
    means="The service must know the participant. After a merge, it only knows the participant who remains.",
    remedy="Take the `id` from your list of participants. Look up an old one with `filter[from_participant_id]`.",
)
def participant_exists(facts: DeclarationFacts) -> str | None:
    return None if facts.teacher else "#/participant_id must be the id of a participant"


@rule(
    "declaration-course-listed",
    "course_identifier",
    means="A declaration needs a course.",
    remedy="Send `ecf-induction` for an ECT, or `ecf-mentor` for a mentor.",
)
def course_listed(facts: DeclarationFacts) -> str | None:
    if facts.course_identifier in ROLE_OF_COURSE:
        return None
    return f"#/course_identifier must be {one_of(COURSES.values())}"


@rule(
    "declaration-date-given",
    "declaration_date",
    means="A declaration needs the date on which the participant reached the milestone.",
    remedy="Send `declaration_date` with seconds, such as `2025-11-20T09:00:00Z`.",
)
def declaration_date_given(facts: DeclarationFacts) -> str | None:
    return None if facts.date_text else "#/declaration_date must be given"


@rule(
    "declaration-course-of-participant",
    "course_identifier",
    means="You must train or have trained the participant on this course.",
    remedy="Choose the course by the `participant_type` of the participant's enrolments.",
    standing="observed",
)
def course_of_participant(facts: DeclarationFacts) -> str | None:
    if facts.training is not None:
        return None
    return "#/course_identifier must be a course that you train or have trained this participant on"


@rule(
    "declaration-type-given",
    "declaration_type",
    means="A declaration needs a type.",
    remedy=f"Send one of {one_of(DECLARATION_TYPES)}.",
)
def declaration_type_given(facts: DeclarationFacts) -> str | None:
    return None if facts.declaration_type else "#/declaration_type must be given"


@rule(
    "declaration-type-listed",
    "declaration_type",
    means="The service knows nine declaration types.",
    remedy=f"Send one of {one_of(DECLARATION_TYPES)}.",
)
def declaration_type_listed(facts: DeclarationFacts) -> str | None:
    if facts.declaration_type in DECLARATION_TYPES:
        return None
    return f"#/declaration_type must be {one_of(DECLARATION_TYPES)}"


@rule(
    "declaration-type-free",
    "declaration_type",
    means="A participant has at most one live declaration of a type in a role, whoever made it. "
    "An exact copy of your own is refused too.",
    remedy="Look for the declaration in your list. Void it first if it was wrong.",
)
def declaration_type_free(facts: DeclarationFacts) -> str | None:
    for existing in facts.blocking:
        if existing.declaration_type == facts.declaration_type:
            return f"#/declaration_type {facts.declaration_type} has been declared for this participant already"
    return None


@rule(
    "declaration-date-not-future",
    "declaration_date",
    means="The declaration date can't be later than now.",
    remedy="Declare after the milestone was reached. In the sandbox, move the clock or send `X-With-Server-Date`.",
)
def declaration_date_not_future(facts: DeclarationFacts) -> str | None:
    if facts.declaration_date is None or facts.declaration_date <= facts.now:
        return None
    return f"#/declaration_date can't be in the future: the service's clock shows {format_moment(facts.now)}"


@rule(
    "declaration-date-in-milestone",
    "declaration_date",
    means="The declaration date must lie inside the milestone of its type on the participant's schedule. "
    "Its first and last day count in full, London time.",
    remedy="Look up the milestone of the participant's cohort and schedule. Change the schedule if it is wrong.",
)
def declaration_date_in_milestone(facts: DeclarationFacts) -> str | None:
    moment, milestone = facts.declaration_date, known(facts.milestone)
    if moment is None:
        return None
    if moment < milestone.opens:
        return f"#/declaration_date is before the {milestone.declaration_type} milestone starts on {milestone.start}"
    closes = milestone.closes
    if closes is not None and moment >= closes:
        return (
            f"#/declaration_date is after the {milestone.declaration_type} milestone ended "
            f"on {milestone.milestone_date}"
        )
    return None


@rule(
    "declaration-date-well-formed",
    "declaration_date",
    means="The declaration date must be a real date and time, with seconds.",
    remedy="Send for example `2025-11-20T09:00:00Z`: date, `T`, time with seconds, then `Z` or an offset.",
    standing="observed",
)
def declaration_date_well_formed(facts: DeclarationFacts) -> str | None:
    if facts.declaration_date is not None:
        return None
    return "#/declaration_date must be a real date and time such as 2025-11-20T09:00:00Z"


@rule(
    "declaration-type-for-mentors",
    "declaration_type",
    means="Mentors of cohorts from 2025 on can only be declared `started` and `completed`.",
    remedy="Send `started` or `completed`.",
)
def declaration_type_for_mentors(facts: DeclarationFacts) -> str | None:
    if facts.declaration_type in FUNDED_MENTOR_TYPES:
        return None
    return "#/declaration_type must be started or completed for a mentor of this cohort"


@rule(
    "declaration-evidence-held",
    "evidence_held",
    means="The evidence must be one that the service takes for this cohort, course and type. "
    "Only `started` needs none, for cohorts up to 2024.",
    remedy="Send `evidence_held` from the list in the error's detail.",
)
def declaration_evidence_held(facts: DeclarationFacts) -> str | None:
    allowed, evidence = facts.evidence_allowed, facts.evidence_held
    if not allowed or evidence in allowed:
        return None
    wanted = f"{one_of(allowed)} for a {facts.declaration_type} declaration"
    return f"#/evidence_held must be {wanted}" if evidence else f"#/evidence_held must be given: {wanted}"


@rule(
    "declaration-before-withdrawal",
    "participant_id",
    means="You can't declare for a participant whom you withdrew at or before the declaration date.",
    remedy="Declare only what the participant reached before the withdrawal.",
)
def declaration_before_withdrawal(facts: DeclarationFacts) -> str | None:
    moment, withdrawn_at = facts.declaration_date, known(facts.withdrawn_at)
    if moment is None or withdrawn_at > moment:
        return None
    return f"#/participant_id was withdrawn at {format_moment(withdrawn_at)}, at or before #/declaration_date"


@rule(
    "declaration-cohort-not-frozen",
    "cohort",
    means="You can't declare for anybody whose training now is in a cohort with frozen payments.",
    remedy="Change the schedule to an open cohort first, if the participant goes on training.",
)
def declaration_cohort_not_frozen(facts: DeclarationFacts) -> str | None:
    if facts.frozen_cohort_now is None:
        return None
    return f"#/cohort {facts.frozen_cohort_now} is closed to payments"


@rule(
    "declaration-statement-open",
    "cohort",
    means="A declaration that is paid for needs a statement of the cohort that is still open.",
    remedy="The funding contract of the cohort has ended. Speak to the department if that seems wrong.",
)
def declaration_statement_open(facts: DeclarationFacts) -> str | None:
    if facts.statement is not None:
        return None
    return "#/cohort has no open statement any more: its funding contract has ended"


@rule(
    "declaration-type-in-schedule",
    "declaration_type",
    means="The participant's schedule must have a milestone of that type. Only extended schedules have `extended-…`.",
    remedy="Change the participant's schedule first, or send a type that the schedule has.",
    standing="observed",
)
def declaration_type_in_schedule(facts: DeclarationFacts) -> str | None:
    if facts.milestone is not None:
        return None
    return f"#/declaration_type {facts.declaration_type} doesn't exist for the participant's schedule"


@rule(
    "declaration-dates-in-order",
    "declaration_date",
    means="From cohort 2025 on, declaration dates must follow the order of the types. Equal dates are fine.",
    remedy="Send a date between those of the earlier and the later types. Void a declaration that has a wrong date.",
)
def declaration_dates_in_order(facts: DeclarationFacts) -> str | None:
    moment = facts.declaration_date
    # After another complaint the table doesn't ask row 7, so the type may be none of the nine.
    if moment is None or facts.declaration_type not in DECLARATION_TYPES:
        return None
    position = DECLARATION_TYPES.index(facts.declaration_type)
    for existing in facts.blocking:
        other = DECLARATION_TYPES.index(existing.declaration_type)
        if other < position and existing.declaration_date > moment:
            return f"#/declaration_date must not be before that of {existing.declaration_type}"
        if other > position and existing.declaration_date < moment:
            return f"#/declaration_date must not be after that of {existing.declaration_type}"
    return None


@rule(
    "declaration-participant-yours",
    "participant_id",
    means="You must train or have trained the participant, in some role.",
    remedy="Take the `id` from your list of participants.",
    standing="observed",
)
def participant_yours(facts: DeclarationFacts) -> str | None:
    return None if facts.trains_in_some_role else "#/participant_id must be a participant of yours"


# Rules of 5.9


def paid(facts: VoidFacts) -> bool:
    return facts.state == "paid"


@rule(
    "void-not-voided",
    "participant_declaration_id",
    means="You can't void a declaration that is voided already.",
    remedy="Nothing to do: read the declaration to see its `state`.",
)
def void_not_voided(facts: VoidFacts) -> str | None:
    return "#/participant_declaration_id is voided already" if facts.state == "voided" else None


@rule(
    "void-not-clawed-back",
    "participant_declaration_id",
    means="You can't void a declaration that is awaiting clawback or has been clawed back.",
    remedy="Nothing to do: read the declaration to see its `state`.",
)
def void_not_clawed_back(facts: VoidFacts) -> str | None:
    if facts.state in ("awaiting-clawback", "clawed-back"):
        return "#/participant_declaration_id will be refunded or has been refunded already"
    return None


@rule(
    "void-clawback-statement",
    "participant_declaration_id",
    means="To claw back a paid declaration, the cohort needs a statement whose deadline is today or later.",
    remedy="The funding contract of the cohort has ended. Speak to the department.",
)
def void_clawback_statement(facts: VoidFacts) -> str | None:
    if facts.clawback_statement is not None:
        return None
    return "#/participant_declaration_id is paid, but its cohort has no later statement: the funding contract has ended"


# Tables

# Rules 5.8: POST /participant-declarations. Titles as the guards name them.
COURSE, PARTICIPANT, TYPE, DATE, COHORT = (
    "course_identifier",
    "participant_id",
    "declaration_type",
    "declaration_date",
    "cohort",
)

DECLARE = Table(
    Row(1, participant_given),
    Row(2, participant_exists, not_after=(1,)),
    Row(3, course_listed, if_clean=True),
    Row(4, declaration_date_given, if_clean=True),
    Row(
        5,
        course_of_participant,
        no_complaint_about=(COURSE, PARTICIPANT, TYPE, DATE),
        when=(provider_trains_participant,),
    ),
    Row(6, declaration_type_given, if_clean=True),
    Row(7, declaration_type_listed, if_clean=True),
    Row(8, declaration_type_free, no_complaint_about=(TYPE, DATE), when=(training_exists,)),
    Row(9, declaration_date_not_future, no_complaint_about=(DATE, TYPE, PARTICIPANT, COURSE)),
    Row(10, declaration_date_in_milestone, no_complaint_about=(DATE, TYPE, COHORT), when=(milestone_exists,)),
    Row(11, declaration_date_well_formed, no_complaint_about=(DATE,), when=(date_given,)),
    Row(12, declaration_type_for_mentors, no_complaint_about=(TYPE, COHORT), when=(mentor, cohort_funds_mentors)),
    # Without D there is no cohort, and so no rule for evidence.
    Row(13, declaration_evidence_held, if_clean=True, when=(training_exists,)),
    Row(14, declaration_before_withdrawal, no_complaint_about=(PARTICIPANT,), when=(withdrawn,)),
    Row(15, declaration_cohort_not_frozen, no_complaint_about=(COHORT,), when=(participant_known,)),
    Row(16, declaration_statement_open, no_complaint_about=(TYPE, COHORT), when=(training_exists, role_eligible)),
    Row(
        17,
        declaration_type_in_schedule,
        no_complaint_about=(DATE, TYPE, PARTICIPANT, COURSE, COHORT),
        when=(training_exists,),
    ),
    Row(18, declaration_dates_in_order, no_complaint_about=(DATE, TYPE), when=(cohort_with_order,)),
    Row(19, participant_yours, no_complaint_about=(PARTICIPANT,)),
)

# Rules 5.9: PUT /participant-declarations/{id}/void, by state. Submitted, eligible and payable ones are fine.
VOID = Table(
    Row("voided", void_not_voided),
    Row("awaiting-clawback, clawed-back", void_not_clawed_back),
    Row("paid", void_clawback_statement, when=(paid,)),
)
