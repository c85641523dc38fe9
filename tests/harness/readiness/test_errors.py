"""Requirements about refusals, the rate limit and faults of the server."""

from typing import Any

import pytest

from tests.harness.readiness.builders import Story, seconds

FAULT: dict[str, Any] = {"status": 503, "listed": None, "fault": "fault-1"}


# -- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "verdict"), [(200, "not_seen"), (400, "passed"), (422, "passed"), (404, "not_seen")]
)
def test_a_refusal_is_met_with_400_or_422(status: int, verdict: str) -> None:
    story = Story()
    story.declare(status=status)
    assert story.verdict("errors.refusal-met") == verdict
    assert story.verdict("errors.refusal-not-repeated") == verdict


def refused() -> Story:
    story = Story()
    story.declare(status=422)
    return story


def test_what_was_refused_is_not_sent_again() -> None:
    story = refused()
    story.declare(status=422)
    judgement = story.judge("errors.refusal-not-repeated")
    assert (judgement.verdict, judgement.evidence) == ("failed", (1, 2))


def test_it_is_sent_corrected() -> None:
    story = refused()
    story.declare(date="2021-11-21T09:00:00Z")
    assert story.verdict("errors.refusal-not-repeated") == "passed"


def test_it_may_be_sent_again_when_something_has_changed() -> None:
    story = refused()
    story.school_changes()
    story.declare(status=422)
    assert story.verdict("errors.refusal-not-repeated") == "passed"
    story.request("resumeEcfParticipant")
    story.declare(status=422)
    assert story.verdict("errors.refusal-not-repeated") == "passed"


def test_a_second_try_that_is_accepted_had_its_reason() -> None:
    story = refused()
    story.declare()
    assert story.verdict("errors.refusal-not-repeated") == "passed"


def test_a_write_that_met_a_404_is_not_sent_again_and_a_reading_may_be() -> None:
    story = Story()
    for _ in range(2):
        story.request("getEcfParticipant", status=404)
    story.request("deferEcfParticipant", status=404)
    assert story.verdict("errors.refusal-not-repeated") == "not_seen"
    story.request("deferEcfParticipant", status=404)
    assert story.judge("errors.refusal-not-repeated").evidence == (3, 4)


def test_an_injected_refusal_is_believed_too() -> None:
    story = Story()
    story.declare(status=422, fault="fault-1")
    story.declare()
    assert story.verdict("errors.refusal-not-repeated") == "failed"


def test_a_list_that_was_refused_is_not_asked_for_again() -> None:
    story = Story()
    for _ in range(2):
        story.page(0, status=400, listed=None)
    assert story.verdict("errors.refusal-not-repeated") == "failed"


# -- rate limit ----------------------------------------------------------------------------------


def limited(wait: float, retry_after: float | None = 5, **following: Any) -> Story:
    story = Story()
    story.page(3, status=429, listed=None, retry_after=retry_after)
    story.wait(wait)
    story.page(3, **following)
    return story


@pytest.mark.parametrize(("wait", "verdict"), [(4.8, "failed"), (4.95, "passed"), (5, "passed"), (60, "passed")])
def test_a_client_waits_as_long_as_it_is_told(wait: float, verdict: str) -> None:
    judgement = limited(wait).judge("errors.rate-limit")
    assert (judgement.verdict, judgement.evidence) == (verdict, (1, 2))


def test_a_limit_nobody_has_met_and_one_after_which_nobody_came_back() -> None:
    story = Story()
    story.page(3)
    assert story.verdict("errors.rate-limit") == "not_seen"
    story.page(3, status=429, listed=None, retry_after=5)
    assert story.verdict("errors.rate-limit") == "not_seen"


def test_other_requests_wait_too() -> None:
    story = limited(5)
    story.declare(status=429, retry_after=5)
    story.wait(2)
    story.page(3)
    assert story.verdict("errors.rate-limit") == "failed"


def test_a_limit_that_is_met_again_is_waited_for_again() -> None:
    story = limited(5, status=429, listed=None, retry_after=3)
    assert story.verdict("errors.rate-limit") == "not_seen"
    story.wait(3)
    story.page(3)
    assert story.verdict("errors.rate-limit") == "passed"


def test_without_retry_after_going_on_is_enough() -> None:
    assert limited(0.5, None).verdict("errors.rate-limit") == "passed"


def test_what_was_on_its_way_over_another_connection_is_forgiven() -> None:
    for connections, verdict in (((1, 2, 1, 2), "passed"), ((1, 1, 2, 2), "failed")):
        story = Story()
        for connection in connections:
            story.over(connection).page(3)
            story.wait(0.1)
        limited = story.page(3, status=429, listed=None, retry_after=1)
        story.now = limited.ended + 0.002
        story.over(3).page(3, status=429, listed=None, retry_after=1)
        story.wait(1)
        story.page(3)
        assert story.verdict("errors.rate-limit") == verdict


def test_each_provider_waits_for_its_own_limit() -> None:
    story = Story()
    story.page(3, status=429, listed=None, retry_after=5)
    story.page(3, provider="birch")
    story.wait(5)
    story.page(3)
    assert story.verdict("errors.rate-limit") == "passed"


# -- faults of the server ------------------------------------------------------------------------


def faults(*pauses: float, **fault: Any) -> Story:
    """As many failures as there are pauses, and then success."""
    story = Story()
    for pause in pauses:
        story.page(3, **{**FAULT, **fault})
        story.wait(pause)
    story.page(3)
    return story


@pytest.mark.parametrize(
    ("pauses", "verdict"),
    [
        ((), "not_seen"),
        ((1,), "not_seen"),
        ((1, 2), "passed"),
        ((1, 1.5), "passed"),
        ((1, 2, 4), "passed"),
        ((1, 1, 2), "passed"),
        ((0, 1), "passed"),
        # Drawn by lot: pauses needn't grow.
        ((0.9, 0.3, 3.1), "passed"),
        ((2, 1), "passed"),
        ((0.02, 0.01, 0.2), "passed"),
        # Nor do steady ones, if they are long enough.
        ((3, 3, 3), "passed"),
        ((0.31, 0.31), "passed"),
        ((0.25, 0.25, 0.25), "failed"),
        ((0.1, 0.101, 0.1), "failed"),
        ((0, 0), "failed"),
        ((0.001, 0.005), "failed"),
    ],
)
def test_pauses_are_long_enough_in_all_and_not_always_the_same_short_one(
    pauses: tuple[float, ...], verdict: str
) -> None:
    assert faults(*pauses).verdict("errors.server-fault") == verdict


def test_short_pauses_that_the_server_asked_for_are_no_fault() -> None:
    assert faults(0.2, 0.2, retry_after=0.2).verdict("errors.server-fault") == "passed"
    assert faults(0.2, 0.2, retry_after=2).verdict("errors.server-fault") == "failed"


def test_a_timeout_is_a_fault_like_any_other() -> None:
    assert faults(1, 2, status=200, heard=False).verdict("errors.server-fault") == "passed"


def test_the_last_failure_is_waited_for_until_the_client_does_something_else() -> None:
    story = faults(1, 2)
    story.declare(status=500)
    assert story.verdict("errors.server-fault") == "not_seen"
    story.page(3, updated_since=seconds(0))
    assert story.verdict("errors.server-fault") == "failed"
    story.declare()
    assert story.verdict("errors.server-fault") == "passed"


def test_a_poll_may_be_tried_again_from_another_moment() -> None:
    story = Story()
    for pause in (1, 2):
        story.page(3, updated_since=seconds(story.now), **FAULT)
        story.wait(pause)
    story.page(3, updated_since=seconds(story.now))
    assert story.verdict("errors.server-fault") == "passed"


def test_a_limit_between_two_tries_is_no_pause_of_the_client_s() -> None:
    story = Story()
    story.page(3, **FAULT)
    story.wait(1)
    story.page(3, status=429, listed=None, retry_after=1)
    story.page(3, **FAULT)
    story.wait(2)
    story.page(3)
    assert story.verdict("errors.server-fault") == "passed"


def test_an_action_may_be_looked_up_instead_of_sent_again() -> None:
    story = faults(1, 2)
    story.request("deferEcfParticipant", status=503, outcome=200, heard=False)
    story.page(3)
    assert story.verdict("errors.server-fault") == "failed"
    story.request("getEcfParticipant")
    assert story.verdict("errors.server-fault") == "passed"


def test_a_lost_declaration_is_left_to_its_own_requirement() -> None:
    story = faults(1, 2)
    story.declare(status=503, outcome=200, heard=False)
    story.page(3)
    assert story.verdict("errors.server-fault") == "passed"
