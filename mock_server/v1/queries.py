"""Reads v1's query, and the header `X-With-Server-Date` (rules 3, 4, 5.3 and 6.3)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from mock_server.http.contract import Operation
from mock_server.http.exchange import Refused
from mock_server.http.query_strings import is_pair, pairs, quoted, whole_number
from mock_server.rules.moments import parse_iso8601
from mock_server.v1.errors import bad_parameter, bad_request

SERVER_DATE = b"x-with-server-date"


@dataclass(frozen=True, slots=True)
class Parameters:
    """The query, read and checked. Parameters that the operation doesn't document keep their default."""

    cohorts: frozenset[str] | None = None
    updated_since: datetime | None = None
    participant_id: str | None = None
    page: int = 1
    per_page: int = 100


NO_PARAMETERS = Parameters()
_PARTICIPANTS = "/api/v1/participants"
MAX_PER_PAGE = 3000

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def documented_keys(operation: Operation) -> Mapping[str, frozenset[str]]:
    """The query keys that the operation documents, such as `filter[cohort]`, grouped under `filter` and `page`.

    Every operation on participants checks the form of `filter`, even if it knows none of its keys (rules 4).
    """
    keys = [parameter["name"] for parameter in operation.parameters if parameter["in"] == "query"]
    names = {key.partition("[")[0] for key in keys}
    if operation.path.startswith(_PARTICIPANTS):
        names.add("filter")
    return {name: frozenset(key for key in keys if key.startswith(f"{name}[")) for name in names}


def read_query(query: bytes, documented: Mapping[str, frozenset[str]]) -> Parameters:
    """The parameters that the raw `query` gives an operation with these `documented_keys`.

    It skips all other keys, and a blank filter counts as not given. The last of equal keys wins.

    Raises:
        Refused: with the 400 that says what is wrong.
    """
    if not query or not documented:
        return NO_PARAMETERS
    given = _given(query, documented)
    if not given:
        return NO_PARAMETERS
    cohorts = given.get("filter[cohort]")
    per_page = given.get("page[per_page]")
    page = given.get("page[page]")
    return Parameters(
        cohorts=None if cohorts is None else frozenset(year.strip() for year in cohorts.split(",")),
        updated_since=_updated_since(given.get("filter[updated_since]")),
        participant_id=_participant_id(given.get("filter[participant_id]")),
        page=1 if page is None else _whole_number("page[page]", page),
        per_page=100 if per_page is None else min(_whole_number("page[per_page]", per_page), MAX_PER_PAGE),
    )


def read_server_date(headers: Mapping[bytes, bytes]) -> datetime | None:
    """The moment at which the client wants this one request to happen, if any. A date alone means midnight in UTC.

    Raises:
        Refused: it can't be read.
    """
    header = headers.get(SERVER_DATE)
    if header is None:
        return None
    text = header.decode("latin-1").strip()
    moment = parse_iso8601(text)
    if moment is None:
        raise Refused(
            bad_request(
                "The header X-With-Server-Date must be a date or a moment with seconds, such as 2021-11-20 or "
                f"2021-11-20T09:00:00Z, not {quoted(text)}."
            )
        )
    return moment


def _given(query: bytes, documented: Mapping[str, frozenset[str]]) -> dict[str, str]:
    given: dict[str, str] = {}
    for key, value in pairs(query):
        name = key.partition("[")[0]
        if name not in documented:
            continue
        if key in documented[name]:
            given[key] = value
        elif not is_pair(key):
            raise Refused(
                bad_parameter(
                    f"`{name}` must be given as {name}[key]=value pairs, such as "
                    f"{'filter[cohort]=2021' if name == 'filter' else 'page[page]=2'}, not as {quoted(key)}."
                )
            )
    return {key: value for key, value in given.items() if value.strip() or not key.startswith("filter[")}


def _updated_since(text: str | None) -> datetime | None:
    if text is None:
        return None
    # Some clients encode the value twice, and the service accepts it.
    text = unquote(text) if "%" in text else text
    moment = parse_iso8601(text)
    if moment is None:
        lost_plus = parse_iso8601(text.replace(" ", "+")) is not None
        raise Refused(
            bad_request(
                f"`filter[updated_since]` has a space where the + of its offset was: send the + as %2B, as in "
                f"2021-11-20T09:00:00%2B01:00. It arrived as {quoted(text)}."
                if lost_plus
                else "`filter[updated_since]` must be a date or a moment with seconds, such as 2021-11-20 or "
                f"2021-11-20T09:00:00Z, not {quoted(text)}."
            )
        )
    return moment


def _participant_id(text: str | None) -> str | None:
    if text is None:
        return None
    if _UUID.fullmatch(text) is None:
        raise Refused(bad_request(f"`filter[participant_id]` must be a UUID, not {quoted(text)}."))
    return text.lower()


def _whole_number(name: str, text: str) -> int:
    number = whole_number(text)
    if number is not None:
        return number
    raise Refused(bad_request(f"`{name}` must be a whole number from 1, not {quoted(text)}."))
