"""Mends a request where the contract says in words that a server forgives: what is left must fit the schemas."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from mock_server.harness.check.conformance import response_check
from mock_server.harness.check.traffic import departures
from mock_server.harness.exchange import Request
from mock_server.http.contract import Operation, resolve
from mock_server.service import Service

_SERVER_DATE = "x-with-server-date"


@dataclass(frozen=True, slots=True)
class Mender:
    """What servers of one service forgive. Every service forgives an odd `type`, and unknown members and parameters."""

    service: Service
    # A value of the query by its name, corrected. None leaves the parameter out.
    parameter: Callable[[str, str], str | None]
    # The moment that a header names, corrected.
    moment: Callable[[str], str]
    # An attribute by its name, corrected.
    attribute: Callable[[str, Any], Any]
    # The names that attributes can have, and those of them to keep whatever their value is.
    names: Callable[[Mapping[str, Any], Mapping[str, Any]], tuple[Collection[str], Collection[str]]]
    # Whether an attribute's value counts as sent.
    is_sent: Callable[[Any], bool]
    # Attributes that the server may leave unread. The request may fit without them.
    unread: Collection[str] = ()
    # The id in the path, corrected.
    id: Callable[[str], str] = lambda id: id

    def forgiven(self, request: Request) -> bool:
        """Whether `request` breaks only what the server forgives."""
        check = response_check(self.service)
        operation_id = check.routes.operation_id(request.method, unquote(request.path))
        if operation_id is None:
            return False
        operation = check.operations[operation_id]
        if not departures(self.service, self._mended(request, operation, ())):
            return True
        return bool(self.unread) and not departures(self.service, self._mended(request, operation, self.unread))

    def _mended(self, request: Request, operation: Operation, unread: Collection[str]) -> Request:
        known = {parameter["name"] for parameter in operation.parameters if parameter["in"] == "query"}
        # If a name occurs twice, the last one counts.
        asked = {name: self.parameter(name, value) for name, value in dict(request.query).items() if name in known}
        headers = dict(request.headers)
        if _SERVER_DATE in headers:
            headers[_SERVER_DATE] = self.moment(headers[_SERVER_DATE])
        query = tuple((name, value) for name, value in asked.items() if value is not None)
        mended = replace(request, path=self._path(request.path, operation), query=query, headers=headers)
        if "requestBody" in operation.definition and isinstance(request.json, dict):
            mended = replace(mended, content=json.dumps(self._body(request.json, operation, unread)))
        return mended

    def _path(self, path: str, operation: Operation) -> str:
        """The path with its id corrected."""
        parts = path.split("/")
        for place, segment in enumerate(operation.path.split("/")):
            if segment == "{id}" and place < len(parts):
                parts[place] = self.id(parts[place])
        return "/".join(parts)

    def _body(self, body: dict[str, Any], operation: Operation, unread: Collection[str]) -> dict[str, Any]:
        document = self.service.contract
        request_body = resolve(document, operation.definition["requestBody"])
        schema = resolve(document, next(iter(request_body["content"].values()))["schema"])
        data_schema = resolve(document, schema["properties"]["data"])
        data = body.get("data")
        if not isinstance(data, dict) or not data:
            return body
        attributes = data.get("attributes")
        if not isinstance(attributes, dict):
            return {"data": {**data, "type": data_schema["properties"]["type"]["default"]}}
        names, kept = self.names(resolve(document, data_schema["properties"]["attributes"]), attributes)
        return {
            "data": {
                "type": data_schema["properties"]["type"]["default"],
                "attributes": {
                    name: self.attribute(name, value)
                    for name, value in attributes.items()
                    if name in names and name not in unread and (name in kept or self.is_sent(value))
                },
            }
        }
