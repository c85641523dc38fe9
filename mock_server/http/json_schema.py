"""Checking JSON against the schemas of an OpenAPI 3.0 document, with messages for people.

One small function a keyword, as in jsonschema itself; only the keywords that our two documents use differ from
its own. `$ref` works inside the document, `nullable` and `discriminator` mean what OpenAPI says.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import extend

from mock_server.http.contract import resolve
from mock_server.rules.moments import parse_iso8601, parse_rfc3339

Schema = Mapping[str, Any]
# What jsonschema makes; its own type for it refuses plain values.
Validator = Any
Errors = Iterator[ValidationError]

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """`pointer` (JSON Pointer) leads to the wrong value; `detail` says what is wrong with it, without naming it."""

    pointer: str
    detail: str

    def __str__(self) -> str:
        return f"{self.pointer} {self.detail}" if self.pointer else f"the body {self.detail}"


def validator(specification: Schema, schema: Schema) -> Validator:
    """What checks values against `schema`, a part of `specification`. Worth keeping."""
    return _Validator(_inlined(specification, schema))


def _inlined(specification: Schema, node: Any) -> Any:
    """`node` with what it refers to in its place: following references at each check takes longer than checking.

    A schema that contains itself can't be written out so; neither of our documents has one.
    """
    node = resolve(specification, node)
    if isinstance(node, list):
        return [_inlined(specification, item) for item in node]
    if not isinstance(node, Mapping):
        return node
    inlined = {name: _inlined(specification, item) for name, item in node.items()}
    if "discriminator" in node:
        chosen = {
            value: _inlined(specification, {"$ref": reference})
            for value, reference in node["discriminator"]["mapping"].items()
        }
        inlined["discriminator"] = {**node["discriminator"], "mapping": chosen}
    return inlined


def violations(validator: Validator, value: object) -> list[Violation]:
    """Everything that is wrong with `value`, in the order of its members."""
    errors = sorted(validator.iter_errors(value), key=lambda error: [str(step) for step in error.absolute_path])
    return [Violation(_pointer(error), error.message) for error in errors]


def listed(words: list[str], last: str = "or") -> str:
    """`a, b or c`."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _pointer(error: ValidationError) -> str:
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in error.absolute_path)


def _type(validator: Any, type: str, value: object, schema: Schema) -> Errors:
    if not (validator.is_type(value, type) or (value is None and schema.get("nullable"))):
        yield ValidationError(f"must be {_TYPES[type]}{' or null' if schema.get('nullable') else ''}")


def _enum(validator: Any, allowed: list[Any], value: object, schema: Schema) -> Errors:
    if value not in allowed and not (value is None and schema.get("nullable")):
        yield ValidationError(f"must be {listed([_shown(option) for option in allowed])}")


def _shown(value: object) -> str:
    return "null" if value is None else f"“{value}”"


def _required(validator: Any, names: list[str], value: object, schema: Schema) -> Errors:
    for name in names:
        if isinstance(value, dict) and name not in value:
            yield ValidationError(f"lacks the member {name}")


def _additional_properties(validator: Any, allowed: object, value: object, schema: Schema) -> Errors:
    if not isinstance(value, dict):
        return
    known = schema.get("properties", {})
    for name in value.keys() - known.keys():
        if isinstance(allowed, dict):
            yield from validator.descend(value[name], allowed, path=name)
        elif allowed is False:
            names = f"; known are {listed(sorted(known), 'and')}" if known else ""
            yield ValidationError(f"is no known member{names}", path=[name])


def _pattern(validator: Any, pattern: str, value: object, schema: Schema) -> Errors:
    if isinstance(value, str) and not _compiled(pattern).search(value):
        yield ValidationError(f"must match {pattern}")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # In Python `$` also stands before a line feed at the end; in JSON Schema it doesn't.
    return re.compile(pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern)


def _bound(fits: Callable[[Any, Any], bool], kinds: tuple[type, ...], text: str) -> Any:
    def check(validator: Any, bound: Any, value: object, schema: Schema) -> Errors:
        if isinstance(value, kinds) and not isinstance(value, bool) and not fits(value, bound):
            yield ValidationError(text.format(bound))

    return check


def _format(validator: Any, format: str, value: object, schema: Schema) -> Errors:
    reads, text = _FORMATS.get(format, (None, ""))
    if reads is not None and isinstance(value, str) and not reads(value):
        yield ValidationError(f"must be {text}")


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


_FORMATS: dict[str, tuple[Callable[[str], object], str]] = {
    "uuid": (_is_uuid, "a UUID"),
    "date-time": (parse_rfc3339, "a moment such as 2021-11-20T09:00:00Z"),
    "date": (lambda text: len(text) == 10 and parse_iso8601(text), "a date such as 2021-11-20"),
}


def _one_of(validator: Any, branches: list[Schema], value: object, schema: Schema) -> Errors:
    discriminator = schema.get("discriminator")
    if discriminator is None:
        yield from _any_of(validator, branches, value, schema)
    elif isinstance(value, dict):
        name, mapping = discriminator["propertyName"], discriminator["mapping"]
        chosen = value.get(name)
        if name not in value:
            yield ValidationError(f"lacks the member {name}")
        elif not isinstance(chosen, str) or chosen not in mapping:
            yield ValidationError(f"must be {listed([_shown(option) for option in mapping])}", path=[name])
        else:
            yield from validator.descend(value, mapping[chosen])
    else:
        yield ValidationError("must be an object")


def _any_of(validator: Any, branches: list[Schema], value: object, schema: Schema) -> Errors:
    failures = [list(validator.descend(value, branch)) for branch in branches]
    if not all(failures) or (value is None and schema.get("nullable")):
        return
    if all(branch.keys() == {"required"} for branch in branches):
        yield ValidationError(f"lacks the member {listed([listed(b['required'], 'and') for b in branches])}")
    elif all("type" in branch for branch in branches):
        yield ValidationError(f"must be {listed([_TYPES[branch['type']] for branch in branches])}")
    else:
        best = best_match(error for errors in failures for error in errors)
        assert best is not None  # noqa: S101 - every branch failed
        yield best


_Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft4Validator,
    {
        "type": _type,
        "enum": _enum,
        "required": _required,
        "additionalProperties": _additional_properties,
        "pattern": _pattern,
        "format": _format,
        "oneOf": _one_of,
        "anyOf": _any_of,
        "minimum": _bound(lambda value, bound: bool(value >= bound), (int, float), "must be at least {}"),
        "maximum": _bound(lambda value, bound: bool(value <= bound), (int, float), "must be at most {}"),
        "minLength": _bound(lambda value, bound: len(value) >= bound, (str,), "must have at least {} characters"),
        "maxLength": _bound(lambda value, bound: len(value) <= bound, (str,), "must have at most {} characters"),
        "minItems": _bound(lambda value, bound: len(value) >= bound, (list,), "must have at least {} items"),
        "maxItems": _bound(lambda value, bound: len(value) <= bound, (list,), "must have at most {} items"),
    },
)
