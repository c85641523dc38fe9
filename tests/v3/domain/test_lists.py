"""Lists in order: by creation, by update, since a moment, through filters (rules 2.1, 2.4 and 2.5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from typing import Any

import pytest

from mock_server.v3.domain import declarations, lists, training
from mock_server.v3.domain.lists import BY_CREATION, MAX_FILTERED, Listing, Sort
from tests.v3.domain.worlds import NOW, TODAY, new_world, partner, stay_of, trained, training_of

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(eq=False)
class Thing:
    created: datetime
    updated: datetime
    number: int
    kind: int
    moved: datetime


@dataclass(frozen=True)
class OfKind:
    kind: int

    def __call__(self, thing: Thing) -> bool:
        return thing.kind == self.kind


def listing() -> Listing[Thing]:
    """`updated_since` looks at `moved`, as the list of transfers has it."""
    return Listing(
        lambda thing: (thing.created, thing.number),
        lambda thing: (thing.updated, thing.number),
        lambda thing: (thing.moved, thing.number),
    )


def plain_listing() -> Listing[Thing]:
    return Listing(lambda thing: (thing.created, thing.number), lambda thing: (thing.updated, thing.number))


def things(random: Random, count: int = 60) -> list[Thing]:
    """Few moments, so that many share one."""
    return [
        Thing(
            START + timedelta(seconds=random.randrange(6)),
            START + timedelta(seconds=random.randrange(6)),
            number,
            random.randrange(3),
            START + timedelta(seconds=random.randrange(6)),
        )
        for number in range(count)
    ]


def expected(
    held: Sequence[Thing], wanted: OfKind | None, since: datetime | None, sort: Sequence[Sort], *, moved: bool
) -> list[Thing]:
    """What rules 2.1 and 2.5 say, in the plainest way: ties in the order of creation."""
    found = [
        thing
        for thing in held
        if (wanted is None or wanted(thing)) and (since is None or (thing.moved if moved else thing.updated) >= since)
    ]
    found.sort(key=lambda thing: thing.number)
    for attribute, descending in reversed(sort):
        found.sort(
            key=lambda thing, name=attribute: thing.created if name == "created_at" else thing.updated,  # type: ignore[misc]
            reverse=descending,
        )
    return found


SORTS: list[tuple[Sort, ...]] = [
    BY_CREATION,
    (Sort("created_at", True),),
    (Sort("updated_at"),),
    (Sort("updated_at", True),),
    (Sort("created_at", True), Sort("updated_at")),
    (Sort("updated_at"), Sort("created_at", True)),
]


@pytest.fixture
def peaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is long enough to be searched by its peaks, and has many of them."""
    monkeypatch.setattr(lists, "_FEW", 0)
    monkeypatch.setattr(lists, "_RUN", 4)


@pytest.mark.parametrize("few", [True, False], ids=["sorted", "searched"])
@pytest.mark.parametrize("moved", [True, False], ids=["transfers", "others"])
@pytest.mark.parametrize("sort", SORTS, ids=str)
@pytest.mark.parametrize("since", [None, 0, 2, 5, 9])
@pytest.mark.parametrize("kind", [None, 1, 7])
def test_a_list_shows_what_the_rules_say(
    kind: int | None,
    since: int | None,
    sort: tuple[Sort, ...],
    moved: bool,
    few: bool,
    request: pytest.FixtureRequest,
) -> None:
    """Rules 2.1, 2.4 and 2.5: whole, page by page, and in any order of asking."""
    if not few:
        request.getfixturevalue("peaks")
    random = Random(f"{kind} {since} {sort}")  # noqa: S311 - meant to repeat
    held = listing() if moved else plain_listing()
    there = things(random)
    for thing in there:
        held.put(thing)
    wanted = None if kind is None else OfKind(kind)
    moment = None if since is None else START + timedelta(seconds=since)
    for turn in range(4):
        right = expected(there, wanted, moment, sort, moved=moved)
        selection = held.select(wanted, moment, sort)
        assert len(selection) == len(right)
        for size in (1, 7, 100):
            pages = [list(selection.page(number, size)) for number in range(1, len(right) // size + 3)]
            assert [thing for page in pages for thing in page] == right
        assert list(held.select(wanted, moment, sort).all()) == right
        # Something changes, and the lists kept in step must follow.
        for thing in random.sample(there, 10):
            held.lift(thing)
            thing.updated = START + timedelta(seconds=random.randrange(6))
            thing.moved = START + timedelta(seconds=random.randrange(6))
            thing.kind = random.randrange(3)
            held.put(thing)
        new = things(random, 61 + turn)[-1]
        if turn != 1:
            new.created = START + timedelta(seconds=6)
        held.put(new)
        there.append(new)
        if turn == 2:
            gone = there.pop(turn)
            held.take_out(gone)
            held.take_out(gone)
            assert gone not in held


@pytest.mark.usefixtures("peaks")
@pytest.mark.parametrize("kept", [1, 32])
def test_one_list_is_asked_in_many_ways(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules 2.4 and 2.5: what a list keeps for one question is never the answer to another."""
    monkeypatch.setattr(lists, "MAX_SORTED", kept)
    monkeypatch.setattr(lists, "MAX_FILTERED", kept)
    random = Random(5)  # noqa: S311 - meant to repeat
    held, there = plain_listing(), things(random)
    held.fill(there)
    for _ in range(3):
        for kind, since, sort in product((None, 0, 1), (None, 1, 3), SORTS):
            wanted = None if kind is None else OfKind(kind)
            moment = None if since is None else START + timedelta(seconds=since)
            right = expected(there, wanted, moment, sort, moved=False)
            assert list(held.select(wanted, moment, sort).all()) == right
        # Records leave a filter's list and come to another's.
        for thing in random.sample(there, 6):
            held.lift(thing)
            thing.kind = random.randrange(3)
            held.put(thing)


@pytest.mark.usefixtures("peaks")
def test_the_first_page_of_recent_records_looks_at_few_of_them() -> None:
    """However long the list is: only at those in runs that have a recent record."""
    looked_at: list[int] = []

    def since(thing: Thing) -> tuple[datetime, int]:
        looked_at.append(thing.number)
        return thing.updated, thing.number

    held = Listing[Thing](lambda thing: (thing.created, thing.number), since)
    there = [Thing(START, START + timedelta(seconds=number >= 900), number, 0, START) for number in range(1000)]
    held.fill(there)
    asked = START + timedelta(seconds=1)
    held.select(updated_since=asked).page(1, 1)
    held.put(Thing(START + timedelta(seconds=1), START, 1000, 0, START))
    looked_at.clear()
    assert held.select(updated_since=asked).page(1, 5) == there[900:905]
    assert len(looked_at) < 40


def test_a_list_knows_what_it_shows() -> None:
    held = plain_listing()
    one, other = things(Random(1), 2)  # noqa: S311 - meant to repeat
    held.put(one)
    assert (one in held, other in held, len(held)) == (True, False, 1)
    held.fill([other])
    assert (one in held, other in held, len(held)) == (False, True, 1)


def test_only_so_many_filtered_lists_are_kept() -> None:
    """Design: bounded, the one that nobody has asked for longest goes first."""
    held = plain_listing()
    for kind in range(MAX_FILTERED):
        held.select(OfKind(kind))
    held.select(OfKind(0))
    held.select(OfKind(99))
    assert len(held._filtered) == MAX_FILTERED
    assert OfKind(0) in held._filtered
    assert OfKind(1) not in held._filtered


def test_equal_filters_share_a_list() -> None:
    held = plain_listing()
    held.select(OfKind(1))
    held.select(OfKind(1))
    assert len(held._filtered) == 1


def test_a_selection_is_not_disturbed_by_another_of_the_same_list() -> None:
    held = listing()
    there = things(Random(4))  # noqa: S311 - meant to repeat
    for thing in there:
        held.put(thing)
    one = held.select(updated_since=START + timedelta(seconds=3))
    first = list(one.page(1, 5))
    other = held.select(updated_since=START + timedelta(seconds=1))
    other.all()
    assert list(one.page(1, 5)) == first


@dataclass(frozen=True)
class OfCohort:
    cohort: str

    def __call__(self, record: Any) -> bool:
        return bool(record.cohort == self.cohort)


def test_a_declaration_goes_over_to_the_list_of_the_cohort_that_its_training_moves_to() -> None:
    """Rules 2.4: the cohort filter is that of the training period; `updated_at` doesn't move."""
    world = new_world()
    ect = trained(world, started_on=TODAY)
    partner(world, stay_of(ect).school, cohort="2024")
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    listed = world.list_declarations("alder")
    assert listed.select(OfCohort("2025")).all() == [declaration]
    assert listed.select(OfCohort("2024")).all() == []
    training.change_schedule(world, training_of(ect), "ecf-extended-september", "2024", NOW + timedelta(hours=1))
    assert listed.select(OfCohort("2025")).all() == []
    assert listed.select(OfCohort("2024")).all() == [declaration]
    assert listed.select(sort=(Sort("updated_at"),)).all() == [declaration]
    assert declaration.updated_at == NOW
