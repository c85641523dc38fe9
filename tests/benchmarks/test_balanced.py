"""What the benchmark of several mocks is made of: the shipped configuration, and requests to several sandboxes."""

import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from benchmarks import balanced
from benchmarks.balanced import CONFIGURATION, Together, configuration
from benchmarks.exchange import Request
from benchmarks.load import Wrk
from benchmarks.servers import PARTICIPANTS
from mock_server.client import ControlClient
from mock_server.own_server import own_server
from mock_server.settings import Settings
from tests.programs import required


@pytest.mark.parametrize("mocks", [[5001], [5001, 5002]])
def test_nothing_of_the_shipped_configuration_differs_but_the_ports(mocks: list[int], tmp_path: Path) -> None:
    text = configuration(5000, mocks)
    for ours, shipped in (("5000;", "8080;"), ("5001;", "8081;"), ("5002;", "8082;")):
        text = text.replace(ours, shipped)
    shipped_lines = CONFIGURATION.read_text("utf-8").splitlines()
    left_out = [] if len(mocks) == 2 else ["    server 127.0.0.1:8082;"]
    assert [line for line in text.splitlines() if line.strip()] == [
        line for line in shipped_lines if line.strip() and line not in left_out
    ]
    (tmp_path / "nginx.conf").write_text(configuration(5000, mocks))
    command = [required("nginx"), "-t", "-p", str(tmp_path), "-c", "nginx.conf"]
    tested = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr


def test_a_configuration_that_has_changed_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "nginx.conf"
    changed.write_text(CONFIGURATION.read_text("utf-8").replace("8082", "8083"))
    monkeypatch.setattr(balanced, "CONFIGURATION", changed)
    with pytest.raises(ValueError, match="8082"):
        configuration(5000, [5001, 5002])


def test_processes_that_serve_together_are_counted_together() -> None:
    class Member:
        def cpu_seconds(self) -> float:
            return 1.5

        def memory_bytes(self) -> int:
            return 10

    together = Together(1, (Member(), Member()))  # type: ignore[arg-type]
    assert (together.cpu_seconds(), together.memory_bytes()) == (3.0, 20)


def test_wrk_sends_each_request_with_its_own_token(tmp_path: Path) -> None:
    required("wrk")
    settings = Settings.model_construct(seed="empty", rate_limit=None, journal_entries=1_000_000)
    with own_server(settings) as url, ControlClient(url) as control:
        for id in ("one", "two"):
            control.create_sandbox(id=id)
        port = urlsplit(url).port
        assert port is not None
        requests = [Request("GET", PARTICIPANTS, token=f"alder-token.{id}") for id in ("one", "two")]
        load = Wrk(2, frozenset(os.sched_getaffinity(0)), tmp_path).run(port, requests, 1, expected_status=200)
        assert load.errors == 0
        seen = [control.sandbox(id).get().counts["requests"] for id in ("one", "two")]
    assert min(seen) > 0
    assert abs(seen[0] - seen[1]) <= 4
    assert load.requests <= sum(seen)
