"""The lies about each service, by their names."""

from collections.abc import Mapping
from importlib import import_module

from mock_server.service import Service
from tests.harness.check.lies.proxy import Lie


def lies_of(service: Service) -> Mapping[str, Lie]:
    """Every lie about `service`, by its name."""
    classes = import_module(f"tests.harness.check.lies.{service.name}").CLASSES
    return {name: Lie(name, kind, what, tell) for kind, found in classes.items() for name, what, tell in found}
