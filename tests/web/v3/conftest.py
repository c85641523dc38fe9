"""A sandbox whose v3 starts empty, standing still on 10 February 2026."""

import itertools
from collections.abc import AsyncIterator

import pytest

from mock_server.app import Application
from tests.web.conftest import Site, asking

_numbers = itertools.count(1)


async def _site(application: Application, seed: str) -> AsyncIterator[Site]:
    id = f"v3-{next(_numbers)}"
    async with asking(application) as http:
        setting = {"id": id, "seed": seed, "clock": {"now": "2026-02-10T09:00:00Z", "running": False}}
        assert (await http.post("/_mock/sandboxes", json=setting)).status_code == 201
        yield Site(http, id)
    for sandbox in list(application.registry)[1:]:
        application.registry.delete(sandbox)


@pytest.fixture
async def site(application: Application) -> AsyncIterator[Site]:
    async for each in _site(application, "empty"):
        yield each


@pytest.fixture
async def guide(application: Application) -> AsyncIterator[Site]:
    """The same day in the guide's seed."""
    async for each in _site(application, "guide"):
        yield each
