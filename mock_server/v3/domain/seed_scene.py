"""The acts at past moments from which the seed `guide` makes its stories, the smallest first.

They create, change and declare nothing after the clock. A story that needs more time raises NotYet.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from mock_server.v3.domain import declarations, mentoring, organisations, partnerships, people, registrations
from mock_server.v3.domain.calendar import day_after, london_day
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.organisations import SchoolFacts, invent_school
from mock_server.v3.domain.records import Declaration, Partnership, School, Statement, Teacher, Training
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World

# A cohort that began this many days ago has settled.
_SETTLED_DAYS: Final = 60
# The state of a declaration, by the status of its statement.
_STATE_BY_STATEMENT: Final = {"open": "eligible", "payable": "payable", "paid": "paid"}


class NotYet(Exception):
    """The clock is too early for the story."""


@dataclass(slots=True)
class Scene:
    """One provider's stories, in a world whose clock shows `now`. `other` is another provider."""

    world: World
    provider: str
    other: str
    now: datetime

    @property
    def today(self) -> date:
        return london_day(self.now)

    # -- time ------------------------------------------------------------------------------------

    def morning(self, day: date) -> datetime:
        """Nine o'clock on that day, or now if that is earlier."""
        return min(datetime.combine(day, time(9), UTC), self.now)

    def ago(self, days: int) -> datetime:
        return self.now.replace(microsecond=0) - timedelta(days=days)

    def start_of(self, cohort: str) -> date:
        """1 September of the cohort's year, if that lies far enough back."""
        start = date(int(cohort), 9, 1)
        if start > self.today - timedelta(days=_SETTLED_DAYS) or cohort not in self.world.cohorts:
            raise NotYet
        return start

    @property
    def latest(self) -> str:
        """The latest cohort that has settled."""
        return self.settled[-1]

    @property
    def settled(self) -> list[str]:
        border = self.today - timedelta(days=_SETTLED_DAYS)
        years = [year for year in self.world.cohorts if date(int(year), 9, 1) <= border]
        if not years:
            raise NotYet
        return years

    # -- organisations ---------------------------------------------------------------------------

    def school(self, **facts: Any) -> School:
        with Change(self.world, self.morning(date(2021, 6, 7))) as change:
            school = invent_school(change)
        if facts:
            organisations.change_school(self.world, school, self.morning(date(2021, 6, 7)), **SchoolFacts(**facts))  # type: ignore[typeddict-item]
        return school

    def partner(self, school: School, cohort: str, provider: str | None = None, *, number: int = 0) -> Partnership:
        """A partnership from June, through the provider's first delivery partner or another."""
        slug = provider or self.provider
        fitting = [each for each in self.world.delivery_partners.values() if cohort in each.cohorts_with(slug)]
        made = self.morning(date(int(cohort), 6, 15))
        return partnerships.create(self.world, slug, school, cohort, fitting[number], made)

    # -- people ----------------------------------------------------------------------------------

    def register(
        self, school: School, role: str = "ect", *, on: date, at: datetime | None = None, **facts: Any
    ) -> Teacher:
        """The school registers somebody on the day of the start, or today for a future start."""
        facts = {"provider": self.provider, **facts}
        wanted = Registration(role, school_urn=school.urn, started_on=on, **facts)
        return registrations.register(self.world, wanted, at or self.morning(on))

    def ect(
        self, cohort: str | None = None, *, school: School | None = None, inducted: bool = True, **facts: Any
    ) -> Teacher:
        """An ECT in training under a partnership since September of the cohort."""
        return self._trained("ect", cohort or self.latest, school, inducted, **facts)

    def mentor(self, cohort: str | None = None, *, school: School | None = None, **facts: Any) -> Teacher:
        return self._trained("mentor", cohort or self.latest, school, False, **facts)

    def _trained(self, role: str, cohort: str, school: School | None, inducted: bool, **facts: Any) -> Teacher:
        start = self.start_of(cohort)
        school = school or self.school()
        provider = facts.get("provider", self.provider)
        if not self.world.partnerships_of(provider, school, cohort):
            self.partner(school, cohort, provider)
        teacher = self.register(school, role, on=start, **facts)
        if inducted:
            self.induct(teacher, start)
        return teacher

    def induct(self, teacher: Teacher, start: date) -> None:
        people.change_induction(self.world, teacher, self.morning(day_after(start)), started_on=start)

    def mentored(self, ect: Teacher, mentor: Teacher, on: date) -> None:
        mentoring.change_mentor(self.world, ect, mentor, self.morning(on), starts_on=on)

    # -- declarations ----------------------------------------------------------------------------

    def declare(
        self, training: Training, declaration_type: str, on: date, evidence: str | None, state: str | None = None
    ) -> Declaration:
        """Make a declaration on the day. Its state follows its statement's, unless the story needs another."""
        if on >= self.today:
            raise NotYet
        moment = self.morning(on)
        with Change(self.world, moment) as change:
            declaration = declarations.add(change, training, declaration_type, moment, evidence)
        self._settle(declaration, state)
        return declaration

    def _settle(self, declaration: Declaration, state: str | None) -> None:
        eligible = declaration.teacher.role(declaration.role).eligible_from is not None
        if state == "submitted" or (state is None and not eligible):
            self._set(declaration, payment_status="submitted", statement=None)
            return
        # The payment run comes some days after the declaration.
        due = self._statements(declaration, london_day(declaration.created_at))
        if not due:
            raise NotYet
        statement = due[0]
        if state is None:
            self._set(declaration, payment_status=_STATE_BY_STATEMENT[statement.status], statement=statement)
        elif state == "voided":
            self._set(declaration, payment_status="voided", statement=None)
        elif state in ("eligible", "payable"):
            wanted = {"eligible": ("open",), "payable": ("payable", "open")}[state]
            held = next((each for status in wanted for each in due if each.status == status), statement)
            self._set(declaration, payment_status=state, statement=held)
        else:
            paid = [each for each in due if each.status == "paid"]
            if not paid:
                raise NotYet
            self._set(declaration, payment_status="paid", statement=paid[0])
            if state == "awaiting-clawback":
                self._take_back(declaration, state, [each for each in due if each.status == "open"])
            elif state == "clawed-back":
                self._take_back(declaration, state, paid[1:])

    def _take_back(self, declaration: Declaration, state: str, statements: list[Statement]) -> None:
        if not statements:
            raise NotYet
        self._set(declaration, clawback_status=state, clawback_statement=statements[0])

    def _statements(self, declaration: Declaration, day: date) -> list[Statement]:
        """The contract's output statements with a deadline on the day or later, by deadline."""
        held = self.world.statements_by_contract.get((declaration.provider, declaration.cohort), ())
        fitting = [each for each in held if each.fee_type == "output" and each.deadline_date >= day]
        return sorted(fitting, key=lambda each: each.deadline_date)

    def _set(self, declaration: Declaration, **facts: Any) -> None:
        statement = facts.get("clawback_statement") or facts.get("statement")
        moment = declaration.updated_at
        if statement is not None and statement.status != "open":
            run = statement.payment_date if statement.status == "paid" else day_after(statement.deadline_date)
            moment = max(moment, min(datetime.combine(run, time(0), UTC), self.now))
        with Change(self.world, moment) as change:
            change.set_declaration(declaration, **facts)
