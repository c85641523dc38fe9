"""The rules for changing a participant's schedule, and the cohort with it (rules 5.6).

The participant is known. "L" in the sheet is `facts.latest`: this provider's latest training period
in the role of the course. The target cohort is the one that the request names, if it exists. Otherwise it is L's.
"""

from mock_server.rules.table import Fine, Row, Table, rule
from mock_server.v3.domain.facts import TrainingFacts, known
from mock_server.v3.domain.participant_rules import HEAD
from mock_server.v3.domain.vocabulary import SCHEDULE_IDENTIFIERS, one_of

# Conditions


def trained(facts: TrainingFacts) -> bool:
    """L exists."""
    return facts.latest is not None


def training_began_before_today(facts: TrainingFacts) -> bool:
    return facts.latest is not None and facts.latest.started_on < facts.today


# Rules


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
    standing="observed",
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
    means="The new schedule must differ from the one that the participant is on.",
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
    standing="observed",
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
    standing="observed",
)
def schedule_not_withdrawn(facts: TrainingFacts) -> str | None:
    return "#/participant_id is withdrawn" if facts.training_status == "withdrawn" else None


@rule(
    "schedule-nothing-planned",
    "participant_id",
    means="You can't change the schedule of a participant who is due to start other training in the same role.",
    remedy="Nothing to do: the school chose other training for this participant.",
    standing="observed",
)
def schedule_nothing_planned(facts: TrainingFacts) -> str | None:
    if facts.later_training_planned:
        return "#/participant_id is due to start with another provider or on a school-led programme"
    return None


# The table

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
