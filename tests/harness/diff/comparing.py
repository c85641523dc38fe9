"""What the tests compare: a contract with what a change makes of it, and a small contract with most of OpenAPI."""

from typing import Any

import yaml

from mock_server.harness.diff.documents import changes

Document = dict[str, Any]

SIGNS = {"breaks": "! ", "not judged": "? ", "harmless": ""}


def found(old: Document, new: Document) -> list[str]:
    return [f"{SIGNS[each.effect]}{each.where}: {each.what}" for each in changes(old, new)]


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
