"""Makes a virtual environment, and installs what a lock file names into it, with this project.

    python3 environment.py [--this-python] serve|everything|documentation

It is `.venv`; for the documentation, which the mock builds while it serves, it is `.venv-docs`.

`make` runs it with the interpreter that PYTHON names, and adds `--this-python` when somebody named one. An environment
that works and is up to date stays as it is. The script makes a new one when the interpreter of the old one is gone or
too old, when somebody moved the folder, and when somebody named an interpreter of another version.

Python 3.7 can run this file: an interpreter that is too old for the project gets one line, and no traceback.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# `everything` includes what `serve` installs, in the same versions; a test keeps it so.
LOCKS = {"serve": "requirements-serve.lock", "everything": "requirements.lock"}
# It has an environment of its own: nothing that serves or tests waits for it, or changes with it.
DOCUMENTATION = "documentation"
DOCUMENTATION_LOCK = "requirements-docs.lock"


class Unusable(Exception):
    """There can't be an environment; the message is one line, and says what to do."""


def oldest_python(root: Path) -> tuple[int, int]:
    """The oldest version of Python that the project runs on, from its pyproject.toml."""
    found = re.search(
        r'^requires-python = ">=(\d+)\.(\d+)"', (root / "pyproject.toml").read_text("utf-8"), re.MULTILINE
    )
    assert found, "pyproject.toml says which Python the project needs"  # noqa: S101
    return int(found[1]), int(found[2])


def _lock(what: str) -> str:
    return DOCUMENTATION_LOCK if what == DOCUMENTATION else LOCKS[what]


class Environment:
    """The virtual environment of the project in `root`."""

    def __init__(self, root: Path, name: str = ".venv") -> None:
        self.root = root
        self.folder = root / name
        self.python = self.folder / "bin" / "python"
        # What was installed, each with a hash of the files that name it, and where.
        self._file = self.folder / "installed.json"

    def version(self) -> tuple[int, int] | None:
        """The version of its Python; None when there is no environment that runs, or one that lacks pip."""
        command = [str(self.python), "-c", "import pip, sys; print(*sys.version_info[:2])"]
        try:
            printed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
            major, minor = printed.split()
            return int(major), int(minor)
        except (OSError, ValueError, subprocess.CalledProcessError):
            return None

    def moved(self) -> bool:
        """Whether it was made in another folder: its commands would still look for their interpreter there."""
        return self._notes().get("root", str(self.root)) != str(self.root)

    def holds(self, what: str) -> bool:
        """Whether everything that `what` needs is installed, as the lock file and pyproject.toml name it now."""
        return self._notes().get(what) == self._read(what)

    def make(self) -> None:
        """Makes it anew and empty, with the interpreter that runs this."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        # The interpreter that runs this may be that of the environment: the one behind it stays.
        python = getattr(sys, "_base_executable", sys.executable)
        subprocess.run([python, "-m", "venv", str(self.folder)], check=True)

    def install(self, what: str) -> None:
        """Installs the packages of the lock file, and the project itself from where it stands.

        Raises:
            Unusable: pip failed, and has said why.
        """
        lock = self.root / _lock(what)
        packages = len(re.findall(r"^\S+==", lock.read_text("utf-8"), re.MULTILINE))
        print(f"Installing {packages} packages into {self.folder.name}, as {lock.name} names them.", flush=True)
        pip = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        project = ["--no-deps", "--no-build-isolation", "--editable", str(self.root)]
        for options in (["--require-hashes", "--requirement", str(lock)], project):
            if subprocess.run(pip + options).returncode:
                raise Unusable(f"pip could not install what {lock.name} names: see above, and try again.")
        included = LOCKS if what == "everything" else [what]
        notes = {**self._notes(), "root": str(self.root), **{each: self._read(each) for each in included}}
        self._file.write_text(json.dumps(notes), "utf-8")

    def _read(self, what: str) -> str:
        files = [self.root / _lock(what), self.root / "pyproject.toml"]
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def _notes(self) -> dict[str, str]:
        try:
            notes: dict[str, str] = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return notes


def install_venv_module() -> None:
    """Debian keeps what makes environments in a package of its own.

    Raises:
        Unusable: it is missing, and this user can't install it.
    """
    if importlib.util.find_spec("ensurepip"):
        return
    major, minor = sys.version_info[:2]
    command = ["apt-get", "install", "-y", "-q", f"python{major}.{minor}-venv"]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-q"])
        if subprocess.run(command).returncode == 0:
            return
    raise Unusable(f"This Python can't make virtual environments. As root, `{' '.join(command)}` mends it.")


def set_up(environment: Environment, what: str, this_python: bool) -> None:
    """Brings the environment to where it holds what `what` needs.

    Raises:
        Unusable: the interpreter is too old, or something can't be installed.
    """
    needed, there, here = oldest_python(environment.root), environment.version(), sys.version_info[:2]
    good = there is not None and there >= needed and not environment.moved() and (there == here or not this_python)
    if not good:
        if here < needed:
            name, target = Path(sys.executable).name, "serve" if what == "serve" else "test"
            raise Unusable(
                f"ecf-mock needs Python {needed[0]}.{needed[1]} or newer, and {name} is Python {here[0]}.{here[1]}. "
                f"Name a newer one: make {target} PYTHON=python3.12"
            )
        install_venv_module()
        print(f"Making {environment.folder.name} with Python {here[0]}.{here[1]}.", flush=True)
        environment.make()
    if not environment.holds(what):
        environment.install(what)


def main(arguments: list[str]) -> int:
    """The exit code, when what went wrong has been said."""
    *options, what = arguments
    environment = Environment(ROOT, ".venv-docs" if what == DOCUMENTATION else ".venv")
    # Of two commands at once for one environment the second waits, and finds everything there.
    with (ROOT / _lock(what)).open("rb") if what == DOCUMENTATION else Path(__file__).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            set_up(environment, what, "--this-python" in options)
        except Unusable as reason:
            print(reason, file=sys.stderr)
            return 1
        except subprocess.CalledProcessError as failure:
            return failure.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
