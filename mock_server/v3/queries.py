"""Reads the query and the header `X-With-Server-Date` of v3 (rules 2.4, 2.5, 2.6 and 2.9).

The contract says which keys an operation reads, and which it requires. READERS says how to read each.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final
from urllib.parse import unquote_plus

from mock_server.http.contract import Operation
from mock_server.http.exchange import Refused
from mock_server.http.query_strings import is_pair, pairs, quoted, whole_number
from mock_server.v3.domain.calendar import LONDON
from mock_server.v3.domain.declaration_dates import parse_declaration_date
from mock_server.v3.domain.identifiers import canonical_id
from mock_server.v3.domain.lists import Sort
from mock_server.v3.errors import bad_parameter, bad_request

SERVER_DATE: Final = b"x-with-server-date"
MAX_PER_PAGE: Final = 3000

_YEAR = re.compile("[0-9]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LEADING_DIGITS = re.compile("[0-9]*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WITHOUT_ZONE = re.compile(r"[0-9-]{10}T[0-9:.,]+")


@dataclass(frozen=True, slots=True)
class Query:
    """The query of an operation, read and checked. Parameters that the operation doesn't document keep their default.

    A filter is None if the client didn't give it. An empty set or text fits no record.
    `cohort` is the one cohort in a query for schools. `cohorts` is the filter of all other lists.
    """

    cohorts: frozenset[str] | None = None
    cohort: str = ""
    urn: str | None = None
    updated_since: datetime | None = None
    training_status: str | None = None
    from_participant_id: str | None = None
    participant_ids: frozenset[str] | None = None
    delivery_partner_ids: frozenset[str] | None = None
    sort: tuple[Sort, ...] = ()
    page: int = 1
    per_page: int = 100


NO_QUERY: Final = Query()


def _years(text: str) -> frozenset[str]:
    """Whole numbers between commas. It drops other items, and those with a space."""
    return frozenset(item for item in text.split(",") if _YEAR.fullmatch(item))


def _ids(text: str) -> frozenset[str]:
    """UUIDs between commas. It drops other items, and those with a space."""
    return frozenset(item.lower() for item in text.split(",") if _UUID.fullmatch(item))


def _leading_digits(text: str) -> str:
    """Reads `2024abc` and `2024,2025` as 2024, and `abc` as nothing."""
    found = _LEADING_DIGITS.match(text.lstrip())
    return found[0] if found else ""


def _word(text: str) -> str:
    return text


def _sort(text: str) -> tuple[Sort, ...]:
    """A leading `-` means descending, `+` or nothing ascending. It skips unknown names and never refuses them."""
    keys = []
    for part in text.split(","):
        name = part[1:] if part[:1] in ("-", "+") else part
        if name in ("created_at", "updated_at"):
            keys.append(Sort(name, descending=part.startswith("-")))
    return tuple(keys)


def _updated_since(text: str) -> datetime:
    """The service decodes the value once more, plus signs into spaces included (rules 2.4)."""
    decoded = unquote_plus(text)
    moment = _moment(decoded, UTC)
    if moment is not None:
        # Records carry whole seconds. The filter must also find changes later in the same second.
        return moment.replace(microsecond=0)
    if _moment(decoded.replace(" ", "+"), UTC) is not None:
        detail = (
            "The filter '#/updated_since' has a space where the + of its offset was, because the service decodes the "
            f"value twice. Send the moment with Z, such as 2026-01-13T11:21:55Z. It arrived as {quoted(decoded)}."
        )
    else:
        detail = (
            "The filter '#/updated_since' must be a date or a moment in ISO 8601, such as 2026-01-13 or "
            f"2026-01-13T11:21:55Z, not {quoted(decoded)}."
        )
    raise Refused(bad_request(detail))


def _number(name: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        number = whole_number(text)
        if number is None:
            raise Refused(
                bad_request(f"The parameter '#/page/{name}' must be a whole number from 1, not {quoted(text)}.")
            )
        return number

    return read


def _page_size(text: str) -> int:
    return min(_number("per_page")(text), MAX_PER_PAGE)


@dataclass(frozen=True, slots=True)
class _Reader:
    """The member of `Query` that a key fills, and how. Without `blank_too`, a blank value counts as not given."""

    member: str
    read: Callable[[str], Any]
    blank_too: bool = False


READERS: Final = {
    "filter[cohort]": _Reader("cohorts", _years),
    "filter[participant_id]": _Reader("participant_ids", _ids),
    "filter[delivery_partner_id]": _Reader("delivery_partner_ids", _ids),
    "filter[urn]": _Reader("urn", _leading_digits),
    "filter[training_status]": _Reader("training_status", _word),
    "filter[from_participant_id]": _Reader("from_participant_id", canonical_id),
    "filter[updated_since]": _Reader("updated_since", _updated_since),
    "sort": _Reader("sort", _sort),
    "page[page]": _Reader("page", _number("page"), blank_too=True),
    "page[per_page]": _Reader("per_page", _page_size, blank_too=True),
}
# A required filter names one cohort. A blank one is a cohort without schools.
REQUIRED: Final = {"filter[cohort]": _Reader("cohort", _leading_digits, blank_too=True)}


@dataclass(frozen=True, slots=True)
class Documented:
    """The query of an operation: how to read each key, which keys it requires, and which names are sets."""

    readers: Mapping[str, _Reader]
    required: tuple[str, ...]
    # Every operation checks the shape of `filter`. Those with pages also check `page`.
    sets: frozenset[str]


def documented(operation: Operation) -> Documented:
    """The operation's query, from the contract."""
    readers: dict[str, _Reader] = {}
    required = []
    for parameter in operation.parameters:
        if parameter["in"] == "query":
            key = parameter["name"]
            needed = parameter.get("required", False)
            readers[key] = (REQUIRED if needed else READERS)[key]
            if needed:
                required.append(key)
    sets = {"filter"} | {key.partition("[")[0] for key in readers if "[" in key}
    return Documented(readers, tuple(required), frozenset(sets))


def read_query(query: bytes, operation: Documented) -> Query:
    """Read the raw `query` for the operation. It skips undocumented keys, and the last of equal keys wins.

    Raises:
        Refused: with the 400 that says what is wrong.
    """
    given: dict[str, str] = {}
    if query:
        for key, value in pairs(query):
            if key in operation.readers:
                given[key] = value
            else:
                _check_shape(key, operation.sets)
    if missing := [key for key in operation.required if key not in given]:
        raise Refused(bad_parameter(*map(_missing, missing)))
    if not given:
        return NO_QUERY
    read: dict[str, Any] = {}
    # In the order of the table, so that the first complaint is always the same.
    for key, reader in operation.readers.items():
        if key in given and (reader.blank_too or given[key].strip()):
            read[reader.member] = reader.read(given[key])
    return Query(**read)


def _check_shape(key: str, sets: frozenset[str]) -> None:
    name = key.partition("[")[0]
    if name in sets and not is_pair(key):
        example = "filter[cohort]=2025" if name == "filter" else "page[page]=2"
        raise Refused(
            bad_parameter(f"The parameter '#/{name}' must be a hash, written as {name}[key]=value such as {example}.")
        )


def _missing(key: str) -> str:
    name = key.partition("[")[2].rstrip("]")
    return f"The filter '#/{name}' must be given, such as {key}=2025."


def read_server_date(headers: Mapping[bytes, bytes]) -> datetime | None:
    """The moment at which the client wants this one request to happen, if any, in whole seconds (rules 2.9).

    Raises:
        Refused: it can't be read.
    """
    header = headers.get(SERVER_DATE)
    if header is None:
        return None
    text = header.decode("latin-1").strip()
    moment = _moment(text, LONDON)
    if moment is None:
        raise Refused(
            bad_request(
                "The header X-With-Server-Date must be a date or a moment in ISO 8601, such as 2026-03-31 or "
                f"2026-03-31T10:00:00Z, not {quoted(text)}."
            )
        )
    return moment.replace(microsecond=0)


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """The moment of an ISO 8601 text with seconds, or a date's midnight. `zone` applies if the text has none."""
    text = text.upper()
    if _DATE.fullmatch(text):
        text += "T00:00:00"
    moment = parse_declaration_date(text)
    if moment is None or not _WITHOUT_ZONE.fullmatch(text):
        return moment
    try:
        return moment.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return None
