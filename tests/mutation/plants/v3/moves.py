"""Moves between providers that a list, a filter or a single record doesn't notice (rules 4)."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from mock_server.rules.orders import Selection
from mock_server.v3.domain import settling
from mock_server.v3.domain.derived import provider_of
from mock_server.v3.domain.lists import BY_CREATION, Listing
from mock_server.v3.domain.records import Declaration, Training, Transfer, View
from mock_server.v3.domain.vocabulary import ROLES
from mock_server.v3.domain.world import World
from mock_server.v3.filters import ParticipantFilter
from tests.mutation.planting import Plant, patched
from tests.mutation.plants.v3.lists import listing


def _trainings(view: View) -> list[Training]:
    return [each for role in ROLES for each in view.teacher.trainings_as(role)]


def _has_moved_on(view: View) -> bool:
    """Whether the person's latest training is with another provider."""
    return max(_trainings(view), key=lambda each: each.started_on).provider != view.provider


def _only_those_here(original: Any) -> Any:
    def select(self: Any, wanted: Any = None, updated_since: Any = None, sort: Any = BY_CREATION) -> Any:
        found = original(self, wanted, updated_since, sort).all()
        return Selection([each for each in found if not isinstance(each, View) or not _has_moved_on(each)])

    return select


def _only_those_here_since(original: Any) -> Any:
    only_here = _only_those_here(original)

    def select(self: Any, wanted: Any = None, updated_since: Any = None, sort: Any = BY_CREATION) -> Any:
        return (original if updated_since is None else only_here)(self, wanted, updated_since, sort)

    return select


def _forgotten_alone(original: Any) -> Any:
    def view(self: World, provider: str, participant_id: str) -> View | None:
        found: View | None = original(self, provider, participant_id)
        return None if found is None or _has_moved_on(found) else found

    return view


def _since_its_own_start(original: Any) -> Any:
    """The new provider sees others' declarations from its own start on only."""

    def sees_declaration(view: View, declaration: Declaration) -> bool:
        latest = view.latest(declaration.role)
        if latest is None or not original(view, declaration):
            return False
        return declaration.declaration_date >= datetime.combine(latest.started_on, time.min, UTC)

    return sees_declaration


def _whoever(side: Callable[[Transfer], Training | None]) -> Any:
    return lambda _: lambda provider, transfer: provider == provider_of(side(transfer))


def _cohort_of_today(original: Any) -> Any:
    """filter[cohort] looks at the person's latest training, with any provider."""

    def fits(self: ParticipantFilter, view: View) -> bool:
        latest = max(_trainings(view), key=lambda each: each.started_on)
        return self.cohorts is None or latest.cohort in self.cohorts

    return fits


def _own_gone(original: Any) -> Any:
    """Own declarations for whoever moved on aren't listed any more."""

    def declarations(call: Any) -> Any:
        found = original(call).all()
        return Selection([each for each in found if not (each.provider == call.slug and _moved(each, call.slug))])

    return declarations


def _moved(declaration: Declaration, provider: str) -> bool:
    view = declaration.teacher.view_of(provider)
    return view is not None and _has_moved_on(view)


MOVES = tuple(
    Plant(f"move-{name}", "a move that a list doesn't notice", what, plant)
    for name, what, plant in (
        (
            "list",
            "The lists forget who trains with another provider now; the single record stays.",
            patched(Listing, "select", _only_those_here),
        ),
        (
            "since",
            "With filter[updated_since] the lists forget them.",
            patched(Listing, "select", _only_those_here_since),
        ),
        ("single", "Only the list still has who moved on.", patched(World, "view", _forgotten_alone)),
        (
            "earlier",
            "The new provider doesn't see what was declared before.",
            patched(settling, "sees_declaration", _since_its_own_start),
        ),
        (
            "leaving",
            "Only the new provider sees a transfer.",
            patched(settling, "sees_transfer", _whoever(lambda t: t.joining)),
        ),
        (
            "joining",
            "Only the old provider sees a transfer.",
            patched(settling, "sees_transfer", _whoever(lambda t: t.leaving)),
        ),
        (
            "cohort",
            "filter[cohort] goes by the training of today, with any provider.",
            patched(ParticipantFilter, "__call__", _cohort_of_today),
        ),
        ("declarations", "Own declarations for who moved on aren't listed.", listing("getDeclarations", _own_gone)),
    )
)
