"""Checks the token, query and body of a control request against the control API's OpenAPI document."""

from collections.abc import Mapping
from dataclasses import replace
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive

from mock_server.control.models import Complaint
from mock_server.control.problems import ControlCall, Problem
from mock_server.http.bodies import (
    BodyLimits,
    BodyTooLarge,
    BodyTooSlow,
    media_type_and_charset,
    receive_body,
)
from mock_server.http.contract import Operation, operations, resolve
from mock_server.http.exchange import bearer_token
from mock_server.http.json_schema import Validator, listed, validator, violations
from mock_server.sandbox.world_file import MAX_WORLD_BYTES

# Operations that take a whole world.
_WORLDS: Final = frozenset({"importWorld"})


class ControlChecks:
    """What a control request must pass before its operation, in the order in which it is refused."""

    def __init__(self, specification: Mapping[str, Any], token: str | None, limits: BodyLimits) -> None:
        found = list(operations(specification))
        self._token = None if token is None else token.encode()
        self._limits = {
            operation.id: replace(limits, max_bytes=MAX_WORLD_BYTES) if operation.id in _WORLDS else limits
            for operation in found
        }
        self._query = {operation.id: _query_validators(specification, operation) for operation in found}
        self._body = {
            operation.id: (validator(specification, content["schema"]), body.get("required", False))
            for operation in found
            if (body := resolve(specification, operation.definition.get("requestBody")))
            for content in (body["content"]["application/json"],)
        }

    def security(self, call: ControlCall) -> None:
        if self._token is not None and not compare_digest(
            bearer_token(call.headers.get(b"authorization")), self._token
        ):
            raise Problem(
                401,
                "Unauthorized",
                "This mock wants its control token as a bearer token in the header Authorization.",
                headers=(("www-authenticate", "Bearer"),),
            )

    def parameters(self, call: ControlCall, query: bytes) -> None:
        assert call.operation_id is not None  # noqa: S101 - routing comes first
        known = self._query[call.operation_id]
        # Operations without parameters ignore the query.
        if query and known:
            complaints: list[Complaint] = []
            for name, text in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
                if name not in known:
                    detail = f"is no known parameter; known are {listed(sorted(known), 'and')}"
                    complaints.append(Complaint(detail, parameter=name))
                    continue
                value = _converted(text, known[name])
                call.query[name] = value
                complaints += [Complaint(each.detail, parameter=name) for each in violations(known[name], value)]
            _refuse(complaints)

    async def body(self, call: ControlCall, receive: Receive) -> None:
        assert call.operation_id is not None  # noqa: S101 - routing comes first
        checker, required = self._body[call.operation_id]
        limits = self._limits[call.operation_id]
        try:
            body = await receive_body(call.headers, receive, limits)
        except BodyTooLarge:
            detail = f"A body may have up to {limits.max_bytes} bytes."
            raise Problem(413, "Content Too Large", detail) from None
        except BodyTooSlow:
            detail = f"The body wasn't complete after {limits.timeout:g} seconds."
            raise Problem(400, "Bad Request", detail, headers=(("connection", "close"),)) from None
        if body or required:
            call.body = _read_object(body, call.headers.get(b"content-type"))
            _refuse([Complaint(each.detail, each.pointer) for each in violations(checker, call.body)])


def _query_validators(specification: Mapping[str, Any], operation: Operation) -> dict[str, Validator]:
    return {
        parameter["name"]: validator(specification, parameter["schema"])
        for parameter in operation.parameters
        if parameter["in"] == "query"
    }


def _converted(text: str, checker: Validator) -> object:
    # Eighteen digits fit in 64 bits. A longer text stays a text, and is refused as one.
    is_number = checker.schema.get("type") == "integer" and text.isascii() and text.isdigit() and len(text) <= 18
    return int(text) if is_number else text


def _read_object(body: bytes, content_type: bytes | None) -> dict[str, Any]:
    media_type, charset = media_type_and_charset(content_type)
    if media_type != "application/json" or charset != "utf-8":
        came = f"this one came as {content_type[:100].decode('latin-1')}" if content_type else "this one had no type"
        raise Problem(415, "Unsupported Media Type", f"Send the body as application/json; {came}.")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        detail = f"The body is no JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        raise Problem(400, "Bad Request", detail) from None
    if not isinstance(document, dict):
        raise Problem(400, "Bad Request", "The body is JSON, but no object.")
    return document


def _refuse(complaints: list[Complaint]) -> None:
    if complaints:
        count = "one problem" if len(complaints) == 1 else f"{len(complaints)} problems"
        raise Problem(422, "Unprocessable Content", f"The request has {count}.", complaints)
