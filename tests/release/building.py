"""Builds the packages as a release does, and installs a wheel alone."""

import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
UV = str(BIN / "uv")
# What a tag gives a release, where there is none.
VERSION = "0.2.0"
RELEASING = {
    "SETUPTOOLS_SCM_PRETEND_VERSION": VERSION,
    "GITHUB_REPOSITORY": "Somebody/ecf-mock",
    "GITHUB_SERVER_URL": "https://github.example",
}
# What packages are built from.
SOURCES = (
    *("mock_server", "openapi", "scenarios", "pyproject.toml", "hatch_build.py"),
    *("README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md"),
    *("Dockerfile", ".dockerignore", "requirements-build.lock", "requirements-image.lock"),
)


@dataclass(frozen=True, slots=True)
class Packages:
    """Files: what a release publishes, and the wheel that comes of the sources themselves."""

    sdist: Path
    wheel: Path
    wheel_of_sources: Path


def copy_of_sources(folder: Path) -> Path:
    """A copy that nobody else changes, without what Python compiled."""
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder)
    return folder


def _build(what: str, sources: Path, out: Path, releasing: dict[str, str]) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", what, "--directory", str(out)]
    # The variable that makes builds of the same sources equal to the byte mustn't come from outside.
    surroundings = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.run(command, cwd=sources, env=surroundings | releasing, check=True, capture_output=True)
    (built,) = out.glob("*.whl" if what == "wheel" else "*.tar.gz")
    return built


def build(sources: Path, folder: Path, releasing: dict[str, str]) -> Packages:
    """Builds the sdist, a wheel from it that knows nothing but it, and a wheel from the sources."""
    sdist = _build("sdist", sources, folder / "sdist", releasing)
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (unpacked,) = (folder / "unpacked").iterdir()
    wheel = _build("wheel", unpacked, folder / "wheel", {})
    return Packages(sdist, wheel, _build("wheel", sources, folder / "other", releasing))


def install_alone(wheel: Path, environment: Path) -> Path:
    """The folder with the commands of an environment that has the wheel, and this one's packages but the project."""
    uv = [UV, "--quiet", "--offline", "--no-config"]
    subprocess.run([*uv, "venv", "--python", sys.executable, str(environment)], check=True)
    python = str(environment / "bin" / "python")
    subprocess.run([*uv, "pip", "install", "--no-deps", "--python", python, str(wheel)], check=True)
    return with_dependencies(environment)


def with_dependencies(environment: Path) -> Path:
    """Lets an environment use this one's packages, but not the project. Returns the folder with its commands."""
    dependencies = environment / "dependencies"
    dependencies.mkdir()
    for site in map(Path, sys.path):
        if site.name == "site-packages":
            for entry in site.iterdir():
                if "ecf_mock" not in entry.name and not (dependencies / entry.name).exists():
                    (dependencies / entry.name).symlink_to(entry)
    (packages,) = (environment / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(str(dependencies))
    return environment / "bin"
