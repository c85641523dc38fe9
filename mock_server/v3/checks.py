"""The checks that a v3 request passes before its operation runs, in their order (rules 2)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from starlette.types import Receive

from mock_server.http.bodies import (
    BodyLimits,
    BodyTooLarge,
    BodyTooSlow,
    UnreadableBody,
    read_attributes,
    receive_body,
)
from mock_server.http.contract import Operation, operations, resolve
from mock_server.http.exchange import Refused
from mock_server.service import Call
from mock_server.v3.domain.identifiers import canonical_id
from mock_server.v3.errors import NOT_FOUND, PAYLOAD_TOO_LARGE, REQUEST_TIMEOUT, UNAUTHORISED, bad_request
from mock_server.v3.queries import documented, read_query, read_server_date

MEDIA_TYPES: Final = ("application/json", "application/vnd.api+json")

# Operations that look for their record before they look at the body, so that 404 comes before 400 (rules 2.3).
FINDS_FIRST: Final[dict[str, Callable[[Call, str], object | None]]] = {
    "updatePartnership": lambda call, id: call.world.own_partnership(call.slug, id),
}


class ProviderChecks:
    """The checks of v3. The contract says what each operation needs."""

    def __init__(self, specification: Mapping[str, Any], limits: BodyLimits) -> None:
        found = list(operations(specification))
        self._limits = limits
        self._documented = {operation.id: documented(operation) for operation in found}
        self._attributes = {operation.id: known_attributes(specification, operation) for operation in found}

    def security(self, call: Call) -> None:
        if call.provider is None:
            raise Refused(UNAUTHORISED)

    def parameters(self, call: Call, query: bytes) -> None:
        read_server_date(call.headers)
        assert call.operation_id is not None  # noqa: S101 - routing comes first
        call.parameters = read_query(query, self._documented[call.operation_id])

    async def body(self, call: Call, receive: Receive) -> None:
        assert call.operation_id is not None  # noqa: S101 - routing comes first
        try:
            call.body = await receive_body(call.headers, receive, self._limits)
        except BodyTooLarge:
            raise Refused(PAYLOAD_TOO_LARGE) from None
        except BodyTooSlow:
            raise Refused(REQUEST_TIMEOUT) from None
        known = self._attributes[call.operation_id]
        try:
            call.attributes = read_attributes(call.body, call.headers.get(b"content-type"), MEDIA_TYPES, known)
        except UnreadableBody as unreadable:
            find = FINDS_FIRST.get(call.operation_id)
            if find is not None and find(call, canonical_id(call.path_id)) is None:
                raise Refused(NOT_FOUND) from None
            raise Refused(bad_request(str(unreadable))) from None


def known_attributes(specification: Mapping[str, Any], operation: Operation) -> frozenset[str]:
    """The names of the attributes that the operation's body can have."""
    body = resolve(specification, operation.definition.get("requestBody"))
    if not body:
        return frozenset()
    request = resolve(specification, body["content"]["application/json"]["schema"])
    return frozenset(_names(specification, request["properties"]["data"]["properties"]["attributes"]))


def _names(specification: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    schema = resolve(specification, schema)
    yield from schema.get("properties", ())
    for kind in schema.get("anyOf", ()):
        yield from _names(specification, kind)
