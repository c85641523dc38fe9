"""The built wheel, installed alone into an empty environment, serves: all its data is inside."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.programs import required

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "pages" / "get-started.md"


def printed(way: str) -> list[str]:
    """The commands that the page prints for a way to start the mock."""
    found = re.search(
        rf'^=== "{re.escape(way)}"$.*?^    ```sh\n(.*?)^    ```$', PAGE.read_text(), re.DOTALL | re.MULTILINE
    )
    assert found, way
    return [line.strip() for line in found[1].splitlines()]


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`ecf-mock` of an environment that holds the wheel and, by a path file, this one's dependencies only."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    make, install, serve = printed("Linux, macOS without make")
    assert serve == ".venv/bin/ecf-mock serve"
    commands = f"set -e\n{make}\n{re.sub(r' [.]$', f' {wheel}', install)}\n"
    # As somebody's machine does it, but without a registry.
    surroundings = {**os.environ, "PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1"}
    surroundings["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run([required("bash"), "-c", commands], check=True, capture_output=True, cwd=folder, env=surroundings)
    environment = folder / ".venv"
    # The dependencies come from here instead of from a registry, without this checkout.
    dependencies = folder / "dependencies"
    dependencies.mkdir()
    for site in map(Path, sys.path):
        if site.name == "site-packages":
            for entry in site.iterdir():
                if "ecf_mock" not in entry.name and not (dependencies / entry.name).exists():
                    (dependencies / entry.name).symlink_to(entry)
    (packages,) = (environment / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(str(dependencies))
    return environment / "bin" / "ecf-mock"


def test_it_serves(command: Path, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    process = subprocess.Popen(
        [command, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
    )
    try:
        assert process.stdout is not None
        url = next(word for line in process.stdout for word in line.split() if word.startswith("http://"))
        answer = httpx.get(f"{url}/api/v1/participants/ecf", headers={"Authorization": "Bearer alder-token"})
        assert answer.content.startswith(b'{"data":[{"id":')
    finally:
        process.kill()
        process.communicate()


def test_its_code_is_the_wheels_own(command: Path, tmp_path: Path) -> None:
    python = command.with_name("python")
    where = subprocess.run(
        [python, "-c", "import mock_server; print(mock_server.__file__)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    ).stdout
    assert str(command.parent.parent) in where


def test_it_carries_the_scenarios(command: Path, tmp_path: Path) -> None:
    finished = subprocess.run([command, "scenarios", "run", "defer"], capture_output=True, text=True, cwd=tmp_path)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("passed  defer")
