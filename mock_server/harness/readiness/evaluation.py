"""Judges a sandbox's traffic by the catalogue. It reads each request once, however often somebody looks."""

import asyncio
import sys
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from threading import Lock
from typing import Any, Final
from weakref import WeakKeyDictionary

from mock_server.control.models import Readiness, ReadinessSummary, RequirementResult
from mock_server.harness.readiness.judgement import Verdict
from mock_server.harness.readiness.kit import ReadinessKit, readiness_kit
from mock_server.harness.readiness.requirement import Level, Requirement
from mock_server.harness.readiness.traffic import Observation, Traffic
from mock_server.sandbox.journal import Entry, Journal, SchoolChange
from mock_server.sandbox.sandboxes import Sandbox
from mock_server.service import Service


@dataclass(frozen=True, slots=True)
class Result:
    """The result for one requirement. `advice` says what to change or what to do next; it is None when passed.

    The exception is `contract.coverage`: it always states its figure.
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


def judge(catalogue: Sequence[Requirement], traffic: Traffic[Any]) -> tuple[Result, ...]:
    """Judges every requirement of the catalogue, in its order: those about restarts only after a restart."""
    results = []
    first_run = traffic.before_restart()
    for requirement in catalogue:
        if requirement.restarts and traffic.restarted_at is None:
            continue
        judgement = requirement.judge(traffic if requirement.restarts else first_run)
        advice = judgement.advice
        if judgement.verdict == "not_seen" and advice is None:
            advice = requirement.how
        results.append(Result(requirement, judgement.verdict, judgement.evidence, advice))
    return tuple(results)


async def readiness(sandbox: Sandbox, service: Service) -> tuple[Result, ...]:
    """The grades of the clients of `service` in `sandbox`, from the journal at the time of the call.

    The first service answers requests that belong to no service, so they count for it. A service without a kit has no
    grades. A thread reads and judges, so that other requests don't wait for it.
    """
    kit = readiness_kit(service)
    if kit is None:
        return ()
    boards = _boards.setdefault(sandbox.journal, {})
    if service.name not in boards:
        also_no_service = service is sandbox.services[0]
        boards[service.name] = _Board(kit, (service, None) if also_no_service else (service,))
    return await boards[service.name].results(sandbox.journal)


async def readiness_record(sandbox: Sandbox, service: Service) -> Readiness:
    """The answer of `getReadiness`."""
    results = await readiness(sandbox, service)
    return Readiness(
        sandbox.id,
        summary(result.verdict for result in results),
        tuple(
            RequirementResult(
                id=result.id,
                group=result.requirement.group,
                level=result.level,
                verdict=result.verdict,
                evidence=tuple(result.evidence),
                advice=result.advice,
            )
            for result in results
        ),
    )


def summary(verdicts: Iterable[str]) -> ReadinessSummary:
    """How many results have each verdict."""
    found = list(verdicts)
    return ReadinessSummary(found.count("passed"), found.count("failed"), found.count("not_seen"))


class _AnswersFirst:
    """While a thread grades, it hands over to the thread that answers within a tenth of a millisecond.

    At Python's own 5 ms a watched client's p99 is 13 ms instead of 3, with 8,000 requests in the journal. We don't keep
    it so short: the thread that writes the state file would then interrupt the answers as often.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._graders = 0
        self._usual = 0.0

    def __enter__(self) -> None:
        with self._lock:
            if not self._graders:
                self._usual = sys.getswitchinterval()
                sys.setswitchinterval(0.0001)
            self._graders += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._graders -= 1
            if not self._graders:
                sys.setswitchinterval(self._usual)


_answers_first: Final = _AnswersFirst()


class _Board:
    """The part of one journal that concerns one service, and the results of the latest version judged."""

    def __init__(self, kit: ReadinessKit, addressed: tuple[Service | None, ...]) -> None:
        """`addressed` are the services whose requests count."""
        self._kit = kit
        self._addressed = addressed
        self._observations: Sequence[Observation] = ()
        self._read_until = 0
        self._version = -1
        self._results: tuple[Result, ...] = ()
        self._judging = asyncio.Lock()

    async def results(self, journal: Journal) -> tuple[Result, ...]:
        """The results of the journal's current version, or of a later one."""
        wanted = journal.version
        async with self._judging:
            # Another task may have judged this version while we waited for the lock.
            if self._version < wanted:
                version, changes = journal.version, tuple(journal.changes)
                self._observations = self._observations[
                    bisect_left(self._observations, journal.oldest, key=attrgetter("id")) :
                ]
                new = list(journal.after(self._read_until))
                self._observations, self._results = await asyncio.to_thread(
                    self._judge_also, self._observations, new, journal, changes
                )
                self._read_until = new[-1].id if new else self._read_until
                self._version = version
            return self._results

    def _judge_also(
        self, known: Sequence[Observation], new: Iterable[Entry], journal: Journal, changes: Sequence[SchoolChange]
    ) -> tuple[Sequence[Observation], tuple[Result, ...]]:
        """The known observations together with the new ones, and the results of all of them.

        It runs in a thread, so it touches nothing that may change at the same time.
        """
        with _answers_first:
            addressed = [entry for entry in new if entry.service in self._addressed]
            observations = [*known, *(self._kit.observe(entry, journal) for entry in addressed)]
            done = [change for change in changes if change.api == self._kit.api]
            return observations, judge(self._kit.catalogue, self._kit.traffic(observations, done))


# The journals own the boards, so a deleted sandbox deletes its boards too.
_boards: WeakKeyDictionary[Journal, dict[str, _Board]] = WeakKeyDictionary()
