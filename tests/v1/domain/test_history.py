"""What a participant's history keeps: every fact that changed, when, and with which provider."""

from datetime import timedelta
from typing import Any

from mock_server.v1.domain.records import Participant
from mock_server.v1.domain.world import MAX_HISTORY
from tests.v1.domain.builders import NOW, act, add, at, declare, new_world

LATER = NOW + timedelta(days=3)


def told(participant: Participant) -> list[tuple[Any, ...]]:
    return [(e.at, e.provider, e.attribute, e.before, e.after) for e in participant.history]


def test_somebody_just_added_has_none() -> None:
    assert add(new_world()).history == ()


def test_a_registration_tells_each_fact_that_changed_and_no_other() -> None:
    world = new_world()
    participant = add(world)
    registered = {"teacher_reference_number": "1234567", "eligible_for_funding": True}
    world.register(participant, registered, NOW)
    world.register(participant, registered, LATER)
    assert told(participant) == [
        (NOW, "alder", "teacher_reference_number", None, "1234567"),
        (NOW, "alder", "eligible_for_funding", None, True),
    ]


def test_what_providers_and_schools_do_is_told_in_order() -> None:
    world = new_world()
    participant = add(world)
    act(world, "defer", participant)
    act(world, "resume", participant, now=LATER)
    act(world, "change-schedule", participant, schedule_identifier="ecf-reduced-january", now=LATER)
    world.set_school_status(participant, "withdrawn", LATER)
    assert told(participant) == [
        (NOW, "alder", "training_status", "active", "deferred"),
        (LATER, "alder", "training_status", "deferred", "active"),
        (LATER, "alder", "schedule_identifier", "ecf-standard-september", "ecf-reduced-january"),
        (LATER, "alder", "status", "active", "withdrawn"),
    ]


def test_another_mentor_is_told_with_the_one_before() -> None:
    world = new_world()
    first, second = add(world, "mentor"), add(world, "mentor")
    participant = add(world, mentor_id=first.id)
    world.set_mentor(participant, second.id, NOW)
    assert told(participant) == [(NOW, "alder", "mentor_id", first.id, second.id)]


def test_a_move_tells_what_moved() -> None:
    world = new_world()
    participant = add(world)
    world.transfer(participant, "birch", "200002", None, NOW)
    assert told(participant) == [
        (NOW, "birch", "provider", "alder", "birch"),
        (NOW, "birch", "school_urn", "100001", "200002"),
    ]
    act(world, "withdraw", participant, provider="birch")
    world.transfer(participant, "birch", "300003", None, LATER)
    assert told(participant)[-2:] == [
        (LATER, "birch", "school_urn", "200002", "300003"),
        (LATER, "birch", "training_status", "withdrawn", "active"),
    ]


def test_a_declaration_is_followed_from_its_making_to_its_payment() -> None:
    world = new_world()
    participant = add(world, eligible=True)
    declaration = declare(world, participant)
    world.follow_clock(at("2022-03-01"))
    assert told(participant) == [
        (NOW, "alder", "state", None, "eligible"),
        (at("2021-12-01"), "alder", "state", "eligible", "payable"),
        (at("2021-12-01"), "alder", "state", "payable", "paid"),
    ]
    assert {event.declaration for event in participant.history} == {declaration}


def test_the_runs_ahead_tell_how_many_declarations_they_move() -> None:
    world = new_world(at("2021-12-15"))
    first, second, voided = (declare(world, add(world, eligible=True)) for _ in range(3))
    world.void(voided, NOW)
    deadline, payment = at("2022-02-01"), at("2022-02-26")
    assert world.payment_runs() == {(deadline, "payable"): 2}
    world.move_declaration(first, "payable", NOW)
    assert list(world.payment_runs().items()) == [((deadline, "payable"), 1), ((payment, "paid"), 1)]
    world.follow_clock(payment)
    assert (first.state, second.state, world.payment_runs()) == ("paid", "paid", {})


def test_only_the_latest_events_are_kept() -> None:
    world = new_world()
    participant = add(world)
    for number in range(MAX_HISTORY + 3):
        world.set_training_status(participant.current, "deferred" if number % 2 == 0 else "active", NOW)
    assert len(participant.history) == MAX_HISTORY
    assert participant.history[0].before == "deferred"


def test_every_change_of_the_world_is_counted_and_reading_is_none() -> None:
    world = new_world()
    participant = add(world)
    before = world.changes
    world.list_participants("alder").page(1, 10)
    assert world.changes == before
    world.set_school_status(participant, "withdrawn", NOW)
    assert world.changes > before
