"""`/_mock/metrics`, as Prometheus reads it from a mock on a real port."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from mock_server.app import build_app
from mock_server.client import ControlClient
from mock_server.control.metrics import LEVELS
from mock_server.own_server import own_server
from mock_server.sandbox.request_counts import BOUNDS, RequestCounts
from mock_server.sandbox.state.file import StateFile, Write
from mock_server.settings import GivenSettings
from tests.live import listening

ALDER = {"Authorization": "Bearer alder-token"}
SECRET = "a token of the control API"  # noqa: S105 - a test's own
PARTICIPANTS = "/api/v1/participants/ecf"


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with own_server() as base_url, httpx.Client(base_url=base_url) as client:
        yield client


def samples(http: httpx.Client) -> dict[tuple[str, ...], float]:
    """The values by name and labels, such as `("ecf_mock_requests_total", "v1", "x", "200")`."""
    answer = http.get("/_mock/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(answer.text)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_requests_are_counted_by_api_operation_and_status(http: httpx.Client) -> None:
    for _ in range(3):
        http.get(PARTICIPANTS, headers=ALDER)
    http.get(PARTICIPANTS)
    http.get("/api/v3/participants", headers=ALDER)
    http.get("/elsewhere", headers=ALDER)
    found = samples(http)
    asked = {name[1:]: value for name, value in found.items() if name[0] == "ecf_mock_requests_total"}
    assert asked == {
        ("v1", "listEcfParticipants", "200"): 3,
        ("v1", "listEcfParticipants", "401"): 1,
        ("v3", "getParticipants", "200"): 1,
        ("", "", "404"): 1,
    }
    assert found["ecf_mock_request_duration_seconds_count", "v1", "listEcfParticipants"] == 4
    assert found["ecf_mock_request_duration_seconds_bucket", "v1", "+Inf", "listEcfParticipants"] == 4
    assert 0 < found["ecf_mock_request_duration_seconds_sum", "v1", "listEcfParticipants"] < 10


def test_an_endless_number_of_paths_makes_no_more_metrics(http: httpx.Client) -> None:
    http.get(f"{PARTICIPANTS}/none-of-them", headers=ALDER)
    http.get("/none-of-them", headers=ALDER)
    names = set(samples(http))
    for number in range(50):
        http.get(f"{PARTICIPANTS}/{number}", headers=ALDER)
        http.get(f"/{number}", headers=ALDER)
    assert set(samples(http)) == names


def test_sandboxes_journals_and_faults_are_counted(http: httpx.Client) -> None:
    before = samples(http)
    assert {name for (name, *_) in before} >= {level.name for level in LEVELS}
    assert before["ecf_mock_sandboxes",] == 1
    http.post("/_mock/sandboxes", json={"id": "other"})
    http.post("/_mock/sandboxes/other/faults", json={"match": {}, "respond": {"status": 503}, "times": 1})
    for status in (503, 200):
        assert http.get(PARTICIPANTS, headers={"Authorization": "Bearer alder-token.other"}).status_code == status
    after = samples(http)
    assert after["ecf_mock_sandboxes",] == 2
    assert after["ecf_mock_journal_entries",] == 2
    assert after["ecf_mock_journal_bytes",] > 1000
    assert after["ecf_mock_faults",] == 1
    assert after["ecf_mock_faults_struck_total",] == 1
    assert after["ecf_mock_state_file_waiting_writes",] == 0


def test_writes_that_wait_for_the_state_file_are_counted(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.db")
    # Its thread doesn't write before the start.
    file.write(Write(1, None))
    file.write(Write(2, None))
    assert file.waiting == 2
    file.start()
    file.flush()
    assert file.waiting == 0
    file.close()


def test_it_asks_for_the_control_token_as_other_calls_do() -> None:
    with listening(build_app(GivenSettings(control_token=SECRET))) as base_url:
        assert httpx.get(f"{base_url}/_mock/metrics").status_code == 401
        with ControlClient(base_url, SECRET) as control:
            text = control.metrics()
    assert "ecf_mock_sandboxes 1.0" in text
    assert SECRET not in text


def test_a_request_that_takes_as_long_as_a_bound_falls_below_it() -> None:
    counts = RequestCounts()
    for seconds in (BOUNDS[2], BOUNDS[-1], BOUNDS[-1] + 1):
        counts.note("v1", "listX", 200, seconds)
    (found,) = counts.durations().values()
    assert (found[2], found[len(BOUNDS) - 1], found[len(BOUNDS)]) == (1, 1, 1)


def test_the_trace_of_a_request_is_in_its_journal_entry(http: httpx.Client) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    http.get(PARTICIPANTS, headers={**ALDER, "Traceparent": trace})
    entry: dict[str, Any] = http.get("/_mock/sandboxes/default/requests").json()["requests"][-1]
    assert entry["request"]["headers"]["traceparent"] == trace
