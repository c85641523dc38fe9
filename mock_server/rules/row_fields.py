"""Fields of a record as a part of its row."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any


def fields_of(record: object, names: tuple[str, ...]) -> dict[str, Any]:
    """The values of at least two fields, by name."""
    return dict(zip(names, _getter(names)(record), strict=True))


@cache
def names_of(record: type) -> tuple[str, ...]:
    """The names of a dataclass's fields, in order."""
    return tuple(field.name for field in fields(record))


@cache
def _getter(names: tuple[str, ...]) -> Callable[[object], tuple[Any, ...]]:
    return attrgetter(*names)
