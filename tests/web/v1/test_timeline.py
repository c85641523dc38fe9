"""The timeline: what happened in people's words, in order, and the payment runs ahead."""

from datetime import timedelta

from mock_server.v1.domain.records import Participant
from mock_server.web.v1.timeline import timeline
from tests.v1.domain.builders import NOW, act, add, at, declare, new_world

DAY = timedelta(days=1)


def titles(participant: Participant) -> list[str]:
    return [moment.title + (" (ahead)" if moment.ahead else "") for moment in timeline(participant)]


def test_a_life_from_the_school_to_the_payment() -> None:
    world = new_world()
    participant = add(world, school_urn="100001")
    registered = {
        "teacher_reference_number": "1234567",
        "teacher_reference_number_validated": True,
        "eligible_for_funding": True,
    }
    world.register(participant, registered, NOW)
    declare(world, participant)
    assert titles(participant) == [
        *("Added by the school", "Registered", "Declared started"),
        *("Payable: started (ahead)", "Paid: started (ahead)"),
    ]
    world.follow_clock(at("2021-12-01"))
    act(world, "defer", participant)
    act(world, "resume", participant, now=world.clock + DAY)
    world.transfer(participant, "birch", "200002", None, world.clock + 2 * DAY)
    assert titles(participant) == [
        *("Added by the school", "Registered", "Declared started", "Payable: started", "Paid: started"),
        *("Deferred", "Resumed", "Moved to another provider"),
    ]


def test_facts_tell_what_changed_from_what_to_what() -> None:
    world = new_world()
    participant = add(world, school_urn="100001")
    world.transfer(participant, "birch", "200002", None, NOW)
    world.register(participant, {"email": None}, NOW)
    moved, changed = timeline(participant)[1:]
    assert moved.facts == (("Provider", "alder", "birch"), ("School", "100001", "200002"))
    assert (changed.title, changed.facts) == ("Details changed", (("Email", "ada@example.org", None),))
    assert (moved.kind, changed.kind) == ("moved", "registered")


def test_what_happened_at_one_moment_is_told_apart() -> None:
    world = new_world()
    participant = add(world)
    for action in ("defer", "resume", "defer"):
        act(world, action, participant)
    assert titles(participant)[1:] == ["Deferred", "Resumed", "Deferred"]


def test_a_school_a_schedule_and_a_withdrawal() -> None:
    world = new_world()
    participant = add(world)
    act(world, "change-schedule", participant)
    act(world, "withdraw", participant, now=NOW + DAY)
    world.set_school_status(participant, "withdrawn", NOW + 2 * DAY)
    world.set_school_status(participant, "active", NOW + 3 * DAY)
    world.transfer(participant, "alder", "300003", None, NOW + 4 * DAY)
    assert titles(participant)[1:] == [
        *("Schedule changed", "Withdrawn", "Removed by the school", "Taken back by the school"),
        *("Moved to another school", "In training again"),
    ]


def test_what_was_voided_is_told_and_a_clawback_is_ahead() -> None:
    world = new_world()
    first, second = (add(world, eligible=True) for _ in range(2))
    early = declare(world, first)
    world.void(early, NOW)
    assert titles(first)[1:] == ["Declared started", "Voided: started"]
    late = declare(world, second)
    world.follow_clock(at("2021-12-01"))
    world.void(late, world.clock)
    assert titles(second)[-2:] == ["Voided after payment: started", "Clawed back: started (ahead)"]
    assert timeline(second)[-1].at == at("2022-02-26")


def test_moments_are_in_order_even_when_one_request_claimed_another() -> None:
    world = new_world()
    participant = add(world)
    act(world, "defer", participant, now=NOW + 30 * DAY)
    act(world, "resume", participant, now=NOW)
    assert [moment.at for moment in timeline(participant)] == sorted(moment.at for moment in timeline(participant))
