"""When the sources of the pages last changed, as the history of the repository knows it."""

import subprocess
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

from docs.generator.navigation import ROOT
from docs.generator.timeline import written

_SOURCES = ("docs/pages", "docs/templates", "scenarios", "openapi", "CHANGELOG.md", "changes")


@cache
def _days() -> Mapping[str, date]:
    """The day of the last change, by file. Empty where there is no history, such as in an unpacked archive."""
    command = ["git", "log", "--format=%x00%cs", "--name-only", "--", *_SOURCES]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return {}
    days: dict[str, date] = {}
    for commit in done.stdout.split("\0")[1:]:
        day, _, files = commit.partition("\n")
        for file in files.split():
            # The newest commit comes first.
            days.setdefault(file, date.fromisoformat(day))
    return days


def last_change(sources: Iterable[str]) -> str | None:
    """The last day on which one of the files changed, such as `27 November 2026`; None if nobody knows."""
    known = [day for source in sources if (day := _days().get(source))]
    return written(max(known)) if known else None
