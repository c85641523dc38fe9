"""`ecf-mock readiness` and `ecf-mock drill`, as a person or a CI job runs them, against a mock of their own."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from click.testing import CliRunner, Result

from mock_server.cli import main
from mock_server.client import ControlClient
from mock_server.commands import terminal
from mock_server.control.models import Readiness, ReadinessSummary, RequirementResult, Sandbox, Verdict, read
from mock_server.harness.readiness.drill_run import News
from mock_server.harness.v1.readiness.catalogue import CATALOGUE, GROUPS
from mock_server.harness.v1.readiness.drills import DRILLS
from mock_server.own_server import own_server
from tests.harness.readiness.clients.base import Client
from tests.specifications import Document

# The requirements about restarts are shown only when there was one.
SHOWN = tuple(each for each in CATALOGUE if not each.restarts)
SCRIPT = "<script>alert(1)</script>"
PARTICIPANTS = "/api/v1/participants/ecf"


@pytest.fixture(scope="module")
def mock() -> Iterator[ControlClient]:
    with own_server() as url, ControlClient(url) as control:
        yield control


@pytest.fixture
def sandbox(mock: ControlClient) -> Sandbox:
    """A sandbox with a little traffic: a full pull, a page twice in a row, and something to hide and to escape."""
    made = mock.create_sandbox()
    headers = {"Authorization": f"Bearer {made.tokens['alder']}"}
    with httpx.Client(base_url=mock.base_url, headers=headers) as http:
        for _ in range(2):
            http.get(PARTICIPANTS)
        http.get(PARTICIPANTS, params={"note": f"{SCRIPT} {made.tokens['alder']}"})
        http.post("/api/v1/participant-declarations", json={"data": {"attributes": {SCRIPT: "\x01"}}})
    return made


def run(mock: ControlClient, *arguments: str) -> Result:
    return CliRunner().invoke(main, [arguments[0], "--base-url", mock.base_url, *arguments[1:]])


@pytest.mark.parametrize("command", [["readiness", "--only", "errors"], ["drill", "--timeout", "0.1", "lost-answer"]])
@pytest.mark.parametrize("variables", [{"ECF_MOCK_BASE_URL": "{url}"}, {"ECF_MOCK_PORT": "{port}"}])
def test_without_a_base_url_the_environment_says_where_the_mock_runs(
    mock: ControlClient, command: list[str], variables: dict[str, str]
) -> None:
    url = httpx.URL(mock.base_url)
    environment = {name: value.format(url=url, port=url.port) for name, value in variables.items()}
    done = CliRunner().invoke(main, command, env=environment)
    assert done.exit_code == 1
    assert "0 failed" in done.output


@pytest.mark.parametrize(
    ("variables", "url"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"ECF_MOCK_PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"ECF_MOCK_HOST": "0.0.0.0"}, "http://127.0.0.1:8080"),  # noqa: S104 - nothing listens here
        ({"ECF_MOCK_HOST": "::", "ECF_MOCK_PORT": "9000"}, "http://[::1]:9000"),
        ({"ECF_MOCK_HOST": "mock.example"}, "http://mock.example:8080"),
    ],
)
def test_the_mock_is_looked_for_where_the_environment_has_it_listen(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str
) -> None:
    for name in ("ECF_MOCK_HOST", "ECF_MOCK_PORT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert terminal.default_base_url() == url


@pytest.mark.parametrize("port", ["0", "http"])
def test_a_port_that_says_nothing_asks_for_the_base_url(port: str) -> None:
    done = CliRunner().invoke(main, ["readiness"], env={"ECF_MOCK_PORT": port})
    assert done.exit_code == 2
    expected = f"Error: ECF_MOCK_PORT is {port!r}, which names no port: say with --base-url where the mock runs.\n"
    assert done.stderr == expected


# -- readiness -----------------------------------------------------------------------------------


def test_an_unknown_group_is_refused_with_the_names_of_those_that_there_are(mock: ControlClient) -> None:
    result = run(mock, "readiness", "--only", "speed")
    assert result.exit_code == 2
    assert f"--only speed: there is no such group; there are {', '.join(GROUPS)}" in result.output


def test_the_table_shows_every_requirement_and_what_to_do(mock: ControlClient, sandbox: Sandbox) -> None:
    result = run(mock, "readiness", "--sandbox", sandbox.id)
    assert result.exit_code == 1
    for requirement in SHOWN:
        assert requirement.id in result.output
    assert re.search(r"✓ passed +sync\.full-pull +must +1", result.output)
    assert re.search(r"✗ failed +sync\.no-repeat +should +1, 2", result.output)
    assert "these requests for the same page followed directly upon each other" in result.output
    assert "Not ready:" in result.output


@pytest.mark.parametrize(("require", "code"), [("must", 0), ("all", 1)])
def test_the_exit_code_says_whether_what_is_required_was_passed(mock: ControlClient, require: str, code: int) -> None:
    made = mock.create_sandbox()
    headers = {"Authorization": f"Bearer {made.tokens['alder']}"}
    for _ in range(2):
        httpx.get(f"{mock.base_url}/api/v1/participant-declarations", headers=headers)
    # Of these groups all that must be is passed once; a page twice in a row is against a recommendation.
    result = run(mock, "readiness", "--sandbox", made.id, "--only", "contract", "--require", require)
    assert result.exit_code == code, result.output
    assert ("Not ready" in result.output) is bool(code)


def test_only_some_groups(mock: ControlClient, sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "some.json"
    arguments = ["--only", "access", "--only", "errors", "--json", str(file)]
    result = run(mock, "readiness", "--sandbox", sandbox.id, *arguments)
    assert "sync." not in result.output
    board = json.loads(file.read_text())
    assert {each["group"] for each in board["requirements"]} == {"access", "errors"}
    assert sum(board["summary"].values()) == len(board["requirements"])


@pytest.fixture
def written(mock: ControlClient, sandbox: Sandbox, tmp_path: Path) -> Path:
    files = [f"--{kind}={tmp_path / 'reports' / f'readiness.{kind}'}" for kind in ("junit", "html", "json")]
    result = run(mock, "readiness", "--sandbox", sandbox.id, *files, f"--evidence={tmp_path / 'evidence'}")
    assert result.exit_code == 1, result.output
    return tmp_path


def test_json_is_what_the_control_api_answers(mock: ControlClient, sandbox: Sandbox, written: Path) -> None:
    record = json.loads((written / "reports/readiness.json").read_text())
    schema = Document("control").content["components"]["schemas"]["Readiness"]
    assert Document("control").complaints(schema, record) == []
    assert record == httpx.get(f"{mock.base_url}/_mock/sandboxes/{sandbox.id}/readiness").json()
    assert read(Readiness, record) == mock.sandbox(sandbox.id).readiness()


def test_junit_has_a_case_for_each_requirement(written: Path) -> None:
    suite = ElementTree.parse(written / "reports/readiness.junit").getroot()[0]  # noqa: S314 - our own
    cases: dict[str, Any] = {str(case.get("name")): case for case in suite}
    assert list(cases) == [requirement.id for requirement in SHOWN]
    assert len(cases["sync.full-pull"]) == 0
    # Not asked for, so it breaks no build.
    assert cases["sync.no-repeat"][0].tag == "skipped"
    assert cases["contract.requests"][0].tag == "failure"
    assert cases["contract.requests"][0].get("message").startswith("failed: ")
    assert "Journal entries: 4" in cases["contract.requests"][0].text
    assert cases["errors.rate-limit"][0].get("message").startswith("not seen: ")


def test_the_page_needs_nothing_else_and_runs_nothing_that_was_sent(written: Path, sandbox: Sandbox) -> None:
    page = (written / "reports/readiness.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    # It links to the guide, and loads nothing from anywhere.
    assert not re.search(r"src=|<link|url\(", page)
    assert 'href="http://127.0.0.1:8080/_mock/docs/running-an-integration/#paging"' in page
    for requirement in SHOWN:
        assert f'id="{requirement.id}"' in page
    assert "GET /api/v1/participants/ecf" in page
    assert sandbox.tokens["alder"] not in page


def test_the_evidence_has_requests_answers_and_times_and_no_token(written: Path, sandbox: Sandbox) -> None:
    folder = written / "evidence"
    names = {path.name for path in folder.iterdir()}
    assert names == {f"{each.id}.txt" for each in SHOWN} | {"summary.md", "readiness.json", "requests.json"}
    text = (folder / "sync.no-repeat.txt").read_text()
    assert text.count("GET /api/v1/participants/ecf\n") == 2
    assert re.search(r"--- journal entry 1, at 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00, as of 20\d\d-", text)
    assert "authorization: Bearer [token of alder]" in text
    assert "\n200 (after " in text
    assert '"data":[{"id":' in text
    assert "/data lacks the member type" in (folder / "contract.requests.txt").read_text()
    for path in folder.iterdir():
        assert sandbox.tokens["alder"] not in path.read_text()
    entries = json.loads((folder / "requests.json").read_text())
    assert [entry["id"] for entry in entries] == [1, 2, 3, 4]
    assert f"Readiness of the client in the sandbox {sandbox.id}" in (folder / "summary.md").read_text()


def test_somebody_is_told_when_the_journal_has_forgotten_its_beginning(mock: ControlClient, sandbox: Sandbox) -> None:
    mock.sandbox(sandbox.id).clear_requests()
    httpx.get(f"{mock.base_url}{PARTICIPANTS}", headers={"Authorization": f"Bearer {sandbox.tokens['alder']}"})
    assert "The journal begins with entry 5" in run(mock, "readiness", "--sandbox", sandbox.id).output


@pytest.mark.parametrize("command", ["readiness", "drill"])
def test_what_cannot_be_found_out_ends_with_2_and_a_line(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--base-url", "http://127.0.0.1:1"])
    assert result.exit_code == 2
    assert result.output.startswith("Error: Nothing answers at http://127.0.0.1:1")
    assert result.output.count("\n") == 1


def test_an_unknown_sandbox_and_a_file_that_cannot_be_written_end_with_2(mock: ControlClient, tmp_path: Path) -> None:
    result = run(mock, "readiness", "--sandbox", "nowhere")
    assert (result.exit_code, "there is no sandbox 'nowhere'" in result.output) == (2, True)
    (tmp_path / "file").touch()
    result = run(mock, "readiness", "--json", str(tmp_path / "file" / "readiness.json"))
    assert result.exit_code == 2
    assert "can't write" in result.output


# -- drill ---------------------------------------------------------------------------------------


def test_the_drills_are_listed() -> None:
    result = CliRunner().invoke(main, ["drill", "--list"])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.output.splitlines()] == list(DRILLS)


def test_an_unknown_drill_is_told_which_there_are(mock: ControlClient) -> None:
    result = run(mock, "drill", "fire")
    assert result.exit_code == 2
    assert "no drill is called 'fire'; there are full, pages," in result.output


def test_a_drill_that_nobody_takes_ends_after_its_time_and_says_what_is_left(mock: ControlClient) -> None:
    result = run(mock, "drill", "rate-limit", "--timeout", "0.1")
    assert result.exit_code == 1
    assert re.search(r"· not seen +errors\.rate-limit", result.output)
    assert "Not ready: 1 to go." in result.output
    assert "access." not in result.output


def test_a_drill_ends_when_the_client_has_done_everything(mock: ControlClient) -> None:
    """As two people would do it: one starts the drill, the other gives the client what it prints."""
    command = [str(Path(sys.executable).with_name("ecf-mock")), "drill", "--require", "all", "--timeout", "60"]
    process = subprocess.Popen(
        [*command, "--base-url", mock.base_url], stdout=subprocess.PIPE, text=True, env={**os.environ, "COLUMNS": "120"}
    )
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if line.startswith("Watching"):
            break
    found = re.search(r"base URL +(\S+)\n +token +(\S+)", printed)
    wrong = re.search(r"wrong-token\.\S+?(?=:)", printed)
    assert found
    assert wrong
    client = threading.Thread(target=Client("").run, args=(found[1], found[2], wrong[0]))
    client.start()
    output, _ = process.communicate(timeout=90)
    client.join()
    assert process.returncode == 0, output
    assert "Ready." in output
    assert "→ happened" in output
    assert output.count("✓ passed") == len(SHOWN)


def test_a_failure_is_told_when_it_lasts_and_a_pass_at_once() -> None:
    def told(verdict: Verdict, evidence: tuple[int, ...], now: float) -> list[str]:
        result = RequirementResult("sync.pages-followed", "sync", "must", verdict, evidence, None)
        another = replace(result, id="sync.polls", verdict="passed")
        board = Readiness("x", ReadinessSummary(0, 0, 0), (result, another))
        return [f"{each.verdict} {each.id}" for each in news.of(board, now)]

    news = News({"sync.pages-followed"})
    assert told("failed", (1,), 0) == []
    # The next page: it goes on.
    assert told("failed", (1, 2), 3) == []
    assert told("passed", (1, 2, 3), 4) == ["passed sync.pages-followed"]
    assert told("failed", (4,), 5) == []
    assert told("passed", (1, 2, 3), 6) == []
    assert told("failed", (4,), 9) == []
    assert told("failed", (7,), 10) == []
    assert told("failed", (7,), 12.9) == []
    assert told("failed", (7,), 13) == ["failed sync.pages-followed"]
    assert told("failed", (7,), 20) == []


def test_ctrl_c_ends_a_drill_with_what_is_left(mock: ControlClient) -> None:
    command = [str(Path(sys.executable).with_name("ecf-mock")), "drill", "clawback", "--base-url", mock.base_url]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Watching"):
            break
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "declarations.clawback" in output
    assert errors == ""
