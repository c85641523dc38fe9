"""Fields of a record as a part of its row, and back.

A world has many rows, and each change writes some. So we compile these functions, as `dataclasses` compiles `__init__`.
With loops over the names, both writing and reading take half as long again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, TypeVar

Record = TypeVar("Record")


def names_of(record: type) -> tuple[str, ...]:
    """The names of the fields that a record is made with, in order."""
    if hasattr(record, "_fields"):
        named: tuple[str, ...] = record._fields
        return named
    return tuple(field.name for field in fields(record) if field.init)


def writer(
    record: type[Record],
    names: Iterable[str] | None = None,
    values: Mapping[str, Callable[[Record], Any]] = MappingProxyType({}),
) -> Callable[[Record], dict[str, Any]]:
    """A function that makes the row of such a record: its fields of these `names`, then the `values`.

    Without `names` the row has all fields that the record is made with. `values` has a function of the record for each.
    """
    names = names_of(record) if names is None else names
    members = [*(f"{name!r}: record.{name}" for name in names), *(f"{name!r}: write_{name}(record)" for name in values)]
    source = f"lambda record: {{{', '.join(members)}}}"
    made: Callable[[Record], dict[str, Any]] = eval(source, {f"write_{name}": values[name] for name in values})  # noqa: S307 - our own names
    return made


def reader(
    record: type[Record], names: Collection[str], values: Mapping[str, Callable[[Any], Any]]
) -> Callable[..., Record]:
    """A function that makes a record from its row, a dictionary with these `names` in any order.

    In the record the fields of these names stand side by side; arguments after the row are the fields before them.
    `values` has the functions that read the values of some names, except nulls.
    """
    ordered = names_of(record)
    before = ordered[: min(map(ordered.index, names))]
    arguments = [*before, *(_argument(name, name in values) for name in ordered if name in names)]
    source = f"lambda {', '.join(('row', *before))}: record({', '.join(arguments)})"
    made: Callable[..., Record] = eval(source, {"record": record, **{f"read_{name}": values[name] for name in values}})  # noqa: S307 - our own names
    return made


def _argument(name: str, is_read: bool) -> str:
    return f"None if (value := row[{name!r}]) is None else read_{name}(value)" if is_read else f"row[{name!r}]"
