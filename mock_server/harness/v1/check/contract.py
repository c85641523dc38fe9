"""The operations of v1, selected for the probes."""

from typing import Final

from mock_server.harness.check.conformance import response_check
from mock_server.v1.service import V1

CHECK: Final = response_check(V1)


def with_status(status: str) -> tuple[str, ...]:
    """The operations that document this status."""
    return tuple(operation.id for operation in CHECK.operations.values() if status in operation.definition["responses"])


def with_body() -> tuple[str, ...]:
    """The operations that take a request body."""
    return tuple(o.id for o in CHECK.operations.values() if "requestBody" in o.definition)


def method_and_path(operation_id: str, id: str) -> tuple[str, str]:
    """The request line of an operation."""
    operation = CHECK.operations[operation_id]
    return operation.method, operation.path.replace("{id}", id)
