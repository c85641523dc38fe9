"""Checks services side by side, each but the first in a process of its own.

A check keeps one core busy, so two of them take hardly longer than one. The processes tell what they do through
pipes. We show it service by service, as if one check had followed the other.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from queue import SimpleQueue
from threading import Lock, Thread
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
# What a process tells last: its report, or why it couldn't run. It may also end without a word.
_REPORT, _CANNOT_RUN, _ENDED = "report", "cannot run", "ended"

# The name of a method of the progress listener, or one of the words above, and the arguments.
Event = tuple[str, tuple[Any, ...]]


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
    events: "SimpleQueue[Event]"

    def report(self, progress: ProgressListener) -> Report:
        """Shows the progress of the check, from its beginning, and waits for its report. Raises CannotRun."""
        while True:
            event, given = self.events.get()
            if event == _REPORT:
                report: Report = given[0]
                return report
            if event == _CANNOT_RUN:
                raise CannotRun(*given)
            if event == _ENDED:
                self.process.join()
                raise CannotRun(f"the check of {self.service.name} ended with exit code {self.process.exitcode}")
            getattr(progress, event)(*given)


@contextmanager
def _checking(services: Sequence[Service], plan: Plan, start_mock: StartMock) -> Iterator[dict[Service, _Check]]:
    """The checks of these services, which run until the block ends."""
    checks: dict[Service, _Check] = {}
    try:
        for service in services:
            # A queue between processes would need semaphores, which some containers forbid.
            receiving, sending = _processes.Pipe(duplex=False)
            given = (service.name, _told(plan), start_mock, sending)
            process = _processes.Process(target=_run, args=given, name=f"check of {service.name}", daemon=True)
            process.start()
            # The process has its own copy. When that is closed, too, the pipe ends.
            sending.close()
            events: SimpleQueue[Event] = SimpleQueue()
            Thread(target=_hear, args=(receiving, events), daemon=True).start()
            checks[service] = _Check(service, process, events)
        yield checks
    finally:
        for each in checks.values():
            each.process.terminate()
            each.process.join()


def _hear(pipe: Connection, events: "SimpleQueue[Event]") -> None:
    """Takes each event as it comes, so that the process never waits until we show it."""
    try:
        # A process that is killed may have sent half of an event.
        with pipe, suppress(EOFError, OSError):
            while True:
                events.put(pipe.recv())
    finally:
        events.put((_ENDED, ()))


def _run(name: str, told: dict[str, Any], start_mock: StartMock, pipe: Connection) -> None:
    """Runs one check in this process, which exists for it alone."""
    # Ctrl-C reaches both processes. The other one ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_other, daemon=True).start()
    [service] = [each for each in SERVICES if each.name == name]
    try:
        pipe.send((_REPORT, (check(Plan(service=service, **told), _Telling(pipe), start_mock),)))
    except CannotRun as error:
        pipe.send((_CANNOT_RUN, (str(error),)))


def _end_with_the_other() -> None:
    other = parent_process()
    if other is not None:
        other.join()
        os._exit(1)


class _Telling:
    """Tells the progress of a check, as name and arguments of the method to call."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        # Some stages send requests from several threads.
        self._one_at_a_time = Lock()

    def _tell(self, event: str, given: tuple[Any, ...]) -> None:
        with self._one_at_a_time:
            self._pipe.send((event, given))

    def stage(self, name: str, number: int, of: int) -> None:
        self._tell("stage", (name, number, of))

    def step(self, text: str) -> None:
        self._tell("step", (text,))

    def say(self, text: str) -> None:
        self._tell("say", (text,))

    def exchange(self) -> None:
        self._tell("exchange", ())

    def done(self, stage: StageResult) -> None:
        self._tell("done", (stage,))
