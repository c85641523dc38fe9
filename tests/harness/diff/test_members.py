"""Every member of the documents: each change around it is judged or listed, and none goes unnoticed."""

import re
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from mock_server.harness.diff.documents import changes
from mock_server.harness.diff.versions import WORDS
from mock_server.http.contract import UnusableReference
from mock_server.resources import specification
from tests.harness.diff.comparing import Document, at, found, small_contract

THING = ("components", "schemas", "Thing")
MEMBERS = (*THING, "properties")
GET = ("paths", "/things", "get")
POST = ("paths", "/things", "post")
JSON = ("content", "application/json")


@pytest.mark.parametrize(
    ("place", "values", "sent", "received"),
    [
        # What the values of `place` become, and what that does to requests and to answers.
        (THING, {"additionalProperties": {"type": "integer"}}, "!", "!"),
        (THING, {"additionalProperties": False}, "!", ""),
        (THING, {"additionalProperties": True}, "", "!"),
        (THING, {"minProperties": 2}, "!", ""),
        (THING, {"minProperties": 0}, "", "!"),
        (THING, {"maxProperties": 8}, "!", ""),
        (THING, {"maxProperties": 10}, "", "!"),
        (THING, {"required": ["kind", "not declared"]}, "!", ""),
        (THING, {"required": []}, "", "!"),
        (THING, {"x-anything": 1}, "?", "?"),
        (THING, {"title": "Box"}, "!", "!"),
        ((*MEMBERS, "names"), {"uniqueItems": False}, "", "!"),
        ((*MEMBERS, "price"), {"multipleOf": 4}, "!", ""),
        ((*MEMBERS, "price"), {"multipleOf": 1}, "", "!"),
        ((*MEMBERS, "price"), {"multipleOf": 3}, "!", "!"),
        ((*MEMBERS, "price"), {"multipleOf": 0.5}, "", "!"),
        ((*MEMBERS, "price"), {"exclusiveMaximum": False}, "", "!"),
        ((*MEMBERS, "price"), {"maximum": 99}, "!", ""),
        ((*MEMBERS, "price"), {"minimum": 1, "exclusiveMinimum": True}, "!", ""),
        ((*MEMBERS, "price"), {"default": 3}, "!", ""),
        ((*MEMBERS, "price"), {"enum": [1]}, "!", ""),
        ((*MEMBERS, "secret"), {"writeOnly": False}, "", ""),
        ((*MEMBERS, "kind"), {"writeOnly": True}, "", "!"),
        ((*MEMBERS, "kind"), {"readOnly": True}, "!", ""),
        ((*MEMBERS, "kind"), {"deprecated": True}, "", ""),
        ((*MEMBERS, "kind"), {"not": {"enum": ["x"]}}, "!", ""),
        ((*MEMBERS, "other"), {"not": {"type": "integer"}}, "?", "?"),
        ((*MEMBERS, "number"), {"xml": {"attribute": False}}, "?", "?"),
        ((*MEMBERS, "next"), {"nullable": True}, "?", "?"),
        ((*MEMBERS, "pet", "discriminator"), {"propertyName": "sort"}, "!", "!"),
        ((*MEMBERS, "pet", "discriminator"), {"mapping": {"cat": "Cat", "dog": "Cat"}}, "!", "!"),
        ((*MEMBERS, "pet", "discriminator", "mapping"), {"bird": "Cat"}, "", "!"),
        (("components", "schemas", "Dog", "properties", "barks"), {"type": "string"}, "!", "!"),
        (MEMBERS, {"weight": {"type": "integer"}}, "!", "!"),
    ],
)
def test_a_change_of_a_schema_is_judged_for_requests_and_for_answers(
    place: tuple[str | int, ...], values: Document, sent: str, received: str
) -> None:
    new = small_contract()
    at(new, *place).update(values)
    lines = found(small_contract(), new)
    for label, sign in (("POST /things: request", sent), ("GET /things: 200", received)):
        signs = [line[0] if line[0] in "!?" else "" for line in lines if label in line]
        assert signs, f"{label}: nothing in {lines}"
        # The gravest of what is said about one change.
        assert max(signs, key=["", "?", "!"].index) == sign, lines


@pytest.mark.parametrize(
    ("place", "values", "said"),
    [
        ((), {"servers": [{"url": "https://one.example"}]}, ["! the document: the server https://two.example is gone"]),
        (
            (),
            {"servers": [{"url": "https://two.example"}, {"url": "https://one.example"}]},
            [
                "! the document: the first server was https://one.example, is https://two.example: generated clients "
                "call that one"
            ],
        ),
        (
            ("servers", 0),
            {"variables": {}},
            ["? the document: server https://one.example: variables was not given, is {}"],
        ),
        (("paths", "/things"), {"servers": [{"url": "https://one.example"}]}, None),
        (GET, {"tags": ["boxes"]}, None),
        (GET, {"x-odd": True}, ["? GET /things: x-odd was not given, is true"]),
        ((*GET, "parameters", 0), {"style": "spaceDelimited"}, None),
        ((*GET, "parameters", 1), {"explode": True}, ["! GET /things: query names: explode was false, is true"]),
        ((*GET, "parameters", 0), {"explode": True}, []),
        ((*GET, "parameters", 0), {"allowReserved": True}, None),
        (
            (*GET, "parameters", 0, "schema"),
            {"default": 20},
            ["! GET /things: query size: without it 10 was meant, 20 is"],
        ),
        ((*GET, "responses"), {"4XX": {"description": "No"}}, ["? GET /things: 4XX: the status is new"]),
        ((*GET, "responses", "200", "headers", "X-Total"), {"style": "simple"}, None),
        (
            (*GET, "responses", "200"),
            {"links": {"next": {"operationId": "x"}}},
            ["GET /things: 200: its links changed"],
        ),
        ((*POST, "requestBody", *JSON), {"encoding": {"a": {"style": "deepObject"}}}, None),
        (POST, {"callbacks": {}}, None),
        (POST, {"security": [{"bearer": []}, {}]}, ["POST /things: it asks for other credentials"]),
        (POST, {"security": [{"bearer": ["write"]}]}, ["! POST /things: it asks for other credentials"]),
        (
            ("components", "securitySchemes", "bearer"),
            {"scheme": "basic"},
            ["! components/securitySchemes/bearer: clients prove who they are in another way"],
        ),
        (
            ("components", "schemas"),
            {"New": {"type": "string"}},
            ["components/schemas/New: it is new, and no operation uses it"],
        ),
        (("components", "schemas", "Unused"), {"type": "integer"}, None),
        (("info",), {"x-audience": "all"}, None),
        ((), {"openapi": "3.0.1"}, None),
    ],
)
def test_a_change_around_the_schemas_is_judged_or_listed(
    place: tuple[str | int, ...], values: Document, said: list[str] | None
) -> None:
    new = small_contract()
    at(new, *place).update(values)
    lines = found(small_contract(), new)
    if said is None:
        assert lines
        assert all(line.startswith(("! ", "? ")) for line in lines), lines
    else:
        assert lines == said


def test_a_schema_that_is_gone_takes_its_name_from_generated_clients() -> None:
    new = small_contract()
    named = new["components"]["schemas"]
    named["Hound"] = named.pop("Dog")
    new["components"]["schemas"]["Thing"]["properties"]["pet"]["oneOf"][1]["$ref"] = "#/components/schemas/Hound"
    del new["components"]["schemas"]["Thing"]["properties"]["pet"]["discriminator"]["mapping"]["dog"]
    assert "! components/schemas/Dog: the schema is gone: generated clients lose its name" in found(
        small_contract(), new
    )


def leaves(node: Any, *steps: str | int) -> Iterator[tuple[str | int, ...]]:
    """The places of all values that aren't words for people."""
    if isinstance(node, dict | list) and node:
        for step, value in node.items() if isinstance(node, dict) else enumerate(node):
            in_names = bool(steps) and steps[-1] == "properties"
            if not isinstance(step, str) or step not in WORDS or in_names:
                yield from leaves(value, *steps, step)
    else:
        yield steps


def another(value: Any) -> Any:
    """A value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if isinstance(value, str) else [1] if isinstance(value, list) else {"x": 1}


# Of info, only its words; and what is written for people in other places.
NOT_NOTICED = re.compile(r"info/(title|version|license)|tags/|/links/|bearerFormat")


@pytest.mark.parametrize("contract", ["v1", "small"])
def test_no_value_of_a_contract_changes_without_a_word(contract: str) -> None:
    old = specification("v1") if contract == "v1" else small_contract()
    places = [place for place in leaves(old) if not NOT_NOTICED.search("/".join(map(str, place)))]
    new = deepcopy(old)
    # The same ones in each run.
    for *before, last in Random(2021).sample(places, min(60, len(places))):  # noqa: S311 - nothing secret
        around = at(new, *before)
        value = around[last]
        around[last] = another(value)
        try:
            assert changes(old, new), (*before, last)
        except (UnusableReference, TypeError, AttributeError, ValueError, KeyError):
            # The command refuses the document, which is no silence either.
            continue
        finally:
            around[last] = value
