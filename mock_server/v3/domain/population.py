"""Many people at once, in the shares that a tester wants, through the same acts as single ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from mock_server.v3.domain import declarations, organisations, partnerships, people, registrations, training
from mock_server.v3.domain.calendar import london_day
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import School, Teacher
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.seed_growth import TEACHERS_A_SCHOOL
from mock_server.v3.domain.states import DECLARATION_ARROWS
from mock_server.v3.domain.vocabulary import DEFER_REASONS
from mock_server.v3.domain.world import World

# In the place of a declaration's state: there is none.
NO_DECLARATION: Final = "none"
# So many days after the start a provider declares `started`.
_DECLARED_AFTER: Final = timedelta(days=25)
_REASON: Final = DEFER_REASONS[-1]
_EVIDENCE: Final = "other"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One person. `declaration` is the state of the declaration `started`, or NO_DECLARATION."""

    cohort: str
    role: str
    training_status: str
    declaration: str


def add_people(world: World, provider: str, wanted: Sequence[Wanted], now: datetime) -> list[Teacher]:
    """Schools register these people, who have been there since the start of their cohort, or since today.

    Forty are at a school, under a partnership. Raises Impossible, and then adds nobody.
    """
    _check(world, provider, wanted, now)
    added: list[Teacher] = []
    by_cohort: dict[str, list[Wanted]] = {}
    for each in wanted:
        by_cohort.setdefault(each.cohort, []).append(each)
    for cohort, theirs in by_cohort.items():
        for first in range(0, len(theirs), TEACHERS_A_SCHOOL):
            school = _partnered_school(world, provider, cohort, now)
            added += _fill(world, provider, school, theirs[first : first + TEACHERS_A_SCHOOL], now)
    return added


def _check(world: World, provider: str, wanted: Iterable[Wanted], now: datetime) -> None:
    today = london_day(now)
    for cohort in {each.cohort for each in wanted}:
        if not any(cohort in partner.cohorts_with(provider) for partner in world.delivery_partners.values()):
            raise Impossible(f"{provider} has no delivery partner in {cohort}.")
    for cohort, state in {(each.cohort, each.declaration) for each in wanted if each.declaration != NO_DECLARATION}:
        if _start(cohort, today) + _DECLARED_AFTER >= today:
            raise Impossible(f"Nothing can be declared yet for the cohort {cohort}.")
        if state != "submitted" and world.open_statement(provider, cohort, today) is None:
            raise Impossible(f"{provider} has no open statement for {cohort}, so no declaration becomes {state}.")


def _start(cohort: str, today: date) -> date:
    return min(date(int(cohort), 9, 1), today)


def _partnered_school(world: World, provider: str, cohort: str, now: datetime) -> School:
    partner = next(each for each in world.delivery_partners.values() if cohort in each.cohorts_with(provider))
    with Change(world, now) as change:
        school = organisations.invent_school(change)
        partnerships.add(change, provider, school, cohort, partner)
    return school


def _fill(world: World, provider: str, school: School, wanted: Iterable[Wanted], now: datetime) -> list[Teacher]:
    """Every second ECT has the school's latest mentor."""
    added: list[Teacher] = []
    mentor: Teacher | None = None
    for index, each in enumerate(wanted):
        start = _start(each.cohort, london_day(now))
        has_mentor = each.role == "ect" and index % 2 == 1
        registration = Registration(
            each.role,
            school_urn=school.urn,
            provider=provider,
            cohort=each.cohort,
            started_on=start,
            mentor=mentor if has_mentor else None,
        )
        teacher = registrations.register(world, registration, now)
        if each.role == "mentor":
            mentor = teacher
        _declare(world, teacher, each, start, now)
        _end_training(world, teacher, each, now)
        added.append(teacher)
    return added


def _declare(world: World, teacher: Teacher, wanted: Wanted, start: date, now: datetime) -> None:
    if wanted.role == "ect" and wanted.declaration != "submitted":
        people.change_induction(world, teacher, now, started_on=start)
    if wanted.declaration == NO_DECLARATION:
        return
    period = teacher.trainings_as(wanted.role)[-1]
    evidence = _EVIDENCE if world.cohorts[wanted.cohort].detailed_evidence else None
    moment = datetime.combine(start + _DECLARED_AFTER, time(9), UTC)
    declaration = declarations.declare(world, period, "started", moment, evidence, now)
    if wanted.declaration == "submitted":
        # A mentor is eligible at once, so that nothing waits. The seed does the same.
        with Change(world, now) as change:
            change.set_declaration(declaration, payment_status="submitted", statement=None)
        return
    for state in _way(declaration.state, wanted.declaration):
        declarations.set_state(world, declaration, state, now)


def _way(state: str, wanted: str) -> list[str]:
    """The states after `state` on the shortest way along the arrows to the wanted one."""
    ways = [[state]]
    for way in ways:
        if way[-1] == wanted:
            return way[1:]
        ways += [[*way, following] for following in DECLARATION_ARROWS[way[-1]]]
    raise Impossible(f"No declaration that is {state} becomes {wanted}.")


def _end_training(world: World, teacher: Teacher, wanted: Wanted, now: datetime) -> None:
    period = teacher.trainings_as(wanted.role)[-1]
    if wanted.training_status == "deferred":
        training.defer(world, period, _REASON, now)
    elif wanted.training_status == "withdrawn":
        training.withdraw(world, period, _REASON, now)
