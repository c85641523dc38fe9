"""The changes as lines for people: those that break clients first, and each change once."""

from collections.abc import Sequence
from typing import Final

from mock_server.harness.diff.difference import Difference, Effect

HEADINGS: Final[tuple[tuple[Effect, str], ...]] = (
    ("breaks", "These break clients:"),
    ("not judged", "These differ, and no rule says whether they break clients. Look at each:"),
    ("harmless", "These don't break clients:"),
)


def report(found: Sequence[Difference]) -> list[str]:
    """The lines. Changes that the same operations share stand once, below the names of these operations."""
    lines = []
    for effect, heading in HEADINGS:
        listed = [each for each in found if each.effect == effect]
        if listed:
            lines += [heading, *_listed(listed)]
    return lines or ["Nothing changed that a client could notice."]


def _listed(changes: Sequence[Difference]) -> list[str]:
    # By what changed, where it did. A dictionary keeps the order, and each subject once.
    subjects: dict[str, dict[str, None]] = {}
    for change in changes:
        subject, _, place = change.where.rstrip().partition(": ")
        said = f"{place}: {change.what}" if place else change.what
        subjects.setdefault(said, {})[subject] = None
    groups: dict[tuple[str, ...], list[str]] = {}
    for said, named in subjects.items():
        groups.setdefault(tuple(named), []).append(said)
    lines = []
    for group, listed in groups.items():
        if len(group) == 1:
            lines += [f"  {group[0]}: {said}" for said in listed]
        else:
            lines += [f"  {', '.join(group)}:", *(f"    {said}" for said in listed)]
    return lines
