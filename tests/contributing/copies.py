"""A copy of the project to change, and what the suite says about it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIED = (
    "mock_server",
    "openapi",
    "scenarios",
    "tests",
    "docs",
    "examples",
    "pyproject.toml",
    "CHANGELOG.md",
    "changes",
)
# None of those that look for a browser, for npm's packages, or for this very test.
LEFT_OUT = ("browser", "node_modules", "contributing", ".mypy_cache")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+?\.py)(?:::(\w+))?", re.MULTILINE)


class Copy:
    """The project in `folder`. Python's compiled files come along, so a run there starts as fast as here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The texts of changed files as they were; None for a file that is new.
        self.before: dict[str, str | None] = {}
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns(*LEFT_OUT))
            else:
                shutil.copy2(ROOT / name, folder)

    def write(self, changes: Mapping[str, str]) -> None:
        """Writes texts to files, by their paths."""
        for path, text in changes.items():
            file = self.folder / path
            self.before.setdefault(path, file.read_text("utf-8") if file.exists() else None)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Replaces each `old` in a file. The project may have moved on: a text that isn't there fails the test."""
        text = (self.folder / path).read_text("utf-8")
        assert old in text, f"{path} no longer has the text that this test changes: {old!r}"
        self.write({path: text.replace(old, new)})

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Afterwards every file is as it was before."""
        self.before.clear()
        try:
            yield
        finally:
            for path, text in list(self.before.items()):
                if text is None:
                    (self.folder / path).unlink()
                else:
                    self.write({path: text})

    def failures(self, *tests: str) -> tuple[set[str], str]:
        """The tests that fail in the copy, such as `test_schemas.py::test_name`, and all that pytest prints."""
        plugins = ["-p", "pytest_asyncio.plugin", "-p", "xdist", "-p", "no:cacheprovider"]
        command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-rfE", *plugins, *tests]
        surroundings = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "300"}
        surroundings.pop("PYTEST_ADDOPTS", None)
        done = subprocess.run(command, cwd=self.folder, env=surroundings, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1, 2), done.stdout + done.stderr
        found = {"::".join(filter(None, (Path(file).name, name))) for file, name in _FAILED.findall(done.stdout)}
        assert bool(found) == bool(done.returncode), done.stdout + done.stderr
        return found, done.stdout
