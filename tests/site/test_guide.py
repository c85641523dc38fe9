"""The guides in a real browser: samples in the chosen language, folded answers, print."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from docs.generator.guide import GUIDES
from docs.generator.snippets import LANGUAGES
from tests.browser import Scheme
from tests.site.built import Site

# What the guide may be long on paper, in sheets of A4. When each language was printed, it was 451.
_SHEETS = 40


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context(base_url=site.light_url, color_scheme="light")
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


# For each name in a sentence: its text, on how many lines it is, and whether what follows is on its last line.
_NAMES = """() => [...document.querySelectorAll(":is(p, li, dd) > code.name")].map(name => {
  const range = document.createRange();
  const following = name.nextSibling;
  const isMark = following?.nodeType === Node.TEXT_NODE && /^[.,:;]/.test(following.data);
  if (isMark) { range.setStart(following, 0); range.setEnd(following, 1); }
  const apart = isMark && range.getBoundingClientRect().top > name.getBoundingClientRect().bottom;
  return [name.textContent, name.getClientRects().length, apart];
})"""


@pytest.mark.parametrize("address", ["v3/usage/declarations/", "v3/from-v1/"])
def test_a_name_and_the_mark_after_it_are_not_torn_apart_on_a_narrow_screen(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto(address)
    names: list[tuple[str, int, bool]] = page.evaluate(_NAMES)
    assert len(names) > 40
    assert [name for name, lines, apart in names if lines != 1 or apart] == []


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


def test_a_page_and_a_search_result_say_which_version_they_are_about(page: Page, site: Site) -> None:
    for address, version in (("errors/", "Version 1"), ("v3/errors/", "Version 3"), ("settings/", "Versions 1 and 3")):
        page.goto(site.base_url + address)
        expect(page.locator("main .version")).to_have_text(version)
        expect(page).to_have_title(re.compile(f"Error catalogue.*{version}|Settings, {version}", re.IGNORECASE))
    page.get_by_role("textbox", name="Search").press_sequentially("error catalogue")
    results = page.locator(".md-search-result__item")
    for version in ("Version 1", "Version 3"):
        of_version = results.filter(has_text="Error catalogue").locator(f".md-tag:visible >> text={version}")
        expect(of_version.first).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("address", ["api-reference/reference-v1/answers/", "api-reference/reference-v3/participants/"])
def test_a_place_of_the_reference_that_search_knows_comes_into_view(page: Page, site: Site, address: str) -> None:
    known = json.loads((site.folder / "search" / "search_index.json").read_text())["docs"]
    places = [each["location"].partition("#")[2] for each in known if each["location"].startswith(f"{address}#")]
    assert len(places) >= 5
    page.goto(address)
    for place in places:
        page.evaluate("place => { location.hash = place }", place)
        expect(page.locator(f"[id='{place}']")).to_be_in_viewport()


# A place and the window agree when its top is below the header, as far as it asks for, for three pictures in a row.
_ARRIVED = """id => {
  const place = document.getElementById(id);
  const left = place.getBoundingClientRect().top - parseFloat(getComputedStyle(place).scrollMarginTop);
  const { scrollTop, scrollHeight } = document.documentElement;
  const there = Math.abs(left) <= 2 || (left > 0 && scrollTop + innerHeight >= scrollHeight - 2);
  window.arrivals = there ? (window.arrivals || 0) + 1 : 0;
  return window.arrivals >= 3;
}"""
_LAID_OUT = "each => each.firstElementChild.checkVisibility({ contentVisibilityAuto: true })"


@pytest.mark.parametrize(
    ("address", "long"),
    [("api-reference/reference-v3/schemas/", ".properties"), ("v3/usage/declarations/", ".exchange:visible")],
)
def test_a_long_page_lays_out_what_is_near_and_a_link_leads_exactly_to_its_place(
    page: Page, address: str, long: str
) -> None:
    page.goto(address, wait_until="networkidle")
    assert page.locator(long).first.evaluate(_LAID_OUT)
    assert not page.locator(long).last.evaluate(_LAID_OUT)
    places = page.locator("h2[id]").evaluate_all("all => all.map(each => each.id)")
    # Past parts that nobody has seen, and back.
    far = len(places) * 2 // 3
    for place in (*places[far::4], *places[1:far:6]):
        page.evaluate("place => { location.hash = place; window.arrivals = 0 }", place)
        page.wait_for_function(_ARRIVED, arg=place)
    page.goto("about:blank")
    page.goto(f"{address}#{places[far]}")
    page.wait_for_function(_ARRIVED, arg=places[far])
    # On paper nothing is left out.
    page.emulate_media(media="print")
    assert page.locator(long).last.evaluate(_LAID_OUT)


# Contrast as WCAG counts it, between the icon of a button and the background behind it.
_CONTRAST = """button => {
  const lightness = colour => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(part => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const icon = lightness(getComputedStyle(button, "::before").backgroundColor);
  const ground = lightness(getComputedStyle(button.closest(".highlight")).backgroundColor);
  return (Math.max(icon, ground) + 0.05) / (Math.min(icon, ground) + 0.05);
}"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_button_that_copies_can_be_seen_and_covers_no_text(
    browser: Browser, site: Site, width: int, scheme: Scheme
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{site.light_url}ecf-usage/notifying-of-deferral/")
    blocks = page.locator(".highlight:visible")
    assert blocks.count() > 5
    for block in blocks.all():
        # It comes when the block is near the window.
        block.scroll_into_view_if_needed()
        button = block.locator("> button")
        expect(button).to_be_visible()
        assert button.evaluate(_CONTRAST) >= 4.5
        box, code = button.bounding_box(), block.locator("> pre").bounding_box()
        assert box is not None
        assert code is not None
        assert code["x"] + code["width"] <= box["x"] + 0.5
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_an_answer_is_wrapped_and_never_cut_off(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("ecf-usage/declaring-that-an-ecf-participant-has-started-their-course/#declare-started-outside")
    for code in page.locator(".answer code:visible").all():
        assert code.evaluate("each => each.scrollWidth - each.clientWidth") <= 0
