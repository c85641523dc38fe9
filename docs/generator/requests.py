"""The request that the reference shows for an operation, made of the examples in the contract."""

from typing import Any
from urllib.parse import quote

from docs.generator.contract import Contract, Operation, Parameter
from docs.generator.guide import BASE_URL
from docs.generator.snippets import Sending

# The token of the first provider in the sandbox that every mock has.
_TOKEN = "alder-token"  # noqa: S105 - everybody's

# What stands for a value that has only a format.
_BY_FORMAT = {"uuid": "db3a7848-7308-4879-942a-c4a70ced400a"}


def request_of(api: Contract, operation: Operation) -> Sending:
    """The smallest good request: only what the operation requires, and the first example of its body.

    Raises:
        ValueError: a parameter that the operation requires has no example.
    """
    needed = [each for each in operation.parameters if each.required]
    path = operation.path
    for each in needed:
        if each.place == "path":
            path = path.replace(f"{{{each.name}}}", quote(str(_example(api, operation, each)), safe=""))
    query = tuple(
        (f"{each.name}[{key}]" if key else each.name, str(value))
        for each in needed
        if each.place == "query"
        for key, value in _pairs(_example(api, operation, each))
    )
    headers = {} if api.name == "control" else {"Authorization": f"Bearer {_TOKEN}"}
    body = operation.body.examples[0].value if operation.body and operation.body.examples else None
    return Sending(BASE_URL, operation.method, path, query, headers, json=body)


def _example(api: Contract, operation: Operation, parameter: Parameter) -> Any:
    schema = api.follow(parameter.schema)[1]
    for found in (
        parameter.example,
        schema.get("example"),
        schema.get("default"),
        _BY_FORMAT.get(schema.get("format", "")),
    ):
        if found is not None:
            return found
    raise ValueError(f"{operation.id} requires {parameter.name}, which has no example in the contract")


def _pairs(value: Any) -> list[tuple[str, Any]]:
    """`filter` with `{"cohort": "2025"}` is written `filter[cohort]=2025`."""
    return list(value.items()) if isinstance(value, dict) else [("", value)]
