"""An OpenAPI document of this project as tests read it: operations, references, examples."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openapi_schema_validator import OAS30Validator, oas30_format_checker

from mock_server.control.contract import control_contract
from mock_server.resources import specification
from mock_server.services import SERVICES

METHODS = ("get", "put", "post", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation; `parameters` are the path's and its own, `responses` by status, references followed."""

    id: str
    method: str
    path: str
    definition: dict[str, Any]
    parameters: tuple[dict[str, Any], ...]
    responses: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Document:
    """The specification `name`: that of a service, or `control`, the whole control API as the mock serves it."""

    name: str

    @cached_property
    def content(self) -> dict[str, Any]:
        return control_contract(SERVICES) if self.name == "control" else specification(self.name)

    @cached_property
    def operations(self) -> dict[str, Operation]:
        """Every operation by its id, in the order of the file."""
        found = [
            Operation(
                id=definition["operationId"],
                method=method,
                path=path,
                definition=definition,
                parameters=tuple(self.follow(item.get("parameters", []) + definition.get("parameters", []))),
                responses=self.follow(definition["responses"]),
            )
            for path, item in self.content["paths"].items()
            for method, definition in item.items()
            if method in METHODS
        ]
        assert len({operation.id for operation in found}) == len(found), "an operation id repeats"
        return {operation.id: operation for operation in found}

    def follow(self, node: Any) -> Any:
        """`node` with every reference in it replaced by what it refers to."""
        if isinstance(node, list):
            return [self.follow(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return self.follow(self.resolve(node["$ref"]))
        return {name: self.follow(value) for name, value in node.items()}

    def resolve(self, reference: str) -> Any:
        """What `#/…` refers to, its own references left as they are."""
        target: Any = self.content
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]
        return target

    def complaints(self, schema: dict[str, Any], value: Any) -> list[str]:
        """What is wrong with `value` under `schema`, formats included, as `pointer: message`."""
        # The components ride along in the schema, so that references and discriminators resolve in it.
        schema = {**schema, "components": self.content["components"]}
        validator = OAS30Validator(schema, format_checker=oas30_format_checker)
        return sorted(
            "".join(f"/{step}" for step in error.absolute_path) + f": {error.message}"
            for error in validator.iter_errors(value)
        )


def examples(holder: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The name and value of each example of a media type or a parameter, its references followed."""
    if "example" in holder:
        yield "example", holder["example"]
    for name, example in holder.get("examples", {}).items():
        yield name, example["value"]
