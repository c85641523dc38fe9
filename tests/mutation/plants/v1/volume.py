"""Servers that are right in a small world, and wrong in one that is large or has been used for long."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server.http.exchange import Answer
from mock_server.rules.orders import Selection
from mock_server.service import Call
from mock_server.v1 import errors, queries
from mock_server.v1.domain.world import World
from tests.mutation.planting import Plant, answers, patched
from tests.mutation.plants.v1.lying import (
    CSV_LISTS,
    DECLARATIONS,
    LISTS,
    PARTICIPANTS,
    WRITES,
    asked,
    listed,
    notes_of,
    refused,
    rows,
)


def _cut(most: int, *operations: str) -> Callable[[], None]:
    return listed(lambda _, page: page[:most], *operations)


def _first(most: int) -> Callable[[], None]:
    """The lists know only their first `most` records, in JSON and in CSV."""

    def make(original: Any) -> Any:
        def select(self: World, *given: Any) -> Any:
            return Selection(original(self, *given).all()[:most])

        return select

    return patched(World, "list_participants", make)


def _first_declarations(most: int) -> Callable[[], None]:
    def make(original: Any) -> Any:
        return lambda self, *given: Selection(original(self, *given).all()[:most])

    return patched(World, "list_declarations", make)


def _oldest_unknown(call: Call) -> bool:
    """The single GET knows the latest 1,000 participants only."""
    if call.operation_id != "getEcfParticipant":
        return False
    ids = list(call.world.participants)
    return len(ids) > 1000 and call.path_id in ids[:-1000]


def _counted(call: Call) -> int:
    notes = notes_of(call)
    notes["requests"] = notes.get("requests", 0) + 1
    count: int = notes["requests"]
    return count


def _forgets(after: int, forget: Callable[[World], None]) -> Callable[[], None]:
    """Once `after` requests have come, the world forgets something."""

    def changed(call: Call, answer: Answer) -> Answer:
        if call.world is not None and _counted(call) == after:
            forget(call.world)
        return answer

    return answers(changed)


def _first_training(world: World) -> None:
    for participant in list(world.participants.values())[:20]:
        participant.current.training_status, participant.current.rendered = "active", None


def _first_schedule(world: World) -> None:
    for participant in list(world.participants.values())[:20]:
        participant.schedule_identifier = "ecf-standard-september"
        for enrolment in participant.enrolments:
            enrolment.rendered = None


def _first_void(world: World) -> None:
    for declaration in list(world.declarations.values())[:20]:
        if declaration.state == "voided":
            declaration.state, declaration.rendered = "submitted", None


def _first_declaration(world: World) -> None:
    for declaration in list(world.declarations.values())[:1]:
        world.declarations.pop(declaration.id)
        declaration.participant.declarations.remove(declaration)
        for shown in world._lists_showing(declaration):
            shown.remove(declaration)


VOLUME = tuple(
    Plant(f"volume-{name}", "wrong in a large or old world", what, plant)
    for name, what, plant in (
        ("page-250", "A page never has more than 250 records.", _cut(250)),
        ("page-1000", "A page never has more than 1,000 records.", _cut(1000)),
        ("page-declarations", "A page never has more than 500 declarations.", _cut(500, DECLARATIONS)),
        (
            "page-3001",
            "A page may have more than 3,000 records.",
            patched(queries, "MAX_PER_PAGE", lambda _: 10_000),
        ),
        ("list-1000", "The lists know the first 1,000 participants.", _first(1000)),
        ("list-3000", "The lists know the first 3,000 participants.", _first(3000)),
        ("list-declarations", "The lists know the first 1,000 declarations.", _first_declarations(1000)),
        ("csv-250", "CSV has 250 rows.", rows(lambda _, lines: lines[:250])),
        ("csv-3000", "CSV has 3,000 rows.", rows(lambda _, lines: lines[:3000])),
        ("csv-declarations", "CSV has 500 declarations.", rows(lambda _, lines: lines[:500], CSV_LISTS[2])),
        (
            "pages-10",
            "Pages after the tenth are empty.",
            listed(lambda call, page: [] if call.parameters.page > 10 else page),
        ),
        (
            "since-500",
            "filter[updated_since] finds 500 records.",
            listed(lambda call, page: page[:500] if call.parameters.updated_since else page),
        ),
        (
            "per-page-500",
            "More than 500 records a page are treated as 100.",
            asked(lambda _, found: replace(found, per_page=100) if found.per_page > 500 else found, *LISTS),
        ),
        (
            "oldest-unknown",
            "The single GET knows the latest 1,000 participants.",
            refused(404, "application/json", errors.NOT_FOUND.body, _oldest_unknown),
        ),
        ("forgets-training", "After 100 requests a report is forgotten.", _forgets(100, _first_training)),
        ("forgets-schedule", "After 500 requests a schedule is forgotten.", _forgets(500, _first_schedule)),
        ("forgets-void", "After 100 requests a void is forgotten.", _forgets(100, _first_void)),
        (
            "forgets-declaration",
            "After 200 requests the oldest declaration is gone.",
            _forgets(200, _first_declaration),
        ),
        (
            "older-1000",
            "The older list knows 1,000 participants.",
            _cut(1000, PARTICIPANTS[1]),
        ),
        (
            "writes-1000",
            "After 1,000 requests nothing is written.",
            refused(
                500,
                "application/json",
                b'{"error":"Internal server error"}',
                lambda call: call.world is not None and _counted(call) > 1000 and call.operation_id in WRITES,
            ),
        ),
    )
)
