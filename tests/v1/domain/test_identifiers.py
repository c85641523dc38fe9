"""Ids: canonical version 4 UUIDs that repeat with the seed, and that refusals don't use up."""

import re
from uuid import UUID

from mock_server.rules.identifiers import Identifiers
from tests.v1.domain.builders import UNKNOWN_ID, act, add, declare, new_world, refused


def test_every_id_is_a_canonical_version_4_uuid_and_none_repeats() -> None:
    new_id = Identifiers(1)
    made = [new_id() for _ in range(10_000)]
    assert len(set(made)) == len(made)
    for each in made[:1000]:
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", each)
        assert str(UUID(each)) == each


def test_the_same_seed_gives_the_same_ids_in_the_same_order() -> None:
    one, same, other = Identifiers(7), Identifiers(7), Identifiers(8)
    ids = [one() for _ in range(100)]
    assert ids == [same() for _ in range(100)]
    assert set(ids).isdisjoint(other() for _ in range(100))


def test_neither_refusals_nor_copies_nor_lists_use_up_an_id() -> None:
    plain, busy = new_world(), new_world()
    for world in (plain, busy):
        add(world)
    participant = next(iter(busy.participants.values()))
    declare(busy, participant)
    declare(busy, participant)
    refused(busy, "declare", UNKNOWN_ID)
    refused(busy, "resume", participant)
    act(busy, "defer", participant)
    busy.list_participants("alder", frozenset({"2021"}))
    declare(plain, next(iter(plain.participants.values())))
    assert add(plain).id == add(busy).id
