"""Every view in Chromium: on a phone, in the dark, and by keyboard."""

import pytest
from playwright.sync_api import Browser, Page, expect

from mock_server.services import SERVICES
from mock_server.web.contents import contents_for
from tests.browser import EXAMINED, SCREENS, barriers, excess, watch
from tests.web.browser.visitors import Client, live

VIEWS = [
    *(
        "journal",
        "journal?entry=3",
        "v1/participants",
        "v1/participants/ID",
        "clock",
        "faults",
        "readiness",
        "sandboxes",
    ),
    "nowhere",
]


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_bars_nobody_and_stays_at_home(browser: Browser, client: Client, view: str) -> None:
    id = client.hostile()
    client.paid()
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    page = context.new_page()
    seen = watch(page, client.url)
    page.goto(f"{client.page_url}/{view.replace('ID', id)}")
    if view != "nowhere":
        expect(page.locator("#link")).to_have_text("Live")
    for summary in page.locator("main summary").all():
        if summary.is_visible():
            summary.click()
    wrong = []
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        wrong += [f"{width} px: {too_wide}" for too_wide in excess(page)]
        if (width, scheme) in EXAMINED:
            wrong += [f"{width} px, {scheme}: {barrier}" for barrier in barriers(page)]
    assert wrong == []
    assert page.evaluate("window.ran") is None
    # The missing view is an error that the browser logs by itself.
    assert [text for text in seen.messages if "404" not in text] == []
    assert seen.foreign == []
    context.close()


@pytest.mark.parametrize("view", ["journal", "v1/participants", "clock", "faults", "readiness", "sandboxes"])
def test_whoever_uses_the_tab_key_sees_where_they_are(page: Page, client: Client, view: str) -> None:
    client.get()
    live(page, f"{client.page_url}/{view}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    passed = []
    for _ in range(40):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(_FOCUSED)
        if name == "the end":
            break
        passed.append(name)
        assert outline != "none", f"nothing shows that {name} has the focus"
    assert [name for name in passed if name.startswith("tab-")] == [f"tab-{name}" for name in TABS]


_FOCUSED = """(() => {
  const focused = document.activeElement;
  const name = focused === document.body ? "the end" : focused.id || focused.textContent.trim().slice(0, 30);
  return [name, getComputedStyle(focused).outlineStyle];
})()"""
TABS = [tab.name for tab in contents_for(SERVICES).tabs]
