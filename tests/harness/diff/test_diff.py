"""Which changes of a contract break clients."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from mock_server.harness.diff.documents import changes
from mock_server.harness.diff.versions import WORDS
from mock_server.http.contract import UnusableReference, operations
from mock_server.resources import specification
from tests.harness.diff.test_diff_command import run

Document = dict[str, Any]
LIST = "/api/v1/participants/ecf"
DEFER = "/api/v1/participants/ecf/{id}/defer"
DECLARE = "/api/v1/participant-declarations"


def changed(change: Callable[[Document], object]) -> list[str]:
    """What is found after `change` of the contract: `! where: what` for what breaks clients, `? ` if not judged."""
    new = deepcopy(specification("v1"))
    change(new)
    return found(specification("v1"), new)


SIGNS = {"breaks": "! ", "not judged": "? ", "harmless": ""}


def found(old: Document, new: Document) -> list[str]:
    return [f"{SIGNS[each.effect]}{each.where}: {each.what}" for each in changes(old, new)]


def schemas(document: Document) -> Document:
    found: Document = document["components"]["schemas"]
    return found


def attributes(document: Document) -> Document:
    found: Document = schemas(document)["ECFParticipantAttributes"]
    return found


def test_nothing_changed_says_nothing() -> None:
    assert changed(lambda document: None) == []


def test_words_for_people_do_not_count() -> None:
    def describe(document: Document) -> None:
        document["info"]["description"] = "Other words."
        document["paths"][LIST]["get"]["summary"] = "Other words"
        document["components"]["examples"].clear()

    assert changed(describe) == []


@pytest.mark.parametrize(
    ("change", "breaking", "what"),
    [
        (lambda d: d["paths"].pop(DEFER), True, "the operation is gone"),
        (
            lambda d: d["paths"].update({"/new": {"get": d["paths"][LIST]["get"] | {"operationId": "x"}}}),
            False,
            "the operation is new",
        ),
        (
            lambda d: d["paths"][LIST]["get"].update(operationId="other"),
            True,
            "its operation id was listEcfParticipants, is other",
        ),
        (lambda d: d["paths"][LIST]["get"].update(deprecated=True), False, "it is deprecated"),
        (lambda d: d["paths"][LIST]["get"].update(security=[]), False, "it asks for other credentials"),
        (
            lambda d: d["paths"][LIST]["get"]["parameters"].pop(0),
            True,
            r"query filter\[cohort\]: the parameter is gone",
        ),
        (
            lambda d: d["paths"][LIST]["get"]["parameters"].append({"in": "query", "name": "x", "schema": {}}),
            False,
            "the parameter is new",
        ),
        (
            lambda d: d["paths"][LIST]["get"]["parameters"].append(
                {"in": "query", "name": "x", "required": True, "schema": {}}
            ),
            True,
            "the parameter is new, and must be sent",
        ),
        (lambda d: d["components"]["parameters"]["Cohort"].update(required=True), True, "it must be sent"),
        (lambda d: d["components"]["parameters"]["ParticipantId"].update(required=False), False, "it need not be sent"),
        (
            lambda d: d["components"]["parameters"]["PageSize"]["schema"].update(default=50),
            True,
            "without it 100 was meant, 50 is",
        ),
        (
            lambda d: d["components"]["parameters"]["PageSize"]["schema"].update(maximum=10),
            True,
            "maximum was not given, is 10",
        ),
        (lambda d: d["components"]["parameters"]["PageSize"]["schema"].update(minimum=0), False, "minimum was 1, is 0"),
        (lambda d: d["paths"][DECLARE]["post"].pop("requestBody"), True, "it takes no body any more"),
        (
            lambda d: d["components"]["requestBodies"]["DeferParticipant"].update(required=False),
            False,
            "a body need not be sent",
        ),
        (
            lambda d: d["components"]["requestBodies"]["DeferParticipant"]["content"].popitem(),
            True,
            r"the content type application/vnd.api\+json is gone",
        ),
        (
            lambda d: d["components"]["requestBodies"]["DeferParticipant"]["content"].update(
                {"text/plain": {"schema": {}}}
            ),
            False,
            "the content type text/plain is new",
        ),
        (lambda d: d["paths"][LIST]["get"]["responses"].pop("200"), True, "200: the status is gone"),
        (lambda d: d["paths"][LIST]["get"]["responses"].pop("429"), False, "429: the status is gone"),
        (lambda d: d["paths"][LIST]["get"]["responses"].update({"206": {}}), True, "206: the status is new"),
        (lambda d: d["paths"][LIST]["get"]["responses"].update({"410": {}}), False, "410: the status is new"),
        (
            lambda d: d["components"]["responses"]["TooManyRequests"]["headers"].pop("Retry-After"),
            True,
            "the header Retry-After is gone",
        ),
        (
            lambda d: d["components"]["headers"]["RetryAfter"].update(required=False),
            True,
            "the header Retry-After need not be there",
        ),
        (
            lambda d: d["components"]["responses"]["NotFound"].update(headers={"X": {"schema": {}}}),
            False,
            "the header X is new",
        ),
        (lambda d: d["components"]["responses"]["NotFound"].pop("content"), True, "it has no body any more"),
        (lambda d: schemas(d)["TrainingStatus"]["enum"].append("paused"), True, "gained the value paused"),
        (lambda d: schemas(d)["TrainingStatus"]["enum"].remove("deferred"), False, "lost the value deferred"),
        (lambda d: schemas(d)["DeferReason"]["enum"].append("holiday"), False, "gained the value holiday"),
        (lambda d: schemas(d)["DeferReason"]["enum"].remove("other"), True, "lost the value other"),
        (lambda d: schemas(d)["DeferReason"].pop("enum"), False, "any value is allowed"),
        (lambda d: attributes(d)["properties"].pop("email"), True, "lost email"),
        (lambda d: attributes(d)["properties"].update(phone={"type": "string"}), False, "gained phone"),
        (lambda d: attributes(d)["required"].remove("email"), True, "email need not be there"),
        (lambda d: attributes(d)["properties"]["full_name"].update(nullable=True), True, "may be null"),
        (lambda d: attributes(d)["properties"]["email"].pop("nullable"), False, "null is no longer allowed"),
        (lambda d: attributes(d)["properties"]["cohort"].update(type="integer"), True, "type was string, is integer"),
        (
            lambda d: attributes(d)["properties"]["cohort"].pop("pattern"),
            True,
            r"pattern was \^\[0-9\]\{4\}\$, is not given",
        ),
        (lambda d: attributes(d)["properties"]["full_name"].update(pattern="."), False, "pattern was not given, is ."),
        (lambda d: attributes(d)["properties"]["mentor_id"].update(format="uri"), True, "format was uuid, is uri"),
        (
            lambda d: attributes(d)["properties"]["full_name"].update(maxLength=9),
            False,
            "maxLength was not given, is 9",
        ),
        (
            lambda d: schemas(d)["ErrorResponse"]["properties"]["errors"].update(minItems=0),
            True,
            "minItems was 1, is 0",
        ),
        (
            lambda d: schemas(d)["ECFParticipantDeferAttributes"]["required"].remove("reason"),
            False,
            "reason need not be there",
        ),
        (
            lambda d: schemas(d)["ECFParticipantChangeScheduleAttributes"]["required"].append("cohort"),
            True,
            "cohort must be there",
        ),
        (lambda d: schemas(d)["ECFParticipantDeferAttributes"]["properties"].pop("reason"), True, "lost reason"),
        (
            lambda d: schemas(d)["ECFParticipantDeferAttributes"].pop("additionalProperties"),
            False,
            "other members are allowed",
        ),
        (
            lambda d: schemas(d)["ParticipantDeclarationRequestAttributes"]["oneOf"].pop(0),
            True,
            "oneOf lost ECFParticipantStartedDeclaration",
        ),
    ],
)
def test_each_change_is_named_and_judged(change: Callable[[Document], object], breaking: bool, what: str) -> None:
    found = changed(change)
    named = [line for line in found if re.search(what, line)]
    assert named, found
    assert all(line.startswith("! ") == breaking for line in named), named


# -- every member of the documents ---------------------------------------------------------------


def small_contract() -> Document:
    """A contract of two operations that holds most of what OpenAPI 3.0 knows."""
    text = """
      openapi: 3.0.3
      info: {title: A small contract, version: "1"}
      servers: [{url: "https://one.example"}, {url: "https://two.example"}]
      paths:
        /things:
          get:
            operationId: listThings
            tags: [things]
            parameters:
              - {in: query, name: size, schema: {type: integer, default: 10}}
              - {in: query, name: names, style: form, explode: false, schema: {type: array, items: {type: string}}}
            responses:
              "200":
                description: OK
                headers: {X-Total: {schema: {type: integer, minimum: 0, exclusiveMinimum: true}}}
                content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
              default: {description: Anything else}
          post:
            operationId: addThing
            security: [{bearer: []}]
            requestBody:
              content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}, encoding: {a: {style: form}}}}
            responses: {201: {description: Added}}
            callbacks: {told: {"{$request.body#/url}": {post: {responses: {"200": {description: OK}}}}}}
      components:
        securitySchemes: {bearer: {type: http, scheme: bearer}}
        schemas:
          Thing:
            type: object
            additionalProperties: {type: string}
            minProperties: 1
            maxProperties: 9
            required: [kind]
            properties:
              kind: {type: string}
              names: {type: array, uniqueItems: true, items: {type: string}}
              price: {type: number, multipleOf: 2, maximum: 100, exclusiveMaximum: true}
              secret: {type: string, writeOnly: true}
              number: {type: integer, readOnly: true, xml: {attribute: true}}
              next: {$ref: "#/components/schemas/Thing"}
              other: {not: {type: string}}
              pet:
                oneOf: [{$ref: "#/components/schemas/Cat"}, {$ref: "#/components/schemas/Dog"}]
                discriminator:
                  propertyName: kind
                  mapping: {cat: "#/components/schemas/Cat", dog: Dog}
          Cat: {type: object, properties: {lives: {type: integer}}}
          Dog: {type: object, properties: {barks: {type: boolean}}}
          Unused: {type: string}
    """
    document: Document = yaml.safe_load(text)
    return document


def at(document: Document, *steps: str | int) -> Any:
    node: Any = document
    for step in steps:
        node = node[step]
    return node


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


@pytest.mark.parametrize(
    ("reference", "complaint"),
    [
        ("#/components/schemas/Cat", "leads round in a circle"),
        ("#/components/schemas/Nowhere", "leads nowhere"),
        ("other.yaml#/Cat", "doesn't lead into the document"),
    ],
)
def test_a_reference_that_cannot_be_followed_ends_the_command_with_2(
    tmp_path: Path, reference: str, complaint: str
) -> None:
    new = small_contract()
    new["components"]["schemas"]["Cat"] = {"$ref": reference}
    (tmp_path / "old.yaml").write_text(yaml.safe_dump(small_contract()))
    (tmp_path / "new.yaml").write_text(yaml.safe_dump(new))
    code, output = run(tmp_path / "old.yaml", tmp_path / "new.yaml")
    assert code == 2
    assert complaint in output
    assert output.count("\n") == 1


def test_what_is_at_one_place_is_named_there_alone() -> None:
    def change(document: Document) -> None:
        document["paths"][LIST]["get"]["responses"]["410"] = {}

    assert changed(change) == [f"GET {LIST}: 410: the status is new"]


def test_a_shared_schema_is_named_wherever_it_is_used() -> None:
    found = changed(lambda document: schemas(document)["TrainingStatus"]["enum"].append("paused"))
    users = {line.split(":")[0] for line in found}
    assert len(users) == 11
    assert f"! GET {LIST}" in users


def test_a_schema_that_contains_itself_ends() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    ok = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}}
    path = {"get": {"operationId": "x", "responses": {"200": ok}}}
    old: Document = {"paths": {"/x": path}, "components": {"schemas": {"Node": node}}}
    new = deepcopy(old)
    new["components"]["schemas"]["Node"]["properties"]["value"] = {"type": "string"}
    assert [change.what for change in changes(old, new)] == ["gained value"]


def test_every_operation_of_the_contract_is_compared() -> None:
    found = changed(lambda document: document.update(paths={}))
    assert len(found) == len(list(operations(specification("v1"))))
    assert all(line.startswith("! ") for line in found)
