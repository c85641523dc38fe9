"""Reads an OpenAPI 3.0 document for its readers: operations, parameters, bodies, answers, schemas.

It follows references and keeps the names of their targets, so that pages can link to them. Anchors never change: the
guide, the mock's own pages and bookmarks use them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mock_server.control.contract import control_contract
from mock_server.http import contract
from mock_server.service import Service
from mock_server.services import SERVICES, service

Schema = Mapping[str, Any]


def operation_anchor(method: str, path: str) -> str:
    """`api-v1-participants-ecf-id-defer-put` for PUT `/api/v1/participants/ecf/{id}/defer`."""
    return re.sub(r"[^a-z0-9]+", "-", f"{path} {method}".lower()).strip("-")


def schema_anchor(name: str) -> str:
    """`schema-multipleecfparticipantsresponse`."""
    return f"schema-{name.lower()}"


def answer_anchor(name: str) -> str:
    return f"answer-{name.lower()}"


@dataclass(frozen=True, slots=True)
class Example:
    """`value` is JSON data, or text where the media type isn't JSON."""

    summary: str
    value: Any


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    place: str
    required: bool
    description: str
    schema: Schema
    example: Any


@dataclass(frozen=True, slots=True)
class Body:
    """Media types that share a schema and examples. `schema` is empty when the body may have any shape."""

    media_types: tuple[str, ...]
    schema: Schema
    examples: tuple[Example, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    name: str
    description: str
    example: Any


@dataclass(frozen=True, slots=True)
class Response:
    """`component` is the name under which several operations share it; None when one operation has it alone."""

    status: str
    component: str | None
    description: str
    headers: tuple[Header, ...]
    bodies: tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """`guide` is the anchor of the operation's section in the usage guide; None where it has none."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    deprecated: bool
    guide: str | None
    parameters: tuple[Parameter, ...]
    body: Body | None
    responses: tuple[Response, ...]

    @property
    def anchor(self) -> str:
        return operation_anchor(self.method, self.path)

    def answers(self, status: int) -> bool:
        return any(response.status == str(status) for response in self.responses)


@dataclass(frozen=True, slots=True)
class Tag:
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the rest of the site says about the operations of a contract."""

    sections: Callable[[Operation], Sequence[Any]]
    action: Callable[[Operation], Any]
    # The address of the page with every rule, below the site's first page.
    error_catalogue: str


class Contract:
    """One OpenAPI document; `name` is the service's, or `control`."""

    def __init__(self, name: str, document: Mapping[str, Any], told: "Told | None" = None) -> None:
        self.name = name
        self.document = document
        self._told = told

    def sections_about(self, operation: "Operation") -> Sequence[Any]:
        """The sections of the guide about the operation; none for a contract without a guide."""
        return self._told.sections(operation) if self._told else ()

    def action_of(self, operation: "Operation") -> Any:
        """The action of an operation, with the rules that refuse it; None where the site has none."""
        return self._told.action(operation) if self._told else None

    @property
    def error_catalogue(self) -> str:
        """The address of the page that explains the rules of `action_of`."""
        return self._told.error_catalogue if self._told else ""

    @classmethod
    def of(cls, service: Service, told: Told | None = None) -> "Contract":
        return cls(service.name, service.contract, told)

    @classmethod
    def named(cls, name: str, told: Told | None = None) -> "Contract":
        """The contract of the service of that name, or the control API's with all its parts."""
        return cls(name, control_contract(SERVICES)) if name == "control" else cls.of(service(name), told)

    @property
    def title(self) -> str:
        return str(self.document["info"]["title"])

    @property
    def description(self) -> str:
        return str(self.document["info"]["description"])

    @property
    def tags(self) -> list[Tag]:
        return [Tag(tag["name"], tag.get("description", "")) for tag in self.document["tags"]]

    @property
    def schemas(self) -> Mapping[str, Schema]:
        schemas: Mapping[str, Schema] = self.document["components"]["schemas"]
        return schemas

    @cached_property
    def operations(self) -> list[Operation]:
        """The operations in the order of the document."""
        return [self._operation(each) for each in contract.operations(self.document)]

    def operation(self, identifier: str) -> Operation:
        return next(each for each in self.operations if each.id == identifier)

    def tagged(self, tag: str) -> list[Operation]:
        return [operation for operation in self.operations if operation.tag == tag]

    @cached_property
    def shared_answers(self) -> dict[str, Response]:
        """The answers that more than two operations on current paths share, by component."""
        uses: dict[str, list[Response]] = {}
        for operation in self.operations:
            for response in operation.responses:
                if response.component and not operation.deprecated:
                    uses.setdefault(response.component, []).append(response)
        shared = {name: responses[0] for name, responses in uses.items() if len(responses) > 2}
        return dict(sorted(shared.items(), key=lambda item: item[1].status))

    def follow(self, node: Mapping[str, Any]) -> tuple[str | None, Mapping[str, Any]]:
        """The target of a reference and the last part of its name. If the node is no reference, the node itself."""
        if "$ref" not in node:
            return None, node
        return str(node["$ref"]).rpartition("/")[2], contract.resolve(self.document, node)

    def _operation(self, known: contract.Operation) -> Operation:
        node = known.definition
        url = node.get("externalDocs", {}).get("url", "")
        body = node.get("requestBody")
        return Operation(
            id=known.id,
            method=known.method,
            path=known.path,
            tag=node["tags"][0],
            summary=node["summary"],
            description=node.get("description", ""),
            deprecated=node.get("deprecated", False),
            guide=url.partition("#")[2] or None,
            parameters=tuple(self._parameter(each) for each in known.parameters),
            body=self._request_body(self.follow(body)[1]) if body else None,
            responses=tuple(self._response(status, each) for status, each in node["responses"].items()),
        )

    def _parameter(self, node: Mapping[str, Any]) -> Parameter:
        return Parameter(
            node["name"],
            node["in"],
            node.get("required", False),
            node.get("description", ""),
            node["schema"],
            next((each["value"] for each in node.get("examples", {}).values()), node.get("example")),
        )

    def _request_body(self, node: Mapping[str, Any]) -> Body:
        (body, *others) = self._bodies(node["content"], node.get("description", ""))
        if others:
            raise ValueError("a request body whose media types differ in schema can't be shown as one")
        return body

    def _response(self, status: str, node: Mapping[str, Any]) -> Response:
        component, found = self.follow(node)
        headers = tuple(
            Header(name, self.follow(each)[1].get("description", ""), self.follow(each)[1].get("example"))
            for name, each in found.get("headers", {}).items()
        )
        bodies = self._bodies(found.get("content", {}))
        return Response(str(status), component, found["description"], headers, bodies)

    def _bodies(self, content: Mapping[str, Any], description: str = "") -> tuple[Body, ...]:
        """One body for all media types with the same schema and examples."""
        grouped: list[tuple[Mapping[str, Any], list[str]]] = []
        for media_type, media in content.items():
            for said, names in grouped:
                if said == media:
                    names.append(media_type)
                    break
            else:
                grouped.append((media, [media_type]))
        return tuple(
            Body(tuple(names), media.get("schema", {}), self._examples(media), description) for media, names in grouped
        )

    def _examples(self, media: Mapping[str, Any]) -> tuple[Example, ...]:
        if "example" in media:
            return (Example("Example", media["example"]),)
        named: Sequence[Mapping[str, Any]] = [self.follow(each)[1] for each in media.get("examples", {}).values()]
        return tuple(Example(each.get("summary", "Example"), each["value"]) for each in named)
