"""London's days: v3 takes "today" and every day boundary from London time (rules 2.9).

A day is a `date`. A moment is an aware `datetime` in UTC. Every stretch of days includes both ends.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

LONDON: Final = ZoneInfo("Europe/London")
_NOTHING: Final = timedelta()
_ONE_SECOND: Final = timedelta(seconds=1)
ONE_DAY: Final = timedelta(days=1)


# The day of the latest moment, its first moment and the first one after it. Nearly all moments are of the same day.
_latest: tuple[date, datetime, datetime] = (
    date.max,
    datetime.max.replace(tzinfo=UTC),
    datetime.min.replace(tzinfo=UTC),
)


def london_day(moment: datetime) -> date:
    """The day that London's calendars show at `moment`."""
    global _latest
    day, since, until = _latest
    if not since <= moment < until:
        day = _shown_in_london(moment)
        _latest = day, start_of(day), end_of(day)
    return day


_latest_second = datetime.min.replace(tzinfo=UTC)


def whole_second(moment: datetime) -> datetime:
    """The moment without its fraction of a second. In a busy second, every change gets the same object."""
    global _latest_second
    if not _NOTHING <= moment - _latest_second < _ONE_SECOND:
        _latest_second = moment.replace(microsecond=0)
    return _latest_second


@lru_cache(maxsize=4096)
def _shown_in_london(moment: datetime) -> date:
    try:
        return moment.astimezone(LONDON).date()
    except OverflowError:
        # In the calendar's first minutes, London's clocks still show the year before, which `datetime` can't hold.
        return moment.date()


@lru_cache(maxsize=4096)
def start_of(day: date) -> datetime:
    """The first moment of the day, in UTC. In London's summer time that is 23:00 of the day before."""
    return datetime.combine(day, time.min, LONDON).astimezone(UTC)


@lru_cache(maxsize=4096)
def end_of(day: date) -> datetime:
    """The first moment after the day."""
    return start_of(day_after(day))


def day_before(day: date) -> date:
    """The day before. For the calendar's first day, that day itself."""
    return date.min if day == date.min else day - ONE_DAY


def day_after(day: date) -> date:
    """The day after. For the calendar's last day, that day itself."""
    return date.max if day == date.max else day + ONE_DAY


def year_later(day: date, years: int = 1) -> date:
    """The same day of a later year. 29 February becomes 28 February if the later year lacks it.

    After the calendar's last year, it is the calendar's last day.
    """
    if day.year + years > date.max.year:
        return date.max
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_later(day: date, months: int) -> date:
    """The same day some months later. A day that the month lacks becomes its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - ONE_DAY
    return first.replace(day=min(day.day, last.day))


def is_ongoing(started_on: date, finished_on: date | None, day: date) -> bool:
    """Whether the stretch contains the day. Its last day counts (rules 1)."""
    return started_on <= day and (finished_on is None or finished_on >= day)


def is_over(finished_on: date | None, today: date) -> bool:
    """Whether checks of a single record see the stretch as over. One that ends today is over (rules 1)."""
    return finished_on is not None and finished_on <= today


def earliest(*days: date | None) -> date | None:
    """The earliest of the days. None stands for no end."""
    return min((day for day in days if day is not None), default=None)
