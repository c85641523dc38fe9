"""Each page in a real browser, on a phone and on a wide screen, light and dark."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests import npm
from tests.site.built import Site, addresses

Scheme = Literal["light", "dark"]

SCREENS: tuple[tuple[int, Scheme], ...] = ((1440, "light"), (1440, "dark"), (360, "light"), (360, "dark"))
# Spares axe the work of describing what is well.
AXE_OPTIONS = {"resultTypes": ["violations"], "iframes": False}


@dataclass
class Visit:
    """What went wrong on one page: what the console said, what was asked of other hosts, and problems by screen."""

    messages: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)
    barriers: list[str] = field(default_factory=list)


@pytest.fixture(scope="package")
def axe() -> Path:
    """The script that examines a page for what bars people from using it."""
    here = Path(__file__).parent
    npm.installed(here)
    return here / "node_modules" / "axe-core" / "axe.min.js"


def _visit(browser: Browser, site: Site, axe: Path, address: str) -> Visit:
    visit = Visit()
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    page = context.new_page()

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            visit.messages.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: visit.messages.append(str(error)))
    host = urlsplit(site.base_url).netloc
    page.on("request", lambda asked: visit.foreign.append(asked.url) if urlsplit(asked.url).netloc != host else None)
    page.goto(site.base_url + address)
    page.add_script_tag(path=axe)
    # What is measured half-way through a change of colours is the colour of neither.
    page.add_style_tag(content="* { transition: none !important; animation: none !important; }")
    for width, scheme in SCREENS:
        _look(page, width, scheme)
        excess: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if excess > 0:
            visit.too_wide.append(f"{width} px, {scheme}: {excess} px too wide, by {page.evaluate(_WIDEST)}")
    page.evaluate(_THIN_OUT, _REPEATED)
    for width, scheme in SCREENS:
        _look(page, width, scheme)
        visit.barriers += [f"{width} px, {scheme}: {barrier}" for barrier in _barriers(page)]
    context.close()
    return visit


def _look(page: Page, width: int, scheme: Scheme) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("name => document.body.dataset.mdColorScheme === name", arg=_SCHEME_NAMES[scheme])


_SCHEME_NAMES = {"light": "default", "dark": "slate"}

# The innermost element that reaches furthest past the right edge.
_WIDEST = """() => [...document.querySelectorAll('body *')]
  .map(e => [e.getBoundingClientRect().right, e.outerHTML.slice(0, 120)])
  .sort((a, b) => a[0] - b[0]).pop()[1]"""


# The long pages say hundreds of things in the same way, each by one template: the first few tell axe what all
# would, in a fraction of the time.
_REPEATED = ["section[data-search-exclude]", ".operation", ".schema", "figure"]
_THIN_OUT = """selectors => selectors.forEach(
  selector => [...document.querySelectorAll(selector)].slice(4).forEach(element => element.remove()))"""


def _barriers(page: Page) -> list[str]:
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", AXE_OPTIONS)
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]}: {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("address", addresses())
def test_a_page_fits_says_no_error_asks_no_other_host_and_bars_nobody(
    browser: Browser, site: Site, axe: Path, address: str
) -> None:
    assert _visit(browser, site, axe, address) == Visit()
