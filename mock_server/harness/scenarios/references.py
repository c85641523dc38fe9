"""`${name}` in a scenario: finds the names in a value, and replaces them with kept values."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_REFERENCE = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")


def names_in(value: Any) -> Iterator[str]:
    """Every name in `value` or inside it."""
    if isinstance(value, str):
        yield from _REFERENCE.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from names_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from names_in(item)


def pieces(text: str) -> list[tuple[str, bool]]:
    """`text` split into plain pieces and names. The flag marks the names."""
    parts = _REFERENCE.split(text)
    return [(part, bool(index % 2)) for index, part in enumerate(parts) if part or index % 2]


def filled_in(value: Any, kept: Mapping[str, Any]) -> Any:
    """`value` with every name replaced by its kept value.

    If a text is one reference and nothing else, the kept value replaces it with its own type. Inside a longer text, the
    value becomes text.
    """
    return replaced(value, lambda name: kept[name])


def literally_filled_in(expression: str, kept: Mapping[str, Any]) -> str:
    """A regular expression with the kept values in it as plain text, whatever characters they have."""
    return _REFERENCE.sub(lambda match: re.escape(str(kept[match[1]])), expression)


def replaced(value: Any, stand_in: Callable[[str], Any]) -> Any:
    """Like `filled_in`, with `stand_in(name)` in place of each reference."""
    if isinstance(value, str):
        whole = _REFERENCE.fullmatch(value)
        return stand_in(whole[1]) if whole else _REFERENCE.sub(lambda match: str(stand_in(match[1])), value)
    if isinstance(value, Mapping):
        return {key: replaced(item, stand_in) for key, item in value.items()}
    if isinstance(value, list):
        return [replaced(item, stand_in) for item in value]
    return value
