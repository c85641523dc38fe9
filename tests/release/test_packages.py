"""The packages of a release: one build for all tests here. `make release-check` gets them as users do."""

import json
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

import httpx
import pytest

from tests.programs import required
from tests.release.building import (
    RELEASING,
    ROOT,
    VERSION,
    Packages,
    build,
    copy_of_sources,
    install_alone,
    with_dependencies,
)
from tests.release.serving import PLUGIN_TEST, assert_serves_everything, serving, without_this_checkout

SITE = {
    "index.html": "<title>Documentation of ecf-mock</title>",
    "search/search_index.json": json.dumps({"docs": [{"title": "Home"}]}),
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout in which a site of one page was built."""
    folder = copy_of_sources(tmp_path_factory.mktemp("sources"))
    for name, content in SITE.items():
        (folder / "build" / "site" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "build" / "site" / name).write_text(content)
    return folder


@pytest.fixture(scope="module")
def packages(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Packages:
    return build(sources, tmp_path_factory.mktemp("packages"), RELEASING)


@pytest.fixture(scope="module")
def commands(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_alone(packages.wheel, tmp_path_factory.mktemp("environment") / "alone")


@pytest.fixture(scope="module")
def metadata(packages: Packages) -> Message:
    with zipfile.ZipFile(packages.wheel) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(wheel.read(name).decode())


def test_the_sdist_builds_the_same_wheel_to_the_byte(packages: Packages) -> None:
    assert packages.wheel.name == packages.wheel_of_sources.name == f"ecf_mock-{VERSION}-py3-none-any.whl"
    assert packages.wheel.read_bytes() == packages.wheel_of_sources.read_bytes()


def test_the_wheel_carries_code_contracts_scenarios_and_the_site(packages: Packages, sources: Path) -> None:
    places = {"openapi": "mock_server/_resources/openapi", "scenarios": "mock_server/_resources/scenarios"}
    expected = {f"mock_server/_resources/site/{name}" for name in SITE}
    for name in ("mock_server", *places):
        for file in (sources / name).rglob("*"):
            if file.is_file():
                expected.add(f"{places.get(name, name)}/{file.relative_to(sources / name).as_posix()}")
    with zipfile.ZipFile(packages.wheel) as wheel:
        carried = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert carried == expected


def test_the_sdist_has_what_packages_and_image_are_built_from_and_nothing_else(
    packages: Packages, sources: Path
) -> None:
    with tarfile.open(packages.sdist) as sdist:
        files = {name.partition("/")[2] for name in sdist.getnames()}
    expected = {file.relative_to(sources).as_posix() for file in sources.rglob("*") if file.is_file()}
    expected = {name for name in expected if "__pycache__" not in name}
    assert files - {"PKG-INFO"} == expected


def test_the_metadata_say_where_everything_is_and_for_whom(metadata: Message) -> None:
    assert (metadata["Name"], metadata["Version"], metadata["License-Expression"]) == ("ecf-mock", VERSION, "MIT")
    assert dict(line.split(", ") for line in metadata.get_all("Project-URL", [])) == {
        "Documentation": "https://somebody.github.io/ecf-mock/",
        "Changelog": "https://somebody.github.io/ecf-mock/changelog/",
        "Issues": "https://github.example/Somebody/ecf-mock/issues",
        "Repository": "https://github.example/Somebody/ecf-mock",
    }
    assert "lead provider" in metadata["Keywords"]
    assert "Framework :: Pytest" in metadata.get_all("Classifier", [])
    assert metadata["Requires-Python"] == ">=3.11"
    assert str(metadata.get_payload()).startswith("# ecf-mock")


def test_the_wheel_alone_serves_everything_and_carries_the_scenarios(commands: Path, tmp_path: Path) -> None:
    ecf_mock = str(commands / "ecf-mock")
    with serving([ecf_mock], tmp_path) as base_url:
        assert_serves_everything(base_url)
        for service, scenario in (("v1", "defer"), ("v3", "defer-participant")):
            run = [ecf_mock, "scenarios", "run", scenario, "--api", service, "--base-url", base_url]
            assert _run(run, tmp_path).startswith(f"passed  {scenario}")


def test_the_commands_that_get_started_prints_install_the_wheel_and_serve(packages: Packages, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "pages" / "get-started.md").read_text()
    found = re.search(r'^=== "Linux, macOS without make"$.*?```sh\n(.*?)```', page, re.DOTALL | re.MULTILINE)
    assert found
    make, install, serve = (line.strip() for line in found[1].strip().splitlines())
    assert install.endswith(" .")
    # As on somebody's machine, with the wheel in place of the checkout, and without a registry.
    surroundings = without_this_checkout() | {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1"}
    surroundings["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), surroundings["PATH"]])
    script = f"set -e\n{make}\n{install.removesuffix('.')}{packages.wheel}\n"
    subprocess.run([required("bash"), "-c", script], cwd=tmp_path, env=surroundings, check=True, capture_output=True)
    with_dependencies(tmp_path / ".venv")
    assert serve.split() == [".venv/bin/ecf-mock", "serve"]
    with serving([".venv/bin/ecf-mock"], tmp_path) as base_url:
        assert httpx.get(f"{base_url}/_mock/health").status_code == 200


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=without_this_checkout(), check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_pytest_finds_the_plugin_of_the_wheel(commands: Path, tmp_path: Path) -> None:
    (tmp_path / "test_client.py").write_text(PLUGIN_TEST)
    where = "import mock_server; print(mock_server.__file__)"
    assert str(commands.parent) in _run([str(commands / "python"), "-c", where], tmp_path)
    assert "2 passed" in _run([str(commands / "python"), "-m", "pytest", "-q", "-p", "no:schemathesis"], tmp_path)
