"""The way from version 1 to version 3: every call of version 1 is on the page, beside version 3's."""

import re
from dataclasses import replace
from html import unescape

import pytest
from click.testing import CliRunner

from docs.generator.v3 import from_v1
from mock_server.cli import main
from mock_server.http.contract import Routes, operations
from mock_server.resources import resource
from mock_server.v1.service import V1
from mock_server.v3.service import V3


@pytest.fixture(scope="module")
def page(site: dict[str, str]) -> str:
    return site["v3/from-v1.md"]


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def _pairs(page: str) -> list[list[str]]:
    """The four cells of each pair as text: both requests, both answers."""
    sections = re.findall(r'<section class="pair".*?</section>', page, re.DOTALL)
    return [[_plain(cell) for cell in each.split('<div class="cell">')[1:]] for each in sections]


def _requested(cell: str) -> tuple[str, str]:
    """The method and the path of a request in curl."""
    method = re.search(r"curl(?: -g)? -X ([A-Z]+)", cell)
    path = re.search(r"127\.0\.0\.1:8080(/api/v\d/[^\s?'\"]+)", cell)
    assert path, cell
    return method[1] if method else "POST" if "--data" in cell else "GET", path[1]


def test_each_pair_has_both_requests_and_then_both_answers(page: str) -> None:
    pairs = _pairs(page)
    assert len(pairs) >= 16
    for cells in pairs:
        versions = [re.match(r"version (\d) (request|answer)", " ".join(cell.split())) for cell in cells]
        assert [found and found.groups() for found in versions] == [
            ("1", "request"),
            ("3", "request"),
            ("1", "answer"),
            ("3", "answer"),
        ]
        assert _requested(cells[0])[1].startswith("/api/v1/")
        assert _requested(cells[1])[1].startswith("/api/v3/")
        assert all("HTTP/1.1 " in cell for cell in cells[2:])
    # Readers compare, so nothing is folded.
    assert "<details" not in "".join(re.findall(r'<section class="pair".*?</section>', page, re.DOTALL))


def test_every_call_of_version_1_is_beside_its_call_of_version_3(page: str) -> None:
    routes = Routes(V1.contract)
    met = {routes.operation_id(*_requested(cells[0])) for cells in _pairs(page)}
    current = {each.id for each in operations(V1.contract) if not each.definition.get("deprecated")}
    # The two files of comma-separated values are gone in the same way.
    assert current - met == {"listParticipantDeclarationsCsv"}


def test_every_call_of_version_3_that_version_1_has_not_is_listed(page: str) -> None:
    in_pairs = {Routes(V3.contract).operation_id(*_requested(cells[1])) for cells in _pairs(page)}
    part = page.partition("## New { #new }")[2]
    for operation in operations(V3.contract):
        path = operation.path.removeprefix("/api/v3")
        assert operation.id in in_pairs or f"`{operation.method} {path}`" in part, operation.id


def test_every_item_of_the_list_leads_to_its_section(page: str) -> None:
    items = re.findall(r'<input type="checkbox" id="([^"]+)".*?<label for="([^"]+)">.+?<a href="#([^"]+)">', page)
    assert len(items) >= 25
    assert all(box == label for box, label, _ in items)
    sections = set(re.findall(r"\{ #([a-z-]+) \}$", page, re.MULTILINE))
    assert {anchor for _, _, anchor in items} <= sections
    # No part of the way is missing in the list.
    assert set(re.findall(r"^### .* \{ #([a-z-]+) \}$", page, re.MULTILINE)) <= {anchor for _, _, anchor in items}


@pytest.mark.parametrize(("name", "old", "new"), [(n, r.v1, r.v3) for n, r in from_v1.RECORDS.items()])
def test_every_attribute_of_version_1_has_its_place_or_is_gone(page: str, name: str, old: str, new: str) -> None:
    attributes = V1.contract["components"]["schemas"][old]["properties"]
    for attribute in attributes:
        assert re.search(rf"^\| `{attribute}` \| .+ \|$", page, re.MULTILINE), attribute
    for attribute in V3.contract["components"]["schemas"][new]["properties"]:
        assert f"`{attribute}" in page, attribute
    assert [attribute for attribute, _ in from_v1.kept(name)] == list(attributes)


def test_an_attribute_that_nobody_explains_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = replace(from_v1.RECORDS["declaration"], instead={})
    monkeypatch.setitem(from_v1.RECORDS, "declaration", broken)
    with pytest.raises(LookupError, match="eligible_for_payment"):
        from_v1.kept("declaration")


@pytest.mark.parametrize(
    "said",
    [
        # The rows of the fact sheet, in its order.
        "https://www.register-early-career-teachers.education.gov.uk/api/v3",
        "application/vnd.api+json",
        "There is no CSV",
        "participant_id_changes",
        "never `withdrawn`|`joining`, `active`, `leaving` or `left`",
        "teacher_reference_number_validated` | gone",
        "deferral",
        "training_record_id",
        "working_pattern",
        "filter[training_status]",
        "filter[from_participant_id]",
        "sort=updated_at",
        "is 422 in version 1, and 404 in version 3",
        "participant_profile",
        "school-left-fip",
        "started-in-error",
        "changed-lead-provider",
        "Version 3 does, from the day after the withdrawal on",
        "on the first day of a training period",
        "declarations outside the new schedule don't block the change",
        "three values. Version 3 has seven",
        "clawback_statement_id",
        "In version 3 you can also read each alone",
        "participant_declaration_id",
        "Version 3 refuses it",
        "unfunded mentors",
        "only what changed after the moment",
        "1 September | 1 June",
        "/unfunded-mentors/ecf",
        "participants_currently_training",
    ],
)
def test_every_change_of_the_fact_sheet_is_told(page: str, said: str) -> None:
    text = " ".join(page.split())
    assert any(each in text for each in said.split("|") if each.strip()) or said in text


def test_the_page_of_changes_shows_what_the_command_prints(site: dict[str, str]) -> None:
    printed = CliRunner().invoke(main, ["diff", *(str(resource(f"openapi/{name}.yaml")) for name in ("v1", "v3"))])
    block = re.search(r"<pre><code>(.*?)\n</code></pre>", site["v3/contract-changes.md"], re.DOTALL)
    assert block
    assert unescape(block[1]).splitlines() == printed.output.splitlines()
