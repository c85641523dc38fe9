"""What somebody needs who sees the page for the first time, in Chromium: nothing jumps, and everything is explained."""

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from mock_server.client import ControlClient
from mock_server.resources import resource
from mock_server.services import SERVICES
from mock_server.web.contents import contents_for
from tests.programs import required
from tests.web.browser.visitors import Client, Served, live

VIEWS = contents_for(SERVICES).views
LISTS = [view for view in VIEWS.values() if view.below is None]
MANUAL = resource("docs").joinpath("pages/sandbox/page.md").read_text()

# Adds up how far what is drawn moves afterwards, as browsers measure it: 0.1 counts as bad.
_WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const each of list.getEntries()) window.shifted += each.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def guide(served: Served) -> Iterator[Client]:
    """A client of a sandbox with the seed `guide`."""
    with ControlClient(served.url) as control:
        made = control.create_sandbox(seed="guide", clock={"now": "2026-02-10T09:00:00Z", "running": False})
        client = Client(served.url, control.sandbox(made.id))
        yield client
        client.http.close()
        control.sandbox(made.id).delete()


def top_of(page: Page, row: str) -> float:
    box = page.locator(f"#{row}").bounding_box()
    assert box
    return box["y"]


@pytest.mark.parametrize("width", [1280, 1440])
def test_a_row_that_is_opened_stays_where_it_is(page: Page, client: Client, width: int) -> None:
    for _ in range(60):
        client.get(params={"filter[updated_since]": "2021-11-20T09:00:00Z", "page[per_page]": "100"})
    page.set_viewport_size({"width": width, "height": 900})
    live(page, f"{client.page_url}/journal")
    row = page.locator("#request-35")
    row.scroll_into_view_if_needed()
    before = top_of(page, "request-35")
    row.locator("a").click()
    expect(page.get_by_role("heading", name="Request 35")).to_be_visible()
    assert top_of(page, "request-35") == pytest.approx(before, abs=1)
    page.get_by_role("link", name="Close").click()
    expect(page.get_by_role("heading", name="Request 35")).to_have_count(0)
    assert top_of(page, "request-35") == pytest.approx(before, abs=1)


@pytest.mark.parametrize("view", LISTS, ids=lambda view: view.key)
def test_nothing_moves_while_a_view_is_loaded_on_a_phone(browser: Browser, guide: Client, view: Any) -> None:
    for _ in range(3):
        guide.get()
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script(_WATCH_SHIFTS)
    live(page, f"{guide.page_url}/{view.path}")
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert page.evaluate("window.shifted") < 0.01
    context.close()


def test_a_first_visit_shows_a_request_that_works_when_it_is_pasted(page: Page, client: Client) -> None:
    required("curl")
    live(page, f"{client.page_url}/journal")
    first = page.locator("#no-request")
    expect(first).to_contain_text("Paste this into a terminal")
    expect(first).to_contain_text("the request appears here at once")
    [shown, *others] = first.locator("pre").all()
    assert shown.is_visible()
    # One request to paste; the others are folded.
    assert not any(other.is_visible() for other in others)
    done = subprocess.run([required("bash"), "-c", shown.text_content() or ""], capture_output=True, text=True)
    assert '"data"' in done.stdout
    expect(page.locator("#request-1")).to_contain_text("200")
    expect(first).to_have_count(0)


@pytest.mark.parametrize("view", VIEWS.values(), ids=lambda view: view.key)
def test_each_view_has_its_place_in_the_manual(view: Any) -> None:
    page, _, anchor = view.manual.partition("#")
    assert page == "sandbox/page/"
    assert f"{{ #{anchor} }}" in MANUAL


def test_the_bar_leads_to_the_documentation_and_a_view_to_its_manual(page: Page, client: Client) -> None:
    for view in LISTS:
        page.goto(f"{client.page_url}/{view.path}")
        docs = page.get_by_role("banner").get_by_role("link", name="Docs")
        assert docs.get_attribute("href") == "/_mock/docs/"
        manual = page.get_by_role("link", name="The manual on this view")
        assert manual.get_attribute("href") == f"/_mock/docs/{view.manual}"


@pytest.mark.parametrize("view", ["v1/participants", "v3/people"])
def test_a_list_of_people_has_heads_over_its_columns_and_explains_its_letters(
    page: Page, guide: Client, view: str
) -> None:
    page.goto(f"{guide.page_url}/{view}")
    row = page.locator(".people > li").first
    for head, cell in (("Name", ".name"), ("Provider", ".who"), ("Status", ".marks"), ("Declarations", ".steps")):
        over = page.locator(".heads").get_by_text(head, exact=True).bounding_box()
        below = row.locator(cell).bounding_box()
        assert over
        assert below
        assert over["x"] == pytest.approx(below["x"], abs=2), head
    legend = page.locator(".legend").text_content() or ""
    letters = set(page.locator(".steps [aria-hidden]").all_text_contents())
    for letter in letters:
        kind, number = re.fullmatch(r"([A-Z]?)(\d?)", letter).groups()  # type: ignore[union-attr]
        assert re.search(rf"\b{kind}{number}\b" if not number else rf"\b{kind}1 to {kind}\d", legend), letter


@pytest.mark.parametrize(
    ("view", "status", "mark"),
    [
        ("v1/participants", "deferred", "deferred"),
        ("v1/participants", "removed by the school", "removed by school"),
        ("v1/participants", "not registered", "not registered"),
        ("v3/people", "leaving", "leaving"),
        ("v3/people", "withdrawn", "withdrawn"),
    ],
)
def test_a_list_of_people_can_be_filtered_by_status(
    page: Page, guide: Client, view: str, status: str, mark: str
) -> None:
    page.goto(f"{guide.page_url}/{view}")
    page.get_by_label("Status", exact=True).select_option(status)
    page.get_by_role("button", name="Find").click()
    page.wait_for_url("**status=*")
    rows = page.locator(".people > li").all_text_contents()
    assert rows
    assert all(mark in row for row in rows)


def test_a_providers_contracts_can_be_changed(page: Page, client: Client) -> None:
    live(page, f"{client.page_url}/v3/cohorts")
    page.get_by_label("Dogwood Qualifications: cohorts").fill("2024, 2025")
    page.get_by_role("button", name="Change the contracts of Dogwood Qualifications").click()
    expect(page.get_by_text("The provider's contracts have changed.")).to_be_focused()
    [dogwood] = [each for each in client.sandbox.v3.providers() if each.slug == "dogwood"]
    assert tuple(dogwood.cohorts) == ("2024", "2025")
    page.get_by_label("Dogwood Qualifications: cohorts").fill("2024, soon")
    page.get_by_role("button", name="Change the contracts of Dogwood Qualifications").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Dogwood Qualifications: cohorts")).to_have_value("2024, soon")
