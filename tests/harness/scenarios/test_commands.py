"""`ecf-mock scenarios …` as a person or a CI job runs it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from mock_server.app import build_app
from mock_server.cli import main
from mock_server.own_server import own_server
from mock_server.service import Service
from mock_server.settings import Settings
from mock_server.v1.service import V1
from mock_server.v3.service import V3
from tests.harness.scenarios.conftest import ALL, SCENARIOS
from tests.harness.scenarios.writing import written
from tests.live import listening

TOKEN = "alder-token"  # noqa: S105 - everybody knows it
PORTABLE = [scenario for scenario in SCENARIOS if scenario.portable]


def scenarios(*arguments: str | Path, **environment: str) -> Result:
    return CliRunner().invoke(main, ["scenarios", *map(str, arguments)], env=environment)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the command takes its scenarios from, in place of the project's."""
    monkeypatch.setattr(Service, "scenarios", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("arguments", "service"), [([], V1), (["--api", "v1"], V1), (["--api", "v3"], V3)])
def test_list_shows_every_scenario_under_its_section(arguments: list[str], service: Service) -> None:
    result = scenarios("list", *arguments)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    for scenario in ALL[service]:
        (line,) = [line for line in lines if line.split()[:1] == [scenario.id]]
        assert scenario.title in line
        assert ("refusal" in line) == (scenario.kind == "refusal")
        assert ("runs anywhere" in line) == scenario.portable
        assert scenario.section.title in lines


def test_run_starts_a_mock_of_its_own() -> None:
    result = scenarios("run", "defer-again", "defer")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[:2] == ["passed  defer", "passed  defer-again"]
    assert lines[2].startswith("2 passed, 0 failed, 0 skipped, in ")


def test_run_takes_the_scenarios_of_the_service_that_it_is_told() -> None:
    result = scenarios("run", "--api", "v3", "defer-participant", "defer-refused")
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[:2] == ["passed  defer-participant", "passed  defer-refused"]
    of_v1 = scenarios("run", "--api", "v3", "defer")
    assert of_v1.exit_code == 2
    assert "no scenario is called 'defer'" in of_v1.output


def test_run_uses_the_server_that_it_is_given() -> None:
    with own_server() as base_url:
        result = scenarios("run", "defer", "--base-url", base_url)
    assert result.exit_code == 0, result.output


def test_export_of_v3_says_how_to_run_it(tmp_path: Path) -> None:
    result = scenarios("export", "--api", "v3", "--format", "arazzo", tmp_path, "defer-participant")
    assert result.exit_code == 0, result.output
    assert "--server v3=" in result.output.splitlines()[-1]
    assert (tmp_path / "v3.yaml").exists()


def test_run_of_v3_skips_what_a_server_without_the_control_api_cant_show() -> None:
    portable = [scenario for scenario in ALL[V3] if scenario.portable]
    with listening(build_app(Settings.model_validate({"control": False}))) as base_url:
        result = scenarios("run", "--api", "v3", "--base-url", base_url, "--token", TOKEN)
    assert result.exit_code == 0
    assert "skipped defer-participant: needs the control API, which this server doesn't have\n" in result.output
    assert f"{len(portable)} passed, 0 failed, {len(ALL[V3]) - len(portable)} skipped" in result.output


def test_run_skips_what_a_server_without_the_control_api_cant_show() -> None:
    with listening(build_app(Settings.model_validate({"control": False}))) as base_url:
        result = scenarios("run", "--base-url", base_url, "--token", TOKEN)
        by_variable = scenarios("run", "errors-token", "--base-url", base_url, ECF_MOCK_TOKEN=TOKEN)
        nothing = scenarios("run", "defer", "--base-url", base_url)
    assert result.exit_code == 0
    assert "skipped defer: needs the control API, which this server doesn't have\n" in result.output
    assert f"{len(PORTABLE)} passed, 0 failed, {len(SCENARIOS) - len(PORTABLE)} skipped" in result.output
    assert by_variable.output.startswith("passed  errors-token\n")
    assert nothing.exit_code == 2
    assert "none of the scenarios could be run there" in nothing.output


def test_run_exits_with_one_when_a_scenario_fails(folder: Path) -> None:
    written(folder, ("training_status: active}", "training_status: deferred}"))
    file = folder / "made" / "results.xml"
    result = scenarios("run", "--junit", file)
    assert result.exit_code == 1
    assert "failed  example\n" in result.output
    assert '  expected:    "deferred"\n' in "\n".join(line.removeprefix("  ") for line in result.output.split("\n"))
    assert 'Authorization: Bearer $TOKEN"' in result.output
    suite = ElementTree.parse(file).getroot()[0]  # noqa: S314 - our own
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "defr"], "no scenario is called 'defr'; did you mean 'defer'?"),
        (["run", "zzz"], "no scenario is called 'zzz'; `ecf-mock scenarios list` shows them all"),
        (["run", "defer", "--base-url", "nowhere"], "'nowhere' is no HTTP address"),
        (["run", "defer", "--base-url", "http://127.0.0.1:1"], "Nothing answers at http://127.0.0.1:1"),
        (["run", "defer", "--junit", "/dev/null/results.xml"], "can't write /dev/null/results.xml"),
        (["export", "--format", "http", "/dev/null/folder"], "can't write to /dev/null/folder"),
        (["export", "--format", "soap", "folder"], "'soap' is not one of 'arazzo', 'http', 'postman'"),
    ],
)
def test_what_cant_be_done_is_said_in_a_line(arguments: list[str], said: str) -> None:
    result = scenarios(*arguments)
    assert result.exit_code == 2
    assert said in result.output.splitlines()[-1]


def test_a_mistake_in_a_scenario_is_told_before_anything_runs(folder: Path) -> None:
    file = written(folder, ("kind: main", "kind: mian"))
    for command in (["list"], ["run"], ["export", "--format", "http", "folder"]):
        result = scenarios(*command)
        assert result.exit_code == 2
        assert result.output == f"Error: {file}:4: 'kind' can't be 'mian'; did you mean 'main'?\n"


@pytest.mark.parametrize("format", ["arazzo", "http", "postman"])
def test_export_writes_files_lists_what_they_lack_and_says_how_to_run_them(format: str, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    result = scenarios("export", "--format", format, folder, "errors-method-and-size", "defer")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert [line for line in lines if line.startswith("not exported: errors-method-and-size, createParticipant")]
    assert lines[-2].startswith(f"2 scenarios written to {folder}; ")
    assert lines[-1].startswith("To run them: ")
    assert (folder / "NOT-EXPORTED.md").exists()


@pytest.mark.parametrize("command", ["list", "run", "export"])
def test_help_explains_each_command(command: str) -> None:
    result = scenarios(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output
    if command != "list":
        assert f"ecf-mock scenarios {command}" in result.output.split("Examples:")[1]
