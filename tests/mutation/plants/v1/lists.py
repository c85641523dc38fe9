"""Pages, filters and columns."""

from dataclasses import replace
from typing import Any

from mock_server.rules.orders import Order, Selection
from mock_server.service import Call
from mock_server.v1 import checks, records
from mock_server.v1.domain.lists import ParticipantList
from mock_server.v1.queries import Parameters
from tests.mutation.planting import Plant, csv_text, patched


def _page(first: int, longer: int = 0) -> Any:
    """Pages after the first start `first` records further on. Every page has `longer` extra records."""

    def page(self: Any, number: int, size: int) -> Any:
        start = self._start + (number - 1) * size + (first if number > 1 else 0)
        return self._records[start : start + size + longer]

    return patched(Selection, "page", lambda _: page)


def _read(change: Any) -> Any:
    """Changes the parameters after the server has read them from the query."""
    return patched(checks, "read_query", lambda original: lambda *given: change(original(*given)))


def _without(**forgotten: Any) -> Any:
    return _read(lambda found: replace(found, **forgotten))


def _only_csv(call: Call) -> bool:
    return (call.operation_id or "").endswith("Csv")


def _csv_unfiltered(original: Any) -> Any:
    def parameters_of(self: Any, call: Call, query: bytes) -> None:
        original(self, call, query)
        if _only_csv(call):
            call.parameters = Parameters()

    return parameters_of


def _by_name(original: Any) -> Any:
    def select(self: ParticipantList, cohorts: Any, updated_since: Any) -> Any:
        found = original(self, cohorts, updated_since)
        return found if updated_since else Selection(sorted(found.all(), key=lambda e: e.participant.person.full_name))

    return select


def _unsorted(original: Any) -> Any:
    def select(self: ParticipantList, cohorts: Any, updated_since: Any) -> Any:
        found = original(self, cohorts, updated_since)
        return Selection(sorted(found.all(), key=lambda e: e.participant.sequence)) if updated_since else found

    return select


LISTS = (
    tuple(
        Plant(f"paging-{name}", "paging that repeats or loses a record", what, plant)
        for name, what, plant in (
            ("repeats", "A page begins with the last record of the page before.", _page(-1)),
            ("loses", "A record between two pages is lost.", _page(1)),
            ("longer", "A page has one record too many.", _page(0, longer=1)),
            (
                "default",
                "A page has 50 records.",
                _read(lambda p: replace(p, per_page=50 if p.per_page == 100 else p.per_page)),
            ),
            ("order", "Participants are listed by name.", patched(ParticipantList, "select", _by_name)),
        )
    )
    + tuple(
        Plant(f"filter-{name}", "filter ignored", what, plant)
        for name, what, plant in (
            ("cohort", "filter[cohort] is ignored.", _without(cohorts=None)),
            ("since", "filter[updated_since] is ignored.", _without(updated_since=None)),
            ("participant", "filter[participant_id] is ignored.", _without(participant_id=None)),
            ("csv", "CSV lists ignore filters.", patched(checks.ProviderChecks, "parameters", _csv_unfiltered)),
            (
                "order",
                "With filter[updated_since] the order stays that of creation.",
                patched(ParticipantList, "select", _unsorted),
            ),
        )
    )
    + tuple(
        Plant(f"edge-{name}", "filter inclusive instead of exclusive", what, plant)
        for name, what, plant in (
            (
                "declarations",
                "Declarations updated at the moment itself are listed.",
                patched(Order, "first_after", lambda _: Order.first_at),
            ),
            (
                "participants",
                "Participants updated at the moment itself aren't.",
                patched(Order, "first_at", lambda _: Order.first_after),
            ),
        )
    )
    + tuple(
        Plant(f"csv-{name}", "CSV column swapped", what, plant)
        for name, what, plant in (
            (
                "swapped",
                "status and training_status are swapped.",
                patched(records, "participant_values", lambda original: lambda e: _swapped(original(e))),
            ),
            (
                "header",
                "Two headings are swapped.",
                csv_text(lambda text: text.replace("email,full_name", "full_name,email", 1)),
            ),
            ("null", "Null is written as nothing.", csv_text(lambda text: text.replace('""', ""))),
            ("empty", "An empty list has a header row.", csv_text(lambda text: text or "id\n")),
        )
    )
)


def _swapped(values: tuple[Any, ...]) -> tuple[Any, ...]:
    shown = list(values)
    shown[6], shown[12] = shown[12], shown[6]
    return tuple(shown)
