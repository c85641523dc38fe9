"""London's days: "today" and every day boundary of v3 are London time (rules 2.9).

A day is a `date`; a moment is an aware `datetime` in UTC. All stretches of days include both ends.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
ONE_DAY: Final = timedelta(days=1)


@lru_cache(maxsize=4096)
def london_day(moment: datetime) -> date:
    """The day that London's calendars show at `moment`."""
    try:
        return moment.astimezone(LONDON).date()
    except OverflowError:
        # In the calendar's first minutes London's clocks still show the year before it.
        return moment.date()


@lru_cache(maxsize=4096)
def start_of(day: date) -> datetime:
    """The first moment of the day, in UTC: 23:00 of the day before while London has summer time."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


@lru_cache(maxsize=4096)
def end_of(day: date) -> datetime:
    """The first moment after the day."""
    return start_of(day_after(day))


def day_before(day: date) -> date:
    """The calendar's first day has none, and stands for it."""
    return date.min if day == date.min else day - ONE_DAY


def day_after(day: date) -> date:
    """The calendar's last day has none, and stands for it."""
    return date.max if day == date.max else day + ONE_DAY


def year_later(day: date, years: int = 1) -> date:
    """The same day of a later year; 29 February becomes 28 February where that year has none.

    After the calendar's last year it is its last day.
    """
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_later(day: date, months: int) -> date:
    """The same day some months later; a day that the month lacks becomes its last."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - ONE_DAY
    return first.replace(day=min(day.day, last.day))


def is_ongoing(started_on: date, finished_on: date | None, day: date) -> bool:
    """Whether the stretch contains the day; its last day counts as inside (rules 1)."""
    return started_on <= day and (finished_on is None or finished_on >= day)


def is_over(finished_on: date | None, today: date) -> bool:
    """Whether the stretch is over for checks of a single record: one that ends today is (rules 1)."""
    return finished_on is not None and finished_on <= today


def earliest(*days: date | None) -> date | None:
    """The earliest of the days that are given; None stands for no end."""
    return min((day for day in days if day is not None), default=None)
