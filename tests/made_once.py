"""What a test run makes once, for all its processes: the sources of the site, and the site."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` of this run. The process that asks first fills it with `make`, while the others wait."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            make(folder)
            (folder / "done").touch()
    return folder


def run_module(name: str, *arguments: str, **variables: str) -> None:
    """Runs `python -m name` at the top of the repository. It must succeed."""
    done = subprocess.run(
        [sys.executable, "-m", name, *arguments],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def site_sources(factory: pytest.TempPathFactory) -> Path:
    """The folder with the site's sources. Beside it is `mkdocs.yml`, from which MkDocs builds the site."""
    return made_once(factory, "sources", lambda folder: run_module("docs.generator", str(folder / "docs"))) / "docs"
