"""A participant's timeline: what happened, in order, and which payment runs are still to come."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from mock_server.v1.domain.records import Declaration, Event, Participant
from mock_server.v1.domain.schedules import end_of

Value = str | bool | None

# The page's names for the attributes that events change.
_FACTS: Final = {
    "full_name": "Name",
    "email": "Email",
    "teacher_reference_number": "TRN",
    "teacher_reference_number_validated": "TRN valid",
    "eligible_for_funding": "Eligible for funding",
    "pupil_premium_uplift": "Pupil premium uplift",
    "sparsity_uplift": "Sparsity uplift",
    "schedule_identifier": "Schedule",
    "school_urn": "School",
    "mentor_id": "Mentor",
    "cohort": "Cohort",
    "provider": "Provider",
}
# The kinds of event other than a registration, by attribute.
_KINDS: Final = {
    "training_status": "training",
    "schedule_identifier": "schedule",
    "cohort": "cohort",
    "mentor_id": "mentor",
    "status": "school",
    "provider": "moved",
    "school_urn": "moved",
    "state": "declaration",
}
_TRAINING: Final = {"deferred": "Deferred", "withdrawn": "Withdrawn", "active": "Resumed"}
_SCHOOL: Final = {"active": "Taken back by the school", "withdrawn": "Removed by the school"}
_STATES: Final = {
    "eligible": "Funding confirmed",
    "payable": "Payable",
    "paid": "Paid",
    "voided": "Voided",
    "awaiting-clawback": "Voided after payment",
    "clawed-back": "Clawed back",
    "ineligible": "Found ineligible",
}


@dataclass(frozen=True, slots=True)
class TimelinePoint:
    """One point of the timeline: `kind` chooses its mark, `facts` are (name, before, after).

    `ahead` is True for a point that is still to come.
    """

    at: datetime
    kind: str
    title: str
    provider: str
    facts: tuple[tuple[str, Value, Value], ...] = ()
    declaration: Declaration | None = None
    ahead: bool = False


def timeline(participant: Participant) -> list[TimelinePoint]:
    """All moments, from the day the school added the participant to the payment runs that declarations wait for."""
    happened = [_added(participant), *_told(participant.history)]
    return [*sorted(happened, key=lambda moment: moment.at), *_ahead(participant.declarations)]


def _added(participant: Participant) -> TimelinePoint:
    return TimelinePoint(participant.created_at, "added", "Added by the school", participant.enrolments[0].provider)


def _told(history: Iterable[Event]) -> Iterator[TimelinePoint]:
    for (kind, at, provider, _), group in groupby(enumerate(history), _together):
        events = [event for _, event in group]
        first = events[0]
        if first.declaration:
            yield TimelinePoint(at, f"state {first.after}", _declaration_title(first), provider, (), first.declaration)
        else:
            facts = tuple((_FACTS[e.attribute], e.before, e.after) for e in events if e.attribute in _FACTS)
            yield TimelinePoint(at, kind, _title(kind, events), provider, facts)


def _together(numbered: tuple[int, Event]) -> tuple[str, datetime, str, int]:
    """What events share if the page tells them as one. A registration or a move may change several facts."""
    number, event = numbered
    kind = _KINDS.get(event.attribute, "registered")
    return kind, event.at, event.provider, 0 if kind in ("registered", "moved") else number


def _title(kind: str, events: list[Event]) -> str:
    first = events[0]
    if kind == "training":
        # After a withdrawal, only a move starts the training again.
        return "In training again" if first.before == "withdrawn" else _TRAINING[str(first.after)]
    if kind == "school":
        return _SCHOOL[str(first.after)]
    if kind == "schedule":
        return "Schedule changed"
    if kind == "mentor":
        return "Mentor changed" if first.after else "Mentor gone"
    if kind == "cohort":
        return "Moved to another cohort"
    if kind == "moved":
        provider = any(event.attribute == "provider" for event in events)
        return "Moved to another provider" if provider else "Moved to another school"
    registered = any(event.attribute == "teacher_reference_number" and event.before is None for event in events)
    return "Registered" if registered else "Details changed"


def _declaration_title(event: Event) -> str:
    assert event.declaration is not None  # noqa: S101
    what = event.declaration.declaration_type
    return f"Declared {what}" if event.before is None else f"{_STATES[str(event.after)]}: {what}"


def _ahead(declarations: Iterable[Declaration]) -> list[TimelinePoint]:
    """The payment runs to come. A run happens at the end of its day."""
    found = []
    for declaration in declarations:
        statement, what = declaration.statement, declaration.declaration_type
        if statement is None:
            continue
        runs = {
            "eligible": (("payable", statement.deadline), ("paid", statement.payment)),
            "payable": (("paid", statement.payment),),
            "awaiting-clawback": (("clawed-back", statement.payment),),
        }.get(declaration.state, ())
        found += [
            TimelinePoint(
                end_of(day), f"state {state}", f"{_STATES[state]}: {what}", declaration.provider, (), declaration, True
            )
            for state, day in runs
        ]
    return sorted(found, key=lambda moment: moment.at)
