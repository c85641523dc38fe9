"""Days until which an exception holds, in the files that list exceptions."""

from datetime import UTC, date, datetime
from typing import Any


def read_day(value: Any) -> date | None:
    """The day that YAML gave, as a date or as a text such as `2027-03-31`. None when it is neither."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def is_over(until: date, today: date | None = None) -> bool:
    """Whether the last day of the exception has passed. Days are those of UTC."""
    return (today or datetime.now(UTC).date()) > until
