"""The service once more, as plainly as it can be written: no orders, no indexes, no caches, a scan for everything.

Written from the rules and not from the code; the properties hold the one against the other. Outcomes are
("done", id), ("refused", titles in order), ("forbidden",) for a move without an arrow, and ("unknown",).
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from tests.v1.domain.published import FAMILIES, OPEN_STARTS, STATEMENTS, TERMS, TYPES, WINDOWS

Outcome = tuple[Any, ...]

LIVE: Final = ("submitted", "eligible", "payable", "paid")
ARROWS: Final = {
    ("submitted", "eligible"),
    ("submitted", "ineligible"),
    ("submitted", "voided"),
    ("eligible", "payable"),
    ("eligible", "voided"),
    ("ineligible", "voided"),
    ("payable", "paid"),
    ("payable", "voided"),
    ("paid", "awaiting-clawback"),
    ("awaiting-clawback", "clawed-back"),
}
COURSE: Final = {"ect": "ecf-induction", "mentor": "ecf-mentor"}
DEFER_REASONS: Final = ("bereavement", "long-term-sickness", "parental-leave", "career-break", "other")
WITHDRAW_REASONS: Final = (
    "left-teaching-profession",
    "moved-school",
    "mentor-no-longer-being-mentor",
    "school-left-fip",
    "started-in-error",
    "other",
)
EVIDENCE: Final = ("training-event-attended", "self-study-material-completed", "other")


@dataclass
class Person:
    """As far as anything depends on it."""

    trn: str | None
    validated: bool | None
    eligible: bool | None


@dataclass
class Enrolment:
    person: Person
    school_urn: str
    mentor_id: str | None
    schedule: str
    status: str
    training: str
    removed: bool
    withdrawn_at: datetime | None


@dataclass
class Participant:
    id: str
    kind: str
    cohort: str
    created_at: datetime
    updated_at: datetime
    added: int
    changed: int
    current: str
    enrolments: dict[str, Enrolment] = field(default_factory=dict)

    def enrolment(self, provider: str) -> Enrolment:
        """This provider's, or for want of one the current provider's."""
        return self.enrolments.get(provider) or self.enrolments[self.current]


@dataclass
class Declaration:
    id: str
    participant: str
    provider: str
    type: str
    dated: datetime
    state: str
    created_at: datetime
    updated_at: datetime
    added: int
    changed: int
    statement: tuple[date, date] | None = None


def end_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC) + timedelta(days=1)


def window(cohort: str, schedule: str, type: str) -> tuple[datetime, datetime | None] | None:
    """The first moment that the milestone accepts and the first that is too late; None: no such milestone."""
    _, family, term = [*schedule.split("-"), "", ""][:3]
    if type not in TYPES or family not in FAMILIES or term not in TERMS:
        return None
    for row in WINDOWS:
        if (str(row.cohort), row.schedule, row.declaration_type) == (cohort, schedule, type):
            return end_of(row.start) - timedelta(days=1), end_of(row.milestone_date)
    month, day, years = OPEN_STARTS[term]
    return datetime(int(cohort) + years, month, day, tzinfo=UTC), None


def next_statement(cohort: str, today: date) -> tuple[date, date]:
    """Deadline and payment date of the next one whose deadline isn't past."""
    listed = STATEMENTS[int(cohort)]
    further = [
        (date(year, month, day), date(year, month + 1, 25))
        for year in range(2023, 2060)
        for month, day in ((1, 31), (4, 30), (9, 30))
        if date(year, month, day) > listed[-1][0]
    ]
    return next(each for each in listed + further if each[0] >= today)


class Naive:
    def __init__(self, clock: datetime) -> None:
        self.clock = clock
        self.participants: dict[str, Participant] = {}
        self.declarations: dict[str, Declaration] = {}
        self._counter = 0

    # -- what schools and the department do ------------------------------------------------------

    def add(self, id: str, given: dict[str, Any], now: datetime) -> None:
        count = self._count()
        participant = Participant(id, given["kind"], given["cohort"], now, now, count, count, given["provider"])
        participant.enrolments[given["provider"]] = Enrolment(
            Person(given["trn"], given["validated"], given["eligible"]),
            given["school_urn"],
            given["mentor_id"],
            given["schedule"],
            given["status"],
            given["training_status"],
            given["status"] == "withdrawn",
            now if given["training_status"] == "withdrawn" else None,
        )
        self.participants[id] = participant

    def register(self, id: str, trn: str, validated: bool, eligible: bool | None, now: datetime) -> Outcome:
        participant = self.participants.get(id)
        if participant is None:
            return ("unknown",)
        enrolment = participant.enrolments[participant.current]
        confirmed = eligible is True and enrolment.person.eligible is not True
        enrolment.person = Person(trn, validated, eligible)
        self._touch(participant, now)
        for declaration in self.declarations.values():
            if confirmed and declaration.participant == id and declaration.state == "submitted":
                self._enter(declaration, "eligible", now)
        return "done", id

    def set_school_status(self, id: str, status: str, now: datetime) -> Outcome:
        participant = self.participants.get(id)
        if participant is None:
            return ("unknown",)
        enrolment = participant.enrolments[participant.current]
        enrolment.status, enrolment.removed = status, status == "withdrawn"
        self._touch(participant, now)
        return "done", id

    def transfer(self, id: str, provider: str, school_urn: str, now: datetime) -> Outcome:
        participant = self.participants.get(id)
        if participant is None:
            return ("unknown",)
        before = participant.enrolments[participant.current]
        if provider != participant.current and school_urn == before.school_urn:
            before.status = "withdrawn"
        participant.enrolments[provider] = Enrolment(
            before.person, school_urn, None, before.schedule, "active", "active", removed=False, withdrawn_at=None
        )
        participant.current = provider
        self._touch(participant, now)
        return "done", id

    def set_state(self, id: str, state: str, now: datetime) -> Outcome:
        declaration = self.declarations.get(id)
        if declaration is None:
            return ("unknown",)
        if (declaration.state, state) not in ARROWS:
            return ("forbidden",)
        self._enter(declaration, state, now)
        return "done", id

    def follow_clock(self, clock: datetime) -> None:
        """Every payment run that is due, the earliest first."""
        self.clock = clock
        while True:
            due = [
                (moment, declaration.changed, declaration, state)
                for declaration in self.declarations.values()
                if declaration.statement
                for of, state, moment in (
                    ("eligible", "payable", end_of(declaration.statement[0])),
                    ("payable", "paid", end_of(declaration.statement[1])),
                    ("awaiting-clawback", "clawed-back", end_of(declaration.statement[1])),
                )
                if declaration.state == of and moment <= clock
            ]
            if not due:
                return
            moment, _, declaration, state = min(due, key=lambda each: each[:2])
            self._enter(declaration, state, moment)

    # -- what providers do -----------------------------------------------------------------------

    def _common(self, provider: str, id: str, course: str | None) -> tuple[Participant | None, Enrolment | None, bool]:
        """The participant if the id is known; the enrolment if id and course match; whether it is this provider's."""
        participant = self.participants.get(id)
        if participant is None:
            return None, None, False
        enrolment = participant.enrolment(provider)
        found = COURSE[participant.kind] == course and not enrolment.removed
        return participant, enrolment if found else None, found and provider in participant.enrolments

    def act(self, action: str, provider: str, id: str, given: dict[str, Any], now: datetime) -> Outcome:
        """defer, resume, withdraw."""
        participant, enrolment, own = self._common(provider, id, given.get("course_identifier"))
        training = enrolment.training if enrolment and own else None
        refused = [] if own else ["participant_id"]
        if action == "defer" and given.get("reason") not in DEFER_REASONS:
            refused.append("reason")
        if action == "withdraw" and enrolment and given.get("reason") not in WITHDRAW_REASONS:
            refused.append("reason")
        if enrolment is None:
            refused.append("course_identifier")
        forbidden = {
            "defer": ("deferred", "withdrawn"),
            "resume": ("active", "withdrawn"),
            "withdraw": ("withdrawn",),
        }
        if training in forbidden[action]:
            refused.append("participant_profile")
        if refused:
            return "refused", refused
        assert participant is not None
        assert enrolment is not None
        enrolment.training = {"defer": "deferred", "resume": "active", "withdraw": "withdrawn"}[action]
        enrolment.withdrawn_at = now if action == "withdraw" else None
        self._touch(participant, now)
        return "done", id

    def change_schedule(self, provider: str, id: str, given: dict[str, Any], now: datetime) -> Outcome:
        course, wanted = given.get("course_identifier"), given.get("schedule_identifier")
        participant, enrolment, own = self._common(provider, id, course)
        refused = [] if enrolment else ["course_identifier"]
        if not own:
            refused.append("participant_id")
        if wanted is None:
            refused.append("schedule_identifier")
        if enrolment and own and enrolment.training == "withdrawn":
            refused.append("participant_id")
        if participant and enrolment and wanted:
            for declaration in self.declarations.values():
                if declaration.participant == id and declaration.state in LIVE:
                    accepts = window(participant.cohort, wanted, declaration.type)
                    if accepts is None:
                        continue
                    first, too_late = accepts
                    if declaration.dated <= first or (too_late and declaration.dated >= too_late):
                        refused.append("schedule_identifier")
        if enrolment and enrolment.schedule == wanted:
            refused.append("schedule_identifier")
        if wanted and (course not in COURSE.values() or ("replacement" in wanted and course != "ecf-mentor")):
            refused.append("schedule_identifier")
        this_year = now.year if now.month >= 9 else now.year - 1
        if participant and given.get("cohort", str(this_year)) != participant.cohort:
            refused.append("cohort")
        if not refused and participant and window(participant.cohort, wanted or "", "started") is None:
            refused.append("Invalid action")
        if refused:
            return "refused", list(dict.fromkeys(refused))
        assert participant is not None
        assert enrolment is not None
        enrolment.schedule = wanted or ""
        self._touch(participant, now)
        return "done", id

    def declare(
        self, provider: str, id: str, given: dict[str, Any], now: datetime, *, refuse_copies: bool, new_id: str | None
    ) -> Outcome:
        """`new_id` is what the service called the new declaration, where it made one."""
        type, text = given.get("declaration_type"), given.get("declaration_date")
        participant, enrolment, own = self._common(provider, id, given.get("course_identifier"))
        moment = _moment(text)
        refused = []
        if text is None:
            refused.append("declaration_date")
        if type is None:
            refused.append("declaration_type")
        if (moment and moment > now) or (text and not moment):
            refused.append("declaration_date")
        accepts = window(participant.cohort, enrolment.schedule, type or "") if participant and enrolment else None
        if moment and accepts and (moment < accepts[0] or (accepts[1] and moment >= accepts[1])):
            refused.append("declaration_date")
        if enrolment and own and enrolment.withdrawn_at and moment and moment >= enrolment.withdrawn_at:
            refused.append("participant_id")
        if not own:
            refused.append("participant_id")
        if enrolment is None:
            refused.append("course_identifier")
        if enrolment and type not in (None, "started") and given.get("evidence_held") not in EVIDENCE:
            refused.append("evidence_held")
        if enrolment and type is not None and accepts is None:
            refused.append("declaration_type")
        holder = self._live(id, type) if enrolment else None
        if holder:
            if not refused and not refuse_copies and (holder.provider, holder.dated) == (provider, moment):
                return "done", holder.id
            refused.append("base")
        if refused:
            return "refused", list(dict.fromkeys(refused))
        assert participant is not None
        assert new_id is not None, "the service made no declaration where it should have"
        assert type is not None
        assert moment is not None
        person = participant.enrolments[participant.current].person
        twins = [
            other.id
            for other in self.participants.values()
            if other is not participant
            and other.kind == participant.kind
            and person.validated
            and other.enrolments[other.current].person.validated
            and other.enrolments[other.current].person.trn == person.trn
        ]
        state = "eligible" if person.eligible else "submitted"
        if any(self._live(twin, type) for twin in twins):
            state = "ineligible"
        count = self._count()
        declaration = Declaration(new_id, id, provider, type, moment, state, now, now, count, count)
        self.declarations[new_id] = declaration
        self._attach(declaration, now)
        return "done", new_id

    def void(self, provider: str, id: str, now: datetime) -> Outcome:
        declaration = self.declarations.get(id)
        if declaration is None or declaration.provider != provider:
            return ("unknown",)
        state = "awaiting-clawback" if declaration.state == "paid" else "voided"
        if (declaration.state, state) not in ARROWS:
            return "refused", ["Invalid action"]
        self._enter(declaration, state, now)
        return "done", id

    # -- reading ---------------------------------------------------------------------------------

    def list_participants(
        self, provider: str, cohorts: frozenset[str] | None, since: datetime | None
    ) -> list[Participant]:
        mine = [
            each
            for each in self.participants.values()
            if provider in each.enrolments
            and (cohorts is None or each.cohort in cohorts)
            and (since is None or each.updated_at >= since)
        ]
        if since is None:
            return sorted(mine, key=lambda each: (each.created_at, each.added))
        return sorted(mine, key=lambda each: (each.updated_at, each.changed))

    def list_declarations(self, provider: str, participant: str | None, since: datetime | None) -> list[Declaration]:
        def visible(each: Declaration) -> bool:
            whose = self.participants[each.participant]
            return each.provider == provider or (
                whose.current == provider and whose.enrolments[provider].status == "active" and each.state in LIVE
            )

        mine = [
            each
            for each in self.declarations.values()
            if visible(each) and participant in (None, each.participant) and (since is None or each.updated_at > since)
        ]
        return sorted(mine, key=lambda each: (each.created_at, each.added))

    # -- in step ---------------------------------------------------------------------------------

    def _count(self) -> int:
        self._counter += 1
        return self._counter

    def _touch(self, participant: Participant, now: datetime) -> None:
        participant.updated_at, participant.changed = now, self._count()

    def _live(self, participant: str, type: str | None) -> Declaration | None:
        for each in self.declarations.values():
            if (each.participant, each.type) == (participant, type) and each.state in LIVE:
                return each
        return None

    def _enter(self, declaration: Declaration, state: str, now: datetime) -> None:
        assert (declaration.state, state) in ARROWS
        declaration.state = state
        declaration.updated_at, declaration.changed = now, self._count()
        self._attach(declaration, now)

    def _attach(self, declaration: Declaration, now: datetime) -> None:
        if declaration.state in ("eligible", "awaiting-clawback"):
            cohort = self.participants[declaration.participant].cohort
            declaration.statement = next_statement(cohort, max(now, self.clock).date())


def _moment(text: str | None) -> datetime | None:
    """Of the one form that the properties use; anything else is malformed."""
    try:
        return datetime.strptime(text or "", "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
