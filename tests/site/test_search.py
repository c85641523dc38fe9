"""Search with the words of readers, in a real browser: the page about them is among the first three results."""

from collections.abc import Iterator
from typing import Literal
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from tests.site.built import Site, addresses

# What readers look for, and the pages about it. One of them is enough: some things are told for each version.
QUERIES = {
    "updated_since": (
        "running-an-integration/",
        "v3/usage/keeping-data-in-sync/",
    ),
    "per_page": ("running-an-integration/",),
    "QTS": ("ecf-usage/continuing-the-ecf-registration-process/",),
    "pagination": ("running-an-integration/",),
    "docker": (
        "operations/",
        "get-started/",
    ),
    "dotnet": ("sandbox/continuous-integration/",),
    ".NET": ("sandbox/continuous-integration/",),
    "HttpClient": ("sandbox/continuous-integration/",),
    "faraday": ("sandbox/continuous-integration/",),
    "webmock": ("sandbox/continuous-integration/",),
    "vcr": ("sandbox/continuous-integration/",),
    "cohort 2025": ("v3/schedules/",),
    "idempotent": ("ecf-usage/declaring-that-an-ecf-participant-has-started-their-course/",),
    "changelog": ("changelog/",),
    "X-Mock-Rule": (
        "errors/",
        "v3/errors/",
    ),
    "Retry-After": ("running-an-integration/",),
    "differences": ("sandbox/differences/",),
    "test 429": ("sandbox/faults/",),
    "authentication": ("first-steps/",),
    "install": ("get-started/",),
    "bearer token": (
        "first-steps/",
        "sandbox/tokens/",
    ),
    "rate limit": ("running-an-integration/",),
    "time travel": ("sandbox/time/",),
    "X-With-Server-Date": (
        "sandbox/time/",
        "v3/usage/testing-effectively/",
    ),
    "milestone dates": ("schedules/",),
    "defer": ("ecf-usage/notifying-of-deferral/", "v3/usage/updating-participants/"),
    "withdraw": ("ecf-usage/notifying-of-withdrawal/",),
    "void declaration": (
        "ecf-usage/removing-participant-declaration/",
        "v3/usage/declarations/",
    ),
    "clawback": (
        "states/",
        "v3/usage/declarations/",
    ),
    "postman": ("testing/scenarios/",),
    "pytest": ("testing/pytest-plugin/",),
    "github actions": ("sandbox/continuous-integration/",),
    "environment variables": ("settings/",),
    "openapi": (
        "api-reference/reference-v1/",
        "api-reference/reference-v3/",
    ),
    "swagger": (
        "api-reference/reference-v1/",
        "api-reference/reference-v3/",
    ),
    "csv": (
        "ecf-usage/continuing-the-ecf-registration-process/",
        "api-reference/reference-v1/ecf-participants/",
    ),
    "evidence_held": ("ecf-usage/declaring-that-an-ecf-participant-has-retained-their-course/",),
    "partnership": ("v3/usage/partnerships/",),
    "unfunded mentors": ("v3/usage/unfunded-mentors/",),
    "statements": ("v3/usage/statements/",),
    "participant transfers": ("v3/usage/transfers/",),
    "cohort closure": ("v3/usage/cohort-closures/",),
    "timeout": ("sandbox/faults/",),
    "retry": (
        "sandbox/faults/",
        "running-an-integration/",
    ),
    "reset": (
        "sandbox/tokens/",
        "api-reference/control/sandboxes/",
    ),
    "seed data": (
        "sandbox/tokens/",
        "v3/",
    ),
    "422": (
        "errors/",
        "v3/errors/",
    ),
    "what isn't simulated": ("sandbox/differences/",),
    "differences from the real service": ("sandbox/differences/",),
    "kubernetes": ("operations/",),
    "conformance": ("testing/check-a-server/",),
    "go live": ("testing/grade-your-client/",),
    "declaration-date-in-milestone": ("errors/",),
    "eligible_for_funding": (
        "api-reference/reference-v1/schemas/",
        "ecf-usage/continuing-the-ecf-registration-process/",
    ),
    "defer-not-deferred": (
        "errors/",
        "v3/errors/",
    ),
}
_FIRST = 3

# The addresses of the results, in their order.
_RESULTS = """() => [...document.querySelectorAll(".md-search-result__item")]
  .map(item => item.querySelector("a").href.split(/[?#]/)[0])"""
_RESULT = ".md-search-result__item"


@pytest.fixture(scope="module")
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page for all queries: each page that is opened reads the whole index anew."""
    opened = browser.new_page()
    opened.set_default_timeout(60_000)
    opened.goto(f"{site.base_url}?q={quote('declaration')}")
    opened.locator(_RESULT).first.wait_for(state="attached")
    yield opened
    opened.close()


def _search(page: Page, query: str) -> None:
    """Searches as a reader does. The search listens to the release of keys, and empties its list for no words."""
    box = page.get_by_role("textbox", name="Search")
    states: tuple[tuple[str, Literal["detached", "attached"]], ...] = (("", "detached"), (query, "attached"))
    for words, state in states:
        box.fill(words)
        box.dispatch_event("keyup")
        page.locator(_RESULT).first.wait_for(state=state)


@pytest.mark.parametrize("query", QUERIES)
def test_the_page_about_it_is_among_the_first_three(page: Page, site: Site, query: str) -> None:
    _search(page, query)
    found = [address.removeprefix(site.base_url) for address in page.evaluate(_RESULTS)]
    assert set(found[:_FIRST]) & set(QUERIES[query]), found


def test_an_address_may_hold_the_query(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    page.goto(f"{site.base_url}?q={quote('test 429')}")
    page.locator(_RESULT).first.wait_for(state="attached", timeout=60_000)
    assert f"{site.base_url}sandbox/faults/" in page.evaluate(_RESULTS)[:_FIRST]
    page.close()


def test_the_queries_are_about_pages_that_there_are() -> None:
    assert len(QUERIES) >= 40
    assert {address for wanted in QUERIES.values() for address in wanted} <= set(addresses())


def test_every_result_says_its_version(page: Page) -> None:
    _search(page, "declaration")
    articles = page.locator(".md-search-result__article")
    shown = articles.evaluate_all(
        """all => all.map(each => [...each.querySelectorAll(".md-tag")]
          .filter(tag => getComputedStyle(tag).display !== "none").map(tag => tag.textContent))"""
    )
    assert shown
    assert {tuple(tags) for tags in shown} <= {("Version 1",), ("Version 3",), ("Versions 1 and 3",)}
