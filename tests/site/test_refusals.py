"""The `Link` of a refusal, followed in a browser: the story that shows the refusal is open and in view."""

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser, Page, expect

from docs.generator.guide import GUIDES, answered
from mock_server.harness.scenarios.runner import RULE_HEADER
from mock_server.settings import DOCS_PREFIX
from tests.site.built import Site

_HEIGHT = 900
# Where the tops of elements are, in pixels below the top of the window.
_TOPS = "all => all.map(each => each.getBoundingClientRect().top)"


def links(version: str) -> Mapping[str, str]:
    """By the rule: the address to which a real mock's refusal links, without the address of the documentation.

    A refusal links for the first of its rules. Some rules are first in no story: theirs is the link of a refusal that
    names them, too.
    """
    first: dict[str, str] = {}
    also: dict[str, str] = {}
    for result in GUIDES[version].results.values():
        for _, response in answered(result):
            rules = response.headers.get(RULE_HEADER, "").split(", ")
            link = re.fullmatch(r'<([^>]+)>; rel="help"', response.headers.get("link", ""))
            if link is not None:
                address = link[1].partition(f"{DOCS_PREFIX}/")[2]
                first.setdefault(rules[0], address)
                for rule in rules:
                    also.setdefault(rule, address)
    return also | first


def _shows(page: Page, rule: str) -> bool:
    """Whether a refusal by `rule` can be seen in the window."""
    named = page.locator(".answer.refused:visible", has_text=re.compile(rf"X-Mock-Rule: (.*, )?{rule}(,|\n)"))
    return any(0 <= top < _HEIGHT for top in named.evaluate_all(_TOPS))


@pytest.mark.parametrize("version", list(GUIDES))
def test_the_link_of_every_rule_leads_to_the_open_story(browser: Browser, site: Site, version: str) -> None:
    addresses = links(version)
    assert set(addresses) == set(GUIDES[version].service.catalogue)
    page = browser.new_page(viewport={"width": 1280, "height": _HEIGHT})
    page.set_default_timeout(60_000)
    hidden = []
    # In this order most steps lead to another place of the same page, as when readers follow one link after another.
    for rule, address in sorted(addresses.items(), key=lambda item: item[1]):
        page.goto(site.light_url + address)
        target = page.locator(f"[id='{address.partition('#')[2]}']")
        expect(target).to_have_count(1)
        for fold in target.locator("xpath=ancestor-or-self::details").all():
            expect(fold).to_have_attribute("open", "")
        if not _shows(page, rule):
            hidden.append(f"{rule}: {address}")
    page.close()
    assert hidden == []
