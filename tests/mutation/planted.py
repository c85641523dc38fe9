"""Starts a mock with a planted fault in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mock_server.service import Service

ROOT = Path(__file__).parents[2]


@contextmanager
def planted_server(service: Service, name: str) -> Iterator[str]:
    """The base URL of a mock of `service` with the fault of that name. The mock stops at the end of the block."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.mutation.server", service.name, name]
    pipe = subprocess.PIPE
    # The planted fault causes the errors that it logs.
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            base_url = process.stdout.readline().strip()
            assert base_url, f"the mock with the fault {name} didn't start"
            yield base_url
        finally:
            process.stdin.close()
