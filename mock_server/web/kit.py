"""What a service brings for the page. A service without a kit has journal, clock and faults only."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from mock_server.harness.kits import find_kit
from mock_server.service import Service
from mock_server.web.actions import Action
from mock_server.web.view import View


class Shown(NamedTuple):
    """A record that has a view: the path below the service's, and how people call it."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class WebKit:
    # What its tab says.
    label: str
    # The tab leads to the first one.
    views: tuple[View, ...]
    # Its forms by name.
    actions: Mapping[str, Action]
    # The number that its tab shows of a world.
    count: Callable[[Any], int]
    # The people of a world to whom the ids belong, or whose declarations they are of.
    people: Callable[[Any, Iterable[str]], Sequence[Shown]]
    # What the calendar will do to a world, as things stand: each moment with a sentence, in order.
    ahead: Callable[[Any], Sequence[tuple[datetime, str]]]


@cache
def web_kit(service: Service) -> WebKit | None:
    kit: WebKit | None = find_kit(service, "kit", __name__.rpartition(".")[0])
    return kit
