"""Mocks with a planted fault, one after the other, each in a process of its own.

`python -m tests.mutation.server` reads lines. `v1 NAME` starts a mock of that service with that fault and prints its
base URL. An empty line ends that mock, and the end of the input ends the program. A mock takes a copy of this process,
which has everything imported, so it starts at once.
"""

import os
import sys
from contextlib import suppress

from mock_server.harness.check.run import BODY_TIMEOUT
from mock_server.own_server import own_server
from mock_server.services import SERVICES, service
from mock_server.settings import GivenSettings
from tests.mutation.plants import plants_of

SOUND = "nothing"


def main() -> None:
    for each in SERVICES:
        # Imported before the copies are made.
        plants_of(each)
    for line in sys.stdin:
        if line.strip():
            _serve_in_a_copy(*line.split())


def _serve_in_a_copy(service_name: str, name: str) -> None:
    """Ends when the next line comes. The copy ends with this process, because it waits at a pipe that only we hold."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(there)
        # Nothing of ours may be written or closed a second time.
        with suppress(BaseException):
            _serve(service_name, name, here)
        os._exit(0)
    os.close(here)
    try:
        sys.stdin.readline()
    finally:
        os.close(there)
        os.waitpid(child, 0)


def _serve(service_name: str, name: str, until: int) -> None:
    """Prints the base URL, or an empty line when the mock didn't start."""
    served = service(service_name)
    said = ""
    try:
        if name != SOUND:
            plants_of(served)[name].plant()
        settings = GivenSettings(body_timeout=BODY_TIMEOUT, log_level="error")
        with own_server(settings, [served]) as base_url:
            said = base_url
            os.write(1, f"{said}\n".encode())
            os.read(until, 1)
    finally:
        if not said:
            os.write(1, b"\n")


if __name__ == "__main__":
    main()
