"""The live journal in Chromium: as it fills, by keyboard, with ten thousand requests, and with hostile ones."""

from datetime import UTC, datetime
from time import time

from playwright.sync_api import BrowserContext, Page, expect

from mock_server.http.exchange import Answer
from mock_server.sandbox.journal import Journal
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.service import Call
from mock_server.v1.service import V1
from tests.browser import excess, watch
from tests.web.browser.visitors import DECLARATIONS, HOSTILE, PARTICIPANTS, Client, Served, live, rows


def test_requests_appear_as_they_come_in(page: Page, client: Client) -> None:
    live(page, f"{client.page_url}/journal")
    expect(page.locator("#no-request")).to_be_visible()
    client.get()
    expect(page.locator("#request-1")).to_be_visible()
    expect(page.locator("#no-request")).to_have_count(0)
    client.declare()
    expect(page.locator("#request-2")).to_contain_text("4 rules")
    assert rows(page) == ["request-2", "request-1"]
    expect(page.locator("#tab-journal .count")).to_have_text("2")


def test_a_filter_is_at_work_while_it_is_typed_and_for_what_comes_in(page: Page, client: Client) -> None:
    client.get()
    client.declare()
    live(page, f"{client.page_url}/journal")
    page.get_by_label("Status").fill("4xx")
    expect(page.locator("#request-1")).to_have_count(0)
    assert rows(page) == ["request-2"]
    assert "status=4xx" in page.url
    expect(page.get_by_label("Status")).to_be_focused()
    client.get()
    client.declare()
    expect(page.locator("#request-4")).to_be_visible()
    assert rows(page) == ["request-4", "request-2"]
    page.reload()
    assert rows(page) == ["request-4", "request-2"]
    page.get_by_role("link", name="Clear filters").click()
    expect(page.locator("#entries > li")).to_have_count(4)


def test_the_journal_works_without_a_mouse(page: Page, client: Client) -> None:
    for _ in range(3):
        client.get()
    live(page, f"{client.page_url}/journal")
    page.locator("#request-3 a").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Request 2")).to_be_visible()
    assert page.url.endswith("?entry=2")
    expect(page.locator("#request-2 a")).to_have_attribute("aria-current", "true")
    expect(page.locator("#request-2 a")).to_be_focused()
    # What comes in meanwhile leaves both as they are.
    client.get()
    expect(page.locator("#request-4")).to_be_visible()
    expect(page.locator("#request-2 a")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Request 3")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Request 3")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#request-3 a")).to_be_focused()
    expect(page.get_by_text("→ into the opened request")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#entry h2")).to_have_count(0)
    expect(page.locator("#request-3 a")).to_be_focused()
    assert "entry" not in page.url


def test_on_a_phone_the_opened_request_takes_the_place_of_the_list(page: Page, client: Client) -> None:
    page.set_viewport_size({"width": 360, "height": 780})
    client.get()
    live(page, f"{client.page_url}/journal")
    page.locator("#request-1 a").click()
    expect(page.get_by_role("heading", name="Request 1")).to_be_focused()
    expect(page.locator("#list")).to_be_hidden()
    assert excess(page) == []
    page.get_by_role("link", name="Close").click()
    expect(page.locator("#request-1 a")).to_be_focused()


def test_a_request_is_copied_as_a_curl_command(context: BrowserContext, page: Page, client: Client) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    client.declare(declaration_type="it's")
    live(page, f"{client.page_url}/journal?entry=1")
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"curl -X POST {client.url}{DECLARATIONS}")
    assert '-H "authorization: Bearer $TOKEN"' in copied
    assert copied == page.locator("#curl").text_content()


def test_nothing_that_a_client_sends_is_ever_run(page: Page, client: Client) -> None:
    seen = watch(page, client.url)
    live(page, f"{client.page_url}/journal")
    # Sent while the page is open, so that it comes through the stream as well.
    id = client.hostile()
    expect(page.locator("#entries > li")).to_have_count(5)
    for entry in range(1, 6):
        page.locator(f"#request-{entry} a").click()
        expect(page.get_by_role("heading", name=f"Request {entry}")).to_be_visible()
    assert "window.ran" in (page.locator("#entry").text_content() or "")
    for view in ("v1/participants", f"v1/participants/{id}", "faults", "readiness", "sandboxes"):
        live(page, f"{client.page_url}/{view}")
    live(page, f"{client.page_url}/v1/participants/{id}")
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    assert page.title().startswith("<script>")
    client.sandbox.v1.set_status(id, "withdrawn")
    expect(page.get_by_text("Removed by the school")).to_be_visible()
    assert page.evaluate("window.ran") is None
    assert seen.messages == []
    assert seen.foreign == []


def test_it_stays_usable_with_ten_thousand_requests(page: Page, served: Served, client: Client) -> None:
    journal = sandbox_of(served, client).journal
    fill(journal, 9_900)
    live(page, f"{client.page_url}/journal")
    expect(page.locator("#entries > li")).to_have_count(100)
    for _ in range(200):
        client.get(f"{PARTICIPANTS}/00000000-0000-4000-8000-000000000000")
    expect(page.locator("#request-10100")).to_be_visible()
    expect(page.locator("#entries > li")).to_have_count(100)
    assert rows(page) == [f"request-{id}" for id in range(10_100, 10_000, -1)]
    page.get_by_role("link", name="Older requests").click()
    expect(page.locator("#request-10000")).to_be_visible()
    assert rows(page) == [f"request-{id}" for id in range(10_000, 9_900, -1)]
    # The rarest kind has to be looked for in all of them.
    page.get_by_label("Show only").select_option("contract")
    expect(page.locator("#request-9850")).to_be_visible()
    assert rows(page) == [f"request-{id}" for id in range(9_900, 4_900, -50)]


def sandbox_of(served: Served, client: Client) -> Sandbox:
    sandbox = served.application.registry.get(client.sandbox.id)
    assert sandbox is not None
    return sandbox


def fill(journal: Journal, count: int) -> None:
    """So many requests, as if they had come in: one in fifty breaks the contract."""
    now = datetime.now(UTC)
    for number in range(count):
        path = f"/api/v1/{'participant' if number % 50 == 49 else 'participants/ecf'}"
        call = Call("GET", path, {}, now)
        scope = {"raw_path": path.encode(), "query_string": b"", "headers": [(b"authorization", b"Bearer x")]}
        journal.record(scope, V1, call, Answer(200, b"{}"), time(), 0.001, None)


def test_a_list_held_still_stays_as_it_is(page: Page, client: Client) -> None:
    client.get()
    live(page, f"{client.page_url}/journal")
    page.get_by_role("link", name="Hold still").click()
    expect(page.locator("#link")).to_have_text("Live")
    client.get()
    expect(page.locator("#tab-journal .count")).to_have_text("2")
    assert rows(page) == ["request-1"]
    page.get_by_role("link", name="Go live").click()
    expect(page.locator("#request-2")).to_be_visible()
