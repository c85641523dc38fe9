"""Servers that keep the contract pass, be they slow, limited or behind proxies. Others get a short verdict."""

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from starlette.middleware.gzip import GZipMiddleware

from mock_server.app import build_app
from mock_server.harness.check.doorstep import CannotRun
from mock_server.harness.check.outcome import Report
from mock_server.harness.check.run import Plan, check
from mock_server.own_server import own_server
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.settings import Rate, Settings
from tests.harness.check.conftest import Listener
from tests.live import listening
from tests.operations.test_load_balancers import balancer
from tests.programs import required

COMMAND = str(Path(sys.executable).with_name("ecf-mock"))
TOKENS: dict[str, str] = {"token": "alder-token", "peer_token": "birch-token"}
# Those that show most in least time.
STAGES = ("contract", "scenarios", "behaviour", "isolation", "consistency", "coverage")


def application(**settings: Any) -> Any:
    chosen = {"control": False, "rate_limit": "off", "clock": "2023-04-15T09:00:00Z,still", **settings}
    return build_app(Settings.model_validate(chosen))


def report_on(base_url: str, listener: Listener | None = None, **plan: Any) -> Report:
    return check(Plan(base_url=base_url, **{"stages": STAGES, **TOKENS, **plan}), listener or Listener(), own_server)


def told(report: Report) -> list[tuple[str, str, str]]:
    return [(found.stage, found.what, found.came) for found in report.findings]


def test_a_server_without_control_and_without_a_limit(deployment: str) -> None:
    report = report_on(deployment)
    assert told(report) == []
    assert [stage.name for stage in report.stages if stage.cut_short or stage.skipped] == []


@pytest.mark.parametrize("rate", [None, Rate(100, 4)], ids=["learnt", "given"])
def test_a_server_with_a_rate_limit(rate: Rate | None) -> None:
    listener = Listener()
    stages = ("scenarios", "isolation")
    with listening(application(rate_limit="100/4")) as base_url:
        report = report_on(base_url, listener, rate=rate, stages=stages)
    assert told(report) == []
    assert any("the server allows" in said for said in listener.said)
    met = sum(operation.statuses.get("429", 0) for operation in report.coverage)
    # To learn it, a few are refused: the limit is each token's, and the check has two.
    assert met <= (4 if rate is None else 0)
    assert [stage.name for stage in report.stages if stage.cut_short or stage.skipped] == []


def slow(inner: Any, seconds: float) -> Any:
    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.sleep(seconds)
        await inner(scope, receive, send)

    return answer


def test_a_slow_server_is_checked_as_far_as_the_time_goes_and_what_is_left_is_named() -> None:
    began = time.monotonic()
    with listening(slow(application(), 0.1)) as base_url:
        report = report_on(base_url, time_limit=8)
    assert told(report) == []
    assert "behaviour" in report.cut_short
    assert any(note.why == "the time limit came first" for stage in report.stages for note in stage.notes)
    # One request may be on its way when the time ends; the machine may be busy.
    assert time.monotonic() - began < 60
    assert report.seconds >= 7


def test_a_server_that_compresses_for_those_who_accept_it() -> None:
    with listening(GZipMiddleware(application(), minimum_size=100)) as base_url:
        assert told(report_on(base_url, stages=("scenarios", "behaviour", "consistency"))) == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_a_server_behind_nginx(service: Service, tmp_path: Path) -> None:
    required("nginx")
    # What nginx refuses itself is in the probes and in the methods that Schemathesis tries.
    stages = (*STAGES, "boundaries") if service is SERVICES[0] else ("behaviour",)
    with listening(application()) as mock, balancer("nginx", [mock, mock], tmp_path) as base_url:
        assert told(report_on(base_url, service=service, stages=stages)) == []


@contextmanager
def dying(*settings: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A mock in a process of its own."""
    command = [COMMAND, "serve", "--port", "0", "--log-level", "error", "--rate-limit", "off", *settings]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            base_url = process.stdout.readline().split()[3]
            Thread(target=process.stdout.read, daemon=True).start()
            yield base_url, process
        finally:
            process.kill()


class Killer(Listener):
    """Ends a process after so many answers."""

    def __init__(self, process: "subprocess.Popen[str]", after: int) -> None:
        super().__init__()
        self._process = process
        self._after = after

    def exchange(self) -> None:
        super().exchange()
        if self.exchanges == self._after:
            self._process.kill()
            self._process.wait()


@pytest.mark.parametrize("settings", [["--no-control"], []], ids=["without control", "with control"])
@pytest.mark.parametrize("stage", ["behaviour", "consistency", "examples"])
def test_a_server_that_dies_ends_the_check_in_one_line(stage: str, settings: list[str]) -> None:
    with dying(*settings) as (base_url, process), pytest.raises(CannotRun) as ended:
        report_on(base_url, Killer(process, after=40), stages=(stage,))
    assert len(str(ended.value).splitlines()) == 1
    assert base_url in str(ended.value)


def test_a_server_that_is_something_else_gets_one_finding(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>Hello</h1>")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        words = ["check", "--base-url", address, "--token", "x", "--every-stage"]
        done = subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False, env=dict(os.environ))
    finally:
        server.shutdown()
        server.server_close()
    assert done.returncode == 1
    assert "the server has none of the contract's paths" in done.stdout
    assert "in 1 way" in done.stdout
    assert len(done.stdout.splitlines()) + len(done.stderr.splitlines()) <= 40


def test_the_console_shows_a_screen_of_a_server_that_is_broken_everywhere() -> None:
    """It answers every path, and always the same: what an imitation made of examples does."""

    async def always(scope: Any, receive: Any, send: Any) -> None:
        body = b'{"data": [], "meta": {}}'
        status = 404 if scope["path"].startswith("/_mock") else 200
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    with listening(always) as base_url:
        words = ["check", "--base-url", base_url, "--token", "x", "--every-stage", "--max-examples", "1"]
        words += ["--stage", "scenarios", "--stage", "behaviour", "--stage", "consistency"]
        done = subprocess.run([COMMAND, *words], capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) <= 40
    assert re.search(r"in \d+ ways? \(\d+ findings\)", done.stdout)
    assert "which the reports name" in done.stdout
