"""Moments and durations as text: RFC 3339 for records and bodies, ISO 8601 for filters and the clock.

Every moment is an aware `datetime` in UTC. Readers never raise: they return None for text that they refuse.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# ASCII digits only: \d would take Arabic ones too. Hours stop at 23 and seconds at 59, because
# a server's clock shows neither 24:00 nor a leap second.
_MOMENT = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.,][0-9]+)?"
    r"(?P<zone>Z|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)?",
    re.IGNORECASE,
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# Nine digits are more than any calendar needs, and few enough to cost no time.
_NUMBER = "([0-9]{1,9})"
_DURATION = re.compile(
    rf"P(?:{_NUMBER}W|(?=[0-9T])(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?=[0-9])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)"
)


def parse_rfc3339(text: str) -> datetime | None:
    """The moment that `YYYY-MM-DDThh:mm:ss` names.

    A fraction may follow, after a point or a comma, and then `Z` or an offset: `+01:00`, `+0100` or `+01`. Without
    a zone it is UTC. None if the text has another form, if the calendar has no such day or second, and if the moment
    in UTC falls outside the years 1 to 9999 (rules 6.2).
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
        return moment.replace(tzinfo=UTC) if match["zone"] is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_iso8601(text: str) -> datetime | None:
    """Like `parse_rfc3339`, but it also takes a date alone, as its first moment (rules 5.3)."""
    return parse_rfc3339(f"{text}T00:00:00Z" if _DATE.fullmatch(text) else text)


def format_moment(moment: datetime) -> str:
    """`2021-11-20T09:00:00Z` for a moment in UTC. It drops fractions of a second."""
    return moment.isoformat()[:19] + "Z"


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in ISO 8601. Months follow the calendar; all other units are fixed numbers of seconds."""

    months: int
    length: timedelta


def parse_duration(text: str) -> Duration | None:
    """`P30D`, `P2W`, `P1Y6M`, `PT36H` and the like: whole numbers, no sign. None for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    weeks, years, months, days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
    try:
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None
    return Duration(12 * years + months, length)


def advance(moment: datetime, duration: Duration) -> datetime:
    """The moment `duration` later. If the month lacks the day, it becomes the month's last day.

    Raises:
        OverflowError: the moment would be after the year 9999.
    """
    years, month = divmod(moment.month - 1 + duration.months, 12)
    year, month = moment.year + years, month + 1
    if year > 9999:
        raise OverflowError("the clock ends with the year 9999")
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day) + duration.length
