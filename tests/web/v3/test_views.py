"""The views of v3: people, schools, statements and cohorts, with what was done to each."""

import re
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from mock_server.v3.service import V3
from tests.web.conftest import Site, text_of
from tests.web.v3.acts import URN, done, register

SCRIPT = "<script>alert(1)</script>"


def shown(page: str) -> list[str]:
    """The ids of the people in a list, in its order."""
    return re.findall(r'id="person-([^"]+)"', page)


async def test_people_are_found_by_name_number_provider_role_and_status(site: Site) -> None:
    ect = await register(site, full_name="Zenobia Quickly", provider="alder", teacher_reference_number="7654321")
    mentor = await register(site, role="mentor", full_name="Mo Mentor", provider="birch", started_on="2026-03-01")
    cases: list[tuple[dict[str, str], list[str]]] = [
        ({}, [mentor, ect]),
        ({"q": "quickly zen"}, [ect]),
        ({"q": "7654321"}, [ect]),
        ({"q": URN}, [mentor, ect]),
        ({"provider": "birch"}, [mentor]),
        ({"role": "ect"}, [ect]),
        ({"status": "joining"}, [mentor]),
        ({"status": "active", "role": "mentor", "provider": "alder"}, []),
        ({"status": "withdrawn"}, []),
    ]
    for query, expected in cases:
        page = (await site.see("v3/people", params=query)).text
        assert shown(page) == expected, query
    assert "Nobody fits." in page


async def test_the_list_of_people_is_bounded(guide: Site) -> None:
    first = await guide.see("v3/people")
    assert len(shown(first.text)) == 50
    assert "page 1 of" in first.text
    second = shown((await guide.see("v3/people", params={"page": "2", "q": ""})).text)
    assert not set(second) & set(shown(first.text))


async def test_a_life_is_told_in_london_days(site: Site) -> None:
    mentor = await register(site, role="mentor", full_name="Mo Mentor")
    id = await register(site, full_name="Rosa Lindqvist", provider="alder", started_on="2025-09-01")
    await done(site, "mentor", id, id=id, mentor_id=mentor)
    await done(site, "induction", id, id=id, started_on="2025-09-01")
    await done(site, "departure", id, id=id, role="ect", on="2026-03-27")
    answer = await site.see(f"v3/people/{id}")
    titles = [" ".join(title.split()) for title in re.findall(r'<p class="title">(.*?)[<]', answer.text, re.DOTALL)]
    assert titles == [
        *("Joins as ECT", "Expression of interest as ECT", "Induction starts", "Has a mentor"),
        *("Eligible for funding as ECT", "Mentor gone", "Training as ECT ends", "Leaves as ECT"),
    ]
    page = text_of(answer)
    assert "Leaves as ECT expected 27 Mar 2026" in page
    assert "Joins as ECT 1 Sep 2025" in page
    assert f"<title>Rosa Lindqvist · {site.id} · ecf-mock</title>" in answer.text


async def test_a_moment_before_london_s_midnight_is_told_on_its_day(site: Site) -> None:
    # 23:30 UTC is half past midnight of the next day in London's summer.
    await site.control("PUT", "/clock", {"now": "2026-06-10T23:30:00Z"})
    id = await register(site, started_on="2026-06-11")
    assert "Joins as ECT 11 Jun 2026" in text_of(await site.see(f"v3/people/{id}"))
    assert "expected" not in (await site.see(f"v3/people/{id}")).text


async def test_a_school_shows_its_partnerships_and_people(site: Site) -> None:
    id = await register(site, full_name="Rosa Lindqvist", provider="alder", started_on="2025-09-01")
    partner = (await site.control("GET", "/v3/delivery-partners"))["delivery_partners"][0]
    body = {"provider": "alder", "school_urn": URN, "delivery_partner_id": partner["id"], "cohort": "2025"}
    await site.control("POST", "/v3/partnerships", body)
    answer = await site.see(f"v3/schools/{URN}")
    page = text_of(answer)
    assert f"2025 Alder Teaching Network, {partner['name']} 1 in training now" in page
    assert "Rosa Lindqvist ECT, from 1 Sep 2025" in page
    assert f'href="{site.at(f"v3/people/{id}")}"' in answer.text
    listed = text_of(await site.see("v3/schools", params={"provider": "alder", "q": URN}))
    assert "One school" in listed
    assert re.search(r"\b\d+ (person|people)\b", listed)
    assert "alder 2025" in listed
    assert "No school fits." in text_of(await site.see("v3/schools", params={"provider": "birch"}))


async def test_a_statement_shows_its_declarations(guide: Site) -> None:
    statements: list[Any] = (await guide.control("GET", "/v3/statements"))["statements"]
    statement = next(each for each in statements if each["declarations"] and each["clawbacks"])
    page = (await guide.see(f"v3/statements/{statement['id']}")).text
    for id in statement["declarations"] + statement["clawbacks"]:
        assert id in page
    query = {name: statement[name] for name in ("provider", "cohort", "status")}
    first = (await guide.see("v3/statements", params=query)).text
    expected = [each for each in statements if all(each[name] == query[name] for name in query)]
    assert f"{len(expected)} statements" in first
    assert f'id="statement-{statement["id"]}"' in first


async def test_cohorts_show_what_is_closed_and_frozen(site: Site) -> None:
    page = text_of(await site.see("v3/cohorts"))
    assert "2022 closed payments frozen" in page
    assert "Close 2025" in page
    assert "Close 2022" not in page


@pytest.mark.parametrize("path", ["v3/people/nobody", "v3/schools/000000", "v3/statements/none"])
async def test_what_is_not_there_is_said_to_be_missing(site: Site, path: str) -> None:
    answer = await site.see(path)
    assert answer.status_code == 404
    assert "of that id" in answer.text


async def test_whatever_a_school_types_is_shown_as_text(site: Site) -> None:
    id = await register(site, full_name=SCRIPT, email="a'b@example.org")
    await done(site, "school", URN, urn=URN, eligible="yes", induction_tutor_name=SCRIPT)
    for path in ("v3/people", f"v3/people/{id}", "v3/schools", f"v3/schools/{URN}"):
        page = (await site.see(path, params={"q": SCRIPT} if path == "v3/people" else {})).text
        assert "<script>alert" not in page


async def test_the_journal_leads_from_a_rule_of_v3_to_the_error_catalogue_and_to_a_story(site: Site) -> None:
    body = {"data": {"type": "partnership", "attributes": {"cohort": ""}}}
    assert (await site.call("POST", "/api/v3/partnerships", json=body)).status_code == 422
    entry = await site.see("journal", params={"entry": "1", "api": "v3"})
    assert 'href="/_mock/docs/v3/errors/#partnership-cohort-given"' in entry.text
    assert 'href="/_mock/docs/v3/usage/partnerships/#' in entry.text


async def test_the_journal_names_the_person_of_v3(site: Site) -> None:
    id = await register(site, full_name="Rosa Lindqvist")
    await site.call("GET", f"/api/v3/participants/{id}")
    await site.call("GET", "/api/v1/participants/ecf")
    entry = await site.see("journal", params={"entry": "1", "api": "v3"})
    assert f'href="{site.at(f"v3/people/{id}")}">Rosa Lindqvist</a>' in entry.text
    assert re.findall(r'id="request-(\d+)"', entry.text) == ["1"]


async def test_a_fault_of_one_service_leaves_the_other_alone(site: Site) -> None:
    assert (await site.press("add-fault", {"kind": "error", "api": "v3"})).status_code == 303
    assert (await site.call("GET", "/api/v1/participants/ecf")).status_code == 200
    struck = await site.call("GET", "/api/v3/participants")
    assert (struck.status_code, struck.content) == (500, orjson.dumps(orjson.loads(V3.errors.internal.body)))
    assert "of v3" in text_of(await site.see("faults"))


async def test_the_clock_foretells_what_a_deadline_moves(guide: Site) -> None:
    """Rules 6.2."""

    async def eligible() -> int:
        declarations = (await guide.control("GET", "/v3/declarations"))["declarations"]
        return sum(each["state"] == "eligible" for each in declarations)

    page = text_of(await guide.see("clock"))
    foretold = re.search(r"(\d+ \w+ \d{4}), 00:00:00 [^J]*?(\d+) becomes? payable v3", page)
    assert foretold, page
    before = await eligible()
    day = datetime.strptime(foretold[1], "%d %b %Y").replace(tzinfo=UTC)
    await guide.press("jump", {"now": day.isoformat()})
    assert before - await eligible() == int(foretold[2])
