"""Filters, pages and orders that are right alone and wrong together, or right in JSON and wrong in CSV."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from mock_server.service import Call
from mock_server.v1 import queries
from mock_server.v1.queries import NO_PARAMETERS, Parameters
from tests.mutation.planting import Plant, patched
from tests.mutation.plants.v1.lying import CSV_LISTS, DECLARATIONS, LISTS, OLDER, PARTICIPANTS, asked, listed, rows

_PARTICIPANTS_CSV = CSV_LISTS[:2]
_DECLARATIONS_CSV = CSV_LISTS[2]


def _first_page_only(name: str, *operations: str) -> Any:
    forgotten: dict[str, Any] = {name: None}
    return asked(lambda _, found: replace(found, **forgotten) if found.page > 1 else found, *operations)


def _without(name: str, beside: str, *operations: str) -> Any:
    """The filter `name` is forgotten where `beside` is given, too."""
    forgotten: dict[str, Any] = {name: None}

    def change(_: Call, found: Parameters) -> Parameters:
        return found if getattr(found, beside) is None else replace(found, **forgotten)

    return asked(change, *operations)


def _filtered(found: Parameters) -> bool:
    return found.cohorts is not None or found.updated_since is not None or found.participant_id is not None


def _size(size: int, *operations: str, filtered: bool = False) -> Any:
    """A page of `size` records where the client asks for none."""

    def change(_: Call, found: Parameters) -> Parameters:
        default = found.per_page == NO_PARAMETERS.per_page and (not filtered or _filtered(found))
        return replace(found, per_page=size) if default else found

    return asked(change, *operations)


def _backwards_from_the_second(since: bool) -> Any:
    def change(call: Call, page: list[Any]) -> list[Any]:
        later = call.parameters.page > 1 and (call.parameters.updated_since is not None) == since
        return page[::-1] if later else page

    return listed(change)


def _by_id(call: Call, page: list[Any]) -> list[Any]:
    several = call.parameters.cohorts is not None and len(call.parameters.cohorts) > 1
    return sorted(page, key=lambda record: str(record["id"])) if several else page


def _by_creation(call: Call, page: list[Any]) -> list[Any]:
    both = call.parameters.updated_since is not None and call.parameters.cohorts is not None
    order = list(call.world.participants)
    return sorted(page, key=lambda record: order.index(record["id"])) if both else page


def _by_change(call: Call, page: list[Any]) -> list[Any]:
    since = call.parameters.updated_since is not None
    return sorted(page, key=lambda record: str(record["attributes"]["updated_at"])) if since else page


def _one_cohort(_: Call, found: Parameters) -> Parameters:
    return found if found.cohorts is None else replace(found, cohorts=frozenset([min(found.cohorts)]))


def _boundary(seconds: int) -> Any:
    def change(_: Call, found: Parameters) -> Parameters:
        since = found.updated_since
        moved = since and since.replace(microsecond=0) + timedelta(seconds=seconds)
        return replace(found, updated_since=moved)

    return change


def _in_order_of_ids(call: Call, lines: list[str]) -> list[str]:
    return sorted(lines) if call.parameters.updated_since is not None else lines


def _paged(call: Call, lines: list[str]) -> list[str]:
    return lines[100 * (call.parameters.page - 1) : 100 * call.parameters.page]


def _updated_since(make: Any) -> Any:
    """Reads filter[updated_since] in another way."""
    return patched(queries, "_updated_since", make)


def _offset_ignored(original: Any) -> Any:
    def read(text: str | None) -> Any:
        moment = original(text)
        if moment is None or text is None:
            return moment
        tail = unquote(text)[19:]
        return original(unquote(text)[:19]) if tail[:1] in "+-" and tail else moment

    return read


def _form(found: Any, instead: Any) -> Any:
    """A moment in the form that `found` knows becomes `instead(moment)`."""

    def make(original: Any) -> Any:
        def read(text: str | None) -> Any:
            moment = original(text)
            return instead(moment) if text is not None and found(text) else moment

        return read

    return _updated_since(make)


COMBINATIONS = tuple(
    Plant(f"combined-{name}", "filters and pages combined wrongly", what, plant)
    for name, what, plant in (
        ("cohort-page-1", "filter[cohort] counts on the first page only.", _first_page_only("cohorts")),
        ("since-page-1", "filter[updated_since] counts on the first page only.", _first_page_only("updated_since")),
        (
            "participant-page-1",
            "filter[participant_id] counts on the first page only.",
            _first_page_only("participant_id", DECLARATIONS),
        ),
        (
            "cohort-beside-since",
            "With filter[updated_since] the cohort is ignored.",
            _without("cohorts", "updated_since"),
        ),
        ("since-beside-cohort", "With filter[cohort] the moment is ignored.", _without("updated_since", "cohorts")),
        (
            "since-beside-participant",
            "With filter[participant_id] the moment is ignored.",
            _without("updated_since", "participant_id", DECLARATIONS),
        ),
        (
            "participant-beside-since",
            "With filter[updated_since] the participant is ignored.",
            _without("participant_id", "updated_since", DECLARATIONS),
        ),
        (
            "csv-cohort-beside-since",
            "In CSV the cohort is ignored beside filter[updated_since].",
            _without("cohorts", "updated_since", *_PARTICIPANTS_CSV),
        ),
        (
            "csv-since-beside-participant",
            "In CSV the moment is ignored beside filter[participant_id].",
            _without("updated_since", "participant_id", _DECLARATIONS_CSV),
        ),
        (
            "older-cohort-beside-since",
            "On the older path the cohort is ignored beside the moment.",
            _without("cohorts", "updated_since", OLDER, "listParticipantsCsv"),
        ),
        ("order-later", "Pages from the second on come backwards.", _backwards_from_the_second(since=False)),
        (
            "order-later-since",
            "With filter[updated_since] pages from the second on come backwards.",
            _backwards_from_the_second(since=True),
        ),
        ("order-cohorts", "Several cohorts come in the order of ids.", listed(_by_id, *PARTICIPANTS)),
        ("order-both", "With both filters the order is that of creation.", listed(_by_creation, *PARTICIPANTS)),
        ("order-declarations", "Declarations since a moment come by change.", listed(_by_change, DECLARATIONS)),
        ("order-csv", "In CSV, records since a moment come by id.", rows(_in_order_of_ids)),
        ("one-cohort", "Of several cohorts the earliest counts.", asked(_one_cohort, *LISTS)),
        ("csv-one-cohort", "In CSV the earliest of several cohorts counts.", asked(_one_cohort, *_PARTICIPANTS_CSV)),
        ("default-filtered", "With a filter, a page has 50 records by default.", _size(50, filtered=True)),
        ("default-older", "The older list has 25 records a page by default.", _size(25, OLDER)),
        ("default-declarations", "Declarations come 50 a page by default.", _size(50, DECLARATIONS)),
        (
            "csv-edge-participants",
            "In CSV, participants updated at the moment itself are left out.",
            asked(_boundary(1), *_PARTICIPANTS_CSV),
        ),
        (
            "csv-edge-declarations",
            "In CSV, declarations updated at the moment itself are listed.",
            asked(_boundary(-1), _DECLARATIONS_CSV),
        ),
        ("csv-paged", "CSV has 100 rows.", rows(_paged)),
        ("offset", "An offset of filter[updated_since] is ignored.", _updated_since(_offset_ignored)),
        ("double", "A moment that was encoded twice filters nothing.", _form(lambda text: "%" in text, lambda _: None)),
        ("date-alone", "A date alone filters nothing.", _form(lambda text: len(text) == 10, lambda _: None)),
        (
            "no-zone",
            "A moment without a zone is an hour earlier.",
            _form(lambda text: len(text) == 19, lambda moment: moment - timedelta(hours=1)),
        ),
    )
)
