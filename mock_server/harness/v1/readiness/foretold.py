"""Refusals that the client's own data foretold, as a table: the broken rule, and what the client had been shown."""

from typing import Final

from mock_server.harness.readiness.declarations import slot_of
from mock_server.harness.readiness.foretold import Foretold, nothing_foretold
from mock_server.harness.v1.readiness.knowledge import Knowledge
from mock_server.harness.v1.readiness.traffic import Observation
from mock_server.rules.moments import parse_rfc3339
from mock_server.v1.domain.schedules import Milestone, schedule_of
from mock_server.v1.domain.vocabulary import COURSES


def _other_course(seen: Observation, known: Knowledge) -> bool:
    kind = known.participant(seen.subject).get("participant_type")
    return kind in COURSES and seen.attributes.get("course_identifier") in set(COURSES.values()) - {COURSES[kind]}


def _removed(seen: Observation, known: Knowledge) -> bool:
    return known.participant(seen.subject).get("status") == "withdrawn"


def _withdrawn(seen: Observation, known: Knowledge) -> bool:
    return known.participant(seen.subject).get("training_status") == "withdrawn"


def _always(_seen: Observation, _known: Knowledge) -> bool:
    return True


def _deferred(seen: Observation, known: Knowledge) -> bool:
    return known.participant(seen.subject).get("training_status") == "deferred"


def _active(seen: Observation, known: Knowledge) -> bool:
    return known.participant(seen.subject).get("training_status") == "active"


def _declared(seen: Observation, known: Knowledge) -> bool:
    return slot_of(seen.attributes) in known.live


def _void_already(seen: Observation, known: Knowledge) -> bool:
    state = known.declarations.get(seen.subject, {}).get("state")
    return state in ("voided", "awaiting-clawback", "clawed-back")


def _milestone(seen: Observation, known: Knowledge) -> Milestone | None:
    facts = known.participant(seen.subject)
    schedule = schedule_of(str(facts.get("cohort")), str(facts.get("schedule_identifier")))
    return schedule.milestones.get(str(seen.attributes.get("declaration_type"))) if schedule else None


def _not_open_yet(seen: Observation, known: Knowledge) -> bool:
    milestone, date = _milestone(seen, known), parse_rfc3339(str(seen.attributes.get("declaration_date")))
    return milestone is not None and date is not None and date < milestone.opens


def _closed(seen: Observation, known: Knowledge) -> bool:
    return _milestone(seen, known) is not None and not _not_open_yet(seen, known)


TABLE: Final = (
    Foretold("a course of the other participant type", frozenset({"course-enrolled"}), _other_course),
    Foretold("a participant whom the school had removed", frozenset({"participant-enrolled"}), _removed),
    Foretold(
        "a participant whom you had withdrawn",
        frozenset(
            {
                "declaration-before-withdrawal",
                "defer-not-withdrawn",
                "resume-not-withdrawn",
                "withdraw-not-withdrawn",
                "schedule-not-withdrawn",
            }
        ),
        _withdrawn,
    ),
    Foretold("a date still to come", frozenset({"declaration-date-not-future"}), _always),
    Foretold("a milestone that had not opened", frozenset({"declaration-date-in-milestone"}), _not_open_yet, 2),
    Foretold("a milestone that had closed", frozenset({"declaration-date-in-milestone"}), _closed, 3),
    Foretold("something declared already", frozenset({"declaration-slot-free"}), _declared, 2),
    Foretold("a deferral of somebody deferred", frozenset({"defer-not-deferred"}), _deferred, 2),
    Foretold("a resumption of somebody active", frozenset({"resume-not-active"}), _active, 2),
    Foretold("a void declaration", frozenset({"declaration-voidable"}), _void_already, 2),
)

MEASURE: Final = (
    "One refusal may be a trial. After it, none is about the wrong course, a removed or withdrawn participant, or a "
    "date to come. None of the other kinds comes twice (after the end of a milestone: three times)"
)


# The requirement that the client looks at what it knows before it writes.
no_foretold_refusals: Final = nothing_foretold(TABLE, Knowledge)
