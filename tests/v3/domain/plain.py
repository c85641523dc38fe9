"""A world as plain data, to see whether anything at all has changed."""

from collections.abc import Mapping
from datetime import date, datetime
from random import Random
from types import FunctionType, MethodType
from typing import Any

Plain = Any


def plain(world: object) -> Plain:
    """Everything that the world holds, private parts included, as nested values that compare.

    A record met again is its id, so that this ends. Kept renderings are left out: filling one changes nothing.
    """
    met: set[int] = set()

    def show(thing: Any) -> Plain:
        match thing:
            case None | bool() | int() | str() | bytes() | date() | datetime():
                return thing
            case FunctionType() | MethodType():
                return thing.__qualname__
            case Random():
                return thing.getstate()
            case Mapping():
                return [(show(key), show(value)) for key, value in thing.items()]
            case list() | tuple():
                return [show(each) for each in thing]
            case set() | frozenset():
                return sorted(thing)
        if id(thing) in met:
            return type(thing).__name__, getattr(thing, "id", None), getattr(thing, "sequence", None)
        met.add(id(thing))
        names = (*getattr(type(thing), "__slots__", ()), *getattr(thing, "__dict__", ()))
        kept = [name for name in names if not name.startswith("rendered") and hasattr(thing, name)]
        return type(thing).__name__, [(name, show(getattr(thing, name))) for name in kept]

    return show(world)
