"""The changelog of the site: what no release has yet, from the files in `changes/`, and then the releases."""

import re
import subprocess
import sys
from pathlib import Path

from docs.generator.navigation import ROOT

# Above the newest release; the configuration of towncrier names it, too.
RELEASES = "<!-- Releases, the newest first. -->\n"
FRAGMENTS = "changes"


def changelog(root: Path = ROOT) -> str:
    """The text in Markdown, with a section `Unreleased` when there is something to tell.

    Raises:
        ValueError: towncrier can't read the files, and says why.
    """
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "next", "--dir", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise ValueError(done.stderr)
    _, _, changes = done.stdout.partition("\n")
    unreleased = f"\n## Unreleased\n{changes.rstrip()}\n" if re.search(r"^- ", changes, re.MULTILINE) else ""
    return (root / "CHANGELOG.md").read_text("utf-8").replace(RELEASES, unreleased)


def change_files(root: Path = ROOT) -> list[str]:
    """The files that the text is made of, as paths from the repository's root."""
    return ["CHANGELOG.md", *(f"{FRAGMENTS}/{file.name}" for file in sorted((root / FRAGMENTS).glob("*.*.md")))]
