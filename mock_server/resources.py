"""Finds the data that the package carries: the contracts and the scenarios."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

_PACKAGE = Path(__file__).parent


def resource(name: str) -> Path:
    """The folder or file `name`, such as `scenarios`.

    A wheel carries it inside the package. A checkout has it at the top of the repository.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for root in (_PACKAGE / "_resources", _PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(f"{name} is missing from this installation of ecf-mock; install it again")


def specification(name: str) -> dict[str, Any]:
    """The OpenAPI document `openapi/{name}.yaml` of the project, parsed once. Don't change it."""
    return openapi_document(resource(f"openapi/{name}.yaml"))


@cache
def openapi_document(file: Path) -> dict[str, Any]:
    """The OpenAPI document in `file`, parsed once. Don't change it."""
    # The C loader reads the contract several times faster than the pure Python one.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with file.open("rb") as stream:
        document = yaml.load(stream, Loader=loader)  # noqa: S506 - a safe loader, chosen above
    assert isinstance(document, dict)  # noqa: S101
    return document
