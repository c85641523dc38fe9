"""Packages from npm that tests run: each folder with a `package.json` locks its own."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path


def installed(folder: Path) -> Path:
    """The folder of the commands that `folder/package-lock.json` installs, installed now if they aren't.

    Raises:
        RuntimeError: npm is missing or fails; the message says what to do.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("these tests need Node.js with npm: `make system-packages` installs it on Debian")
    modules = folder / "node_modules"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = modules / ".installed"
    # Parallel test runs share the folder: one installs, the others wait.
    with (folder / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            done = subprocess.run([npm, "ci", "--silent"], cwd=folder, capture_output=True, text=True)
            if done.returncode:
                raise RuntimeError(f"npm ci failed in {folder.name}: {done.stderr or done.stdout}")
            stamp.write_text(wanted)
    return modules / ".bin"
