"""Reads an OpenAPI document: its operations in order, and the operation that a method and path belong to."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from mock_server.http.json_pointer import NOTHING, member, names_in_pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# An operation lists here further methods that the server accepts for it and the contract leaves out.
ALSO_ACCEPTS = "x-also-accepts"

_PLACEHOLDER = re.compile(r"\{[^{}]+\}")


# Stands in a path for a character that would end or part it, though it was sent as a part of a segment.
STAND_IN = "\N{REPLACEMENT CHARACTER}"


def path_in_segments(path: str, raw_path: bytes) -> str:
    """`path`, decoded from `raw_path`, with each encoded slash as STAND_IN: it is a part of its segment."""
    if b"%" not in raw_path or b"%2f" not in raw_path.lower():
        return path
    segments = (unquote_to_bytes(segment).decode("utf-8", "replace") for segment in raw_path.split(b"/"))
    return "/".join(segment.replace("/", STAND_IN) for segment in segments)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document; `parameters` are its own and its path's, with references resolved."""

    id: str
    method: str
    path: str
    parameters: tuple[Mapping[str, Any], ...]
    definition: Mapping[str, Any]


class UnusableReference(ValueError):
    """A `$ref` that leads nowhere, out of the document, or round in a circle."""


def resolve(specification: Mapping[str, Any], node: Any) -> Any:
    """`node`, or what it refers to in `specification` when it is a `$ref`. Raises UnusableReference."""
    followed: set[str] = set()
    while isinstance(node, Mapping) and "$ref" in node:
        reference = node["$ref"]
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise UnusableReference(f"the reference {reference!r} doesn't lead into the document: write it as #/…")
        if reference in followed:
            raise UnusableReference(f"the reference {reference!r} leads round in a circle")
        followed.add(reference)
        node = _at(specification, reference)
    return node


def _at(specification: Mapping[str, Any], reference: str) -> Any:
    """The value at the JSON Pointer `reference`."""
    node: Any = specification
    for name in names_in_pointer(reference.removeprefix("#")):
        node = member(name, node)
        if node is NOTHING:
            raise UnusableReference(f"the reference {reference!r} leads nowhere: there is no {name!r}")
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


def asked_as(method: str) -> str:
    """The method whose operation answers a request of `method`."""
    return "GET" if method == "HEAD" else method


def _with_head(methods: Collection[str]) -> set[str]:
    return {*methods, "HEAD"} if "GET" in methods else set(methods)


class Routes:
    """The methods of each path and their operations, just as Connexion's router sees them.

    It knows what the router doesn't tell: all methods of a path (for `Allow`), and the operation of a request
    that a fault or the rate limit keeps from the router. HEAD goes where GET goes
    (RFC 9110, 9.3.2), though no document lists it.
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
        self.methods_in_use = frozenset(method for _, item in self._routes for method in _with_head(item))
        # The contract's method of an operation, by a further method and the operation's id.
        self._also = {
            (other.upper(), operation.id): operation.method
            for operation in operations(specification)
            for other in operation.definition.get(ALSO_ACCEPTS, ())
        }

        # The methods that the contract doesn't list under their own name.
        self._other_methods = frozenset({"HEAD", *(method for method, _ in self._also)})

    @staticmethod
    def _expression(path: str) -> re.Pattern[str]:
        parts = (re.escape(part) for part in _PLACEHOLDER.split(path))
        return re.compile("[^/]+".join(parts))

    def methods(self, path: str) -> list[str]:
        """The methods that `path` has, sorted; none for an unknown path."""
        found = {method for pattern, item in self._routes if pattern.fullmatch(path) for method in item}
        return sorted(_with_head(found))

    def has_operation(self, operation_id: str) -> bool:
        return any(operation_id in item.values() for _, item in self._routes)

    def contract_method(self, method: str, path: str) -> str:
        """The method under which the contract lists the operation that `method` performs."""
        if method not in self._other_methods:
            return method
        method = asked_as(method)
        return self._also.get((method, self.operation_id(method, path) or ""), method)

    def operation_id(self, method: str, path: str) -> str | None:
        """The operation that a request of `method` to `path` is for."""
        method = asked_as(method)
        for pattern, item in self._routes:
            if method in item and pattern.fullmatch(path):
                operation_id: str = item[method]
                return operation_id
        return None
