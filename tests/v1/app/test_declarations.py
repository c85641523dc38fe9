"""Declarations over HTTP: submitting, copies, reading, voiding, payment, and transfers."""

import asyncio
import csv
import io

from tests.v1.app.conftest import DECLARATIONS, PARTICIPANTS, Mock, ids, titles

ATTRIBUTES = [
    "participant_id",
    "declaration_type",
    "course_identifier",
    "eligible_for_payment",
    "declaration_date",
    "updated_at",
    "voided",
    "state",
    "has_passed",
]


async def test_the_record_has_exactly_the_documented_attributes_in_order(mock: Mock) -> None:
    participant = await mock.add()
    answer = await mock.declare(participant, declaration_date="2021-09-20T10:00:00.500+01:00")
    assert answer.status_code == 200
    record = answer.json()["data"]
    assert (list(record), record["type"]) == (["id", "type", "attributes"], "participant-declaration")
    assert list(record["attributes"]) == ATTRIBUTES
    assert record["attributes"] == {
        "participant_id": participant,
        "declaration_type": "started",
        "course_identifier": "ecf-induction",
        "eligible_for_payment": True,
        "declaration_date": "2021-09-20T09:00:00Z",
        "updated_at": "2021-10-01T09:00:00Z",
        "voided": False,
        "state": "eligible",
        "has_passed": None,
    }


async def test_empty_attributes_get_four_entries_in_order(mock: Mock) -> None:
    for data in ({"type": "participant-declaration", "attributes": {}}, {"type": "x"}):
        answer = await mock.call("POST", DECLARATIONS, json={"data": data})
        assert answer.status_code == 422
        assert titles(answer) == ["declaration_date", "declaration_type", "participant_id", "course_identifier"]


async def test_an_exact_copy_gets_the_same_body_and_changes_nothing(mock: Mock) -> None:
    participant = await mock.add()
    first = await mock.declare(participant)
    await mock.control("PUT", "/clock", {"now": "2021-10-03T00:00:00Z"})
    # The same instant, written otherwise, is the same declaration.
    copy = await mock.declare(participant, declaration_date="2021-09-20T10:00:00+01:00")
    assert (copy.status_code, copy.content) == (200, first.content)
    other = await mock.declare(participant, declaration_date="2021-09-21T09:00:00Z")
    assert (other.status_code, titles(other)) == (422, ["base"])
    assert len(ids(await mock.get(DECLARATIONS))) == 1


async def test_the_mock_can_refuse_copies_as_the_service_was_observed_to(mock: Mock) -> None:
    await mock.control("PATCH", "", {"replay": "refuse"})
    participant = await mock.add()
    await mock.declare(participant)
    copy = await mock.declare(participant)
    assert (copy.status_code, titles(copy)) == (422, ["base"])


async def test_a_hundred_identical_declarations_at_once_make_one(mock: Mock) -> None:
    participant = await mock.add()
    answers = await asyncio.gather(*(mock.declare(participant) for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(ids(await mock.get(DECLARATIONS))) == 1


async def test_the_whole_road_from_eligible_to_clawed_back(mock: Mock) -> None:
    declaration = (await mock.declare(await mock.add())).json()["data"]["id"]

    async def state() -> str:
        answer = await mock.get(f"{DECLARATIONS}/{declaration}")
        return str(answer.json()["data"]["attributes"]["state"])

    assert await state() == "eligible"
    await mock.control("PUT", "/clock", {"now": "2021-11-30T23:59:59Z"})
    assert await state() == "eligible"
    # The deadline and the payment date of this statement are one day: both are past with it.
    await mock.control("POST", "/clock/advance", {"by": "PT1S"})
    assert await state() == "paid"
    void = await mock.call("PUT", f"{DECLARATIONS}/{declaration}/void")
    assert (void.status_code, await state()) == (200, "awaiting-clawback")
    again = await mock.call("PUT", f"{DECLARATIONS}/{declaration}/void")
    assert (again.status_code, titles(again)) == (422, ["Invalid action"])
    assert again.headers["x-mock-rule"] == "declaration-voidable"
    await mock.control("PUT", "/clock", {"now": "2022-02-25T23:59:59Z"})
    assert await state() == "awaiting-clawback"
    await mock.control("PUT", "/clock", {"now": "2022-02-26T00:00:00Z"})
    assert await state() == "clawed-back"


async def test_void_needs_no_body_and_ignores_one(mock: Mock) -> None:
    for content in (b"", b"{", b'{"data": 1}'):
        declaration = (await mock.declare(await mock.add())).json()["data"]["id"]
        answer = await mock.call("PUT", f"{DECLARATIONS}/{declaration}/void", content=content)
        attributes = answer.json()["data"]["attributes"]
        assert (attributes["state"], attributes["voided"]) == ("voided", True)
    assert (await mock.call("PUT", f"{DECLARATIONS}/nothing/void")).status_code == 404


async def test_the_filters_of_the_list(mock: Mock) -> None:
    first_participant, second_participant = await mock.add(), await mock.add()
    first = (await mock.declare(first_participant)).json()["data"]["id"]
    await mock.control("PUT", "/clock", {"now": "2021-10-02T09:00:00Z"})
    second = (await mock.declare(second_participant)).json()["data"]["id"]
    assert ids(await mock.get(DECLARATIONS)) == [first, second]
    assert ids(await mock.get(f"{DECLARATIONS}?filter[participant_id]={second_participant.upper()}")) == [second]
    assert ids(await mock.get(f"{DECLARATIONS}?filter[participant_id]=00000000-0000-4000-8000-000000000000")) == []
    assert (await mock.get(f"{DECLARATIONS}?filter[participant_id]=abc")).status_code == 400
    # Strictly after, unlike the participants' filter.
    assert ids(await mock.get(f"{DECLARATIONS}?filter[updated_since]=2021-10-01T09:00:00Z")) == [second]
    assert ids(await mock.get(f"{DECLARATIONS}?filter[updated_since]=2021-10-02T09:00:00Z")) == []
    assert ids(await mock.get(f"{DECLARATIONS}?page[per_page]=1&page[page]=2")) == [second]


async def test_csv_has_the_same_records(mock: Mock) -> None:
    assert (await mock.get(f"{DECLARATIONS}.csv")).content == b""
    record = (await mock.declare(await mock.add())).json()["data"]
    (row,) = csv.DictReader(io.StringIO((await mock.get(f"{DECLARATIONS}.csv?page=2")).text))
    assert list(row) == ["id", *ATTRIBUTES]
    expected = {"eligible_for_payment": "true", "voided": "false", "has_passed": ""}
    assert row == {"id": record["id"], **record["attributes"], **expected}


async def test_another_providers_declaration_is_unknown(mock: Mock) -> None:
    declaration = (await mock.declare(await mock.add())).json()["data"]["id"]
    assert (await mock.get(f"{DECLARATIONS}/{declaration}", "birch")).status_code == 404
    assert (await mock.call("PUT", f"{DECLARATIONS}/{declaration}/void", "birch")).status_code == 404
    assert ids(await mock.get(DECLARATIONS, "birch")) == []


async def test_a_transfer_shows_each_provider_its_own_side(mock: Mock) -> None:
    participant = await mock.add(school_urn="123456")
    declaration = (await mock.declare(participant)).json()["data"]["id"]
    await mock.act("defer", participant, reason="other", course_identifier="ecf-induction")
    await mock.control("PUT", "/clock", {"now": "2021-10-10T00:00:00Z"})
    await mock.control("POST", f"/v1/participants/{participant}/transfers", {"provider": "birch"}, expect=201)

    old = (await mock.get(f"{PARTICIPANTS}/{participant}")).json()["data"]["attributes"]
    new = (await mock.get(f"{PARTICIPANTS}/{participant}", "birch")).json()["data"]["attributes"]
    assert (old["status"], old["training_status"], old["school_urn"]) == ("active", "deferred", "123456")
    assert (new["status"], new["training_status"]) == ("active", "active")
    assert new["school_urn"] != "123456"
    assert old["updated_at"] == new["updated_at"] == "2021-10-10T00:00:00Z"

    assert ids(await mock.get(DECLARATIONS, "birch")) == [declaration]
    assert (await mock.get(f"{DECLARATIONS}/{declaration}", "birch")).status_code == 404
    repeated = await mock.declare(participant, provider="birch", declaration_date="2021-09-21T09:00:00Z")
    assert titles(repeated) == ["base"]
    # The earlier provider may still declare, and doesn't read what the new one declares.
    own = await mock.declare(participant, "retained-1")
    assert own.status_code == 200
    await mock.call("PUT", f"{DECLARATIONS}/{declaration}/void")
    theirs = (await mock.declare(participant, provider="birch")).json()["data"]["id"]
    assert theirs not in ids(await mock.get(DECLARATIONS))
    assert ids(await mock.get(DECLARATIONS, "birch")) == [own.json()["data"]["id"], theirs]


async def test_after_a_change_of_provider_at_the_same_school_the_old_one_can_only_act_and_declare(mock: Mock) -> None:
    """Rules 8."""
    participant = await mock.add(school_urn="123456")
    moved = {"provider": "birch", "school_urn": "123456"}
    await mock.control("POST", f"/v1/participants/{participant}/transfers", moved, expect=201)
    assert (await mock.get(f"{PARTICIPANTS}/{participant}")).status_code == 404
    assert ids(await mock.get(PARTICIPANTS)) == []
    assert ids(await mock.get(PARTICIPANTS, "birch")) == [participant]
    assert (await mock.declare(participant)).status_code == 200
    deferred = await mock.act("defer", participant, reason="other", course_identifier="ecf-induction")
    assert (deferred.status_code, deferred.json()["data"]["attributes"]["training_status"]) == (200, "deferred")
