"""Each page in a real browser, on a phone and on a wide screen, light and dark."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import EXAMINED, Scheme, Watch, barriers, excess, thin_out, watch
from tests.site.built import Site, addresses


def _look(page: Page, width: int, scheme: Scheme) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("name => document.body.dataset.mdColorScheme === name", arg=_SCHEME_NAMES[scheme])


# What a page may have at most. With more, it becomes slow on a phone, and tiresome in a screen reader.
_ELEMENTS = 8_000
_NAVIGATIONS = 6

# Where the theme drops a column, or has just room for it.
_BETWEEN = (1230, 768, 320)
# From the screen that the window has at first to the one that axe, which takes long, begins with.
_SCREENS: tuple[tuple[int, Scheme], ...] = (EXAMINED[0], *((width, "light") for width in _BETWEEN), EXAMINED[1])

_SCHEME_NAMES = {"light": "default", "dark": "slate"}

# What is measured half-way through a change of colours is the colour of neither. And what a browser hasn't laid out
# yet, because it is far from the window, overlaps what follows.
_MEASURABLE = """* {
  transition: none !important; animation: none !important; content-visibility: visible !important;
}"""

# The long pages say hundreds of things in the same way, each by one template: the first few tell axe what all would.
_REPEATED = ["section[data-search-exclude]", ".operation", ".schema", "figure"]

# Parts of the theme that are alike on many pages.
_SHARED = [".md-header", ".md-tabs", ".md-sidebar--primary", ".md-sidebar--secondary", ".md-footer"]

# What the theme shows in one scheme alone.
_FOR_ONE_SCHEME = 'img:is([src$="-only"], [src*="#only-"])'
# What a scheme changes: each property that its rules set, with the selector.
_SET_BY_SCHEMES = """() => [...document.styleSheets].flatMap(sheet => [...sheet.cssRules])
  .filter(rule => rule.selectorText?.includes("[data-md-color-scheme"))
  .flatMap(rule => [...rule.style].map(property => [property, rule.selectorText]))"""


@dataclass
class _Visitor:
    """One window that goes from page to page, as a reader's does, and who watches it."""

    page: Page
    seen: Watch
    # The shapes of the shared parts in which axe found nothing on earlier pages.
    sound: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def visitor(browser: Browser, site: Site) -> Iterator[_Visitor]:
    context = browser.new_context(viewport={"width": EXAMINED[0][0], "height": 900}, color_scheme="light")
    page = context.new_page()
    yield _Visitor(page, watch(page, site.light_url))
    context.close()


@pytest.mark.parametrize("address", addresses())
def test_a_page_is_light_fits_says_no_error_asks_no_other_host_and_bars_nobody(
    visitor: _Visitor, site: Site, address: str
) -> None:
    page, seen = visitor.page, visitor.seen
    seen.forget()
    page.goto(site.light_url + address, wait_until="networkidle")
    elements = page.evaluate("document.querySelectorAll('*').length")
    navigations = page.locator("nav, [role=navigation]").count()
    page.add_style_tag(content=_MEASURABLE)
    wrong = []
    # Each width and each scheme once: the next test sees that widths don't depend on colours.
    for width, scheme in _SCREENS:
        _look(page, width, scheme)
        wrong += [f"{width} px, {scheme}: {too_wide}" for too_wide in excess(page)]
    assert page.locator(_FOR_ONE_SCHEME).count() == 0
    shapes = thin_out(page, _REPEATED, _SHARED, visitor.sound)
    # From the screen that it is on.
    for width, scheme in reversed(EXAMINED):
        _look(page, width, scheme)
        wrong += [f"{width} px, {scheme}: {barrier}" for barrier in barriers(page)]
    assert (wrong, seen.messages, seen.foreign) == ([], [], [])
    visitor.sound |= shapes
    assert elements <= _ELEMENTS
    assert navigations <= _NAVIGATIONS


def test_a_scheme_sets_nothing_but_colours(visitor: _Visitor, site: Site) -> None:
    page = visitor.page
    page.goto(site.light_url)
    found: list[tuple[str, str]] = page.evaluate(_SET_BY_SCHEMES)
    assert len(found) > 50
    others = [each for each in found if not each[0].startswith("--md-") and not each[0].startswith("--site-")]
    assert [each for each in others if each[0] != "color-scheme" and "img[src" not in each[1]] == []


# Each among many of these, which are sound: what axe must still find once those that are alike are gone.
_SOUND = (
    "<li><a href='/x'>word</a></li>",
    "<li><a href='/x' style='color: #000; background: #fff'>word</a></li>",
    "<li><button aria-expanded='true'>word</button></li>",
    "<li><button aria-label='word'></button></li>",
)
_ODD = {
    "link-name": "<li><a href='/x'> </a></li>",
    "image-alt": "<li><a href='/x'>word <img src='data:,'></a></li>",
    "color-contrast": "<li><a href='/x' style='color: #ccc; background: #fff'>word</a></li>",
    "button-name": "<li><button aria-label=' '></button></li>",
    "aria-valid-attr-value": "<li><button aria-expanded='perhaps'>word</button></li>",
    "aria-allowed-attr": "<li><a href='/x' aria-checked='true'>word</a></li>",
    "list": "<p>word</p>",
    "nested-interactive": "<li><span role='button' tabindex='0'><a href='/x'>word</a></span></li>",
}


def test_no_barrier_goes_with_the_elements_that_are_alike(visitor: _Visitor, site: Site) -> None:
    page = visitor.page
    sound = "".join(_SOUND) * 20
    for rule, odd in _ODD.items():
        page.goto(site.light_url + "changelog/")
        page.evaluate(
            "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)",
            f"<ul id='odd'>{sound}{odd}{sound}</ul>",
        )
        thin_out(page)
        assert page.locator("#odd > *").count() <= 4 * len(_SOUND)
        assert rule in {barrier.partition(" ")[0] for barrier in barriers(page)}
