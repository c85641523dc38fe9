"""Sandboxes come and go: no more than allowed, idle ones deleted, nothing of a deleted one kept."""

import gc
import weakref
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from mock_server.app import Application, build_app
from mock_server.sandbox import sandboxes
from mock_server.settings import Settings
from tests.v1.app.conftest import PARTICIPANTS, Mock

Start = Callable[..., tuple[Application, Mock]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    clients = []

    def build(**settings: float) -> tuple[Application, Mock]:
        application = build_app(Settings.model_validate({"seed": "empty", **settings}))
        http = httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://127.0.0.1")
        clients.append(http)
        return application, Mock("idle", http)

    yield build
    for client in clients:
        await client.aclose()


async def create(mock: Mock, id: str) -> httpx.Response:
    return await mock.http.post("/_mock/sandboxes", json={"id": id})


async def test_there_are_no_more_sandboxes_than_allowed(start: Start) -> None:
    _, mock = start(max_sandboxes=2)
    assert (await create(mock, "one")).status_code == 201
    refused = await create(mock, "two")
    assert refused.status_code == 409
    assert "--max-sandboxes" in refused.json()["detail"]
    assert (await mock.http.delete("/_mock/sandboxes/one")).status_code == 204
    assert (await create(mock, "two")).status_code == 201


async def test_a_sandbox_that_nobody_uses_is_deleted_and_one_in_use_stays(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr(sandboxes, "monotonic", lambda: seconds[0])
    _, mock = start(sandbox_ttl=100)
    for id in ("idle", "busy"):
        await create(mock, id)
    busy = Mock("busy", mock.http)
    for seconds[0] in (1050.0, 1099.0, 1140.0):
        assert (await busy.get(PARTICIPANTS)).status_code == 200
    assert (await mock.get(PARTICIPANTS)).status_code == 401
    listed = (await mock.http.get("/_mock/sandboxes")).json()["sandboxes"]
    assert [sandbox["id"] for sandbox in listed] == ["default", "busy"]
    seconds[0] = 5000.0
    assert len((await mock.http.get("/_mock/sandboxes")).json()["sandboxes"]) == 1


async def test_nothing_of_a_deleted_sandbox_is_kept(start: Start) -> None:
    application, mock = start()
    await create(mock, mock.id)
    await mock.add()
    await mock.get(PARTICIPANTS)
    sandbox = application.registry.get(mock.id)
    assert sandbox is not None
    world, journal = weakref.ref(sandbox.world), weakref.ref(sandbox.journal)
    del sandbox
    await mock.http.delete(f"/_mock/sandboxes/{mock.id}")
    gc.collect()
    assert world() is None
    assert journal() is None
