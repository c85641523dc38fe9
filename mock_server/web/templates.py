"""The page's templates. They escape every value, and an unknown name is an error."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mock_server.web.pretty import tokens

_LONDON = ZoneInfo("Europe/London")
_FOLDER = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "day": _day,
        "london": _london,
        "moment": _moment,
        "prose": _prose,
        "readable": _readable,
        "tokens": tokens,
        "word": _word,
    }
    return environment


def render(name: str, context: Mapping[str, Any]) -> str:
    """The template `name` (without `.html`) with `context`."""
    return _environment().get_template(f"{name}.html").render(context)


def _london(moment: datetime) -> str:
    """The day that London's calendars show."""
    return _day(moment.astimezone(_LONDON))


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%b %Y}"


def _moment(moment: datetime) -> str:
    return f"{_day(moment)}, {moment:%H:%M:%S}"


def _prose(text: str) -> list[tuple[str, bool]]:
    """The text in pieces. Each has a flag: True if it stood between backticks."""
    return [(piece, number % 2 == 1) for number, piece in enumerate(text.split("`"))]


def _readable(query: str) -> str:
    """A query as the client sent it, but with plain brackets and colons, which are easier to read than escapes."""
    for escaped, bare in (("%5B", "["), ("%5D", "]"), ("%3A", ":"), ("%5b", "["), ("%5d", "]"), ("%3a", ":")):
        query = query.replace(escaped, bare)
    return query


def _word(value: str | bool | None) -> str:
    """A fact as people say it."""
    if value is None:
        return "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
