"""Facts that are worked out when the first rule asks for them."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")


class fact(Generic[Value]):
    """Like `functools.cached_property`, without the lock that Python 3.11 takes at the first look.

    One request has its facts to itself. A declaration in order looks at each once, and the lock costs as much as some.
    """

    def __init__(self, work_out: Callable[[Any], Value]) -> None:
        self._work_out = work_out
        self.__doc__ = work_out.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, facts: None, owner: type) -> "fact[Value]": ...

    @overload
    def __get__(self, facts: object, owner: type) -> Value: ...

    def __get__(self, facts: object | None, owner: type) -> "Value | fact[Value]":
        if facts is None:
            return self
        # Next time Python finds it here, before it comes to this class.
        value = facts.__dict__[self._name] = self._work_out(facts)
        return value
