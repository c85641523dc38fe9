"""How the commands end, print and write files."""

import codecs
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

import click

# Functions import everything else where they use it, so that `ecf-mock --help` doesn't wait.
if TYPE_CHECKING:
    from rich.console import Console

    from mock_server.service import Service

Command = TypeVar("Command", bound=Callable[..., Any])


def default_base_url() -> str:
    """The address of `ecf-mock serve` in this environment, for commands without --base-url.

    Raises CouldNotRun if the environment lets the server choose a port.
    """
    host, port = (os.environ.get(f"ECF_MOCK_{name}") or default for name, default in _WHERE_SERVED.items())
    if not port.isascii() or not port.isdecimal() or not int(port):
        raise CouldNotRun(f"ECF_MOCK_PORT is {port!r}, which names no port: say with --base-url where the mock runs.")
    # A server that listens on every address of this machine answers on the usual one too.
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - nothing listens here
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


_WHERE_SERVED = {"HOST": "127.0.0.1", "PORT": "8080"}

base_url_option = click.option(
    "--base-url",
    metavar="URL",
    envvar="ECF_MOCK_BASE_URL",
    default=default_base_url,
    help="Where the mock runs. Without it: this machine, at the port of `ecf-mock serve`. [ECF_MOCK_BASE_URL]",
)

control_token_option = click.option(
    "--control-token",
    metavar="TOKEN",
    envvar="ECF_MOCK_CONTROL_TOKEN",
    help="The token of the mock's control API, if it asks for one. [ECF_MOCK_CONTROL_TOKEN]",
)


class ServiceName(click.ParamType["Service"]):
    """The name of a service, by default the first one's. We load the services only when somebody names one."""

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


# It stands for the first service, so that `--help` loads none.
FIRST_SERVICE = ""

api_option = click.option(
    "--api",
    type=ServiceName(),
    default=FIRST_SERVICE,
    help="Which service. Without it: the first one.",
)


# Replacements for characters that the terminal or pipe can't take.
_SUBSTITUTES = {
    **{"✓": "+", "✗": "x", "·": "-", "×": "x", "→": "->", "…": "..."},
    **{"–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'"},
}


def write_any_text() -> None:
    """Make printing work for every text and encoding of standard output: a pipe on Windows takes cp1252.

    A character that the encoding lacks becomes a similar one, or `?`.
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
    """Ends the command with one line and exit code 2: the command couldn't find out what the user asked."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        # Without this, click writes UTF-8 even where the user asked for ASCII.
        super().show(file or sys.stderr)


def file_option(name: str, help: str) -> Callable[[Command], Command]:
    """An option that names a file to write."""
    return click.option(name, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help=help)


def console() -> "Console":
    from rich.console import Console

    # Lines stay whole, so that people can search and paste them.
    return Console(soft_wrap=True)


def write_file(file: Path, text: str) -> None:
    """Raises CouldNotRun."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise CouldNotRun(f"can't write {file}: {error.strerror or error}") from error
