"""The file of expected failures: it lists what a client can't do yet, why, and until when that may be so.

    expected-failures:
      - requirement: sync.no-gap
        why: the poller takes the time from its own clock; PAY-123 mends it
        until: 2027-03-31

A listed requirement doesn't keep the client from being ready. An entry whose requirement is passed is an error, and so
is one whose last day is over. So the list only gets shorter.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mock_server.harness.expiry import is_over, read_day
from mock_server.harness.readiness.report import Line

_KEYS = ("requirement", "why", "until")


class UnusableExpectations(Exception):
    """Nobody can use the file. The text names the entry and says what to write instead."""


@dataclass(frozen=True, slots=True)
class ExpectedFailure:
    """One entry of the file. `until` is the last day on which it holds."""

    requirement: str
    why: str
    until: date


def read_expected(file: Path, known: Collection[str]) -> list[ExpectedFailure]:
    """The entries of the file; `known` are the ids of the requirements. Raises UnusableExpectations."""
    try:
        document = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnusableExpectations(f"{file}: {' '.join(str(error).split())}") from error
    entries = document.get("expected-failures") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise UnusableExpectations(f"{file}: write a list under `expected-failures`")
    found = [_entry(f"{file}, entry {number}", entry, known) for number, entry in enumerate(entries, start=1)]
    for number, each in enumerate(found, start=1):
        if each.requirement in [before.requirement for before in found[: number - 1]]:
            raise UnusableExpectations(f"{file}, entry {number}: {each.requirement} is listed twice")
    return found


def _entry(place: str, entry: Any, known: Collection[str]) -> ExpectedFailure:
    if not isinstance(entry, dict) or set(entry) != set(_KEYS):
        raise UnusableExpectations(f"{place}: write {', '.join(_KEYS)}, and nothing else")
    requirement, why, until = (entry[key] for key in _KEYS)
    if requirement not in known:
        raise UnusableExpectations(f"{place}: there is no requirement {requirement}")
    if not isinstance(why, str) or not why.strip():
        raise UnusableExpectations(f"{place}: `why` must be a text")
    day = read_day(until)
    if day is None:
        raise UnusableExpectations(f"{place}: `until` must be a day, such as 2027-03-31")
    return ExpectedFailure(requirement, why.strip(), day)


def with_expected(lines: Sequence[Line], expected: Sequence[ExpectedFailure], today: date | None = None) -> list[Line]:
    """The lines, with what the file says about them."""
    by_id = {each.requirement: each for each in expected}
    return [_line(line, by_id[line.result.id], today) if line.result.id in by_id else line for line in lines]


def _line(line: Line, entry: ExpectedFailure, today: date | None) -> Line:
    if line.result.verdict == "passed":
        return replace(line, stale="It is passed, although the file of expected failures lists it: take the entry out.")
    if is_over(entry.until, today):
        return replace(line, stale=f"It was expected until {entry.until} only ({entry.why}).")
    return replace(line, expected=f"expected until {entry.until}: {entry.why}")
