"""A mock over real HTTP, and an empty sandbox of v3 for each test."""

from collections.abc import Iterator

import pytest

from mock_server.app import build_app
from mock_server.client import ControlClient, SandboxClient
from mock_server.settings import Settings
from mock_server.v3.control.client import V3Client
from tests.control.test_client_on_the_mock import Watched
from tests.live import listening

CLOCK = "2026-02-10T09:00:00Z"


@pytest.fixture(scope="session")
def mock() -> Iterator[tuple[Watched, str]]:
    watched = Watched(build_app(Settings(seed="empty", rate_limit=None)))
    with listening(watched) as base_url:
        yield watched, base_url


@pytest.fixture
def client(mock: tuple[Watched, str]) -> Iterator[ControlClient]:
    """What the mock answers is held against the contract as well."""
    watched, base_url = mock
    watched.problems.clear()
    with ControlClient(base_url) as client:
        yield client
    assert watched.problems == []


@pytest.fixture
def sandbox(client: ControlClient) -> Iterator[SandboxClient]:
    """Empty, standing still at 09:00 on 10 February 2026."""
    made = client.create_sandbox(seed="empty", clock={"now": CLOCK, "running": False})
    yield client.sandbox(made.id)
    client.sandbox(made.id).delete()


@pytest.fixture
def v3(sandbox: SandboxClient) -> V3Client:
    return sandbox.v3
