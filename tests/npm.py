"""Packages from npm that tests run: each folder with a `package.json` locks its own."""

import fcntl
import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.programs import required

# What a lock file names is installed once, for every run after it and for the processes of one run.
CACHE: Final = Path(__file__).parent.parent / "build" / "npm"
_FILES: Final = ("package.json", "package-lock.json", ".npmrc")


def installed(folder: Path) -> Path:
    """The `node_modules` that `folder/package-lock.json` names, installed now if it isn't there. Needs npm.

    Raises:
        RuntimeError: npm failed; the message is npm's.
    """
    npm = required("npm")
    files = [folder / name for name in _FILES if (folder / name).exists()]
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    home = CACHE / wanted[:16]
    home.mkdir(parents=True, exist_ok=True)
    done = home / "installed"
    # Parallel processes share it: one installs, the others wait.
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            for file in files:
                shutil.copy(file, home)
            ran = subprocess.run([npm, "ci", "--silent"], cwd=home, capture_output=True, text=True, check=False)
            if ran.returncode:
                raise RuntimeError(f"npm ci failed for {folder.name}: {ran.stderr or ran.stdout}")
            done.touch()
    return home / "node_modules"
