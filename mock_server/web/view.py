"""A view of the page, from the core or from a service's kit."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from mock_server.web.live import Follower
from mock_server.web.visit import Visit

Context = dict[str, Any]


def _always(visit: Visit) -> object:
    """A new stamp each time, so that the page renders the view again each time."""
    return object()


@dataclass(frozen=True, slots=True)
class PageView:
    """`live` names the parts (template and element id) that the page renders again whenever `stamp` changes.

    `follow` sends updates that don't replace a part. `api` is the name of the service that the view belongs to.
    A view of one record has `below`, the name of the list that leads to it. `ids` are members of a control record:
    the first one present is the id of the record to show.
    """

    name: str
    label: str
    context: Callable[[Visit], Awaitable[Context]]
    live: tuple[str, ...] = ()
    stamp: Callable[[Visit], object] = _always
    follow: Callable[[Visit], Follower] | None = None
    api: str | None = None
    below: str | None = None
    ids: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Unique among the views of the page."""
        return f"{self.api}.{self.name}" if self.api else self.name

    @property
    def path(self) -> str:
        """The path of the view, or of the list above it."""
        name = self.below or self.name
        return f"{self.api}/{name}" if self.api else name

    @property
    def manual(self) -> str:
        """Where the documentation explains the view; a view of one record is explained with its list."""
        return f"sandbox/page/#{self.below or self.name}"

    @property
    def tab(self) -> str:
        """The name of the tab that the view belongs to."""
        return self.api or self.name

    @property
    def template(self) -> str:
        return self.part(self.name)

    def part(self, name: str) -> str:
        """The template of one part of the view."""
        return f"{self.api}/{name}" if self.api else name
