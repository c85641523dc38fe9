"""The deviations file: it lists where a server differs from the contract on purpose, and why.

    deviations:
      - operation: OPERATION
        differs: "*answers 404 as text/html*"
        why: the gateway in front of the service answers unknown ids itself
        until: 2027-03-31

`operation` is an operation id, or `*` for every operation and for findings without one. `differs` is the `what` of a
finding, where `*` stands for any text. `until`, which may be left out, is the last day on which the entry holds. An
entry that matches no finding is an error too, and so is one whose last day is over. So the file stays true.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from mock_server.harness.check.conformance import response_check
from mock_server.harness.check.outcome import Finding, StageResult
from mock_server.harness.expiry import is_over, read_day
from mock_server.sandbox.globs import Glob
from mock_server.service import Service

_KEYS = ("operation", "differs", "why")
_LAST_DAY = "until"


class UnusableDeviations(Exception):
    """The check can't use the file. The text names the entry and says what to write instead."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """One entry of the file."""

    operation: str
    differs: str
    why: str
    until: date | None = None

    def fits(self, found: Finding) -> bool:
        operation = self.operation in ("*", found.operation)
        return operation and Glob(self.differs).matches(found.what)


def read_deviations(file: Path, service: Service) -> list[Deviation]:
    """The entries of the file, about servers of `service`. Raises UnusableDeviations."""
    try:
        document = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UnusableDeviations(f"{file}: {' '.join(str(error).split())}") from error
    entries = document.get("deviations") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise UnusableDeviations(f"{file}: write a list under `deviations`")
    return [_deviation(file, number, entry, service) for number, entry in enumerate(entries, start=1)]


def _deviation(file: Path, number: int, entry: Any, service: Service) -> Deviation:
    if not isinstance(entry, dict) or set(entry) - {_LAST_DAY} != set(_KEYS):
        raise UnusableDeviations(
            f"{file}, entry {number}: write {', '.join(_KEYS)} and perhaps until, and nothing else"
        )
    for key in _KEYS:
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise UnusableDeviations(f"{file}, entry {number}: `{key}` must be a text")
    known = response_check(service).operations
    if entry["operation"] != "*" and entry["operation"] not in known:
        raise UnusableDeviations(
            f"{file}, entry {number}: there is no operation {entry['operation']}; write an operation id or *"
        )
    until = read_day(entry[_LAST_DAY]) if _LAST_DAY in entry else None
    if _LAST_DAY in entry and until is None:
        raise UnusableDeviations(f"{file}, entry {number}: `until` must be a day, such as 2027-03-31")
    return Deviation(**{key: entry[key] for key in _KEYS}, until=until)


class DeviationList:
    """The entries of a file, and which of them matched a finding."""

    def __init__(self, deviations: Sequence[Deviation], today: date | None = None) -> None:
        self._over = [each for each in deviations if each.until is not None and is_over(each.until, today)]
        self._deviations = [each for each in deviations if each not in self._over]
        self._met: set[Deviation] = set()

    def mark(self, stage: StageResult) -> None:
        """Gives each finding and gap of the stage that the file lists its reason. Such a one no longer counts."""
        for listed in (stage.findings, stage.gaps):
            for place, found in enumerate(listed):
                fitting = [deviation for deviation in self._deviations if deviation.fits(found)]
                self._met |= set(fitting)
                if fitting:
                    listed[place] = replace(found, deviation=fitting[0].why)

    def unmet(self) -> Iterator[Finding]:
        """A finding for each entry that matched none, or is over. Call this only after every stage ran to its end."""
        for deviation in self._over:
            yield Finding(
                "deviations",
                None if deviation.operation == "*" else deviation.operation,
                f"a listed deviation was to last until {deviation.until} only: {deviation.differs}",
                "no entry of the deviations file is over",
                "mend the server, or agree on another day",
            )
        for deviation in self._deviations:
            if deviation not in self._met:
                yield Finding(
                    "deviations",
                    None if deviation.operation == "*" else deviation.operation,
                    f"a listed deviation no longer occurs: {deviation.differs}",
                    "every entry of the deviations file fits something that the server does",
                    "nothing fits it: take it out of the file",
                )
