"""Tokens, statuses, content types and fixed bodies, to the letter."""

import pytest

from tests.v1.app.conftest import DECLARATIONS, PARTICIPANTS, Mock

JSON_API = "application/vnd.api+json"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("authorization", [None, "alder-token", "Basic YTpi", "Bearer", "Bearer nobody", "Bearer  "])
async def test_a_missing_malformed_or_unknown_token_gets_401(mock: Mock, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    for path in (PARTICIPANTS, DECLARATIONS, f"{PARTICIPANTS}/{UNKNOWN}"):
        answer = await mock.http.get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.content == b'{"error": "HTTP Token: Access denied"}'
        assert answer.headers["content-type"] == JSON_API


async def test_the_scheme_is_read_in_any_case(mock: Mock) -> None:
    answer = await mock.http.get(PARTICIPANTS, headers={"Authorization": f"bearer alder-token.{mock.id}"})
    assert answer.status_code == 200


async def test_without_an_ecf_contract_participants_are_forbidden_with_an_empty_body(mock: Mock) -> None:
    requests = [("GET", path) for path in (PARTICIPANTS, f"{PARTICIPANTS}.csv", f"{PARTICIPANTS}/{UNKNOWN}")]
    requests += [("GET", "/api/v1/participants"), ("GET", "/api/v1/participants.csv")]
    requests += [("PUT", f"{PARTICIPANTS}/{UNKNOWN}/{action}") for action in ("defer", "resume", "withdraw")]
    requests += [("PUT", f"/api/v1/participants/{UNKNOWN}/change-schedule")]
    for method, path in requests:
        answer = await mock.call(method, path, "dogwood")
        assert (answer.status_code, answer.content) == (403, b""), path


async def test_without_an_ecf_contract_declarations_are_just_empty(mock: Mock) -> None:
    assert (await mock.get(DECLARATIONS, "dogwood")).content == b'{"data":[]}'
    assert (await mock.get(f"{DECLARATIONS}.csv", "dogwood")).content == b""
    assert (await mock.get(f"{DECLARATIONS}/{UNKNOWN}", "dogwood")).status_code == 404


async def test_content_types_carry_no_charset(mock: Mock) -> None:
    await mock.add()
    for path in (PARTICIPANTS, DECLARATIONS, f"{PARTICIPANTS}/{UNKNOWN}", "/nowhere"):
        for accept in ("*/*", "text/html", "application/json"):
            answer = await mock.get(path, headers={"Accept": accept})
            assert answer.headers["content-type"] == JSON_API
    assert (await mock.get(f"{PARTICIPANTS}.csv")).headers["content-type"] == "text/csv"
    assert (await mock.get(f"{DECLARATIONS}.csv")).headers["content-type"] == "text/csv"


@pytest.mark.parametrize(
    "path", ["/", "/api/v1", "/api/v1/participants/", f"{PARTICIPANTS}/", f"{PARTICIPANTS}/{UNKNOWN}", "/api/v2/x"]
)
async def test_an_unknown_path_or_id_gets_404(mock: Mock, path: str) -> None:
    answer = await mock.get(path)
    assert (answer.status_code, answer.content) == (404, b'{"error": "Resource not Found"}')


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", PARTICIPANTS, "GET, HEAD"),
        ("HEAD", f"{PARTICIPANTS}/{UNKNOWN}/defer", "PUT"),
        ("OPTIONS", DECLARATIONS, "GET, HEAD, POST"),
        ("PATCH", f"{DECLARATIONS}/{UNKNOWN}", "GET, HEAD"),
        ("GET", f"{PARTICIPANTS}/{UNKNOWN}/defer", "PUT"),
        # Both `…/ecf/{id}` and `…/{id}/defer` fit it.
        ("DELETE", "/api/v1/participants/ecf/defer", "GET, HEAD, PUT"),
    ],
)
async def test_a_wrong_method_gets_405_with_every_right_one(mock: Mock, method: str, path: str, allow: str) -> None:
    answer = await mock.call(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allow
    # An answer to HEAD has no body by definition.
    assert answer.content == (b"" if method == "HEAD" else b'{"error": "Method not allowed"}')


@pytest.mark.parametrize("path", [PARTICIPANTS, f"{PARTICIPANTS}.csv", DECLARATIONS])
async def test_head_answers_like_get_without_a_body(mock: Mock, path: str) -> None:
    """Rules 3."""
    await mock.add()
    get, head = await mock.get(path), await mock.call("HEAD", path)
    assert (head.status_code, head.headers, head.content) == (get.status_code, get.headers, b"")


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/vnd.api+json", "text/x-json", "Text/X-JSON; charset=utf-8"],
)
async def test_a_body_may_have_three_content_types(mock: Mock, content_type: str) -> None:
    """Rules 3."""
    id = await mock.add()
    answer = await mock.call(
        "PUT",
        f"{PARTICIPANTS}/{id}/defer",
        content=b'{"data": {"attributes": {"course_identifier": "ecf-induction", "reason": "other"}}}',
        headers={"Content-Type": content_type},
    )
    assert answer.status_code == 200


async def test_the_scheme_token_is_accepted_like_bearer_and_named_in_the_challenge(mock: Mock) -> None:
    """Rules 3."""
    for scheme in ("Token", "token", "Bearer"):
        answer = await mock.get(PARTICIPANTS, headers={"Authorization": f"{scheme} alder-token.{mock.id}"})
        assert answer.status_code == 200
    refused = await mock.get(PARTICIPANTS, headers={"Authorization": "Token nobody"})
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, 'Token realm="Application"')


async def test_a_server_date_may_be_a_date_alone(mock: Mock) -> None:
    """Rules 3: its midnight in UTC."""
    id = await mock.add()
    answer = await mock.act(
        "defer", id, headers={"X-With-Server-Date": "2022-02-03"}, reason="other", course_identifier="ecf-induction"
    )
    assert answer.json()["data"]["attributes"]["updated_at"] == "2022-02-03T00:00:00Z"


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1"]
)
async def test_a_body_of_another_content_type_counts_as_not_sent(mock: Mock, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = await mock.call("POST", DECLARATIONS, content=b'{"data": {"attributes": {"a": 1}}}', headers=headers)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["title"] == "Bad request"
    assert "content type" in error["detail"].lower() or "charset" in error["detail"].lower()


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=UTF-8", JSON_API])
async def test_both_json_content_types_are_read_in_any_case(mock: Mock, content_type: str) -> None:
    answer = await mock.call(
        "POST", DECLARATIONS, content=b'{"data": {"type": "x"}}', headers={"Content-Type": content_type}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b'{"data": null}', b'{"data": []}', b'{"data": {}}', b'{"data": "x"}', b"{"]
)
async def test_a_body_without_data_gets_400(mock: Mock, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    for method, path in (("POST", DECLARATIONS), ("PUT", f"{PARTICIPANTS}/{UNKNOWN}/defer")):
        answer = await mock.call(method, path, content=body, headers=headers)
        assert answer.status_code == 400
        assert [error["title"] for error in answer.json()["errors"]] == ["Bad request"]


async def test_a_refusal_names_its_rules_and_the_guide(mock: Mock) -> None:
    answer = await mock.act("defer", await mock.add(), reason="bored", course_identifier="ecf-mentor")
    assert answer.headers["x-mock-rule"] == "participant-enrolled, defer-reason-listed, course-enrolled"
    story = "ecf-usage/notifying-of-deferral/#defer-not-enrolled-3"
    assert answer.headers["link"] == f'<http://127.0.0.1/_mock/docs/{story}>; rel="help"'


async def test_the_rate_limit_can_be_met_after_three_requests(mock: Mock) -> None:
    await mock.control("PATCH", "", {"rate_limit": {"requests": 3, "seconds": 60}})
    assert [(await mock.get(PARTICIPANTS)).status_code for _ in range(3)] == [200] * 3
    refused = await mock.get(PARTICIPANTS)
    assert (refused.status_code, refused.content) == (429, b"Retry later\n")
    assert refused.headers["content-type"] == "text/plain"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    # Each token has its own, and the limit can be switched off.
    assert (await mock.get(PARTICIPANTS, "birch")).status_code == 200
    await mock.control("PATCH", "", {"rate_limit": None})
    assert (await mock.get(PARTICIPANTS)).status_code == 200


async def test_a_server_date_shifts_one_request_only(mock: Mock) -> None:
    participant = await mock.add()
    late = "2021-10-20T09:00:00Z"
    assert (await mock.declare(participant, declaration_date=late)).status_code == 422
    shifted = await mock.declare(participant, declaration_date=late, headers={"X-With-Server-Date": late})
    assert shifted.status_code == 200
    assert shifted.json()["data"]["attributes"]["updated_at"] == late
    assert (await mock.control("GET", "/clock"))["now"] == "2021-10-01T09:00:00Z"


async def test_a_server_date_makes_no_payment_run(mock: Mock) -> None:
    declaration = (await mock.declare(await mock.add())).json()["data"]["id"]
    later = await mock.get(f"{DECLARATIONS}/{declaration}", headers={"X-With-Server-Date": "2025-01-01T00:00:00Z"})
    assert later.json()["data"]["attributes"]["state"] == "eligible"


@pytest.mark.parametrize("moment", ["yesterday", "2021-02-30T00:00:00Z", "2021-10-32", "0000-01-01T00:00:00Z"])
async def test_an_unreadable_server_date_gets_400(mock: Mock, moment: str) -> None:
    answer = await mock.get(PARTICIPANTS, headers={"X-With-Server-Date": moment})
    assert answer.status_code == 400
    assert "X-With-Server-Date" in answer.json()["errors"][0]["detail"]
