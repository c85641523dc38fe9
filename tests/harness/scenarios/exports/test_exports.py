"""The exported scenarios, run by the tools that they are for, against a mock."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from mock_server.harness.scenarios.exports import FORMATS, OMISSIONS_FILE, arazzo, export, http_files, postman
from mock_server.harness.scenarios.exports.common import Export
from mock_server.harness.scenarios.loader import load_scenario
from mock_server.harness.scenarios.model import RawBody
from mock_server.own_server import own_server
from mock_server.v1.service import V1
from tests import npm
from tests.harness.scenarios.conftest import SCENARIOS
from tests.harness.scenarios.writing import written

HERE = Path(__file__).parent
STEPS = sum(len(scenario.given) + len(scenario.steps) for scenario in SCENARIOS)
# A world is made before the steps of each scenario, and dropped after them.
WORLDS = 2 * len(SCENARIOS)
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}


@dataclass(frozen=True)
class Run:
    """What a tool made of an export: exit status, what it printed, and the report that it wrote, if it writes one."""

    exported: Export
    status: int
    printed: str
    report: Path


def commands(folder: Path, base_url: str) -> dict[str, list[str | Path]]:
    tools, report = npm.installed(HERE) / ".bin", folder / "report.json"
    servers = [word for api in ("v1", "control") for word in ("--server", f"{api}={base_url}")]
    variable = f"base_url={base_url}"
    newman: list[str | Path] = ["--env-var", variable, "--reporters", "json", "--reporter-json-export", report]
    return {
        "arazzo": [tools / "redocly", "respect", arazzo.FILE, *servers, "--json-output", report],
        "postman": [tools / "newman", "run", postman.FILE, *newman],
        "http": [tools / "httpyac", "send", "*.http", "--all", "--env", "mock", "--var", variable],
    }


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Run]]:
    """All tools at once: each waits for its own answers most of the time."""
    with own_server() as base_url:
        started = {}
        for format in FORMATS:
            folder = tmp_path_factory.mktemp(format)
            exported = export(format, SCENARIOS, folder)
            command = commands(folder, base_url)[format]
            with (folder / "printed.txt").open("w") as printed:
                process = subprocess.Popen(
                    command, cwd=folder, stdout=printed, stderr=subprocess.STDOUT, env=os.environ | QUIET
                )
            started[format] = folder, exported, process
        yield {
            format: Run(exported, process.wait(120), (folder / "printed.txt").read_text(), folder / "report.json")
            for format, (folder, exported, process) in started.items()
        }


def left_out(exported: Export) -> int:
    """How many requests the export lacks."""
    return len(
        {(o.scenario.id, o.step.line) for o in exported.omissions if o.what.startswith(("no step", "no request"))}
    )


def test_redocly_runs_the_arazzo_workflows_green(runs: dict[str, Run]) -> None:
    run = runs["arazzo"]
    assert run.status == 0, run.printed[-5000:]
    (file,) = json.loads(run.report.read_text())["files"].values()
    assert [workflow["workflowId"] for workflow in file["executedWorkflows"]] == [s.id for s in SCENARIOS]
    steps = [step for workflow in file["executedWorkflows"] for step in workflow["executedSteps"]]
    assert len(steps) == STEPS + WORLDS - left_out(run.exported)
    assert all(check["status"] == "success" for step in steps for check in step["checks"])


def test_newman_runs_the_postman_collection_green(runs: dict[str, Run]) -> None:
    run = runs["postman"]
    assert run.status == 0, run.printed[-5000:]
    stats = json.loads(run.report.read_text())["run"]["stats"]
    assert stats["requests"] == {
        "total": STEPS + WORLDS - left_out(run.exported),
        "pending": 0,
        "failed": 0,
    }
    assert (stats["testScripts"]["failed"], stats["assertions"]["failed"]) == (0, 0)
    assert stats["assertions"]["total"] > STEPS


def test_httpyac_runs_the_http_files_green(runs: dict[str, Run]) -> None:
    run = runs["http"]
    assert run.status == 0, run.printed[-5000:]
    total = STEPS + WORLDS - left_out(run.exported)
    assert f"{total} requests processed ({total} succeeded)" in run.printed
    assert run.printed.count("✓ the status is") == STEPS - left_out(run.exported)
    assert "✖" not in run.printed


@pytest.mark.parametrize("format", FORMATS)
def test_a_wrong_expectation_is_noticed_by_the_tool(format: str, tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path, ("training_status: active}", "training_status: deferred}")), V1)
    folder = tmp_path / "exported"
    export(format, [scenario], folder)
    with own_server() as base_url:
        command = commands(folder, base_url)[format]
        finished = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=os.environ | QUIET)
    assert finished.returncode != 0
    assert "training_status" in finished.stdout + finished.stderr + (
        (folder / "report.json").read_text() if format == "postman" else ""
    )


def lines_of(folder: Path) -> Sequence[str]:
    return (folder / OMISSIONS_FILE).read_text().splitlines()


def test_what_is_left_out_is_listed(tmp_path: Path) -> None:
    for format in FORMATS:
        exported = export(format, SCENARIOS, tmp_path / format)
        listed = lines_of(tmp_path / format)[2:]
        assert listed == [f"- {omission}" for omission in exported.omissions]
        long = [s for s in SCENARIOS for step in s.steps if isinstance(step.body, RawBody) and step.body.repeat > 1]
        assert {s.id for s in long} <= {omission.scenario.id for omission in exported.omissions}


def test_an_export_that_lacks_nothing_says_so(tmp_path: Path) -> None:
    scenario = load_scenario(written(tmp_path), V1)
    for format in FORMATS:
        export(format, [scenario], tmp_path / format)
        assert lines_of(tmp_path / format)[2:] == ["Nothing: every request and every check is there."]


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


def test_the_arazzo_document_names_its_version_and_both_contracts() -> None:
    document = yaml.safe_load(arazzo.export(SCENARIOS).files[arazzo.FILE])
    assert document["arazzo"] == "1.0.1"
    assert [source["url"] for source in document["sourceDescriptions"]] == ["v1.yaml", "control.yaml"]
    ids = [step["stepId"] for workflow in document["workflows"] for step in workflow["steps"]]
    assert len(ids) == len(set(ids))


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
