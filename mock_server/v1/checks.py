"""The checks that a v1 request passes before its operation runs, in their order."""

from collections.abc import Mapping
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
from mock_server.http.contract import operations
from mock_server.http.exchange import Refused
from mock_server.service import Call
from mock_server.v1.errors import FORBIDDEN, PAYLOAD_TOO_LARGE, REQUEST_TIMEOUT, UNAUTHORISED, bad_request
from mock_server.v1.queries import NO_PARAMETERS, documented_keys, read_query, read_server_date

MEDIA_TYPES: Final = ("application/json", "application/vnd.api+json", "text/x-json")


class ProviderChecks:
    """The checks of v1. The contract says what each operation needs."""

    def __init__(self, specification: Mapping[str, Any], limits: BodyLimits) -> None:
        found = list(operations(specification))
        self._limits = limits
        self._documented = {operation.id: documented_keys(operation) for operation in found}
        # The contract documents a 403 for the operations that need an ECF contract.
        self._need_ecf = frozenset(operation.id for operation in found if "403" in operation.definition["responses"])

    def security(self, call: Call) -> None:
        if call.provider is None:
            raise Refused(UNAUTHORISED)
        if call.operation_id in self._need_ecf and not call.provider.ecf:
            raise Refused(FORBIDDEN)

    def parameters(self, call: Call, query: bytes) -> None:
        read_server_date(call.headers)
        call.parameters = NO_PARAMETERS
        assert call.operation_id is not None  # noqa: S101 - routing comes first
        if query:
            call.parameters = read_query(query, self._documented[call.operation_id])

    async def body(self, call: Call, receive: Receive) -> None:
        try:
            call.body = await receive_body(call.headers, receive, self._limits)
        except BodyTooLarge:
            raise Refused(PAYLOAD_TOO_LARGE) from None
        except BodyTooSlow:
            raise Refused(REQUEST_TIMEOUT) from None
        try:
            call.attributes = read_attributes(call.body, call.headers.get(b"content-type"), MEDIA_TYPES)
        except UnreadableBody as unreadable:
            raise Refused(bad_request(str(unreadable))) from None
