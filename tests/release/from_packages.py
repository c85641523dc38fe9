"""A release as users get it: from a local index, in an empty folder. `make release-check` runs it after `make docs`.

A clone of this checkout gets the tag of a release. What it builds is in the index. The other packages come from
PyPI, so this needs a network, and it takes minutes: it is no part of `make test`.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.release.building import BIN, ROOT, UV, VERSION, Packages, build
from tests.release.serving import PLUGIN_TEST, assert_serves_everything, serving, without_this_checkout

WAYS = ("uvx", "pipx", "pip")
APIS = {"v1": "reference_client.py", "v3": "reference_client_v3.py"}


@dataclass(frozen=True)
class Way:
    """How somebody runs the command: `words` go before its own, and `with_check` has what `check` needs."""

    words: list[str]
    with_check: list[str]
    variables: Mapping[str, str] = field(default_factory=dict)

    def run(self, folder: Path, *words: str, check: bool = False) -> str:
        """What the command prints, in `folder`. It must succeed."""
        command = [*(self.with_check if check else self.words), *words]
        surroundings = without_this_checkout() | dict(self.variables)
        done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    folder = tmp_path_factory.mktemp("release")
    checkout = folder / "checkout"
    git = shutil.which("git")
    assert git, "needs git"
    subprocess.run([git, "clone", "-q", str(ROOT), str(checkout)], check=True)
    subprocess.run([git, "-C", str(checkout), "tag", f"v{VERSION}"], check=True)
    shutil.copytree(ROOT / "build" / "site", checkout / "build" / "site")
    return build(checkout, folder / "packages", {})


@pytest.fixture(scope="module")
def index(packages: Packages, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a folder that has the packages as PyPI would (PEP 503)."""
    folder = tmp_path_factory.mktemp("index")
    project = folder / "ecf-mock"
    project.mkdir()
    links = []
    for package in (packages.sdist, packages.wheel):
        shutil.copy(package, project)
        digest = hashlib.sha256(package.read_bytes()).hexdigest()
        links.append(f'<a href="{package.name}#sha256={digest}">{package.name}</a>')
    (project / "index.html").write_text(f"<!doctype html>\n{'<br>'.join(links)}\n")
    (folder / "index.html").write_text('<!doctype html>\n<a href="ecf-mock/">ecf-mock</a>\n')
    return folder.as_uri()


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest, index: str, tmp_path_factory: pytest.TempPathFactory) -> Way:
    home = tmp_path_factory.mktemp(request.param)
    if request.param == "uvx":
        uvx = [str(BIN / "uvx"), "--python", sys.executable, "--index", index]
        return Way([*uvx, "ecf-mock"], [*uvx, "--from", "ecf-mock[check]", "ecf-mock"])
    if request.param == "pipx":
        pipx = [str(BIN / "pipx"), "run", "--python", sys.executable, "--pip-args", f"--extra-index-url {index}"]
        variables = {"PIPX_HOME": str(home), "PIPX_BIN_DIR": str(home / "bin")}
        return Way([*pipx, "ecf-mock"], [*pipx, "--spec", "ecf-mock[check]", "ecf-mock"], variables)
    subprocess.run([UV, "venv", "-q", "--seed", "--python", sys.executable, str(home / "environment")], check=True)
    commands = home / "environment" / "bin"
    install = [str(commands / "pip"), "install", "-q", "--extra-index-url", index, "ecf-mock[check]", "pytest"]
    subprocess.run(install, check=True, cwd=home)
    return Way([str(commands / "ecf-mock")], [str(commands / "ecf-mock")], {"COMMANDS": str(commands)})


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path


def test_the_packages_have_the_version_of_the_tag(packages: Packages) -> None:
    assert packages.wheel.name == f"ecf_mock-{VERSION}-py3-none-any.whl"
    assert packages.sdist.name == f"ecf_mock-{VERSION}.tar.gz"
    assert packages.wheel.read_bytes() == packages.wheel_of_sources.read_bytes()


def test_it_says_its_version(way: Way, empty: Path) -> None:
    assert VERSION in way.run(empty, "--version")


def test_it_serves_both_services_with_page_and_documentation(way: Way, empty: Path) -> None:
    with serving(way.words, empty, **way.variables) as base_url:
        assert_serves_everything(base_url)


@pytest.mark.parametrize("api", APIS)
def test_it_runs_every_scenario(way: Way, empty: Path, api: str) -> None:
    assert " failed" not in way.run(empty, "scenarios", "run", "--api", api).replace(" 0 failed", "")


@pytest.mark.parametrize("api", APIS)
def test_it_checks_a_server(way: Way, empty: Path, api: str) -> None:
    """Every stage that starts with the contract alone. `make contract` runs all of them in full."""
    stages = [word for stage in ("contract", "isolation", "fuzzing") for word in ("--stage", stage)]
    way.run(empty, "check", "--api", api, "--max-examples", "1", *stages, check=True)


@pytest.mark.parametrize("api", APIS)
def test_it_drills_the_reference_client(way: Way, empty: Path, api: str) -> None:
    """The client belongs to somebody else, so it has an interpreter of its own."""
    shutil.copy(ROOT / "examples" / APIS[api], empty)
    client = f'"{sys.executable}" {APIS[api]} {{base_url}} {{token}}'
    assert "Ready." in way.run(empty, "drill", "--api", api, "--run", client, "--require", "all")


def test_pytest_finds_the_plugin_in_an_environment_of_its_own(way: Way, empty: Path) -> None:
    if "COMMANDS" not in way.variables:
        # The commands alone were asked for: there is no environment to test in.
        return
    (empty / "test_client.py").write_text(PLUGIN_TEST)
    pytest_of_it = Way([str(Path(way.variables["COMMANDS"]) / "pytest")], [])
    assert "2 passed" in pytest_of_it.run(empty, "-q")
