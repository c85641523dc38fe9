"""Says strictly how a request breaks a contract, for people who test a client. It never affects an answer."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

import orjson

from mock_server.http.bodies import media_type_and_charset
from mock_server.http.contract import Operation, Routes, operations, resolve
from mock_server.http.json_schema import Validator, listed, validator, violations

NO_BEARER_TOKEN = "the header Authorization with a bearer token is missing"  # noqa: S105 - a sentence


class RequestCheck:
    """Checks requests against one specification."""

    def __init__(self, specification: Mapping[str, Any]) -> None:
        self._routes = Routes(specification)
        self._operations = {
            operation.id: _OperationCheck(specification, operation) for operation in operations(specification)
        }

    def problems(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, *, body_cut: bool = False
    ) -> list[str]:
        """A sentence for each breach. `path` and `query` are percent-encoded, header names in lower case."""
        decoded = unquote_to_bytes(path).decode("utf-8", "replace")
        operation_id = self._routes.operation_id(method, decoded)
        if operation_id is None:
            methods = self._routes.methods(decoded)
            return [
                f"{path} has no {method}; it has {listed(methods, 'and')}"
                if methods
                else f"{path} is no path of the contract"
            ]
        check = self._operations[operation_id]
        problems = list(check.head_problems(decoded, query, headers))
        return problems if body_cut else problems + list(check.body_problems(headers, body))


class _OperationCheck:
    def __init__(self, specification: Mapping[str, Any], operation: Operation) -> None:
        self._path = operation.path
        self._validators: dict[tuple[str, str], Validator] = {}
        self._query: dict[str, Mapping[str, Any]] = {}
        for parameter in operation.parameters:
            name, place = parameter["name"], parameter["in"]
            schema = resolve(specification, parameter["schema"])
            if place == "query":
                self._query[name] = schema
            self._validators[place, name] = validator(specification, schema)
        body = resolve(specification, operation.definition.get("requestBody"))
        self._body: Validator | None = None
        if body:
            self._media_types = list(body["content"])
            self._body = validator(specification, body["content"]["application/json"]["schema"])

    def head_problems(self, path: str, query: str, headers: Mapping[str, str]) -> Iterator[str]:
        """The breaches in the path's values, the query and the headers."""
        if not headers.get("authorization", "").lower().startswith("bearer "):
            yield NO_BEARER_TOKEN
        for template, value in zip(self._path.split("/"), path.split("/"), strict=True):
            if template.startswith("{"):
                name = template.strip("{}")
                yield from self._violations("path", name, value, f"the path's {name}")
        for key, value in parse_qsl(query, keep_blank_values=True):
            if key not in self._query:
                yield f"the query has an unknown parameter, {key}" + _known(list(self._query))
            elif value.strip():
                sent = _as_meant(value, self._query[key])
                yield from self._violations("query", key, sent, f"the query's {key}")
        for (place, name), _ in self._validators.items():
            if place == "header" and name.lower() in headers:
                yield from self._violations(place, name, headers[name.lower()], f"the header {name}")

    def body_problems(self, headers: Mapping[str, str], body: bytes) -> Iterator[str]:
        """The breaches in the content type and the body."""
        if self._body is None:
            return
        media_type, charset = media_type_and_charset(headers.get("content-type", "").encode("latin-1", "replace"))
        if media_type not in self._media_types or charset != "utf-8":
            given = headers.get("content-type")
            yield f"the content type is {given or 'missing'}; it must be {listed(self._media_types)}"
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            yield f"the body is no JSON: {error.msg} (line {error.lineno}, column {error.colno})"
            return
        yield from map(str, violations(self._body, document))

    def _violations(self, place: str, name: str, value: object, label: str) -> Iterator[str]:
        for violation in violations(self._validators[place, name], value):
            yield f"{label} {violation.detail}"


def _known(names: list[str]) -> str:
    return f"; known are {listed(names, 'and')}" if names else ""


def _as_meant(text: str, schema: Mapping[str, Any]) -> object:
    """The text of a query parameter, as a value of the schema's type."""
    if schema["type"] == "integer":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else text
    # The descriptions also accept a date alone, as its first moment. The format `date-time` can't say that.
    if schema.get("format") == "date-time" and len(text) == len("2021-11-20"):
        return f"{text}T00:00:00Z"
    return text
