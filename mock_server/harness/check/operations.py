"""The operations of one contract, chosen for probes by what they document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from mock_server.harness.check.conformance import ResponseCheck
from mock_server.http.contract import Operation


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations of the contract that `check` holds."""

    check: ResponseCheck

    def with_status(self, status: str) -> tuple[str, ...]:
        """The operations that document this status."""
        return tuple(each.id for each in self._all() if status in each.definition["responses"])

    def with_body(self) -> tuple[str, ...]:
        """The operations that take a request body."""
        return tuple(each.id for each in self._all() if "requestBody" in each.definition)

    def lists(self) -> tuple[str, ...]:
        """The operations that read without an id."""
        return tuple(each.id for each in self._all() if each.method == "GET" and "{id}" not in each.path)

    def request_line(self, operation_id: str, id: str) -> tuple[str, str]:
        """The method and the target of an operation. The target has the query that the operation requires."""
        operation = self.check.operations[operation_id]
        path, needed = operation.path.replace("{id}", id), required_query(operation)
        return operation.method, f"{path}?{httpx.QueryParams(needed)}" if needed else path

    def _all(self) -> Iterator[Operation]:
        yield from self.check.operations.values()


def required_query(operation: Operation) -> dict[str, str]:
    """The query parameters without which the server refuses the operation, each with its first example."""
    return {
        each["name"]: str(next(parameter_examples(each)))
        for each in operation.parameters
        if each["in"] == "query" and each.get("required")
    }


def parameter_examples(parameter: Mapping[str, Any]) -> Iterator[Any]:
    """The parameter's examples, with a name or without one."""
    if "example" in parameter:
        yield parameter["example"]
    for named in parameter.get("examples", {}).values():
        yield named["value"]
