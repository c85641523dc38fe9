"""The exported scenarios, run by the tools that they are for, against a mock."""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from mock_server.harness.scenarios.exports import FORMATS, OMISSIONS_FILE, arazzo, export, http_files, postman
from mock_server.harness.scenarios.exports.common import Export
from mock_server.harness.scenarios.loader import load_scenario
from mock_server.harness.scenarios.model import RawBody, Scenario
from mock_server.own_server import own_server
from mock_server.service import Service
from mock_server.v1.service import V1
from mock_server.v3.service import V3
from tests import npm
from tests.harness.scenarios.conftest import ALL, SCENARIOS, each_service
from tests.harness.scenarios.writing import written

HERE = Path(__file__).parent
ALL_THERE = "Nothing: every request and every check is there."
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Run:
    """What a tool made of an export: exit status, what it printed, and the report that it wrote, if it writes one."""

    scenarios: Sequence[Scenario]
    exported: Export
    status: int
    printed: str
    report: Path

    @property
    def steps(self) -> int:
        """How many requests of the stories the export has."""
        lacking = {
            (omission.scenario.id, omission.step.line)
            for omission in self.exported.omissions
            if omission.what.startswith(("no step", "no request"))
        }
        return sum(len(scenario.given) + len(scenario.steps) for scenario in self.scenarios) - len(lacking)

    @property
    def requests(self) -> int:
        """The same with those that make a sandbox before each story, and drop it after."""
        return self.steps + 2 * len(self.scenarios)


def commands(service: Service, folder: Path, base_url: str) -> dict[str, list[str | Path]]:
    tools, report = npm.installed(HERE) / ".bin", folder / "report.json"
    servers = [word for api in (service.name, "control") for word in ("--server", f"{api}={base_url}")]
    # To mask secrets, Redocly searches each answer for each token, which takes a quarter of its time.
    quick = ["--no-secrets-masking"]
    variable = f"base_url={base_url}"
    newman: list[str | Path] = ["--env-var", variable, "--reporters", "json", "--reporter-json-export", report]
    return {
        "arazzo": [tools / "redocly", "respect", arazzo.FILE, *servers, *quick, "--json-output", report],
        "postman": [tools / "newman", "run", postman.FILE, *newman],
        "http": [tools / "httpyac", "send", "*.http", "--all", "--env", "mock", "--var", variable],
    }


def ran(service: Service, format: str, folder: Path) -> Run:
    """Run the tool on the service's scenarios. Each test starts one tool, so that parallel tests repeat no work."""
    scenarios = ALL[service]
    exported = export(format, scenarios, folder)
    with own_server() as base_url:
        finished = subprocess.run(
            commands(service, folder, base_url)[format],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | QUIET,
        )
    return Run(scenarios, exported, finished.returncode, finished.stdout, folder / "report.json")


@each_service
def test_redocly_runs_the_arazzo_workflows_green(service: Service, tmp_path: Path) -> None:
    run = ran(service, "arazzo", tmp_path)
    assert run.status == 0, run.printed[-5000:]
    (file,) = json.loads(run.report.read_text())["files"].values()
    assert [workflow["workflowId"] for workflow in file["executedWorkflows"]] == [s.id for s in run.scenarios]
    steps = [step for workflow in file["executedWorkflows"] for step in workflow["executedSteps"]]
    assert len(steps) == run.requests
    assert all(check["status"] == "success" for step in steps for check in step["checks"])


@each_service
def test_newman_runs_the_postman_collection_green(service: Service, tmp_path: Path) -> None:
    run = ran(service, "postman", tmp_path)
    assert run.status == 0, run.printed[-5000:]
    stats = json.loads(run.report.read_text())["run"]["stats"]
    assert stats["requests"] == {"total": run.requests, "pending": 0, "failed": 0}
    assert (stats["testScripts"]["failed"], stats["assertions"]["failed"]) == (0, 0)
    assert stats["assertions"]["total"] > run.steps


@each_service
def test_httpyac_runs_the_http_files_green(service: Service, tmp_path: Path) -> None:
    run = ran(service, "http", tmp_path)
    assert run.status == 0, run.printed[-5000:]
    assert f"{run.requests} requests processed ({run.requests} succeeded)" in run.printed
    assert run.printed.count("✓ the status is") == run.steps
    assert "✖" not in run.printed


@pytest.mark.parametrize("format", FORMATS)
def test_a_wrong_expectation_is_noticed_by_the_tool(format: str, tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, ("training_status: active}", "training_status: deferred}")), V1)
    folder = tmp_path / "exported"
    export(format, [scenario], folder)
    with own_server() as base_url:
        command = commands(V1, folder, base_url)[format]
        finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | QUIET)
    assert finished.returncode != 0
    assert "training_status" in finished.stdout + finished.stderr + (
        (folder / "report.json").read_text() if format == "postman" else ""
    )


def lines_of(folder: Path) -> Sequence[str]:
    return (folder / OMISSIONS_FILE).read_text().splitlines()


@each_service
def test_what_is_left_out_is_listed(service: Service, tmp_path: Path) -> None:
    for format in FORMATS:
        exported = export(format, ALL[service], tmp_path / format)
        listed = lines_of(tmp_path / format)[2:]
        assert listed == ([f"- {omission}" for omission in exported.omissions] or [ALL_THERE])
        long = [s for s in ALL[service] for step in s.steps if isinstance(step.body, RawBody) and step.body.repeat > 1]
        assert {s.id for s in long} <= {omission.scenario.id for omission in exported.omissions}


def test_an_export_that_lacks_nothing_says_so(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path), V1)
    for format in FORMATS:
        export(format, [scenario], tmp_path / format)
        assert lines_of(tmp_path / format)[2:] == [ALL_THERE]


def test_arazzo_lists_each_check_that_it_cant_make(tmp_path: Path) -> None:
    body = "{/data: {length: 2, at_least: 1, each: {/id: 1}}, /data/a: {absent: true}, /data/b: []}"
    scenario = load_scenario(written(tmp_path, ("{/data/attributes/training_status: active}", body)), V1)
    said = [omission.what for omission in arazzo.export([scenario]).omissions]
    assert said == [
        "no check that /data length 2",
        "no check that /data at_least 1",
        'no check that /data each {"/id": 1}',
        "no check that /data/a absent true",
        "no check that /data/b equals []",
    ]


def test_arazzo_leaves_out_a_step_whose_value_was_left_out(tmp_path: Path) -> None:
    first = "  - text: Lost.\n    request: GET /x\n    keep: {lost: /id}\n    expect: {status: 200}\n"
    change = ("  - text: Read one.\n", first + "  - text: Read one.\n"), ("${participant}", "${lost}")
    said = [omission.what for omission in arazzo.export([load_scenario(written(tmp_path, *change), V1)]).omissions]
    assert said == [
        "no step: it calls no operation of the contract",
        "no step: it needs 'lost', which a step that is left out would keep",
    ]


@each_service
def test_the_arazzo_document_names_its_version_and_both_contracts(service: Service) -> None:
    document = yaml.safe_load(arazzo.export(ALL[service]).files[arazzo.FILE])
    assert document["arazzo"] == "1.0.1"
    assert [source["url"] for source in document["sourceDescriptions"]] == [f"{service.name}.yaml", "control.yaml"]
    ids = [step["stepId"] for workflow in document["workflows"] for step in workflow["steps"]]
    assert len(ids) == len(set(ids))


def test_a_kept_value_inside_a_list_of_objects_is_compared() -> None:
    (scenario,) = [scenario for scenario in ALL[V3] if scenario.id == "participant-id-changes"]
    file = next(text for name, text in http_files.export([scenario]).files.items() if name.endswith(".http"))
    assert '[{"from_participant_id": client.global.get("old"), "to_participant_id": client.global.get(' in file


def test_http_files_stand_in_the_order_of_the_guide() -> None:
    names = [name for name in http_files.export(SCENARIOS).files if name.endswith(".http")]
    assert names == sorted(names)
    assert [name[4:-5] for name in names] == [scenario.id for scenario in SCENARIOS]


def test_the_postman_collection_has_the_sections_as_folders() -> None:
    collection = json.loads(postman.export(SCENARIOS).files[postman.FILE])
    assert collection["info"]["schema"] == postman.SCHEMA
    sections = list(dict.fromkeys(scenario.section.title for scenario in SCENARIOS))
    assert [folder["name"] for folder in collection["item"]] == sections
    assert sum(len(folder["item"]) for folder in collection["item"]) == len(SCENARIOS)
