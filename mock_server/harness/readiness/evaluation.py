"""Judges a sandbox's traffic by the catalogue. Each request is read once, however often somebody looks."""

import asyncio
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from weakref import WeakKeyDictionary

from mock_server.harness.readiness.catalogue import CATALOGUE, Level, Requirement
from mock_server.harness.readiness.judgement import Verdict
from mock_server.harness.readiness.traffic import Observation, Traffic, observe
from mock_server.sandbox.journal import Change, Entry, Journal
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


async def readiness(sandbox: Sandbox) -> tuple[Result, ...]:
    """The grades of the clients of `sandbox`, by what its journal holds when the call is made.

    A thread reads and judges, so that requests that come meanwhile don't wait for it.
    """
    return await _boards.setdefault(sandbox.journal, _Board()).results(sandbox.journal)


async def readiness_record(sandbox: Sandbox) -> dict[str, Any]:
    """The answer of `getReadiness`."""
    results = await readiness(sandbox)
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


class _Board:
    """The observations of one journal, and the results of the latest version that was judged."""

    def __init__(self) -> None:
        self._observations: Sequence[Observation] = ()
        self._version = -1
        self._results: tuple[Result, ...] = ()
        self._judging = asyncio.Lock()

    async def results(self, journal: Journal) -> tuple[Result, ...]:
        """The results of the journal's present version, or of a later one."""
        wanted = journal.version
        async with self._judging:
            # Whoever waited for the lock may find that the judging before was new enough.
            if self._version < wanted:
                version, changes = journal.version, tuple(journal.changes)
                kept = self._observations[bisect_left(self._observations, journal.oldest, key=attrgetter("id")) :]
                new = list(journal.after(kept[-1].id if kept else 0))
                self._observations, self._results = await asyncio.to_thread(_judge_also, kept, new, journal, changes)
                self._version = version
            return self._results


def _judge_also(
    known: Sequence[Observation], new: Iterable[Entry], journal: Journal, changes: Sequence[Change]
) -> tuple[Sequence[Observation], tuple[Result, ...]]:
    """The known observations with those of the new entries, and the results of all of them.

    It runs in a thread: it touches nothing that changes meanwhile.
    """
    observations = [*known, *(observe(entry, journal) for entry in new)]
    return observations, judge(Traffic(observations, changes))


# Held by the journal itself, as it were: a sandbox that is dropped takes its board along.
_boards: WeakKeyDictionary[Journal, _Board] = WeakKeyDictionary()
