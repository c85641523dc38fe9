"""Builds the documentation beside a server, in a checkout. A wheel brings it built."""

import os
import shlex
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Final

VARIABLE: Final = "ECF_MOCK_DOCS_COMMAND"
# The builder gets what the server and everybody else leave over.
_NICE: Final = 19


def docs_command() -> list[str]:
    """The command that builds the documentation. Empty when nobody named one."""
    return shlex.split(os.environ.get(VARIABLE, ""))


class DocsBuild:
    """One run of the command. It says nothing unless it fails, and then one line on standard error."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._over = not command

    def begin(self) -> None:
        """Start the command, unless it has been started."""
        if self._process is not None or self._over:
            return
        try:
            # It leads a process group, so that what it starts ends with it.
            self._process = subprocess.Popen(  # noqa: S603 - whoever starts the server names it
                ["nice", "-n", str(_NICE), *self._command],  # noqa: S607 - POSIX has it
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # The builder runs mocks of its own, for the examples. They must not build the documentation again.
                env={name: value for name, value in os.environ.items() if name != VARIABLE},
                start_new_session=True,
            )
        except OSError as error:
            self._complain(error.strerror or str(error))
            return
        threading.Thread(target=self._wait, args=(self._process,), name="documentation", daemon=True).start()

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        code = process.wait()
        if code and not self._over:
            self._complain(f"exit code {code}")
        self._over = True

    def _complain(self, why: str) -> None:
        self._over = True
        print(f"The documentation couldn't be built ({why}). `make docs` shows why.", file=sys.stderr, flush=True)

    def end(self) -> None:
        """End the command with everything that it started."""
        if self._process is not None and not self._over:
            self._over = True
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
