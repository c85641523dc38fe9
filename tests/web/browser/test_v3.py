"""The views of v3 in Chromium: they fit, bar nobody, keep up, and lose nothing that was typed."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mock_server.client import ControlClient
from tests.browser import SCREENS, barriers, excess, watch
from tests.web.browser.visitors import HOSTILE, Client, Served, live

VIEWS = ["people", "people/PERSON", "schools", "schools/123456", "statements", "statements/STATEMENT", "cohorts"]


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    """Its v3 is the guide's, on 10 February 2026."""
    with ControlClient(served.url) as control:
        made = control.create_sandbox(seed="guide", clock={"now": "2026-02-10T09:00:00Z", "running": False})
        client = Client(served.url, control.sandbox(made.id))
        yield client
        client.http.close()
        control.sandbox(made.id).delete()


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_fits_bars_nobody_and_stays_at_home(browser: Browser, client: Client, view: str) -> None:
    v3 = client.sandbox.v3
    v3.add_school(urn="123456", name=HOSTILE, induction_tutor_name=HOSTILE)
    id = v3.register(role="ect", school_urn="123456", provider="alder", full_name=HOSTILE, email="a'b\"@example.org").id
    statement = next(each for each in v3.statements() if each.declarations and each.status != "paid")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    page = context.new_page()
    seen = watch(page, client.url)
    live(page, f"{client.page_url}/v3/{view.replace('PERSON', id).replace('STATEMENT', statement.id)}")
    for summary in page.locator("main summary").all():
        summary.click()
    wrong = []
    for width, scheme in SCREENS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        wrong += [f"{width} px: {too_wide}" for too_wide in excess(page)]
        # Colours don't depend on the width.
        if (width, scheme) in {(1440, "light"), (360, "dark")}:
            wrong += [f"{width} px, {scheme}: {barrier}" for barrier in barriers(page)]
    assert wrong == []
    assert page.evaluate("window.ran") is None
    assert seen.messages == []
    assert seen.foreign == []
    context.close()


def test_a_teacher_is_registered_by_keyboard_and_followed(page: Page, client: Client) -> None:
    live(page, f"{client.page_url}/v3/people")
    page.get_by_text("Register somebody, as a school does").press("Enter")
    page.get_by_label("Full name").fill("Zenobia Quickly")
    page.get_by_label("School's URN").fill("654321")
    page.locator("#new-provider").select_option("alder")
    page.get_by_role("button", name="Register", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Zenobia Quickly")
    expect(page.get_by_text("The school has registered them.")).to_be_focused()
    titles = page.locator("#timeline li .title")
    expect(titles).to_have_text(["Joins as ECT", "Expression of interest as ECT"])
    id = page.url.rpartition("/")[2]
    client.sandbox.v3.depart(id, role="ect", on="2026-03-27")
    expect(page.locator("#timeline .ahead .title")).to_have_text(
        [re.compile("Training as ECT ends"), re.compile("Leaves as ECT")]
    )
    # The calendar alone moves what is expected into the past.
    client.sandbox.advance("P3M")
    expect(page.locator("#timeline .ahead")).to_have_count(0)
    page.get_by_role("link", name="People", exact=True).press("Enter")
    page.get_by_label("Status", exact=True).select_option("left")
    page.get_by_label("Find").fill("zenobia")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=re.compile("Zenobia Quickly"))).to_be_visible()


def test_a_refused_form_is_open_and_keeps_what_was_typed(page: Page, client: Client) -> None:
    id = client.sandbox.v3.register(role="ect", provider="alder").id
    live(page, f"{client.page_url}/v3/people/{id}")
    page.get_by_text("Correct name, TRN or working pattern").press("Enter")
    page.get_by_label("Full name").fill("Ada Kept")
    page.get_by_label("TRN", exact=True).fill("12")
    page.get_by_role("button", name="Correct").press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("TRN", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("TRN", exact=True)).to_have_value("12")
    expect(page.get_by_label("Full name")).to_have_value("Ada Kept")
    expect(page.locator("#link")).to_have_text("Live")


@pytest.mark.parametrize(
    ("view", "heads"),
    [
        ("schools", ("Name", "URN", "Partnerships", "Status", "Registered")),
        ("statements", ("Statement", "Cohort", "Provider", "Status", "Payment")),
    ],
)
def test_a_list_has_heads_over_its_columns(page: Page, client: Client, view: str, heads: tuple[str, ...]) -> None:
    live(page, f"{client.page_url}/v3/{view}")
    left = "all => all.map(each => Math.round(each.getBoundingClientRect().left))"
    assert page.locator(".heads span").all_text_contents() == list(heads)
    assert page.locator(".heads span").evaluate_all(left) == page.locator(".people > li").first.locator(
        "a > span"
    ).evaluate_all(left)


def test_a_statement_is_made_payable(page: Page, client: Client) -> None:
    statement = next(each for each in client.sandbox.v3.statements() if each.declarations and each.status == "open")
    live(page, f"{client.page_url}/v3/statements/{statement.id}")
    page.get_by_role("button", name="Make it payable").press("Enter")
    expect(page.locator("#statement .mark")).to_have_text("payable")
    expect(page.locator("#declarations .mark").first).to_have_text("payable")
