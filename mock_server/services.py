"""The services that the mock serves, in one table. Paths that belong to none are answered by the first."""

from typing import Final

from mock_server.service import Service
from mock_server.v1.service import V1
from mock_server.v3.service import V3

SERVICES: Final[tuple[Service, ...]] = (V1, V3)


def service(name: str) -> Service:
    """Raises KeyError for a name that no service has."""
    return {each.name: each for each in SERVICES}[name]
