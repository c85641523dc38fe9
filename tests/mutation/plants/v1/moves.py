"""Moves between providers that one list notices and another doesn't."""

from typing import Any

from mock_server.rules.orders import Selection
from mock_server.service import Call
from mock_server.v1.domain.lists import ParticipantList
from mock_server.v1.domain.records import Declaration, Participant
from mock_server.v1.domain.world import World
from tests.mutation.planting import Plant, patched
from tests.mutation.plants.v1.lying import CSV_LISTS, DECLARATIONS, NEWER, OLDER, Record, listed, rows


def _own_declarations(call: Call, id: str) -> bool:
    declaration: Declaration = call.world.declarations[id]
    return bool(declaration.provider == call.slug)


def _own_only(call: Call, page: list[Record]) -> list[Record]:
    return [record for record in page if _own_declarations(call, record["id"])]


def _own_rows(call: Call, lines: list[str]) -> list[str]:
    return [line for line in lines if _own_declarations(call, line.partition(",")[0])]


def _by_participant(call: Call, page: list[Record]) -> list[Record]:
    return page if call.parameters.participant_id is None else _own_only(call, page)


def _still_here(call: Call, id: str) -> bool:
    participant: Participant = call.world.participants[id]
    return bool(participant.current.provider == call.slug)


def _current_only(call: Call, page: list[Record]) -> list[Record]:
    return [record for record in page if _still_here(call, record["id"])]


def _current_rows(call: Call, lines: list[str]) -> list[str]:
    return [line for line in lines if _still_here(call, line.partition(",")[0])]


def _since_current(call: Call, page: list[Record]) -> list[Record]:
    return page if call.parameters.updated_since is None else _current_only(call, page)


def _removed_shown(original: Any) -> Any:
    """The new provider goes on listing what it took over, though the school removed the participant."""

    def show(self: World, declaration: Declaration) -> None:
        original(self, declaration)
        current = declaration.participant.current
        shown = self._declaration_lists[current.provider]
        if declaration.live and declaration not in shown and current.provider != declaration.provider:
            shown.add(declaration)

    return show


def _cohort_stays(original: Any) -> Any:
    """The list by cohort keeps an amended participant where they were."""

    def select(self: ParticipantList, cohorts: Any, updated_since: Any) -> Any:
        if cohorts is None or updated_since is not None:
            return original(self, cohorts, updated_since)
        found = []
        for enrolment in original(self, None, None).all():
            notes = enrolment.participant.history
            first = next((event.before for event in notes if event.attribute == "cohort"), enrolment.participant.cohort)
            if first in cohorts:
                found.append(enrolment)
        return Selection(found)

    return select


def _appended(original: Any) -> Any:
    """Whoever moves or changes cohort comes at the end of the list by cohort."""

    def select(self: ParticipantList, cohorts: Any, updated_since: Any) -> Any:
        found = original(self, cohorts, updated_since)
        if cohorts is None or updated_since is not None:
            return found
        amended = [e for e in found.all() if any(event.attribute == "cohort" for event in e.participant.history)]
        return Selection([e for e in found.all() if e not in amended] + amended)

    return select


MOVES = tuple(
    Plant(f"move-{name}", "a move that a list doesn't notice", what, plant)
    for name, what, plant in (
        ("declarations", "The list hasn't the declarations that were taken over.", listed(_own_only, DECLARATIONS)),
        ("declarations-csv", "CSV hasn't the declarations that were taken over.", rows(_own_rows, CSV_LISTS[2])),
        (
            "declarations-of",
            "filter[participant_id] finds no declarations that were taken over.",
            listed(_by_participant, DECLARATIONS),
        ),
        ("gone", "Who has moved is gone from the list.", listed(_current_only, NEWER)),
        ("gone-older", "Who has moved is gone from the older list.", listed(_current_only, OLDER)),
        ("gone-csv", "Who has moved is gone from CSV.", rows(_current_rows, *CSV_LISTS[:2])),
        ("gone-since", "filter[updated_since] finds nobody who has moved.", listed(_since_current, NEWER, OLDER)),
        (
            "removed",
            "Declarations that were taken over stay listed after a removal.",
            patched(World, "_show_declaration", _removed_shown),
        ),
        (
            "cohort-stays",
            "filter[cohort] knows the first cohort only.",
            patched(ParticipantList, "select", _cohort_stays),
        ),
        ("cohort-last", "An amended cohort moves to the end.", patched(ParticipantList, "select", _appended)),
    )
)
