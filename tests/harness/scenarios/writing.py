"""Scenario files for tests: a good one, and the same with something changed."""

from pathlib import Path

GOOD = """\
id: example
section: notifying-of-deferral
place: 1
kind: main
title: An example
text: Words.
seed: empty
clock: 2021-11-20T09:00:00Z
provider: alder
given:
  - operation: addParticipant
    body: {provider: alder, participant_type: ect, cohort: "2021"}
    keep: {participant: /id}
steps:
  - text: Read one.
    operation: getEcfParticipant
    parameters: {path: {id: "${participant}"}}
    expect:
      status: 200
      body: {/data/attributes/training_status: active}
"""


def written(folder: Path, *changes: tuple[str, str], name: str = "example.yaml") -> Path:
    """The good scenario, with each (old, new) text changed, in a file."""
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} must be there once"
        text = text.replace(old, new)
    file = folder / name
    file.write_text(text, "utf-8")
    return file
