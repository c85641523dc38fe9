"""Fields of a record as a part of its row, and back."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

Made = TypeVar("Made")


def fields_of(record: object, names: tuple[str, ...]) -> dict[str, Any]:
    """The values of at least two fields, by name."""
    return by_name(names, getter(names)(record))


def by_name(names: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))


def names_of(record: type) -> tuple[str, ...]:
    """The names of the fields that a record is made with, in order."""
    if hasattr(record, "_fields"):
        named: tuple[str, ...] = record._fields
        return named
    return tuple(field.name for field in fields(record) if field.init)


@cache
def getter(names: tuple[str, ...]) -> Callable[[object], tuple[Any, ...]]:
    """A function that gets the values of at least two fields."""
    return attrgetter(*names)


def reader(
    record: type[Made], names: Collection[str], values: Mapping[str, Callable[[Any], Any]]
) -> Callable[..., Made]:
    """A function that makes a record from its row. A large file has many rows, so we prepare what we can.

    The row has at least two fields, and these `names` in any order. In the record they stand side by side, and
    arguments after the row are the fields before them. `values` has the functions that read the values of some names,
    except nulls.
    """
    ordered = [name for name in names_of(record) if name in names]
    get = itemgetter(*ordered)
    read_values = [(place, values[name]) for place, name in enumerate(ordered) if name in values]

    def read(row: Mapping[str, Any], *before: Any) -> Made:
        found = list(get(row))
        for place, read_value in read_values:
            if found[place] is not None:
                found[place] = read_value(found[place])
        return record(*before, *found)

    return read
