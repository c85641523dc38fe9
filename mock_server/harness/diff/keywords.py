"""The keywords of a schema that apply to one value, each with the rule that judges its change.

A rule yields (narrower, wider, what). `narrower` says that an old value may no longer fit. `wider` says that a value
may come that didn't fit before. The rules cover OpenAPI 3.0.
"""

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from mock_server.harness.diff.versions import Node, as_json, shown

Difference = tuple[bool, bool, str]
Rule = Callable[[Node, Node], Iterator[Difference]]


def differences(old: Node, new: Node) -> Iterator[Difference]:
    """The differences that the rules of the table find between two schemas."""
    for _, rule in _KEYWORDS:
        yield from rule(old, new)


def _type(old: Node, new: Node) -> Iterator[Difference]:
    before, after = old.get("type"), new.get("type")
    if before != after:
        grew = (before, after) == ("integer", "number") or after is None
        shrank = (before, after) == ("number", "integer") or before is None
        yield not grew, not shrank, f"type was {before or 'any'}, is {after or 'any'}"


def _nullable(old: Node, new: Node) -> Iterator[Difference]:
    before, after = bool(old.get("nullable")), bool(new.get("nullable"))
    if before != after:
        yield before, after, "null is no longer allowed" if before else "may be null"


def _enum(old: Node, new: Node) -> Iterator[Difference]:
    before, after = old.get("enum"), new.get("enum")
    if before is None and after is None:
        return
    if before is None or after is None:
        yield after is not None, before is not None, "any value is allowed" if after is None else f"is one of {after}"
        return
    lost, gained = _only_in(before, after), _only_in(after, before)
    if lost:
        yield True, False, f"lost the value {lost}"
    if gained:
        yield False, True, f"gained the value {gained}"


def _only_in(these: Sequence[Any], those: Sequence[Any]) -> str:
    """The values that `those` lack. The number 1 and the text 1 are different values."""
    known = {as_json(value) for value in those}
    return ", ".join(shown(value) for value in these if as_json(value) not in known)


def _exact(keyword: str) -> Rule:
    """A keyword whose values have no order: a change both excludes values and allows new ones."""

    def compare(old: Node, new: Node) -> Iterator[Difference]:
        before, after = old.get(keyword), new.get(keyword)
        if before != after:
            yield after is not None, before is not None, f"{keyword} was {shown(before)}, is {shown(after)}"

    return compare


def _bound(keyword: str, *, lower: bool) -> Rule:
    """A length or a count that a value must reach, or must not exceed."""

    def compare(old: Node, new: Node) -> Iterator[Difference]:
        before, after = old.get(keyword), new.get(keyword)
        if before != after:
            narrower = _is_narrower(before, after, lower=lower)
            yield narrower, not narrower, f"{keyword} was {shown(before)}, is {shown(after)}"

    return compare


def _limit(keyword: str, exclusive: str, *, lower: bool) -> Rule:
    """A limit for numbers. If `exclusive` is true, the limit itself is excluded. Alone, `exclusive` means nothing."""

    def compare(old: Node, new: Node) -> Iterator[Difference]:
        before, after = (_limit_of(schema, keyword, exclusive, lower=lower) for schema in (old, new))
        if before != after:
            narrower = _is_narrower(before, after, lower=lower)
            texts = [_limit_shown(schema, keyword, exclusive) for schema in (old, new)]
            yield narrower, not narrower, f"{keyword} was {texts[0]}, is {texts[1]}"
        elif bool(old.get(exclusive)) != bool(new.get(exclusive)) and before is None:
            yield False, False, f"{exclusive} was {shown(old.get(exclusive))}, is {shown(new.get(exclusive))}"

    return compare


def _limit_of(schema: Node, keyword: str, exclusive: str, *, lower: bool) -> tuple[Any, int] | None:
    """The limit as a pair that compares: the narrower limit is larger (lower limits) or smaller (upper limits)."""
    if keyword not in schema:
        return None
    step = 1 if lower else -1
    return schema[keyword], step if schema.get(exclusive) else 0


def _limit_shown(schema: Node, keyword: str, exclusive: str) -> str:
    return shown(schema.get(keyword)) + (" (exclusive)" if keyword in schema and schema.get(exclusive) else "")


def _is_narrower(before: Any, after: Any, *, lower: bool) -> bool:
    if before is None or after is None:
        return before is None
    return bool(after > before if lower else after < before)


def _multiple_of(old: Node, new: Node) -> Iterator[Difference]:
    before, after = old.get("multipleOf"), new.get("multipleOf")
    if before != after:
        narrower = before is None or (after is not None and not _divides(after, before))
        wider = after is None or (before is not None and not _divides(before, after))
        # Every multiple of 4 is also a multiple of 2, so 4 is narrower.
        yield narrower, wider, f"multipleOf was {shown(before)}, is {shown(after)}"


def _divides(divisor: float, number: float) -> bool:
    return (Fraction(str(number)) / Fraction(str(divisor))).denominator == 1


def _unique_items(old: Node, new: Node) -> Iterator[Difference]:
    before, after = bool(old.get("uniqueItems")), bool(new.get("uniqueItems"))
    if before != after:
        yield after, before, "items must differ from each other" if after else "items may be equal"


def _members(old: Node, new: Node) -> Iterator[Difference]:
    """`properties` and `required`: which members exist, and which are required."""
    before, after = old.get("properties", {}), new.get("properties", {})
    needed_before, needed = old.get("required", ()), new.get("required", ())
    closed = new.get("additionalProperties") is False
    for name in before:
        if name not in after:
            # Clients read the member in answers. In requests only a closed schema refuses it.
            yield closed, True, f"lost {name}"
    for name in after:
        if name not in before:
            must = name in needed and name not in needed_before
            yield must, False, f"gained {name}{', which must be there' if name in needed else ''}"
    for name in dict.fromkeys([*needed_before, *needed]):
        # The lines above already judge a member that came or went.
        if (name in before) == (name in after) and (name in needed) != (name in needed_before):
            yield name in needed, name in needed_before, f"{name} {'must' if name in needed else 'need not'} be there"


def _closed(old: Node, new: Node) -> Iterator[Difference]:
    before, after = old.get("additionalProperties", True), new.get("additionalProperties", True)
    if (before is False) != (after is False):
        yield after is False, False, "other members are refused" if after is False else "other members are allowed"


def _default(old: Node, new: Node) -> Iterator[Difference]:
    before, after = old.get("default"), new.get("default")
    if as_json(before) != as_json(after):
        # A request that leaves it out now asks for something else.
        yield True, False, f"without it {shown(before)} was meant, {shown(after)} is"


def _read_only(old: Node, new: Node) -> Iterator[Difference]:
    before, after = bool(old.get("readOnly")), bool(new.get("readOnly"))
    if before != after:
        yield after, False, "must not be sent any more" if after else "may be sent"


def _write_only(old: Node, new: Node) -> Iterator[Difference]:
    before, after = bool(old.get("writeOnly")), bool(new.get("writeOnly"))
    if before != after:
        yield False, after, "answers hold it no more" if after else "answers may hold it"


def _deprecated(old: Node, new: Node) -> Iterator[Difference]:
    before, after = bool(old.get("deprecated")), bool(new.get("deprecated"))
    if before != after:
        yield False, False, "it is deprecated" if after else "it is no longer deprecated"


def _title(old: Node, new: Node) -> Iterator[Difference]:
    before, after = old.get("title"), new.get("title")
    if before != after:
        yield True, True, f"title was {shown(before)}, is {shown(after)}: some generators name classes by it"


def _discriminator(old: Node, new: Node) -> Iterator[Difference]:
    before, after = old.get("discriminator"), new.get("discriminator")
    if before is None or after is None:
        if before is not after:
            yield True, True, f"discriminator was {shown(before)}, is {shown(after)}"
        return
    name, name_now = before.get("propertyName"), after.get("propertyName")
    if name != name_now:
        yield True, True, f"the discriminator was {shown(name)}, is {shown(name_now)}"
    targets, targets_now = before.get("mapping", {}), after.get("mapping", {})
    for value in targets:
        if value not in targets_now:
            yield True, False, f"the discriminator lost the value {value}"
        elif targets[value] != targets_now[value]:
            yield True, True, f"the discriminator's {value} was {targets[value]}, is {targets_now[value]}"
    for value in targets_now:
        if value not in targets:
            yield False, True, f"the discriminator gained the value {value}"


_KEYWORDS: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("type",), _type),
    (("nullable",), _nullable),
    (("enum",), _enum),
    (("format",), _exact("format")),
    (("pattern",), _exact("pattern")),
    (("minimum", "exclusiveMinimum"), _limit("minimum", "exclusiveMinimum", lower=True)),
    (("maximum", "exclusiveMaximum"), _limit("maximum", "exclusiveMaximum", lower=False)),
    (("multipleOf",), _multiple_of),
    (("minLength",), _bound("minLength", lower=True)),
    (("maxLength",), _bound("maxLength", lower=False)),
    (("minItems",), _bound("minItems", lower=True)),
    (("maxItems",), _bound("maxItems", lower=False)),
    (("uniqueItems",), _unique_items),
    (("minProperties",), _bound("minProperties", lower=True)),
    (("maxProperties",), _bound("maxProperties", lower=False)),
    (("properties", "required"), _members),
    (("additionalProperties",), _closed),
    (("default",), _default),
    (("readOnly",), _read_only),
    (("writeOnly",), _write_only),
    (("deprecated",), _deprecated),
    (("title",), _title),
    (("discriminator",), _discriminator),
)

KNOWN = frozenset(keyword for keywords, _ in _KEYWORDS for keyword in keywords)
