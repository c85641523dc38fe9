"""What a lenient server may accept although the contract's request schemas don't (rules 4, 5.3 and 6.2).

The contract promises this in words. It covers a missing or different `type`, unknown members and parameters, blank
filters, and dates without a time or a zone. The server may forgive a request that breaks nothing else.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from mock_server.harness.check.traffic import departures
from mock_server.harness.exchange import Request
from mock_server.harness.v1.check.contract import CHECK
from mock_server.http.contract import Operation, resolve
from mock_server.rules.attributes import as_text
from mock_server.rules.moments import format_moment, parse_iso8601, parse_rfc3339
from mock_server.v1.service import V1

_SERVER_DATE = "x-with-server-date"


def forgiven(request: Request) -> bool:
    """Whether `request` breaks only what the contract says the server forgives."""
    operation_id = CHECK.routes.operation_id(request.method, unquote(request.path))
    if operation_id is None:
        return False
    return not departures(V1, _mended(request, CHECK.operations[operation_id]))


def _mended(request: Request, operation: Operation) -> Request:
    """`request` with all forgivable mistakes corrected."""
    known = {parameter["name"] for parameter in operation.parameters if parameter["in"] == "query"}
    # If a name occurs twice, the last one counts.
    query = tuple((name, _dated(value)) for name, value in dict(request.query).items() if name in known)
    headers = dict(request.headers)
    if _SERVER_DATE in headers:
        headers[_SERVER_DATE] = _dated(headers[_SERVER_DATE])
    mended = replace(request, query=query, headers=headers)
    if "requestBody" in operation.definition and isinstance(request.json, dict):
        mended = replace(mended, content=json.dumps(_mended_body(request.json, operation)))
    return mended


def _dated(text: str) -> str:
    """A date or a moment as RFC 3339 in UTC. Every other value stays unchanged."""
    moment = parse_iso8601(text)
    return text if moment is None else format_moment(moment)


def _mended_body(body: dict[str, Any], operation: Operation) -> dict[str, Any]:
    document = V1.contract
    request_body = resolve(document, operation.definition["requestBody"])
    schema = resolve(document, next(iter(request_body["content"].values()))["schema"])
    data_schema = resolve(document, schema["properties"]["data"])
    data = body.get("data")
    if not isinstance(data, dict) or not data:
        return body
    attributes = data.get("attributes")
    if not isinstance(attributes, dict):
        return {"data": {**data, "type": data_schema["properties"]["type"]["default"]}}
    shape = _shape(document, resolve(document, data_schema["properties"]["attributes"]), attributes)
    return {
        "data": {
            "type": data_schema["properties"]["type"]["default"],
            "attributes": {
                name: _mended_attribute(name, value)
                for name, value in attributes.items()
                if name in shape["properties"] and (name in shape["required"] or as_text(value))
            },
        }
    }


def _shape(document: Mapping[str, Any], schema: Mapping[str, Any], attributes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the attributes. Of several alternatives, the one that the discriminator chooses, else the first."""
    if "discriminator" not in schema:
        return schema
    chosen = attributes.get(schema["discriminator"]["propertyName"])
    mapping = schema["discriminator"]["mapping"]
    reference = mapping.get(chosen) if isinstance(chosen, str) else None
    shape: Mapping[str, Any] = resolve(document, {"$ref": reference} if reference else schema["oneOf"][0])
    return shape


def _mended_attribute(name: str, value: Any) -> Any:
    if name == "declaration_date" and isinstance(value, str):
        moment = parse_rfc3339(value)
        return value if moment is None else format_moment(moment)
    if name == "participant_id" and isinstance(value, str):
        return value
    # The server compares values as text: 2021 equals "2021".
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
