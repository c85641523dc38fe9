"""Worlds of v3 to begin a test from, acts with short names, and what a change has moved."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pytest

from mock_server.rules.providers import PROVIDERS
from mock_server.v3.domain import clockwork, organisations, partnerships, registrations, seeds
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import (
    Declaration,
    DeliveryPartner,
    Partnership,
    School,
    Statement,
    Stay,
    Teacher,
    Training,
    View,
)
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World

NOW: Final = datetime(2026, 2, 10, 9, tzinfo=UTC)
TODAY: Final = NOW.date()
YESTERDAY: Final = TODAY - timedelta(days=1)
TOMORROW: Final = TODAY + timedelta(days=1)
SOON: Final = TODAY + timedelta(days=20)
LONG_AGO: Final = TODAY - timedelta(days=20)
# When most tests' people came.
SEPTEMBER: Final = date(2025, 9, 1)


# A world that nobody holds takes its people apart, and tests may want the people only.
_HELD: Final[deque[World]] = deque(maxlen=4)


def new_world(clock: datetime = NOW, *, statements: str = "by_date") -> World:
    """The seed `empty`, its clock at 2026-02-10."""
    world = fresh_world(clock, statements)
    _HELD.append(world)
    return world


def fresh_world(clock: datetime = NOW, statements: str = "by_date") -> World:
    """Like `new_world`, held by nobody but the test."""
    world = World(PROVIDERS, 1, clock, statements)
    seeds.populate_empty(world, clock)
    return world


def partner_of(world: World, provider: str = "alder", number: int = 0) -> DeliveryPartner:
    return [each for each in world.delivery_partners.values() if provider in each.works_with][number]


def add_school(world: World, urn: str = "100001", *, now: datetime = NOW, **facts: Any) -> School:
    return organisations.create_school(world, now, urn=urn, **facts)


def partner(
    world: World,
    school: School,
    provider: str = "alder",
    cohort: str = "2025",
    *,
    number: int = 0,
    now: datetime = NOW,
) -> Partnership:
    return partnerships.create_by_department(world, provider, school, cohort, partner_of(world, provider, number), now)


def register(world: World, role: str = "ect", *, now: datetime = NOW, **facts: Any) -> Teacher:
    """With alder, since September 2025, unless the test says otherwise."""
    facts = {"provider": "alder", "started_on": SEPTEMBER, "school_urn": "100001", **facts}
    return registrations.register(world, Registration(role, **facts), now)


def trained(world: World, role: str = "ect", *, now: datetime = NOW, **facts: Any) -> Teacher:
    """Like `register`, under a partnership: one is made where the school has none."""
    urn, provider = facts.get("school_urn", "100001"), facts.get("provider", "alder")
    school = world.school_by_urn(urn) or add_school(world, urn, now=now)
    start = facts.get("started_on", SEPTEMBER)
    containing = world.cohort_containing(start)
    assert containing is not None
    cohort = facts.get("cohort", containing.year)
    if not world.partnerships_of(provider, school, cohort):
        partner(world, school, provider, cohort, now=now)
    return register(world, role, now=now, **facts)


def stay_of(teacher: Teacher, role: str = "ect") -> Stay:
    """The latest."""
    return teacher.stays_as(role)[-1]


def training_of(teacher: Teacher, role: str = "ect") -> Training:
    """The latest, whoever's."""
    return teacher.trainings_as(role)[-1]


def view_of(teacher: Teacher, provider: str = "alder") -> View:
    view = teacher.view_of(provider)
    assert view is not None
    return view


def run_to(world: World, moment: datetime) -> None:
    clockwork.follow_clock(world, moment)


def midnight(day: date) -> datetime:
    """00:00 UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def participants(world: World, provider: str = "alder") -> list[Teacher]:
    return [view.teacher for view in world.list_participants(provider).select().all()]


def moments(world: World) -> dict[object, datetime]:
    """Every `updated_at` that v3 shows."""
    shown: dict[object, datetime] = {}
    records: list[Partnership | DeliveryPartner | Statement | Declaration] = [
        *world.partnerships.values(),
        *world.delivery_partners.values(),
        *world.statements.values(),
        *world.declarations.values(),
    ]
    for record in records:
        shown[record] = record.updated_at
    for school in world.schools.values():
        for school_cohort in school.cohorts.values():
            shown[school_cohort] = school_cohort.updated_at
    for teacher in world.teachers.values():
        shown[teacher] = teacher.updated_at
        shown[("unfunded", teacher)] = teacher.unfunded_updated_at
        for view in teacher.views:
            if view.transfers_updated_at is not None:
                shown[("transfers", view.provider, teacher)] = view.transfers_updated_at
    return shown


class Moved:
    """What `moved_by` has found."""

    def __init__(self) -> None:
        self.records: set[object] = set()


@contextmanager
def moved_by(world: World) -> Iterator[Moved]:
    """The records that were there before and whose `updated_at` moved."""
    before, moved = moments(world), Moved()
    yield moved
    after = moments(world)
    moved.records = {record for record, moment in before.items() if after.get(record, moment) != moment}


@contextmanager
def refused(world: World) -> Iterator[None]:
    """The act is impossible, the reason is a sentence, and nothing has changed."""
    before, changes = moments(world), world.changes
    with pytest.raises(Impossible) as caught:
        yield
    assert str(caught.value).endswith("."), "the reason is no sentence"
    assert (moments(world), world.changes) == (before, changes)
