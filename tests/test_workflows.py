"""What runs on GitHub: the workflows of this project, and the action for others, whose scripts are run here."""

import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.programs import required
from tests.test_cli import COMMAND

ROOT = Path(__file__).parent.parent
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
RELEASE, WEEKLY = WORKFLOW.with_name("release.yml"), WORKFLOW.with_name("weekly.yml")
ACTION = ROOT / "action.yml"
BIN = Path(sys.executable).parent


def run(*command: str, **options: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


def test_actionlint_finds_nothing_and_would(tmp_path: Path) -> None:
    found = run(str(BIN / "actionlint"), cwd=ROOT)
    assert (found.returncode, found.stdout) == (0, "")
    # It also knows the inputs of the action that the workflow uses from this folder.
    (tmp_path / ".git").mkdir()
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    shutil.copy(ACTION, tmp_path / "action.yml")
    wrong = WORKFLOW.read_text().replace("report: check.html", "reprot: check.html")
    (tmp_path / ".github" / "workflows" / "ci.yml").write_text(wrong)
    found = run(str(BIN / "actionlint"), cwd=tmp_path)
    assert found.returncode == 1
    assert 'input "reprot" is not defined in action "ecf-mock"' in found.stdout


@pytest.mark.parametrize(
    ("schema", "file"),
    [*(("github-workflows", file) for file in (WORKFLOW, RELEASE, WEEKLY)), ("github-actions", ACTION)],
)
def test_each_file_fits_its_schema(schema: str, file: Path) -> None:
    found = run(str(BIN / "check-jsonschema"), "--builtin-schema", f"vendor.{schema}", str(file))
    assert found.returncode == 0, found.stdout


def test_zizmor_finds_nothing_and_would(tmp_path: Path) -> None:
    command = [str(BIN / "zizmor"), "--quiet", "--no-progress", "--offline"]
    found = run(*command, str(ROOT / ".github"), str(ACTION))
    assert found.returncode == 0, found.stdout
    (tmp_path / "release.yml").write_text(re.sub(r"(checkout)@\w{40}", r"\1@v6", RELEASE.read_text()))
    found = run(*command, str(tmp_path / "release.yml"))
    assert found.returncode
    assert "unpinned-uses" in found.stdout


@pytest.mark.parametrize("file", [WORKFLOW, RELEASE, WEEKLY], ids=lambda file: file.stem)
def test_every_action_of_others_is_pinned_and_says_which_version_that_is(file: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", file.read_text())
    others = [(action, comment) for action, comment in used if not action.startswith("./")]
    assert others
    for action, comment in others:
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


def test_a_release_needs_no_secret_but_the_one_that_github_makes() -> None:
    workflow = RELEASE.read_text()
    assert set(re.findall(r"secrets\.(\w+)", workflow)) == {"GITHUB_TOKEN"}
    assert yaml.safe_load(workflow)["permissions"] == {}


def test_the_workflow_covers_every_python_and_every_kind_of_check() -> None:
    jobs = yaml.safe_load(WORKFLOW.read_text())["jobs"]
    assert set(jobs) == {"lint", "audit", "test", "check", "docs", "release"}
    assert jobs["test"]["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]


def test_the_script_for_ci_runs_what_make_check_runs_and_the_contract_check() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    [parts] = re.findall(r"^check: (.+?) ##", makefile, re.MULTILINE)
    assert re.findall(r"^make (\S+)", script, re.MULTILINE) == [*parts.split(), "contract"]
    assert "test" in parts.split()


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def step(name: str, tmp_path: Path, **inputs: str) -> "subprocess.CompletedProcess[str]":
    """Runs a step of the action as GitHub would, with the command of this environment as the installed one."""
    action = yaml.safe_load(ACTION.read_text())
    [found] = [step for step in action["runs"]["steps"] if step["name"] == name]
    given = {key: str(definition["default"]) for key, definition in action["inputs"].items()} | {
        key.replace("_", "-"): value for key, value in inputs.items()
    }
    environment = {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output")}
    for variable, expression in found["env"].items():
        environment[variable] = given[expression.removeprefix("${{ inputs.").removesuffix(" }}")]
    tmp_path.mkdir(exist_ok=True)
    installed = tmp_path / "ecf-mock" / "bin" / "ecf-mock"
    if not installed.exists():
        installed.parent.mkdir(parents=True)
        # Its process id, so that the test can end what the step leaves running.
        installed.write_text(f'#!/bin/bash\necho $$ > "{tmp_path}/pid"\nexec "{COMMAND}" "$@"\n')
        installed.chmod(0o755)
    return run(required("bash"), "-c", found["run"], env={**os.environ, **environment}, cwd=tmp_path)


def test_the_action_starts_a_mock_that_later_steps_can_use(tmp_path: Path) -> None:
    port = free_port()
    done = step("Start the mock", tmp_path, port=port, args="--seed empty --clock 2021-11-20T09:00:00Z,still")
    try:
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "output").read_text() == f"base-url=http://127.0.0.1:{port}\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_mock/sandboxes/default/clock", timeout=5) as answer:
            assert b"2021-11-20T09:00:00Z" in answer.read()
        # The port is taken now: the step fails, and shows why.
        again = step("Start the mock", tmp_path / "again", port=port)
        assert again.returncode == 1
        assert f"can't listen on 127.0.0.1 port {port}" in again.stderr
    finally:
        os.kill(int((tmp_path / "pid").read_text()), 15)


def test_the_action_fails_when_the_mock_does(tmp_path: Path) -> None:
    done = step("Start the mock", tmp_path, port=free_port(), args="--seed nothing")
    assert done.returncode == 1
    assert "'nothing': there is no such file" in done.stderr


def test_the_action_checks_and_writes_reports(tmp_path: Path) -> None:
    done = step("Check the contract", tmp_path, args="--stage contract", report="check.html", junit="check.xml")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "check.html").exists()
    assert (tmp_path / "check.xml").exists()


def test_the_action_fails_when_the_check_does(tmp_path: Path) -> None:
    done = step("Check the contract", tmp_path, base_url="http://127.0.0.1:9")
    assert done.returncode == 2
