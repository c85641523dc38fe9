"""The rules for submitting and for voiding a declaration, in the order in which they complain."""

from typing import Final

from mock_server.rules.moments import format_moment
from mock_server.rules.table import Row, Table, rule
from mock_server.v1.domain.facts import INVALID_ACTION, Facts, found
from mock_server.v1.domain.participant_rules import course_enrolled, one_of, participant_enrolled
from mock_server.v1.domain.records import Declaration
from mock_server.v1.domain.vocabulary import DECLARATION_TYPES, EVIDENCE_HELD


def slot_holder(facts: Facts) -> Declaration | None:
    """The live declaration of this participant, course and type, whichever provider made it."""
    return facts.participant.live_declaration(facts.declaration_type) if facts.participant else None


@rule(
    "declaration-date-present",
    "declaration_date",
    means="A declaration needs the date on which the participant reached the milestone.",
    remedy="Send `declaration_date` as RFC 3339 with seconds, such as `2021-11-20T09:00:00Z`.",
)
def declaration_date_present(facts: Facts) -> str | None:
    return None if facts.text("declaration_date") else "#/declaration_date must be given"


@rule(
    "declaration-type-present",
    "declaration_type",
    means="A declaration needs a type.",
    remedy=f"Send one of {one_of(DECLARATION_TYPES)}.",
)
def declaration_type_present(facts: Facts) -> str | None:
    return None if facts.declaration_type else "#/declaration_type must be given"


@rule(
    "declaration-date-not-future",
    "declaration_date",
    means="The declaration date can't be later than the server's clock.",
    remedy="Declare after the milestone was reached; in the sandbox, `X-With-Server-Date` moves its clock.",
)
def declaration_date_not_future(facts: Facts) -> str | None:
    if facts.declaration_date and facts.declaration_date > facts.now:
        return f"#/declaration_date can't be in the future: the server's clock shows {format_moment(facts.now)}"
    return None


@rule(
    "declaration-date-well-formed",
    "declaration_date",
    means="The declaration date must be a real moment in RFC 3339, with seconds.",
    remedy="Send for example `2021-11-20T09:00:00Z`: date, `T`, time with seconds, then `Z` or an offset.",
)
def declaration_date_well_formed(facts: Facts) -> str | None:
    if facts.declaration_date or not facts.text("declaration_date"):
        return None
    return "#/declaration_date must be a real date and time in RFC 3339, such as 2021-11-20T09:00:00Z"


@rule(
    "declaration-date-in-milestone",
    "declaration_date",
    means="The declaration date must lie inside the milestone of its type on the participant's schedule. A milestone "
    "goes from the start of its first day to the end of the milestone date, if it has one.",
    remedy="Look up the milestone dates of the participant's cohort and schedule; change the schedule if it is wrong.",
)
def declaration_date_in_milestone(facts: Facts) -> str | None:
    moment, milestone = facts.declaration_date, facts.milestone
    if moment is None or milestone is None:
        return None
    if moment < milestone.opens:
        return f"#/declaration_date is before the {milestone.declaration_type} milestone starts on {milestone.start}"
    if milestone.closes and moment >= milestone.closes:
        return f"#/declaration_date is after the {milestone.declaration_type} milestone date {milestone.milestone_date}"
    return None


@rule(
    "declaration-before-withdrawal",
    "participant_id",
    means="For a participant whom you withdrew, the declaration date must be before the moment of withdrawal.",
    remedy="Declare only what was reached before the withdrawal.",
)
def declaration_before_withdrawal(facts: Facts) -> str | None:
    withdrawn = facts.own_enrolment.withdrawn_at if facts.own_enrolment else None
    if withdrawn is None or facts.declaration_date is None or facts.declaration_date < withdrawn:
        return None
    return f"#/participant_id was withdrawn at {format_moment(withdrawn)}; #/declaration_date must be before that"


@rule(
    "declaration-evidence-held",
    "evidence_held",
    means="Every declaration but `started` must say which evidence you hold.",
    remedy=f"Send one of {one_of(EVIDENCE_HELD)}.",
)
def declaration_evidence_held(facts: Facts) -> str | None:
    # Another rule complains about a missing type. For `started` the service ignores the value.
    if facts.declaration_type in ("", "started") or facts.text("evidence_held") in EVIDENCE_HELD:
        return None
    return f"#/evidence_held must be {one_of(EVIDENCE_HELD)}"


@rule(
    "declaration-type-in-schedule",
    "declaration_type",
    means="The participant's schedule must have a milestone of that type.",
    remedy=f"Send one of {one_of(DECLARATION_TYPES)}.",
    standing="observed",
)
def declaration_type_in_schedule(facts: Facts) -> str | None:
    if facts.milestone or not facts.declaration_type:
        return None
    return "#/declaration_type has no milestone on the participant's schedule"


@rule(
    "declaration-slot-free",
    "base",
    means="A participant has at most one live declaration of each type on a course, whichever provider made it.",
    remedy="Look for the declaration in your list. Void it first if it was wrong; an exact copy of your own is "
    "answered with the one that exists, unless the mock was told to refuse copies.",
)
def declaration_slot_free(facts: Facts) -> str | None:
    if slot_holder(facts) is None:
        return None
    return f"a live {facts.declaration_type} declaration exists already for this participant and course"


@rule(
    "declaration-voidable",
    INVALID_ACTION,
    means="A declaration that is voided, awaiting clawback or clawed back can't be voided again.",
    remedy="Nothing to do: read the declaration to see its `state`.",
    standing="observed",
)
def declaration_voidable(_facts: Facts) -> str | None:
    # The declaration's state decides, not the request: the table of states refuses, under this id.
    return None


DECLARE: Final[Table[Facts]] = Table(
    Row(1, declaration_date_present),
    Row(2, declaration_type_present),
    Row(3, declaration_date_not_future),
    Row(4, declaration_date_well_formed),
    Row(5, declaration_date_in_milestone, when=(found,)),
    Row(6, declaration_before_withdrawal, when=(found,)),
    Row(7, participant_enrolled),
    Row(8, course_enrolled),
    Row(9, declaration_evidence_held, when=(found,)),
    Row(10, declaration_type_in_schedule, when=(found,)),
    Row(11, declaration_slot_free, when=(found,)),
)

VOID: Final[Table[Facts]] = Table(
    Row(1, declaration_voidable),
)
