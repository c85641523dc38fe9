"""What a lenient server may accept although the contract's request schemas don't (rules 2.3 to 2.9, 5.6 and 5.8).

The contract promises this in words: ids in other forms, odd `sort`, filters that find nothing, evidence that nobody
reads, and a cohort that doesn't exist. The server may forgive a request that breaks nothing else.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, unquote_plus

from mock_server.harness.check.mending import Mender
from mock_server.http.contract import resolve
from mock_server.rules.moments import format_moment, parse_iso8601, parse_rfc3339
from mock_server.v3.domain.identifiers import canonical_id
from mock_server.v3.service import V3

_IDS: Final = ("participant_id", "school_id", "delivery_partner_id")
_YEAR: Final = re.compile("[0-9]{4}")


def _dated(text: str) -> str:
    """A date or a moment as RFC 3339 in UTC. Every other value stays unchanged."""
    moment = parse_iso8601(text)
    return text if moment is None else format_moment(moment)


def _parameter(name: str, value: str) -> str | None:
    # The server never refuses a sort (rules 2.5), and decodes `updated_since` once more (rules 2.4).
    if name == "sort":
        return None
    return _dated(unquote_plus(value)) if name == "filter[updated_since]" else value


def _names(schema: Mapping[str, Any], attributes: Mapping[str, Any]) -> tuple[Collection[str], Collection[str]]:
    return set(_known(schema)), ()


def _known(schema: Mapping[str, Any]) -> Iterator[str]:
    """The names of the attributes in a schema and in its alternatives."""
    schema = resolve(V3.contract, schema)
    yield from schema.get("properties", ())
    for kind in schema.get("anyOf", ()):
        yield from _known(kind)


def _attribute(name: str, value: Any) -> Any:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str):
        return text
    if name in _IDS:
        return canonical_id(text) or text
    if name == "declaration_date":
        moment = parse_rfc3339(text)
        return text if moment is None else format_moment(moment)
    if name == "cohort" and not _YEAR.fullmatch(text):
        # A cohort that doesn't exist is ignored where it is optional; elsewhere rules refuse it.
        return "1999"
    return text


forgiven = Mender(
    service=V3,
    parameter=_parameter,
    moment=_dated,
    attribute=_attribute,
    names=_names,
    # An object or a list counts as not sent (rules 2.3).
    is_sent=lambda value: value is not None and not isinstance(value, dict | list | bool),
    # Up to 2024 the server drops the evidence of `started` (rules 5.8, 13).
    unread=("evidence_held",),
    id=lambda id: canonical_id(unquote(id)) or id,
).forgiven
