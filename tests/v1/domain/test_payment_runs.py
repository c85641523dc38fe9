"""Payment runs: which statement a declaration waits for, when each run is due, and what makes none."""

from datetime import date, datetime, timedelta

import pytest

from mock_server.v1.domain import commands
from mock_server.v1.domain.records import Declaration, Participant
from mock_server.v1.domain.world import World
from tests.v1.domain.builders import NOW, add, at, declaration_in, declare, dump, new_world
from tests.v1.domain.published import STATEMENTS

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
# Cohort 2021, declared on 20 November 2021: deadline and payment are both on the 30th.
FIRST_RUN = at("2021-12-01")
JANUARY_DEADLINE, JANUARY_PAYMENT = at("2022-02-01"), at("2022-02-26")


def midnight_after(day: date) -> datetime:
    return at(str(day)) + DAY


def funded(world: World, cohort: str = "2021") -> Participant:
    """On a schedule that lets any type be declared from 1 September of the cohort on."""
    return add(world, cohort=cohort, schedule="ecf-extended-september", eligible=True)


def declared(world: World, moment: datetime, cohort: str = "2021") -> Declaration:
    world.follow_clock(moment)
    return declare(world, funded(world, cohort), declaration_date=moment.isoformat(), now=moment)


def came_to(world: World, declaration: Declaration, clock: datetime) -> tuple[str, datetime]:
    world.follow_clock(clock)
    return declaration.state, declaration.updated_at


ALL_STATEMENTS = [(cohort, row) for cohort, rows in STATEMENTS.items() for row in range(len(rows))]


@pytest.mark.parametrize(("cohort", "row"), ALL_STATEMENTS)
def test_each_published_statement_pays_what_was_declared_since_the_deadline_before(cohort: int, row: int) -> None:
    deadline, payment = STATEMENTS[cohort][row]
    opens = midnight_after(STATEMENTS[cohort][row - 1][0]) if row else at(f"{cohort}-09-01")
    payable, paid = midnight_after(deadline), midnight_after(payment)
    world = new_world(opens)
    # From the first second after the deadline before, to the last of this deadline's day.
    for moment in (opens, payable - SECOND):
        declaration = declared(world, moment, str(cohort))
        assert declaration.state == "eligible"
    for each in world.declarations.values():
        assert came_to(world, each, payable - SECOND) == ("eligible", each.created_at)
    for each in world.declarations.values():
        state = came_to(world, each, payable)
        if deadline == payment:
            assert state == ("paid", payable)
        else:
            assert state == ("payable", payable)
            assert came_to(world, each, paid - SECOND) == ("payable", payable)
    for each in world.declarations.values():
        assert came_to(world, each, paid) == ("paid", paid)


def test_after_the_last_listed_statement_further_ones_follow() -> None:
    world = new_world()
    for declared_at, deadline, payment in (
        ("2024-08-01", "2024-10-01", "2024-10-26"),
        ("2024-10-01", "2025-01-01", "2025-01-26"),
        ("2025-03-31T23:59:59Z", "2025-04-01", "2025-04-26"),
        ("2091-01-01", "2091-04-01", "2091-04-26"),
    ):
        declaration = declared(world, at(declared_at))
        assert came_to(world, declaration, at(deadline) - SECOND) == ("eligible", at(declared_at))
        assert came_to(world, declaration, at(deadline)) == ("payable", at(deadline))
        assert came_to(world, declaration, at(payment) - SECOND) == ("payable", at(deadline))
        assert came_to(world, declaration, at(payment)) == ("paid", at(payment))


def test_one_jump_makes_every_run_on_the_way_in_the_order_of_their_dates() -> None:
    world = new_world()
    # The newer one is made first, so that the order of making isn't the order of the runs.
    newer = declaration_in(world, funded(world), "eligible", now=at("2021-12-01"))
    older = declaration_in(world, funded(world), "eligible", now=at("2021-11-20"))
    latest = declaration_in(world, funded(world), "eligible", now=at("2022-02-01"))
    moves: list[tuple[datetime, str]] = []
    move = world.move_declaration

    def noted(declaration: Declaration, state: str, now: datetime) -> None:
        moves.append((now, state))
        move(declaration, state, now)

    world.move_declaration = noted  # type: ignore[method-assign]
    world.follow_clock(at("2022-05-26"))
    assert moves == [
        (FIRST_RUN, "payable"),
        (FIRST_RUN, "paid"),
        (JANUARY_DEADLINE, "payable"),
        (JANUARY_PAYMENT, "paid"),
        (at("2022-05-01"), "payable"),
        (at("2022-05-26"), "paid"),
    ]
    assert [each.state for each in (older, newer, latest)] == ["paid", "paid", "paid"]
    # Each record shows the moment of its own run, and later runs are later changes.
    assert [each.updated_at for each in (older, newer, latest)] == [FIRST_RUN, JANUARY_PAYMENT, at("2022-05-26")]
    assert older.changed < newer.changed < latest.changed


def test_a_clock_that_stands_makes_no_run_twice() -> None:
    world = new_world()
    declared(world, NOW)
    world.follow_clock(FIRST_RUN)
    before = dump(world)
    world.follow_clock(FIRST_RUN)
    assert dump(world) == before


@pytest.mark.parametrize("state", ["submitted", "ineligible", "voided", "clawed-back", "paid"])
def test_no_run_moves_a_declaration_in_this_state(state: str) -> None:
    world = new_world()
    declaration = declaration_in(world, add(world), state)
    assert came_to(world, declaration, at("2099-01-01")) == (state, NOW)


def test_a_submitted_declaration_is_paid_by_the_statement_after_funding_was_confirmed() -> None:
    world = new_world()
    participant = add(world)
    declaration = declare(world, participant)
    world.follow_clock(at("2022-01-10"))
    world.register(participant, {"eligible_for_funding": True}, at("2022-01-10"))
    assert came_to(world, declaration, JANUARY_DEADLINE) == ("payable", JANUARY_DEADLINE)
    assert came_to(world, declaration, JANUARY_PAYMENT) == ("paid", JANUARY_PAYMENT)


@pytest.mark.parametrize("voided_at", ["2021-11-25", "2022-02-10"])
def test_a_declaration_voided_before_payment_stays_voided(voided_at: str) -> None:
    world = new_world()
    declaration = declared(world, at("2021-12-10") if voided_at > "2022" else NOW)
    world.follow_clock(at(voided_at))
    commands.void(world, declaration, at(voided_at))
    assert came_to(world, declaration, at("2099-01-01")) == ("voided", at(voided_at))


def test_a_clawback_is_recovered_by_the_next_statement_when_that_one_is_paid() -> None:
    world = new_world()
    declaration = declared(world, NOW)
    # Paid on 30 November; voided on the January deadline's own day, which isn't past.
    voided_at = JANUARY_DEADLINE - SECOND
    world.follow_clock(voided_at)
    assert commands.void(world, declaration, voided_at).state == "awaiting-clawback"
    assert came_to(world, declaration, JANUARY_PAYMENT - SECOND) == ("awaiting-clawback", voided_at)
    assert came_to(world, declaration, JANUARY_PAYMENT) == ("clawed-back", JANUARY_PAYMENT)
    assert came_to(world, declaration, at("2099-01-01")) == ("clawed-back", JANUARY_PAYMENT)


def test_a_clawback_after_the_deadline_waits_for_the_statement_after() -> None:
    world = new_world()
    declaration = declared(world, NOW)
    world.follow_clock(JANUARY_DEADLINE)
    commands.void(world, declaration, JANUARY_DEADLINE)
    assert came_to(world, declaration, at("2022-05-26") - SECOND) == ("awaiting-clawback", JANUARY_DEADLINE)
    assert came_to(world, declaration, at("2022-05-26")) == ("clawed-back", at("2022-05-26"))


def test_after_a_clawback_the_new_declaration_is_paid_in_its_turn() -> None:
    world = new_world()
    participant = funded(world)
    first = declare(world, participant)
    world.follow_clock(FIRST_RUN)
    commands.void(world, first, FIRST_RUN)
    second = declare(world, participant, now=FIRST_RUN)
    world.follow_clock(JANUARY_PAYMENT)
    assert (first.state, second.state) == ("clawed-back", "paid")


@pytest.mark.parametrize("state", ["eligible", "payable"])
def test_a_declaration_moved_by_hand_is_not_moved_again_by_the_run_that_was_due(state: str) -> None:
    world = new_world(at("2021-12-10"))
    declaration = declaration_in(world, funded(world), "eligible")
    world.move_declaration(declaration, "payable", at("2021-12-11"))
    if state == "payable":
        world.move_declaration(declaration, "paid", at("2021-12-12"))
    assert came_to(world, declaration, JANUARY_DEADLINE)[0] == ("payable" if state == "eligible" else "paid")
    assert came_to(world, declaration, JANUARY_PAYMENT)[0] == "paid"


# -- clocks that differ --------------------------------------------------------------------------


def test_a_request_with_its_own_server_date_makes_no_run() -> None:
    world = new_world()
    waiting = declared(world, NOW)
    shifted = at("2024-03-01T00:00:00Z")
    made = declare(world, funded(world), declaration_date="2024-03-01T00:00:00Z", now=shifted)
    assert (waiting.state, made.state) == ("eligible", "eligible")
    assert world.clock == NOW
    world.follow_clock(FIRST_RUN)
    assert (waiting.state, made.state) == ("paid", "eligible")
    # It waits for the statement that was next on the date that its request claimed.
    assert came_to(world, made, at("2024-05-01") - SECOND) == ("eligible", shifted)
    assert came_to(world, made, at("2024-05-01")) == ("payable", at("2024-05-01"))


def test_a_request_that_claims_a_past_date_waits_for_no_statement_that_was_run_already() -> None:
    world = new_world(at("2022-03-01"))
    made = declare(world, funded(world), declaration_date="2021-11-01T00:00:00Z", now=at("2021-11-02"))
    assert came_to(world, made, at("2022-05-01") - SECOND) == ("eligible", at("2021-11-02"))
    assert came_to(world, made, at("2022-05-01")) == ("payable", at("2022-05-01"))


def test_a_clock_that_goes_back_undoes_nothing_and_goes_on_from_there() -> None:
    world = new_world()
    paid = declared(world, NOW)
    waiting = declared(world, at("2021-12-05"))
    world.follow_clock(JANUARY_DEADLINE)
    before = (paid.state, paid.updated_at, waiting.state, waiting.updated_at)
    assert before == ("paid", FIRST_RUN, "payable", JANUARY_DEADLINE)
    world.follow_clock(at("2021-10-01"))
    assert (paid.state, paid.updated_at, waiting.state, waiting.updated_at) == before
    again = declared(world, at("2021-10-01"))
    assert came_to(world, again, FIRST_RUN) == ("paid", FIRST_RUN)
    assert waiting.state == "payable"
    assert came_to(world, waiting, JANUARY_PAYMENT) == ("paid", JANUARY_PAYMENT)
