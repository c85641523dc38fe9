"""The control API's OpenAPI document: the shared part, and one part for each service."""

from collections.abc import Sequence
from typing import Any

from mock_server.http.contract import METHODS
from mock_server.resources import specification
from mock_server.service import Service

# By this name a service's part refers to the shared part.
SHARED = "control.yaml"


def control_contract_of(service: Service) -> dict[str, Any]:
    """The shared part and that of one service, whose operations keep their own ids: there is nothing to clash with."""
    document = control_contract([service])
    prefix = qualified(service, "")
    paths = {
        path: {
            key: {**value, "operationId": value["operationId"].removeprefix(prefix)} if key in METHODS else value
            for key, value in item.items()
        }
        for path, item in document["paths"].items()
    }
    return {**document, "paths": paths}


def control_contract(services: Sequence[Service]) -> dict[str, Any]:
    """One document of all parts. The operation ids of a service's part are `qualified`, so that none clash.

    So are the names of its components.
    """
    merged = {**specification("control")}
    merged["paths"] = dict(merged["paths"])
    merged["components"] = {kind: dict(those) for kind, those in merged["components"].items()}
    tags = {tag["name"]: tag for tag in merged["tags"]}
    for service in services:
        part = service.control_contract
        own = {(kind, name) for kind, those in part["components"].items() for name in those}
        moved = _moved(part, service, own)
        for path, item in moved["paths"].items():
            merged["paths"][path] = {
                key: {**value, "operationId": qualified(service, value["operationId"])} if key in METHODS else value
                for key, value in item.items()
            }
        tags |= {tag["name"]: tag for tag in part["tags"]}
        for kind, those in moved["components"].items():
            if kind != "securitySchemes":
                named = {_component(service, name): component for name, component in those.items()}
                merged["components"].setdefault(kind, {}).update(named)
    merged["tags"] = list(tags.values())
    return merged


def qualified(service: Service, operation_id: str) -> str:
    """The id of an operation of a service's part in the whole document."""
    return f"{service.name}.{operation_id}"


def _component(service: Service, name: str) -> str:
    return f"{service.name}.{name}"


def _moved(node: Any, service: Service, own: set[tuple[str, str]]) -> Any:
    """`node` with its references changed to those of the whole document."""
    if isinstance(node, list):
        return [_moved(each, service, own) for each in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if isinstance(reference, str):
        if reference.startswith(SHARED):
            return {"$ref": reference.removeprefix(SHARED)}
        _, _, kind, name = reference.split("/")
        return {"$ref": f"#/components/{kind}/{_component(service, name)}"} if (kind, name) in own else node
    return {key: _moved(value, service, own) for key, value in node.items()}
