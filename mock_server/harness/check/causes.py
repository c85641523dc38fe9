"""Groups findings that one fault causes: a fault shows in many operations and in several stages.

Two findings belong together when they share a symptom: the same sentence, exchange or scenario, or the same wrong
status of the same operation. The report leaves nothing out, but says each thing once.
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
    # Where each symptom was seen first, and to which earlier finding each finding leads.
    seen: dict[str, int] = {}
    leads_to = list(range(len(findings)))

    def first(place: int) -> int:
        while leads_to[place] != place:
            place = leads_to[place]
        return place

    for place, found in enumerate(findings):
        for symptom in _symptoms(found):
            one, other = first(place), first(seen.setdefault(symptom, place))
            leads_to[max(one, other)] = min(one, other)
    groups: dict[int, list[Finding]] = {}
    for place, found in enumerate(findings):
        groups.setdefault(first(place), []).append(found)
    return [Cause(group[0], tuple(group[1:])) for group in groups.values()]


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
