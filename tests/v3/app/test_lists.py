"""Rules 2.1, 2.4 and 2.5: what the lists of v3 show, by filter and in order."""

from typing import Any

import pytest

from tests.v3.app.mock import Mock, ids, record


async def test_participants_are_listed_by_creation_and_filtered_by_cohort(mock: Mock) -> None:
    old = await mock.trained(cohort="2023", started_on="2023-09-01")
    new = await mock.trained(cohort="2025")
    await mock.trained(provider="birch")
    assert ids(await mock.get("/participants")) == [old["id"], new["id"]]
    for years, expected in {
        "2023": [old["id"]],
        "2023,2025": [old["id"], new["id"]],
        "2023,x": [old["id"]],
        "2021": [],
        "1999": [],
        "x": [],
        " 2023": [],
        "": [old["id"], new["id"]],
    }.items():
        assert ids(await mock.get("/participants", params={"filter[cohort]": years})) == expected, years


async def test_a_person_with_two_roles_matches_by_either(mock: Mock) -> None:
    """rules 2.4: `training_status` and `cohort` of participants."""
    person = await mock.trained(cohort="2024", started_on="2024-09-01")
    await mock.trained("mentor", participant_id=person["id"], cohort="2025")
    await mock.act("withdraw", person["id"], reason="other")
    for query, matches in {
        "filter[training_status]=withdrawn": True,
        "filter[training_status]=active": True,
        "filter[training_status]=deferred": False,
        "filter[training_status]=left": False,
        "filter[cohort]=2024": True,
        "filter[cohort]=2025": True,
        "filter[cohort]=2025&filter[training_status]=withdrawn": True,
    }.items():
        assert ids(await mock.get(f"/participants?{query}")) == [person["id"]] * matches, query


async def test_somebody_deferred_and_withdrawn_since_is_both(mock: Mock) -> None:
    """rules 2.4: `training_status`, precisely."""
    person = await mock.trained()
    assert (await mock.act("defer", person["id"], reason="other")).status_code == 200
    assert (await mock.act("withdraw", person["id"], reason="other")).status_code == 200
    for status, matches in {"deferred": True, "withdrawn": True, "active": False}.items():
        found = ids(await mock.get(f"/participants?filter[training_status]={status}"))
        assert found == [person["id"]] * matches, status


async def test_the_survivor_of_a_merge_is_found_by_the_old_id(mock: Mock) -> None:
    """rules 2.4: `from_participant_id`."""
    gone = await mock.trained(started_on="2024-09-01", cohort="2024")
    await mock.control("POST", f"/participants/{gone['id']}/departures", {"role": "ect", "on": "2025-07-20"}, 201)
    survivor = await mock.trained()
    await mock.control("POST", f"/participants/{gone['id']}/merge", {"into": survivor["id"]})
    path = f"/participants?filter[from_participant_id]={gone['id']}"
    assert ids(await mock.get(path)) == [survivor["id"]]
    assert ids(await mock.get(path, "birch")) == []
    assert ids(await mock.get(f"{path}&filter[cohort]=2021")) == []
    assert ids(await mock.get(f"{path}&filter[updated_since]=2027-01-01T00:00:00Z")) == []
    for unknown in (survivor["id"], "abc"):
        assert ids(await mock.get(f"/participants?filter[from_participant_id]={unknown}")) == []


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("created_at", [0, 1, 2]),
        ("-created_at", [2, 1, 0]),
        ("updated_at", [1, 2, 0]),
        ("-updated_at", [0, 2, 1]),
        ("%2Bupdated_at", [1, 2, 0]),
        ("trn,-updated_at", [0, 2, 1]),
        ("nonsense", [0, 1, 2]),
        ("", [0, 1, 2]),
    ],
)
async def test_participants_are_sorted_as_asked(mock: Mock, sort: str, order: list[int]) -> None:
    """rules 2.5."""
    people = []
    for _ in range(3):
        people.append((await mock.trained())["id"])
        await mock.advance("PT1M")
    await mock.act("withdraw", people[0], reason="other")
    assert ids(await mock.get(f"/participants?sort={sort}")) == [people[number] for number in order]


async def test_participants_updated_since_a_moment_are_listed_from_that_moment_on(mock: Mock) -> None:
    """rules 2.4: at or after."""
    first = (await mock.trained())["id"]
    await mock.advance("PT1M")
    second = (await mock.trained())["id"]
    for since, expected in {
        "2026-02-10T09:00:00Z": [first, second],
        "2026-02-10T09:00:01Z": [second],
        "2026-02-10T09:01:00Z": [second],
        "2026-02-10T09:01:01Z": [],
    }.items():
        assert ids(await mock.get(f"/participants?filter[updated_since]={since}")) == expected, since


async def test_pages_go_on_until_an_empty_one(mock: Mock) -> None:
    """rules 2.6."""
    people = [(await mock.trained())["id"] for _ in range(5)]
    pages = [
        ids(await mock.get("/participants", params={"page[page]": number, "page[per_page]": 2}))
        for number in range(1, 5)
    ]
    assert pages == [people[:2], people[2:4], people[4:], []]


async def test_declarations_are_filtered_by_participant_cohort_and_delivery_partner(mock: Mock) -> None:
    ada = await mock.trained()
    ben = await mock.trained(cohort="2024", started_on="2024-09-01", delivery_partner_id=await second_partner(mock))
    first = record_id(await mock.declare(ada["id"]))
    second = record_id(await mock.declare(ben["id"], declaration_date="2024-10-01T09:00:00Z"))
    assert ids(await mock.get("/participant-declarations")) == [first, second]
    partner = await second_partner(mock)
    for query, expected in {
        f"participant_id={ada['id']}": [first],
        f"participant_id={ben['id']},{ada['id'].upper()},x": [first, second],
        "participant_id=abc": [],
        "cohort=2024": [second],
        f"delivery_partner_id={partner}": [second],
        f"participant_id={ada['id']}&filter[cohort]=2024": [],
        "updated_since=2026-02-10T09:00:01Z": [],
        f"participant_id={ada['id']}&filter[updated_since]=2026-02-10T09:00:00Z": [first],
        f"participant_id={ada['id']}&filter[updated_since]=2026-02-10T09:00:01Z": [],
    }.items():
        assert ids(await mock.get(f"/participant-declarations?filter[{query}".replace("=", "]=", 1))) == expected, query
    assert ids(await mock.get("/participant-declarations?sort=-created_at")) == [first, second]


async def test_partnerships_are_filtered_by_cohort_and_delivery_partner(mock: Mock) -> None:
    school = await mock.school()
    partners = [await mock.delivery_partner(), await second_partner(mock)]
    made = [await partnership(mock, school["urn"], partner, year) for partner in partners for year in ("2024", "2025")]
    for query, expected in {
        "": made,
        "filter[cohort]=2024": [made[0], made[2]],
        f"filter[delivery_partner_id]={partners[1]}": made[2:],
        f"filter[delivery_partner_id]={partners[1]}&filter[cohort]=2025": [made[3]],
        "filter[delivery_partner_id]=abc": [],
        "filter[updated_since]=2026-02-10T09:00:01Z": [],
        "sort=-created_at": made,
    }.items():
        assert ids(await mock.get(f"/partnerships?{query}")) == expected, query
    assert ids(await mock.get("/partnerships", "birch")) == []


async def test_schools_are_found_by_cohort_and_urn(mock: Mock) -> None:
    first, second = await mock.school(urn="100001"), await mock.school(urn="100002")
    await mock.school(urn="100003", eligible=False)
    for query, expected in {
        "filter[cohort]=2025": [first["id"], second["id"]],
        "filter[cohort]=2025abc": [first["id"], second["id"]],
        "filter[cohort]=2025&filter[urn]=100002": [second["id"]],
        "filter[cohort]=2025&filter[urn]=100002,x": [second["id"]],
        "filter[cohort]=2025&filter[urn]=100003": [],
        "filter[cohort]=2025&filter[urn]=x": [],
        "filter[cohort]=2025&filter[urn]=100001&filter[updated_since]=2026-02-10T09:00:01Z": [],
        "filter[cohort]=": [],
        "filter[cohort]=2019": [],
    }.items():
        assert ids(await mock.get(f"/schools?{query}")) == expected, query


async def test_a_school_shows_what_it_is_to_the_provider_who_asks(mock: Mock) -> None:
    """rules 3.5: the expression of interest, and the tutor with it."""
    await mock.register(provider="alder", school_urn="100001")
    for provider, interested in (("alder", True), ("birch", False), ("alder", True)):
        (school,) = (await mock.get("/schools?filter[cohort]=2025", provider)).json()["data"]
        assert school["attributes"]["expression_of_interest"] is interested
        assert (school["attributes"]["induction_tutor_email"] is not None) is interested


async def test_delivery_partners_are_filtered_by_cohort(mock: Mock) -> None:
    made = await mock.control(
        "POST", "/delivery-partners", {"name": "Only 2024", "works_with": {"alder": ["2024"], "birch": ["2025"]}}, 201
    )
    assert made["id"] in ids(await mock.get("/delivery-partners"))
    assert made["id"] in ids(await mock.get("/delivery-partners?filter[cohort]=2024"))
    assert made["id"] not in ids(await mock.get("/delivery-partners?filter[cohort]=2025"))
    assert made["id"] in ids(await mock.get("/delivery-partners?filter[cohort]=2025", "birch"))
    assert record(await mock.get(f"/delivery-partners/{made['id']}"))["cohort"] == ["2024"]
    assert record(await mock.get(f"/delivery-partners/{made['id']}", "birch"))["cohort"] == ["2025"]


async def test_statements_are_listed_by_payment_date_and_filtered(mock: Mock) -> None:
    listed = (await mock.get("/statements?filter[cohort]=2025")).json()["data"]
    dates = [each["attributes"]["payment_date"] for each in listed]
    assert dates == sorted(dates)
    assert len(dates) == 12
    assert {each["attributes"]["month"] for each in listed} == {"January", "April", "August", "November"}
    assert {each["attributes"]["cohort"] for each in listed} == {"2025"}
    assert ids(await mock.get("/statements?filter[updated_since]=2026-02-10T09:00:01Z")) == []


async def test_transfers_and_unfunded_mentors_are_lists_of_people(mock: Mock) -> None:
    ect = await mock.trained(school_urn="100001")
    mentor = await mock.trained("mentor", "birch", school_urn="100001")
    await mock.control("PUT", f"/participants/{ect['id']}/mentor", {"mentor_id": mentor["id"]})
    assert ids(await mock.get("/unfunded-mentors")) == [mentor["id"]]
    assert ids(await mock.get("/unfunded-mentors", "birch")) == []
    assert record(await mock.get(f"/unfunded-mentors/{mentor['id']}"))["full_name"] == mentor["full_name"]
    await mock.control("POST", f"/participants/{ect['id']}/departures", {"role": "ect", "on": "2026-03-31"}, 201)
    for path in ("/participants/transfers", "/participants/transfers?sort=-updated_at"):
        assert ids(await mock.get(path)) == [ect["id"]]
    (transfer,) = record(await mock.get(f"/participants/{ect['id']}/transfers"))["transfers"]
    assert (transfer["transfer_type"], transfer["status"]) == ("unknown", "incomplete")
    assert ids(await mock.get("/participants/transfers?filter[updated_since]=2026-02-10T09:00:01Z")) == []


SINGLE = [
    "participants",
    "participant-declarations",
    "partnerships",
    "delivery-partners",
    "statements",
    "unfunded-mentors",
]


@pytest.mark.parametrize("path", [*[f"/{name}/{{}}" for name in SINGLE], "/participants/{}/transfers"])
@pytest.mark.parametrize("id", ["00000000-0000-4000-8000-000000000000", "abc"])
async def test_an_unknown_record_is_not_found(mock: Mock, path: str, id: str) -> None:
    """rules 2.7."""
    await expect_not_found(mock, path.format(id))


async def test_an_unknown_school_is_not_found(mock: Mock) -> None:
    school = await mock.school()
    await expect_not_found(mock, "/schools/00000000-0000-4000-8000-000000000000?filter[cohort]=2025")
    await expect_not_found(mock, f"/schools/{school['id']}?filter[cohort]=2019")
    await expect_not_found(mock, f"/schools/{school['id']}?filter[cohort]=")
    assert record(await mock.get(f"/schools/{school['id']}?filter[cohort]=2025"))["urn"] == school["urn"]


async def expect_not_found(mock: Mock, path: str) -> None:
    answer = await mock.get(path)
    assert answer.status_code == 404
    error = {"title": "Resource not found", "detail": "Nothing could be found for the provided details"}
    assert answer.json() == {"errors": [error]}


async def test_a_participant_without_a_transfer_has_none_to_show(mock: Mock) -> None:
    """rules 4."""
    person = await mock.trained()
    await expect_not_found(mock, f"/participants/{person['id']}/transfers")
    assert ids(await mock.get("/participants/transfers")) == []


async def test_others_records_are_not_found(mock: Mock) -> None:
    """rules 4."""
    person = await mock.trained()
    declaration = record_id(await mock.declare(person["id"]))
    (partnership_id,) = ids(await mock.get("/partnerships"))
    statement = ids(await mock.get("/statements"))[0]
    for path in (
        f"/participants/{person['id']}",
        f"/participant-declarations/{declaration}",
        f"/partnerships/{partnership_id}",
        f"/statements/{statement}",
    ):
        assert (await mock.get(path)).status_code == 200
        for provider in ("birch", "dogwood"):
            assert (await mock.get(path, provider)).status_code == 404, path


async def test_a_service_fee_statement_is_not_found(mock: Mock) -> None:
    """rules 4."""
    statements = (await mock.control("GET", "/statements"))["statements"]
    for fee_type, status in (("service", 404), ("output", 200)):
        id = next(each["id"] for each in statements if (each["provider"], each["fee_type"]) == ("alder", fee_type))
        assert (await mock.get(f"/statements/{id}")).status_code == status


# -- a page that is asked for again ------------------------------------------------------------------


async def test_a_page_asked_for_again_is_the_same_until_something_changes(mock: Mock) -> None:
    person = (await mock.trained())["id"]
    first, second = await mock.get("/participants"), await mock.get("/participants")
    assert first.content == second.content
    assert ids(await mock.get("/participants", "birch")) == []
    await mock.act("defer", person, reason="other")
    (shown,) = (await mock.get("/participants")).json()["data"]
    assert shown["attributes"]["ecf_enrolments"][0]["training_status"] == "deferred"


async def test_a_page_asked_for_again_on_another_day_shows_that_day(mock: Mock) -> None:
    """rules 2.9 and 3.1: the calendar alone changes the status, also under X-With-Server-Date."""
    person = await mock.trained()
    await mock.control("POST", f"/participants/{person['id']}/departures", {"role": "ect", "on": "2026-03-31"}, 201)
    statuses = []
    for headers in ({}, {"X-With-Server-Date": "2026-03-31"}, {}, {"X-With-Server-Date": "2026-03-30T23:00:00Z"}):
        (shown,) = (await mock.get("/participants", headers=headers)).json()["data"]
        statuses.append(shown["attributes"]["ecf_enrolments"][0]["participant_status"])
    assert statuses == ["leaving", "left", "leaving", "left"]


# -- helpers -------------------------------------------------------------------------------------------


async def second_partner(mock: Mock) -> str:
    partners = (await mock.control("GET", "/delivery-partners"))["delivery_partners"]
    own = [each["id"] for each in partners if "alder" in each["works_with"]]
    id: str = own[1]
    return id


async def partnership(mock: Mock, urn: str, partner: str, cohort: str) -> str:
    body = {"provider": "alder", "school_urn": urn, "delivery_partner_id": partner, "cohort": cohort}
    id: str = (await mock.control("POST", "/partnerships", body, 201))["id"]
    return id


def record_id(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    id: str = answer.json()["data"]["id"]
    return id
