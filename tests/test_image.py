"""The container image: what can be seen of it without a registry. It was also built and run, see its documentation."""

import subprocess
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
DOCKERFILE = ROOT / "Dockerfile"
MANIFEST = ROOT / "docs" / "operations" / "kubernetes.yaml"


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_hadolint_finds_nothing_and_would(tmp_path: Path) -> None:
    found = run(str(BIN / "hadolint"), str(DOCKERFILE))
    assert (found.returncode, found.stdout) == (0, "")
    wrong = tmp_path / "Dockerfile"
    wrong.write_text(DOCKERFILE.read_text() + "RUN cd /opt && ls\n")
    assert "DL3003" in run(str(BIN / "hadolint"), str(wrong)).stdout


def test_the_manifest_fits_kubernetes_and_a_misspelt_member_would_not(tmp_path: Path) -> None:
    command = [str(BIN / "kubernetes-validate"), "--quiet", "--strict"]
    found = run(*command, str(MANIFEST))
    assert found.returncode == 0, found.stdout + found.stderr
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(MANIFEST.read_text().replace("readOnlyRootFilesystem", "readOnlyFilesystem"))
    assert run(*command, str(wrong)).returncode


def _let_in() -> set[str]:
    """`.dockerignore` leaves out all that it doesn't name."""
    return {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}


def test_the_package_builds_from_what_reaches_the_builder_and_an_sdist_has_it() -> None:
    """The files that the build's configuration names: a file forgotten here would only be noticed by a builder."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    named = {*build["wheel"]["packages"], *build["wheel"]["force-include"]}
    made = {"build", "build/site", "PKG-INFO"}
    of_an_sdist = {"pyproject.toml", *(name.removeprefix("/") for name in build["sdist"]["include"])} - {
        "Dockerfile",
        ".dockerignore",
    }
    assert named <= of_an_sdist == _let_in() - made
    assert all((ROOT / name).exists() for name in _let_in() - made)


def test_what_is_compiled_counts_whatever_times_the_files_have() -> None:
    """A builder that changed the times made each start compile everything: 1.2 s of CPU in the place of 0.7 s."""
    [compiled] = [line for line in DOCKERFILE.read_text().splitlines() if "compileall" in line]
    assert "--invalidation-mode unchecked-hash" in compiled


def test_compose_publishes_the_mock_on_this_machine_only() -> None:
    """Whoever reaches the port can change every sandbox."""
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    for service in compose["services"].values():
        assert service["read_only"]
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:")
