"""Tells one story of the seed `guide` in a world of its own."""

from collections.abc import Callable
from datetime import datetime

from mock_server.v3.domain.records import Declaration, Teacher
from mock_server.v3.domain.seed_scene import Scene
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import NOW, new_world

Story = Callable[[Scene], None]


def scene(clock: datetime = NOW) -> Scene:
    return Scene(new_world(clock), "alder", "birch", clock)


def told(story: Story, clock: datetime = NOW) -> World:
    it = scene(clock)
    story(it)
    return it.world


def people(world: World, role: str = "ect") -> list[Teacher]:
    return [teacher for teacher in world.teachers.values() if teacher.stays_as(role)]


def declared(world: World) -> list[Declaration]:
    return list(world.declarations.values())
