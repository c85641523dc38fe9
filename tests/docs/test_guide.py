"""The pages of the usage guides, as the build writes them."""

import json
import re

import pytest

from docs.generator.addresses import link
from docs.generator.answers import shortened
from docs.generator.contract import Contract, schema_anchor
from docs.generator.guide import BASE_URL, GUIDES, Guide, answered, sending_of
from docs.generator.navigation import navigation
from docs.generator.snippets import LANGUAGES
from mock_server.harness.exchange import Response
from mock_server.harness.v1.scenarios.sections import USAGE

ECF_USAGE = "ecf-usage/index.md"
V1_GUIDE = GUIDES["v1"]
# The stories in which a token is wrong on purpose.
WRONG_TOKENS = ("errors-token", "token-refused")
TOLD = [guide for guide in GUIDES.values() if guide.sections]


@pytest.fixture
def site(files: dict[str, str]) -> dict[str, str]:
    """Every file: the samples of the requests are checked, too."""
    return files


def anchors(text: str, level: int) -> list[str]:
    return re.findall(rf"^{'#' * level} .*?\{{ #(\S+?)(?: data-search-exclude=\"\")? \}}$", text, re.MULTILINE)


def test_the_guide_has_exactly_its_ten_sections(site: dict[str, str]) -> None:
    assert anchors(site[ECF_USAGE], 2) == [section.anchor for section in USAGE]
    assert len(re.findall(r"^## ", site[ECF_USAGE], re.MULTILINE)) == 10


def test_the_guide_begins_as_readers_of_the_original_expect(site: dict[str, str]) -> None:
    page = site[ECF_USAGE]
    beginning = page.partition("\n## ")[0]
    assert re.search(r"^# ECF usage$", beginning, re.MULTILINE)
    contents = re.findall(r"^- \[(.+)\]\(#(.+)\)$", beginning, re.MULTILINE)
    assert contents == [(section.title, section.anchor) for section in USAGE]
    assert len(contents) == 10
    assert re.findall(r"^## (.+) \{ #.+ \}$", page, re.MULTILINE) == [section.heading for section in USAGE]
    assert "## Notifying that an ECF participant is taking a break from their course { #notifying-of-deferral" in page
    assert "replaced on 28 April 2026" in beginning


@pytest.mark.parametrize("page", [ECF_USAGE, "ecf-usage/continuing-the-ecf-registration-process.md"])
def test_the_first_story_has_its_three_parts_and_the_four_facts(site: dict[str, str], page: str) -> None:
    story = re.split(r"^#{2,3} .+ \{ #registration(?: .*)? \}$", site[page], flags=re.MULTILINE)[1].partition("\n## ")[
        0
    ]
    assert re.findall(r"^#{3,4} (.+) \{ #registration-\S+(?: .*)? \}$", story, re.MULTILINE) == [
        "Provider retrieves ECF participant records",
        "ECF participant enters registration details",
        "Provider refreshes ECF participant records",
    ]
    facts = re.findall(r"^- (.+)$", story, re.MULTILINE)
    assert [fact.partition(":")[0] for fact in facts if not fact.startswith("[")][:2] == [
        "the email address is validated",
        "the TRN is valid",
    ]
    assert "Version 1 has no attribute of its own for it" in story
    assert len(facts) == 4


def test_the_request_of_the_original_is_sent_and_answered() -> None:
    [refresh] = [
        step
        for step in V1_GUIDE.results["registration"].steps
        if step.request.query == (("filter[updated_since]", "2021-05-13T11:21:55Z"),)
    ]
    assert (refresh.request.method, refresh.request.path) == ("GET", "/api/v1/participants/ecf")
    assert refresh.response is not None
    assert refresh.response.status == 200


@pytest.mark.parametrize("guide", TOLD, ids=lambda guide: guide.service.name)
def test_every_story_is_told_on_the_page_of_its_section(site: dict[str, str], guide: Guide) -> None:
    scenarios = guide.scenarios
    assert scenarios
    for scenario in scenarios:
        page = site[guide.page_of(scenario.section)]
        opening = f"## {scenario.title} {{ #{scenario.id} }}"
        if scenario.kind == "refusal":
            opening = f"//// html | details.refusal#{scenario.id}"
        assert f"{opening}\n" in page
        assert re.search(rf"<code>ecf-mock scenarios run (--api \w+ )?{scenario.id}<", page)


@pytest.mark.parametrize("guide", TOLD, ids=lambda guide: guide.service.name)
def test_the_overview_has_the_anchor_of_every_section_story_and_part(site: dict[str, str], guide: Guide) -> None:
    """Bookmarks of the time when the guide was one page still lead to the story, or to the link to it."""
    page = site[guide.overview]
    there = {*re.findall(r" id=\"([^\"]+)\"", page), *re.findall(r"\{ #([^ ]+)", page)}
    for section in guide.sections:
        assert section.anchor in there
        assert f"]({link(guide.overview, guide.page_of(section))})" in page
        below = site[guide.page_of(section)]
        wanted = {*anchors(below, 2), *anchors(below, 3), *re.findall(r"details\.refusal#(\S+)", below)}
        assert wanted - there == set()


@pytest.mark.parametrize("guide", TOLD, ids=lambda guide: guide.service.name)
def test_every_list_or_record_links_to_its_schema_and_its_endpoint(site: dict[str, str], guide: Guide) -> None:
    reference = Contract.named(guide.service.name)
    schemas = set()
    for result in guide.results.values():
        page = guide.page_of(result.scenario.section)
        for (step, response), shown in zip(answered(result), guide.shown_steps(page, result), strict=True):
            if shown.described is None:
                continue
            assert response.json is not None or response.headers["content-type"] == "text/csv"
            assert shown.described.operation.id == step.step.operation
            schemas.add(schema_anchor(shown.described.schema))
            place = link(page, reference.place_of_schema(shown.described.schema))
            assert f"[{shown.described.schema}]({place})" in site[page]
            assert f"]({link(page, reference.place_of(shown.described.operation))})" in site[page]
    assert schemas
    assert guide is not V1_GUIDE or "schema-multipleecfparticipantsresponse" in schemas


@pytest.mark.parametrize("guide", TOLD, ids=lambda guide: guide.service.name)
def test_every_section_links_to_its_operations_in_the_reference(site: dict[str, str], guide: Guide) -> None:
    reference = Contract.named(guide.service.name)
    for section in guide.sections:
        operations = guide.operations_in(section)
        assert operations, section.anchor
        for page in (guide.overview, guide.page_of(section)):
            for operation in operations:
                assert f"]({link(page, reference.place_of(operation))})" in site[page]


def test_the_stories_that_run_anywhere_are_listed_and_a_failed_one_is_shown(site: dict[str, str]) -> None:
    page = site["testing/scenarios.md"]
    listed = re.findall(r"^- `([a-z0-9-]+)`: \[(.+)\]\(\.\./([a-z0-9/-]+\.md)#\1\)$", page, re.MULTILINE)
    told = [(guide, scenario) for guide in GUIDES.values() for scenario in guide.scenarios if scenario.portable]
    assert listed == [(each.id, each.title, guide.page_of(each.section)) for guide, each in told]
    assert {guide for guide, _ in told} == set(GUIDES.values())
    for said in ("requirement: the status is 200", "actual:      401", f"curl '{BASE_URL}/api/v1/", "$TOKEN"):
        assert said in page


def test_the_guide_leaves_authentication_out_and_says_so(site: dict[str, str]) -> None:
    assert "[how to authenticate](../first-steps.md#tokens)" in site[ECF_USAGE]
    for guide in TOLD:
        for result in guide.results.values():
            for step in result.steps:
                for language in LANGUAGES:
                    code = language.write(sending_of(step))
                    # Only a token that is wrong on purpose may be seen.
                    assert "Authorization" not in code or result.scenario.id in WRONG_TOKENS, result.scenario.id


def test_a_long_list_is_shortened_visibly(site: dict[str, str]) -> None:
    pages = "".join(site[V1_GUIDE.page_of(section)] for section in V1_GUIDE.sections)
    assert re.search(r"^ +(<.*>)?// … and \d+ more(<.*>)?$", pages, re.MULTILINE)
    long = Response(200, {"content-type": "text/csv"}, "id\n" + "1\n" * 9)
    assert shortened(long) == "id\n1\n1\n1\n… and 6 more lines"
    short = Response(200, {"content-type": "application/json"}, '{"data": [1, 2, 3]}')
    assert json.loads(shortened(short)) == {"data": [1, 2, 3]}


@pytest.mark.parametrize("guide", TOLD, ids=lambda guide: guide.service.name)
def test_a_page_names_a_file_with_its_requests_in_every_language(site: dict[str, str], guide: Guide) -> None:
    for page in [guide.overview, *(guide.page_of(section) for section in guide.every_section)]:
        samples = json.loads(site[f"assets/samples/{page.removesuffix('.md')}.json"])
        shown = re.findall(r'data-sample="([^"]+)"', site[page])
        assert sorted(samples) == sorted(shown)
        assert all(list(written) == [each.name for each in LANGUAGES] for written in samples.values())


def test_the_navigation_has_the_sections_of_each_guide_in_their_order(site: dict[str, str]) -> None:
    text = json.dumps(navigation(list(site)))
    for guide in TOLD:
        pages = [guide.overview, *(guide.page_of(section) for section in guide.sections)]
        assert json.dumps(pages) in text


@pytest.mark.parametrize("guide", TOLD, ids=lambda guide: guide.service.name)
def test_the_script_of_the_theme_finds_no_block_of_code_to_measure(site: dict[str, str], guide: Guide) -> None:
    """It measures every `pre > code` when a page begins: on the longest page that was half of the longest task."""
    for page in (guide.overview, *(guide.page_of(section) for section in guide.every_section)):
        assert "<pre><span><code>" in site[page]
        assert "<pre><code>" not in site[page]
