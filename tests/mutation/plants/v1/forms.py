"""Forms of requests that the service accepts or refuses: schemes, methods, content types, dates, queries, paths."""

import re
from collections.abc import Mapping
from typing import Any

from mock_server import gateway
from mock_server.http import contract, contract_app
from mock_server.http.contract import Operation
from mock_server.http.exchange import Refused
from mock_server.rules import moments
from mock_server.v1 import checks, errors, operations, queries
from tests.mutation.planting import Plant, patched
from tests.mutation.plants.v1.answers import no_header


def _bearer_only(original: Any) -> Any:
    def bearer_token(authorization: bytes | None) -> bytes:
        token: bytes = original(authorization)
        return b"" if (authorization or b"").lower().startswith(b"token ") else token

    return bearer_token


def _moment_without(*forms: tuple[str, str]) -> Any:
    def narrower(pattern: re.Pattern[str]) -> re.Pattern[str]:
        text = pattern.pattern
        for form, instead in forms:
            assert form in text
            text = text.replace(form, instead)
        return re.compile(text, pattern.flags)

    return patched(moments, "_MOMENT", narrower)


def _lists_only(original: Any) -> Any:
    """Checks the form of `filter` only where the contract documents a filter."""

    def documented_keys(operation: Operation) -> Any:
        return {name: keys for name, keys in original(operation).items() if keys}

    return documented_keys


def _blank_is_nothing(original: Any) -> Any:
    def pairs(query: bytes) -> list[tuple[str, str]]:
        return [(key, value) for key, value in original(query) if value.strip() or not key.startswith("page[")]

    return pairs


def _forgiving(original: Any) -> Any:
    def read_query(query: bytes, documented: Any) -> Any:
        return original(query.replace(b"filter=&", b"").removesuffix(b"filter="), documented)

    return read_query


def _no_date_alone(original: Any) -> Any:
    def read_server_date(headers: Mapping[bytes, bytes]) -> Any:
        if len(headers.get(queries.SERVER_DATE, b"")) == len("2021-11-20"):
            raise Refused(errors.bad_request("a date alone"))
        return original(headers)

    return read_server_date


def _unfiltered() -> None:
    original = operations.OPERATIONS["getEcfParticipant"]

    def get_participant(call: Any) -> Any:
        call.parameters = queries.NO_PARAMETERS
        return original(call)

    operations.OPERATIONS["getEcfParticipant"] = get_participant


FORMS = tuple(
    Plant(f"form-{name}", "a form of request that is taken or refused wrongly", what, plant)
    for name, what, plant in (
        ("token", "The scheme Token is unknown.", patched(gateway, "bearer_token", _bearer_only)),
        ("challenge", "401 has no WWW-Authenticate.", no_header("www-authenticate")),
        ("head", "HEAD isn't known.", patched(contract, "_with_head", lambda _: set)),
        ("x-json", "text/x-json is refused.", patched(checks, "MEDIA_TYPES", lambda types: types[:2])),
        ("offset", "An offset without a colon is refused.", _moment_without((":?[0-5]", ":[0-5]"))),
        ("hours", "An offset in hours is refused.", _moment_without(("(?::?[0-5][0-9])?)?", "(?::?[0-5][0-9]))?"))),
        ("comma", "A fraction after a comma is refused.", _moment_without(("[.,]", "[.]"))),
        (
            "server-date",
            "X-With-Server-Date takes no date alone.",
            patched(checks, "read_server_date", _no_date_alone),
        ),
        (
            "filter-everywhere",
            "Actions don't look at the form of filter.",
            patched(checks, "documented_keys", _lists_only),
        ),
        ("blank-filter", "A blank filter is forgiven.", patched(checks, "read_query", _forgiving)),
        ("blank-page", "A blank page is forgiven.", patched(queries, "pairs", _blank_is_nothing)),
        ("filters-of-one", "The single GET ignores the filters.", _unfiltered),
        (
            "line-feed",
            "A line feed in a path makes it an unknown one.",
            patched(contract_app, "STAND_IN", lambda _: "/"),
        ),
        (
            "slash",
            "An encoded slash parts a path.",
            patched(gateway, "path_in_segments", lambda _: lambda path, raw_path: path),
        ),
    )
)
