"""Clock, faults, readiness, participants and sandboxes in Chromium; a page locked, out of touch, or without scripts."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from mock_server.client import ControlClient
from tests.browser import barriers
from tests.web.browser.visitors import PARTICIPANTS, Client, live, rows


def test_the_clock_jumps_by_keyboard_and_says_so(page: Page, client: Client) -> None:
    live(page, f"{client.page_url}/clock")
    page.get_by_label("Or exactly").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("P1Y")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The clock moved on.")).to_be_focused()
    expect(page.locator(".big-clock")).to_contain_text("20 Nov 2022 09:00:00")
    # Said once: another look at the page doesn't say it again.
    assert "done" not in page.url
    page.get_by_label("Moment, in UTC").fill("2023-01-31T10:00:00")
    page.get_by_role("button", name="Jump", exact=True).press("Enter")
    expect(page.locator("#bar-clock")).to_contain_text("31 Jan 2023 10:00:00")
    page.get_by_label("Or exactly").fill("a while")
    page.get_by_role("button", name="Advance").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Or exactly")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Or exactly")).to_have_value("a while")


def test_a_fault_is_added_strikes_and_is_removed(page: Page, client: Client) -> None:
    live(page, f"{client.page_url}/faults")
    page.get_by_label("429 Too many requests").check()
    page.get_by_label("Number of requests that get it").fill("2")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("fault-1: 0 of 2 requests got it")).to_be_visible()
    assert client.http.get(PARTICIPANTS).status_code == 429
    expect(page.get_by_text("fault-1: 1 of 2 requests got it")).to_be_visible()
    page.get_by_role("button", name="Remove fault-1").click()
    expect(page.get_by_text("No faults")).to_be_visible()
    assert client.http.get(PARTICIPANTS).status_code == 200


def test_the_board_fills_and_what_was_opened_stays_open(page: Page, client: Client) -> None:
    live(page, f"{client.page_url}/readiness")
    opened = page.locator("#need-sync-full-pull details")
    opened.locator("summary").press("Enter")
    expect(opened).to_have_attribute("open", "")
    expect(opened).to_contain_text("not seen yet")
    client.get()
    expect(opened).to_contain_text("passed")
    expect(opened).to_have_attribute("open", "")
    expect(opened.locator("summary")).to_be_focused()
    opened.get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_role("heading", name="Request 1")).to_be_visible()


def test_each_api_has_a_board_that_follows(page: Page, client: Client) -> None:
    live(page, f"{client.page_url}/readiness")
    boards = page.get_by_role("navigation", name="API")
    expect(boards.get_by_role("link")).to_have_count(2)
    boards.get_by_role("link").nth(1).click()
    expect(boards.get_by_role("link").nth(1)).to_have_attribute("aria-current", "page")
    expect(page.locator("#need-sync-transfers")).to_contain_text("not seen yet")
    # The board goes on following this API, whatever others do meanwhile.
    client.get()
    client.get("/api/v3/participants/transfers")
    expect(page.locator("#need-sync-transfers")).to_contain_text("passed")
    expect(page.locator("#need-sync-full-pull")).to_contain_text("not seen yet")
    # Without a choice, it opens the API that was used last.
    live(page, f"{client.page_url}/readiness")
    expect(page.locator("#need-sync-transfers")).to_contain_text("passed")


def test_the_board_leads_to_what_failed(page: Page, client: Client) -> None:
    live(page, f"{client.page_url}/readiness")
    client.get("/api/v1/nowhere")
    # Also when it comes while somebody looks.
    page.locator("#summary").get_by_role("link", name="contract.requests").press("Enter")
    expect(page.locator("#why-contract-requests")).to_be_in_viewport()
    expect(page.locator("#why-contract-requests")).to_contain_text("/api/v1/nowhere is no path of the contract")


def test_a_person_is_found_and_followed(page: Page, client: Client) -> None:
    id = client.sandbox.v1.add_participant(
        provider="alder", participant_type="ect", cohort="2021", full_name="Zenobia Quickly", eligible_for_funding=True
    ).id
    live(page, f"{client.page_url}/v1/participants")
    page.get_by_label("Find").fill("zenobia")
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Zenobia Quickly")).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Zenobia Quickly")
    client.declare(
        participant_id=id,
        declaration_type="started",
        declaration_date="2021-11-19T09:00:00Z",
        course_identifier="ecf-induction",
    )
    timeline = page.locator("#timeline li .title")
    expect(timeline).to_have_text(
        ["Added by the school", "Declared started", re.compile("Payable: started"), re.compile("Paid: started")]
    )
    client.sandbox.advance("P1M")
    expect(page.locator("#timeline .ahead")).to_have_count(0)
    page.get_by_text("Move to another school or provider").press("Enter")
    page.get_by_label("Provider", exact=True).select_option("birch")
    page.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(page.get_by_text("Moved to another provider")).to_be_visible()


def test_sandboxes_are_made_switched_and_deleted(page: Page, client: Client) -> None:
    live(page, f"{client.page_url}/sandboxes")
    page.get_by_label("Id", exact=True).fill("made-here")
    page.get_by_label("Contents").select_option("empty")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("This is the new sandbox.")).to_be_focused()
    expect(page.locator("#switch b")).to_have_text("made-here")
    page.locator("#switch summary").press("Enter")
    page.get_by_role("link", name=client.sandbox.id, exact=True).press("Enter")
    expect(page.locator("#switch b")).to_have_text(client.sandbox.id)
    page.locator("#switch summary").press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#switch summary")).to_be_focused()
    expect(page.locator(".sheet")).to_be_hidden()
    live(page, f"{client.page_url}/sandboxes")
    page.locator("#end-made-here").press("Enter")
    page.get_by_role("button", name="Delete made-here").click()
    expect(page.get_by_text("The sandbox is deleted.")).to_be_visible()
    expect(page.locator("#sandbox-made-here")).to_have_count(0)


def test_a_page_that_loses_the_mock_says_so_and_finds_it_again(
    context: BrowserContext, page: Page, client: Client
) -> None:
    live(page, f"{client.page_url}/journal")
    context.set_offline(True)
    # What is under way goes on in a browser that was told to be offline: a new connection doesn't.
    client.sandbox.reset()
    page.evaluate("document.getElementById('live')._htmx.sse.reader.cancel()")
    expect(page.locator("#link")).to_have_text("Connection lost")
    client.get()
    context.set_offline(False)
    expect(page.locator("#link")).to_have_text("Live", timeout=10_000)
    expect(page.locator("#entries > li")).to_have_count(1)


def test_a_page_whose_sandbox_is_deleted_says_so(page: Page, client: Client) -> None:
    with ControlClient(client.url) as control:
        control.create_sandbox(id="short-lived")
        live(page, f"{client.url}/_mock/ui/sandboxes/short-lived/journal")
        control.sandbox("short-lived").delete()
    expect(page.locator("#link")).to_have_text("This sandbox is gone")


def test_a_locked_page_opens_to_the_token_only(page: Page, locked_url: str) -> None:
    page.goto(f"{locked_url}/_mock/ui")
    expect(page.get_by_label("Control token")).to_be_focused()
    assert barriers(page) == []
    page.keyboard.type("open barley")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That isn't the token.")).to_be_visible()
    page.get_by_label("Control token").fill("open sesame")
    page.keyboard.press("Enter")
    expect(page.locator("#link")).to_have_text("Live")
    # A script can't read the proof.
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Control token")).to_be_visible()


def test_it_can_be_used_without_scripts(browser: Browser, client: Client) -> None:
    client.get()
    client.declare()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{client.page_url}/journal")
    page.get_by_label("Method").select_option("POST")
    page.get_by_role("button", name="Filter").click()
    assert rows(page) == ["request-2"]
    page.locator("#request-2 a").click()
    expect(page.get_by_role("heading", name="Request 2")).to_be_visible()
    page.get_by_role("link", name="Close").click()
    page.goto(f"{client.page_url}/clock")
    page.get_by_role("button", name="1 day").click()
    expect(page.locator(".big-clock")).to_contain_text("21 Nov 2021")
    context.close()
