"""A world as plain data, to see whether anything at all has changed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from random import Random
from types import FunctionType, MethodType, NoneType
from typing import Any, Final

Plain = Any

# Most of a world. Each test of a refusal shows its world twice, and a look at the type is the fastest question.
_ATOMS: Final = frozenset({NoneType, bool, int, str, bytes, date, datetime})


def plain(world: object) -> Plain:
    """Everything that the world holds, private parts included, as nested values that compare.

    A record met again is its id, so that this ends. Kept renderings are left out: filling one changes nothing.
    """
    met: set[int] = set()

    def show(thing: object) -> Plain:
        match thing:
            case list() | tuple():
                return show_all(thing)
            case dict() | Mapping():
                return show_all(thing), show_all(thing.values())
            case None | bool() | int() | str() | bytes() | date() | datetime():
                return thing
            case FunctionType() | MethodType():
                return thing.__qualname__
            case Random():
                return thing.getstate()
            case set() | frozenset():
                return sorted(thing)
        if id(thing) in met:
            return type(thing).__name__, getattr(thing, "id", None), getattr(thing, "sequence", None)
        met.add(id(thing))
        kind: Any = type(thing)
        try:
            slots = _slots(kind)(thing)
        except AttributeError:  # Some are empty.
            slots = {name: getattr(thing, name) for name in _names(kind) if hasattr(thing, name)}
        return kind.__name__, show(slots), show(_kept(getattr(thing, "__dict__", {})))

    def show_all(things: Iterable[Any]) -> list[Plain]:
        return [each if type(each) in _ATOMS else show(each) for each in things]

    return show(world)


def _kept(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if not name.startswith("rendered")}


@cache
def _names(kind: type) -> list[str]:
    return [name for name in getattr(kind, "__slots__", ()) if not name.startswith("rendered")]


@cache
def _slots(kind: type) -> Callable[[Any], Any]:
    """Reads all slots of a record of that kind at once."""
    return attrgetter(*_names(kind)) if _names(kind) else lambda _: ()
