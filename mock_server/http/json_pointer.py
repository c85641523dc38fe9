"""JSON Pointers (RFC 6901): `/data/0/id` leads to a value inside a document; the empty one is the whole document."""

from collections.abc import Iterable, Mapping
from typing import Any, Final


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


# What a pointer finds where there is nothing; null is something.
NOTHING: Final = _Nothing()


def json_pointer(names: Iterable[str | int]) -> str:
    """The pointer that these names and indexes make."""
    return "".join(f"/{str(name).replace('~', '~0').replace('/', '~1')}" for name in names)


def names_in_pointer(pointer: str) -> list[str]:
    """The names and indexes that make the pointer, as text."""
    return [name.replace("~1", "/").replace("~0", "~") for name in pointer.split("/")[1:]]


def at(pointer: str, document: Any) -> Any:
    """What the pointer leads to, or NOTHING."""
    for name in names_in_pointer(pointer):
        document = member(name, document)
    return document


def member(name: str, node: Any) -> Any:
    """The member or the item of `node` with this name or index, or NOTHING."""
    if isinstance(node, Mapping):
        return node.get(name, NOTHING)
    if isinstance(node, list) and name.isdecimal() and int(name) < len(node):
        return node[int(name)]
    return NOTHING
