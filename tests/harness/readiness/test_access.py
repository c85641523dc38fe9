"""Requirements about the token."""

from typing import Any

import pytest

from mock_server.harness.v1.readiness.traffic import Observation
from tests.harness.readiness.builders import Story


def test_nothing_is_said_of_a_client_that_sent_nothing() -> None:
    story = Story()
    for requirement in ("authenticated", "token-not-in-url", "stops-on-401"):
        assert story.verdict(f"access.{requirement}") == "not_seen"


def test_every_request_carries_the_token() -> None:
    story = Story()
    story.page(1)
    assert story.verdict("access.authenticated") == "passed"
    for credentials in (b"", b"Basic YWxkZXI=", b"Bearer ", b"alder-token"):
        without = Story()
        without.page(1)
        without.page(1, credentials=credentials, provider=None, status=401, listed=None)
        judgement = without.judge("access.authenticated")
        assert (judgement.verdict, judgement.evidence) == ("failed", (2,)), credentials


def test_a_browser_that_looks_around_is_no_client() -> None:
    story = Story()
    story.page(1)
    story.request(None, credentials=b"", provider=None, status=404, path="/favicon.ico")
    assert story.verdict("access.authenticated") == "passed"


def test_the_token_is_in_no_address() -> None:
    story = Story()
    story.page(1)
    assert story.verdict("access.token-not-in-url") == "passed"
    story.page(1, token_in_url=True)
    assert story.judge("access.token-not-in-url").evidence == (2,)
    assert story.verdict("access.token-not-in-url") == "failed"


def test_a_client_stops_at_a_401_and_may_come_back_with_another_token() -> None:
    story = Story()
    story.page(1)
    assert story.verdict("access.stops-on-401") == "not_seen"
    story.request("listEcfParticipants", provider=None, status=401)
    assert story.verdict("access.stops-on-401") == "passed"
    story.page(1)
    assert story.verdict("access.stops-on-401") == "passed"


def test_a_client_that_goes_on_after_a_401_fails() -> None:
    story = Story()
    story.request("listEcfParticipants", provider=None, status=401)
    story.request("listParticipantDeclarations", provider=None, status=401)
    judgement = story.judge("access.stops-on-401")
    assert (judgement.verdict, judgement.evidence) == ("failed", (1, 2))


def test_what_was_on_its_way_before_the_401_came_back_is_forgiven() -> None:
    story = Story()
    first = story.request("listEcfParticipants", provider=None, status=401)
    story.now = first.began + 0.001
    story.request("listParticipantDeclarations", provider=None, status=401)
    assert story.verdict("access.stops-on-401") == "passed"


WRONG: dict[str, Any] = {"provider": None, "status": 401, "listed": None}


def at_a_time(story: Story, *connections: int, every: float = 0.1) -> Observation:
    """Requests over these connections, one every so many seconds; the last one meets a 401."""
    for connection in connections:
        seen = story.over(connection).page(1)
        story.now = seen.began + every
    return story.page(1, **WRONG)


def test_as_many_as_there_are_connections_may_have_been_on_their_way() -> None:
    story = Story()
    refused = at_a_time(story, 1, 2, 1)
    # A pool may lend the same connection to one thread after the other.
    for connection, later in ((2, 0.002), (3, 0.003), (2, 0.004)):
        story.now = refused.ended + later
        story.over(connection).page(1, **WRONG)
    assert story.verdict("access.stops-on-401") == "passed"
    story.now = refused.ended + 0.005
    story.over(2).page(1, **WRONG)
    judgement = story.judge("access.stops-on-401")
    assert (judgement.verdict, judgement.evidence) == ("failed", (4, 8))


def test_the_connections_in_use_before_count_as_well() -> None:
    story = Story()
    refused = at_a_time(story, 1, 2, 1)
    for later, verdict in ((0.002, "passed"), (0.003, "passed"), (0.004, "failed")):
        story.now = refused.ended + later
        story.page(1, **WRONG)
        assert story.verdict("access.stops-on-401") == verdict


@pytest.mark.parametrize(
    ("connections", "every", "verdict"),
    [((1, 2, 1), 0.4, "passed"), ((1, 2, 1), 0.6, "failed"), ((1, 1, 2, 2), 0.1, "failed"), ((1, 1, 1), 0.1, "failed")],
)
def test_connections_are_open_at_a_time_when_they_take_turns(
    connections: tuple[int, ...], every: float, verdict: str
) -> None:
    story = Story()
    refused = at_a_time(story, *connections, every=every)
    story.now = refused.ended + 0.002
    story.over(9).page(1, **WRONG)
    assert story.verdict("access.stops-on-401") == verdict


def test_a_new_connection_for_each_request_is_no_excuse() -> None:
    story = Story()
    for connection in range(3):
        refused = story.over(connection).page(1, provider=None, status=401, listed=None)
        story.now = refused.ended + 0.002
    assert story.judge("access.stops-on-401").evidence == (1, 2, 3)


def test_none_is_on_its_way_for_long() -> None:
    story = Story()
    refused = at_a_time(story, 1, 2, 1)
    story.now = refused.ended + 0.6
    story.over(2).page(1, **WRONG)
    assert story.verdict("access.stops-on-401") == "failed"


def test_requests_without_any_token_are_another_matter() -> None:
    story = Story()
    for _ in range(2):
        story.request("listEcfParticipants", provider=None, status=401, credentials=b"")
    assert story.verdict("access.stops-on-401") == "not_seen"
