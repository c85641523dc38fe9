"""Findings that come of one fault, put together: a fault shows in many operations, and to several stages.

Two findings belong together when they have a symptom in common: the same sentence, the same exchange, the same
scenario, or the same wrong status of the same operation. A gap in what was tried belongs to an earlier finding about
its operation: a broken operation hides what it would have answered. Nothing is left out; it is only told once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mock_server.harness.check.outcome import Finding


@dataclass(frozen=True, slots=True)
class Cause:
    """What is likely one fault: the finding that came first, and the others."""

    first: Finding
    others: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (self.first, *self.others)


def causes(findings: Sequence[Finding]) -> list[Cause]:
    """The findings by their likely cause, in the order in which each showed first."""
    groups: list[list[Finding]] = []
    gaps: list[Finding] = []
    for found in findings:
        if found.stage == "coverage":
            gaps.append(found)
            continue
        symptoms = _symptoms(found)
        related = [group for group in groups if any(symptoms & _symptoms(other) for other in group)]
        groups = [group for group in groups if group not in related]
        merged = [*(other for group in related for other in group), found]
        groups.append(sorted(merged, key=findings.index))
    groups.sort(key=lambda group: findings.index(group[0]))
    for gap in gaps:
        _add_gap(groups, gap)
    return [Cause(first, tuple(others)) for first, *others in groups]


def _add_gap(groups: list[list[Finding]], gap: Finding) -> None:
    for group in groups:
        if any(found.operation == gap.operation or found.what == gap.what for found in group):
            group.append(gap)
            return
    groups.append([gap])


def _symptoms(found: Finding) -> frozenset[str]:
    # A record of a list breaks as the record alone does, and a wrong content type is wrong with every status.
    said = re.sub(r"^/data/…", "/data", found.what)
    said = re.sub(r"^answers \d{3} as ", "answers … as ", said)
    return found.symptoms | {f"says {said}"}


def likewise(cause: Cause) -> Iterator[str]:
    """A line for each sentence of the other findings, with the operations that it is about."""
    told: dict[tuple[str, str], list[str]] = {}
    for found in cause.others:
        operations = told.setdefault((found.stage, found.heading), [])
        if found.operation and found.operation not in operations:
            operations.append(found.operation)
    for (stage, heading), operations in told.items():
        yield f"{stage}: {', '.join(operations) or 'the whole'}: {heading}"
