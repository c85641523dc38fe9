"""The changelog is made of small files, so that no two changes meet in one place; a release makes a section of them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generator.changelog import RELEASES, change_files, changelog

ROOT = Path(__file__).parents[2]
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The project's configuration with two changes that no release has."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    (tmp_path / "CHANGELOG.md").write_text(f"# Changelog\n\n{RELEASES}")
    (tmp_path / "changes").mkdir()
    for name in ("README.md", "template.md.jinja"):
        (tmp_path / "changes" / name).write_text((ROOT / "changes" / name).read_text())
    (tmp_path / "changes" / "gates.fixed.md").write_text("`gate` closes.\n")
    (tmp_path / "changes" / "lists.added.md").write_text("Lists can be sorted,\nin both directions.\n")
    return tmp_path


UNRELEASED = """\
### Added

- Lists can be sorted,
  in both directions.

### Fixed

- `gate` closes.
"""


def towncrier(root: Path, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "towncrier", *words, "--dir", str(root)], check=True, capture_output=True)


def test_the_site_shows_what_no_release_has_yet(project: Path) -> None:
    assert changelog(project) == f"# Changelog\n\n\n## Unreleased\n\n{UNRELEASED}"
    assert change_files(project) == ["CHANGELOG.md", "changes/gates.fixed.md", "changes/lists.added.md"]


def test_a_release_makes_a_section_of_it(project: Path) -> None:
    towncrier(project, "build", "--version", "0.2.0", "--date", "2026-12-01", "--yes")
    text = (project / "CHANGELOG.md").read_text().rstrip() + "\n"
    assert text == f"# Changelog\n\n{RELEASES}\n## [0.2.0] - 2026-12-01\n\n{UNRELEASED}"
    assert change_files(project) == ["CHANGELOG.md"]
    assert "Unreleased" not in changelog(project)


def test_a_file_of_an_unknown_kind_stops_the_site(project: Path) -> None:
    (project / "changes" / "gates.mended.md").write_text("It closes.")
    with pytest.raises(ValueError, match=r"gates\.mended\.md"):
        changelog(project)


def test_the_projects_own_changes_can_be_read() -> None:
    headings = re.findall(r"^### (.+)$", changelog(), re.MULTILINE)
    assert [kind for kind in KINDS if kind in headings] == list(dict.fromkeys(headings))


def test_what_no_release_has_yet_is_in_files_of_its_own() -> None:
    _, _, releases = (ROOT / "CHANGELOG.md").read_text().partition(RELEASES)
    assert releases.strip() == "" or releases.lstrip().startswith("## ["), "write a file in changes/ instead"
