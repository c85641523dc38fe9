"""The test suites that the page on CI shows: they pass against a mock, and fail where there is none."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_c_sharp
import yaml

from docs.generator.guide import results, sending_of
from docs.generator.site import DOCS
from docs.generator.snippets import csharp
from mock_server.harness.own_server import own_server
from tests.programs import required

SUITES = {"node.test.mjs": ("node", "--test"), "ruby_test.rb": ("ruby",)}


@pytest.fixture
def mock() -> Iterator[str]:
    with own_server() as base_url:
        yield base_url


def _run(suite: str, base_url: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LEAD_PROVIDER_API_URL": base_url}
    program, *options = SUITES[suite]
    command = [required(program), *options, str(DOCS / "suites" / suite)]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_passes_against_a_mock(suite: str, mock: str) -> None:
    done = _run(suite, mock)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_fails_where_no_mock_answers(suite: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert _run(suite, f"http://127.0.0.1:{port}").returncode != 0


def _commands_of_the_page() -> dict[str, str]:
    """What the page on CI has a shell do, by its heading."""
    text = (DOCS / "pages" / "sandbox" / "continuous-integration.md").read_text()
    blocks = dict(re.findall(r"^## (.+?) \{.*?```(?:sh|yaml)\n(.*?)```", text, re.DOTALL | re.MULTILINE))
    return {"shell": blocks["Plain shell"], "GitLab": "\n".join(yaml.safe_load(blocks["GitLab"])["test"]["script"])}


@pytest.mark.parametrize("where", ["shell", "GitLab"])
@pytest.mark.parametrize("passes", [True, False])
def test_the_commands_for_ci_start_the_mock_and_end_as_the_suite_does(tmp_path: Path, where: str, passes: bool) -> None:
    required("curl")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    suite = f"curl --silent --fail http://127.0.0.1:{port}/_mock/sandboxes > {tmp_path}/seen; {str(passes).lower()}"
    commands = _commands_of_the_page()[where].replace("8080", port).replace("your-test-command", suite)
    install, _, rest = commands.replace("ecf-mock serve", f"ecf-mock serve --port {port}").partition("\n")
    assert install == "pip install ./ecf-mock"
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    with (tmp_path / "log").open("w") as log:
        # A group of its own, for a runner ends whatever a job leaves behind.
        shell = [required("bash"), "-euo", "pipefail", "-c", rest]
        job = subprocess.Popen(shell, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            assert (job.wait(60) == 0) == passes, (tmp_path / "log").read_text()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(job.pid, signal.SIGKILL)
    assert "alder-token" in (tmp_path / "seen").read_text()


def _csharp_is_well_formed(code: str) -> bool:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_c_sharp.language()))
    return not parser.parse(code.encode()).root_node.has_error


def test_the_csharp_of_the_documentation_is_well_formed() -> None:
    assert _csharp_is_well_formed((DOCS / "suites" / "ParticipantTests.cs").read_text())
    for result in results().values():
        for step in result.steps:
            assert _csharp_is_well_formed(csharp(sending_of(step))), result.scenario.id
    assert not _csharp_is_well_formed("var answer = ;")
