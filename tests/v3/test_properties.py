"""What must hold whatever happens: random acts in a world of v3 and in a naive model of the service.

After each act both must have answered the same and show the same. `--hypothesis-profile=deep` tries far more.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from mock_server.v3.domain.calendar import london_day
from tests.v3.acts import Acts, Outcome
from tests.v3.comparing import PROVIDERS, compare
from tests.v3.domain.plain import plain
from tests.v3.naive import DEFER_REASONS, WITHDRAW_REASONS, Naive
from tests.v3.naive_records import COURSE, Person, Statement, Stay, Training, start_of
from tests.v3.naive_sheet import EVIDENCE, FAMILIES, TERMS, TYPES, milestone

START: Final = datetime(2025, 9, 15, 9, tzinfo=UTC)
URNS: Final = ("100001", "100002", "100003")
SCHEDULES: Final = [f"ecf-{family}-{term}" for family in FAMILIES for term in TERMS]
UNKNOWN: Final = "00000000-0000-4000-8000-000000000000"

provider = st.sampled_from(PROVIDERS)
urn = st.sampled_from(URNS)
cohort = st.sampled_from(("2024", "2025", "2025"))
role = st.sampled_from(("ect", "mentor"))


def mostly(likely: Any, *others: Any) -> st.SearchStrategy[Any]:
    """`likely` in two cases of three."""
    return st.just(likely) | st.just(likely) | st.sampled_from(others)


def rarely(*others: Any) -> st.SearchStrategy[Any]:
    """One of `others` in one case of eight, else None."""
    return st.integers(0, 7).flatmap(lambda number: st.none() if number else st.sampled_from(others))


def spoilt(**values: Any) -> st.SearchStrategy[dict[str, Any]]:
    """What to change in a fitting body: nothing in three cases of four, or any of these; None leaves it out."""
    nothing: st.SearchStrategy[dict[str, Any]] = st.just({})
    some = {name: st.sampled_from(each) for name, each in values.items()}
    return nothing | nothing | nothing | st.fixed_dictionaries({}, optional=some)


def body(fitting: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**fitting, **changes}.items() if value is not None}


anyone = rarely(*PROVIDERS)
newcomer = st.fixed_dictionaries(
    {
        "role": role,
        "provider": mostly("alder", "alder", "birch", None),
        "school": st.sampled_from(URNS),
        "cohort": cohort,
        "schedule": mostly("ecf-standard-september", *SCHEDULES),
        "ago": st.sampled_from((0, 1, 14, 100)) | st.integers(0, 400),
        "inducted": st.booleans(),
        "declared": st.sampled_from(((), ("started",), ("started", "completed"))),
    }
)
courses = ("ecf-induction", "ecf-mentor", "ecf", None)


class Service(RuleBasedStateMachine):
    people = Bundle("people")
    partnerships = Bundle("partnerships")
    declarations = Bundle("declarations")
    several = st.lists(people, min_size=1, max_size=3, unique=True)

    def __init__(self) -> None:
        super().__init__()
        self.acts = Acts(START)
        world = self.acts.world
        self.now = START
        self.model = Naive(
            START,
            [
                Statement(
                    each.id,
                    each.provider,
                    each.cohort,
                    each.deadline_date,
                    each.payment_date,
                    each.fee_type == "output",
                    each.status,
                    START,
                )
                for each in world.statements.values()
            ],
            {
                (partner.id, provider, cohort)
                for partner in world.delivery_partners.values()
                for provider, cohorts in partner.works_with.items()
                for cohort in cohorts
            },
            set(world.delivery_partners),
        )
        self.counter = 0

    # -- giving both the same ----------------------------------------------------------------------

    def ask(self, name: str, *arguments: Any) -> Outcome:
        """A provider's request; one that isn't done makes no change."""
        world = self.acts.world
        before = (world.changes, plain(world.progress))
        outcome: Outcome = getattr(self.acts, name)(*arguments, self.now)
        if outcome[0] != "done":
            assert (world.changes, plain(world.progress)) == before, f"{name} was {outcome} and changed something"
        return outcome

    def both(self, name: str, *arguments: Any) -> Outcome:
        outcome = self.ask(name, *arguments)
        assert getattr(self.model, name)(*arguments, self.now) == outcome
        return outcome

    def both_make(self, name: str, *arguments: Any) -> str | None:
        """The id of the new record, which only the service knows; None where it was refused."""
        outcome = self.ask(name, *arguments)
        new_id: str | None = outcome[1] if outcome[0] == "done" else None
        assert getattr(self.model, name)(*arguments, self.now, new_id) == outcome
        return new_id

    @initialize(
        uplifted=st.sampled_from(((), ("2024",), ("2024", "2025"))),
        interests=st.integers(0, 5),
        newcomers=st.lists(newcomer, min_size=2, max_size=4),
        later=st.sampled_from((0, 1, 20, 60, 250)),
        target=people,
    )
    def begin(self, uplifted: tuple[str, ...], interests: int, newcomers: list[dict[str, Any]], later: int) -> Any:
        """Schools, all of them alder's and one birch's, and people; one time in six only with their interest."""
        self.open_schools(uplifted, partnered=interests > 0)
        made = []
        for facts in newcomers:
            made.append(self.come(facts))
            if facts["inducted"] and facts["role"] == "ect":
                self.induct(made[-1])
            for type in facts["declared"]:
                self.declare(made[-1], facts["role"], None, type, 0, {})
        if later:
            self.pass_time(timedelta(days=later))
        return multiple(*made)

    def open_schools(self, uplifted: tuple[str, ...], *, partnered: bool) -> None:
        for each in URNS:
            id = self.acts.add_school(each, uplifted, self.now)
            self.model.add_school(each, id, uplifted, self.now)
        if partnered:
            for each, provider, cohort in (
                *((each, "alder", cohort) for each in URNS for cohort in ("2024", "2025")),
                (URNS[0], "birch", "2025"),
            ):
                self.partnered(provider, each, cohort, 0)

    # -- schools, the department, the calendar -------------------------------------------------------

    @rule(facts=newcomer, target=people)
    def registered(self, facts: dict[str, Any]) -> str:
        return self.come(facts)

    def come(self, facts: dict[str, Any]) -> str:
        start = self.today - timedelta(days=facts["ago"])
        # A mentor without training would get some with an ECT.
        provider = facts["provider"] or ("alder" if facts["role"] == "mentor" else None)
        return self.register(None, facts["role"], provider, facts["school"], facts["cohort"], facts["schedule"], start)

    def register(
        self, id: str | None, role: str, provider: str | None, school: str, cohort: str, schedule: str, start: date
    ) -> str:
        self.counter += 1
        known = self.model.people.get(id or "")
        facts: dict[str, Any] = {
            "role": role,
            "provider": provider,
            "cohort": cohort,
            "schedule": schedule,
            "school": school,
            "start": start,
            "name": known.name if known else f"Person {self.counter}",
            "trn": known.trn if known else f"{self.counter:07}",
            "email": f"person{self.counter}@school.example",
        }
        made = self.acts.register(id, self.now, **facts)
        self.model.register(made, self.now, **facts)
        return made

    @rule(id=people, provider=provider, school=urn, cohort=cohort)
    def moved(self, id: str, provider: str, school: str, cohort: str) -> None:
        self.move(id, provider, school, cohort)

    def move(self, id: str, provider: str, school: str, cohort: str) -> None:
        """To another school, from today on."""
        stay = self.stay(id, "ect")
        if stay and school != stay.school and stay.start < self.today - timedelta(days=1) and self.plain_end(stay):
            self.register(id, "ect", provider, school, cohort, "ecf-standard-september", self.today)

    @rule(id=people, provider=provider, school=urn, cohort=cohort)
    def became_mentor(self, id: str, provider: str, school: str, cohort: str) -> None:
        if self.stay(id, "mentor") is None:
            self.register(id, "mentor", provider, school, cohort, "ecf-standard-january", self.today)

    @rule(provider=provider, school=urn, cohort=cohort, number=st.integers(0, 1), target=partnerships)
    def department_partnered(self, provider: str, school: str, cohort: str, number: int) -> Any:
        return self.partnered(provider, school, cohort, number)

    def partnered(self, provider: str, school: str, cohort: str, number: int) -> Any:
        partner = self.acts.partners_of(provider)[number].id
        for each in self.model.partnerships.values():
            if (each.provider, each.school, each.cohort, each.partner) == (provider, school, cohort, partner):
                return multiple()
        id = self.acts.add_partnership(provider, school, cohort, partner, self.now)
        self.model.add_partnership(id, provider, school, cohort, partner, self.now)
        return id

    @rule(id=people, role=role, days=st.integers(-3, 40))
    def departed(self, id: str, role: str, days: int) -> None:
        stay, on = self.stay(id, role), self.today + timedelta(days=days)
        if stay and stay.end is None and stay.start < on and self.plain_end(stay):
            self.acts.depart(id, role, on, self.now)
            self.model.depart(stay, on, self.now)

    @rule(id=people)
    def inducted(self, id: str) -> None:
        self.induct(id)

    def induct(self, id: str) -> None:
        person = self.model.people[id]
        if not person.inductions and self.now < datetime(2027, 1, 1, tzinfo=UTC):
            self.acts.start_induction(id, self.today, self.now)
            self.model.start_induction(person, self.now)

    @rule(id=people)
    def passed(self, id: str) -> None:
        self.pass_induction(id)

    def pass_induction(self, id: str) -> None:
        person, stay = self.model.people[id], self.stay(id, "ect")
        if not person.inductions or person.inductions[-1][1] or person.inductions[-1][0] == self.today:
            return
        if stay is None or (stay.start < self.today and self.plain_end(stay)):
            self.acts.pass_induction(id, self.now)
            self.model.pass_induction(person, self.now)

    @rule(id=people, mentor=people)
    def mentored(self, id: str, mentor: str) -> None:
        self.assign_mentor(id, mentor)

    def assign_mentor(self, id: str, mentor: str) -> None:
        stay, mentor_stay = self.stay(id, "ect"), self.stay(mentor, "mentor")
        if (
            id == mentor
            or not stay
            or not mentor_stay
            or stay.end
            or mentor_stay.end
            or stay.school != mentor_stay.school
        ):
            return
        existing = [each for each in self.model.mentorships if each.ect is stay]
        if any(each.start >= self.today or (each.mentor is mentor_stay and each.end is None) for each in existing):
            return
        self.acts.assign_mentor(id, mentor, self.now)
        self.model.assign_mentor(stay, mentor_stay, self.now)

    @rule(id=people, role=role, provider=provider)
    def changed_provider(self, id: str, role: str, provider: str) -> None:
        self.change_provider(id, role, provider)

    def change_provider(self, id: str, role: str, provider: str) -> None:
        """Where the training is plainly one provider's, and goes on."""
        stay = self.stay(id, role)
        if stay is None or stay.end or not stay.trainings:
            return
        last = max(stay.trainings, key=lambda each: each.start)
        free = not self.model.declared(last) or (last.partnership is not None and last.start < self.today)
        if last.provider not in (None, provider) and last.end is None and free and last.cohort not in self.model.frozen:
            self.acts.change_provider(id, role, provider, self.now)
            self.model.change_provider(last, provider, self.now)

    @rule(cohort=rarely("2024", "2025"))
    def frozen(self, cohort: str | None) -> None:
        if cohort is not None and cohort not in self.model.frozen:
            self.acts.freeze(cohort, self.now)
            self.model.freeze(cohort, self.now)

    @rule(days=st.integers(1, 3) | st.integers(1, 90), minutes=st.integers(0, 9))
    def clock_advanced(self, days: int, minutes: int) -> None:
        self.pass_time(timedelta(days=days, minutes=minutes))

    def pass_some_time(self, days: int) -> None:
        self.pass_time(timedelta(days=days))

    def pass_time(self, time: timedelta) -> None:
        if self.now.year < 2029:
            self.now += time
            self.acts.follow_clock(self.now)
            self.model.follow_clock(self.now)

    # -- providers -----------------------------------------------------------------------------------

    @rule(
        provider=provider,
        school=urn,
        cohort=cohort,
        number=st.integers(0, 1),
        changes=spoilt(
            cohort=("2022", "2026", "1999", None), school_id=(UNKNOWN, None), delivery_partner_id=(UNKNOWN, None)
        ),
        anyone=anyone,
        target=partnerships,
    )
    def provider_partnered(
        self, provider: str, school: str, cohort: str, number: int, changes: dict[str, Any], anyone: str | None
    ) -> Any:
        partner = self.acts.partners_of(anyone or provider)[number].id
        fitting = {"cohort": cohort, "school_id": self.model.schools[school], "delivery_partner_id": partner}
        made = self.both_make("create_partnership", provider, body(fitting, changes))
        return multiple(*([made] if made else []))

    @rule(
        id=partnerships,
        anyone=anyone,
        other=anyone,
        number=st.integers(0, 1),
        changes=spoilt(delivery_partner_id=(UNKNOWN, None)),
    )
    def partner_corrected(
        self, id: str, anyone: str | None, other: str | None, number: int, changes: dict[str, Any]
    ) -> None:
        owner = self.model.partnerships[id].provider
        partner = self.acts.partners_of(other or owner)[number].id
        self.both("update_partnership", anyone or owner, id, body({"delivery_partner_id": partner}, changes))

    @rule(
        ids=several,
        role=role,
        action=st.sampled_from(("withdraw", "defer", "resume", "resume")),
        anyone=anyone,
        reason=st.sampled_from((*WITHDRAW_REASONS, *DEFER_REASONS)) | st.just("other"),
        changes=spoilt(reason=("school-left-fip", None), course_identifier=courses),
    )
    def acted(
        self, ids: list[str], role: str, action: str, anyone: str | None, reason: str, changes: dict[str, Any]
    ) -> None:
        for id in ids:
            given = body({"reason": reason, "course_identifier": self.course(id, role)}, changes)
            self.both("act", action, anyone or self.whose(id, role), id, given)

    @rule(
        ids=several,
        role=role,
        anyone=anyone,
        schedule=st.sampled_from(SCHEDULES),
        cohort=mostly(None, "2024", "2025", "1999"),
        changes=spoilt(schedule_identifier=("ecf-summer", None), course_identifier=courses, cohort=("2023",)),
    )
    def rescheduled(
        self, ids: list[str], role: str, anyone: str | None, schedule: str, cohort: str | None, changes: dict[str, Any]
    ) -> None:
        for id in ids:
            fitting = {"schedule_identifier": schedule, "course_identifier": self.course(id, role), "cohort": cohort}
            self.both("act", "change_schedule", anyone or self.whose(id, role), id, body(fitting, changes))

    @rule(
        ids=several,
        role=role,
        anyone=anyone,
        type=mostly("started", "completed", *TYPES),
        ago=st.sampled_from((0, 0, 0, 1, -1)) | st.integers(0, 500),
        changes=spoilt(
            participant_id=(UNKNOWN, None),
            declaration_type=("retained-5", None),
            declaration_date=("2025-11-31T09:00:00Z", "2025-11-20", "yesterday", None),
            course_identifier=courses,
            evidence_held=("other", "one-term-induction", "none", None),
        ),
        target=declarations,
    )
    def declared(
        self, ids: list[str], role: str, anyone: str | None, type: str, ago: int, changes: dict[str, Any]
    ) -> Any:
        made = (self.declare(id, role, anyone, type, ago, changes) for id in ids)
        return multiple(*(id for id in made if id))

    def declare(
        self, id: str, role: str, anyone: str | None, type: str, ago: int, changes: dict[str, Any]
    ) -> str | None:
        """The id of the new declaration, if it was made; dated `ago` days before now or the end of the milestone."""
        course, whose = self.course(id, role), anyone or self.whose(id, role)
        latest = self.model.latest(whose, self.model.people[id], "ect" if course == COURSE["ect"] else "mentor")
        window = milestone(latest.cohort, latest.schedule, type) if latest else None
        ends = start_of(window[1]) if window and window[1] else self.now
        dated = min(self.now, ends) - timedelta(days=ago)
        detailed = latest is not None and (latest.cohort or "") >= "2025"
        allowed = EVIDENCE.get((detailed, role, type)) or ["other"]
        fitting = {
            "participant_id": id,
            "declaration_type": type,
            "declaration_date": f"{dated:%Y-%m-%dT%H:%M:%SZ}",
            "course_identifier": course,
            "evidence_held": allowed[0],
        }
        return self.both_make("declare", whose, body(fitting, changes))

    @rule(id=declarations, anyone=anyone)
    def voided(self, id: str, anyone: str | None) -> None:
        self.both("void", anyone or self.model.declarations[id].provider, id)

    # -- what the acts are aimed at --------------------------------------------------------------------

    @property
    def today(self) -> date:
        return london_day(self.now)

    def person(self, id: str) -> Person:
        return self.model.people[id]

    def stay(self, id: str, role: str) -> Stay | None:
        """The latest."""
        stays = [stay for stay in self.person(id).stays if stay.role == role]
        return max(stays, key=lambda stay: stay.start, default=None)

    def plain_end(self, stay: Stay) -> bool:
        """All its training has begun some time ago, so that nothing that was declared for could go with its end."""
        recent = self.today - timedelta(days=4)
        return all(training.start < recent for training in stay.trainings) and all(
            each.start < recent for each in self.model.mentorships if stay in (each.ect, each.mentor)
        )

    def training(self, id: str, role: str) -> Training | None:
        trainings = self.model.trainings(self.person(id), role)
        return trainings[-1] if trainings else None

    def whose(self, id: str, role: str) -> str:
        training = self.training(id, role)
        return (training.provider if training else None) or "alder"

    def course(self, id: str, role: str) -> str:
        """Of the role, or of the one that the person has."""
        return COURSE[role if self.training(id, role) else ("mentor" if role == "ect" else "ect")]

    @invariant()
    def both_show_the_same(self) -> None:
        compare(self.acts.world, self.model, self.now)


TestService = Service.TestCase
