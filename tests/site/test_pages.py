"""Each page in a real browser, on a phone and on a wide screen, light and dark."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import EXAMINED, SCREENS, Scheme, barriers, excess, watch
from tests.site.built import Site, addresses


def _look(page: Page, width: int, scheme: Scheme) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("name => document.body.dataset.mdColorScheme === name", arg=_SCHEME_NAMES[scheme])


# What a page may have at most. With more, it becomes slow on a phone, and tiresome in a screen reader.
_ELEMENTS = 8_000
_NAVIGATIONS = 6

# Where the theme drops a column, or has just room for it.
_BETWEEN = (320, 768, 1230)

_SCHEME_NAMES = {"light": "default", "dark": "slate"}

# The long pages say hundreds of things in the same way, each by one template: the first few tell axe what all
# would, in a fraction of the time.
_REPEATED = ["section[data-search-exclude]", ".operation", ".schema", "figure"]
_THIN_OUT = """selectors => selectors.forEach(
  selector => [...document.querySelectorAll(selector)].slice(4).forEach(element => element.remove()))"""


@pytest.mark.parametrize("address", addresses())
def test_a_page_is_light_fits_says_no_error_asks_no_other_host_and_bars_nobody(
    browser: Browser, site: Site, address: str
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    page = context.new_page()
    seen = watch(page, site.base_url)
    page.goto(site.base_url + address, wait_until="networkidle")
    elements = page.evaluate("document.querySelectorAll('*').length")
    navigations = page.locator("nav, [role=navigation]").count()
    # What is measured half-way through a change of colours is the colour of neither.
    page.add_style_tag(content="* { transition: none !important; animation: none !important; }")
    wrong = []
    for width, scheme in SCREENS:
        _look(page, width, scheme)
        wrong += [f"{width} px, {scheme}: {too_wide}" for too_wide in excess(page)]
    for width in _BETWEEN:
        page.set_viewport_size({"width": width, "height": 900})
        wrong += [f"{width} px: {too_wide}" for too_wide in excess(page)]
    page.evaluate(_THIN_OUT, _REPEATED)
    for width, scheme in EXAMINED:
        _look(page, width, scheme)
        wrong += [f"{width} px, {scheme}: {barrier}" for barrier in barriers(page)]
    context.close()
    assert (wrong, seen.messages, seen.foreign) == ([], [], [])
    assert elements <= _ELEMENTS
    assert navigations <= _NAVIGATIONS
