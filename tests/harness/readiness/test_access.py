"""Requirements about the token."""

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


def test_requests_without_any_token_are_another_matter() -> None:
    story = Story()
    for _ in range(2):
        story.request("listEcfParticipants", provider=None, status=401, credentials=b"")
    assert story.verdict("access.stops-on-401") == "not_seen"
