"""The commands as the page shows them. It reads them from the objects that `ecf-mock` runs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import Final

import click

from mock_server.cli import main

# The notes in brackets that click adds to a help text. Each becomes a sentence of its own.
_ADDED: Final = (
    (re.compile(r"\[(ECF_MOCK_[A-Z_]+)\]"), r"Variable: `\1`."),
    (re.compile(r"\[default: ([^\]]+)\]"), r"Default: `\1`."),
    (re.compile(r"\[x>=(\d+)\]"), r"At least \1."),
    (re.compile(r"\[x>(\d+)\]"), r"More than \1."),
    (re.compile(r"\[required\]"), "Required."),
)


@dataclass(frozen=True, slots=True)
class Option:
    """`names` as people type them. `help` is Markdown. `variable` is the environment variable that also sets it."""

    names: str
    help: str
    variable: str | None


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is complete, such as `ecf-mock scenarios run`. `help` is Markdown, `examples` is a block for a shell."""

    name: str
    usage: str
    help: str
    options: tuple[Option, ...]
    examples: str


def commands() -> list[Command]:
    """Every command that does something, in the order of the help text."""
    return list(_commands(main, click.Context(main, info_name="ecf-mock")))


def _commands(command: click.Command, context: click.Context) -> Iterator[Command]:
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _commands(inner, click.Context(inner, info_name=name, parent=context))
        return
    pieces = " ".join(command.collect_usage_pieces(context))
    yield Command(
        name=context.command_path,
        usage=f"{context.command_path} {pieces}",
        help=_unwrapped(command.help or ""),
        options=tuple(
            _option(*record)
            for parameter in command.params
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(context)) is not None
        ),
        examples=_examples(command.epilog or ""),
    )


def _option(names: str, help: str) -> Option:
    variable = re.search(r"ECF_MOCK_[A-Z_]+", help)
    for added, sentence in _ADDED:
        help = added.sub(sentence, help)
    return Option(names, re.sub(r"\s+", " ", help), variable[0] if variable else None)


def _unwrapped(text: str) -> str:
    """Help as Markdown, without click's mark for text that must not be wrapped."""
    return cleandoc(text).replace("\b\n", "")


def _examples(epilog: str) -> str:
    """The lines under `Examples:`, without their indent."""
    _, _, below = _unwrapped(epilog).partition("Examples:\n")
    return cleandoc(below)
