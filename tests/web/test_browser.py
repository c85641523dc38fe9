"""The page in real Chromium: live, by keyboard, on a phone, in the dark, and in the hands of hostile clients."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, time
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from mock_server.api.exchange import Answer, Call
from mock_server.app import Application, build_app
from mock_server.control.client import ControlClient, SandboxClient
from mock_server.journal import Journal
from mock_server.sandboxes import Sandbox
from mock_server.serve import base_url, listening_socket, uvicorn_server
from mock_server.settings import Settings
from tests.browser import SCREENS, barriers, chromium, excess, watch

PARTICIPANTS = "/api/v1/participants/ecf"
DECLARATIONS = "/api/v1/participant-declarations"
# Runs wherever a page takes what a client sent for a part of itself.
HOSTILE = "<script>window.ran = true</script><img src=x onerror='window.ran = true'>"
# Each width and each scheme once: colours don't depend on the width.
EXAMINED = {(1440, "light"), (360, "dark")}


@dataclass
class Served:
    application: Application
    url: str


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    yield from serving()


@pytest.fixture(scope="module")
def locked_url() -> Iterator[str]:
    for each in serving(control_token="open sesame"):  # noqa: S106
        yield each.url


def serving(**settings: Any) -> Iterator[Served]:
    listener = listening_socket("127.0.0.1", 0)
    application = build_app(Settings(rate_limit=None, seed="empty", **settings))
    server = uvicorn_server(application)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield Served(application, base_url(listener))
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


class Client:
    """A lead provider's client at work, and the sandbox that it works in."""

    def __init__(self, url: str, sandbox: SandboxClient) -> None:
        self.sandbox = sandbox
        self.url = url
        self.page_url = f"{url}/_mock/ui/sandboxes/{sandbox.id}"
        token = sandbox.get().tokens["alder"]
        self.http = httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"})

    def get(self, path: str = PARTICIPANTS, **options: Any) -> None:
        self.http.get(path, **options)

    def declare(self, **attributes: Any) -> httpx.Response:
        body = {"data": {"type": "participant-declaration", "attributes": attributes}}
        return self.http.post(DECLARATIONS, json=body)

    def hostile(self) -> str:
        """Sends what is meant to run in every place that the page shows, in five requests; the participant's id."""
        id = self.sandbox.add_participant(
            provider="alder", participant_type="ect", cohort="2021", full_name=HOSTILE, email="a'b\"@example.org"
        ).id
        self.get(f"{PARTICIPANTS}/{id}", headers={"x-odd": HOSTILE})
        self.get(f"/{HOSTILE}", params={HOSTILE: HOSTILE})
        self.declare(declaration_type=HOSTILE, participant_id=id, **{HOSTILE: HOSTILE})
        self.http.post(DECLARATIONS, content=f"{HOSTILE}\r\ndata: x\r\revent: gone\r\r")
        self.sandbox.replace_faults(
            [
                {
                    "match": {"path": f"/{HOSTILE}"},
                    "respond": {"status": 422, "body": HOSTILE, "headers": {"X-Odd": HOSTILE}},
                }
            ]
        )
        self.get(f"/{HOSTILE}")
        return id

    def paid(self) -> None:
        """Makes one participant's life visible everywhere: declared, payable, paid, voided, and one to be paid."""
        for months in ("P1M", "P0D"):
            id = self.sandbox.add_participant(
                provider="alder", participant_type="ect", cohort="2021", eligible_for_funding=True
            ).id
            made = self.declare(
                participant_id=id,
                declaration_type="started",
                declaration_date="2021-11-19T09:00:00Z",
                course_identifier="ecf-induction",
            )
            self.sandbox.advance(months)
            if months == "P1M":
                self.http.put(f"{DECLARATIONS}/{made.json()['data']['id']}/void")


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    with ControlClient(served.url) as control:
        made = control.create_sandbox(clock={"now": "2021-11-20T09:00:00Z", "running": False})
        client = Client(served.url, control.sandbox(made.id))
        yield client
        client.http.close()
        control.sandbox(made.id).delete()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(5000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def live(page: Page, address: str) -> None:
    """Opens a view and waits until it is in touch with the mock."""
    page.goto(address)
    expect(page.locator("#link")).to_have_text("Live")


# -- every view ----------------------------------------------------------------------------------

VIEWS = [
    *("journal", "journal?entry=3", "participants", "participants/ID", "clock", "faults", "readiness", "sandboxes"),
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


@pytest.mark.parametrize("view", ["journal", "participants", "clock", "faults", "readiness", "sandboxes"])
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
TABS = ["journal", "participants", "clock", "faults", "readiness", "sandboxes"]


# -- the journal ---------------------------------------------------------------------------------


def rows(page: Page) -> list[str]:
    return [row.get_attribute("id") or "" for row in page.locator("#entries > li").all()]


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
    assert copied.startswith(f"curl {client.url}{DECLARATIONS}")
    assert '--header "Authorization: Bearer $TOKEN"' in copied
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
    for view in ("participants", f"participants/{id}", "faults", "readiness", "sandboxes"):
        live(page, f"{client.page_url}/{view}")
    live(page, f"{client.page_url}/participants/{id}")
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    assert page.title().startswith("<script>")
    client.sandbox.set_status(id, "withdrawn")
    expect(page.get_by_text("Removed by the school")).to_be_visible()
    assert page.evaluate("window.ran") is None
    assert seen.messages == []
    assert seen.foreign == []


def test_it_stays_usable_with_ten_thousand_requests(page: Page, served: Served, client: Client) -> None:
    journal = sandbox_of(served, client).journal
    fill(journal, 9_900)
    begun = monotonic()
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
    page.get_by_label("Only those").select_option("contract")
    expect(page.locator("#request-9850")).to_be_visible()
    assert rows(page) == [f"request-{id}" for id in range(9_900, 4_900, -50)]
    assert monotonic() - begun < 15


def sandbox_of(served: Served, client: Client) -> Sandbox:
    sandbox = served.application.registry.get(client.sandbox.id)
    assert sandbox is not None
    return sandbox


def fill(journal: Journal, count: int) -> None:
    """So many requests, as if they had come in: one in fifty breaks the contract."""
    now = datetime.now(UTC)
    for number in range(count):
        path = f"/api/v1/{'participant' if number % 50 == 49 else 'participants/ecf'}"
        call = Call("GET", path, None, now, {})
        scope = {"raw_path": path.encode(), "query_string": b"", "headers": [(b"authorization", b"Bearer x")]}
        journal.record(scope, call, Answer(200, b"{}"), time(), 0.001, None)


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


# -- the other views -----------------------------------------------------------------------------


def test_the_clock_jumps_by_keyboard_and_says_so(page: Page, client: Client) -> None:
    live(page, f"{client.page_url}/clock")
    page.get_by_label("Or exactly").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("P1Y")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Time has passed.")).to_be_focused()
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
    page.get_by_label("So many times").fill("2")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("fault-1: struck 0 of 2 times")).to_be_visible()
    assert client.http.get(PARTICIPANTS).status_code == 429
    expect(page.get_by_text("fault-1: struck 1 of 2 times")).to_be_visible()
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


def test_a_person_is_found_and_followed(page: Page, client: Client) -> None:
    id = client.sandbox.add_participant(
        provider="alder", participant_type="ect", cohort="2021", full_name="Zenobia Quickly", eligible_for_funding=True
    ).id
    live(page, f"{client.page_url}/participants")
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
    page.get_by_label("Id").fill("made-here")
    page.get_by_label("Starts with").select_option("empty")
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
    expect(page.get_by_text("The sandbox is gone.")).to_be_visible()
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
