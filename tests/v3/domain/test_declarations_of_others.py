"""Which declarations of other providers a provider sees (rules 4)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mock_server.v3.domain import declarations, people, programmes, registrations, training
from mock_server.v3.domain.lists import Sort
from mock_server.v3.domain.records import Teacher
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import (
    NOW,
    add_school,
    new_world,
    partner,
    stay_of,
    trained,
    training_of,
    view_of,
)


def shared(world: World, *, provider_ends: date | None = None) -> Teacher:
    """Trained by alder until January, and by birch since."""
    ect = trained(world)
    people.change_funding(world, ect, "ect", NOW - timedelta(days=40), eligible=True)
    partner(world, stay_of(ect).school, "birch")
    programmes.change_provider(world, ect, "ect", "birch", datetime(2026, 1, 10, 9, tzinfo=UTC))
    return ect


@pytest.mark.parametrize(
    ("dated", "seen"),
    [
        ("2026-01-08T12:00:00", True),
        ("2026-01-09T00:00:00", True),
        ("2026-01-09T00:00:00.000001", False),
        ("2026-01-20T00:00:00", False),
    ],
)
def test_the_old_provider_sees_new_declarations_dated_before_its_training_ended(dated: str, seen: bool) -> None:
    """Rules 4: at or before 00:00 UTC of the last day, which is 9 January here."""
    world = new_world()
    ect = shared(world)
    moment = datetime.fromisoformat(dated).replace(tzinfo=UTC)
    declaration = declarations.declare(world, training_of(ect), "started", moment, "other", NOW)
    assert (declaration in world.list_declarations("alder")) is seen
    assert (world.visible_declaration("alder", declaration.id) is declaration) is seen
    assert world.own_declaration("alder", declaration.id) is None


@pytest.mark.parametrize("state", ["eligible", "payable", "paid", "voided", "awaiting-clawback", "clawed-back"])
def test_the_new_provider_sees_live_declarations_of_the_old_one(state: str) -> None:
    """Rules 4: others' disappear once voided or awaiting clawback."""
    world = new_world()
    ect = shared(world)
    old = view_of(ect).ect
    assert old is not None
    declaration = declarations.declare(world, old, "started", NOW - timedelta(days=60), "other", NOW)
    path = {
        "eligible": (),
        "payable": ("payable",),
        "paid": ("payable", "paid"),
        "voided": ("voided",),
        "awaiting-clawback": ("payable", "paid", "awaiting-clawback"),
        "clawed-back": ("payable", "paid", "awaiting-clawback", "clawed-back"),
    }
    for step in path[state]:
        declarations.set_state(world, declaration, step, NOW)
    assert declaration.state == state
    assert (declaration in world.list_declarations("birch")) is (state in ("eligible", "payable", "paid"))
    assert declaration in world.list_declarations("alder")


def test_anothers_declaration_goes_when_the_training_ends_before_its_date() -> None:
    """Rules 4: not on the day on which this provider's training ends."""
    world = new_world()
    ect = shared(world)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    programmes.change_provider(world, ect, "ect", "alder", NOW)
    listed = world.list_declarations("alder")
    by_update = (Sort("updated_at"),)
    assert list(listed.select(sort=by_update).all()) == [declaration]
    training.withdraw(world, training_of(ect), "other", NOW)
    assert (list(listed.select().all()), list(listed.select(sort=by_update).all())) == ([], [])


def test_a_provider_that_trains_the_person_in_another_role_sees_none() -> None:
    """Rules 4: in that role."""
    world = new_world()
    ect = trained(world)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    partner(world, add_school(world, "100002"), "birch")
    registrations.register(world, Registration("mentor", ect, school_urn="100002", provider="birch"), NOW)
    assert declaration not in world.list_declarations("birch")


def test_a_declaration_appears_when_the_training_is_partnered() -> None:
    world = new_world()
    ect = trained(world)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    assert declaration not in world.list_declarations("birch")
    partner(world, stay_of(ect).school, "birch")
    assert declaration in world.list_declarations("birch")
