"""The service once more, as plainly as it can be written: no orders, no indexes, no caches, a scan for everything.

Written from the rules and not from the code; the properties hold the one against the other. Outcomes are
("done", id), ("refused", titles in order), ("forbidden",) for a move without an arrow, and ("unknown",).
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from tests.v1.domain.published import FAMILIES, FURTHER_DEADLINES, OPEN_STARTS, STATEMENTS, TERMS, TYPES, WINDOWS

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
    """`seen` is false for a provider whose school has changed to another one."""

    email: str | None
    school_urn: str
    mentor_id: str | None
    status: str
    training: str
    withdrawn_at: datetime | None
    seen: bool = True


@dataclass
class Participant:
    id: str
    kind: str
    cohort: str
    name: str
    person: Person
    schedule: str
    created_at: datetime
    updated_at: datetime
    added: int
    changed: int
    current: str
    enrolments: dict[str, Enrolment] = field(default_factory=dict)

    @property
    def now(self) -> Enrolment:
        return self.enrolments[self.current]


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
        (date(year, month, day), (date(year, month, day) + timedelta(days=25)).replace(day=25))
        for year in range(2023, 2060)
        for month, day in FURTHER_DEADLINES
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
        person, whole = Person(given["trn"], given["validated"], given["eligible"]), now.replace(microsecond=0)
        participant = Participant(
            *(id, given["kind"], given["cohort"], "Ada Example", person, given["schedule"], whole, whole),
            *(count, count, given["provider"]),
        )
        participant.enrolments[given["provider"]] = Enrolment(
            "ada@example.org",
            given["school_urn"],
            given["mentor_id"],
            given["status"],
            given["training_status"],
            whole if given["training_status"] == "withdrawn" else None,
        )
        self.participants[id] = participant

    def register(self, id: str, trn: str, validated: bool, eligible: bool | None, now: datetime) -> Outcome:
        participant = self.participants.get(id)
        if participant is None:
            return ("unknown",)
        confirmed = eligible is True and participant.person.eligible is not True
        participant.person = Person(trn, validated, eligible)
        self._touch(participant, now)
        for declaration in self.declarations.values():
            if confirmed and declaration.participant == id and declaration.state == "submitted":
                self._enter(declaration, "eligible", now)
        return "done", id

    def set_school_status(self, id: str, status: str, now: datetime) -> Outcome:
        participant = self.participants.get(id)
        if participant is None:
            return ("unknown",)
        participant.now.status = status
        self._touch(participant, now)
        if status == "withdrawn":
            self._leave(participant, now)
        return "done", id

    def correct(self, id: str, name: str, email: str | None, now: datetime) -> Outcome:
        participant = self.participants.get(id)
        if participant is None:
            return ("unknown",)
        participant.name, participant.now.email = name, email
        self._touch(participant, now)
        return "done", id

    def set_mentor(self, id: str, mentor_id: str | None, now: datetime) -> Outcome:
        participant = self.participants.get(id)
        if participant is None:
            return ("unknown",)
        participant.now.mentor_id = mentor_id
        self._touch(participant, now)
        return "done", id

    def amend_cohort(self, id: str, cohort: str, schedule: str | None, now: datetime) -> Outcome:
        participant = self.participants.get(id)
        if participant is None:
            return ("unknown",)
        participant.cohort, participant.schedule = cohort, schedule or participant.schedule
        self._touch(participant, now)
        return "done", id

    def _leave(self, mentor: Participant, now: datetime) -> None:
        """The school has removed them, or they have moved: nobody's mentor any more."""
        for each in self.participants.values():
            if each.now.mentor_id == mentor.id:
                each.now.mentor_id = None
                self._touch(each, now)

    def transfer(self, id: str, provider: str, school_urn: str, now: datetime) -> Outcome:
        participant = self.participants.get(id)
        if participant is None:
            return ("unknown",)
        before = participant.now
        if school_urn != before.school_urn:
            participant.enrolments[provider] = Enrolment(before.email, school_urn, None, "active", "active", None)
        elif provider != participant.current:
            before.seen = False
            participant.enrolments[provider] = replace(before, withdrawn_at=None, seen=True)
        participant.current = provider
        self._touch(participant, now)
        if school_urn != before.school_urn:
            self._leave(participant, now)
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

    def _common(self, provider: str, id: str, course: str | None) -> tuple[Participant | None, Enrolment | None]:
        """The participant if id and course match and the school hasn't removed them; this provider's enrolment."""
        participant = self.participants.get(id)
        if participant is None or COURSE[participant.kind] != course or participant.now.status == "withdrawn":
            return None, None
        return participant, participant.enrolments.get(provider)

    def act(self, action: str, provider: str, id: str, given: dict[str, Any], now: datetime) -> Outcome:
        """defer, resume, withdraw."""
        participant, enrolment = self._common(provider, id, given.get("course_identifier"))
        training = enrolment.training if enrolment else None
        refused = [] if enrolment else ["participant_id"]
        if action == "defer" and given.get("reason") not in DEFER_REASONS:
            refused.append("reason")
        if action == "withdraw" and participant and given.get("reason") not in WITHDRAW_REASONS:
            refused.append("reason")
        if participant is None:
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
        enrolment.withdrawn_at = now.replace(microsecond=0) if action == "withdraw" else None
        self._touch(participant, now)
        return "done", id

    def change_schedule(self, provider: str, id: str, given: dict[str, Any], now: datetime) -> Outcome:
        course, wanted = given.get("course_identifier"), given.get("schedule_identifier")
        participant, enrolment = self._common(provider, id, course)
        this_year = now.year if now.month >= 9 else now.year - 1
        cohort = given.get("cohort", str(this_year))
        exists = wanted is not None and window(cohort, wanted, "started") is not None
        refused = [] if participant else ["course_identifier"]
        if enrolment is None:
            refused.append("participant_id")
        if wanted is None:
            refused.append("schedule_identifier")
        if enrolment and enrolment.training == "withdrawn":
            refused.append("participant_id")
        if participant and wanted and exists:
            for declaration in self.declarations.values():
                if declaration.participant == id and declaration.state in LIVE:
                    accepts = window(cohort, wanted, declaration.type)
                    assert accepts is not None
                    first, too_late = accepts
                    if declaration.dated <= first or (too_late and declaration.dated >= too_late):
                        refused.append("schedule_identifier")
        if participant and (participant.schedule, participant.cohort) == (wanted, cohort):
            refused.append("schedule_identifier")
        if exists and (course not in COURSE.values() or ("replacement" in (wanted or "") and course != "ecf-mentor")):
            refused.append("schedule_identifier")
        if participant and enrolment and cohort != participant.cohort:
            refused.append("cohort")
        if not refused and not exists:
            refused.append("Invalid action")
        if refused:
            return "refused", list(dict.fromkeys(refused))
        assert participant is not None
        assert enrolment is not None
        participant.schedule = wanted or ""
        self._touch(participant, now)
        return "done", id

    def declare(
        self, provider: str, id: str, given: dict[str, Any], now: datetime, *, refuse_copies: bool, new_id: str | None
    ) -> Outcome:
        """`new_id` is what the service called the new declaration, where it made one."""
        type, text = given.get("declaration_type"), given.get("declaration_date")
        participant, enrolment = self._common(provider, id, given.get("course_identifier"))
        moment = _moment(text)
        refused = []
        if text is None:
            refused.append("declaration_date")
        if type is None:
            refused.append("declaration_type")
        if (moment and moment > now) or (text and not moment):
            refused.append("declaration_date")
        accepts = window(participant.cohort, participant.schedule, type or "") if participant else None
        if moment and accepts and (moment < accepts[0] or (accepts[1] and moment >= accepts[1])):
            refused.append("declaration_date")
        if enrolment and enrolment.withdrawn_at and moment and moment >= enrolment.withdrawn_at:
            refused.append("participant_id")
        if enrolment is None:
            refused.append("participant_id")
        if participant is None:
            refused.append("course_identifier")
        if participant and type not in (None, "started") and given.get("evidence_held") not in EVIDENCE:
            refused.append("evidence_held")
        if participant and type is not None and accepts is None:
            refused.append("declaration_type")
        holder = self._live(id, type) if participant else None
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
        person = participant.person
        twins = [
            other.id
            for other in self.participants.values()
            if other is not participant
            and other.kind == participant.kind
            and person.validated
            and other.person.validated
            and other.person.trn == person.trn
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
            and each.enrolments[provider].seen
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
                whose.current == provider and whose.now.status == "active" and each.state in LIVE
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
        participant.updated_at, participant.changed = now.replace(microsecond=0), self._count()

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
