"""Finds a service's kit: what the service supplies for an engine of the harness, or for the page.

The module `kit` of each engine says what a kit contains. The kit of a service is `KIT` in the engine's module below
the service's folder, such as `harness/NAME/readiness`. A service needs no kit.
"""

from importlib import import_module
from typing import Any

from mock_server.service import Service

_HERE = __name__.rpartition(".")[0]


def find_kit(service: Service, engine: str, package: str = _HERE) -> Any:
    """The kit of `service` in its folder of `package` for `engine`, or None."""
    folder = f"{package}.{service.name}"
    module = f"{folder}.{engine}"
    try:
        return import_module(module).KIT
    except ModuleNotFoundError as missing:
        # If a module inside the kit is missing, that is a mistake in the kit.
        if missing.name not in (folder, module):
            raise
        return None
