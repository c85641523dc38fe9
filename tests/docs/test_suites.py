"""The test suites that the page on CI shows: they pass against a mock, and fail where there is none."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_c_sharp
import yaml

from docs.generator.guide import GUIDES, sending_of
from docs.generator.site import DOCS
from docs.generator.snippets import csharp
from mock_server.own_server import own_server
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


@dataclass(frozen=True, slots=True)
class Job:
    """Commands of the page that run: what they print goes to `log`, and what the suite saw to `seen`."""

    process: "subprocess.Popen[bytes]"
    log: Path
    seen: Path


CASES = [(where, passes) for where in ("shell", "GitLab") for passes in (True, False)]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, bool], Job]]:
    """All at once: curl waits a whole second each time that the mock isn't there yet."""
    started = {case: _job(tmp_path_factory.mktemp("job"), *case) for case in CASES}
    yield started
    for job in started.values():
        with suppress(ProcessLookupError):
            os.killpg(job.process.pid, signal.SIGKILL)
        job.process.wait()


def _job(folder: Path, where: str, passes: bool) -> Job:
    required("curl")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    suite = f"curl --silent --fail http://127.0.0.1:{port}/_mock/sandboxes > seen; {str(passes).lower()}"
    commands = _commands_of_the_page()[where].replace("8080", port).replace("your-test-command", suite)
    install, _, rest = commands.replace("ecf-mock serve", f"ecf-mock serve --port {port}").partition("\n")
    assert install == "pip install ./ecf-mock"
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    shell = [required("bash"), "-euo", "pipefail", "-c", rest]
    with (folder / "log").open("w") as log:
        # A group of its own, for a runner ends whatever a job leaves behind.
        process = subprocess.Popen(shell, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True)
    return Job(process, folder / "log", folder / "seen")


@pytest.mark.parametrize(("where", "passes"), CASES)
def test_the_commands_for_ci_start_the_mock_and_end_as_the_suite_does(
    jobs: dict[tuple[str, bool], Job], where: str, passes: bool
) -> None:
    job = jobs[where, passes]
    assert (job.process.wait(60) == 0) == passes, job.log.read_text()
    assert "alder-token" in job.seen.read_text()


def _csharp_is_well_formed(code: str) -> bool:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_c_sharp.language()))
    return not parser.parse(code.encode()).root_node.has_error


def test_the_csharp_of_the_documentation_is_well_formed() -> None:
    for suite in (DOCS / "suites").glob("*.cs"):
        assert _csharp_is_well_formed(suite.read_text()), suite.name
    for result in GUIDES["v1"].results.values():
        for step in result.steps:
            assert _csharp_is_well_formed(csharp(sending_of(step))), result.scenario.id
    assert not _csharp_is_well_formed("var answer = ;")
