"""Checks JSON against the schemas of an OpenAPI 3.0 document, with messages for people.

jsonschema makes the checks. This module rewords its messages, and adds what only OpenAPI has: `nullable`,
`discriminator` and `$ref` into the document. `_KEYWORDS` and `_ANNOTATIONS` list all keywords that it knows. Any other
keyword stops the program when it reads the schema: a keyword without an effect would let wrong values pass.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from uuid import UUID

from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.validators import create

from mock_server.http.contract import resolve
from mock_server.http.json_pointer import json_pointer
from mock_server.rules.moments import parse_iso8601, parse_rfc3339

Schema = Mapping[str, Any]
# The validators that jsonschema makes. Its own type for them refuses plain values.
Validator = Any
Errors = Iterator[ValidationError]
Check = Callable[[Any, Any, object, Schema], Errors]

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
}


class UnusableSchema(ValueError):
    """A schema that this module can't check as it is. The text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """`pointer` (JSON Pointer) leads to the wrong value. `detail` says what is wrong, without the value's name."""

    pointer: str
    detail: str

    def __str__(self) -> str:
        return f"{self.pointer} {self.detail}" if self.pointer else f"the body {self.detail}"


def validator(specification: Schema, schema: Schema) -> Validator:
    """A validator for `schema`, a part of `specification`. Keep it: making one takes time.

    Raises:
        UnusableSchema: `schema` contains itself, or has a keyword, type or format that this module doesn't know.
        UnusableReference: a `$ref` leads nowhere.
    """
    return _Validator(_inlined(specification, schema, ()))


def _inlined(specification: Schema, schema: Any, inside: tuple[int, ...]) -> Any:
    """`schema`, with each reference replaced by its target. Following references takes longer than the check itself.

    `inside` holds the identities of the schemas around it.
    """
    schema = resolve(specification, schema)
    if not isinstance(schema, Mapping):
        raise UnusableSchema(f"a schema must be an object, not {schema!r}")
    if id(schema) in inside:
        raise UnusableSchema("a schema contains itself, which can't be checked here")
    inside = (*inside, id(schema))

    def within(part: Any) -> Any:
        return _inlined(specification, part, inside)

    inlined: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _WITH_ONE_SCHEMA:
            # `additionalProperties` may be true or false.
            inlined[keyword] = value if isinstance(value, bool) else within(value)
        elif keyword in _WITH_LISTED_SCHEMAS:
            inlined[keyword] = [within(part) for part in value]
        elif keyword == "properties":
            inlined[keyword] = {name: within(part) for name, part in value.items()}
        elif keyword == "discriminator":
            inlined[keyword] = _inlined_discriminator(value, within)
        elif keyword in _KEYWORDS or keyword in _ANNOTATIONS or keyword.startswith("x-"):
            inlined[keyword] = value
        else:
            raise UnusableSchema(f"the keyword {keyword!r} of a schema isn't known here: {dict(schema)}")
    _check_values(schema)
    return inlined


def _inlined_discriminator(discriminator: Schema, within: Callable[[Any], Any]) -> Schema:
    if "mapping" not in discriminator:
        raise UnusableSchema(f"a discriminator needs a mapping here: {dict(discriminator)}")
    mapping = discriminator["mapping"]
    return {**discriminator, "mapping": {value: within({"$ref": target}) for value, target in mapping.items()}}


def _check_values(schema: Schema) -> None:
    """Refuses types and formats that would let every value pass, and invalid patterns."""
    if schema.get("type", "string") not in _TYPES:
        raise UnusableSchema(f"the type {schema['type']!r} isn't known here: {dict(schema)}")
    if schema.get("format", "uuid") not in (*_FORMATS, *_UNCHECKED_FORMATS):
        raise UnusableSchema(f"the format {schema['format']!r} isn't known here: {dict(schema)}")
    try:
        _compiled(schema.get("pattern", ""))
    except re.error as error:
        raise UnusableSchema(f"the pattern {schema['pattern']!r} is wrong: {error}") from error


def violations(validator: Validator, value: object) -> list[SchemaViolation]:
    """Everything that is wrong with `value`, in the order of its members."""
    errors = sorted(validator.iter_errors(value), key=lambda error: [str(step) for step in error.absolute_path])
    return [SchemaViolation(_pointer(error), error.message) for error in errors]


def listed(words: list[str], last: str = "or") -> str:
    """`a, b or c`."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _pointer(error: ValidationError) -> str:
    return json_pointer(error.absolute_path)


def _reworded(keyword: str, words: Callable[[Any, Schema], str]) -> Check:
    """jsonschema's own check of `keyword`. `words` makes the message from the keyword's value and the schema."""
    judge = Draft4Validator.VALIDATORS[keyword]

    def check(validator: Any, asked: Any, value: object, schema: Schema) -> Errors:
        for _ in judge(validator, asked, value, schema) or ():
            yield ValidationError(words(asked, schema))
            return

    return check


def _or_null(check: Check) -> Check:
    """`check`, but null passes if the schema is nullable."""

    def nullable(validator: Any, asked: Any, value: object, schema: Schema) -> Errors:
        return iter(()) if value is None and schema.get("nullable") else check(validator, asked, value, schema)

    return nullable


def _type_words(type: str, schema: Schema) -> str:
    return f"must be {_TYPES[type]}{' or null' if schema.get('nullable') else ''}"


def _enum_words(allowed: list[Any], schema: Schema) -> str:
    return f"must be {listed([_shown(option) for option in allowed])}"


def _shown(value: object) -> str:
    # JSON's own words stay as they are. We quote anything else.
    return json.dumps(value) if value is None or isinstance(value, bool) else f"“{value}”"


def _minimum_words(bound: float, schema: Schema) -> str:
    return f"must be more than {bound}" if schema.get("exclusiveMinimum") else f"must be at least {bound}"


def _maximum_words(bound: float, schema: Schema) -> str:
    return f"must be less than {bound}" if schema.get("exclusiveMaximum") else f"must be at most {bound}"


def _words(text: str) -> Callable[[Any, Schema], str]:
    return lambda asked, schema: text.format(asked)


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


# An escaped character, a class of characters, or the end. In the first two, a `$` means itself.
_PIECES = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern of JSON Schema (ECMA 262) as a Python pattern with the same meaning.

    In Python `$` also matches before a line feed at the end, and `\\d` and `\\w` also match other alphabets.
    """
    return re.compile(_PIECES.sub(lambda piece: r"\Z" if piece[0] == "$" else piece[0], pattern), re.ASCII)


def _format(validator: Any, format: str, value: object, schema: Schema) -> Errors:
    kind, reads, text = _FORMATS.get(format, (str, _anything, ""))
    if isinstance(value, kind) and not isinstance(value, bool) and not reads(value):
        yield ValidationError(f"must be {text}")


def _anything(value: Any) -> bool:
    return True


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_email(text: str) -> bool:
    """Only the shape: one `@` with something on both sides, and no white space. Schools mistype the rest."""
    name, _, domain = text.partition("@")
    return bool(name and domain) and "@" not in domain and not any(character.isspace() for character in text)


# For each format: the type of its values, the check of a value, and its name in messages.
_FORMATS: dict[str, tuple[type, Callable[[Any], object], str]] = {
    "uuid": (str, _is_uuid, "a UUID"),
    "date-time": (str, parse_rfc3339, "a moment such as 2021-11-20T09:00:00Z"),
    "date": (str, lambda text: len(text) == 10 and parse_iso8601(text), "a date such as 2021-11-20"),
    "email": (str, _is_email, "an email address such as rosa.lindqvist@school.example"),
    "int32": (int, lambda number: -(2**31) <= number < 2**31, "a whole number of 32 bits"),
    "int64": (int, lambda number: -(2**63) <= number < 2**63, "a whole number of 64 bits"),
}
# These formats only say what a text is for.
_UNCHECKED_FORMATS = ("uri-reference",)


def _one_of(validator: Any, branches: list[Schema], value: object, schema: Schema) -> Errors:
    discriminator = schema.get("discriminator")
    if discriminator is None:
        if sum(validator.evolve(schema=branch).is_valid(value) for branch in branches) > 1:
            yield ValidationError("fits more than one of the schemas of which it must fit one")
        else:
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


def _of_the_nearest(failures: list[list[ValidationError]]) -> Errors:
    """The complaints of the schema that the client most likely meant, out of several for the value's type.

    A value outside an enumeration counts more against a schema than other complaints. If several schemas are equally
    near, the message joins their enumerations, so that the client learns every value that it may send.
    """

    def distance(errors: list[ValidationError]) -> tuple[int, int]:
        return sum(error.validator == "enum" for error in errors), len(errors)

    least = min(map(distance, failures))
    nearest = [errors for errors in failures if distance(errors) == least]
    for error in nearest[0]:
        if error.validator == "enum":
            same = [e for errors in nearest for e in errors if e.validator == "enum" and e.path == error.path]
            options = dict.fromkeys(_shown(option) for e in same for option in cast(list[Any], e.validator_value))
            yield ValidationError(f"must be {listed(list(options))}", path=error.path)
        else:
            yield error


def _any_of(validator: Any, branches: list[Schema], value: object, schema: Schema) -> Errors:
    failures = [list(validator.descend(value, branch)) for branch in branches]
    if not all(failures) or (value is None and schema.get("nullable")):
        return
    if all(branch.keys() == {"required"} for branch in branches):
        yield ValidationError(f"lacks the member {listed([listed(b['required'], 'and') for b in branches])}")
    elif near := [errors for errors in failures if not any(e.validator == "type" and not e.path for e in errors)]:
        yield from _of_the_nearest(near)
    elif all("type" in branch for branch in branches):
        yield ValidationError(f"must be {listed(list(dict.fromkeys(_TYPES[branch['type']] for branch in branches)))}")
    else:
        best = best_match(error for errors in failures for error in errors)
        assert best is not None  # noqa: S101 - every branch failed
        yield best


_KEYWORDS: Mapping[str, Any] = {
    "type": _or_null(_reworded("type", _type_words)),
    "enum": _or_null(_reworded("enum", _enum_words)),
    "minimum": _reworded("minimum", _minimum_words),
    "maximum": _reworded("maximum", _maximum_words),
    "multipleOf": _reworded("multipleOf", _words("must be a multiple of {}")),
    "minLength": _reworded("minLength", _words("must have at least {} characters")),
    "maxLength": _reworded("maxLength", _words("must have at most {} characters")),
    "pattern": _pattern,
    "format": _format,
    "minItems": _reworded("minItems", _words("must have at least {} items")),
    "maxItems": _reworded("maxItems", _words("must have at most {} items")),
    "uniqueItems": _reworded("uniqueItems", _words("must not have equal items")),
    "items": Draft4Validator.VALIDATORS["items"],
    "minProperties": _reworded("minProperties", _words("must have at least {} members")),
    "maxProperties": _reworded("maxProperties", _words("must have at most {} members")),
    "properties": Draft4Validator.VALIDATORS["properties"],
    "required": _required,
    "additionalProperties": _additional_properties,
    "allOf": Draft4Validator.VALIDATORS["allOf"],
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _reworded("not", _words("must not fit the schema that is excluded")),
}
_WITH_ONE_SCHEMA = frozenset({"items", "additionalProperties", "not"})
_WITH_LISTED_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf"})

# Keywords for people and generators, and keywords that other keywords' checks read.
_ANNOTATIONS = frozenset(
    {
        *("title", "description", "default", "example", "deprecated", "externalDocs", "xml"),
        *("nullable", "exclusiveMinimum", "exclusiveMaximum", "discriminator"),
    }
)

# OpenAPI 3.0 builds on draft 4 of JSON Schema.
_Validator: Any = create(
    meta_schema=Draft4Validator.META_SCHEMA,
    validators=_KEYWORDS,
    type_checker=Draft4Validator.TYPE_CHECKER,
)
