"""`${name}` in a scenario: which names a value uses, and the value with kept ones put in."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_REFERENCE = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")


def names_in(value: Any) -> Iterator[str]:
    """Every name that `value`, or anything in it, refers to."""
    if isinstance(value, str):
        yield from _REFERENCE.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from names_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from names_in(item)


def filled_in(value: Any, kept: Mapping[str, Any]) -> Any:
    """`value` with what the names stand for.

    A text that is nothing but one reference becomes the kept value itself, whatever its type; inside a
    longer text the value is written out.
    """
    if isinstance(value, str):
        whole = _REFERENCE.fullmatch(value)
        return kept[whole[1]] if whole else _REFERENCE.sub(lambda match: str(kept[match[1]]), value)
    if isinstance(value, Mapping):
        return {key: filled_in(item, kept) for key, item in value.items()}
    if isinstance(value, list):
        return [filled_in(item, kept) for item in value]
    return value
