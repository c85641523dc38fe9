"""Rules 5.9: voiding a declaration, and what a mentor's `completed` does."""

from datetime import date, datetime

import pytest

from mock_server.v3.domain import commands, declarations
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.derived import participant_status
from mock_server.v3.domain.records import Declaration, Training
from mock_server.v3.domain.world import World
from tests.v3.domain.situations import (
    NOW,
    TODAY,
    TOMORROW,
    Refusal,
    act,
    at,
    day,
    declaration_of,
    declare,
    end_stay,
    freeze,
    make_eligible,
    new_world,
    refusal,
    train,
)

COMPLETED = "completed_declaration_received"


def void(world: World, declaration: Declaration, now: datetime = NOW) -> Declaration:
    return commands.void(world, declaration, now)


def void_refused(world: World, declaration: Declaration, now: datetime = NOW) -> Refusal:
    return refusal(world, lambda: void(world, declaration, now))


@pytest.mark.parametrize("state", ["submitted", "eligible", "payable"])
def test_an_unpaid_declaration_is_voided_and_shows_no_statement_any_more(state: str) -> None:
    world = new_world()
    declaration = declaration_of(world, train(world), state=state)
    void(world, declaration)
    assert (declaration.state, declaration.statement, declaration.clawback_statement) == ("voided", None, None)
    assert declaration.updated_at == NOW


def test_a_paid_declaration_awaits_its_clawback_on_the_next_statement() -> None:
    world = new_world()
    declaration = declaration_of(world, train(world), state="paid")
    paid_on = declaration.statement
    void(world, declaration, at("2026-04-10T09:00:00Z"))
    assert (declaration.state, declaration.statement) == ("awaiting-clawback", paid_on)
    assert declaration.clawback_statement is not None
    assert declaration.clawback_statement.deadline_date == day("2026-07-31")
    assert declaration.clawback_statement.cohort == "2025"


@pytest.mark.parametrize("status", ["open", "payable", "paid"])
def test_the_next_statement_by_deadline_takes_back_whatever_its_status(status: str) -> None:
    world = new_world()
    declaration = declaration_of(world, train(world), state="paid")
    for statement in world.statements.values():
        statement.status = status
    void(world, declaration)
    assert declaration.clawback_statement is not None
    assert declaration.clawback_statement.deadline_date == day("2026-03-31")


def test_a_statement_whose_deadline_is_today_takes_back() -> None:
    """Rules 2.9: London's day. The last deadline of 2025 is 31 July 2028."""
    world = new_world()
    declaration = declaration_of(world, train(world), state="paid")
    void(world, declaration, at("2028-07-31T22:59:59Z"))
    assert declaration.state == "awaiting-clawback"


def test_a_paid_declaration_of_a_cohort_without_a_later_statement_is_refused() -> None:
    world = new_world()
    declaration = declaration_of(world, train(world), state="paid")
    refusal = void_refused(world, declaration, at("2028-07-31T23:00:00Z"))
    assert refusal.titles == ["participant_declaration_id"]
    assert refusal.rules == ["void-clawback-statement"]


def test_only_output_statements_take_back() -> None:
    world = new_world()
    declaration = declaration_of(world, train(world), state="paid")
    for statement in world.statements.values():
        statement.fee_type = "service"
    assert void_refused(world, declaration).rules == ["void-clawback-statement"]


@pytest.mark.parametrize("state", ["submitted", "eligible", "payable"])
def test_an_unpaid_declaration_needs_no_statement_and_no_open_cohort(state: str) -> None:
    world = new_world()
    declaration = declaration_of(world, train(world), state=state)
    freeze(world, "2025")
    assert void(world, declaration, at("2029-01-01T00:00:00Z")).state == "voided"


def test_a_voided_declaration_is_refused() -> None:
    world = new_world()
    refusal = void_refused(world, declaration_of(world, train(world), state="voided"))
    assert refusal.titles == ["participant_declaration_id"]
    assert refusal.rules == ["void-not-voided"]


@pytest.mark.parametrize("state", ["awaiting-clawback", "clawed-back"])
def test_a_declaration_that_is_taken_back_is_refused(state: str) -> None:
    world = new_world()
    refusal = void_refused(world, declaration_of(world, train(world), state=state))
    assert refusal.titles == ["participant_declaration_id"]
    assert refusal.rules == ["void-not-clawed-back"]


@pytest.mark.parametrize("state", ["submitted", "paid"])
def test_the_same_type_can_be_declared_again_after_it(state: str) -> None:
    """rules 6.1."""
    world = new_world()
    training = train(world)
    void(world, declaration_of(world, training, state=state))
    assert declare(world, training).state == "submitted"


# -- mentor completion -----------------------------------------------------------------------------


def complete(world: World, training: Training, dated: str = "2026-01-20T09:00:00Z") -> Declaration:
    return declare(world, training, declaration_type="completed", declaration_date=dated)


@pytest.mark.parametrize("eligible", [True, False])
def test_a_mentors_completed_ends_funding_and_training_on_its_date(eligible: bool) -> None:
    world = new_world()
    training = train(world, "mentor")
    if eligible:
        make_eligible(world, training)
    declared = complete(world, training)
    assert declared.state == ("eligible" if eligible else "submitted")
    assert (training.teacher.mentor.ineligible_from, training.teacher.mentor.ineligible_reason) == (
        day("2026-01-20"),
        COMPLETED,
    )
    assert training.finished_on == day("2026-01-20")
    assert participant_status(training, NOW.date()) == "active"
    assert training.teacher.updated_at == NOW


def test_the_date_is_londons_day() -> None:
    """Rules 2.9: 23:30 UTC in June is the next day."""
    world = new_world(at("2026-07-10T09:00:00Z"))
    training = train(world, "mentor")
    declare(world, training, now=world.clock, declaration_type="completed", declaration_date="2026-06-30T23:30:00Z")
    assert training.finished_on == day("2026-07-01")


def test_training_ends_at_least_a_day_after_its_start() -> None:
    world = new_world()
    training = train(world, "mentor", start="2026-01-25")
    complete(world, training)
    assert training.finished_on == day("2026-01-26")
    assert training.teacher.mentor.ineligible_from == day("2026-01-20")


@pytest.mark.parametrize(("end", "ends"), [("2025-12-19", "2025-12-19"), (TODAY, TODAY), (TOMORROW, "2026-01-20")])
def test_training_that_is_over_keeps_its_end(end: str, ends: str) -> None:
    world = new_world()
    training = train(world, "mentor", end=end)
    complete(world, training)
    assert training.finished_on == day(ends)


@pytest.mark.parametrize(("role", "declaration_type"), [("ect", "completed"), ("mentor", "started")])
def test_nothing_else_completes_anything(role: str, declaration_type: str) -> None:
    world = new_world()
    training = train(world, role)
    before = training.teacher.updated_at
    later = at("2026-02-10T11:00:00Z")
    declare(world, training, declaration_type=declaration_type, now=later)
    assert training.finished_on is None
    assert training.teacher.mentor.ineligible_from is None
    assert training.teacher.updated_at == before


def test_voiding_it_opens_training_again() -> None:
    world = new_world()
    old = train(world, "mentor")
    void(world, complete(world, old))
    new = latest(world, old)
    assert (old.teacher.mentor.ineligible_from, old.teacher.mentor.ineligible_reason) == (None, None)
    assert (new.started_on, new.finished_on) == (day("2026-01-21"), None)
    assert (new.partnership, new.schedule_identifier) == (old.partnership, old.schedule_identifier)


def test_taking_it_back_opens_training_again_to_the_end_of_the_stay() -> None:
    world = new_world()
    old = train(world, "mentor")
    declaration = complete(world, old)
    with Change(world, NOW) as change:
        change.set_declaration(declaration, payment_status="paid", statement=None)
        change.set_stay(old.stay, finished_on=day("2026-07-20"))
    void(world, declaration)
    new = latest(world, old)
    assert (new.started_on, new.finished_on) == (day("2026-01-21"), day("2026-07-20"))


@pytest.mark.parametrize("stay_ends", ["2026-01-20", "2026-01-10"])
def test_no_training_is_opened_after_the_end_of_the_stay(stay_ends: str) -> None:
    """The decision in rules 5.9."""
    world = new_world()
    training = end_stay(world, train(world, "mentor"), stay_ends)
    declaration = declaration_of(world, training, "completed", "2026-01-05T09:00:00Z")
    void(world, declaration)
    assert latest(world, training) is training
    assert training.teacher.mentor.ineligible_from is None


def test_training_that_is_open_stays_the_latest() -> None:
    world = new_world()
    training = train(world, "mentor")
    declaration = complete(world, training)
    open_one = train(world, "mentor", stay=training.stay, start="2026-01-21")
    void(world, declaration)
    assert latest(world, training) is open_one


def test_a_completed_of_another_provider_that_remains_keeps_its_date() -> None:
    """Any provider's: after a void the later date of the remaining ones counts."""
    world = new_world()
    old = train(world, "mentor", provider="birch", end="2025-12-31")
    remaining = declaration_of(world, old, "completed", "2025-11-01T09:00:00Z", "submitted")
    new = train(world, "mentor", stay=old.stay, start="2026-01-01")
    void(world, declaration_of(world, new, "completed", "2026-01-20T09:00:00Z"))
    assert remaining.state == "submitted"
    assert new.teacher.mentor.ineligible_from == date(2025, 11, 1)
    assert new.teacher.mentor.ineligible_reason == COMPLETED


def test_the_clawback_itself_opens_no_training_again() -> None:
    """The void did; a mentor whom the provider withdraws before the money is taken back stays withdrawn."""
    world = new_world()
    old = train(world, "mentor")
    declaration = complete(world, old)
    with Change(world, NOW) as change:
        change.set_declaration(declaration, payment_status="paid", statement=None)
    void(world, declaration)
    withdrawn = act(world, "withdraw", old, reason="other")
    declarations.set_state(world, declaration, "clawed-back", at("2026-04-25T00:00:00Z"))
    assert declaration.state == "clawed-back"
    assert latest(world, old) is withdrawn
    assert (withdrawn.withdrawn_at, withdrawn.finished_on) == (NOW, day(TODAY))


def test_a_mentor_who_completed_can_be_rescheduled_after_the_void() -> None:
    world = new_world()
    old = train(world, "mentor")
    void(world, complete(world, old))
    assert act(world, "change-schedule", old).schedule_identifier == "ecf-extended-september"


def latest(world: World, training: Training) -> Training:
    found = world.latest_training("alder", training.teacher, training.role)
    assert found is not None
    return found
