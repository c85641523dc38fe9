"""`ecf-mock diff`."""

import sys
from pathlib import Path
from typing import Any

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Unusable(click.ClickException):
    """Ends the command with one line, and 2."""

    exit_code = 2


@click.command(
    epilog="""\b
Example:
  ecf-mock diff released/v1.yaml openapi/v1.yaml"""
)
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
def diff(old: Path, new: Path) -> None:
    """Say which changes from the contract OLD to the contract NEW break clients.

    Exits with 0 when none does, 1 when one does, 2 when a file can't be used.
    """
    from mock_server.harness.diff.documents import changes

    try:
        found = changes(_read(old), _read(new))
    except (KeyError, TypeError, AttributeError) as error:
        raise Unusable(f"one of the documents is no complete OpenAPI 3.0: {type(error).__name__} {error}") from error
    for breaking, title in ((True, "These break clients:"), (False, "These don't:")):
        listed = dict.fromkeys(change for change in found if change.breaking is breaking)
        if listed:
            click.echo(title)
            for change in listed:
                click.echo(f"  {change.where.rstrip()}: {change.what}")
    if not found:
        click.echo("Nothing changed that a client could notice.")
    sys.exit(1 if any(change.breaking for change in found) else 0)


def _read(file: Path) -> dict[str, Any]:
    import yaml

    try:
        document = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Unusable(f"{file}: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict) or "openapi" not in document or "paths" not in document:
        raise Unusable(f"{file} is no OpenAPI document: it needs `openapi` and `paths`")
    return document
