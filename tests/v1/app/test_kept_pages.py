"""A list's page that is asked for again: the same while nothing changes, and never one from before a change."""

import pytest

from tests.v1.app.conftest import DECLARATIONS, PARTICIPANTS, Mock, ids

MOMENT = {"declaration_date": "2021-09-15T10:00:00Z"}


async def test_a_list_asked_for_again_is_the_same_and_the_journal_knows_what_it_held(mock: Mock) -> None:
    added = [await mock.add(), await mock.add()]
    first, second = await mock.get(PARTICIPANTS), await mock.get(PARTICIPANTS)
    assert ids(first) == added
    assert second.content == first.content
    entries = (await mock.control("GET", "/requests"))["requests"]
    assert [entry["record_ids"] for entry in entries] == [added, added]


async def test_every_question_has_an_answer_of_its_own(mock: Mock) -> None:
    ada, ben = await mock.add(), await mock.add(cohort="2022")
    eve = await mock.add(provider="birch")
    questions = {
        PARTICIPANTS: [ada, ben],
        f"{PARTICIPANTS}?page[per_page]=1": [ada],
        f"{PARTICIPANTS}?page[per_page]=1&page[page]=2": [ben],
        f"{PARTICIPANTS}?filter[cohort]=2022": [ben],
        f"{PARTICIPANTS}?filter[updated_since]=2030-01-01": [],
        "/api/v1/participants": [ada, ben],
        DECLARATIONS: [],
    }
    for _ in range(2):
        for path, expected in questions.items():
            assert ids(await mock.get(path)) == expected, path
            assert ids(await mock.get(PARTICIPANTS, "birch")) == [eve]


async def test_a_change_of_either_kind_is_in_the_next_answer(mock: Mock) -> None:
    id = await mock.add()
    for path in (PARTICIPANTS, DECLARATIONS):
        await mock.get(path)
    await mock.act("defer", id, reason="other", course_identifier="ecf-induction")
    (record,) = (await mock.get(PARTICIPANTS)).json()["data"]
    assert record["attributes"]["training_status"] == "deferred"
    declaration = (await mock.declare(id, **MOMENT)).json()["data"]
    assert (await mock.get(DECLARATIONS)).json()["data"] == [declaration]
    voided = (await mock.call("PUT", f"{DECLARATIONS}/{declaration['id']}/void")).json()["data"]
    assert voided["attributes"]["state"] == "voided"
    assert (await mock.get(DECLARATIONS)).json()["data"] == [voided]


async def test_a_payment_run_is_in_the_next_answer(mock: Mock) -> None:
    await mock.declare(await mock.add(), **MOMENT)
    states = []
    for by in ("P0D", "P90D"):
        await mock.control("POST", "/clock/advance", {"by": by})
        states.append((await mock.get(DECLARATIONS)).json()["data"][0]["attributes"]["state"])
    assert states == ["eligible", "paid"]


@pytest.mark.parametrize("back", ["reset", "restore"])
async def test_a_world_that_goes_back_takes_its_pages_along(mock: Mock, back: str) -> None:
    snapshot = (await mock.control("POST", "/snapshots", expect=201))["id"]
    await mock.add(full_name="Before", provider="birch")
    assert "Before" in (await mock.get(PARTICIPANTS, "birch")).text
    await mock.control("POST", "/reset" if back == "reset" else f"/snapshots/{snapshot}/restore")
    # As many changes as before, and not the same.
    await mock.add(full_name="After", provider="birch")
    (record,) = (await mock.get(PARTICIPANTS, "birch")).json()["data"]
    assert record["attributes"]["full_name"] == "After"
