"""The views of the page, and what of each is kept up to date while somebody looks at it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from mock_server.control.records import sandbox_record
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.v1.domain.schedules import FIRST_COHORT, LAST_COHORT
from mock_server.v1.domain.vocabulary import DECLARATION_TYPES
from mock_server.v1.operations import OPERATIONS
from mock_server.v1.service import V1
from mock_server.web import journal_view, participants_view, readiness_view
from mock_server.web.actions import FAULTS
from mock_server.web.live import Follower, Partial
from mock_server.web.templates import render
from mock_server.web.visit import Visit

Context = dict[str, Any]

# More sandboxes than anybody reads through, in their view and in the bar; others are reached by their address.
MAX_LISTED: Final = 100
MAX_IN_BAR: Final = 30


_KEPT: Final = ("q", "provider", "page", "participant_id")


def _always(visit: Visit) -> object:
    """Never the same: to be looked at again each time."""
    return object()


@dataclass(frozen=True, slots=True)
class View:
    """`live` are the parts (template and id) that are kept up to date whenever `stamp` differs from the last one.

    `follow` is for what isn't a part to be replaced. `tab` is False for a view that one comes to from another.
    """

    name: str
    label: str
    context: Callable[[Visit], Awaitable[Context]]
    live: tuple[str, ...] = ()
    stamp: Callable[[Visit], object] = _always
    follow: Callable[[Visit], Follower] | None = None
    tab: bool = True


async def _clock(visit: Visit) -> Context:
    sandbox = visit.sandbox
    # A run is known by the moment at which its day is over; several things may happen in one.
    runs = groupby(sandbox.world(V1).payment_runs().items(), lambda run: run[0][0])
    return {
        "runs": [(moment, [(state, count) for (_, state), count in group]) for moment, group in runs],
        "clock": sandbox.clock,
    }


async def _faults(visit: Visit) -> Context:
    return {"faults": visit.sandbox.faults.records(), "kinds": FAULTS, "operation_ids": list(OPERATIONS)}


async def _sandboxes(visit: Visit) -> Context:
    records = [sandbox_record(sandbox) for sandbox in listed(visit, MAX_LISTED)]
    return {"records": records, "all": len(visit.registry)}


def listed(visit: Visit, most: int) -> list[Sandbox]:
    """The default sandbox, then the newest first, so many at most; the one that is visited in any case."""
    first, *others = visit.registry
    shown = [first, *reversed(others)][:most]
    return shown if visit.sandbox in shown else [*shown[:-1], visit.sandbox]


VIEWS: Final = {
    view.name: view
    for view in (
        View("journal", "Journal", journal_view.context, follow=journal_view.tail),
        View("participants", "Participants", participants_view.list_context, ("people",), participants_view.stamp),
        View("clock", "Clock", _clock, ("time", "runs")),
        View("faults", "Faults", _faults, ("faults",)),
        View("readiness", "Readiness", readiness_view.context, follow=readiness_view.Board),
        View("sandboxes", "Sandboxes", _sandboxes, ("sandboxes",)),
        View(
            "participant",
            "Participant",
            participants_view.participant_context,
            ("person", "timeline"),
            participants_view.stamp,
            tab=False,
        ),
    )
}


async def context_of(view: View, visit: Visit) -> Context:
    """All that the templates of `view` need."""
    visit.sandbox.moment()
    return _common(view, visit) | await view.context(visit)


def _common(view: View, visit: Visit) -> Context:
    sandbox = visit.sandbox
    return {
        "visit": visit,
        "view": view,
        "tabs": [each for each in VIEWS.values() if each.tab],
        "sandbox": sandbox,
        "now": sandbox.clock.now(),
        "providers": {access.provider.slug: access.provider.name for access in sandbox.accesses},
        "accesses": sandbox.accesses,
        "counts": {
            "journal": len(sandbox.journal),
            "participants": len(sandbox.world(V1).participants),
            "faults": len(sandbox.faults),
        },
        # The part of the query that the view depends on, and so does what keeps it up to date.
        "kept": {name: visit.query[name] for name in _KEPT if name in visit.query},
        "cohorts": [str(year) for year in range(FIRST_COHORT, LAST_COHORT + 1)],
        "declaration_types": DECLARATION_TYPES,
    }


def follower(view: View, visit: Visit) -> Follower:
    """What keeps an open `view` up to date."""
    parts = _Parts(view, visit)
    own = view.follow(visit) if view.follow else None

    async def follow() -> Sequence[Partial]:
        return [*await parts.changed(), *(await own() if own else ())]

    return follow


class _Parts:
    """The live parts of a view, as they were sent last: only what has changed is sent again."""

    def __init__(self, view: View, visit: Visit) -> None:
        self._view, self._visit = view, visit
        self._stamp: object = None
        self._sent: dict[str, str] = {}

    async def changed(self) -> list[Partial]:
        view, visit = self._view, self._visit
        visit.sandbox.moment()
        context = _common(view, visit)
        names = ["bar-clock", "tabs"]
        if view.live and (stamp := view.stamp(visit)) != self._stamp:
            self._stamp = stamp
            context |= await view.context(visit)
            # Somebody who has gone, by a reset perhaps, stays on an open page as they were.
            if context.get("participant", ...) is not None:
                names += view.live
        changed = []
        for name in names:
            html = render(f"live/{name}", context)
            if self._sent.get(name) != html:
                self._sent[name] = html
                changed.append(Partial(name, "innerMorph", html))
        return changed
