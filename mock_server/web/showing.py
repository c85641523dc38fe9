"""What the templates of a view need, and the parts of an open view that the mock keeps up to date."""

from collections.abc import Sequence
from typing import Final

from mock_server.sandbox.sandboxes import Sandbox
from mock_server.web.contents import Contents
from mock_server.web.kit import web_kit
from mock_server.web.live import Follower, Partial
from mock_server.web.templates import render
from mock_server.web.view import Context, PageView
from mock_server.web.visit import NotThere, Visit

# What the visitor searches for, the page of the list, the record that the view is about, and the API.
_KEPT: Final = ("q", "provider", "role", "status", "cohort", "page", "about", "api")


async def context_of(contents: Contents, view: PageView, visit: Visit) -> Context:
    """All that the templates of `view` need. Raises NotThere if its record doesn't exist."""
    visit.sandbox.moment()
    own = await view.context(visit)
    # Afterwards, because the view may make a world: then its tab has a number from the start, and nothing moves.
    return _common(contents, view, visit) | own


def _common(contents: Contents, view: PageView, visit: Visit) -> Context:
    sandbox = visit.sandbox
    return {
        "visit": visit,
        "view": view,
        "tabs": contents.tabs,
        "siblings": contents.siblings(view),
        "sandbox": sandbox,
        "now": sandbox.clock.now(),
        "providers": {access.provider.slug: access.provider.name for access in sandbox.accesses},
        "counts": {"journal": len(sandbox.journal), "faults": len(sandbox.faults), **_counts(sandbox)},
        # The part of the query that the view and its event stream depend on.
        "kept": {name: visit.query[name] for name in _KEPT if name in visit.query},
    }


def _counts(sandbox: Sandbox) -> dict[str, int]:
    """The numbers on the tabs of the services. A world that doesn't exist yet needs none."""
    return {
        service.name: kit.count(sandbox.worlds[service.name])
        for service in sandbox.services
        if service.name in sandbox.worlds and (kit := web_kit(service)) is not None
    }


def follower(contents: Contents, view: PageView, visit: Visit) -> Follower:
    """What keeps an open `view` up to date."""
    parts = _Parts(contents, view, visit)
    own = view.follow(visit) if view.follow else None

    async def follow() -> Sequence[Partial]:
        return [*await parts.changed(), *(await own() if own else ())]

    return follow


class _Parts:
    """The live parts of a view. It remembers what it sent last, and sends only what has changed."""

    def __init__(self, contents: Contents, view: PageView, visit: Visit) -> None:
        self._contents, self._view, self._visit = contents, view, visit
        self._stamp: object = None
        self._sent: dict[str, str] = {}

    async def changed(self) -> list[Partial]:
        view, visit = self._view, self._visit
        visit.sandbox.moment()
        context = _common(self._contents, view, visit)
        templates = {"bar-clock": "live/bar-clock", "tabs": "live/tabs"}
        if view.live and (stamp := view.stamp(visit)) != self._stamp:
            self._stamp = stamp
            try:
                context |= await view.context(visit)
                templates |= {name: view.part(f"live/{name}") for name in view.live}
            except NotThere:
                # The record is gone, perhaps by a reset. The open page still shows it as it was.
                pass
        changed = []
        for name, template in templates.items():
            html = render(template, context)
            if self._sent.get(name) != html:
                self._sent[name] = html
                changed.append(Partial(name, "innerMorph", html))
        return changed
