"""What a sandbox's services share, and what each has for itself (control API, "Two services, one sandbox")."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.app import build_app
from mock_server.sandbox.sandboxes import Registry, Sandbox
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.settings import ClockSetting, GivenSettings, SandboxSettings, Seed, Settings
from tests.v1.domain.builders import at

V1_LIST, V3_LIST = "/api/v1/participants/ecf", "/api/v3/participants"
LISTS = (V1_LIST, V3_LIST)
START = "2025-10-01T09:00:00Z"
DEFAULT = "/_mock/sandboxes/default"


def made(seed: Seed, services: Sequence[Service] = SERVICES) -> Sandbox:
    settings = SandboxSettings(seed, ClockSetting(at(START), running=False), "return", None, 2021)
    return Registry(Settings(seed="empty"), services).create("late", settings)


def rows(world: Any, service: Service) -> tuple[int, list[bytes]]:
    """Everything that the world holds, as a state file would keep it."""
    return world.changes, sorted(service.kept.write(record) for record in world.every_record())


# The clock is put to these moments, one after the other.
JOURNEYS = {
    "nothing happens": (),
    "one jump": ("2026-08-01T00:00:00Z",),
    "many steps": ("2025-10-31T00:00:00Z", "2025-12-31T23:59:59Z", "2026-01-31T00:00:00Z", "2026-03-01T12:00:00Z"),
    "there and back": ("2026-08-01T00:00:00Z", "2025-11-05T10:00:00Z"),
    "back before the start": ("2024-09-01T00:00:00Z",),
}


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=JOURNEYS)
@pytest.mark.parametrize("seed", ["guide", "empty"])
@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_world_made_late_is_the_same_as_one_made_at_once(
    service: Service, seed: Seed, journey: tuple[str, ...]
) -> None:
    early, late = made(seed), made(seed)
    early.world(service)
    for moment in journey:
        for sandbox in (early, late):
            sandbox.clock.set(at(moment), None)
            sandbox.moment()
    assert service.name not in late.worlds
    assert rows(late.world(service), service) == rows(early.world(service), service)
    # So is what happens to it later.
    for sandbox in (early, late):
        sandbox.clock.set(at("2027-01-01T00:00:00Z"), None)
        sandbox.moment()
    assert rows(late.world(service), service) == rows(early.world(service), service)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_world_is_the_same_whether_another_service_has_one_or_not(service: Service) -> None:
    alone, beside = made("guide"), made("guide")
    for other in SERVICES:
        beside.world(other)
    assert rows(alone.world(service), service) == rows(beside.world(service), service)


class Mock:
    """A mock in this process, as the first provider's client and as its own control API."""

    def __init__(self, **settings: Any) -> None:
        defaults = {"seed": "guide", "clock": ClockSetting(at("2026-02-10T09:00:00Z"), running=False)}
        self.app = build_app(GivenSettings(**{**defaults, **settings}))
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://127.0.0.1")

    async def get(self, path: str, token: str = "alder-token", **options: Any) -> httpx.Response:  # noqa: S107
        return await self._http.get(path, headers={"authorization": f"Bearer {token}"}, **options)

    async def control(self, method: str, path: str = "", body: Any = None) -> Any:
        answer = await self._http.request(method, f"{DEFAULT}{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def add_v1(self) -> None:
        body = {"provider": "alder", "participant_type": "ect", "cohort": "2021"}
        await self.control("POST", "/v1/participants", body)

    async def add_v3(self) -> None:
        await self.control("POST", "/v3/schools", {})

    async def counts(self) -> tuple[int, int]:
        """How many participants v1 has, and how many schools v3 has."""
        found = (await self.control("GET"))["counts"]
        return found["v1"]["participants"], (found["v3"] or {"schools": 0})["schools"]


@pytest.mark.parametrize("path", LISTS)
async def test_a_token_opens_both_services(path: str) -> None:
    mock = Mock()
    assert (await mock.get(path)).status_code == 200
    assert (await mock.get(path, "nobody-token")).status_code == 401


async def test_a_sandbox_that_is_deleted_takes_its_tokens_of_both_services_along() -> None:
    mock = Mock()
    answer = await mock._http.post("/_mock/sandboxes", json={"id": "gone"})
    assert answer.status_code == 201
    assert [(await mock.get(path, "alder-token.gone")).status_code for path in LISTS] == [200, 200]
    await mock._http.delete("/_mock/sandboxes/gone")
    assert [(await mock.get(path, "alder-token.gone")).status_code for path in LISTS] == [401, 401]


async def test_both_services_see_the_sandboxs_clock() -> None:
    mock = Mock()
    for path in LISTS:
        await mock.get(path)
    await mock.control("PUT", "/clock", {"now": "2026-05-01T00:00:00Z"})
    for path in LISTS:
        await mock.get(path)
    entries = (await mock.control("GET", "/requests"))["requests"]
    assert [entry["server_date"] for entry in entries] == ["2026-02-10T09:00:00Z"] * 2 + ["2026-05-01T00:00:00Z"] * 2
    assert {world.clock for world in mock.app.registry.default.worlds.values()} == {at("2026-05-01T00:00:00Z")}


async def test_requests_to_both_services_use_up_one_rate_limit() -> None:
    mock = Mock(rate_limit="2/60")
    assert [(await mock.get(path)).status_code for path in (*LISTS, *LISTS)] == [200, 200, 429, 429]


@pytest.mark.parametrize(
    ("match", "statuses"),
    [({}, [503, 503]), ({"api": "v1"}, [503, 200]), ({"api": "v3"}, [200, 503]), ({"path": "/api/v3/*"}, [200, 503])],
)
async def test_a_fault_strikes_the_service_that_it_names_or_both(match: dict[str, str], statuses: list[int]) -> None:
    mock = Mock()
    await mock.control("POST", "/faults", {"match": match, "respond": {"status": 503}})
    assert [(await mock.get(path)).status_code for path in LISTS] == statuses


async def test_the_journal_has_both_services_in_one_order_and_shows_one_when_asked() -> None:
    mock = Mock()
    for path in (V3_LIST, V1_LIST, "/nowhere", V3_LIST):
        await mock.get(path)
    entries = (await mock.control("GET", "/requests"))["requests"]
    assert [entry["api"] for entry in entries] == ["v3", "v1", None, "v3"]
    assert [entry["id"] for entry in (await mock.control("GET", "/requests?api=v3"))["requests"]] == [1, 4]


async def test_a_snapshot_holds_both_worlds() -> None:
    mock = Mock()
    await mock.add_v1()
    await mock.add_v3()
    before = await mock.counts()
    snapshot = (await mock.control("POST", "/snapshots"))["id"]
    await mock.add_v1()
    await mock.add_v3()
    assert await mock.counts() == (before[0] + 1, before[1] + 1)
    await mock.control("POST", f"/snapshots/{snapshot}/restore")
    assert await mock.counts() == before


async def test_a_snapshot_without_a_world_lets_it_be_made_later_as_if_nothing_had_happened() -> None:
    mock = Mock()
    snapshot = (await mock.control("POST", "/snapshots"))["id"]
    first = (await mock.get(V3_LIST)).content
    await mock.control("PUT", "/clock", {"now": "2026-09-01T00:00:00Z"})
    await mock.add_v3()
    await mock.control("POST", f"/snapshots/{snapshot}/restore")
    assert (await mock.control("GET"))["counts"]["v3"] is None
    assert (await mock.get(V3_LIST)).content == first


async def test_a_reset_resets_both_worlds() -> None:
    mock = Mock()
    await mock.get(V3_LIST)
    before = await mock.counts()
    await mock.add_v1()
    await mock.add_v3()
    await mock.control("POST", "/reset")
    for path in LISTS:
        await mock.get(path)
    assert await mock.counts() == before


async def test_a_state_file_holds_both_worlds(tmp_path: Path) -> None:
    mock = Mock(state=tmp_path / "state")
    await mock.add_v1()
    await mock.add_v3()
    before = {name: rows(world, _named(name)) for name, world in mock.app.registry.default.worlds.items()}
    mock.app.release()
    again = Mock(state=tmp_path / "state")
    worlds = again.app.registry.default.worlds
    assert set(worlds) == {"v1", "v3"}
    assert {name: rows(world, _named(name)) for name, world in worlds.items()} == before
    again.app.release()


async def test_both_worlds_go_on_after_a_restart_as_if_there_had_been_none(tmp_path: Path) -> None:
    kept, stayed = Mock(state=tmp_path / "state"), Mock()
    for mock in (kept, stayed):
        await mock.add_v1()
        await mock.add_v3()
    kept.app.release()
    restarted = Mock(state=tmp_path / "state")
    for mock in (restarted, stayed):
        await mock.add_v1()
        await mock.add_v3()
    for service in SERVICES:
        found = [rows(mock.app.registry.default.world(service), service) for mock in (restarted, stayed)]
        assert found[0] == found[1]
    restarted.app.release()


def _named(name: str) -> Service:
    return next(service for service in SERVICES if service.name == name)
