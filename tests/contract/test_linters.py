"""The linters that people point at OpenAPI documents first find nothing in ours.

Their settings are at the top of the repository, where they look for them.
"""

import subprocess
from pathlib import Path

import yaml

from mock_server.resources import resource
from tests import npm

HERE = Path(__file__).parent / "linters"
DOCUMENTS = list(resource("openapi").glob("*.yaml"))
ROOT = DOCUMENTS[0].parent.parent


def run(command: str, *arguments: str) -> str:
    """What one of the linters said on its standard output; it must succeed."""
    done = subprocess.run(
        [npm.installed(HERE) / ".bin" / command, *arguments], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_redocly_finds_neither_errors_nor_warnings() -> None:
    settings = yaml.safe_load((ROOT / "redocly.yaml").read_text())
    assert set(settings["apis"]) == {document.stem for document in DOCUMENTS}
    # One line for each problem: warnings too, which don't make it fail.
    assert run("redocly", "lint", *settings["apis"], "--format", "github-actions").strip() == ""


def test_spectral_finds_nothing() -> None:
    run("spectral", "lint", "--fail-severity", "hint", "--quiet", *map(str, DOCUMENTS))
