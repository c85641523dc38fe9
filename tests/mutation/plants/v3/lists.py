"""Pages, filters, sorting, and queries that are read wrongly (rules 2.4 to 2.6)."""

from dataclasses import replace
from datetime import UTC
from typing import Any

from mock_server.rules.orders import Selection
from mock_server.v3 import checks, filters, operations, queries
from mock_server.v3.domain.calendar import LONDON
from mock_server.v3.domain.derived import entries
from mock_server.v3.domain.lists import BY_CREATION, Listing
from tests.mutation.planting import Plant, patched


def _page(first: int, longer: int = 0) -> Any:
    """Pages after the first start `first` records further on. Every page has `longer` extra records."""

    def make(original: Any) -> Any:
        def page(self: Any, number: int, size: int) -> Any:
            records = list(self.all())
            start = (number - 1) * size + (first if number > 1 else 0)
            return records[start : start + size + longer]

        return page

    return patched(Selection, "page", make)


def listing(operation: str, make: Any) -> Any:
    """Plants `make(select)` in place of the function that selects a list's records."""

    def plant() -> None:
        handler = operations.OPERATIONS[operation]
        # The handler keeps the function, so another name in the module wouldn't reach it.
        shown: Any = handler
        cell = shown.__closure__[shown.__code__.co_freevars.index("select")]
        cell.cell_contents = make(cell.cell_contents)

    return plant


def _read(change: Any) -> Any:
    """Changes the query after the server has read it."""
    return patched(checks, "read_query", lambda original: lambda *given: change(original(*given)))


def _without(**forgotten: Any) -> Any:
    return _read(lambda found: replace(found, **forgotten))


def _reader(key: str, **changes: Any) -> Any:
    """Plants another way to read a key."""

    def plant() -> None:
        queries.READERS[key] = replace(queries.READERS[key], **changes)

    return plant


def _first_page_only(query: Any) -> Any:
    return replace(query, cohorts=None) if query.page > 1 else query


def _one_filter(query: Any) -> Any:
    """Of two filters only the cohort counts."""
    if query.cohorts is None:
        return query
    return replace(query, training_status=None, participant_ids=None, delivery_partner_ids=None)


def _unsorted_since(query: Any) -> Any:
    return replace(query, sort=()) if query.updated_since is not None else query


def _forgets_old(original: Any) -> Any:
    """Records after the thousandth aren't listed."""

    def page(self: Any, number: int, size: int) -> Any:
        found = list(original(self, number, size))
        return found[: max(0, 1000 - (number - 1) * size)]

    return page


def _ties_backwards(original: Any) -> Any:
    def select(self: Any, wanted: Any = None, updated_since: Any = None, sort: Any = BY_CREATION) -> Any:
        found = original(self, wanted, updated_since, sort)
        return Selection(list(reversed(found.all()))) if sort and sort[0].descending and len(sort) == 1 else found

    return select


def _decoded_once(original: Any) -> Any:
    return lambda text: text


def _withdrawn_is_not_deferred(original: Any) -> Any:
    def has_status(training: Any, status: str) -> bool:
        return bool(original(training, status)) and (status != "deferred" or training.withdrawn_at is None)

    return has_status


def _both_roles(original: Any) -> Any:
    def fits(self: Any, view: Any) -> bool:
        latest = [training for _, training in entries(view)]
        return all(
            (self.cohorts is None or each.cohort in self.cohorts)
            and (self.training_status is None or filters.has_status(each, self.training_status))
            for each in latest
        )

    return fits


def _nothing_is_everything(original: Any) -> Any:
    return lambda text: original(text) or None


def _spaces_forgiven(original: Any) -> Any:
    return lambda text: original(text.replace(" ", ""))


def _any_cohort(original: Any) -> Any:
    """A delivery partner fits by a cohort in which it works with anybody."""
    return lambda self, partner: any(set(self.cohorts) & set(each) for each in partner.works_with.values())


def _zone_of_london(original: Any) -> Any:
    return lambda text, zone: original(text, LONDON if zone is not LONDON else UTC)


_COMBINED, _LARGE = "filters and pages combined wrongly", "wrong in a large or old world"
# The kinds of those that need more than one filter, or many records, to show.
_KINDS = {
    **dict.fromkeys(("filter-pages", "filter-one", "sort-since"), _COMBINED),
    **dict.fromkeys(("paging-most", "paging-lost"), _LARGE),
}

LISTS = (
    tuple(
        Plant(f"paging-{name}", _KINDS.get(f"paging-{name}", "paging that repeats or loses a record"), what, plant)
        for name, what, plant in (
            ("repeats", "A page begins with the last record of the page before.", _page(-1)),
            ("loses", "A record between two pages is lost.", _page(1)),
            ("longer", "A page has one record too many.", _page(0, longer=1)),
            (
                "default",
                "A page has 50 records.",
                _read(lambda q: replace(q, per_page=50) if q.per_page == 100 else q),
            ),
            ("most", "A page has 1,000 records at most.", _read(lambda q: replace(q, per_page=min(q.per_page, 1000)))),
            ("lost", "Records after the thousandth are lost.", patched(Selection, "page", _forgets_old)),
        )
    )
    + tuple(
        Plant(f"filter-{name}", _KINDS.get(f"filter-{name}", "filter ignored"), what, plant)
        for name, what, plant in (
            ("cohort", "filter[cohort] is ignored.", _without(cohorts=None)),
            ("since", "filter[updated_since] is ignored.", _without(updated_since=None)),
            ("status", "filter[training_status] is ignored.", _without(training_status=None)),
            ("former", "filter[from_participant_id] is ignored.", _without(from_participant_id=None)),
            ("participant", "filter[participant_id] is ignored.", _without(participant_ids=None)),
            ("partner", "filter[delivery_partner_id] is ignored.", _without(delivery_partner_ids=None)),
            ("urn", "filter[urn] is ignored.", _without(urn=None)),
            ("pages", "filter[cohort] counts on the first page only.", _read(_first_page_only)),
            ("one", "Of two filters only the cohort counts.", _read(_one_filter)),
        )
    )
    + tuple(
        Plant(f"sort-{name}", _KINDS.get(f"sort-{name}", "a list in the wrong order"), what, plant)
        for name, what, plant in (
            ("ignored", "sort is ignored.", _without(sort=())),
            ("since", "With filter[updated_since] sort is ignored.", _read(_unsorted_since)),
            (
                "ties",
                "Under a descending key, records of one moment come backwards.",
                patched(Listing, "select", _ties_backwards),
            ),
            (
                "first",
                "Only the first part of sort counts.",
                _read(lambda q: replace(q, sort=q.sort[:1])),
            ),
            (
                "statements",
                "Statements come by creation.",
                listing(
                    "getStatements",
                    lambda original: lambda call: Selection(sorted(original(call).all(), key=lambda s: s.id)),
                ),
            ),
        )
    )
    + tuple(
        Plant(f"trap-{name}", "a query that is read wrongly", what, plant)
        for name, what, plant in (
            ("decoding", "updated_since is decoded once.", patched(queries, "unquote_plus", _decoded_once)),
            ("zone", "updated_since without a zone is London's.", patched(queries, "_moment", _zone_of_london)),
            (
                "nothing",
                "When nothing is left of filter[cohort], everything comes.",
                _reader("filter[cohort]", read=_nothing_is_everything(queries._years)),
            ),
            (
                "spaces",
                "Spaces around the years are forgiven.",
                _reader("filter[cohort]", read=_spaces_forgiven(queries._years)),
            ),
            (
                "urn",
                "A URN must be given whole.",
                _reader("filter[urn]", read=lambda text: text if text.isdigit() else ""),
            ),
            ("blank", "A blank filter finds nothing.", _reader("filter[cohort]", blank_too=True)),
            ("status", "Who is withdrawn isn't deferred.", patched(filters, "has_status", _withdrawn_is_not_deferred)),
            ("roles", "Both roles must fit the filters.", patched(filters.ParticipantFilter, "__call__", _both_roles)),
            (
                "partners",
                "A delivery partner's cohorts with anybody count.",
                patched(filters.DeliveryPartnerFilter, "__call__", _any_cohort),
            ),
            ("page", "A blank page is the first.", _reader("page[page]", blank_too=False)),
            (
                "shape",
                "A filter that is no set of pairs is passed over.",
                patched(queries, "_check_shape", lambda _: lambda key, sets: None),
            ),
            (
                "plus",
                "A plus before a sort key makes it unknown.",
                _reader("sort", read=lambda text: queries._sort(text.replace("+", "?"))),
            ),
        )
    )
)
