"""`ecf-mock drill --run`: one command for a pipeline, with a client as a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from examples import reference_client
from mock_server.harness.readiness.client_process import ClientProcess, with_placeholders
from mock_server.own_server import own_server

ECF_MOCK = str(Path(sys.executable).with_name("ecf-mock"))
REFERENCE = f'"{sys.executable}" "{Path(reference_client.__file__)}"'


def drill(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ECF_MOCK_")}
    return subprocess.run(
        [ECF_MOCK, "drill", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment | {"COLUMNS": "200"} | variables,
        check=False,
    )


def script(folder: Path, text: str) -> str:
    """The command that runs this Python text as a client."""
    file = folder / "client.py"
    file.write_text(
        "import os, sys, time, httpx\n"
        "url, token = os.environ['ECF_MOCK_BASE_URL'], os.environ['ECF_MOCK_TOKEN']\n"
        "http = httpx.Client(base_url=url, headers={'Authorization': f'Bearer {token}'}, verify=False)\n" + text
    )
    return f'"{sys.executable}" "{file}"'


def test_the_reference_client_passes_everything_in_one_command(tmp_path: Path) -> None:
    files = [f"--{kind}={tmp_path / f'drill.{kind}'}" for kind in ("junit", "html", "json")]
    command = f"{REFERENCE} {{base_url}} {{token}}"
    done = drill(
        "--run", command, "--require", "all", *files, f"--evidence={tmp_path / 'proof'}", "--client", "reference 1.0"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[0-9]+ passed, 0 failed, 0 not seen\. Ready\.", done.stdout)
    assert "  | Refused: POST /api/v1/participant-declarations: 422" in done.stdout
    assert "Once more, with a wrong token." in done.stdout
    suite = ElementTree.parse(tmp_path / "drill.junit").getroot()[0]  # noqa: S314 - our own
    assert (suite.get("name"), suite.get("failures")) == ("readiness of reference 1.0", "0")
    assert json.loads((tmp_path / "drill.json").read_text())["summary"]["failed"] == 0
    assert "Readiness of reference 1.0" in (tmp_path / "drill.html").read_text()
    assert "Readiness of reference 1.0" in (tmp_path / "proof/summary.md").read_text()


def test_what_a_client_does_wrong_after_it_has_done_all_counts(tmp_path: Path) -> None:
    """It stops at a full page, and the drill `pages` is about nothing else."""
    pull = "for path in ('/api/v1/participants/ecf', '/api/v1/participant-declarations'):\n    for _ in range(5):\n"
    page = (
        "        if http.get(path, params={'page[per_page]': 200}).status_code == 200: break\n        time.sleep(0.4)\n"
    )
    late = "time.sleep(1)\nhttp.get('/api/v1/participants/ecf')\n"
    right = drill("pages", "--run", script(tmp_path, pull + page))
    assert right.returncode == 0, right.stdout + right.stderr
    wrong = drill("pages", "--run", script(tmp_path, pull + page + late))
    assert wrong.returncode == 1, wrong.stdout
    assert "sync.pages-followed" in wrong.stdout
    assert "http://127.0.0.1:8080/_mock/docs/running-an-integration/#paging" in wrong.stdout


def test_expected_failures_let_a_team_begin_today(tmp_path: Path) -> None:
    expected = tmp_path / "expected.yaml"
    expected.write_text(
        "expected-failures:\n  - {requirement: sync.pages-followed, why: PAY-1, until: 2999-01-01}\n"
        "  - {requirement: sync.full-pull, why: PAY-1, until: 2999-01-01}\n"
    )
    first_page = "http.get('/api/v1/participants/ecf')\n"
    arguments = ["pages", "--run", script(tmp_path, first_page), "--expected-failures", str(expected)]
    done = drill(*arguments)
    assert done.returncode == 0, done.stdout
    expected.write_text(expected.read_text().replace("2999", "2020"))
    done = drill(*arguments)
    assert done.returncode == 1
    assert "It was expected until 2020-01-01 only (PAY-1)." in done.stdout
    expected.write_text("expected-failures: [x]")
    assert drill(*arguments).returncode == 2


@pytest.mark.parametrize(
    ("command", "said"), [("exit 3", "it ended with exit code 3"), ("no-such-program-here", "exit code 127")]
)
def test_a_client_that_sends_nothing_could_not_be_run(command: str, said: str) -> None:
    done = drill("pages", "--run", command)
    assert done.returncode == 2, done.stdout
    assert "the client sent no request to http://127.0.0.1:" in done.stderr
    assert said in done.stderr


def test_a_client_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    marker = tmp_path / "child"
    child = f"import time, pathlib; time.sleep(8); pathlib.Path({str(marker)!r}).touch()"
    text = (
        f"import subprocess\nhttp.get('/api/v1/participants/ecf')\n"
        f"subprocess.Popen([sys.executable, '-c', {child!r}])\nprint('hangs')\ntime.sleep(600)\n"
    )
    done = drill("pages", "--run", script(tmp_path, text), "--quiet", "1.5")
    assert done.returncode == 1, done.stderr
    assert "  | hangs" in done.stdout
    assert "The client has sent nothing for" in done.stdout
    time.sleep(8)
    assert not marker.exists()


def test_a_mock_that_runs_already_may_be_used(tmp_path: Path) -> None:
    with own_server() as url:
        done = drill("pages", "--run", script(tmp_path, f"assert url == {url!r}\nhttp.get('/')\n"), "--base-url", url)
    assert done.returncode == 1
    assert f"ecf-mock readiness --base-url {url}" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("ignored", [False, True])
def test_a_signal_ends_a_drill_with_its_board_and_its_reports(
    tmp_path: Path, number: signal.Signals, ignored: bool
) -> None:
    """A job in the background of a script ignores SIGINT from its beginning."""
    report = tmp_path / "drill.json"
    text = "http.get('/api/v1/participants/ecf')\nprint('at work')\ntime.sleep(600)\n"
    process = subprocess.Popen(
        [ECF_MOCK, "drill", "--run", script(tmp_path, text), "--json", str(report)],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=(lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)) if ignored else None,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "at work" in line:
            break
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Not ready" in output
    assert json.loads(report.read_text())["summary"]["passed"] > 0


def test_braces_of_a_command_stay() -> None:
    variables = {"ECF_MOCK_BASE_URL": "http://x", "ECF_MOCK_TOKEN": "t", "ECF_MOCK_WRONG_TOKEN": "w"}
    command = "run --url {base_url} --json '{\"a\": {}}' {token} {wrong_token}"
    assert with_placeholders(command, variables) == "run --url http://x --json '{\"a\": {}}' t w"


def test_every_line_of_a_client_is_shown() -> None:
    said: list[str] = []
    process = ClientProcess("echo out; echo err >&2; printf 'no end'", {}, said.append)
    while process.exit_code is None:
        time.sleep(0.01)
    process.end()
    assert said == ["out", "err", "no end"]
    assert process.exit_code == 0


MEMORY = """
import json, pathlib
from datetime import UTC, datetime
memory = pathlib.Path(sys.argv[1])
since = json.loads(memory.read_text()) if memory.exists() else None
began = {mark}
for path in ('/api/v1/participants/ecf', '/api/v1/participant-declarations'):
    for _ in range(8):
        query = {{'page[per_page]': 500, **({{'filter[updated_since]': since}} if since else {{}})}}
        if http.get(path, params=query).status_code in (200, 401): break
        time.sleep(0.4)
memory.write_text(json.dumps(began))
"""
BEGAN = "datetime.now(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')"


@pytest.mark.parametrize(
    ("mark", "verdict"),
    [(BEGAN, "passed"), ("'2999-01-01T00:00:00Z'", "failed")],
    ids=["its mark is from the run before", "its mark is too late"],
)
def test_a_client_is_started_again_and_finds_what_changed_meanwhile(tmp_path: Path, mark: str, verdict: str) -> None:
    command = script(tmp_path, MEMORY.format(mark=mark)) + f' "{tmp_path / "memory"}"'
    done = drill("changes", "--run", command, "--json", str(tmp_path / "drill.json"))
    assert "after a restart the client finds what has changed" in done.stdout
    board = json.loads((tmp_path / "drill.json").read_text())
    verdicts = {each["id"]: each["verdict"] for each in board["requirements"]}
    assert verdicts["sync.after-restart"] == verdict, done.stdout
