"""A service that the project knows nothing of is served, steered, kept, checked and documented like its own."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from docs.generator.site import reference
from mock_server.client import ControlClient, SandboxClient
from mock_server.harness.check.run import WITHOUT_KIT, Plan, check
from mock_server.harness.check.stage_names import STAGES
from mock_server.harness.scenarios.loader import load_scenarios
from mock_server.own_server import own_server
from mock_server.services import SERVICES
from mock_server.settings import GivenSettings
from tests.harness.check.conftest import Listener
from tests.third.service import THIRD, World

ALL = (*SERVICES, THIRD)
PLACES = "/api/v9/places"
TOKEN = "alder-token"  # noqa: S105 - everybody knows it


@pytest.fixture
def base_url() -> Iterator[str]:
    """A mock on a real port that serves the third service beside the project's own."""
    with own_server(GivenSettings(), ALL) as base_url:
        yield base_url


@pytest.fixture
def http(base_url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base_url, headers={"authorization": f"Bearer {TOKEN}"}) as client:
        yield client


@pytest.fixture
def sandbox(base_url: str) -> Iterator[SandboxClient]:
    with ControlClient(base_url) as control:
        yield control.sandbox("default")


def add(http: httpx.Client, name: str) -> httpx.Response:
    return http.post(PLACES, json={"data": {"attributes": {"name": name}}})


def names(http: httpx.Client) -> list[str]:
    return [place["name"] for place in http.get(PLACES).json()["data"]]


def test_it_is_served_and_its_rule_refuses(http: httpx.Client, sandbox: SandboxClient) -> None:
    assert add(http, "Leeds").status_code == 200
    refused = add(http, " ")
    assert (refused.status_code, refused.headers["x-mock-rule"]) == (422, "place-name-present")
    assert names(http) == ["Leeds"]
    assert http.delete(PLACES).headers["allow"] == "GET, HEAD, POST"
    assert http.get(PLACES, headers={"authorization": "Bearer wrong"}).json()["errors"][0]["title"] == "token"
    assert http.get("/_mock/health").json()["apis"] == ["v1", "v3", "v9"]


def test_its_part_of_the_control_api_changes_its_world(http: httpx.Client) -> None:
    place = add(http, "Leeds").json()["data"]
    closed = http.request("DELETE", f"/_mock/sandboxes/default/v9/places/{place['id']}")
    assert (closed.status_code, closed.json()) == (200, place)
    assert names(http) == []
    assert http.request("DELETE", "/_mock/sandboxes/default/v9/places/nowhere").status_code == 404


def test_a_fault_strikes_it_alone(http: httpx.Client, sandbox: SandboxClient) -> None:
    fault: Any = {"match": {"api": "v9", "operation_id": "listPlaces"}, "respond": {"status": 503}}
    sandbox.add_fault(**fault)
    assert http.get(PLACES).status_code == 503
    assert http.get("/api/v1/participants/ecf").status_code == 200
    assert add(http, "Leeds").status_code == 200


def test_the_journal_knows_it(http: httpx.Client, sandbox: SandboxClient) -> None:
    add(http, "")
    http.get("/api/v1/participants/ecf")
    http.post(PLACES, json={"data": {"attributes": {"name": 1}}})
    first, second = sandbox.requests(api="v9").requests
    assert (first.api, first.operation_id, first.status, first.rules) == (
        "v9",
        "createPlace",
        422,
        ("place-name-present",),
    )
    assert first.contract == ()
    assert second.contract != ()


def test_a_snapshot_and_a_reset_include_it(http: httpx.Client, sandbox: SandboxClient) -> None:
    add(http, "Leeds")
    snapshot = sandbox.snapshot()
    add(http, "York")
    sandbox.restore(snapshot)
    assert names(http) == ["Leeds"]
    sandbox.reset()
    assert names(http) == []


def test_a_state_file_keeps_it(tmp_path: Path) -> None:
    settings = GivenSettings(state=tmp_path / "state")
    headers = {"authorization": f"Bearer {TOKEN}"}
    with own_server(settings, ALL) as base_url, httpx.Client(base_url=base_url, headers=headers) as http:
        place = add(http, "Leeds").json()["data"]
    with own_server(settings, ALL) as base_url, httpx.Client(base_url=base_url, headers=headers) as http:
        assert http.get(PLACES).json()["data"] == [place]


def test_its_scenario_is_read_from_its_own_folder() -> None:
    (scenario,) = load_scenarios(THIRD)
    assert (scenario.service, scenario.section.title) == (THIRD, "Places")


def test_the_check_holds_it_against_its_contract_and_its_scenarios() -> None:
    report = check(Plan(THIRD), Listener(), own_server)
    assert report.findings == []
    stages = {stage.name: stage for stage in report.stages}
    assert list(stages) == list(STAGES)
    assert [name for name, stage in stages.items() if stage.skipped is None] == list(WITHOUT_KIT)
    assert stages["scenarios"].facts == {"scenarios": 1, "skipped": 0}
    assert stages["contract"].facts["operations"] == 2


def test_the_check_notices_when_its_server_breaks_a_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(World, "of", lambda _world, _provider: [])
    report = check(Plan(THIRD, stages=WITHOUT_KIT), Listener(), own_server)
    assert [(found.stage, found.operation) for found in report.findings] == [("scenarios", "listPlaces")]


def test_its_reference_is_rendered() -> None:
    text = reference(THIRD)
    assert "## List the places { #api-v9-places-get }" in text
    assert "## Add a place { #api-v9-places-post }" in text
    assert "schema-newplace" in text


def test_its_clients_are_not_graded(sandbox: SandboxClient) -> None:
    assert sandbox.readiness("v9").requirements == ()


def test_the_page_has_its_journal_clock_and_faults(http: httpx.Client) -> None:
    assert add(http, "Leeds").status_code == 200
    page = http.get("/_mock/ui/sandboxes/default/journal?api=v9&entry=1").text
    assert re.findall(r'id="tab-([^"]+)"', page) == [
        *("journal", "v1", "v3", "clock", "faults", "readiness", "sandboxes"),
    ]
    assert '<option value="v9" selected>' in page
    assert "<dd>v9</dd>" in page
    assert "createPlace" in http.get("/_mock/ui/sandboxes/default/faults").text
    assert http.get("/_mock/ui/sandboxes/default/clock").status_code == 200
    assert http.get("/_mock/ui/sandboxes/default/v9/places").status_code == 404
