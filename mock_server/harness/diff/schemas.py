"""How two schemas differ, for whoever sends the value (a request) or receives it (an answer).

What is sent breaks when the schema grows narrower, what is received when it grows wider. One small function a
keyword: each yields (narrower, wider, what), where `narrower` says that a value of before may fit no more, and
`wider` that one may come which didn't fit before.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mock_server.harness.diff.change import Change
from mock_server.http.contract import resolve

Schema = Mapping[str, Any]
Direction = Literal["sent", "received"]
Difference = tuple[bool, bool, str]


@dataclass(frozen=True, slots=True)
class Versions:
    """The two documents."""

    old: Schema
    new: Schema


def schema_changes(versions: Versions, where: str, direction: Direction, old: Any, new: Any) -> Iterator[Change]:
    """Every change from the schema `old` to `new`, references followed."""
    yield from _changes(versions, where, direction, old, new, frozenset())


def _changes(
    versions: Versions, where: str, direction: Direction, old: Any, new: Any, seen: frozenset[tuple[str, str]]
) -> Iterator[Change]:
    references = (str(old.get("$ref")), str(new.get("$ref")))
    if "$ref" in old and "$ref" in new:
        if references in seen:
            return
        seen |= {references}
    old, new = resolve(versions.old, old), resolve(versions.new, new)
    for compare in _KEYWORDS:
        for narrower, wider, what in compare(old, new):
            yield Change(narrower if direction == "sent" else wider, where, what)
    for name, before, after in _common_parts(old, new):
        yield from _changes(versions, f"{where}{name}", direction, before, after, seen)
    yield from _alternatives(versions, where, direction, old, new, seen)


def _common_parts(old: Schema, new: Schema) -> Iterator[tuple[str, Any, Any]]:
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        if name in after:
            yield f"/{name}", before[name], after[name]
    if "items" in old and "items" in new:
        yield "/…", old["items"], new["items"]


def _alternatives(
    versions: Versions, where: str, direction: Direction, old: Schema, new: Schema, seen: frozenset[tuple[str, str]]
) -> Iterator[Change]:
    """The members of oneOf, anyOf and allOf, known by the schema that they refer to."""
    for keyword in ("oneOf", "anyOf", "allOf"):
        before = {_name(part): part for part in old.get(keyword, ())}
        after = {_name(part): part for part in new.get(keyword, ())}
        # A further member of allOf is a further demand; one of the others a further way to fit.
        fewer_is_narrower = keyword != "allOf"
        for name in before.keys() - after.keys():
            narrower = fewer_is_narrower
            yield Change(narrower if direction == "sent" else not narrower, where, f"{keyword} lost {name}")
        for name in after.keys() - before.keys():
            narrower = not fewer_is_narrower
            yield Change(narrower if direction == "sent" else not narrower, where, f"{keyword} gained {name}")
        for name in before:
            if name in after:
                yield from _changes(versions, f"{where} ({name})", direction, before[name], after[name], seen)


def _name(part: Schema) -> str:
    return str(part["$ref"]).rpartition("/")[2] if "$ref" in part else json.dumps(part, sort_keys=True)


# -- keywords ------------------------------------------------------------------------------------


def _type(old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = old.get("type"), new.get("type")
    if before != after:
        grew = (before, after) == ("integer", "number") or after is None
        shrank = (before, after) == ("number", "integer") or before is None
        yield not grew, not shrank, f"type was {before or 'any'}, is {after or 'any'}"


def _nullable(old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = bool(old.get("nullable")), bool(new.get("nullable"))
    if before != after:
        yield before, after, "null is no longer allowed" if before else "may be null"


def _enum(old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = old.get("enum"), new.get("enum")
    if before is None and after is None:
        return
    if before is None or after is None:
        yield after is not None, before is not None, "any value is allowed" if after is None else f"is one of {after}"
        return
    lost, gained = [v for v in before if v not in after], [v for v in after if v not in before]
    if lost:
        yield True, False, f"lost the value {', '.join(map(str, lost))}"
    if gained:
        yield False, True, f"gained the value {', '.join(map(str, gained))}"


def _exact(keyword: str) -> Callable[[Schema, Schema], Iterator[Difference]]:
    """A keyword whose values can't be compared: another one excludes and allows others."""

    def compare(old: Schema, new: Schema) -> Iterator[Difference]:
        before, after = old.get(keyword), new.get(keyword)
        if before != after:
            what = f"{keyword} was {before or 'not given'}, is {after or 'not given'}"
            yield after is not None, before is not None, what

    return compare


def _bound(keyword: str, *, lower: bool) -> Callable[[Schema, Schema], Iterator[Difference]]:
    def compare(old: Schema, new: Schema) -> Iterator[Difference]:
        before, after = old.get(keyword), new.get(keyword)
        if before == after:
            return
        if before is None or after is None:
            narrower = before is None
        else:
            narrower = after > before if lower else after < before
        what = f"{keyword} was {_shown(before)}, is {_shown(after)}"
        yield narrower, not narrower, what

    return compare


def _shown(value: Any) -> str:
    return "not given" if value is None else str(value)


def _properties(old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = old.get("properties", {}), new.get("properties", {})
    closed = new.get("additionalProperties") is False
    needed, needed_before = new.get("required", ()), old.get("required", ())
    for name in before:
        if name not in after:
            # Who receives it read it; who sends it is refused only by a closed schema.
            yield closed, True, f"lost {name}"
        elif (name in needed) != (name in needed_before):
            yield name in needed, name in needed_before, f"{name} {'must' if name in needed else 'need not'} be there"
    for name in after:
        if name not in before:
            # One more in an answer is something to pass over.
            yield name in needed, False, f"gained {name}{', which must be there' if name in needed else ''}"


def _additional(old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
    if (before is False) != (after is False):
        yield after is False, False, "other members are refused" if after is False else "other members are allowed"


_KEYWORDS: tuple[Callable[[Schema, Schema], Iterator[Difference]], ...] = (
    _type,
    _nullable,
    _enum,
    _exact("format"),
    _exact("pattern"),
    _bound("minimum", lower=True),
    _bound("maximum", lower=False),
    _bound("minLength", lower=True),
    _bound("maxLength", lower=False),
    _bound("minItems", lower=True),
    _bound("maxItems", lower=False),
    _properties,
    _additional,
)
