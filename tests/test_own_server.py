"""A mock of one's own: there at once, told nothing by the environment, gone afterwards."""

from pathlib import Path

import httpx
import pytest

from mock_server.own_server import own_server
from mock_server.settings import Settings


def test_it_answers_at_once_and_is_gone_afterwards() -> None:
    with own_server() as base_url:
        assert httpx.get(f"{base_url}/_mock/health").json()["status"] == "ok"
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{base_url}/_mock/health")


def test_each_has_a_world_and_a_port_of_its_own() -> None:
    with own_server() as one, own_server() as other:
        assert one != other
        httpx.post(f"{one}/_mock/sandboxes", json={"id": "only-here"}).raise_for_status()
        assert [s["id"] for s in httpx.get(f"{other}/_mock/sandboxes").json()["sandboxes"]] == ["default"]


def test_it_takes_the_settings_that_it_is_given_but_keeps_its_control_api() -> None:
    settings = Settings.model_validate({"seed": "empty", "control": False, "control_token": "secret", "port": 1})
    with own_server(settings) as base_url:
        (sandbox,) = httpx.get(f"{base_url}/_mock/sandboxes").json()["sandboxes"]
    assert sandbox["seed"] == "empty"


def test_one_after_another_can_keep_the_same_state_file(tmp_path: Path) -> None:
    settings = Settings.model_construct(state=tmp_path / "state")
    with own_server(settings) as base_url:
        httpx.post(f"{base_url}/_mock/sandboxes", json={"id": "kept"}).raise_for_status()
    with own_server(settings) as base_url:
        assert httpx.get(f"{base_url}/_mock/sandboxes/kept").status_code == 200


def test_the_environment_doesnt_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECF_MOCK_SEED", "empty")
    monkeypatch.setenv("ECF_MOCK_REPLAY", "refuse")
    with own_server() as base_url:
        (sandbox,) = httpx.get(f"{base_url}/_mock/sandboxes").json()["sandboxes"]
    assert (sandbox["seed"], sandbox["replay"]) == ("guide", "return")
