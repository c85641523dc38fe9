"""Situations in which a provider asks for something: schools, people and their training, past every rule.

Everything not said is plain: an ECT of cohort 2025 with `alder`, in training since 1 September 2025, on
`ecf-standard-september`; the clock shows 10 February 2026. Days are written as ISO dates, moments as RFC 3339.
A request is a fitting one; `changes` replaces attributes, and MISSING leaves one out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final

import pytest

from mock_server.rules.moments import parse_rfc3339
from mock_server.rules.providers import PROVIDERS
from mock_server.rules.table import RulesBroken, grouped_by_title
from mock_server.v3.domain import commands, declarations, organisations, partnerships, statements
from mock_server.v3.domain.calendar import london_day
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.records import (
    Declaration,
    DeliveryPartner,
    Induction,
    Partnership,
    Register,
    RoleRecord,
    School,
    Stay,
    Teacher,
    Training,
    View,
)
from mock_server.v3.domain.world import World
from tests.v3.domain.plain import plain


class Leave(Enum):
    OUT = "the attribute isn't sent"


MISSING: Final = Leave.OUT
UNKNOWN_ID: Final = "00000000-0000-4000-8000-000000000000"


def at(text: str) -> datetime:
    """The moment of RFC 3339 text."""
    moment = parse_rfc3339(text)
    assert moment is not None, text
    return moment


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


NOW: Final = at("2026-02-10T10:00:00Z")
TODAY: Final = "2026-02-10"
YESTERDAY: Final = "2026-02-09"
TOMORROW: Final = "2026-02-11"


# -- the world around people ---------------------------------------------------------------------


def new_world(now: datetime = NOW) -> World:
    """Providers, cohorts, and the statements that tests look at; no school, no delivery partner, and nobody."""
    world = World(PROVIDERS, 1, now)
    with Change(world, now) as change:
        for provider in ("alder", "birch"):
            for cohort in ("2024", "2025"):
                statements.add_all(change, provider, cohort)
    return world


def set_cohort(world: World, year: str, **facts: Any) -> None:
    organisations.change_cohort(world, year, NOW, **facts)


def freeze(world: World, year: str, since: str = "2026-01-01T00:00:00Z") -> None:
    """Close the cohort to payments, and to nothing else."""
    set_cohort(world, year, payments_frozen_at=at(since))


def delivery_partner(
    world: World, provider: str = "alder", number: int = 0, cohorts: tuple[str, ...] | None = None
) -> DeliveryPartner:
    """The provider's first, second, … in these cohorts, or in all of them; made when first asked for."""
    name = f"{provider} {number} {cohorts}"
    for partner in world.delivery_partners.values():
        if partner.name == name:
            return partner
    years = world.providers[provider].cohorts if cohorts is None else cohorts
    return organisations.create_delivery_partner(world, world.clock, name=name, works_with={provider: years})


def add_school(world: World, **facts: Any) -> School:
    return organisations.create_school(world, world.clock, **facts)


def add_partnership(
    world: World,
    school: School,
    provider: str = "alder",
    cohort: str = "2025",
    partner: DeliveryPartner | None = None,
) -> Partnership:
    return partnerships.create(
        world, provider, school, cohort, partner or delivery_partner(world, provider), world.clock
    )


# -- people --------------------------------------------------------------------------------------


def add_teacher(world: World) -> Teacher:
    now, sequence = world.clock, world.next_sequence()
    teacher = Teacher(
        world.new_id(),
        "Rosa Lindqvist",
        None,
        RoleRecord(world.new_id()),
        RoleRecord(world.new_id()),
        now,
        now,
        now,
        sequence,
    )
    world.teachers[teacher.id] = teacher
    return teacher


def add_stay(
    world: World,
    role: str = "ect",
    *,
    teacher: Teacher | None = None,
    school: School | None = None,
    start: str = "2025-09-01",
    end: str | None = None,
) -> Stay:
    """Of a new teacher at a new school, unless they are given."""
    teacher, school = teacher or add_teacher(world), school or add_school(world)
    with Change(world, world.clock) as change:
        pattern = "full_time" if role == "ect" else None
        stay = change.add_stay(teacher, school, role, date.fromisoformat(start), "a@school.example", pattern)
        change.set_stay(stay, finished_on=day(end))
    return stay


def train(
    world: World,
    role: str = "ect",
    *,
    provider: str | None = "alder",
    cohort: str = "2025",
    schedule: str = "ecf-standard-september",
    start: str = "2025-09-01",
    end: str | None = None,
    teacher: Teacher | None = None,
    school: School | None = None,
    stay: Stay | None = None,
    interest: bool = False,
) -> Training:
    """Training from `start` in a stay, or in a new one from the same day.

    It is under the provider's partnership with the school, made where there is none; with `interest` there is none.
    Without a provider it is school-led.
    """
    stay = stay or add_stay(world, role, teacher=teacher, school=school, start=start)
    partnership = None
    if provider is not None and not interest:
        existing = world.partnerships_of(provider, stay.school, cohort)
        partnership = existing[0] if existing else add_partnership(world, stay.school, provider, cohort)
    with Change(world, world.clock) as change:
        return change.add_training(
            stay,
            date.fromisoformat(start),
            day(end),
            provider=provider,
            cohort=None if provider is None else cohort,
            partnership=partnership,
            schedule_identifier=None if provider is None else schedule,
        )


def train_2024(world: World, role: str = "ect", **facts: Any) -> Training:
    """On the 2024 standard September schedule, which has milestone dates."""
    return train(world, role, cohort="2024", start="2024-09-01", **facts)


def defer(world: World, training: Training, on: str = "2026-01-12") -> Training:
    """As the provider did at nine o'clock of that day."""
    with Change(world, at(f"{on}T09:00:00Z")) as change:
        change.set_training(training, deferred_at=change.now, deferral_reason="other", finished_on=day(on))
    return training


def withdraw(world: World, training: Training, on: str = "2026-01-12") -> Training:
    """As the provider did at nine o'clock of that day."""
    with Change(world, at(f"{on}T09:00:00Z")) as change:
        change.set_training(training, withdrawn_at=change.now, withdrawal_reason="other", finished_on=day(on))
    return training


def end_stay(world: World, training: Training, on: str) -> Training:
    """The stay and the training end on that day; the provider has done nothing."""
    with Change(world, world.clock) as change:
        change.set_stay(training.stay, finished_on=day(on))
        change.set_training(training, finished_on=day(on))
    return training


def make_eligible(world: World, training: Training) -> Training:
    """The role is marked eligible; declarations stay as they are."""
    with Change(world, world.clock) as change:
        change.set_role(training.teacher, training.teacher.role(training.role), eligible_from=world.clock)
    return training


def finish_funding(world: World, training: Training, on: str) -> None:
    """The mentor became ineligible on that day."""
    with Change(world, world.clock) as change:
        change.set_role(
            training.teacher,
            training.teacher.mentor,
            ineligible_from=day(on),
            ineligible_reason="started_not_completed",
        )


def add_mentorship(world: World, ect: Stay, mentor: Stay, start: str, end: str | None = None) -> None:
    with Change(world, world.clock) as change:
        change.add_mentorship(ect, mentor, date.fromisoformat(start), day(end))


def came_from(world: World, training: Training, frozen_year: str) -> Training:
    """The role's frozen year."""
    with Change(world, world.clock) as change:
        change.set_role(training.teacher, training.teacher.role(training.role), frozen_year=frozen_year)
    return training


def induct(world: World, training: Training, start: str, end: str | None = None, outcome: str | None = None) -> None:
    """One more induction period; nobody becomes eligible by it."""
    teacher = training.teacher
    with Change(world, world.clock) as change:
        change.set_inductions(teacher, (*teacher.inductions, Induction(date.fromisoformat(start), day(end), outcome)))


def register_completed(world: World, training: Training, on: str) -> None:
    """The register says that the induction was completed."""
    with Change(world, world.clock) as change:
        change.set_teacher(training.teacher, register=Register(None, day(on)))


# -- declarations --------------------------------------------------------------------------------

EVIDENCE: Final = {
    "retained-2": "75-percent-engagement-met",
    "completed": "75-percent-engagement-met",
}


def evidence_for(training: Training, declaration_type: str) -> str:
    """One that the rules allow."""
    detailed = (training.cohort or "") >= "2025"
    return EVIDENCE.get(declaration_type, "other") if detailed else "other"


def declaration_of(
    world: World,
    training: Training,
    declaration_type: str = "started",
    dated: str = "2025-10-01T09:00:00Z",
    state: str = "submitted",
) -> Declaration:
    """As if it had come to the state already, past every rule."""
    declaration = declarations.declare(
        world, training, declaration_type, at(dated), evidence_for(training, declaration_type), world.clock
    )
    statement = (
        None
        if state in ("submitted", "voided")
        else world.open_statement(declaration.provider, declaration.cohort, london_day(world.clock))
    )
    taken_back = state in ("awaiting-clawback", "clawed-back")
    with Change(world, world.clock) as change:
        change.set_declaration(
            declaration,
            statement=statement,
            payment_status="paid" if taken_back else state,
            clawback_status=state if taken_back else None,
            clawback_statement=statement if taken_back else None,
        )
    return declaration


# -- requests ------------------------------------------------------------------------------------

ACTIONS: Final[dict[str, Callable[..., View]]] = {
    "withdraw": commands.withdraw,
    "defer": commands.defer,
    "resume": commands.resume,
    "change-schedule": commands.change_schedule,
}
FITTING: Final[dict[str, dict[str, Any]]] = {
    "withdraw": {"reason": "other"},
    "defer": {"reason": "career-break"},
    "resume": {},
    "change-schedule": {"schedule_identifier": "ecf-extended-september"},
}


def sent(fitting: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The attributes that a request sends."""
    return {name: value for name, value in {**fitting, **changes}.items() if value is not MISSING}


def course_of(training: Training) -> str:
    return "ecf-induction" if training.role == "ect" else "ecf-mentor"


def act(
    world: World, action: str, training: Training, *, provider: str = "alder", now: datetime = NOW, **changes: Any
) -> Training:
    """What the provider does to the participant, in the role of the training; its latest training after that."""
    view = world.view(provider, training.teacher.id)
    assert view is not None, "the provider doesn't see the participant"
    fitting = {"course_identifier": course_of(training), **FITTING[action]}
    ACTIONS[action](world, view, sent(fitting, changes), now)
    latest = view.latest(training.role)
    assert latest is not None
    return latest


def declare(
    world: World, training: Training, *, provider: str = "alder", now: datetime = NOW, **changes: Any
) -> Declaration:
    """By default `started`, on 20 January 2026, with evidence that fits the type and the training's cohort."""
    fitting = {
        "participant_id": training.teacher.id,
        "declaration_type": "started",
        "declaration_date": "2026-01-20T09:00:00Z",
        "course_identifier": course_of(training),
        "evidence_held": evidence_for(training, str(changes.get("declaration_type", "started"))),
    }
    return commands.declare(world, provider, sent(fitting, changes), now)


@dataclass(frozen=True, slots=True)
class Refusal:
    """`titles` of the entries and ids of the `rules`, in the order in which the request was told."""

    titles: list[str]
    rules: list[str]
    details: list[str]
    guide: str


def refusal(world: World, command: Callable[[], object]) -> Refusal:
    """The refusal of the command; it must have changed nothing, and its details name their attributes (rules 2.7)."""
    before = plain(world)
    with pytest.raises(RulesBroken) as caught:
        command()
    assert plain(world) == before
    entries = grouped_by_title(caught.value.violations)
    assert all(f"#/{title}" in detail for title, detail in entries), entries
    rules = [violation.rule.id for violation in caught.value.violations]
    return Refusal([title for title, _ in entries], rules, [detail for _, detail in entries], caught.value.guide)


def refused(world: World, action: str, training: Training, **options: Any) -> Refusal:
    return refusal(world, lambda: act(world, action, training, **options))


def declare_refused(world: World, training: Training, **options: Any) -> Refusal:
    return refusal(world, lambda: declare(world, training, **options))
