"""`make serve` builds the documentation beside the mock. Here real servers run other commands in its place."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import pytest

from mock_server.app import build_app
from mock_server.docs_command import VARIABLE
from mock_server.settings import Settings
from mock_server.web import documentation
from tests.test_variables import PATIENCE, started


def at_last(condition: Callable[[], bool]) -> bool:
    """Whether it holds before patience ends."""
    until = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


def command(script: str) -> dict[str, str]:
    return {VARIABLE: f"{sys.executable} -c '{script}'"}


@pytest.mark.parametrize(
    ("named", "said"), [("make docs-beside", "The mock builds it beside its work"), ("", "run <code>make docs</code>")]
)
async def test_until_the_documentation_is_there_the_link_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, named: str, said: str
) -> None:
    monkeypatch.setattr(documentation, "SITES", ())
    monkeypatch.setenv(VARIABLE, named)
    transport = httpx.ASGITransport(build_app(Settings(seed="empty")))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        page = await client.get("/_mock/docs/")
    assert page.status_code == 404
    assert said in page.text


@pytest.mark.parametrize("end", [psutil.Process.terminate, psutil.Process.kill], ids=["SIGTERM", "SIGKILL"])
def test_it_begins_after_the_first_answer_at_the_lowest_priority_and_ends_with_the_server(
    tmp_path: Path, end: Callable[[psutil.Process], None]
) -> None:
    note = tmp_path / "note"
    # It starts another process, as make does.
    script = f'import os, subprocess; open("{note}", "w").write(str(os.getpid())); subprocess.run(["sleep", "600"])'
    with started(command(script), tmp_path / "said") as mock:
        assert not note.exists()
        assert mock.get("/api/v1/participants/ecf").status_code == 200
        assert at_last(lambda: note.exists() and note.read_text() != "")
        builder = psutil.Process(int(note.read_text()))
        assert builder.nice() > os.getpriority(os.PRIO_PROCESS, mock.process.pid)
        assert at_last(lambda: len(builder.children()) == 1)
        (child,) = builder.children()
        end(psutil.Process(mock.process.pid))
        mock.process.wait(PATIENCE)
    assert at_last(lambda: not builder.is_running() and not child.is_running())
    assert "couldn't be built" not in mock.said


def test_the_mocks_that_the_builder_runs_build_nothing(tmp_path: Path) -> None:
    """Each would begin a builder of its own, without end."""
    note = tmp_path / "note"
    script = f'import os; open("{note}", "w").write(str("{VARIABLE}" in os.environ))'
    with started(command(script), tmp_path / "said") as mock:
        assert mock.get("/api/v1/participants/ecf").status_code == 200
        assert at_last(lambda: note.exists() and note.read_text() != "")
    assert note.read_text() == "False"


@pytest.mark.parametrize("broken", [f"{sys.executable} -c 'raise SystemExit(3)'", "/there/is/none"])
def test_a_failure_is_one_line_and_harms_nothing(tmp_path: Path, broken: str) -> None:
    with started({VARIABLE: broken}, tmp_path / "said") as mock:
        before = mock.said
        assert mock.get("/api/v1/participants/ecf").status_code == 200
        assert mock.says("couldn't be built (exit code")
        assert len(mock.said.removeprefix(before).splitlines()) == 1
        assert mock.get("/api/v1/participants/ecf").status_code == 200


def test_without_the_variable_nothing_is_built(tmp_path: Path) -> None:
    with started({}, tmp_path / "said") as mock:
        assert mock.get("/api/v1/participants/ecf").status_code == 200
        assert psutil.Process(mock.process.pid).children() == []
