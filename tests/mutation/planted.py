"""Starts mocks with a planted fault, each in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from mock_server.service import Service

ROOT = Path(__file__).parents[2]


@contextmanager
def planted_server(service: Service, name: str) -> Iterator[str]:
    """The base URL of a mock of `service` with the fault of that name. The mock stops at the end of the block."""
    process = _servers()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{service.name} {name}\n")
    process.stdin.flush()
    try:
        base_url = process.stdout.readline().strip()
        assert base_url, f"the mock with the fault {name} didn't start"
        yield base_url
    finally:
        process.stdin.write("\n")
        process.stdin.flush()


@cache
def _servers() -> subprocess.Popen[str]:
    """The program that starts them. It ends with this process, when its input closes."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.mutation.server"]
    pipe = subprocess.PIPE
    # The planted fault causes the errors that it logs.
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
