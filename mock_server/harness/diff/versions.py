"""The two documents side by side: follows references, compares whole parts, and reports what no rule judges."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.harness.diff.difference import Difference
from mock_server.http.contract import resolve

Node = Mapping[str, Any]

# Texts for people. They change neither requests nor answers.
WORDS = frozenset({"description", "summary", "example", "examples", "externalDocs"})

_MOST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Versions:
    """The old document and the new one."""

    old: Node
    new: Node

    def follow(self, old: Any, new: Any) -> tuple[Any, Any]:
        """Both nodes, or the objects that they refer to in their documents. Raises UnusableReference."""
        return resolve(self.old, old), resolve(self.new, new)

    def same(self, old: Any, new: Any) -> bool:
        """Whether two parts are equal, with references followed; `1`, `1.0` and `true` are three values."""
        return self._same(old, new, set())

    def _same(self, old: Any, new: Any, compared: set[tuple[int, int]]) -> bool:
        old, new = self.follow(old, new)
        if (id(old), id(new)) in compared:
            # A part that contains itself: the comparison meets every difference in it elsewhere.
            return True
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            compared.add((id(old), id(new)))
            return old.keys() == new.keys() and all(self._same(old[key], new[key], compared) for key in old)
        if isinstance(old, list) and isinstance(new, list):
            compared.add((id(old), id(new)))
            return len(old) == len(new) and all(
                self._same(before, after, compared) for before, after in zip(old, new, strict=True)
            )
        return type(old) is type(new) and bool(old == new)

    def rest(self, where: str, old: Node, new: Node, known: frozenset[str]) -> Iterator[Difference]:
        """The differences between two objects outside the members `known`. No rule judges these."""
        for name in dict.fromkeys([*old, *new]):
            if name not in known and not self.same(old.get(name), new.get(name)):
                yield not_judged(where, name, old.get(name), new.get(name))

    def beside_references(self, where: str, old: Node, new: Node) -> Iterator[Difference]:
        """The members beside a `$ref`. OpenAPI 3.0 ignores them, but some tools don't."""
        before, after = _beside_reference(old), _beside_reference(new)
        yield from self.rest(where, before, after, WORDS)


def _beside_reference(node: Node) -> Node:
    return {name: value for name, value in node.items() if name != "$ref"} if "$ref" in node else {}


def not_judged(where: str, name: str, before: Any, after: Any) -> Difference:
    """A difference that no rule covers."""
    return Difference("not judged", where, f"{name} was {shown(before)}, is {shown(after)}")


def shown(value: Any) -> str:
    """A value for a sentence: text unchanged, everything else as JSON, and shortened if it is long."""
    if value is None:
        return "not given"
    text = value if isinstance(value, str) else as_json(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def as_json(value: Any) -> str:
    """A value as JSON, always the same for the same value. Dates from YAML become text."""
    return json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
