"""The faults to plant, by service. The folder of a service's name has its own, in a table `PLANTS`."""

from collections.abc import Mapping
from importlib import import_module

from mock_server.service import Service
from tests.mutation.planting import Plant


def plants_of(service: Service) -> Mapping[str, Plant]:
    """The faults to plant in a mock of `service`, by name. A service without a folder has none."""
    folder = f"{__name__}.{service.name}"
    try:
        found: Mapping[str, Plant] = import_module(folder).PLANTS
    except ModuleNotFoundError as missing:
        # If a module inside the folder is missing, that is a mistake in the folder.
        if missing.name != folder:
            raise
        return {}
    return found
