"""What a lenient server may accept although the contract's request schemas don't (rules 4, 5.3 and 6.2).

The contract promises this in words. It covers a missing or different `type`, unknown members and parameters, blank
filters, and dates without a time or a zone. The server may forgive a request that breaks nothing else.
"""

from collections.abc import Collection, Mapping
from typing import Any

from mock_server.harness.check.mending import Mender
from mock_server.http.contract import resolve
from mock_server.rules.attributes import as_text
from mock_server.rules.moments import format_moment, parse_iso8601, parse_rfc3339
from mock_server.v1.service import V1


def _dated(text: str) -> str:
    """A date or a moment as RFC 3339 in UTC. Every other value stays unchanged."""
    moment = parse_iso8601(text)
    return text if moment is None else format_moment(moment)


def _names(schema: Mapping[str, Any], attributes: Mapping[str, Any]) -> tuple[Collection[str], Collection[str]]:
    """Of several alternatives, those of the one that the discriminator chooses, else of the first."""
    if "discriminator" in schema:
        chosen = attributes.get(schema["discriminator"]["propertyName"])
        mapping = schema["discriminator"]["mapping"]
        reference = mapping.get(chosen) if isinstance(chosen, str) else None
        schema = resolve(V1.contract, {"$ref": reference} if reference else schema["oneOf"][0])
    return schema["properties"], schema["required"]


def _mended_attribute(name: str, value: Any) -> Any:
    if name == "declaration_date" and isinstance(value, str):
        moment = parse_rfc3339(value)
        return value if moment is None else format_moment(moment)
    if name == "participant_id" and isinstance(value, str):
        return value
    # The server compares values as text: 2021 equals "2021".
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


forgiven = Mender(
    service=V1,
    parameter=lambda name, value: _dated(value),
    moment=_dated,
    attribute=_mended_attribute,
    names=_names,
    is_sent=lambda value: as_text(value) != "",
).forgiven
