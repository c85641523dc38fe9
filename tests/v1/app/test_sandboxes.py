"""Sandboxes are worlds apart; control can be locked or left out; the whole life of a participant on a real port."""

import asyncio

import httpx
import pytest

from mock_server.app import build_app
from mock_server.sandbox.sandboxes import SANDBOX_ID
from mock_server.settings import Settings
from tests.live import listening
from tests.specifications import Document
from tests.v1.app.conftest import DECLARATIONS, PARTICIPANTS, Mock, ids


async def test_a_token_sees_and_changes_its_own_sandbox_only(mock: Mock, http: httpx.AsyncClient) -> None:
    other = Mock("other-world", http)
    clock = {"now": "2021-10-01T09:00:00Z", "running": False}
    created = {"id": other.id, "seed": "empty", "clock": clock, "random_seed": 7}
    assert (await http.post("/_mock/sandboxes", json=created)).status_code == 201
    try:
        participant = await mock.add()
        declaration = (await mock.declare(participant)).json()["data"]["id"]
        before = await mock.control("GET", "/v1/declarations"), await mock.control("GET", "/v1/participants")
        assert ids(await other.get(PARTICIPANTS)) == ids(await other.get(DECLARATIONS)) == []
        assert (await other.get(f"{PARTICIPANTS}/{participant}")).status_code == 404
        assert (await other.act("withdraw", participant, course_identifier="ecf-induction")).status_code == 422
        assert (await other.call("PUT", f"{DECLARATIONS}/{declaration}/void")).status_code == 404
        assert (await other.declare(participant)).status_code == 422
        await other.control("PUT", "/clock", {"now": "2030-01-01T00:00:00Z"})
        await other.control("PUT", "/faults", {"faults": [{"match": {}, "respond": {"status": 503}}]})
        assert (await mock.get(PARTICIPANTS)).status_code == 200
        assert (await mock.control("GET", "/v1/declarations"), await mock.control("GET", "/v1/participants")) == before
    finally:
        await http.delete(f"/_mock/sandboxes/{other.id}")
    assert (await other.get(PARTICIPANTS)).status_code == 401


async def test_the_header_that_load_balancers_read_can_name_a_new_sandbox(http: httpx.AsyncClient) -> None:
    named = {"X-Mock-Sandbox": "by-header"}
    created = await http.post("/_mock/sandboxes", json={"seed": "empty"}, headers=named)
    assert (created.status_code, created.json()["id"]) == (201, "by-header")
    await http.delete("/_mock/sandboxes/by-header")
    both = await http.post("/_mock/sandboxes", json={"id": "by-body", "seed": "empty"}, headers=named)
    assert (both.status_code, both.json()["errors"][0]["pointer"]) == (422, "/id")
    for bad in ("No", "-x", "a" * 64, "ä"):
        refused = await http.post("/_mock/sandboxes", json={}, headers={b"X-Mock-Sandbox": bad.encode("latin-1")})
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "X-Mock-Sandbox")


def test_the_code_knows_ids_of_sandboxes_as_the_contract_does() -> None:
    pattern = Document("control").content["components"]["schemas"]["SandboxId"]["pattern"]
    assert pattern == f"^{SANDBOX_ID.pattern}$"


async def test_the_same_random_seed_and_requests_give_the_same_ids(http: httpx.AsyncClient) -> None:
    seen = []
    for id, random_seed in (("twin-1", 42), ("twin-2", 42), ("stranger", 43)):
        created = {"id": id, "seed": "guide", "random_seed": random_seed, "clock": {"now": "2022-01-01T00:00:00Z"}}
        await http.post("/_mock/sandboxes", json=created)
        twin = Mock(id, http)
        seen.append((ids(await twin.get(PARTICIPANTS)), await twin.add()))
        await http.delete(f"/_mock/sandboxes/{id}")
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


async def test_reset_goes_back_to_seed_clock_and_settings_and_clears_the_journal(mock: Mock) -> None:
    start = await mock.control("GET", "")
    await mock.declare(await mock.add())
    await mock.control("PUT", "/clock", {"now": "2025-01-01T00:00:00Z"})
    await mock.control("PATCH", "", {"replay": "refuse", "rate_limit": {"requests": 1, "seconds": 9}})
    await mock.control("PUT", "/faults", {"faults": [{"match": {}, "delay_ms": 1}]})
    for _ in range(2):
        assert await mock.control("POST", "/reset") == start
    assert (await mock.control("GET", "/requests"))["requests"] == []
    assert (await mock.control("GET", "/faults"))["faults"] == []


async def test_a_lost_answer_leaves_the_declaration_behind(mock: Mock) -> None:
    lost = {"match": {"operation_id": "createParticipantDeclaration"}, "respond": {"status": 502}, "apply": "after"}
    await mock.control("PUT", "/faults", {"faults": [{**lost, "times": 1}]})
    participant = await mock.add()
    assert (await mock.declare(participant)).status_code == 502
    (left_behind,) = ids(await mock.get(DECLARATIONS))
    again = await mock.declare(participant)
    assert (again.status_code, again.json()["data"]["id"]) == (200, left_behind)
    assert (await mock.control("GET", "/faults"))["faults"][0]["struck"] == 1


@pytest.mark.parametrize("control", [True, False])
async def test_the_control_api_can_be_left_out(control: bool) -> None:
    application = build_app(Settings(seed="empty", control=control))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://127.0.0.1") as http:
        answer = await http.get("/_mock/health")
        assert answer.status_code == (200 if control else 404)
        if not control:
            assert answer.content == b'{"error": "Resource not Found"}'


async def test_a_control_token_locks_everything_but_health() -> None:
    application = build_app(Settings(seed="empty", control_token="open sesame"))  # noqa: S106 - a test's own
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://127.0.0.1") as http:
        refused = await http.get("/_mock/sandboxes")
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"
        allowed = await http.get("/_mock/sandboxes", headers={"Authorization": "Bearer open sesame"})
        assert allowed.status_code == 200


def test_a_hundred_identical_declarations_at_once_on_a_real_port_make_one() -> None:
    async def storm(base_url: str) -> None:
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(base_url=base_url, limits=limits, timeout=30) as http:
            clock = {"now": "2021-10-01T09:00:00Z", "running": False}
            await http.post("/_mock/sandboxes", json={"id": "storm", "seed": "empty", "clock": clock})
            mock = Mock("storm", http)
            participant = await mock.add()
            answers = await asyncio.gather(*(mock.declare(participant) for _ in range(100)))
            assert {answer.status_code for answer in answers} == {200}
            assert len({answer.content for answer in answers}) == 1
            assert (await mock.control("GET", ""))["counts"]["v1"]["declarations"] == 1

    with listening(build_app(Settings(seed="empty"))) as base_url:
        asyncio.run(storm(base_url))
