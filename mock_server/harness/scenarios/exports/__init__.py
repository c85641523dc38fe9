"""Scenarios in the formats of other tools: Arazzo workflows, `.http` files, a Postman collection."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from mock_server.harness.scenarios.exports import arazzo, http_files, postman
from mock_server.harness.scenarios.exports.common import BASE_URL, Export, Omission
from mock_server.harness.scenarios.model import Scenario
from mock_server.service import Service

FORMATS: Final[Mapping[str, Callable[[Sequence[Scenario]], Export]]] = {
    "arazzo": arazzo.export,
    "http": http_files.export,
    "postman": postman.export,
}

_HOW_TO_RUN: Final[Mapping[str, str]] = {
    "arazzo": f"npx @redocly/cli respect {arazzo.FILE} --server {{api}}={BASE_URL} --server control={BASE_URL}",
    "http": "open one in a JetBrains IDE with the environment `mock`, or npx httpyac send '*.http' --all --env mock",
    "postman": f"import {postman.FILE}, or npx newman run {postman.FILE}",
}

# Stands beside the exported files, and lists what they lack.
OMISSIONS_FILE: Final = "NOT-EXPORTED.md"


def how_to_run(format: str, service: Service) -> str:
    """How to run the exported scenarios of `service` in their folder, with a mock on its usual port."""
    return _HOW_TO_RUN[format].format(api=service.name)


def export(format: str, scenarios: Sequence[Scenario], folder: Path) -> Export:
    """Writes `scenarios`, one or more of one service, to `folder`. It makes the folder if necessary.

    Returns the files that it wrote.

    It overwrites files of an earlier export, and leaves all others alone.
    """
    exported = FORMATS[format](scenarios)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**exported.files, OMISSIONS_FILE: _omissions_text(format, exported.omissions)}.items():
        (folder / name).write_text(text, "utf-8")
    return exported


def _omissions_text(format: str, omissions: Sequence[Omission]) -> str:
    lines = [f"# What the {format} export lacks", ""]
    lines += [f"- {omission}" for omission in omissions] or ["Nothing: every request and every check is there."]
    return "\n".join(lines) + "\n"
