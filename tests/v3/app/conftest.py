"""The whole application in process, and a sandbox of v3 of its own for each test."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from mock_server.app import Application, build_app
from mock_server.settings import Settings
from tests.v3.app.mock import Mock

_numbers = itertools.count(1)
CLOCK = "2026-02-10T09:00:00Z"


@pytest.fixture(scope="session")
def application() -> Application:
    return build_app(Settings(seed="empty", rate_limit=None))


@pytest.fixture
async def http(application: Application) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
async def mock(http: httpx.AsyncClient) -> AsyncIterator[Mock]:
    """An empty sandbox whose clock stands still at 09:00 on 10 February 2026."""
    id = f"test-{next(_numbers)}"
    setting: dict[str, Any] = {"id": id, "seed": "empty", "clock": {"now": CLOCK, "running": False}}
    created = await http.post("/_mock/sandboxes", json=setting)
    assert created.status_code == 201, created.text
    yield Mock(id, http)
    await http.delete(f"/_mock/sandboxes/{id}")
