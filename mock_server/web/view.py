"""What a view of the page is, whether the core has it or a service's kit."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from mock_server.web.live import Follower
from mock_server.web.visit import Visit

Context = dict[str, Any]


def _always(visit: Visit) -> object:
    """Never the same: to be looked at again each time."""
    return object()


@dataclass(frozen=True, slots=True)
class View:
    """`live` are the parts (template and id) that are kept up to date whenever `stamp` differs from the last one.

    `follow` is for what isn't a part to be replaced. `api` is the name of the service that the view belongs to.
    `below` names the list from which one comes to a view of one record. `ids` are the members of a control record
    that may name the record to show; the first that is there does.
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
        """No other view of the page has it."""
        return f"{self.api}.{self.name}" if self.api else self.name

    @property
    def path(self) -> str:
        """The path of the view, or of the list above it."""
        name = self.below or self.name
        return f"{self.api}/{name}" if self.api else name

    @property
    def tab(self) -> str:
        """The name of the tab that it belongs to."""
        return self.api or self.name

    @property
    def template(self) -> str:
        return self.part(self.name)

    def part(self, name: str) -> str:
        """The template of one of its parts."""
        return f"{self.api}/{name}" if self.api else name
