"""Reads YAML together with line numbers, so that reports can point at a mistake.

It reads scalars as JSON would: `null`, `true`, `false` and numbers. Everything else is text. So a moment such as
`2021-11-20T09:00:00Z` stays text, and `no` is a word.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

_WORDS: dict[str, Any] = {"": None, "null": None, "~": None, "true": True, "false": False}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")

# Python refuses to read integers of more than 4,300 digits, and nobody needs so many.
_LONGEST_NUMBER = 1000

# The styles in which a scalar is always text: quoted, or a block.
QUOTED = frozenset("'\"|>")

# Every real scenario is far below these limits.
MAX_DEPTH = 50
MAX_VALUES = 10_000

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`lines` has the line of every value, counted from 1, by the keys and indexes that lead to it."""

    value: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest value around it."""
        while place not in self.lines:
            place = place[:-1]
        return self.lines[place]


class Unreadable(ValueError):
    """The text isn't YAML that this module accepts; `line` says where."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read(text: str) -> Document:
    """Raises Unreadable for bad syntax, too much text, a repeated key, or a key that is no scalar."""
    # The C loader is several times faster, but not every installation has it.
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        _check_size(yaml.parse(text, Loader=loader))
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Unreadable(line, _problem(text, line) or error.problem or "this is no YAML") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, max(error.position, 0)) + 1
        raise Unreadable(line, f"this holds a character that YAML doesn't allow: {error.reason}") from error
    lines: dict[Place, int] = {(): 1}
    return Document(_value(node, (), lines) if node else None, lines)


def _check_size(events: Iterable[yaml.Event]) -> None:
    """Checks the size before it builds anything: an alias may contain itself, or expand beyond the memory."""
    # For each open collection: its anchor, and the count of values before it, with those behind aliases.
    open_ones: list[tuple[str | None, int]] = []
    sizes: dict[str, int] = {}
    total = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.CollectionStartEvent):
            open_ones.append((event.anchor, total))
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise Unreadable(line, f"*{event.anchor} must stand for something that is complete before it")
            total += sizes[event.anchor]
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_ones.pop()
            total += 1
            sizes |= {anchor: total - before} if anchor else {}
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            sizes |= {event.anchor: 1} if event.anchor else {}
        if len(open_ones) > MAX_DEPTH:
            raise Unreadable(line, f"this is nested more than {MAX_DEPTH} deep")
        if total > MAX_VALUES:
            raise Unreadable(line, f"this holds more than {MAX_VALUES} values")


def _problem(text: str, line: int) -> str | None:
    """What is wrong with the line, in cases where the YAML library's own message wouldn't help the author."""
    indent = re.match(r"\s*", text.splitlines()[line - 1] if line <= len(text.splitlines()) else "")
    return "indent with blanks: YAML takes no tabs" if indent and "\t" in indent[0] else None


def _value(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*place, index), lines) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        values: dict[str, Any] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise Unreadable(line, "a key must be a plain word")
            if key.value in values:
                raise Unreadable(line, f"{key.value!r} comes twice; keep one of them")
            lines[(*place, key.value)] = line
            values[key.value] = _value(item, (*place, key.value), lines)
        return values
    assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - there is no fourth kind
    return _scalar(node)


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style in QUOTED:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return text
