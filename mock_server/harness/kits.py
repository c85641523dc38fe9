"""Finds what a service has for an engine of the harness, or for the page: its kit.

Each engine says in its module `kit` what a kit holds. The kit of a service is `KIT` in the module of the engine's
name below the folder of the service's name, such as `harness/NAME/readiness`. A service may have none.
"""

from importlib import import_module
from typing import Any

from mock_server.service import Service

_HERE = __name__.rpartition(".")[0]


def find_kit(service: Service, engine: str, package: str = _HERE) -> Any:
    """The kit that `service` has for `engine` in its folder of `package`, or None."""
    folder = f"{package}.{service.name}"
    module = f"{folder}.{engine}"
    try:
        return import_module(module).KIT
    except ModuleNotFoundError as missing:
        # A module that a kit fails to import is a mistake, not a kit that isn't there.
        if missing.name not in (folder, module):
            raise
        return None
