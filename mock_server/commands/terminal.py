"""What the commands share: how they end, print and write files."""

import codecs
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

# Everything else is imported where it is used: `ecf-mock --help` needn't wait for it.
if TYPE_CHECKING:
    from rich.console import Console

    from mock_server.service import Service

Command = TypeVar("Command", bound=Callable[..., Any])


def default_base_url() -> str:
    """Where `ecf-mock serve` answers in this environment, for commands that no --base-url tells it.

    Raises CouldNotRun when the environment lets the server choose a port.
    """
    host, port = (os.environ.get(f"ECF_MOCK_{name}") or default for name, default in _WHERE_SERVED.items())
    if not port.isascii() or not port.isdecimal() or not int(port):
        raise CouldNotRun(f"ECF_MOCK_PORT is {port!r}, which names no port: say with --base-url where the mock runs.")
    # A server that listens on every address of this machine is reached on the usual one.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - nothing listens here
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


_WHERE_SERVED = {"HOST": "127.0.0.1", "PORT": "8080"}

control_token_option = click.option(
    "--control-token",
    metavar="TOKEN",
    envvar="ECF_MOCK_CONTROL_TOKEN",
    help="The token of the mock's control API, if it asks for one. [ECF_MOCK_CONTROL_TOKEN]",
)


class ServiceName(click.ParamType["Service"]):
    """The name of a service; the first one's when left out. The services are loaded when somebody names one."""

    name = "service"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        from mock_server.services import SERVICES

        return "|".join(service.name for service in SERVICES)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Service":
        from mock_server.services import SERVICES

        if value == FIRST_SERVICE:
            return SERVICES[0]
        for service in SERVICES:
            if value in (service, service.name):
                return service
        return self.fail(f"{value!r} isn't one of {', '.join(service.name for service in SERVICES)}", param, ctx)


# Stands for the first service, so that nothing is loaded for `--help`.
FIRST_SERVICE = ""

api_option = click.option(
    "--api",
    type=ServiceName(),
    default=FIRST_SERVICE,
    help="Which service; the first one when left out.",
)


# What stands for a character that the terminal or pipe can't take.
_SUBSTITUTES = {
    **{"✓": "+", "✗": "x", "·": "-", "×": "x", "→": "->", "…": "..."},
    **{"–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'"},
}


def write_any_text() -> None:
    """From now on every text can be printed, whatever the encoding of standard output: a pipe on Windows takes cp1252.

    What the encoding lacks is printed as something like it, or as `?`.
    """
    codecs.register_error("ecf-mock", _substituted)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="ecf-mock")


def _substituted(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - nothing is decoded here
    lacking = error.object[error.start : error.end]
    return "".join(_SUBSTITUTES.get(character, "?") for character in lacking), error.end


class CouldNotRun(click.ClickException):
    """Ends the command with one line, and 2: what was asked for couldn't be found out."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        # Left alone, click writes UTF-8 where ASCII was asked for.
        super().show(file or sys.stderr)


def file_option(name: str, help: str) -> Callable[[Command], Command]:
    """An option that names a file to write."""
    return click.option(name, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help=help)


def console() -> "Console":
    from rich.console import Console

    # Lines stay whole, so that they can be searched and pasted.
    return Console(soft_wrap=True)


def write_file(file: Path, text: str) -> None:
    """Raises CouldNotRun."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise CouldNotRun(f"can't write {file}: {error.strerror or error}") from error
