"""The daily runs: what happens by itself at fixed moments of each day (rules 6.5)."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from typing import Final, NamedTuple

from mock_server.v3.domain.calendar import day_after, day_before
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.records import Partnership, Teacher
from mock_server.v3.domain.statements import run_deadlines, run_payments
from mock_server.v3.domain.world import World


class Job(NamedTuple):
    """One daily run: its time of day in UTC, and its action."""

    at: time
    run: Callable[[World, datetime], None]


def pay_statements(world: World, now: datetime) -> None:
    """The mock's own run. If the sandbox pays by date, it authorises statements on their payment date."""
    if world.pays_by_date:
        run_payments(world, now)


def move_partnerships(world: World, now: datetime) -> None:
    """If a training period starts today or ended yesterday, `participants_currently_training` changed (rules 3.9)."""
    today = now.date()
    yesterday = day_before(today)
    changed = [
        record
        for record in world.days.get(today, ())
        if isinstance(record, Partnership)
        and any(training.started_on == today or training.finished_on == yesterday for training in record.trainings)
    ]
    if changed:
        with Change(world, now) as change:
            for partnership in changed:
                change.partnership(partnership)


def reevaluate_mentors(world: World, now: datetime) -> None:
    """If a mentorship begins or ends by the calendar, `mentor_id` and the unfunded mentors change."""
    noted = world.days.pop(now.date(), ())
    mentored = [record for record in noted if isinstance(record, Teacher) and record.id in world.teachers]
    if mentored:
        with Change(world, now) as change:
            for teacher in mentored:
                change.review(teacher)


# In the order of the day. London and UTC have the same date at each of these moments.
JOBS: Final = (
    Job(time(0, 0), run_deadlines),
    Job(time(0, 0), pay_statements),
    Job(time(0, 1), move_partnerships),
    Job(time(1, 0), reevaluate_mentors),
)


def follow_clock(world: World, clock: datetime) -> None:
    """The clock shows `clock` now: make the runs between the latest moment that it showed before and now.

    Going back undoes nothing, and no run happens twice.
    """
    before = world.clock
    if clock <= before:
        return
    if before.hour > JOBS[-1].at.hour and before.date() == clock.date():
        # Every request asks, and nearly always the day's runs are over.
        world.clock = clock
        return
    if clock < _next_moment(before):
        world.clock = clock
        return
    for day in _eventful_days(world, before, clock):
        for job in JOBS:
            moment = datetime.combine(day, job.at, UTC)
            if before < moment <= clock:
                world.clock = moment
                job.run(world, moment)
    world.clock = clock
    # The runs of the day are over, so we no longer need its notes.
    for day in [day for day in world.days if day < clock.date()]:
        del world.days[day]


def _next_moment(before: datetime) -> datetime:
    """The first moment of any job after this one."""
    for job in JOBS:
        moment = datetime.combine(before.date(), job.at, UTC)
        if moment > before:
            return moment
    if before.date() == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(day_after(before.date()), JOBS[0].at, UTC)


def _eventful_days(world: World, before: datetime, clock: datetime) -> Iterator[date]:
    """The days on which some job has work, in order. Skipping the others costs nothing."""
    first, last = before.date(), clock.date()
    days = {day for day in world.days if first <= day <= last}
    tomorrow = day_after(first)
    for statement in world.statements.values():
        if statement.status == "open":
            days.add(max(tomorrow, day_after(statement.deadline_date)))
        if statement.status != "paid":
            days.add(max(tomorrow, statement.payment_date))
    yield from sorted(day for day in days if first <= day <= last)
