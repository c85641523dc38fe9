"""Every client of v3, in `make clients`."""

from collections.abc import Iterator

import pytest

from tests.harness.readiness.clients.drilling import Boards, drills
from tests.harness.readiness.v3.acting import ACTING
from tests.harness.readiness.v3.base import Client
from tests.harness.readiness.v3.correct import CORRECT
from tests.harness.readiness.v3.drilling import drilled
from tests.harness.readiness.v3.polling import POLLING

EVERY = (*CORRECT, *POLLING, *ACTING)


@pytest.fixture(scope="module")
def boards(request: pytest.FixtureRequest) -> Iterator[Boards]:
    # Only those whose tests run.
    wanted = {item.callspec.params["client"] for item in request.session.items if hasattr(item, "callspec")}
    with drills([client for client in EVERY if client in wanted], drilled, at_a_time=10) as found:
        yield found


@pytest.mark.parametrize("client", EVERY, ids=lambda c: f"{c.breaks or 'correct'}-{c.name}-{c.per_page}")
def test_a_client_fails_what_it_breaks_and_nothing_else(boards: Boards, client: Client) -> None:
    assert client.complaints(boards[client].result()) == []
