"""Rows of v1's records: what they hold, and that a world read from them is the world that wrote them."""

import orjson
import pytest

from mock_server.rules.providers import PROVIDERS
from mock_server.v1.domain.world import World
from mock_server.v1.state_rows import read_world, write_record
from tests.v1.domain.builders import add, declare, new_world
from tests.v1.domain.test_restored import lived_in


def rows(world: World) -> list[bytes]:
    return [write_record(record) for record in world.every_record()]


def test_a_world_that_was_read_writes_the_same_rows() -> None:
    world = lived_in()
    written = rows(world)
    again = World(PROVIDERS, 7, world.clock)
    # In any order, and with the names of each row in another.
    reversed_rows = [orjson.dumps(orjson.loads(row), option=orjson.OPT_SORT_KEYS) for row in reversed(written)]
    read_world(again, reversed_rows, world.changes)
    assert rows(again) == written
    assert any(b'"history":[{' in row for row in written)
    assert any(b'"statement":{' in row for row in written)


def test_a_row_names_its_fields() -> None:
    world = new_world()
    made = declare(world, add(world))
    participant, declaration = map(orjson.loads, rows(world))
    assert participant["participant"]["enrolments"][0]["provider"] == made.provider
    assert participant["participant"]["history"][0]["declaration"] == made.id
    assert declaration["declaration"]["declaration_type"] == made.declaration_type


@pytest.mark.parametrize(
    ("kind", "name", "value", "error"),
    [
        ("participant", "participant_type", "pupil", ValueError),
        ("participant", "created_at", "soon", ValueError),
        ("participant", "current", 9, IndexError),
        ("declaration", "state", "lost", ValueError),
        ("declaration", "participant", "nobody", KeyError),
    ],
)
def test_a_row_with_a_value_that_no_record_has_is_refused(
    kind: str, name: str, value: object, error: type[Exception]
) -> None:
    world = new_world()
    declare(world, add(world))
    spoilt = [orjson.loads(row) for row in rows(world)]
    next(row for row in spoilt if kind in row)[kind][name] = value
    with pytest.raises(error):
        read_world(new_world(), map(orjson.dumps, spoilt), world.changes)


@pytest.mark.parametrize("kind", ["participant", "declaration"])
def test_a_row_without_one_of_its_names_is_refused(kind: str) -> None:
    world = new_world()
    declare(world, add(world))
    whole = [orjson.loads(row) for row in rows(world)]
    [[place, row]] = [(place, row[kind]) for place, row in enumerate(whole) if kind in row]
    for name in row:
        spoilt = [*whole]
        spoilt[place] = {kind: {each: value for each, value in row.items() if each != name}}
        with pytest.raises(KeyError):
            read_world(new_world(), map(orjson.dumps, spoilt), world.changes)
