"""Finds how two schemas differ, for a value that the client sends (a request) or receives (an answer).

A narrower schema breaks what clients send; a wider one breaks what they receive.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from mock_server.harness.diff.difference import Difference, judged
from mock_server.harness.diff.keywords import KNOWN, differences
from mock_server.harness.diff.versions import WORDS, Node, Versions, as_json, not_judged, shown

Direction = Literal["sent", "received"]

_COMBINATIONS = ("oneOf", "anyOf", "allOf")
_KNOWN = WORDS | KNOWN | {"items", "not", *_COMBINATIONS}

# A schema that allows any value. It is one object, because a comparison identifies schemas by identity.
_ANY: Node = {}


def schema_changes(versions: Versions, where: str, direction: Direction, old: Any, new: Any) -> Iterator[Difference]:
    """Every change from the schema `old` to `new`, with references followed.

    It compares each pair of schemas once, at the first place that has it, so a schema may contain itself.
    """
    yield from _Comparison(versions, direction).changes(where, old, new)


class _Comparison:
    def __init__(self, versions: Versions, direction: Direction) -> None:
        self._versions = versions
        self._direction = direction
        self._compared: set[tuple[int, int]] = set()

    def changes(self, where: str, old: Node, new: Node) -> Iterator[Difference]:
        yield from self._versions.beside_references(where, old, new)
        old, new = self._versions.follow(old, new)
        if (id(old), id(new)) in self._compared:
            return
        self._compared.add((id(old), id(new)))
        for narrower, wider, what in differences(old, new):
            yield self._judged(where, narrower, wider, what)
        yield from self._members(where, old, new)
        if "items" in old or "items" in new:
            yield from self.changes(f"{where}/…", old.get("items", _ANY), new.get("items", _ANY))
        for keyword in _COMBINATIONS:
            yield from self._combined(where, keyword, old.get(keyword, ()), new.get(keyword, ()))
        yield from self._not(where, old.get("not"), new.get("not"))
        yield from self._discriminated(where, old.get("discriminator"), new.get("discriminator"))
        yield from self._versions.rest(where, old, new, _KNOWN)

    def _judged(self, where: str, narrower: bool, wider: bool, what: str) -> Difference:
        return judged(narrower if self._direction == "sent" else wider, where, what)

    def _members(self, where: str, old: Node, new: Node) -> Iterator[Difference]:
        """Compares the members that both have, those that only one schema names, and all other members."""
        before, after = old.get("properties", {}), new.get("properties", {})
        others_before, others = _others(old), _others(new)
        for name in dict.fromkeys([*before, *after]):
            # If the other members have no schema of their own, the line about the lost or new member says everything.
            was, is_now = before.get(name, others_before or None), after.get(name, others or None)
            if was is not None and is_now is not None:
                yield from self.changes(f"{where}/{name}", was, is_now)
        if others_before is not None and others is not None:
            yield from self.changes(f"{where}/*", others_before, others)

    def _combined(self, where: str, keyword: str, old: Sequence[Node], new: Sequence[Node]) -> Iterator[Difference]:
        """The members of oneOf, anyOf and allOf. Those with a name are matched by name, the others by position."""
        before, after = ({_name(part): part for part in parts} for parts in (old, new))
        for name in before:
            if name in after:
                yield from self.changes(f"{where} ({shown(name)})", before[name], after[name])
        lost = [name for name in before if name not in after]
        gained = [name for name in after if name not in before]
        unnamed = [[name for name in names if name.startswith("{")] for names in (lost, gained)]
        for was, is_now in zip(*unnamed, strict=False):
            yield from self.changes(f"{where} ({shown(was)})", before[was], after[is_now])
            lost.remove(was)
            gained.remove(is_now)
        # A new member of allOf is one more demand. A new member of oneOf or anyOf is one more way to fit.
        demand = keyword == "allOf"
        for name in lost:
            yield self._judged(where, not demand, demand, f"{keyword} lost {shown(name)}")
        for name in gained:
            yield self._judged(where, demand, not demand, f"{keyword} gained {shown(name)}")

    def _not(self, where: str, old: Node | None, new: Node | None) -> Iterator[Difference]:
        if old is None or new is None:
            if old is not new:
                what = f"not was {shown(old)}, is {shown(new)}"
                yield self._judged(where, old is None, new is None, what)
        elif not self._versions.same(old, new):
            # Inside `not` the rules would apply the other way round. Nothing here handles that.
            yield not_judged(where, "not", old, new)

    def _discriminated(self, where: str, old: Node | None, new: Node | None) -> Iterator[Difference]:
        """Compares the schemas that a discriminator names. `keywords` judges which schemas it names."""
        if old is None or new is None:
            return
        yield from self._versions.rest(where, old, new, frozenset({"propertyName", "mapping"}))
        targets = new.get("mapping", {})
        for value, target in old.get("mapping", {}).items():
            # A target may also be just the name of a schema.
            if targets.get(value) == target:
                reference = target if target.startswith("#/") else f"#/components/schemas/{target}"
                yield from self.changes(f"{where} ({value})", {"$ref": reference}, {"$ref": reference})


def _others(schema: Node) -> Node | None:
    """The schema of all members that the schema doesn't name; None when it allows no others."""
    others = schema.get("additionalProperties", True)
    if others is False:
        return None
    return _ANY if others is True or not others else others


def _name(part: Node) -> str:
    return str(part["$ref"]).rpartition("/")[2] if "$ref" in part else as_json(part)
