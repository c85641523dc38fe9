"""A page of another site can't drive the control API, whatever a browser sends for it."""

import subprocess
import sys

import httpx
import pytest

from mock_server.app import build_app
from mock_server.settings import Settings


def client(**settings: object) -> httpx.AsyncClient:
    application = build_app(Settings.model_validate({"seed": "empty", **settings}))
    return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://127.0.0.1:8080")


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://127.0.0.1:9999", "null", "http://"])
async def test_a_page_of_another_site_is_refused_and_changes_nothing(origin: str) -> None:
    async with client() as http:
        for settings in ({"id": "planted"}, None):
            refused = await http.post("/_mock/sandboxes", json=settings, headers={"Origin": origin})
            assert refused.status_code == 403
            assert refused.headers["content-type"] == "application/problem+json"
        assert len((await http.get("/_mock/sandboxes")).json()["sandboxes"]) == 1


async def test_a_page_of_the_mock_itself_and_clients_without_an_origin_are_served() -> None:
    async with client() as http:
        own = {"Origin": "http://127.0.0.1:8080"}
        assert (await http.post("/_mock/sandboxes/default/reset", headers=own)).status_code == 200
        assert (await http.post("/_mock/sandboxes/default/reset")).status_code == 200


@pytest.mark.parametrize(
    "host", ["rebound.example", "rebound.example:8080", "127.0.0.1.rebound.example", "", "[", "x@y"]
)
async def test_a_name_that_is_not_this_machines_is_refused_while_there_is_no_token(host: str) -> None:
    async with client() as http:
        assert (await http.get("/_mock/sandboxes", headers={"Host": host})).status_code == 403
    async with client(insecure=True) as http:
        assert (await http.get("/_mock/sandboxes", headers={"Host": host})).status_code == 200
    async with client(control_token="secret") as http:  # noqa: S106 - a test's own
        headers = {"Host": host, "Authorization": "Bearer secret"}
        assert (await http.get("/_mock/sandboxes", headers=headers)).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:80", "mock.localhost", "[::1]:8080", "192.168.0.7:8080"])
async def test_addresses_and_localhost_are_served(host: str) -> None:
    async with client() as http:
        assert (await http.get("/_mock/sandboxes", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 - what the test refuses
def test_a_public_address_without_a_token_is_refused_at_start(host: str) -> None:
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--host", host]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert "--control-token" in done.stderr
    assert "--insecure" in done.stderr
    assert "Traceback" not in done.stderr
