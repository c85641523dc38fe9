"""What holds for every v3 request before its rules, in this order: paths, tokens, methods, ids, bodies (rules 2)."""

from typing import Any

import httpx
import pytest

from tests.v3.app.mock import API, Mock, ids, record, titles

UNKNOWN = "00000000-0000-4000-8000-000000000000"
JSON = "application/json; charset=utf-8"
NOT_FOUND = {"errors": [{"title": "Resource not found", "detail": "Nothing could be found for the provided details"}]}


def bad_request(answer: httpx.Response) -> bool:
    return answer.status_code == 400 and [e["title"] for e in answer.json()["errors"]] == ["Bad request"]


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer nobody", "Basic alder-token", "alder-token"])
@pytest.mark.parametrize("path", ["/participants", "/participants?filter=abc", "/partnerships/x"])
async def test_without_a_known_token_nothing_is_told(mock: Mock, authorization: str | None, path: str) -> None:
    """Rules 2.2: 401 before every other check of the request."""
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = await mock.http.get(f"{API}{path}", headers=headers)
    assert (answer.status_code, answer.content) == (401, b'{"error":"HTTP Token: Access denied"}')
    assert answer.headers["content-type"] == JSON


async def test_the_word_token_does_as_well(mock: Mock) -> None:
    """Rules 2.2."""
    answer = await mock.http.get(f"{API}/participants", headers={"Authorization": f"Token alder-token.{mock.id}"})
    assert answer.status_code == 200


async def test_a_provider_without_contracts_owns_nothing(mock: Mock) -> None:
    """Rules 2.2: there is no 403."""
    await mock.trained()
    for path in ("/participants", "/participant-declarations", "/partnerships", "/delivery-partners", "/statements"):
        assert ids(await mock.get(path, "dogwood")) == [], path
    assert (await mock.get(f"/participants/{UNKNOWN}", "dogwood")).status_code == 404


@pytest.mark.parametrize("path", ["", "/", "/nope", "/participants/", "/participants/ecf/x/y", "/Participants"])
async def test_an_unknown_path_has_the_short_body(mock: Mock, path: str) -> None:
    """Rules 2.7: whatever the client accepts."""
    answer = await mock.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer.content) == (404, b'{"error":"Resource not found"}')
    assert answer.headers["content-type"] == JSON


@pytest.mark.parametrize(
    ("method", "path", "methods"),
    [("DELETE", "/participants", {"GET"}), ("GET", "/participants/x/defer", {"PUT"}), ("PATCH", "/schools/x", {"GET"})],
)
async def test_a_wrong_method_is_told_the_right_ones(mock: Mock, method: str, path: str, methods: set[str]) -> None:
    """Rules 2.7: the mock's decision."""
    answer = await mock.call(method, path)
    assert (answer.status_code, answer.json()) == (405, {"error": "Method not allowed"})
    assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == methods


async def test_a_partnership_can_be_patched(mock: Mock) -> None:
    """Rules 2.1, row 16: PATCH works too."""
    first = await mock.delivery_partner()
    await mock.trained(delivery_partner_id=first)
    [id] = ids(await mock.get("/partnerships"))
    other = next(each for each in ids(await mock.get("/delivery-partners")) if each != first)
    patched = await mock.write("PATCH", f"/partnerships/{id}", {"delivery_partner_id": other})
    assert record(patched)["delivery_partner_id"] == other


@pytest.mark.parametrize("write", [str.upper, lambda id: id.replace("-", ""), lambda id: f"{{{id}}}"])
async def test_an_id_is_found_however_it_is_written(mock: Mock, write: Any) -> None:
    """Rules 2.7: capitals, braces and missing hyphens are tolerated."""
    id = (await mock.trained())["id"]
    assert (await mock.get(f"/participants/{write(id)}")).json()["data"]["id"] == id
    declared = await mock.declare(write(id))
    assert record(declared)["participant_id"] == id


@pytest.mark.parametrize("id", [UNKNOWN, "x", "a%0Ab", "%00", "1" * 300])
@pytest.mark.parametrize(
    "path",
    [
        *("/participants/{}", "/participants/{}/transfers", "/participant-declarations/{}", "/partnerships/{}"),
        *("/schools/{}?filter[cohort]=2025", "/delivery-partners/{}", "/statements/{}", "/unfunded-mentors/{}"),
    ],
)
async def test_an_unknown_id_has_the_long_body(mock: Mock, path: str, id: str) -> None:
    """Rules 2.7: also an id that is no UUID."""
    answer = await mock.get(path.replace("{}", id))
    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


async def test_transfers_are_no_participant(mock: Mock) -> None:
    """Rules 2.1: `/participants/transfers` wins over `/participants/{id}`."""
    assert ids(await mock.get("/participants/transfers")) == []


@pytest.mark.parametrize("action", ["defer", "resume", "withdraw", "change-schedule"])
async def test_an_action_reads_its_body_before_it_looks_for_the_participant(mock: Mock, action: str) -> None:
    """Rules 2.3: 400 before 404, and 404 before 422."""
    path = f"/participants/{UNKNOWN}/{action}"
    assert bad_request(await mock.call("PUT", path, json={}))
    assert (await mock.write("PUT", path, {"course_identifier": None})).json() == NOT_FOUND
    id = (await mock.trained())["id"]
    assert "course_identifier" in titles(
        await mock.write("PUT", f"/participants/{id}/{action}", {"course_identifier": None})
    )


async def test_a_partnership_is_looked_for_before_its_body_is_read(mock: Mock) -> None:
    """Rules 2.3: 404 before 400."""
    assert (await mock.call("PUT", f"/partnerships/{UNKNOWN}", json={})).json() == NOT_FOUND
    await mock.trained()
    [id] = ids(await mock.get("/partnerships"))
    assert bad_request(await mock.call("PUT", f"/partnerships/{id}", json={}))
    assert titles(await mock.write("PUT", f"/partnerships/{id}", {"delivery_partner_id": None})) == [
        "delivery_partner_id"
    ]


async def test_voiding_reads_no_body(mock: Mock) -> None:
    """Rules 5.9."""
    id = (await mock.declare((await mock.trained())["id"])).json()["data"]["id"]
    voided = await mock.call("PUT", f"/participant-declarations/{id}/void", content=b"{", headers={"X-A": "b"})
    assert record(voided)["state"] == "voided"


@pytest.mark.parametrize("body", [{"data": None}, {"data": {"attributes": {"foo": 1}}}, {"data": "x"}, []], ids=str)
@pytest.mark.parametrize("path", ["/partnerships", "/participant-declarations"])
async def test_a_creation_without_a_known_attribute_is_refused(mock: Mock, path: str, body: Any) -> None:
    """Rules 2.3."""
    assert bad_request(await mock.call("POST", path, json=body))


async def test_the_type_of_a_body_is_never_looked_at(mock: Mock) -> None:
    """Rules 2.3; numbers count where texts are expected."""
    school, partner = await mock.school(), await mock.delivery_partner()
    attributes = {"cohort": 2025, "school_id": school["id"], "delivery_partner_id": partner, "colour": "red"}
    answer = await mock.call("POST", "/partnerships", json={"data": {"type": "school", "attributes": attributes}})
    assert record(answer)["cohort"] == "2025"


async def test_a_refusal_names_its_rules_and_where_they_are_explained(mock: Mock) -> None:
    id = (await mock.trained())["id"]
    answer = await mock.act("resume", id)
    assert titles(answer) == ["participant_id"]
    assert answer.headers["x-mock-rule"]
    assert answer.headers["link"].endswith('rel="help"')


async def test_the_server_date_moves_one_request_only(mock: Mock) -> None:
    """Rules 2.9: a date alone is midnight in London."""
    id = (await mock.trained(started_on="2026-03-02"))["id"]
    assert (await mock.participant(id))["ecf_enrolments"][0]["participant_status"] == "joining"
    later = await mock.participant(id, headers={"X-With-Server-Date": "2026-03-02"})
    assert later["ecf_enrolments"][0]["participant_status"] == "active"
    assert (await mock.participant(id))["ecf_enrolments"][0]["participant_status"] == "joining"


async def test_a_write_under_a_server_date_bears_its_moment(mock: Mock) -> None:
    """Rules 2.9: `created_at`, `updated_at` and the rules of days."""
    id = (await mock.trained())["id"]
    headers = {"X-With-Server-Date": "2026-03-31T23:30:00.75+01:00"}
    declared = record(await mock.declare(id, declaration_date="2026-03-31T22:00:00Z", headers=headers))
    assert declared["created_at"] == declared["updated_at"] == "2026-03-31T22:30:00Z"
    assert titles(await mock.declare(id, "retained-1", "2026-03-31T22:00:00Z")) == ["declaration_date"]


async def test_a_body_over_the_limit_is_refused(mock: Mock) -> None:
    answer = await mock.call(
        "POST", "/partnerships", content=b" " * 1_100_000, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()) == (413, {"error": "Payload too large"})


async def test_the_journal_tells_the_operation_and_the_service(mock: Mock) -> None:
    await mock.get("/participants")
    answer = await mock.http.get(f"/_mock/sandboxes/{mock.id}/requests")
    entry = answer.json()["requests"][-1]
    assert (entry["api"], entry["operation_id"], entry["contract"]) == ("v3", "getParticipants", [])
