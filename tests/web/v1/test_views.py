"""The views of v1: participants to find somebody in, and one person with what happened and what can be done."""

from mock_server.v1.domain.vocabulary import DECLARATION_TYPES
from tests.web.conftest import Site, text_of
from tests.web.v1.requests import add, declare


async def test_participants_are_found_by_name_email_number_or_id_and_by_provider(site: Site) -> None:
    id = await add(site, full_name="Zenobia Quickly", email="zq@example.org", teacher_reference_number="7654321")
    for words in ("zenobia", "quickly zen", "ZQ@example", "7654321", id[:13]):
        page = await site.see("v1/participants", params={"q": words})
        assert "One participant" in page.text, words
        assert f"participants/{id}" in page.text
    page = await site.see("v1/participants", params={"q": "zenobia", "provider": "birch"})
    assert "Nobody fits." in page.text


async def test_who_changed_last_comes_first_and_the_rest_is_a_page_further(site: Site) -> None:
    id = await add(site, full_name="Zenobia Quickly")
    page = (await site.see("v1/participants")).text
    people = page.split('id="person-')
    assert people[1].startswith(id)
    assert len(people) - 1 == 50
    assert "page 1 of 3" in page
    last = (await site.see("v1/participants", params={"page": "3"})).text
    assert "page 3 of 3" in last
    assert last.count('id="person-') == 145 - 100
    assert id not in last


async def test_a_person_is_shown_with_steps_timeline_and_what_can_be_done(site: Site) -> None:
    id = await add(site, full_name="Ada Example", eligible_for_funding=True)
    await declare(
        site,
        participant_id=id,
        declaration_type="started",
        declaration_date="2021-11-19T09:00:00Z",
        course_identifier="ecf-induction",
    )
    answer = await site.see(f"v1/participants/{id.upper()}")
    page = text_of(answer)
    assert f"<title>Ada Example · {site.id} · ecf-mock</title>" in answer.text
    for declaration_type in DECLARATION_TYPES:
        state = "eligible" if declaration_type == "started" else "not declared"
        assert f"{declaration_type}: {state}" in page
    assert "Added by the school 20 Nov 2021, 09:00:00 · Alder Teaching Network" in page
    assert "Declared started 20 Nov 2021, 09:00:00 · Alder Teaching Network · dated 19 Nov 2021" in page
    assert "Payable: started expected 1 Dec 2021, 00:00:00" in page
    assert "Move on: started, eligible To payable To voided" in page
