"""All views, forms and tabs of one mock's page: those of the core, and those of the services' kits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mock_server.service import Service
from mock_server.web.forms import Form, core_forms
from mock_server.web.kit import web_kit
from mock_server.web.view import PageView
from mock_server.web.views import AFTER_KITS, BEFORE_KITS


class Tab(NamedTuple):
    """`path` is where the tab leads."""

    name: str
    label: str
    path: str


@dataclass(frozen=True, slots=True)
class Contents:
    """`views` has each view by its key. `forms` has each form by the last part of its address."""

    views: dict[str, PageView]
    forms: dict[str, Form]
    tabs: tuple[Tab, ...]

    def siblings(self, view: PageView) -> list[PageView]:
        """The lists of the view's service, in order. A view of the core has none."""
        return [each for each in self.views.values() if view.api and each.api == view.api and not each.below]


def contents_for(services: Sequence[Service]) -> Contents:
    views, forms = [*BEFORE_KITS], core_forms(services)
    tabs = [Tab(view.name, view.label, view.path) for view in BEFORE_KITS]
    for service in services:
        kit = web_kit(service)
        if kit is not None:
            views += kit.views
            forms |= {f"{service.name}.{name}": form for name, form in kit.forms.items()}
            tabs.append(Tab(service.name, kit.label, kit.views[0].path))
    views += AFTER_KITS
    tabs += [Tab(view.name, view.label, view.path) for view in AFTER_KITS]
    return Contents({view.key: view for view in views}, forms, tuple(tabs))
