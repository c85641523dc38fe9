"""The shapes of rows, made from the classes of the records. They check files that people may have edited.

A row's names and types stand once, in the records and in the tables of names by which a service writes its rows.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import make_dataclass
from datetime import date, datetime, timedelta
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

import orjson
from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from mock_server.rules.row_fields import names_of
from mock_server.sandbox.bad_values import BadValue

# Our words for what pydantic finds, where its own speak of Python.
_MESSAGES: Final = {
    "extra_forbidden": "is unknown here",
    "unexpected_keyword_argument": "is unknown here",
    "missing": "is missing",
    "missing_argument": "is missing",
}


def _in_utc(moment: datetime) -> datetime:
    if moment.utcoffset() != timedelta():
        raise ValueError("must be a moment in UTC, such as 2021-11-20T09:00:00+00:00")
    return moment


Moment = Annotated[datetime, AfterValidator(_in_utc)]
# As large as a world can be that anybody has time to read.
Number = Annotated[int, Field(ge=0, le=10_000_000)]
_CHECKED: Final[Mapping[Any, Any]] = {datetime: Moment, int: Number, date: date}


def written(fits: Callable[[str], object], must: str) -> Any:
    """The type of a text that fits. `must` goes on after "must be" when one doesn't."""

    def check(text: str) -> str:
        if not fits(text):
            raise ValueError(f"must be {must}")
        return text

    return Annotated[str, AfterValidator(check)]


def word(known: Collection[str]) -> Any:
    """The type of a text that must be one of these words."""
    return written(known.__contains__, f"one of {', '.join(known)}")


def shape(record: type, names: Iterable[str] | None = None, **others: Any) -> Any:
    """The type of a row with these fields of the record: all when left out. `others` have types of their own."""
    hints = get_type_hints(record)
    chosen = names_of(record) if names is None else names
    members = {name: _checked(hints[name]) for name in chosen} | others
    return make_dataclass(
        record.__name__, members.items(), namespace={"__pydantic_config__": ConfigDict(extra="forbid", strict=True)}
    )


def several(members: Any) -> Any:
    """The type of a list whose members have this type."""
    return list[members]


def by_name(members: Any) -> Any:
    """The type of an object whose members have this type."""
    return dict[str, members]


def _checked(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        return Union[tuple(_checked(each) for each in get_args(hint))]  # noqa: UP007 - the members are computed
    return _CHECKED.get(hint, hint)


def row_check(shapes: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], None]:
    """A function that raises BadValue for a row that isn't one kind with a record of that kind's shape."""
    adapters = {kind: TypeAdapter(made) for kind, made in shapes.items()}

    def check(row: Mapping[str, Any]) -> None:
        if len(row) != 1 or next(iter(row)) not in adapters:
            raise BadValue("", f"must have one member, which is one of {', '.join(adapters)}")
        ((kind, fields),) = row.items()
        check_json(adapters[kind], orjson.dumps(fields), f"/{kind}")

    return check


def check_json(adapter: TypeAdapter[Any], data: bytes, pointer: str = "") -> Any:
    """What the JSON text says, in the adapter's type. Raises BadValue for the first thing that is wrong."""
    try:
        return adapter.validate_json(data, strict=True)
    except ValidationError as refused:
        first = refused.errors()[0]
        place = "".join(f"/{part}" for part in first["loc"])
        own = first["msg"].removeprefix("Value error, ").replace("Input should", "must", 1)
        message = _MESSAGES.get(first["type"], own)
        raise BadValue(pointer + place, message) from None
