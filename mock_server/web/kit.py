"""What a service adds to the page. A service without a kit has only journal, clock and faults."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from mock_server.harness.kits import find_kit
from mock_server.service import Service
from mock_server.web.forms import Form
from mock_server.web.view import PageView


class RecordLink(NamedTuple):
    """A record that has a view: its path below the service's path, and what people call it."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class WebKit:
    # The text of the service's tab.
    label: str
    # The tab leads to the first view.
    views: tuple[PageView, ...]
    # The service's forms by name.
    forms: Mapping[str, Form]
    # The number that the tab shows for a world.
    count: Callable[[Any], int]
    # The people of a world who have one of the ids, or a declaration that has one.
    people: Callable[[Any, Iterable[str]], Sequence[RecordLink]]
    # What the calendar will do to a world if nobody changes it: each moment with a sentence, in order.
    ahead: Callable[[Any], Sequence[tuple[datetime, str]]]


@cache
def web_kit(service: Service) -> WebKit | None:
    kit: WebKit | None = find_kit(service, "kit", __name__.rpartition(".")[0])
    return kit
