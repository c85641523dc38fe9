"""The table of services that the mock serves. The first answers requests to paths that belong to none."""

from typing import Final

from mock_server.service import Service
from mock_server.v1.service import V1
from mock_server.v3.service import V3

SERVICES: Final[tuple[Service, ...]] = (V1, V3)


def service(name: str) -> Service:
    """The service of that name. Raises KeyError if there is none."""
    return {each.name: each for each in SERVICES}[name]
