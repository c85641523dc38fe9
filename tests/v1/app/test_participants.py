"""Participants over HTTP: the record, lists, filters, pages, CSV, and the four actions."""

import csv
import io

import pytest

from tests.v1.app.conftest import DECLARATIONS, PARTICIPANTS, Mock, ids, titles

ATTRIBUTES = [
    "email",
    "full_name",
    "mentor_id",
    "school_urn",
    "participant_type",
    "cohort",
    "status",
    "teacher_reference_number",
    "teacher_reference_number_validated",
    "eligible_for_funding",
    "pupil_premium_uplift",
    "sparsity_uplift",
    "training_status",
    "schedule_identifier",
    "updated_at",
]


async def test_the_record_has_exactly_the_documented_attributes_in_order(mock: Mock) -> None:
    mentor = await mock.add("mentor", full_name="Mo Mentor")
    id = await mock.add(full_name="Ada Lovelace", email="ada@example.org", school_urn="123456", mentor_id=mentor)
    record = (await mock.get(f"{PARTICIPANTS}/{id}")).json()["data"]
    assert list(record) == ["id", "type", "attributes"]
    assert record["type"] == "participant"
    assert list(record["attributes"]) == ATTRIBUTES
    assert record["attributes"] == {
        "email": "ada@example.org",
        "full_name": "Ada Lovelace",
        "mentor_id": mentor,
        "school_urn": "123456",
        "participant_type": "ect",
        "cohort": "2021",
        "status": "active",
        "teacher_reference_number": None,
        "teacher_reference_number_validated": None,
        "eligible_for_funding": True,
        "pupil_premium_uplift": False,
        "sparsity_uplift": False,
        "training_status": "active",
        "schedule_identifier": "ecf-standard-september",
        "updated_at": "2021-10-01T09:00:00Z",
    }


async def test_registration_shows_up_for_a_client_that_polls(mock: Mock) -> None:
    id = await mock.add(eligible_for_funding=None)
    await mock.add()
    await mock.control("PUT", "/clock", {"now": "2021-10-02T09:00:00Z"})
    assert ids(await mock.get(f"{PARTICIPANTS}?filter[updated_since]=2021-10-02T08:00:00Z")) == []
    registered = {
        "email": "confirmed@example.org",
        "teacher_reference_number": "1234567",
        "teacher_reference_number_validated": True,
        "eligible_for_funding": True,
    }
    await mock.control("PUT", f"/v1/participants/{id}/registration", registered)
    (record,) = (await mock.get(f"{PARTICIPANTS}?filter[updated_since]=2021-10-02T09:00:00Z")).json()["data"]
    assert record["id"] == id
    assert registered.items() <= record["attributes"].items()
    assert record["attributes"]["updated_at"] == "2021-10-02T09:00:00Z"


async def test_the_list_pages_by_creation_and_is_empty_past_its_end(mock: Mock) -> None:
    added = [await mock.add() for _ in range(5)]
    assert ids(await mock.get(PARTICIPANTS)) == added
    assert ids(await mock.get("/api/v1/participants")) == added
    pages = [ids(await mock.get(f"{PARTICIPANTS}?page[per_page]=2&page[page]={n}")) for n in (1, 2, 3, 4)]
    assert pages == [added[:2], added[2:4], added[4:], []]
    assert ids(await mock.get(f"{PARTICIPANTS}?page[page]={10**30}")) == []
    assert ids(await mock.get(f"{PARTICIPANTS}?page[per_page]=999999")) == added
    assert ids(await mock.get(f"{PARTICIPANTS}?filter[cohort]=")) == added
    for blank in ("page[page]=", "page[per_page]="):
        assert titles(await mock.get(f"{PARTICIPANTS}?{blank}")) == ["Bad request"]
        assert (await mock.get(f"{PARTICIPANTS}.csv?{blank}")).status_code == 200


@pytest.mark.parametrize("query", ["filter=abc", "filter=", "filter", "filter[]=x"])
async def test_a_filter_that_is_no_set_of_pairs_is_refused_on_every_participant_operation(
    mock: Mock, query: str
) -> None:
    """Rules 4: the single GET and the actions included."""
    id = await mock.add()
    for path in (PARTICIPANTS, "/api/v1/participants", f"{PARTICIPANTS}.csv", f"{PARTICIPANTS}/{id}"):
        assert titles(await mock.get(f"{path}?{query}")) == ["Bad parameter"]
    body = {"data": {"attributes": {"course_identifier": "ecf-induction", "reason": "other"}}}
    for prefix in (PARTICIPANTS, "/api/v1/participants"):
        for action in ("defer", "resume", "withdraw", "change-schedule"):
            answer = await mock.call("PUT", f"{prefix}/{id}/{action}?{query}", json=body)
            assert (answer.status_code, titles(answer)) == (400, ["Bad parameter"])
    assert (await mock.get(f"{PARTICIPANTS}/{id}")).json()["data"]["attributes"]["training_status"] == "active"


async def test_a_page_that_is_no_set_of_pairs_is_refused_on_the_lists_only(mock: Mock) -> None:
    """Rules 4."""
    id = await mock.add()
    assert titles(await mock.get(f"{PARTICIPANTS}?page=2")) == ["Bad parameter"]
    assert titles(await mock.get(f"{DECLARATIONS}?page=2")) == ["Bad parameter"]
    assert (await mock.get(f"{PARTICIPANTS}/{id}?page=2")).status_code == 200
    assert (await mock.get(f"{PARTICIPANTS}.csv?page=2")).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("filter[cohort]=2021", 200),
        ("filter[cohort]=2020,2021", 200),
        ("filter[cohort]=2022", 404),
        ("filter[cohort]=", 200),
        ("filter[updated_since]=2021-10-01T09:00:00Z", 200),
        ("filter[updated_since]=2021-10-01T09:00:01Z", 404),
        ("filter[updated_since]=yesterday", 400),
        ("filter[unknown]=x", 200),
    ],
)
async def test_the_single_get_honours_the_two_filters(mock: Mock, query: str, status: int) -> None:
    """Rules 5.3: a participant who doesn't fit them is 404 there."""
    id = await mock.add()
    assert (await mock.get(f"{PARTICIPANTS}/{id}?{query}")).status_code == status


async def test_an_id_may_be_written_in_capitals_everywhere(mock: Mock) -> None:
    id = await mock.add()
    shouted = id.upper()
    assert (await mock.get(f"{PARTICIPANTS}/{shouted}")).json()["data"]["id"] == id
    assert (await mock.act("defer", shouted, reason="other", course_identifier="ecf-induction")).status_code == 200
    made = (await mock.declare(shouted)).json()["data"]
    assert made["attributes"]["participant_id"] == id
    assert ids(await mock.get(f"{DECLARATIONS}?filter[participant_id]={shouted}")) == [made["id"]]
    assert (await mock.get(f"{DECLARATIONS}/{made['id'].upper()}")).status_code == 200
    assert (await mock.call("PUT", f"{DECLARATIONS}/{made['id'].upper()}/void")).status_code == 200


@pytest.mark.parametrize("id", ["a%0Ab", "a%2Fb", "%20", "a%00b", "%FF", "ecf"])
async def test_an_odd_id_is_an_unknown_one(mock: Mock, id: str) -> None:
    """Rules 5.4: a 422 with both entries on the actions, 404 on the single GET."""
    attributes = {"schedule_identifier": "ecf-extended-april", "course_identifier": "ecf-induction", "cohort": "2021"}
    answer = await mock.act("change-schedule", id, **attributes)
    assert (answer.status_code, titles(answer)) == (422, ["course_identifier", "participant_id"])
    assert (await mock.get(f"{PARTICIPANTS}/{id}")).status_code == 404


async def test_the_cohort_filter_takes_one_year_or_several(mock: Mock) -> None:
    first, second, third = [await mock.add(cohort=cohort) for cohort in ("2021", "2022", "2023")]
    assert ids(await mock.get(f"{PARTICIPANTS}?filter[cohort]=2022")) == [second]
    assert ids(await mock.get(f"{PARTICIPANTS}?filter[cohort]=2021,2023")) == [first, third]
    assert ids(await mock.get(f"{PARTICIPANTS}?filter[cohort]=2021,2022,2023")) == [first, second, third]
    for unknown in ("1999", "next", "2021x"):
        assert ids(await mock.get(f"{PARTICIPANTS}?filter[cohort]={unknown}")) == []


@pytest.mark.parametrize(
    ("since", "seen"),
    [
        ("2021-10-01T09:00:00Z", True),
        ("2021-10-01T09:00:01Z", False),
        ("2021-10-01T10:00:00%2B01:00", True),
        ("2021-10-01T10%3A00%3A01%2B01%3A00", False),
        ("2021-10-01T10%253A00%253A00%252B01%253A00", True),
        ("2021-10-01", True),
        ("2021-10-02", False),
        ("2021-10-01T09:00:00", True),
        ("2021-10-01T08:59:59.999Z", True),
        # What happened later in that second says so, too.
        ("2021-10-01T09:00:00.999Z", True),
    ],
)
async def test_updated_since_includes_the_moment_itself(mock: Mock, since: str, seen: bool) -> None:
    id = await mock.add()
    assert ids(await mock.get(f"{PARTICIPANTS}?filter[updated_since]={since}")) == ([id] if seen else [])


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("filter[updated_since]=yesterday", "Bad request"),
        ("filter[updated_since]=2021-10-01T09:00", "Bad request"),
        ("filter[updated_since]=2021-02-30", "Bad request"),
        ("filter[updated_since]=0000-01-01", "Bad request"),
        ("filter[updated_since]=9999-12-31T23:59:59-23:59", "Bad request"),
        ("filter[updated_since]=2021-10-01T10:00:00+01:00", "Bad request"),
        ("page[page]=0", "Bad request"),
        ("page[page]=-1", "Bad request"),
        ("page[page]=10abc", "Bad request"),
        ("page[page]=1_0", "Bad request"),
        ("page[page]=%2B1", "Bad request"),
        ("page[page]=%D9%A1", "Bad request"),
        ("page[per_page]=1.0", "Bad request"),
        ("filter=abc", "Bad parameter"),
        ("page=2", "Bad parameter"),
        ("filter[cohort][]=2021", "Bad parameter"),
        ("filter[]=2021", "Bad parameter"),
    ],
)
async def test_an_unreadable_query_gets_400(mock: Mock, query: str, title: str) -> None:
    answer = await mock.get(f"{PARTICIPANTS}?{query}")
    assert answer.status_code == 400
    assert titles(answer) == [title]


async def test_a_lost_plus_is_explained(mock: Mock) -> None:
    answer = await mock.get(f"{PARTICIPANTS}?filter[updated_since]=2021-10-01T10:00:00+01:00")
    assert "%2B" in answer.json()["errors"][0]["detail"]


async def test_csv_has_the_same_records_and_ignores_pages(mock: Mock) -> None:
    first = await mock.add(full_name='Ada, "Countess" Lovelace', email=None, pupil_premium_uplift=True)
    second = await mock.add(cohort="2022")
    for path in (f"{PARTICIPANTS}.csv", "/api/v1/participants.csv"):
        answer = await mock.get(f"{path}?page[page]=7&page[per_page]=abc&page=2")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [row["id"] for row in rows] == [first, second]
        assert list(rows[0]) == ["id", *ATTRIBUTES]
        assert rows[0]["full_name"] == 'Ada, "Countess" Lovelace'
        assert rows[0]["pupil_premium_uplift"] == "true"
        assert rows[0]["sparsity_uplift"] == "false"
        # Null is a pair of quotes, not nothing.
        assert answer.text.splitlines()[1].startswith(f'{first},"",')
    assert (await mock.get(f"{PARTICIPANTS}.csv?filter[cohort]=2022")).text.count("\n") == 2
    assert (await mock.get(f"{PARTICIPANTS}.csv?filter[cohort]=2030")).content == b""


@pytest.mark.parametrize("path", [PARTICIPANTS, "/api/v1/participants"])
async def test_the_four_actions_answer_with_the_changed_record(mock: Mock, path: str) -> None:
    id = await mock.add()
    for action, attributes, changed in [
        ("defer", {"reason": "bereavement"}, {"training_status": "deferred"}),
        ("resume", {}, {"training_status": "active"}),
        (
            "change-schedule",
            {"schedule_identifier": "ecf-standard-january", "cohort": "2021"},
            {"schedule_identifier": "ecf-standard-january"},
        ),
        ("withdraw", {"reason": "other"}, {"training_status": "withdrawn", "status": "active"}),
    ]:
        body = {"data": {"type": "x", "attributes": {"course_identifier": "ecf-induction", **attributes}}}
        answer = await mock.call("PUT", f"{path}/{id}/{action}", json=body)
        assert answer.status_code == 200, answer.text
        assert changed.items() <= answer.json()["data"]["attributes"].items()
        assert (await mock.get(f"{PARTICIPANTS}/{id}")).json() == answer.json()


async def test_an_unknown_path_id_is_refused_with_422(mock: Mock) -> None:
    for id in ("00000000-0000-4000-8000-000000000000", "no-uuid", "ecf"):
        answer = await mock.act("resume", id, course_identifier="ecf-induction")
        assert (answer.status_code, titles(answer)) == (422, ["participant_id", "course_identifier"])


async def test_a_refused_action_changes_nothing(mock: Mock) -> None:
    id = await mock.add()
    before = await mock.control("GET", f"/v1/participants/{id}")
    await mock.control("PUT", "/clock", {"now": "2021-10-05T00:00:00Z"})
    assert (await mock.act("resume", id, course_identifier="ecf-induction")).status_code == 422
    assert (await mock.act("defer", id, course_identifier="ecf-induction", reason="none")).status_code == 422
    assert await mock.control("GET", f"/v1/participants/{id}") == before


async def test_a_2021_schedule_needs_its_cohort_in_2023(mock: Mock) -> None:
    id = await mock.add()
    await mock.control("PUT", "/clock", {"now": "2023-01-15T00:00:00Z"})
    wanted = {"schedule_identifier": "ecf-standard-april", "course_identifier": "ecf-induction"}
    assert titles(await mock.act("change-schedule", id, **wanted)) == ["cohort"]
    assert (await mock.act("change-schedule", id, **wanted, cohort="2021")).status_code == 200
    unknown = {**wanted, "schedule_identifier": "ecf-standard-may", "cohort": "2021"}
    assert titles(await mock.act("change-schedule", id, **unknown)) == ["Invalid action"]


async def test_another_providers_participant_is_unknown(mock: Mock) -> None:
    id = await mock.add(provider="birch")
    assert ids(await mock.get(PARTICIPANTS)) == []
    assert (await mock.get(f"{PARTICIPANTS}/{id}")).status_code == 404
    answer = await mock.act("resume", id, course_identifier="ecf-induction")
    assert (answer.status_code, titles(answer)) == (422, ["participant_id"])


async def test_a_participant_whom_the_school_removed_is_shown_but_cant_be_acted_on(mock: Mock) -> None:
    id = await mock.add(email="left@example.org")
    await mock.control("PUT", f"/v1/participants/{id}/status", {"status": "withdrawn"})
    attributes = (await mock.get(f"{PARTICIPANTS}/{id}")).json()["data"]["attributes"]
    assert (attributes["status"], attributes["email"]) == ("withdrawn", "left@example.org")
    answer = await mock.act("defer", id, course_identifier="ecf-induction", reason="other")
    assert titles(answer) == ["participant_id", "course_identifier"]
