"""Groups findings that one fault causes: a fault shows in many operations and in several stages.

Two findings belong together when they share a symptom: the same sentence, exchange or scenario, or the same wrong
status of the same operation. A gap in the coverage belongs to an earlier finding about its operation, because a broken
operation hides its other answers. The report leaves nothing out, but says each thing once.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mock_server.harness.check.outcome import Finding


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings that probably have one cause: the first finding, and the others."""

    first: Finding
    others: tuple[Finding, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (self.first, *self.others)


def causes(findings: Sequence[Finding]) -> list[Cause]:
    """The findings grouped by likely cause, in the order in which each cause first showed."""
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
    # One bad record breaks its list in the same way. A wrong content type is wrong with every status.
    said = re.sub(r"^/data/…", "/data", found.what)
    said = re.sub(r"^answers \d{3} as ", "answers … as ", said)
    return found.symptoms | {f"says {said}"}


def likewise(cause: Cause) -> Iterator[str]:
    """A line for each sentence of the other findings, with the operations that it concerns."""
    told: dict[tuple[str, str], list[str]] = {}
    for found in cause.others:
        operations = told.setdefault((found.stage, found.heading), [])
        if found.operation and found.operation not in operations:
            operations.append(found.operation)
    for (stage, heading), operations in told.items():
        yield f"{stage}: {', '.join(operations) or 'the whole'}: {heading}"
