"""What people do on the site beside reading: search, choose a language, copy code, switch colours."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.built import Site


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(
        base_url=site.base_url, color_scheme="light", permissions=["clipboard-read", "clipboard-write"]
    )
    yield context.new_page()
    context.close()


def test_search_finds_defer_and_leads_to_it(page: Page) -> None:
    page.goto("")
    # Key by key: the search listens to nothing else, and `fill` presses none.
    page.get_by_role("textbox", name="Search").press_sequentially("defer")
    results = page.locator(".md-search-result__item")
    expect(results.filter(has_text="defer").first).to_be_visible()
    results.first.get_by_role("link").first.click()
    expect(page.locator("mark").first).to_be_visible()


def test_the_copy_button_copies_the_code(page: Page) -> None:
    page.goto("running-an-integration/")
    block = page.locator(".highlight", has_text="curl").first
    block.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == block.locator("code").inner_text().rstrip("\n")


def test_a_chosen_language_is_shown_everywhere_and_on_the_next_page(page: Page) -> None:
    page.goto("ecf-usage/#defer")
    request = page.locator("h3#defer ~ section").first
    expect(request.locator("code").first).to_contain_text("curl -X PUT http://127.0.0.1:8080/api/v1/participants/ecf/")
    request.get_by_role("button", name="Python").click()
    for place in ("h3#defer", "h3#declare-started"):
        section = page.locator(f"{place} ~ section").first
        expect(section.get_by_text("import httpx")).to_be_visible()
        expect(section.get_by_text("HTTP/1.1 200 OK")).to_be_visible()
        expect(section.get_by_text("curl -X")).to_have_count(0)
    for address in ("ecf-usage/notifying-of-withdrawal/", "first-steps/"):
        page.goto(address)
        expect(page.get_by_text("import httpx").first).to_be_visible()
        expect(page.get_by_role("button", name="Python").first).to_have_attribute("aria-pressed", "true")


def test_without_scripts_a_request_is_there_in_curl(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.base_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("ecf-usage/notifying-of-deferral/")
    expect(page.locator(".sample").first).to_contain_text("curl -X PUT")
    expect(page.locator(".sample").first).to_be_visible()
    context.close()


def test_a_link_to_a_refusal_opens_it(page: Page) -> None:
    page.goto("ecf-usage/notifying-of-deferral/#defer-again")
    refusal = page.locator("details#defer-again")
    expect(refusal).to_have_attribute("open", "")
    expect(refusal.get_by_text("X-Mock-Rule: defer-not-deferred")).to_be_in_viewport()


def test_the_colours_can_be_chosen_and_are_remembered(page: Page) -> None:
    page.goto("")
    body = page.locator("body")
    for button, scheme in (("Switch to light", "default"), ("Switch to dark", "slate")):
        page.get_by_title(button).click()
        expect(body).to_have_attribute("data-md-color-scheme", scheme)
    page.goto("states/")
    expect(body).to_have_attribute("data-md-color-scheme", "slate")


def test_a_tick_stays_on_the_next_visit(page: Page) -> None:
    page.goto("v3/from-v1/")
    boxes = page.locator(".checklist input")
    count = page.locator(".checklist .count")
    expect(count).to_have_text(f"0 of {boxes.count()} done")
    page.get_by_label("Read JSON where you read CSV.").check()
    boxes.last.check()
    expect(count).to_have_text(f"2 of {boxes.count()} done")
    page.reload()
    expect(page.get_by_label("Read JSON where you read CSV.")).to_be_checked()
    expect(page.locator(".checklist input:checked")).to_have_count(2)
    expect(count).to_have_text(f"2 of {boxes.count()} done")
    page.get_by_label("Read JSON where you read CSV.").uncheck()
    page.reload()
    expect(page.locator(".checklist input:checked")).to_have_count(1)


def test_a_wide_table_says_that_it_scrolls_until_its_end_is_in_sight(page: Page, site: Site) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(f"{site.base_url}v3/usage/keeping-data-in-sync/")
    frames = page.locator(".md-typeset__scrollwrap").all()
    scrolls = "frame => frame.scrollWidth > frame.clientWidth"
    wide = next(frame for frame in frames if frame.evaluate(scrolls))
    fitting = next(frame for frame in frames if not frame.evaluate(scrolls))
    # The end of an animation has a shadow without size and colour.
    nothing = re.compile(r"^none$|^rgba\(0, 0, 0, 0\)")
    expect(wide).not_to_have_css("box-shadow", nothing)
    expect(fitting).to_have_css("box-shadow", nothing)
    wide.evaluate("frame => frame.scrollTo(frame.scrollWidth, 0)")
    expect(wide).to_have_css("box-shadow", nothing)
