"""Servers as processes: started on chosen cores, watched, stopped."""

import http.client
import os
import shlex
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import psutil

from benchmarks.exchange import Request, ask

ROOT = Path(__file__).parents[1]
_PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.002


class ServerFailed(Exception):
    """A server ended or didn't answer; the message has its last lines."""


@dataclass(frozen=True)
class Server:
    """How a server is started.

    `one_core`: its work is done by one thread, so that it keeps one core to itself; the others may
    use every core. `first` is the request whose answer shows that it is up.
    """

    name: str
    command: Callable[[int], Sequence[str]]
    first: Request
    one_core: bool


@dataclass(frozen=True)
class Cores:
    """Which cores the servers get, and which the load; the same one where the machine has but one."""

    server: frozenset[int]
    load: frozenset[int]
    every: frozenset[int]

    @classmethod
    def of_this_machine(cls, pin: bool) -> "Cores":
        every = frozenset(os.sched_getaffinity(0))
        if not pin:
            return cls(every, every, every)
        return cls(frozenset({min(every)}), frozenset({max(every)}), every)


@contextmanager
def on_cores(cores: frozenset[int]) -> Iterator[None]:
    """Processes started inside run on `cores`: they inherit them from this thread."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Running:
    """A started server that has answered; `seconds_to_first_answer` counts from before its process began."""

    def __init__(self, server: Server, cores: Cores, folder: Path) -> None:
        self.server = server
        self.port = free_port()
        command = list(server.command(self.port))
        log = folder / f"{server.name}-{self.port}.log"
        began = time.perf_counter()
        with log.open("wb") as output, on_cores(cores.server if server.one_core else cores.every):
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            self._wait(command, log)
        except BaseException:
            self.stop()
            raise
        self.seconds_to_first_answer = time.perf_counter() - began

    def _wait(self, command: Sequence[str], log: Path) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            if self._process.poll() is not None or time.monotonic() > deadline:
                last = "\n".join(log.read_text("utf-8", "replace").splitlines()[-8:])
                raise ServerFailed(f"{self.server.name} doesn't answer: {shlex.join(command)}\n{last}")
            try:
                answer = ask(self.port, self.server.first)
            except (OSError, http.client.HTTPException):
                time.sleep(_POLL_SECONDS)
                continue
            if answer.status < 300:
                return
            # Some listen before they know their routes.
            time.sleep(_POLL_SECONDS)

    def __enter__(self) -> "Running":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        tree = self._tree()
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for process in tree[1:]:
            if process.is_running():
                process.kill()

    def _tree(self) -> list[psutil.Process]:
        try:
            process = psutil.Process(self._process.pid)
            return [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def cpu_seconds(self) -> float:
        """Spent so far by the process and its children, in user and in system mode."""
        return sum(times.user + times.system for times in (p.cpu_times() for p in self._tree()))

    def memory_bytes(self) -> int:
        """Resident set, children included."""
        return sum(process.memory_info().rss for process in self._tree())
