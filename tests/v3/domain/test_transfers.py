"""Transfers, as v3 shows them (rules 3)."""

from datetime import date, timedelta

import pytest

from mock_server.v3.domain import departures, people, programmes, registrations
from mock_server.v3.domain.derived import (
    transfer_status,
    transfer_type,
)
from mock_server.v3.domain.records import Teacher
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import (
    LONG_AGO,
    NOW,
    SEPTEMBER,
    SOON,
    TODAY,
    TOMORROW,
    YESTERDAY,
    add_school,
    new_world,
    partner,
    stay_of,
    trained,
    view_of,
)


def moved(world: World, provider: str | None = "alder", *, on: date = TODAY, partnered: bool = True) -> Teacher:
    """An ECT of alder at school 100001, who goes to school 100002 on the day."""
    ect = trained(world)
    school = world.school_by_urn("100002") or add_school(world, "100002")
    if provider is not None and partnered and not world.partnerships_of(provider, school, "2025"):
        partner(world, school, provider)
    wanted = Registration("ect", ect, school_urn="100002", provider=provider, started_on=on)
    registrations.register(world, wanted, NOW)
    return ect


@pytest.mark.parametrize(
    ("provider", "partnered", "kind", "seen_by"),
    [
        ("alder", True, "new_school", ["alder"]),
        ("birch", True, "new_provider", ["alder", "birch"]),
        ("birch", False, "new_provider", ["alder"]),
        (None, False, "new_provider", ["alder"]),
    ],
)
def test_a_transfer_to_another_school(provider: str | None, partnered: bool, kind: str, seen_by: list[str]) -> None:
    """Rules 3.2: school-led and expressions of interest count as no provider; scenarios 45, 46, 48."""
    world = new_world()
    ect = moved(world, provider, partnered=partnered)
    assert {view.provider: [transfer_type(each) for each in view.transfers] for view in ect.views} == {
        slug: [kind] for slug in seen_by
    }
    for slug in world.providers:
        assert len(world.list_transfers(slug)) == (1 if slug in seen_by else 0)


@pytest.mark.parametrize(
    ("on", "status"), [(YESTERDAY, "complete"), (TODAY, "complete"), (TOMORROW, "incomplete"), (SOON, "incomplete")]
)
def test_a_transfer_is_complete_when_both_days_are_here(on: date, status: str) -> None:
    """Rules 3.2: by the calendar."""
    transfer = view_of(moved(new_world(), "birch", on=on)).transfers[0]
    assert transfer_status(transfer, TODAY) == status
    assert transfer_status(transfer, on) == "complete"


def test_a_transfer_at_the_same_school_is_none() -> None:
    """Rules 3.2: N at another school."""
    world = new_world()
    ect = trained(world)
    departures.depart(world, ect, "ect", NOW, on=YESTERDAY)
    registrations.register(world, Registration("ect", ect, school_urn="100001", provider="alder"), NOW)
    assert view_of(ect).transfers == ()


def test_who_left_has_an_unknown_transfer_until_another_school_registers_them() -> None:
    """Rules 3.2: scenario 47; the moment moves."""
    world = new_world()
    ect = trained(world)
    departures.depart(world, ect, "ect", NOW)
    assert [transfer_type(each) for each in view_of(ect).transfers] == ["unknown"]
    partner(world, add_school(world, "100002"), "birch")
    later = NOW + timedelta(days=1)
    registrations.register(world, Registration("ect", ect, school_urn="100002", provider="birch"), later)
    assert [transfer_type(each) for each in view_of(ect).transfers] == ["new_provider"]
    assert view_of(ect).transfers_updated_at == later


def test_who_left_after_passing_has_none() -> None:
    """Rules 3.2: scenario 49; checked for mentors, too, with their own induction."""
    world = new_world()
    ect, mentor = trained(world), trained(world, "mentor")
    for teacher, role in ((ect, "ect"), (mentor, "mentor")):
        departures.depart(world, teacher, role, NOW)
        assert len(view_of(teacher).transfers) == 1
        people.change_induction(world, teacher, NOW, started_on=SEPTEMBER, finished_on=TODAY, outcome="pass")
        assert view_of(teacher).transfers == ()
    assert len(world.list_transfers("alder")) == 0


def test_a_change_of_provider_within_the_new_school_does_not_count() -> None:
    """Rules 3.2: the first training period of N."""
    world = new_world()
    ect = moved(world, "alder", on=LONG_AGO)
    partner(world, stay_of(ect).school, "birch")
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    assert [transfer_type(each) for each in view_of(ect, "alder").transfers] == ["new_school"]
    assert view_of(ect, "birch").transfers == ()


def test_the_last_training_of_the_old_school_counts() -> None:
    """Rules 3.2: P's last training period."""
    world = new_world()
    ect = trained(world)
    partner(world, stay_of(ect).school, "birch")
    programmes.change_provider(world, ect, "ect", "birch", NOW - timedelta(days=5))
    departures.depart(world, ect, "ect", NOW)
    assert (view_of(ect, "alder").transfers, len(view_of(ect, "birch").transfers)) == ((), 1)


def test_transfers_of_both_roles_stand_by_the_start_of_the_leaving_training() -> None:
    """Rules 3.2."""
    world = new_world()
    teacher = trained(world, started_on=date(2023, 9, 1))
    departures.depart(world, teacher, "ect", NOW, on=date(2024, 7, 1))
    partner(world, add_school(world, "100002"))
    registrations.register(
        world,
        Registration("mentor", teacher, school_urn="100002", provider="alder", started_on=date(2025, 9, 1)),
        NOW,
    )
    departures.depart(world, teacher, "mentor", NOW)
    assert [(each.role, each.leaving.started_on) for each in view_of(teacher).transfers] == [
        ("ect", date(2023, 9, 1)),
        ("mentor", date(2025, 9, 1)),
    ]
