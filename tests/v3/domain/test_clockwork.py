"""What the calendar does by itself (rules 6.1, 6.2 and 6.5, control API "Clock")."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mock_server.v3.domain import clockwork, declarations, departures, mentoring, people, statements
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.records import Declaration, Statement, Teacher
from mock_server.v3.domain.restoring import world_of
from mock_server.v3.domain.rows import head_of, rows_of
from mock_server.v3.domain.world import World
from tests.v3.domain.invariants import assert_sound
from tests.v3.domain.worlds import (
    NOW,
    SEPTEMBER,
    TODAY,
    TOMORROW,
    midnight,
    moved_by,
    new_world,
    refused,
    register,
    run_to,
    stay_of,
    trained,
    training_of,
    view_of,
)

DEADLINE, PAYMENT = date(2026, 3, 31), date(2026, 4, 25)


def declared(world: World) -> Declaration:
    """An eligible one, on April's statement."""
    ect = trained(world)
    people.change_funding(world, ect, "ect", NOW, eligible=True)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    assert declaration.statement is not None
    assert declaration.statement.deadline_date == DEADLINE
    return declaration


def statement_of(world: World, month: int, year: int, fee_type: str = "output") -> Statement:
    held = world.statements_by_contract["alder", "2025"]
    return next(each for each in held if (each.month, each.year, each.fee_type) == (month, year, fee_type))


# -- deadlines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (datetime(2026, 3, 31, 23, 30, tzinfo=UTC), "eligible"),
        (datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC), "eligible"),
        (datetime(2026, 4, 1, tzinfo=UTC), "payable"),
    ],
)
def test_a_statement_becomes_payable_at_midnight_utc_after_its_deadline(moment: datetime, state: str) -> None:
    """Rules 6.2 and 6.5: though London's day is over an hour earlier."""
    world = new_world()
    declaration = declared(world)
    run_to(world, moment)
    assert declaration.state == state
    assert declaration.statement is not None
    assert declaration.statement.status == ("payable" if state == "payable" else "open")


def test_statements_without_declarations_and_service_fees_become_payable_too() -> None:
    """Rules 6.2: deadline before today."""
    world = new_world()
    april, march = statement_of(world, 4, 2026), statement_of(world, 3, 2026, "service")
    run_to(world, midnight(date(2026, 4, 1)))
    assert (april.status, march.status) == ("payable", "payable")


# -- payments ----------------------------------------------------------------------------------------


def test_a_payable_statement_is_authorised_on_its_payment_date() -> None:
    """Control API "Clock": `by_date`, at the first midnight."""
    world = new_world()
    declaration = declared(world)
    run_to(world, midnight(PAYMENT) - timedelta(seconds=1))
    assert declaration.state == "payable"
    run_to(world, midnight(PAYMENT))
    assert declaration.state == "paid"
    assert declaration.statement is not None
    assert (declaration.statement.status, declaration.updated_at) == ("paid", midnight(PAYMENT))


def test_by_hand_no_date_pays() -> None:
    """Rules 6.1: no date does it."""
    world = new_world(statements="by_hand")
    declaration = declared(world)
    run_to(world, midnight(date(2030, 1, 1)))
    assert declaration.state == "payable"
    assert declaration.statement is not None
    statements.change(world, declaration.statement, midnight(date(2030, 1, 1)), status="paid")
    assert declaration.state == "paid"


def test_an_empty_statement_stays_payable_for_ever() -> None:
    """Rules 6.2."""
    world = new_world()
    run_to(world, midnight(date(2035, 1, 1)))
    assert statement_of(world, 4, 2026).status == "payable"


def test_a_clawback_alone_is_authorised() -> None:
    """Rules 6.2: at least one payable or awaiting-clawback declaration."""
    world = new_world()
    declaration = declared(world)
    run_to(world, midnight(PAYMENT))
    declarations.void(world, declaration, midnight(PAYMENT))
    taken_back = declaration.clawback_statement
    assert taken_back is statement_of(world, 8, 2026)
    run_to(world, midnight(date(2026, 8, 25)))
    assert (declaration.state, taken_back.status) == ("clawed-back", "paid")


def test_a_jump_over_years_runs_every_midnight_in_order() -> None:
    """Control API "Clock": the moments are those of the runs."""
    world = new_world()
    declaration = declared(world)
    run_to(world, midnight(date(2031, 1, 1)))
    assert (declaration.state, declaration.updated_at) == ("paid", midnight(PAYMENT))
    assert_sound(world)


def test_a_jump_to_the_end_of_the_calendar_is_quick_and_ends() -> None:
    world = new_world()
    trained(world)
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    run_to(world, last)
    run_to(world, last.replace(microsecond=999_999))
    assert world.clock > last


def test_a_clock_that_goes_back_undoes_nothing_and_nothing_runs_again() -> None:
    """Control API "Clock"."""
    world = new_world()
    declaration = declared(world)
    run_to(world, midnight(PAYMENT))
    with moved_by(world) as moved:
        run_to(world, NOW)
        run_to(world, midnight(PAYMENT))
    assert (moved.records, declaration.state, world.clock) == (set(), "paid", midnight(PAYMENT))


def test_a_moment_that_the_clock_has_shown_twice_runs_nothing_twice() -> None:
    """Control API "Clock": a payable statement that gets its declaration later is paid the next midnight."""
    world = new_world()
    run_to(world, midnight(PAYMENT))
    statement = statement_of(world, 4, 2026)
    declaration = declared_later(world, statement)
    run_to(world, midnight(PAYMENT))
    assert declaration.state == "payable"
    run_to(world, midnight(PAYMENT) + timedelta(hours=23))
    assert declaration.state == "payable"
    run_to(world, midnight(PAYMENT) + timedelta(days=1))
    assert (declaration.state, statement.status) == ("paid", "paid")


def declared_later(world: World, statement: Statement) -> Declaration:
    """On a statement whose payment date is here."""
    ect = trained(world)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    with Change(world, midnight(PAYMENT)) as change:
        change.set_declaration(declaration, payment_status="payable", statement=statement)
    return declaration


def test_the_midnight_of_the_creation_does_not_run() -> None:
    """Control API "Clock": the creation's included."""
    world = new_world(midnight(date(2026, 4, 1)))
    with moved_by(world) as moved:
        run_to(world, midnight(date(2026, 4, 1)) + timedelta(hours=23))
    assert moved.records == set()


def test_nothing_runs_for_a_moment_that_a_request_asks_for() -> None:
    """Control API "Clock": a write under the header bears its moment; stored states stay."""
    world = new_world()
    declaration = declared(world)
    later = midnight(date(2026, 5, 1))
    second = declarations.declare(world, declaration.training, "retained-1", later, "other", later)
    assert (declaration.state, second.created_at) == ("eligible", later)
    assert second.statement is statement_of(world, 8, 2026)


def test_days_that_are_over_are_forgotten() -> None:
    """Design: what is noted for the calendar goes with its day."""
    world = new_world()
    trained(world, started_on=TODAY, mentor=trained(world, "mentor"))
    trained(world, started_on=TODAY + timedelta(days=9))
    assert min(world.days) == TODAY
    run_to(world, NOW + timedelta(days=1))
    assert list(world.days) == [TODAY + timedelta(days=9)]


def test_the_runs_of_a_day_have_their_moments() -> None:
    """Rules 6.5."""
    assert [(job.at.isoformat("minutes"), job.run.__name__) for job in clockwork.JOBS] == [
        ("00:00", "run_deadlines"),
        ("00:00", "pay_statements"),
        ("00:01", "move_partnerships"),
        ("01:00", "reevaluate_mentors"),
    ]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25), date(2026, 10, 26)])
def test_mentors_change_at_one_in_utc_around_londons_clock_changes(day: date) -> None:
    """Rules 2.9 and 6.5."""
    world = new_world()
    first, second = trained(world, "mentor"), trained(world, "mentor")
    ect = trained(world, mentor=first)
    mentoring.change_mentor(world, ect, second, NOW, starts_on=day)
    shown = []
    for moment in (midnight(day) + timedelta(minutes=59), midnight(day) + timedelta(hours=1)):
        run_to(world, moment)
        mentorship = view_of(ect).mentorship
        shown.append(mentorship and mentorship.mentor)
    assert shown == [first, second]


def two_mentors(changes_on: date) -> tuple[World, Teacher, Teacher, Teacher]:
    """An ECT with the first mentor until that day, and with the second from then on."""
    world = new_world()
    first, second = trained(world, "mentor"), trained(world, "mentor")
    ect = trained(world, mentor=first)
    mentoring.change_mentor(world, ect, second, NOW, starts_on=changes_on)
    return world, ect, first, second


def mentor_shown(world: World, ect: Teacher) -> Teacher | None:
    mentorship = view_of(world.teachers[ect.id]).mentorship
    return None if mentorship is None else mentorship.mentor


AT_ONE = midnight(TOMORROW) + timedelta(hours=1)


@pytest.mark.parametrize("claimed", [NOW - timedelta(days=50), NOW + timedelta(days=50)])
@pytest.mark.parametrize("restored", [False, True], ids=["goes on", "restored"])
def test_the_next_run_puts_right_the_mentor_that_a_claimed_day_showed(claimed: datetime, restored: bool) -> None:
    """Rules 2.9: the header is for one request. Rules 6.5: the run refreshes what is stored."""
    changes_on = TODAY - timedelta(days=10) if claimed < NOW else TODAY + timedelta(days=10)
    world, ect, first, second = two_mentors(changes_on)
    if changes_on < TODAY:
        # The first mentor was there on the claimed day.
        [mentorship] = [each for each in stay_of(ect).mentorships if each.mentor is first]
        mentorship.started_on = SEPTEMBER
    now, then = (second, first) if claimed < NOW else (first, second)
    assert mentor_shown(world, ect) is now
    with Change(world, claimed) as change:
        change.review(ect)
    assert mentor_shown(world, ect) is then
    if restored:
        world = world_of(head_of(world), rows_of(world))
    run_to(world, AT_ONE - timedelta(seconds=1))
    assert mentor_shown(world, ect) == world.teachers[then.id]
    run_to(world, AT_ONE)
    assert mentor_shown(world, ect) == world.teachers[now.id]
    assert world.teachers[ect.id].updated_at == AT_ONE


def test_the_next_run_notices_a_mentor_who_left_while_the_clock_was_set_back() -> None:
    """Control API "Clock": a jump backwards undoes nothing, and each midnight that passes re-evaluates mentors."""
    world = new_world()
    mentor = trained(world, "mentor")
    ect = trained(world, mentor=mentor)
    departures.depart(world, mentor, "mentor", NOW - timedelta(days=9), on=TODAY - timedelta(days=5))
    assert mentor_shown(world, ect) is mentor
    run_to(world, AT_ONE)
    assert mentor_shown(world, ect) is None


@pytest.mark.parametrize("ends", [True, False])
def test_the_mentor_of_a_merged_ect_changes_by_the_calendar(ends: bool) -> None:
    """Rules 6.5, for the survivor of a merge."""
    world = new_world()
    first, second = trained(world, "mentor"), trained(world, "mentor")
    ect = trained(world, mentor=first)
    day = TODAY + timedelta(days=10)
    if ends:
        departures.depart(world, first, "mentor", NOW, on=day)
    else:
        mentoring.change_mentor(world, ect, second, NOW, starts_on=day)
    into = register(world, "mentor", provider=None)
    people.merge(world, ect, into, NOW)
    run_to(world, midnight(day) + timedelta(days=2))
    assert mentor_shown(world, into) is (None if ends else second)


# -- by hand -----------------------------------------------------------------------------------------


def test_a_statement_is_made_payable_on_any_day() -> None:
    """Control API: PUT `statements/{id}`."""
    world = new_world()
    declaration = declared(world)
    assert declaration.statement is not None
    statements.change(world, declaration.statement, NOW, status="payable")
    assert declaration.state == "payable"


def test_a_statement_is_paid_only_as_the_rules_allow() -> None:
    """Rules 6.2: output, payable, and not empty."""
    world = new_world()
    declaration = declared(world)
    held = declaration.statement
    assert held is not None
    with refused(world):
        statements.change(world, held, NOW, status="paid")
    with refused(world):
        statements.change(world, statement_of(world, 12, 2025, "service"), NOW, status="paid")
    with refused(world):
        statements.change(world, statement_of(world, 1, 2026), NOW, status="paid")
    statements.change(world, held, NOW, status="payable")
    with refused(world):
        statements.change(world, held, NOW, status="payable")
    statements.change(world, held, NOW, status="paid")
    assert declaration.state == "paid"
    with refused(world):
        statements.change(world, held, NOW, status="payable")


def test_a_statement_is_added_with_its_usual_days() -> None:
    """Schedules 5; control API: POST `statements`."""
    world = new_world()
    added = statements.create(world, "alder", "2025", 11, 2028, NOW)
    assert (added.deadline_date, added.payment_date, added.status) == (date(2028, 10, 31), date(2028, 11, 25), "open")
    assert (added.provider, added.cohort, added.fee_type) == ("alder", "2025", "output")
    assert statements.create(world, "alder", "2024", 12, 2028, NOW, fee_type="service").fee_type == "service"
    listed = world.list_statements("alder")
    assert added in listed
    assert [each.payment_date for each in listed] == sorted(each.payment_date for each in listed)


@pytest.mark.parametrize(
    ("provider", "month", "year", "days"),
    [
        ("alder", 11, 2027, {}),
        ("dogwood", 12, 2028, {}),
        ("alder", 12, 2028, {"payment_date": date(2028, 11, 29)}),
        ("alder", 12, 2028, {"deadline_date": date(2028, 12, 26)}),
    ],
    ids=["there is one", "no contract", "payment too early", "deadline too late"],
)
def test_a_statement_that_can_not_be_is_refused(provider: str, month: int, year: int, days: dict[str, Any]) -> None:
    world = new_world()
    with refused(world):
        statements.create(world, provider, "2025", month, year, NOW, **days)


def test_days_that_can_not_be_are_refused() -> None:
    world = new_world()
    statement = statement_of(world, 4, 2026)
    with refused(world):
        statements.change(world, statement, NOW, payment_date=date(2026, 3, 30))
    statements.change(world, statement, NOW, payment_date=date(2026, 3, 31))
    assert statement.payment_date == date(2026, 3, 31)


def test_only_a_statement_without_declarations_is_deleted() -> None:
    """Control API: else 409."""
    world = new_world()
    declaration = declared(world)
    assert declaration.statement is not None
    with refused(world):
        statements.delete(world, declaration.statement, NOW)
    empty = statement_of(world, 8, 2026)
    statements.delete(world, empty, NOW)
    assert (empty.id in world.statements, empty in world.list_statements("alder")) == (False, False)
    assert world.clawback_statement("alder", "2025", date(2026, 4, 1)) is statement_of(world, 11, 2026)


@pytest.mark.parametrize(
    ("path", "refusals"),
    [
        ((), ("payable", "paid", "clawed-back", "submitted", "eligible")),
        (("payable",), ("eligible", "clawed-back", "submitted", "awaiting-clawback")),
        (("payable", "paid"), ("voided", "payable", "clawed-back")),
        (("payable", "paid", "awaiting-clawback"), ("paid", "voided")),
        (("payable", "paid", "awaiting-clawback", "clawed-back"), ("voided", "paid", "submitted")),
        (("voided",), ("submitted", "eligible", "payable", "paid")),
    ],
)
def test_a_declaration_moves_only_along_the_arrows(path: tuple[str, ...], refusals: tuple[str, ...]) -> None:
    """Rules 6.1: the department moves that declaration alone."""
    world = new_world()
    declaration = declared(world)
    other = declared(world)
    for step in path:
        declarations.set_state(world, declaration, step, NOW)
    for wanted in refusals:
        if (declaration.state, wanted) == ("eligible", "payable"):
            continue
        with refused(world):
            declarations.set_state(world, declaration, wanted, NOW)
    assert other.state == "eligible"


def test_a_submitted_declaration_without_a_statement_to_come_can_not_become_eligible() -> None:
    world = new_world()
    ect = trained(world)
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    with refused(world):
        declarations.set_state(world, declaration, "eligible", datetime(2029, 1, 1, tzinfo=UTC))


def test_a_statement_is_open_until_its_own_deadline_is_over() -> None:
    """Rules 6.2: deadline before today, whatever else happens that night. Control API: output unless it says so."""
    world = new_world()
    first, second = (
        statements.create(world, "alder", "2025", month, 2029, NOW, deadline_date=deadline)
        for month, deadline in ((12, TODAY), (10, TODAY + timedelta(days=1)))
    )
    assert (first.fee_type, second.fee_type) == ("output", "output")
    run_to(world, NOW + timedelta(days=1))
    assert (first.status, second.status) == ("payable", "open")
    run_to(world, NOW + timedelta(days=2))
    assert second.status == "payable"
