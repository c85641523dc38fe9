"""The drill of v3 for a client of these tests."""

from mock_server.client import ControlClient
from mock_server.control.models import Readiness
from mock_server.harness.v3.readiness import KIT
from tests.harness.readiness.clients.drilling import graded
from tests.harness.readiness.v3.base import PARTICIPANTS_IN_DRILL, Client


def drilled(control: ControlClient, client: Client) -> Readiness:
    """The board after `client` has gone through the whole drill of v3."""
    return graded(control, KIT, client.run, PARTICIPANTS_IN_DRILL)
