"""Clients that generators make of each contract, used as a provider would, against a live mock."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mock_server.app import build_app
from mock_server.client import ControlClient, SandboxClient
from mock_server.resources import resource
from mock_server.settings import Settings
from tests import npm
from tests.live import listening
from tests.programs import required
from tests.specifications import Document

HERE = Path(__file__).parent


def two_participants(sandbox: SandboxClient) -> None:
    for _ in range(2):
        sandbox.v1.add_participant(provider="alder", participant_type="ect", cohort="2021")


def an_interested_school(sandbox: SandboxClient) -> None:
    """A school has registered an ECT with the provider, and nobody has confirmed the partnership."""
    school = sandbox.v3.add_school(induction_tutor_name="Iris Bell")
    ect = sandbox.v3.register(role="ect", provider="alder", school_urn=school.urn, started_on="2025-09-01")
    sandbox.v3.change_induction(ect.id, started_on="2025-09-01")


@dataclass(frozen=True)
class Service:
    """A service, the world that its clients are used in, and what both clients print then."""

    name: str
    clock: str
    arrange: Callable[[SandboxClient], None]
    seen: tuple[str, ...]


SERVICES = (
    # A list of one, its second page, an action, its refusal as a typed error, a declaration, and its end.
    Service(
        "v1",
        "2021-10-01T09:00:00Z",
        two_participants,
        (
            "listed 1",
            "another on page 2 true",
            "deferred deferred",
            'refused ["participant_profile"]',
            "declared started",
            "voided voided",
        ),
    ),
    # A school, a partnership, its refusal as a typed error, who appears, a declaration with its statement, and its end.
    Service(
        "v3",
        "2026-02-10T09:00:00Z",
        an_interested_school,
        (
            "interested Iris Bell",
            "confirmed 1",
            'refused ["school_id"]',
            "appeared active null full_time",
            "declared eligible training-event-attended",
            "statement April 2026",
            "voided voided null",
        ),
    ),
)


@pytest.fixture(scope="module", params=SERVICES, ids=lambda service: service.name)
def service(request: pytest.FixtureRequest) -> Service:
    chosen: Service = request.param
    return chosen


@pytest.fixture
def target(service: Service) -> Iterator[tuple[str, str]]:
    """Base URL and token of a world as the service arranges it, whose clock stands still."""
    with listening(build_app(Settings(seed="empty"))) as base_url, ControlClient(base_url) as control:
        sandbox = control.create_sandbox(seed="empty", clock={"now": service.clock, "running": False})
        service.arrange(control.sandbox(sandbox.id))
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


def contract(service: Service) -> Path:
    return resource(f"openapi/{service.name}.yaml")


@pytest.fixture(scope="module")
def python_client(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    client = tmp_path_factory.mktemp("python") / "lead_providers"
    generator = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    said = run([*generator, "--path", contract(service), "--output-path", client], client.parent)
    assert "WARNING" not in said
    assert "Unable" not in said
    return client


def test_openapi_python_client_leaves_no_operation_out(service: Service, python_client: Path) -> None:
    """It drops an operation that it can't express, says so, and ends well all the same."""
    modules = {module.stem.replace("_", "") for module in python_client.glob("api/*/*.py")} - {"init"}
    assert modules == {operation_id.lower() for operation_id in Document(service.name).operations}


def test_a_python_client_does_what_a_provider_does(
    service: Service, python_client: Path, target: tuple[str, str]
) -> None:
    script = HERE / f"use_python_client_{service.name}.py"
    printed = run([sys.executable, script, *target], HERE, PYTHONPATH=str(python_client.parent))
    for python, javascript in (("True", "true"), ("None", "null"), ("'", '"')):
        printed = printed.replace(python, javascript)
    assert printed.splitlines() == list(service.seen)


def test_a_typescript_client_does_what_a_provider_does(
    service: Service, target: tuple[str, str], tmp_path: Path
) -> None:
    modules, script = npm.installed(HERE), f"use_typescript_client_{service.name}"
    commands = modules / ".bin"
    run([commands / "openapi-typescript", contract(service), "--output", tmp_path / f"{service.name}.d.ts"], tmp_path)
    shutil.copy(HERE / f"{script}.ts", tmp_path)
    shutil.copy(HERE / "package.json", tmp_path)
    (tmp_path / "node_modules").symlink_to(modules)
    # TypeScript's own library isn't what is tested, and to check it takes a third of the time.
    options = ["--strict", "--skipDefaultLibCheck", "--target", "es2022", "--module", "nodenext"]
    run([commands / "tsc", *options, f"{script}.ts"], tmp_path)
    printed = run([required("node"), tmp_path / f"{script}.js", *target], tmp_path)
    assert printed.splitlines() == list(service.seen)
