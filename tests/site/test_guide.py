"""The guides in a real browser: samples in the chosen language, folded answers, print."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from docs.generator.guide import GUIDES
from docs.generator.snippets import LANGUAGES
from tests.site.built import Site

# What the guide may be long on paper, in sheets of A4. When each language was printed, it was 451.
_SHEETS = 40


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(base_url=site.base_url, color_scheme="light")
    yield context.new_page()
    context.close()


def test_printing_the_guide_gives_one_language(page: Page) -> None:
    page.goto("ecf-usage/", wait_until="networkidle")
    page.get_by_role("button", name="Python", exact=True).first.click()
    expect(page.locator(".sample").last).to_contain_text("import httpx")
    page.emulate_media(media="print")
    shown = page.locator(".sample:visible").all_inner_texts()
    assert len(shown) >= 10
    # The names of the languages, which are for choosing, aren't printed either.
    assert all(text.startswith("import httpx") for text in shown)
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert sheets <= _SHEETS


def test_a_long_answer_is_folded_and_a_refusal_never_is(page: Page) -> None:
    page.goto("ecf-usage/continuing-the-ecf-registration-process/")
    folded = page.locator("details.answer:visible").first
    expect(folded.locator("summary")).to_have_text(re.compile(r"HTTP/1.1 200 OK, \d+ lines"))
    expect(folded.locator("pre")).to_be_hidden()
    folded.locator("summary").click()
    expect(folded.locator("pre")).to_be_visible()
    expect(page.locator("details.answer", has_text="HTTP/1.1 4")).to_have_count(0)


@pytest.mark.parametrize("address", ["api-reference/reference-v1/ecf-participants/", "api-reference/control/clock/"])
def test_the_reference_has_each_request_in_every_language(page: Page, address: str) -> None:
    page.goto(address)
    sample = page.locator(".sample").nth(1)
    texts = set()
    for language in LANGUAGES:
        sample.get_by_role("button", name=language.name, exact=True).click()
        expect(sample.get_by_role("button", name=language.name, exact=True)).to_have_attribute("aria-pressed", "true")
        texts.add(sample.locator("code").inner_text())
    assert len(texts) == len(LANGUAGES)


@pytest.mark.parametrize("version", list(GUIDES))
def test_a_bookmark_of_a_story_on_the_first_page_still_leads_to_it(page: Page, version: str) -> None:
    guide = GUIDES[version]
    scenario = next(each for each in guide.scenarios if each.kind == "refusal")
    page.goto(f"{guide.folder}/#{scenario.id}")
    entry = page.locator(f"li[id='{scenario.id}']")
    expect(entry).to_be_in_viewport()
    entry.get_by_role("link").click()
    expect(page.locator(f"details[id='{scenario.id}']")).to_have_attribute("open", "")


def test_a_page_and_a_search_result_say_which_version_they_are_about(page: Page) -> None:
    for address, version in (("errors/", "Version 1"), ("v3/errors/", "Version 3"), ("settings/", "Versions 1 and 3")):
        page.goto(address)
        expect(page.locator("main .version")).to_have_text(version)
        expect(page).to_have_title(re.compile(f"Error catalogue.*{version}|Settings, {version}", re.IGNORECASE))
    page.get_by_role("textbox", name="Search").press_sequentially("error catalogue")
    results = page.locator(".md-search-result__item")
    for version in ("Version 1", "Version 3"):
        of_version = results.filter(has_text="Error catalogue").locator(f".md-tag:visible >> text={version}")
        expect(of_version.first).to_be_visible(timeout=20_000)
