"""`ecf-mock diff`."""

import sys
from pathlib import Path
from typing import Any

import click

from mock_server.commands import terminal

# Functions import everything else where they use it, so that `ecf-mock --help` doesn't wait.
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    epilog="""\b
Examples:
  ecf-mock diff released.yaml openapi.yaml"""
)
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
def diff(old: Path, new: Path) -> None:
    """Say which changes from the contract OLD to the contract NEW break clients.

    The two may be two versions of an API, such as /v8 and /v9. Then paths that differ only in the version
    belong together. So do operations with the same id, and those on the nearest paths.

    Descriptions, summaries and examples don't count. What differs in any other way is judged, or listed for you to
    look at.

    Exits with 0 when nothing breaks clients, 1 when something does or isn't judged, 2 when a file can't be used.
    """
    from mock_server.harness.diff.documents import changes
    from mock_server.harness.diff.report import report
    from mock_server.http.contract import UnusableReference

    try:
        found = changes(_read(old), _read(new))
    except UnusableReference as error:
        raise terminal.CouldNotRun(f"one of the documents can't be read: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise terminal.CouldNotRun(
            f"one of the documents is no complete OpenAPI 3.0: {type(error).__name__} {error}"
        ) from error
    console = terminal.console()
    for line in report(found):
        console.print(line, markup=False, highlight=False)
    sys.exit(1 if any(change.effect != "harmless" for change in found) else 0)


def _read(file: Path) -> dict[str, Any]:
    import yaml

    try:
        document = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise terminal.CouldNotRun(f"{file}: {' '.join(str(error).split())}") from error
    if not isinstance(document, dict) or "openapi" not in document or "paths" not in document:
        raise terminal.CouldNotRun(f"{file} is no OpenAPI document: it needs `openapi` and `paths`")
    if not str(document["openapi"]).startswith("3.0"):
        raise terminal.CouldNotRun(f"{file} is OpenAPI {document['openapi']}; only 3.0 can be compared")
    return document
