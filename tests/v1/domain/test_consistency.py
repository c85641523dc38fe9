"""Orders, indexes and cached renderings after many changes at random, against a naive scan of the records."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from mock_server.rules.table import RulesBroken
from mock_server.v1.domain.records import Declaration, Enrolment
from mock_server.v1.domain.states import TRANSITIONS, ForbiddenMove
from mock_server.v1.domain.world import World
from tests.v1.domain.builders import FITTING, act, add, at, dump, new_world
from tests.v1.domain.published import IDENTIFIERS, TYPES

# By then every milestone of the extended schedules is open.
START = at("2024-01-10")
PROVIDERS = ("alder", "birch", "cedar")
COHORTS = (None, frozenset({"2021"}), frozenset({"2022", "2023"}), frozenset({"2021", "2022", "2023"}))
LIVE = ("submitted", "eligible", "payable", "paid")
STATES = (*LIVE, "ineligible", "voided", "awaiting-clawback", "clawed-back")


# -- the naive scan ------------------------------------------------------------------------------


def scanned_participants(
    world: World, provider: str, cohorts: frozenset[str] | None, since: datetime | None
) -> list[Enrolment]:
    mine = [
        enrolment
        for participant in world.participants.values()
        if cohorts is None or participant.cohort in cohorts
        for enrolment in participant.enrolments
        if enrolment.provider == provider
        and not enrolment.challenged
        and (since is None or participant.updated_at >= since)
    ]
    if since is None:
        return sorted(mine, key=lambda e: (e.participant.created_at, e.participant.sequence))
    return sorted(mine, key=lambda e: (e.participant.updated_at, e.participant.changed))


def scanned_declarations(world: World, provider: str, since: datetime | None) -> list[Declaration]:
    def visible(declaration: Declaration) -> bool:
        current = declaration.participant.current
        return declaration.provider == provider or (
            current.provider == provider and current.status == "active" and declaration.state in LIVE
        )

    mine = [d for d in world.declarations.values() if visible(d) and (since is None or d.updated_at > since)]
    return sorted(mine, key=lambda d: (d.created_at, d.sequence))


def check(world: World, random: Random) -> None:
    check_slots(world)
    moments = [p.updated_at for p in world.participants.values()] + [d.updated_at for d in world.declarations.values()]
    since = random.choice(moments) if moments else START
    for provider in PROVIDERS:
        for moment in (None, since):
            for cohorts in COHORTS:
                listed = world.list_participants(provider, cohorts, moment).all()
                assert list(listed) == scanned_participants(world, provider, cohorts, moment)
            scanned = scanned_declarations(world, provider, moment)
            assert list(world.list_declarations(provider, None, moment).all()) == scanned
            if scanned:
                who = random.choice(scanned).participant
                listed_of_one = world.list_declarations(provider, who.id, moment).all()
                assert list(listed_of_one) == [d for d in scanned if d.participant is who]
    for participant in world.participants.values():
        mentor = world.participants.get(participant.current.mentor_id or "")
        assert mentor is None or participant.participant_type == "ect"
        others = [
            other
            for other in world.participants.values()
            if other is not participant
            and other.person.validated_trn
            and other.person.validated_trn == participant.person.validated_trn
        ]
        assert {id(other) for other in world.others_with_trn_of(participant)} == {id(other) for other in others}


def check_slots(world: World) -> None:
    """At most one live declaration a participant and type, however they came about."""
    live = sorted((d.participant.id, d.declaration_type) for d in world.declarations.values() if d.state in LIVE)
    assert live == sorted(set(live))


# -- renderings ----------------------------------------------------------------------------------


def rendering(record: Enrolment | Declaration) -> bytes:
    """What v1 shows of the record, as a serialiser would keep it."""
    if isinstance(record, Declaration):
        return repr((record.id, record.state, record.declaration_date, record.updated_at)).encode()
    participant = record.participant
    own = [getattr(record, name) for name in "id email mentor_id school_urn status training_status".split()]
    shared = [getattr(participant, name) for name in "person schedule_identifier cohort updated_at".split()]
    return repr(own + shared).encode()


def records(world: World) -> Iterable[Enrolment | Declaration]:
    for participant in world.participants.values():
        yield from participant.enrolments
    yield from world.declarations.values()


def check_renderings(world: World) -> None:
    """A kept rendering is the one of today; then keep one of every record."""
    for record in records(world):
        assert record.rendered in (None, rendering(record))
        record.rendered = rendering(record)


# -- changes at random ---------------------------------------------------------------------------


def change(world: World, random: Random, now: datetime) -> None:
    participants, declarations = list(world.participants.values()), list(world.declarations.values())
    kind = random.choice(range(1, 18) if len(participants) > 40 else range(3) if len(participants) < 20 else range(18))
    who = random.choice(participants) if participants else None
    if kind == 0 or who is None:
        number = random.choice([None, "1111111", "2222222"])
        add(
            world,
            random.choice(["ect", "mentor"]),
            provider=random.choice(PROVIDERS),
            cohort=random.choice(["2021", "2022", "2023"]),
            # Mostly one that lets anything be declared.
            schedule=random.choice([random.choice(IDENTIFIERS), *["ecf-extended-september"] * 3]),
            trn=number,
            validated=random.choice([True, False]) if number else None,
            eligible=random.choice([True, False, None]),
            status=random.choice(["active", "active", "active", "withdrawn"]),
            training_status=random.choice(["active", "active", "deferred", "withdrawn"]),
            now=now,
        )
    elif kind == 1:
        facts = {
            "teacher_reference_number": random.choice(["1111111", "2222222", "3333333"]),
            "teacher_reference_number_validated": random.choice([True, False]),
            "eligible_for_funding": random.choice([True, False, None]),
        }
        world.register(who, facts, now)
    elif kind == 2:
        world.transfer(who, random.choice(PROVIDERS), random.choice(["100001", "200002"]), None, now)
    elif kind == 3:
        world.set_school_status(who, random.choice(["active", "withdrawn"]), now)
    elif kind == 4:
        world.follow_clock(now + timedelta(days=random.randrange(-20, 40)))
    elif kind == 16:
        world.amend_cohort(who, random.choice(["2021", "2022", "2023"]), random.choice([None, *IDENTIFIERS]), now)
    elif kind == 17:
        mentors = [p.id for p in participants if p.participant_type == "mentor"]
        if who.participant_type == "ect":
            world.set_mentor(who, random.choice([None, *mentors]), now)
    elif kind in (5, 6, 7) and declarations:
        declaration = random.choice(declarations)
        world.move_declaration(declaration, random.choice([*STATES, *TRANSITIONS[declaration.state] * 8]), now)
    else:
        action = random.choice([*FITTING, *["declare"] * 8])
        who = random.choice([p for p in participants if p.current.status == "active"])
        changes: dict[str, Any] = {}
        if action == "declare":
            date = now - timedelta(days=random.randrange(100))
            changes = {"declaration_type": random.choice(TYPES), "declaration_date": date.isoformat()}
        elif action == "change-schedule":
            changes = {"schedule_identifier": random.choice(IDENTIFIERS), "cohort": who.cohort}
        provider = random.choice([who.current.provider, who.current.provider, *PROVIDERS])
        act(world, action, who, provider=provider, now=now, **changes)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_lists_say_what_a_scan_says_and_a_refusal_changes_nothing(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - meant to repeat
    world = new_world(START)
    now = START
    happened = {"changed": 0, "refused": 0, "forbidden": 0}
    states: set[str] = set()
    for step in range(600):
        # Often the same moment twice, mostly later, now and then earlier.
        hours, fraction = random.choice([0, 0, 1, 30, 30, 50, -30]), random.choice([0, 0, 250_000, 999_999])
        now = (now + timedelta(hours=hours)).replace(microsecond=fraction)
        before = dump(world) if step % 10 == 0 else None
        try:
            change(world, random, now)
            happened["changed"] += 1
        except (RulesBroken, ForbiddenMove) as refused:
            happened["refused" if isinstance(refused, RulesBroken) else "forbidden"] += 1
            assert before in (None, dump(world))
        check_renderings(world)
        states |= {declaration.state for declaration in world.declarations.values()}
        if step % 5 == 0:
            check(world, random)
    check(world, random)
    # The loop is worth something only if much of everything happened.
    assert min(happened.values()) > 20
    assert len(world.declarations) > 40
    assert states == set(STATES)


def test_the_same_seed_and_commands_give_the_same_world_and_another_seed_gives_other_ids() -> None:
    def play(random_seed: int) -> World:
        random = Random(99)  # noqa: S311 - meant to repeat
        world, now = new_world(START, random_seed), START
        for _ in range(200):
            now += timedelta(hours=random.randrange(60))
            try:
                change(world, random, now)
            except (RulesBroken, ForbiddenMove):
                continue
        return world

    once, again, other = play(1), play(1), play(2)
    assert dump(once) == dump(again)
    assert set(once.participants).isdisjoint(other.participants)
    assert set(once.declarations).isdisjoint(other.declarations)
