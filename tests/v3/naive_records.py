"""What the naive model keeps, and how it looks at it: lists, and a scan for everything."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
DAY: Final = timedelta(days=1)
ROLES: Final = {"ecf-induction": "ect", "ecf-mentor": "mentor"}
COURSE: Final = {"ect": "ecf-induction", "mentor": "ecf-mentor"}
COHORTS: Final = ("2021", "2022", "2023", "2024", "2025", "2026")
LIVE: Final = ("submitted", "eligible", "payable", "paid")


def day_of(moment: datetime) -> date:
    return moment.astimezone(LONDON).date()


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


def day_in(start: date, end: date | None, day: date) -> bool:
    """Both ends included."""
    return start <= day and (end is None or day <= end)


def least(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)


@dataclass(eq=False)
class Partnership:
    id: str
    provider: str
    school: str
    cohort: str
    partner: str
    created: datetime
    updated: datetime


@dataclass(eq=False)
class Training:
    stay: "Stay"
    start: date
    end: date | None
    provider: str | None
    cohort: str | None
    partnership: Partnership | None
    schedule: str | None
    created: datetime
    moved: datetime
    deferral: tuple[datetime, str] | None = None
    withdrawal: tuple[datetime, str] | None = None

    @property
    def status(self) -> str:
        if self.withdrawal and (not self.deferral or self.withdrawal[0] >= self.deferral[0]):
            return "withdrawn"
        return "deferred" if self.deferral else "active"


@dataclass(eq=False)
class Stay:
    person: "Person"
    role: str
    school: str
    start: date
    end: date | None
    email: str
    pattern: str | None
    created: datetime
    trainings: list[Training] = field(default_factory=list)


@dataclass(eq=False)
class Mentorship:
    ect: Stay
    mentor: Stay
    start: date
    end: date | None


@dataclass(eq=False)
class Person:
    id: str
    name: str
    trn: str
    created: datetime
    updated: datetime
    unfunded_updated: datetime
    # The day from which on each role is eligible.
    eligible: dict[str, date] = field(default_factory=dict)
    funding_end: date | None = None
    funding_reason: str | None = None
    frozen: dict[str, str] = field(default_factory=dict)
    stays: list[Stay] = field(default_factory=list)
    # Start, end, outcome.
    inductions: list[tuple[date, date | None, str | None]] = field(default_factory=list)


@dataclass(eq=False)
class Statement:
    id: str
    provider: str
    cohort: str
    deadline: date
    payment: date
    output: bool
    status: str
    updated: datetime


@dataclass(eq=False)
class Declaration:
    id: str
    training: Training
    person: Person
    role: str
    provider: str
    type: str
    dated: datetime
    evidence: str | None
    payment: str
    clawback: str | None
    uplifted: bool
    partner: str
    mentorship: Mentorship | None
    statement: Statement | None
    clawback_statement: Statement | None
    created: datetime
    updated: datetime

    @property
    def state(self) -> str:
        return self.clawback or self.payment


class Records:
    """`statements` and `works_with` are what the service has to begin with; the model takes them over."""

    def __init__(
        self, clock: datetime, statements: list[Statement], works_with: set[tuple[str, str, str]], partners: set[str]
    ) -> None:
        self.clock = clock
        self.statements = statements
        # Delivery partner, provider, cohort.
        self.works_with = works_with
        self.partners = partners
        self.providers = ("alder", "birch", "cedar")
        self.frozen: dict[str, datetime] = {}
        # Schools by URN: their ids, and the uplift of each cohort.
        self.schools: dict[str, str] = {}
        self.uplifts: dict[tuple[str, str], bool] = {}
        self.people: dict[str, Person] = {}
        self.partnerships: dict[str, Partnership] = {}
        self.mentorships: list[Mentorship] = []
        self.declarations: dict[str, Declaration] = {}
        # By school and cohort, when the school's record was updated.
        self.schools_updated: dict[tuple[str, str], datetime] = {}
        self.seen: dict[object, object] = {}

    # -- looking ---------------------------------------------------------------------------------

    def trainings(self, person: Person, role: str) -> list[Training]:
        found = [training for stay in person.stays if stay.role == role for training in stay.trainings]
        return sorted(found, key=lambda training: training.start)

    def latest(self, provider: str, person: Person, role: str | None) -> Training | None:
        mine = [
            training
            for training in self.trainings(person, role or "")
            if training.partnership and training.partnership.provider == provider
        ]
        return mine[-1] if mine else None

    def sees(self, provider: str, person: Person) -> bool:
        return any(self.latest(provider, person, role) for role in COURSE)

    def declared(self, training: Training) -> list[Declaration]:
        return [each for each in self.declarations.values() if each.training is training]

    def blocking(self, person: Person, role: str) -> list[Declaration]:
        return [
            each
            for each in self.declarations.values()
            if each.person is person and each.role == role and each.payment in LIVE and each.clawback is None
        ]

    def choice(self, school: str, cohort: str) -> str:
        """induction_programme_choice."""
        stays = [stay for person in self.people.values() for stay in person.stays if stay.school == school]
        if any(each.cohort == cohort for stay in stays if stay.role == "mentor" for each in stay.trainings):
            return "provider_led"
        first, last = date(int(cohort), 6, 1), date(int(cohort) + 1, 5, 31)
        concerned = [
            stay
            for stay in stays
            if stay.role == "ect"
            and any(
                each.cohort == cohort or (each.provider is None and first <= each.start <= last)
                for each in stay.trainings
            )
        ]
        if any(each.provider for stay in concerned for each in stay.trainings):
            return "provider_led"
        return "school_led" if concerned else "not_yet_known"

    def is_frozen(self, cohort: str | None, now: datetime) -> bool:
        return cohort in self.frozen and self.frozen[cohort] <= now

    def status(self, training: Training, today: date) -> str:
        """participant_status."""
        person, end = training.stay.person, training.end
        later = end is not None and end > today
        if training.deferral or training.withdrawal:
            return "leaving" if later else "left"
        done = self.induction_end(person) if training.stay.role == "ect" else person.funding_end
        if done and (end is None or done <= end):
            return "active"
        if end:
            return "leaving" if later else "left"
        return "joining" if training.start > today else "active"

    def induction_end(self, person: Person) -> date | None:
        return next((end for _, end, outcome in person.inductions if outcome), None)

    def next_statement(self, provider: str, cohort: str, today: date, *, only_open: bool) -> Statement | None:
        found = [
            each
            for each in self.statements
            if (each.provider, each.cohort, each.output) == (provider, cohort, True)
            and each.deadline >= today
            and (each.status == "open" or not only_open)
        ]
        return min(found, key=lambda each: each.deadline, default=None)

    def mentorship(self, provider: str, person: Person, today: date) -> Mentorship | None:
        """The one whose mentor the provider sees: ongoing, or failing that the next to begin."""
        latest = self.latest(provider, person, "ect")
        if latest is None:
            return None
        coming = [
            each
            for each in self.mentorships
            if each.ect is latest.stay and (each.start > today or day_in(each.start, each.end, today))
        ]
        return min(coming, key=lambda each: each.start, default=None)

    def unfunded(self, provider: str, today: date) -> list[Person]:
        found = (self.mentorship(provider, person, today) for person in self.people.values())
        mentors = {each.mentor.person.id: each.mentor.person for each in found if each}
        return [mentor for mentor in mentors.values() if not self.sees(provider, mentor)]

    def visible_declarations(self, provider: str) -> list[Declaration]:
        def visible(each: Declaration) -> bool:
            latest = self.latest(provider, each.person, each.role)
            return each.provider == provider or (
                latest is not None
                and each.state in LIVE
                and (latest.end is None or each.dated <= datetime.combine(latest.end, time.min, UTC))
            )

        return [each for each in self.declarations.values() if visible(each)]

    # -- trainings -------------------------------------------------------------------------------

    def end_training(self, training: Training, day: date, now: datetime) -> None:
        """On the day, unless it ends earlier."""
        end = least(training.end, day)
        if end != training.end:
            training.end, training.moved = end, now

    def go_on(self, training: Training, start: date, end: date | None, now: datetime) -> Training:
        """A new training period like this one."""
        new = Training(
            training.stay,
            start,
            end,
            training.provider,
            training.cohort,
            training.partnership,
            training.schedule,
            now,
            now,
        )
        training.stay.trainings.append(new)
        return new
