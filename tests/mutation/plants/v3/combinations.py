"""Filters and pages that are wrong together, large worlds, and answers that a change leaves as they were."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from mock_server.http.exchange import Answer
from mock_server.rules.orders import Selection
from mock_server.service import Call
from mock_server.v3 import checks, operations
from mock_server.v3.domain.lists import Listing
from mock_server.v3.domain.world import World
from mock_server.v3.queries import Query
from tests.mutation.planting import Plant, answers, patched

_READS = ("getParticipant", "getDeclaration", "getPartnership", "getSchool", "getTransfer")
_LISTS = tuple(f"{name}s" for name in _READS)


def asked(change: Callable[[Query], Query]) -> Callable[[], None]:
    """Plants another understanding of the query."""
    return patched(checks, "read_query", lambda original: lambda *given: change(original(*given)))


def _later(**forgotten: Any) -> Callable[[], None]:
    """From the second page on, a part of the query is forgotten."""
    return asked(lambda query: replace(query, **forgotten) if query.page > 1 else query)


def _beside(name: str, **forgotten: Any) -> Callable[[], None]:
    """Beside the filter `name`, a part of the query is forgotten."""
    return asked(lambda query: query if getattr(query, name) is None else replace(query, **forgotten))


def _first(name: str) -> Callable[[], None]:
    """Of several values only the smallest counts."""

    def change(query: Query) -> Query:
        found = getattr(query, name)
        first: dict[str, Any] = {name: frozenset(sorted(found)[:1])} if found else {}
        return replace(query, **first)

    return asked(change)


def _at_most(size: int) -> Callable[[], None]:
    def make(original: Any) -> Any:
        return lambda self, number, wanted: list(original(self, number, wanted))[:size]

    return patched(Selection, "page", make)


def _oldest_forgotten(original: Any) -> Any:
    """A provider's list keeps its latest two hundred participants."""
    return lambda self, provider: _Latest(original(self, provider))


class _Latest:
    """A list without its oldest records."""

    def __init__(self, listing: Any) -> None:
        self._listing = listing

    def select(self, *given: Any) -> Selection[Any]:
        return Selection(list(self._listing.select(*given).all())[-200:])


def _notes(call: Call) -> dict[Any, Any]:
    """What a fault remembers of this world. A reset forgets it."""
    notes: dict[Any, Any] = call.world.__dict__.setdefault("planted", {})
    return notes


def _stale(name: str, *wanted: str) -> Callable[[], None]:
    """The operations go on telling the attribute's first value."""

    def changed(call: Call, answer: Answer) -> Answer:
        if answer.status != 200 or call.operation_id not in wanted:
            return answer
        document = orjson.loads(answer.body)
        data = document["data"]
        for record in data if isinstance(data, list) else [data]:
            attributes = record["attributes"]
            for place, found in enumerate((attributes, *attributes.get("ecf_enrolments", ()))):
                if name in found:
                    key = name, call.slug, record["id"], place, call.headers.get(b"x-with-server-date")
                    found[name] = _notes(call).setdefault(key, found[name])
        return replace(answer, body=orjson.dumps(document))

    return answers(changed)


def _kept_pages(original: Any) -> Any:
    """A page is kept for whoever asks again, whatever has changed."""

    def handler(call: Call) -> Answer:
        key = "kept", call.operation_id, call.slug, call.parameters
        kept: Answer | None = _notes(call).get(key)
        if kept is None:
            kept = _notes(call)[key] = original(call)
        return kept

    return handler


def _keeps_list(operation: str) -> Callable[[], None]:
    return lambda: operations.OPERATIONS.update({operation: _kept_pages(operations.OPERATIONS[operation])})


def _unfiltered(original: Any) -> Any:
    """The change doesn't reach the filtered lists."""

    def change(self: Listing[Any], *given: Any) -> None:
        filtered, self._filtered = self._filtered, type(self._filtered)()
        try:
            original(self, *given)
        finally:
            self._filtered = filtered

    return change


def _filters_once() -> None:
    for name in ("lift", "put"):
        setattr(Listing, name, _unfiltered(getattr(Listing, name)))


_COMBINED = tuple(
    Plant(f"combined-{name}", "filters and pages combined wrongly", what, plant)
    for name, what, plant in (
        ("since-pages", "filter[updated_since] counts on the first page only.", _later(updated_since=None)),
        ("status-pages", "filter[training_status] counts on the first page only.", _later(training_status=None)),
        (
            "partner-pages",
            "filter[delivery_partner_id] counts on the first page only.",
            _later(delivery_partner_ids=None),
        ),
        ("sort-pages", "sort counts on the first page only.", _later(sort=())),
        (
            "status-cohort",
            "Beside filter[training_status] the cohort is ignored.",
            _beside("training_status", cohorts=None),
        ),
        (
            "former-cohort",
            "Beside filter[from_participant_id] the cohort is ignored.",
            _beside("from_participant_id", cohorts=None),
        ),
        (
            "former-since",
            "Beside filter[from_participant_id] the moment is ignored.",
            _beside("from_participant_id", updated_since=None),
        ),
        (
            "person-since",
            "Beside filter[participant_id] the moment is ignored.",
            _beside("participant_ids", updated_since=None),
        ),
        (
            "person-cohort",
            "Beside filter[participant_id] the cohort is ignored.",
            _beside("participant_ids", cohorts=None),
        ),
        ("urn-since", "Beside filter[urn] the moment is ignored.", _beside("urn", updated_since=None)),
        ("since-cohort", "Beside filter[updated_since] the cohort is ignored.", _beside("updated_since", cohorts=None)),
        ("cohort-sort", "Beside filter[cohort] sort is ignored.", _beside("cohorts", sort=())),
        (
            "status-size",
            "Beside filter[training_status] a page has 100 records.",
            _beside("training_status", per_page=100),
        ),
        ("years", "Of several years only the first counts.", _first("cohorts")),
        ("people", "Of several participants only one counts.", _first("participant_ids")),
        ("partners", "Of several delivery partners only one counts.", _first("delivery_partner_ids")),
    )
)

_VOLUME = tuple(
    Plant(f"volume-{name}", "wrong in a large or old world", what, plant)
    for name, what, plant in (
        ("page", "A page has 250 records at most.", _at_most(250)),
        (
            "oldest",
            "Of many participants the oldest aren't listed.",
            patched(World, "list_participants", _oldest_forgotten),
        ),
    )
)

_STALE = tuple(
    Plant(f"stale-{name}", "a record that isn't what it should be", what, plant)
    for name, what, plant in (
        (
            "single",
            "A participant read alone keeps the first training_status.",
            _stale("training_status", "getParticipant"),
        ),
        ("list", "The list keeps the first training_status.", _stale("training_status", "getParticipants")),
        ("schedule", "The list keeps the first schedule.", _stale("schedule_identifier", "getParticipants")),
        ("moment", "The list keeps the first updated_at.", _stale("updated_at", "getParticipants")),
        ("void", "A declaration read alone keeps its first state.", _stale("state", "getDeclaration")),
        (
            "partner",
            "The list of partnerships keeps the first delivery partner.",
            _stale("delivery_partner_id", "getPartnerships"),
        ),
        ("school", "A school read alone keeps the first choice.", _stale("induction_programme_choice", "getSchool")),
        ("schools", "The list of schools keeps in_partnership.", _stale("in_partnership", "getSchools")),
        ("page", "A page of declarations is kept, whatever changes.", _keeps_list("getDeclarations")),
        ("filtered", "A filtered list stays as it was when first asked for.", _filters_once),
    )
)

COMBINATIONS = (*_COMBINED, *_VOLUME, *_STALE)
