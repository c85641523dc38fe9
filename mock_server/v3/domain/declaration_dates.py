"""The form in which v3 reads `declaration_date` (rules 5.8, row 11)."""

import re
from datetime import UTC, datetime

# ASCII digits only: \d would take Arabic ones too.
_FORM = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<time>(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])"
    r"(?:[.,](?P<fraction>[0-9]+))?"
    r"(?P<zone>Z|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)?"
)
# What nearly every client sends. Python reads it as it is.
_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")


def parse_declaration_date(text: str) -> datetime | None:
    """The moment in UTC, to the microsecond. Without a zone we read it as UTC; that is our decision (rules 5.8).

    The text must be `YYYY-MM-DDThh:mm:ss`. A fraction may follow, after `.` or `,`, and then a zone: `Z`, `±hh`,
    `±hhmm` or `±hh:mm`. None for other text, for a day that the calendar lacks, and if UTC leaves the years 1 to 9999.
    """
    try:
        if _PLAIN.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        return None
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    microseconds = (match["fraction"] or "")[:6].ljust(6, "0")
    try:
        moment = datetime.fromisoformat(f"{match['day']}T{match['time']}.{microseconds}{match['zone'] or 'Z'}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
