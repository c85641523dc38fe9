"""Making, changing, running and authorising statements (rules 6.2, schedules 5)."""

from datetime import date, datetime

from mock_server.v3.domain.calendar import london_day, months_later
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.declarations import authorise, no_arrow
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import Declaration, Statement
from mock_server.v3.domain.schedules import StatementDates, statement_dates, statements_of
from mock_server.v3.domain.states import AUTHORISED_AS, STATEMENT_ARROWS
from mock_server.v3.domain.vocabulary import FeeType
from mock_server.v3.domain.world import World

# The seed marks a statement as paid this many months after its payment date (schedules 5).
_MONTHS_TO_PAY = 2


def add_all(change: Change, provider: str, cohort: str) -> None:
    """Add the statements of a contract, each with the status that its days give it by now (schedules 5)."""
    for dates in statements_of(cohort):
        add(change, provider, cohort, dates, _seeded_status(dates, change.today))


def _seeded_status(dates: StatementDates, today: date) -> str:
    if months_later(dates.payment_date, _MONTHS_TO_PAY) < today:
        return "paid"
    return "payable" if dates.deadline_date < today else "open"


def create(
    world: World,
    provider: str,
    cohort: str,
    month: int,
    year: int,
    now: datetime,
    *,
    fee_type: FeeType = "output",
    deadline_date: date | None = None,
    payment_date: date | None = None,
) -> Statement:
    """Add an open statement. Its days are the ones of schedules 5 unless you give others.

    Raises Impossible without a contract, for a month with a statement, and for a payment before the deadline.
    """
    if not world.has_contract(provider, cohort):
        raise Impossible(f"{provider} has no contract in {cohort}: add the cohort to the provider first.")
    if any((each.month, each.year) == (month, year) for each in world.statements_by_contract[provider, cohort]):
        raise Impossible(f"{provider} has a statement of {cohort} for month {month} of {year} already.")
    usual = statement_dates(month, year)
    dates = usual._replace(
        fee_type=fee_type,
        deadline_date=deadline_date or usual.deadline_date,
        payment_date=payment_date or usual.payment_date,
    )
    _check_days(dates.deadline_date, dates.payment_date)
    with Change(world, now) as change:
        return add(change, provider, cohort, dates, "open")


def add(change: Change, provider: str, cohort: str, dates: StatementDates, status: str) -> Statement:
    world = change.world
    month, year, fee_type, deadline_date, payment_date = dates
    statement = Statement(
        world.new_id(),
        provider,
        cohort,
        month,
        year,
        fee_type,
        deadline_date,
        payment_date,
        status,
        change.now,
        change.now,
        world.next_sequence(),
    )
    world.statements[statement.id] = statement
    world.file_statement(statement)
    change.statement(statement)
    return statement


def change(
    world: World,
    statement: Statement,
    now: datetime,
    *,
    deadline_date: date | None = None,
    payment_date: date | None = None,
    status: str | None = None,
) -> None:
    """Change days, or set `payable` or `paid` by hand on any day.

    Raises Impossible without an arrow. `paid` needs an output statement with something to pay or to take back.
    """
    deadline_date = deadline_date or statement.deadline_date
    payment_date = payment_date or statement.payment_date
    _check_days(deadline_date, payment_date)
    if status is not None and status not in STATEMENT_ARROWS[statement.status]:
        raise Impossible(no_arrow("statement", statement.status, status, STATEMENT_ARROWS[statement.status]))
    if status == "paid" and not can_be_authorised(statement):
        raise Impossible("Only an output statement with a payable or awaiting-clawback declaration can be paid.")
    with Change(world, now) as changes:
        if (deadline_date, payment_date) != (statement.deadline_date, statement.payment_date):
            statement.deadline_date, statement.payment_date = deadline_date, payment_date
            world.file_statement(statement)
            changes.statement(statement)
        if status == "payable":
            make_payable(changes, statement)
        elif status == "paid":
            pay(changes, statement)


def _check_days(deadline_date: date, payment_date: date) -> None:
    if payment_date < deadline_date:
        raise Impossible("The payment date can't be before the deadline.")


def delete(world: World, statement: Statement, now: datetime) -> None:
    """Raises Impossible for a statement that pays declarations, or takes some back."""
    if statement.declarations or statement.clawbacks:
        raise Impossible("The statement has declarations.")
    with Change(world, now):
        world.forget_statement(statement)


def make_payable(change: Change, statement: Statement) -> None:
    """The statement and its eligible declarations become payable."""
    statement.status = "payable"
    change.statement(statement)
    for declaration in statement.declarations:
        if declaration.state == "eligible":
            change.set_declaration(declaration, payment_status="payable")


def pay(change: Change, statement: Statement) -> None:
    """A finance user authorises it. Payable declarations become paid, and those that await clawback clawed back."""
    statement.status = "paid"
    change.statement(statement)
    for declaration in _to_authorise(statement):
        authorise(change, declaration)


def can_be_authorised(statement: Statement) -> bool:
    """Whether it is an output statement, payable, and not empty (rules 6.2)."""
    return statement.fee_type == "output" and statement.status == "payable" and bool(_to_authorise(statement))


def _to_authorise(statement: Statement) -> list[Declaration]:
    held = [each for each in statement.declarations if each.clawback_status is None]
    held += statement.clawbacks
    return [each for each in held if each.state in AUTHORISED_AS]


def run_deadlines(world: World, now: datetime) -> None:
    """At 00:00 UTC, statements with a past deadline become payable (rules 6.2)."""
    today = london_day(now)
    due = [each for each in world.statements.values() if each.status == "open" and each.deadline_date < today]
    if due:
        with Change(world, now) as change:
            for statement in due:
                make_payable(change, statement)


def run_payments(world: World, now: datetime) -> None:
    """Authorise statements on or after their payment date, if possible, unless the sandbox pays by hand."""
    today = london_day(now)
    due = [each for each in world.statements.values() if each.payment_date <= today and can_be_authorised(each)]
    if due:
        with Change(world, now) as change:
            for statement in due:
                pay(change, statement)
