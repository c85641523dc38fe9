"""The operations that a step may name: those of its service's contract, and those of the control API."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mock_server.control.contract import control_contract_of
from mock_server.harness.scenarios.model import CONTROL
from mock_server.http.contract import Operation, operations
from mock_server.service import Service

# The runner fills in the scenario's sandbox, so authors never name it.
SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class KnownOperation:
    """An operation as steps use it. `success` is its status when the request succeeds."""

    api: str
    method: str
    path: str
    path_names: frozenset[str]
    query_names: frozenset[str]
    takes_body: bool
    success: int


@cache
def known_operations(service: Service) -> dict[str, KnownOperation]:
    """Every operation by its id. Those of the contract come first."""
    documents: tuple[tuple[str, Mapping[str, Any]], ...] = (
        (service.name, service.contract),
        (CONTROL, control_contract_of(service)),
    )
    return {operation.id: _known(api, operation) for api, document in documents for operation in operations(document)}


def _known(api: str, operation: Operation) -> KnownOperation:
    names = {kind: {p["name"] for p in operation.parameters if p["in"] == kind} for kind in ("path", "query")}
    # A step may use `filter` alone on purpose, to show a mistake.
    names["query"] |= {name.partition("[")[0] for name in names["query"]}
    return KnownOperation(
        api,
        operation.method,
        operation.path,
        frozenset(names["path"] - {SANDBOX}),
        frozenset(names["query"]),
        "requestBody" in operation.definition,
        min(int(status) for status in operation.definition["responses"] if status.startswith("2")),
    )
