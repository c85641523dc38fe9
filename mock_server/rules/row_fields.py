"""Fields of a record as a part of its row, and back."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from functools import cache
from operator import attrgetter
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
    """A function that makes a record from its row, a dictionary with these `names` in any order.

    In the record the fields of these names stand side by side; arguments after the row are the fields before them.
    `values` has the functions that read the values of some names, except nulls.

    A large file has many rows. So the function is compiled, as `dataclasses` compiles `__init__`: with a loop over the
    names, reading takes half as long again.
    """
    ordered = names_of(record)
    before = ordered[: min(map(ordered.index, names))]
    arguments = [*before, *(_argument(name, name in values) for name in ordered if name in names)]
    source = f"lambda {', '.join(('row', *before))}: record({', '.join(arguments)})"
    made: Callable[..., Made] = eval(source, {"record": record, **{f"read_{name}": values[name] for name in values}})  # noqa: S307 - our own names
    return made


def _argument(name: str, is_read: bool) -> str:
    return f"None if (value := row[{name!r}]) is None else read_{name}(value)" if is_read else f"row[{name!r}]"
