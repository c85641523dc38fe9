"""Send a request of the reference from the page to a real mock, which the site is another origin for."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from mock_server.own_server import own_server
from mock_server.settings import GivenSettings
from tests.site.built import Site

REFERENCE = "api-reference/reference-v1/ecf-participants/"
# In milliseconds: what a busy machine may take.
PATIENCE = 30_000


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(base_url=site.light_url)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def test_a_request_is_sent_to_the_mock_and_both_are_remembered(page: Page, site: Site) -> None:
    with own_server(GivenSettings(docs_url=site.light_url)) as mock:
        page.goto(REFERENCE)
        fold = page.locator("details.try").first
        fold.locator("summary").click()
        fold.get_by_label("Mock").fill(mock)
        fold.get_by_label("Token").fill("birch-token")
        fold.get_by_label("Token").blur()
        send = fold.get_by_role("button", name="Send")
        expect(send).to_be_enabled(timeout=PATIENCE)
        send.click()
        expect(fold.locator("pre")).to_contain_text('HTTP/1.1 200\n\n{\n  "data": [', timeout=PATIENCE)
        page.goto("api-reference/reference-v3/participants/")
        other = page.locator("details.try").first
        other.locator("summary").click()
        expect(other.get_by_label("Mock")).to_have_value(mock, timeout=PATIENCE)
        expect(other.get_by_label("Token")).to_have_value("birch-token")


def test_where_no_mock_answers_nothing_can_be_sent(page: Page) -> None:
    page.goto(REFERENCE)
    fold = page.locator("details.try").first
    fold.locator("summary").click()
    # A port on which nothing listens.
    fold.get_by_label("Mock").fill("http://127.0.0.1:9")
    fold.get_by_label("Token").focus()
    expect(fold.get_by_role("status")).to_contain_text("No mock answers at http://127.0.0.1:9", timeout=PATIENCE)
    expect(fold.get_by_role("button", name="Send")).to_be_disabled()


@pytest.mark.parametrize(
    ("docs_url", "origin", "path", "allowed"),
    [
        ("https://docs.example/ecf/", "https://docs.example", "/api/v1/participants/ecf", True),
        ("https://docs.example/ecf/", "https://docs.example", "/api/v3/participants", True),
        ("https://docs.example/ecf/", "https://other.example", "/api/v1/participants/ecf", False),
        ("https://docs.example/ecf/", "https://docs.example", "/_mock/sandboxes", False),
        (None, "https://docs.example", "/api/v1/participants/ecf", False),
    ],
)
def test_only_the_origin_of_the_documentation_may_read_answers_and_only_of_the_services(
    docs_url: str | None, origin: str, path: str, allowed: bool
) -> None:
    given = GivenSettings(docs_url=docs_url) if docs_url else GivenSettings()
    with own_server(given) as mock:
        answer = httpx.get(f"{mock}{path}", headers={"Origin": origin, "Authorization": "Bearer alder-token"})
        asked = httpx.options(
            f"{mock}{path}",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "PUT",
                "Access-Control-Request-Headers": "authorization",
            },
        )
    for each in (answer, asked):
        assert each.headers.get("access-control-allow-origin") == (origin if allowed else None)
    assert (asked.status_code == 200) == allowed
