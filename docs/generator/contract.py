"""Reads an OpenAPI 3.0 document for its readers: operations, parameters, bodies, answers, schemas.

It follows references and keeps the names of their targets, so that pages can link to them. Anchors never change: the
guide, the mock's own pages and bookmarks use them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from docs.generator.addresses import href
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
    """A group of operations, which has a page of its own."""

    name: str
    description: str

    @property
    def anchor(self) -> str:
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Told:
    """What the rest of the site says about the operations of a contract."""

    sections: Callable[[Operation], Sequence[Any]]
    # The page of a section.
    page_of: Callable[[Any], str]
    action: Callable[[Operation], Any]
    # The page with every rule.
    error_catalogue: str


class Contract:
    """One OpenAPI document; `name` is the service's, or `control`.

    `folder` holds its pages: `index.md` lists everything, each group of operations has a page, and so have schemas and
    shared answers. Without a folder, all of it stands on one page.
    """

    def __init__(self, name: str, document: Mapping[str, Any], told: "Told | None" = None, folder: str = "") -> None:
        self.name = name
        self.document = document
        self.folder = folder
        self._told = told
        self._page = ""

    def on(self, page: str) -> "Contract":
        """The same contract, whose links are for `page`."""
        seen = copy(self)
        seen._page = page
        return seen

    def page(self, name: str) -> str:
        """The page `name` of its folder, such as `schemas`."""
        return f"{self.folder}/{name}.md" if self.folder else ""

    def place_of(self, operation: "Operation") -> str:
        """Page and anchor of an operation."""
        tag = next(tag for tag in self.tags if tag.name == operation.tag)
        return f"{self.page(tag.anchor)}#{operation.anchor}"

    def place_of_schema(self, name: str) -> str:
        return f"{self.page('schemas')}#{schema_anchor(name)}"

    def place_of_answer(self, name: str) -> str:
        return f"{self.page('answers')}#{answer_anchor(name)}"

    def href(self, place: str) -> str:
        """The address of a page and anchor, for links in HTML on the page that this contract is seen from."""
        return href(self._page, place)

    def sections_about(self, operation: "Operation") -> Sequence[Any]:
        """The sections of the guide about the operation; none for a contract without a guide."""
        return self._told.sections(operation) if self._told else ()

    def action_of(self, operation: "Operation") -> Any:
        """The action of an operation, with the rules that refuse it; None where the site has none."""
        return self._told.action(operation) if self._told else None

    def place_of_section(self, section: Any) -> str:
        """The page of a section of the guide."""
        return self._told.page_of(section) if self._told else ""

    def place_of_rule(self, rule: str) -> str:
        """Page and anchor that explain a rule of `action_of`."""
        return f"{self._told.error_catalogue}#{rule}" if self._told else ""

    @classmethod
    def of(cls, service: Service, told: Told | None = None, folder: str = "") -> "Contract":
        return cls(service.name, service.contract, told, folder)

    @classmethod
    def named(cls, name: str, told: Told | None = None) -> "Contract":
        """The contract of the service of that name, or the control API's with all its parts, with pages of its own."""
        if name == "control":
            return cls(name, control_contract(SERVICES), folder="api-reference/control")
        return cls.of(service(name), told, f"api-reference/reference-{name}")

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
