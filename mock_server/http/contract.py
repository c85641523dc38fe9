"""Reading an OpenAPI document: its operations in order, and which of them a method and path belong to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# An operation that the server also performs by other methods, which are none of the contract's, lists them here.
ALSO_ACCEPTS = "x-also-accepts"

_PLACEHOLDER = re.compile(r"\{[^{}]+\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document; `parameters` are its own and its path's, with references resolved."""

    id: str
    method: str
    path: str
    parameters: tuple[Mapping[str, Any], ...]
    definition: Mapping[str, Any]


def resolve(specification: Mapping[str, Any], node: Any) -> Any:
    """`node`, or what it refers to in `specification` when it is a `$ref`."""
    while isinstance(node, Mapping) and "$ref" in node:
        reference = node["$ref"]
        node = specification
        for step in reference.removeprefix("#/").split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def operations(specification: Mapping[str, Any]) -> Iterator[Operation]:
    """Every operation, in the document's order."""
    for path, item in specification["paths"].items():
        for method in METHODS:
            if method in item:
                definition = item[method]
                parameters = [*item.get("parameters", ()), *definition.get("parameters", ())]
                resolved = tuple(resolve(specification, parameter) for parameter in parameters)
                yield Operation(definition["operationId"], method.upper(), path, resolved, definition)


def by_precision(paths: Mapping[str, Any]) -> dict[str, Any]:
    """`paths` with fixed segments before placeholders.

    Connexion takes the first route that fits, so `/participants/{id}` would hide `/participants/ecf`.
    """
    return dict(sorted(paths.items(), key=lambda item: [("{" in part) for part in item[0].split("/")]))


class Routes:
    """Which methods a path has and which operation that makes; it agrees with Connexion's router.

    It answers what the router doesn't tell: every method of a path for `Allow`, and the operation of a request
    that never reaches the router because a fault struck it or its token made too many.
    """

    def __init__(self, specification: Mapping[str, Any]) -> None:
        self._routes = [
            (
                self._expression(path),
                {
                    method.upper(): item[m]["operationId"]
                    for m in METHODS
                    if m in item
                    for method in (m, *item[m].get(ALSO_ACCEPTS, ()))
                },
            )
            for path, item in by_precision(specification["paths"]).items()
        ]
        self.methods_in_use = frozenset(method for _, item in self._routes for method in item)
        # By the other methods, the one of the contract that each operation has.
        self._also = {
            (other.upper(), operation.id): operation.method
            for operation in operations(specification)
            for other in operation.definition.get(ALSO_ACCEPTS, ())
        }

    @staticmethod
    def _expression(path: str) -> re.Pattern[str]:
        parts = (re.escape(part) for part in _PLACEHOLDER.split(path))
        return re.compile("[^/]+".join(parts))

    def methods(self, path: str) -> list[str]:
        """The methods that `path` has, sorted; none for an unknown path."""
        return sorted({method for pattern, item in self._routes if pattern.fullmatch(path) for method in item})

    def has_operation(self, operation_id: str) -> bool:
        return any(operation_id in item.values() for _, item in self._routes)

    def contract_method(self, method: str, path: str) -> str:
        """The method that the contract has for what the server does by `method`."""
        if not self._also:
            return method
        return self._also.get((method, self.operation_id(method, path) or ""), method)

    def operation_id(self, method: str, path: str) -> str | None:
        """The operation that a request of `method` to `path` is for."""
        for pattern, item in self._routes:
            if method in item and pattern.fullmatch(path):
                operation_id: str = item[method]
                return operation_id
        return None
