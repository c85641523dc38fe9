"""Checks services side by side, each but the first in a process of its own.

A check keeps one core busy, so two of them take hardly longer than one. The processes tell what they do through
queues. We show it service by service, as if one check had followed the other.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from multiprocessing import get_context, parent_process
from queue import Empty
from threading import Thread
from typing import Any

from mock_server.harness.check.doorstep import CannotRun
from mock_server.harness.check.outcome import Report, StageResult
from mock_server.harness.check.run import Plan, ProgressListener, StartMock, check
from mock_server.service import Service
from mock_server.services import SERVICES

# The stages that end before another process could begin.
_QUICK = frozenset({"contract"})
# A process for each check, with no threads of ours.
_processes = get_context("spawn")
# What a process puts into its queue last: its report, or why it couldn't run.
_REPORT, _CANNOT_RUN = "report", "cannot run"


def check_all(
    plan: Plan, services: Sequence[Service], progress: Callable[[Service], ProgressListener], start_mock: StartMock
) -> list[Report]:
    """Runs the check of each service, and returns the reports in the order of the services. Raises CannotRun.

    The time limit counts for each of them. With `stop_at_first`, no report follows that of a service that fails.
    `start_mock` must be a function of a module, because other processes call it.
    """
    others = [] if set(plan.stages) <= _QUICK else services[1:]
    with _checking(others, plan, start_mock) as checks:
        reports: list[Report] = []
        for service in services:
            if service in checks:
                report = checks[service].report(progress(service))
            else:
                report = check(_of(plan, service), progress(service), start_mock)
            reports.append(report)
            if plan.stop_at_first and report.verdict == "broken":
                break
        return reports


def _of(plan: Plan, service: Service) -> Plan:
    return Plan(**{**_told(plan), "service": service})


def _told(plan: Plan) -> dict[str, Any]:
    """The plan without its service, which no process can send to another."""
    return {each.name: getattr(plan, each.name) for each in fields(plan) if each.name != "service"}


@dataclass(frozen=True)
class _Check:
    """A check that runs in another process."""

    service: Service
    process: Any
    events: Any

    def report(self, progress: ProgressListener) -> Report:
        """Shows the progress of the check, from its beginning, and waits for its report. Raises CannotRun."""
        while True:
            event, given = self._next()
            if event == _REPORT:
                report: Report = given[0]
                return report
            if event == _CANNOT_RUN:
                raise CannotRun(*given)
            getattr(progress, event)(*given)

    def _next(self) -> Any:
        while True:
            alive = self.process.is_alive()
            try:
                return self.events.get(timeout=1)
            except Empty:
                # What it put into the queue before it ended has been read by now.
                if not alive:
                    raise CannotRun(
                        f"the check of {self.service.name} ended with exit code {self.process.exitcode}"
                    ) from None


@contextmanager
def _checking(services: Sequence[Service], plan: Plan, start_mock: StartMock) -> Iterator[dict[Service, _Check]]:
    """The checks of these services, which run until the block ends."""
    checks: dict[Service, _Check] = {}
    try:
        for service in services:
            events = _processes.Queue()
            given = (service.name, _told(plan), start_mock, events)
            process = _processes.Process(target=_run, args=given, name=f"check of {service.name}", daemon=True)
            process.start()
            checks[service] = _Check(service, process, events)
        yield checks
    finally:
        for each in checks.values():
            each.process.terminate()
            each.process.join()
            each.events.close()


def _run(name: str, told: dict[str, Any], start_mock: StartMock, events: Any) -> None:
    """Runs one check in this process, which exists for it alone."""
    # Ctrl-C reaches both processes. The other one ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_other, daemon=True).start()
    [service] = [each for each in SERVICES if each.name == name]
    try:
        events.put((_REPORT, (check(Plan(service=service, **told), _Telling(events), start_mock),)))
    except CannotRun as error:
        events.put((_CANNOT_RUN, (str(error),)))


def _end_with_the_other() -> None:
    other = parent_process()
    if other is not None:
        other.join()
        os._exit(1)


class _Telling:
    """Puts the progress of a check into a queue, as name and arguments of the method to call."""

    def __init__(self, events: Any) -> None:
        self._events = events

    def stage(self, name: str, number: int, of: int) -> None:
        self._events.put(("stage", (name, number, of)))

    def step(self, text: str) -> None:
        self._events.put(("step", (text,)))

    def say(self, text: str) -> None:
        self._events.put(("say", (text,)))

    def exchange(self) -> None:
        self._events.put(("exchange", ()))

    def done(self, stage: StageResult) -> None:
        self._events.put(("done", (stage,)))
