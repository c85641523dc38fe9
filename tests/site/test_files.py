"""The files of the built site: their HTML, every link, and every file that a page loads."""

import json
import re
import struct
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from mkdocs.utils.yaml import yaml_load

from docs.generator.addresses import address as address_of
from docs.generator.site import page_files
from tests.site.built import REPOSITORY, ROOT, Site, SitePage, addresses


def _file(site: Site, path: str) -> Path:
    file = site.folder / unquote(path).lstrip("/")
    return file / "index.html" if file.is_dir() else file


def _broken(site: Site, address: str, link: str) -> str | None:
    """What is wrong with a link; None for a good one, and for one that leaves the site."""
    url = urlsplit(urljoin(site.base_url + address, link))
    if not url.geturl().startswith(site.base_url):
        return None
    file = _file(site, url.path)
    if not file.is_file():
        return f"{link}: there is no {url.path}"
    if file.suffix == ".html" and url.fragment:
        page = next((page for page in site.pages.values() if page.file == file), None) or SitePage(file)
        if unquote(url.fragment) not in page.ids:
            return f"{link}: {url.path} has no #{url.fragment}"
    return None


@pytest.mark.parametrize("address", addresses())
def test_every_link_leads_to_a_page_and_a_place_on_it(site: Site, address: str) -> None:
    page = site.pages[address]
    assert [wrong for link in page.links if (wrong := _broken(site, address, link))] == []


@pytest.mark.parametrize("address", addresses())
def test_every_element_ends_where_it_should(site: Site, address: str) -> None:
    assert site.pages[address].misplaced[:3] == []


@pytest.mark.parametrize("address", addresses())
def test_no_id_is_given_twice(site: Site, address: str) -> None:
    ids = site.pages[address].ids
    assert sorted({name for name in ids if ids.count(name) > 1}) == []


@pytest.mark.parametrize("address", addresses())
def test_what_a_page_loads_is_part_of_the_site(site: Site, address: str) -> None:
    loaded = [urljoin(site.base_url + address, name) for name in site.pages[address].loaded]
    assert [url for url in loaded if not url.startswith(site.base_url)] == []
    assert [url for url in loaded if not _file(site, urlsplit(url).path).is_file()] == []


def test_every_page_is_in_the_navigation(site: Site) -> None:
    """Each page's navigation shows the pages around it, so from the first page all are reached, step by step."""
    reached, found = {""}, [""]
    while found:
        address = found.pop()
        links = site.pages[address].navigation
        there = {urljoin(site.base_url + address, link).partition("#")[0].removeprefix(site.base_url) for link in links}
        new = there & set(site.pages) - reached
        reached |= new
        found += new
    assert set(addresses()) - reached == set()
    assert sorted(site.pages) == sorted(addresses())


def test_an_unknown_address_isnt_a_dead_end(site: Site) -> None:
    page = SitePage(site.folder / "404.html")
    assert page.misplaced == []
    # Wherever the unknown address was: the links are those of the whole site.
    links = [link for link in page.links if link.startswith("/") and link != "/"]
    assert {"/get-started/", "/first-steps/", "/v3/", "/ecf-usage/", "/v3/usage/", "/errors/", "/v3/errors/"} <= set(
        links
    )
    assert [link for link in links if not _file(site, urlsplit(link).path).is_file()] == []


def test_each_page_has_a_description_of_its_own(site: Site) -> None:
    descriptions = {}
    for address, page in site.pages.items():
        text = page.file.read_text()
        found = re.search(r'<meta name="description" content="([^"]+)">', text)
        assert found, address
        assert f'<meta property="og:description" content="{found[1]}">' in unescape(text)
        descriptions[address] = found[1]
    assert len(set(descriptions.values())) == len(descriptions)


def _address() -> str:
    """Where the site is said to be. It ends in a slash."""
    with (ROOT / "mkdocs.yml").open() as stream:
        return str(yaml_load(stream)["site_url"])


def test_a_shared_link_shows_a_card_with_the_address_of_the_site(site: Site) -> None:
    address = _address()
    picture = site.folder / "assets" / "social-card.png"
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (1200, 630)
    for below, page in site.pages.items():
        text = page.file.read_text()
        assert f'<meta property="og:url" content="{address}{below}">' in text
        assert f'<meta property="og:image" content="{address}assets/social-card.png">' in text


def test_the_site_map_has_every_page_with_the_day_of_its_last_change(site: Site) -> None:
    address = _address()
    found = dict(re.findall(r"<loc>(.*?)</loc>\s*<lastmod>(.*?)</lastmod>", (site.folder / "sitemap.xml").read_text()))
    assert sorted(found) == sorted(address + below for below in site.pages)
    for below, page in site.pages.items():
        changed = re.search(r"Last changed on (\d+ \w+ \d+)", page.file.read_text())
        if changed is not None:
            assert datetime.strptime(changed[1], "%d %b %Y").date().isoformat() == found[address + below]


def test_each_page_says_where_to_edit_it(site: Site) -> None:
    for below, page in site.pages.items():
        found = re.search(rf'<a class="edit" href="{REPOSITORY}/(edit|tree)/main/(.+?)">', page.file.read_text())
        assert found, below
        source = ROOT / found[2]
        assert source.is_file() if found[1] == "edit" else source.is_dir(), source


def test_every_place_that_search_knows_is_there(site: Site) -> None:
    known = json.loads((site.folder / "search" / "search_index.json").read_text())["docs"]
    places = [each["location"].partition("#") for each in known]
    assert len(places) > 1000
    missing = [f"{page}#{name}" for page, _, name in places if name and unquote(name) not in site.pages[page].ids]
    assert missing == []


def test_each_page_stands_as_markdown_beside_itself(site: Site) -> None:
    index = (site.folder / "llms.txt").read_text()
    for address, page in site.pages.items():
        [beside] = [file for file in page_files() if address_of(file) == address]
        text = (site.folder / beside).read_text()
        assert re.search(r"^# \S", text, re.MULTILINE), beside
        outside = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
        assert re.findall(r"</?(?:div|span|section|details|p|pre)\b", outside) == [], beside
        assert f"]({beside}): " in index
        linked = re.search(r'<a href="([^"]+)">This page as Markdown</a>', page.file.read_text())
        assert linked
        assert urljoin(site.base_url + address, linked[1]) == site.base_url + beside


def test_words_of_the_markdown_dont_stick_together(site: Site) -> None:
    text = (site.folder / "api-reference" / "control" / "clock.md").read_text()
    assert "sandbox path, SandboxId required\n\nThe sandbox's id." in text
    states = (site.folder / "v3" / "states.md").read_text()
    assert "States of a declaration: A new declaration is submitted or eligible." in states


def test_the_markdown_of_a_story_has_request_and_answer(site: Site) -> None:
    text = (site.folder / "ecf-usage" / "notifying-of-deferral.md").read_text()
    story = text.partition("A participant takes a break")[2]
    assert "```\ncurl -X PUT http://127.0.0.1:8080/api/v1/participants/ecf/" in story
    assert '"training_status": "deferred"' in story
