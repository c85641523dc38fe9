"""The shipped nginx and HAProxy configurations, before two mocks: a sandbox's requests always meet its world."""

import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mock_server.client import ControlClient
from mock_server.own_server import own_server
from mock_server.settings import Settings
from tests.programs import required

CONFIGURATIONS = Path(__file__).parent.parent.parent / "docs" / "operations"
BALANCERS = {
    "nginx": ("nginx.conf", ["-p", "{folder}", "-c", "{file}", "-g", "daemon off;"]),
    "haproxy": ("haproxy.cfg", ["-db", "-f", "{file}"]),
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def balancer(name: str, mocks: list[str], folder: Path) -> Iterator[str]:
    """The base URL of the balancer, run with its shipped configuration but for the ports."""
    shipped, options = BALANCERS[name]
    port = free_port()
    text = (CONFIGURATIONS / shipped).read_text()
    ports = {"127.0.0.1:8080": f"127.0.0.1:{port}"} | {
        f"127.0.0.1:{documented}": mock.removeprefix("http://")
        for documented, mock in zip((8081, 8082), mocks, strict=True)
    }
    for documented, actual in ports.items():
        assert documented in text
        text = text.replace(documented, actual)
    file = folder / shipped
    file.write_text(text)
    arguments = [required(name), *(word.format(folder=folder, file=file) for word in options)]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 20
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, process.stderr and process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module", params=BALANCERS)
def scaled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """The balancer's base URL, and those of the mocks behind it; each test leaves only the default sandbox there."""
    settings = Settings.model_construct(seed="empty")
    with (
        own_server(settings) as first,
        own_server(settings) as second,
        balancer(request.param, [first, second], tmp_path_factory.mktemp("balancer")) as base_url,
    ):
        yield base_url, [first, second]


def test_a_sandboxs_requests_always_meet_its_world(scaled: tuple[str, list[str]]) -> None:
    base_url, mocks = scaled
    with ControlClient(base_url) as control:
        worlds = {}
        for _ in range(16):
            sandbox = control.create_sandbox(seed="empty")
            added = control.sandbox(sandbox.id).v1.add_participant(provider="alder", participant_type="ect")
            worlds[sandbox.id] = (sandbox.providers[0].token, added.id)

        def listed(id: str) -> list[str]:
            token, _ = worlds[id]
            headers = {"Authorization": f"Bearer {token}"}
            answer = httpx.get(f"{base_url}/api/v1/participants/ecf", headers=headers)
            assert answer.status_code == 200, answer.text
            return [record["id"] for record in answer.json()["data"]]

        with ThreadPoolExecutor(8) as pool:
            asked = list(worlds) * 5
            for id, seen in zip(asked, pool.map(listed, asked), strict=True):
                assert seen == [worlds[id][1]]

        # Each sandbox lives on one mock only, and both have some.
        homes = []
        for mock in mocks:
            with ControlClient(mock) as direct:
                homes.append({sandbox.id for sandbox in direct.sandboxes()} - {"default"})
        assert homes[0] | homes[1] == set(worlds)
        assert not homes[0] & homes[1]
        assert all(homes)

        for id in worlds:
            assert httpx.get(f"{base_url}/_mock/ui/sandboxes/{id}/journal").status_code == 200
            control.sandbox(id).delete()


def test_the_default_sandbox_is_one_world_too(scaled: tuple[str, list[str]]) -> None:
    base_url, _ = scaled
    with ControlClient(base_url) as control:
        added = control.sandbox("default").v1.add_participant(provider="birch", participant_type="mentor").id
    headers = {"Authorization": "Bearer birch-token"}
    for _ in range(10):
        answer = httpx.get(f"{base_url}/api/v1/participants/ecf/{added}", headers=headers)
        assert answer.status_code == 200


def test_a_sandbox_that_no_header_names_is_refused_with_the_reason(scaled: tuple[str, list[str]]) -> None:
    base_url, mocks = scaled
    refused = httpx.post(f"{base_url}/_mock/sandboxes", json={"id": "lost"})
    assert refused.status_code == 400
    assert refused.headers["content-type"] == "application/problem+json"
    assert "X-Mock-Sandbox" in refused.json()["detail"]
    for mock in mocks:
        with ControlClient(mock) as direct:
            assert [sandbox.id for sandbox in direct.sandboxes()] == ["default"]
