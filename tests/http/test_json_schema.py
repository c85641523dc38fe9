"""Checking JSON against schemas of an OpenAPI document: what is found, where, and in which words."""

from typing import Any

import pytest

from mock_server.http.contract import UnusableReference
from mock_server.http.json_schema import UnusableSchema, validator, violations

DOCUMENT = {
    "components": {
        "schemas": {
            "Cat": {
                "type": "object",
                "required": ["kind", "lives"],
                "additionalProperties": False,
                "properties": {"kind": {"type": "string", "enum": ["cat"]}, "lives": {"type": "integer"}},
            },
            "Dog": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}},
            "Node": {"properties": {"next": {"$ref": "#/components/schemas/Node"}}},
            "Loop": {"$ref": "#/components/schemas/Loop"},
        }
    }
}
CAT = "#/components/schemas/Cat"
PET = {
    "oneOf": [{"$ref": CAT}, {"$ref": "#/components/schemas/Dog"}],
    "discriminator": {"propertyName": "kind", "mapping": {"cat": CAT, "dog": "#/components/schemas/Dog"}},
}
TEXT = {"type": "string"}
LYNX = {"type": "object", "properties": {"kind": {"type": "string", "enum": ["lynx"]}}}
FISH = {"type": "object", "required": ["fins"], "properties": {"kind": {"type": "string", "enum": ["fish"]}}}


def complaints(schema: dict[str, Any], value: Any) -> list[str]:
    return [f"{v.pointer}: {v.detail}" for v in violations(validator(DOCUMENT, schema), value)]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (TEXT, ""),
        ({"type": "string", "nullable": True}, None),
        ({"type": "string", "enum": ["a"], "nullable": True}, None),
        ({"type": "integer", "minimum": 1}, 1),
        ({"type": "number"}, 1.5),
        ({"type": "string", "pattern": "^[a-z]+$"}, "abc"),
        ({"type": "string", "format": "uuid"}, "0AD5B8C1-7a2f-4f0e-9d6b-3c1e5a8f2b47"),
        ({"type": "string", "format": "date-time"}, "2021-11-20T09:00:00Z"),
        ({"type": "string", "format": "date"}, "2021-11-20"),
        ({"type": "string", "format": "uri-reference"}, "x"),
        ({"type": "integer", "format": "int64"}, 2**63 - 1),
        ({"enum": [1]}, 1.0),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": False}, 1),
        ({"type": "number", "multipleOf": 0.5}, 1.5),
        ({"type": "string", "pattern": "^a$|^b$"}, "b"),
        ({"type": "string", "pattern": "^[$]\\$$"}, "$$"),
        ({"type": "object", "minProperties": 1, "maxProperties": 1}, {"a": 1}),
        ({"not": {"type": "string"}}, 1),
        ({"oneOf": [TEXT, {"type": "integer"}]}, 1),
        ({"allOf": [{"required": ["a"]}], "x-for-tools": 1}, {"a": 1}),
        # Of another type, a value has no bound.
        ({"minimum": 1, "minLength": 1, "multipleOf": 2}, True),
        ({"type": "object", "additionalProperties": TEXT}, {"a": "b"}),
        (PET, {"kind": "cat", "lives": 9}),
        (PET, {"kind": "dog", "lives": "one"}),
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {"b": 1}),
        ({"$ref": CAT}, {"kind": "cat", "lives": 9}),
    ],
)
def test_a_value_that_fits_has_no_complaints(schema: dict[str, Any], value: Any) -> None:
    assert complaints(schema, value) == []


@pytest.mark.parametrize(
    ("schema", "value", "found"),
    [
        (TEXT, 1, [": must be a text"]),
        ({"type": "string", "nullable": True}, 1, [": must be a text or null"]),
        (TEXT, None, [": must be a text"]),
        ({"type": "integer"}, True, [": must be a whole number"]),
        ({"type": "integer"}, 1.5, [": must be a whole number"]),
        ({"type": "string", "enum": ["a", "b", "c"]}, "d", [": must be “a”, “b” or “c”"]),
        ({"enum": [1]}, True, [": must be “1”"]),
        ({"enum": [False]}, 0, [": must be false"]),
        ({"type": "integer", "minimum": 1}, 0, [": must be at least 1"]),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, 1, [": must be more than 1"]),
        ({"type": "number", "maximum": 9, "exclusiveMaximum": True}, 9, [": must be less than 9"]),
        ({"type": "number", "multipleOf": 2}, 3, [": must be a multiple of 2"]),
        ({"type": "integer", "format": "int64"}, 2**63, [": must be a whole number of 64 bits"]),
        ({"type": "array", "uniqueItems": True}, [1, 1], [": must not have equal items"]),
        ({"type": "object", "minProperties": 1}, {}, [": must have at least 1 members"]),
        ({"type": "object", "maxProperties": 1}, {"a": 1, "b": 1}, [": must have at most 1 members"]),
        ({"not": TEXT}, "a", [": must not fit the schema that is excluded"]),
        ({"oneOf": [TEXT, {"minLength": 1}]}, "a", [": fits more than one of the schemas of which it must fit one"]),
        ({"allOf": [{"required": ["a"]}]}, {}, [": lacks the member a"]),
        ({"type": "integer", "maximum": 9}, 10, [": must be at most 9"]),
        ({"type": "string", "minLength": 1}, "", [": must have at least 1 characters"]),
        ({"type": "string", "maxLength": 2}, "abc", [": must have at most 2 characters"]),
        ({"type": "array", "maxItems": 1}, [1, 2], [": must have at most 1 items"]),
        ({"type": "array", "minItems": 1}, [], [": must have at least 1 items"]),
        ({"type": "array", "items": TEXT}, ["a", 1, 2], ["/1: must be a text", "/2: must be a text"]),
        ({"type": "string", "pattern": "^[a-z]+$"}, "abc\n", [": must match ^[a-z]+$"]),
        ({"type": "string", "pattern": "^a$|^b$"}, "a\n", [": must match ^a$|^b$"]),
        ({"type": "string", "pattern": "^\\d$"}, "٣", [": must match ^\\d$"]),
        ({"type": "string", "format": "uuid"}, "0ad5b8c17a2f4f0e9d6b3c1e5a8f2b47", [": must be a UUID"]),
        (
            {"type": "string", "format": "date-time"},
            "2021-02-29T00:00:00Z",
            [": must be a moment such as 2021-11-20T09:00:00Z"],
        ),
        ({"type": "string", "format": "date"}, "2021-02-29", [": must be a date such as 2021-11-20"]),
        ({"type": "object", "additionalProperties": TEXT}, {"a/b~c": 1}, ["/a~1b~0c: must be a text"]),
        (
            {"$ref": CAT},
            {"kind": "cow", "life": 1},
            [": lacks the member lives", "/kind: must be “cat”", "/life: is no known member; known are kind and lives"],
        ),
        (PET, 1, [": must be an object"]),
        (PET, {}, [": lacks the member kind"]),
        (PET, {"kind": "cow"}, ["/kind: must be “cat” or “dog”"]),
        (PET, {"kind": ["cat"]}, ["/kind: must be “cat” or “dog”"]),
        (PET, {"kind": "cat"}, [": lacks the member lives"]),
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {}, [": lacks the member a or b"]),
        ({"oneOf": [TEXT, {"type": "object"}, {"type": "array"}]}, 1, [": must be a text, an object or a list"]),
        # Of several schemas of the value's type, the nearest one counts.
        ({"anyOf": [FISH, {"$ref": CAT}, TEXT]}, {"kind": "cat", "lives": "one"}, ["/lives: must be a whole number"]),
        ({"anyOf": [{"$ref": CAT}, FISH]}, {"kind": "fish"}, [": lacks the member fins"]),
        ({"anyOf": [{"$ref": CAT}, LYNX]}, {"kind": "cow", "lives": 9}, ["/kind: must be “cat” or “lynx”"]),
        ({"anyOf": [FISH, LYNX]}, 1, [": must be an object"]),
        ({"anyOf": [{"type": "integer", "minimum": 9}, TEXT]}, 1, [": must be at least 9"]),
    ],
)
def test_a_value_that_does_not_fit_is_pointed_at_and_explained(
    schema: dict[str, Any], value: Any, found: list[str]
) -> None:
    assert complaints(schema, value) == found


def test_a_violation_reads_as_a_sentence() -> None:
    checker = validator(DOCUMENT, {"$ref": CAT})
    assert [str(violation) for violation in violations(checker, {"kind": 1, "lives": 1})] == [
        "/kind must be a text",
        "/kind must be “cat”",
    ]
    assert str(violations(checker, [])[0]) == "the body must be an object"


@pytest.mark.parametrize(
    ("schema", "complaint"),
    [
        ({"patternProperties": {"^x": TEXT}}, "the keyword 'patternProperties' of a schema isn't known here"),
        ({"items": {"properties": {"a": {"minlength": 1}}}}, "the keyword 'minlength'"),
        ({"anyOf": [{"const": 1}]}, "the keyword 'const'"),
        ({"additionalProperties": {"contains": 1}}, "the keyword 'contains'"),
        ({"not": {"if": 1}}, "the keyword 'if'"),
        ({"properties": {"a": {"readOnly": True}}}, "the keyword 'readOnly'"),
        ({"type": "text"}, "the type 'text' isn't known here"),
        ({"type": "string", "format": "unheard-of"}, "the format 'unheard-of' isn't known here"),
        ({"pattern": "["}, "the pattern '\\[' is wrong"),
        ({"oneOf": [TEXT], "discriminator": {"propertyName": "kind"}}, "a discriminator needs a mapping here"),
        ({"$ref": "#/components/schemas/Node"}, "a schema contains itself"),
        ({"items": 1}, "a schema must be an object, not 1"),
    ],
)
def test_a_schema_that_cannot_be_checked_is_refused_before_any_value_comes(
    schema: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(UnusableSchema, match=complaint):
        validator(DOCUMENT, schema)


@pytest.mark.parametrize("reference", ["#/components/schemas/Loop", "#/nowhere", "elsewhere.yaml#/Cat"])
def test_a_reference_that_cannot_be_followed_is_refused_before_any_value_comes(reference: str) -> None:
    with pytest.raises(UnusableReference):
        validator(DOCUMENT, {"items": {"$ref": reference}})


def test_a_member_may_have_the_name_of_any_keyword() -> None:
    schema = {"properties": {"patternProperties": TEXT, "$schema": TEXT, "discriminator": TEXT}}
    assert complaints(schema, {"patternProperties": "a", "discriminator": 1}) == ["/discriminator: must be a text"]
