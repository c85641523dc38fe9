"""Clients that generators make of v1, used as a provider would, against a live mock."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mock_server.app import build_app
from mock_server.client import ControlClient
from mock_server.resources import resource
from mock_server.settings import Settings
from tests import npm
from tests.live import listening
from tests.specifications import Document

HERE = Path(__file__).parent
CONTRACT = resource("openapi/v1.yaml")

# What both clients print: a list of one, its second page, an action, its refusal as a typed error,
# a declaration, and its end.
SEEN = [
    "listed 1",
    "another on page 2 true",
    "deferred deferred",
    'refused ["participant_profile"]',
    "declared started",
    "voided voided",
]


@pytest.fixture
def target() -> Iterator[tuple[str, str]]:
    """Base URL and token of a world with two participants, whose clock stands still in October 2021."""
    with listening(build_app(Settings(seed="empty"))) as base_url, ControlClient(base_url) as control:
        sandbox = control.create_sandbox(seed="empty", clock={"now": "2021-10-01T09:00:00Z", "running": False})
        for _ in range(2):
            control.sandbox(sandbox.id).v1.add_participant(provider="alder", participant_type="ect", cohort="2021")
        yield base_url, sandbox.providers[0].token


def run(command: list[str | Path], folder: Path, **environment: str) -> str:
    """What the command printed; it must succeed."""
    # Generators format what they write with ruff, which stands beside the interpreter.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={**os.environ, "PATH": path, **environment}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def python_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    client = tmp_path_factory.mktemp("python") / "ecf"
    generator = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    said = run([*generator, "--path", CONTRACT, "--output-path", client], client.parent)
    assert "WARNING" not in said
    return client


def test_openapi_python_client_leaves_no_operation_out(python_client: Path) -> None:
    """It drops an operation that it can't express, says so, and ends well all the same."""
    modules = {module.stem.replace("_", "") for module in python_client.glob("api/*/*.py")} - {"init"}
    assert modules == {operation_id.lower() for operation_id in Document("v1").operations}


def test_a_python_client_lists_defers_declares_voids_and_reads_a_refusal(
    python_client: Path, target: tuple[str, str]
) -> None:
    command: list[str | Path] = [sys.executable, HERE / "use_python_client.py", *target]
    printed = run(command, HERE, PYTHONPATH=str(python_client.parent))
    assert printed.replace("True", "true").replace("'", '"').splitlines() == SEEN


def test_a_typescript_client_lists_defers_declares_voids_and_reads_a_refusal(
    target: tuple[str, str], tmp_path: Path
) -> None:
    commands = npm.installed(HERE)
    run([commands / "openapi-typescript", CONTRACT, "--output", tmp_path / "v1.d.ts"], tmp_path)
    shutil.copy(HERE / "use_typescript_client.ts", tmp_path)
    shutil.copy(HERE / "package.json", tmp_path)
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    options = ["--strict", "--target", "es2022", "--module", "nodenext"]
    run([commands / "tsc", *options, "use_typescript_client.ts"], tmp_path)
    printed = run(["node", tmp_path / "use_typescript_client.js", *target], tmp_path)
    assert printed.splitlines() == SEEN
