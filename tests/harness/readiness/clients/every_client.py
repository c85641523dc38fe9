"""Every client, in `make clients`: a faulty one fails what it breaks and nothing else, a correct one fails nothing."""

from collections.abc import Iterator

import pytest

from tests.harness.readiness.clients.base import Client
from tests.harness.readiness.clients.careless import CARELESS
from tests.harness.readiness.clients.correct import CORRECT
from tests.harness.readiness.clients.correct_too import CORRECT_TOO
from tests.harness.readiness.clients.drilling import Boards, drills
from tests.harness.readiness.clients.faulty import FAULTY
from tests.harness.readiness.clients.faulty_too import FAULTY_TOO

EVERY = (Client(""), *CORRECT, *CORRECT_TOO, *FAULTY, *FAULTY_TOO, *CARELESS)


@pytest.fixture(scope="module")
def boards(request: pytest.FixtureRequest) -> Iterator[Boards]:
    # Only those whose tests run.
    wanted = {item.callspec.params["client"] for item in request.session.items if hasattr(item, "callspec")}
    with drills([client for client in EVERY if client in wanted]) as found:
        yield found


def name(client: Client) -> str:
    return f"{client.breaks or 'correct'}-{client.name}-{client.per_page}"


@pytest.mark.parametrize("client", EVERY, ids=name)
def test_a_client_fails_what_it_breaks_and_nothing_else(boards: Boards, client: Client) -> None:
    assert client.complaints(boards[client].result()) == []
