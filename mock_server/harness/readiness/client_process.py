"""The client under test as a process of its own, started by a drill."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO, Final

# How long a client may take to end when it is asked to, in seconds.
PATIENCE: Final = 5.0
_POSIX: Final = os.name == "posix"


class ClientProcess:
    """A command that runs until it ends or is ended, with everything that it has started.

    `say` gets each line that it prints, standard error included.
    """

    def __init__(self, command: str, variables: Mapping[str, str], say: Callable[[str], None]) -> None:
        """`variables` are added to the environment. Their names also stand for them in the command, as `{token}`.

        A name in the command is the name of the variable in lower case, without its prefix.
        """
        # A shell reads the command, as it does in a terminal or in a CI step.
        self._process = subprocess.Popen(  # noqa: S602 - the person who drills the client wrote the command
            with_placeholders(command, variables),
            shell=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Without it Python shows what a program prints only when that ends.
            env={**os.environ, **variables, "PYTHONUNBUFFERED": "1"},
            text=True,
            errors="replace",
            # A group of its own, so that we end its children too, and Ctrl-C reaches the drill alone.
            start_new_session=_POSIX,
        )
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout, say), daemon=True)
        self._reader.start()

    @staticmethod
    def _read(output: IO[str], say: Callable[[str], None]) -> None:
        with suppress(ValueError), output:
            for line in output:
                say(line.rstrip("\n"))

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def end(self) -> None:
        """Ends it, first politely. Nothing of it is left when this returns."""
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        # Its children may have outlived it.
        self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))
        self._process.wait()
        # A child that we couldn't end may keep the pipe open.
        self._reader.join(1)

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            if _POSIX:
                os.killpg(self._process.pid, number)
            else:
                self._process.terminate()


def with_placeholders(command: str, variables: Mapping[str, str]) -> str:
    """The command with the values in place of `{base_url}`, `{token}` and so on. Other braces stay."""
    for name, value in variables.items():
        command = command.replace("{" + name.removeprefix("ECF_MOCK_").lower() + "}", value)
    return command


class Stop:
    """Whether somebody wants the program to end: with Ctrl-C, or by SIGTERM. Use it as a context."""

    def __init__(self) -> None:
        self.wanted = threading.Event()
        self._before: dict[int, object] = {}

    def __enter__(self) -> threading.Event:
        # A shell lets a job in the background ignore SIGINT. Handlers of our own hear it all the same.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, lambda *_: self.wanted.set())
        return self.wanted

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
