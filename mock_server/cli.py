"""`ecf-mock …`: every command of the project, from the same settings and clients that the tests use."""

import gc
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any, TypeVar, get_args, get_origin

import click
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from mock_server.commands.check import check
from mock_server.commands.diff import diff
from mock_server.commands.drill import drill
from mock_server.commands.health import health
from mock_server.commands.readiness import readiness
from mock_server.commands.sandbox import sandbox
from mock_server.commands.scenarios import scenarios
from mock_server.commands.terminal import CouldNotRun, write_any_text
from mock_server.sandbox.state import StateLost
from mock_server.settings import ENVIRONMENT_PREFIX, OTHER_VARIABLES, Settings

Command = TypeVar("Command", bound=Callable[..., Any])


def _option(name: str, field: FieldInfo) -> Callable[[Command], Command]:
    """The command-line option of a setting. The settings read and check its value."""
    dashed = name.replace("_", "-")
    variable = f"{ENVIRONMENT_PREFIX}{name.upper()}"
    text = f"{(field.description or '').replace('`', '')} [{variable}]"
    if field.annotation is bool:
        return click.option(f"--{dashed}/--no-{dashed}", name, default=None, help=text)
    choices = _choices(field.annotation)
    kind = click.Choice(choices) if choices else None
    return click.option(f"--{dashed}", name, default=None, type=kind, metavar=None if choices else "VALUE", help=text)


def _choices(annotation: Any) -> list[str]:
    """The words that a setting allows, if it allows only some."""
    return [str(word) for word in get_args(annotation)] if str(get_origin(annotation)) == "typing.Literal" else []


def settings_options(command: Command) -> Command:
    """Gives a command an option for every setting."""
    for name, field in reversed(Settings.model_fields.items()):
        command = _option(name, field)(command)
    return command


def read_settings(given: dict[str, Any]) -> Settings:
    """The settings from options and environment. Raises UsageError, in one line, naming the bad value."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as refused:
        error = refused.errors()[0]
        name = str(error["loc"][0]) if error["loc"] else "settings"
        variable = f"{ENVIRONMENT_PREFIX}{name.upper()}"
        source = f"--{name.replace('_', '-')}" if given.get(name) is not None else variable
        message = error["msg"].removeprefix("Value error, ")
        raise click.UsageError(f"{source} {error['input']!r}: {message}") from refused


def unknown_variables(environment: Iterable[str]) -> Iterator[str]:
    """A sentence for each variable that has our prefix but that nothing reads. Its name may be misspelt."""
    settings = [f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in Settings.model_fields]
    known = [*settings, *OTHER_VARIABLES]
    for name in sorted(environment):
        if name.upper().startswith(ENVIRONMENT_PREFIX) and name.upper() not in known:
            near = get_close_matches(name.upper(), known, n=1, cutoff=0.8)
            hint = f"did you mean {near[0]}?" if near else "`ecf-mock serve --help` names those that there are."
            yield f"{name} isn't a variable of ecf-mock; {hint}"


class Commands(click.Group):
    """Says in one line what is wrong with the arguments and where to read more. Click takes four lines."""

    def main(self, *args: Any, **extra: Any) -> Any:
        write_any_text()
        return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        for warning in unknown_variables(os.environ):
            click.echo(f"Warning: {warning}", file=sys.stderr)
        try:
            return super().invoke(ctx)
        except click.exceptions.NoArgsIsHelpError:
            raise
        except click.UsageError as wrong:
            where = (wrong.ctx or ctx).command_path
            message = wrong.format_message().rstrip(".")
            stop = "" if message.endswith("?") else "."
            raise CouldNotRun(f"{message}{stop} See {where} --help.") from wrong


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ecf-mock", prog_name="ecf-mock")
def main() -> None:
    """A mock of the DfE lead provider API, versions 1 and 3, and a harness that tests servers and clients."""


@main.command(
    epilog="""\b
Examples:
  ecf-mock serve
  ecf-mock serve --port 0 --clock 2021-11-20T09:00:00Z,still
  ecf-mock serve --rate-limit 3/60 --replay refuse
  ecf-mock serve --seed our-world.json
  ECF_MOCK_PORT=9000 ecf-mock serve --no-control"""
)
@settings_options
def serve(**given: Any) -> None:
    """Run the mock until Ctrl-C.

    Every option is also a variable of the environment, named in brackets; the option wins.
    """
    # The server needs everything that it makes while it starts, so a garbage collection would only delay it.
    gc.disable()
    try:
        # We import it here so that `ecf-mock --help` doesn't wait for the server's parts.
        from mock_server.serve import CannotServe, run

        run(read_settings(given))
    except CannotServe as reason:
        raise click.UsageError(str(reason)) from reason
    except StateLost as reason:
        raise click.ClickException(f"stopped, because the state file can't be written: {reason}") from reason
    except KeyboardInterrupt:
        # Ctrl-C before the server was ready. Stopping with it is never a failure.
        return


main.add_command(scenarios)
main.add_command(readiness)
main.add_command(drill)
main.add_command(check)
main.add_command(diff)
main.add_command(health)
main.add_command(sandbox)
