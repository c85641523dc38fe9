"""Builds the documentation beside a server, in a checkout. A wheel brings it built.

Run as a module it is the builder's keeper: a process between the server and the command. Its standard input is a pipe
that nobody writes to. Only the server has the other end, so the pipe's end says that the server is gone, however it
ended: `kill -9`, too.
"""

import os
import shlex
import signal
import subprocess
import sys
import threading
from typing import Final

VARIABLE: Final = "ECF_MOCK_DOCS_COMMAND"
# The builder gets what the server and everybody else leave over.
_NICE: Final = 19
# What shells say of a command that they can't run.
_NO_SUCH_COMMAND: Final = 127


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
        self._process = subprocess.Popen(  # noqa: S603 - whoever starts the server names the command
            [sys.executable, "-m", "mock_server.docs_command", *self._command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # The builder runs mocks of its own, for the examples. They must not build the documentation again.
            env={name: value for name, value in os.environ.items() if name != VARIABLE},
            # It leads a process group, so that what it starts ends with it.
            start_new_session=True,
        )
        threading.Thread(target=self._wait, args=(self._process,), name="documentation", daemon=True).start()

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        code = process.wait()
        if code and not self._over:
            said = f"The documentation couldn't be built (exit code {code}). `make docs` shows why."
            print(said, file=sys.stderr, flush=True)
        self._over = True

    def end(self) -> None:
        """End the command with everything that it started."""
        if self._process is not None and not self._over:
            self._over = True
            assert self._process.stdin is not None  # noqa: S101 - it was asked for
            self._process.stdin.close()


def keep(command: list[str]) -> int:
    """Run the command at the lowest priority. Its exit code; the whole process group ends when the server is gone."""
    os.nice(_NICE)
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 - whoever starts the server names it
    except OSError:
        return _NO_SUCH_COMMAND
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    return process.wait()


def _end_with_the_server() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.killpg(0, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(keep(sys.argv[1:]))
