"""Judges a sandbox's traffic by the catalogue. Each request is read once, however often somebody looks."""

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from weakref import WeakKeyDictionary

from mock_server.harness.readiness.catalogue import CATALOGUE, Level, Requirement
from mock_server.harness.readiness.judgement import Verdict
from mock_server.harness.readiness.traffic import Observation, Traffic, observe
from mock_server.sandbox.journal import Journal
from mock_server.sandbox.sandboxes import Sandbox


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one requirement. `advice` says what to change, or what is still to happen; None when passed.

    Only `contract.coverage` says something then too: its figure.
    """

    requirement: Requirement
    verdict: Verdict
    evidence: tuple[int, ...]
    advice: str | None

    @property
    def id(self) -> str:
        return self.requirement.id

    @property
    def level(self) -> Level:
        return self.requirement.level


def judge(traffic: Traffic) -> tuple[Result, ...]:
    """Every requirement of the catalogue, in its order."""
    results = []
    for requirement in CATALOGUE:
        judgement = requirement.judge(traffic)
        advice = judgement.advice
        if judgement.verdict == "not_seen" and advice is None:
            advice = requirement.how
        results.append(Result(requirement, judgement.verdict, judgement.evidence, advice))
    return tuple(results)


def readiness(sandbox: Sandbox) -> tuple[Result, ...]:
    """How the clients of `sandbox` do, by what its journal holds now."""
    return _boards.setdefault(sandbox.journal, _Board()).results(sandbox.journal)


async def readiness_aside(sandbox: Sandbox) -> tuple[Result, ...]:
    """The same for whoever looks again and again: nobody waits for it, and what comes meanwhile isn't judged yet."""
    return await _boards.setdefault(sandbox.journal, _Board()).results_aside(sandbox.journal)


def readiness_record(sandbox: Sandbox) -> dict[str, Any]:
    """The answer of `getReadiness`."""
    results = readiness(sandbox)
    return {
        "sandbox": sandbox.id,
        "summary": summary(result.verdict for result in results),
        "requirements": [
            {
                "id": result.id,
                "group": result.requirement.group,
                "level": result.level,
                "verdict": result.verdict,
                "evidence": result.evidence,
                "advice": result.advice,
            }
            for result in results
        ],
    }


def summary(verdicts: Iterable[str]) -> dict[str, int]:
    """How many there are of each verdict."""
    found = list(verdicts)
    return {verdict: found.count(verdict) for verdict in ("passed", "failed", "not_seen")}


# As many requests as are read in a few milliseconds.
SLICE: Final = 50


class _Board:
    """What has been read of one journal, and the results of its latest version."""

    def __init__(self) -> None:
        self._observations: deque[Observation] = deque()
        self._version = -1
        self._results: tuple[Result, ...] = ()

    def results(self, journal: Journal) -> tuple[Result, ...]:
        if self._version != journal.version:
            self._follow(journal)
            self._results = judge(self._traffic(journal))
            self._version = journal.version
        return self._results

    async def results_aside(self, journal: Journal) -> tuple[Result, ...]:
        while self._follow(journal, at_most=SLICE):
            await asyncio.sleep(0)
        if (version := journal.version) != self._version:
            self._results = await asyncio.to_thread(judge, self._traffic(journal))
            self._version = version
        return self._results

    def _traffic(self, journal: Journal) -> Traffic:
        return Traffic(self._observations, tuple(journal.changes))

    def _follow(self, journal: Journal, at_most: int | None = None) -> bool:
        """Read what is new, or so many requests of it; whether there may be more."""
        known = self._observations
        while known and known[0].id < journal.oldest:
            known.popleft()
        new = [observe(entry, journal) for entry in islice(journal.after(known[-1].id if known else 0), at_most)]
        known.extend(new)
        return len(new) == at_most


# Held by the journal itself, as it were: a sandbox that is dropped takes its board along.
_boards: WeakKeyDictionary[Journal, _Board] = WeakKeyDictionary()
