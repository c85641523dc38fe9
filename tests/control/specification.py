"""The control API's specification as the tests read it: operations, schemas, examples."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from openapi_schema_validator import OAS30Validator, oas30_format_checker

from mock_server.resources import specification

METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation; `parameters` are the path's and its own, references followed."""

    id: str
    method: str
    path: str
    definition: dict[str, Any]
    parameters: tuple[dict[str, Any], ...]

    @property
    def responses(self) -> dict[str, dict[str, Any]]:
        return {status: follow(response) for status, response in self.definition["responses"].items()}


@cache
def operations() -> dict[str, Operation]:
    """Every operation by its id, in the order of the file."""
    found = {}
    for path, item in specification("control")["paths"].items():
        for method, definition in item.items():
            if method in METHODS:
                parameters = item.get("parameters", []) + definition.get("parameters", [])
                found[definition["operationId"]] = Operation(
                    definition["operationId"], method, path, definition, tuple(map(follow, parameters))
                )
    return found


def follow(node: Any) -> Any:
    """`node` with every reference in it replaced by what it refers to."""
    if isinstance(node, list):
        return [follow(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = specification("control")
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return follow(target)
    return {name: follow(value) for name, value in node.items()}


def examples(holder: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The name and value of each example of a media type or a parameter."""
    if "example" in holder:
        yield "example", holder["example"]
    for name, example in holder.get("examples", {}).items():
        yield name, example["value"]


def complaints(schema: dict[str, Any], value: Any) -> list[str]:
    """What is wrong with `value` under `schema`, formats included, as `pointer: message`; none when valid."""
    validator = OAS30Validator(follow(schema), format_checker=oas30_format_checker)
    return sorted(
        "".join(f"/{step}" for step in error.absolute_path) + f": {error.message}"
        for error in validator.iter_errors(value)
    )
