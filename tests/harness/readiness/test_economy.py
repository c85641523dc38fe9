"""Requirements about what a client costs, and about pauses that are drawn by lot."""

import random

import pytest

from tests.harness.readiness.builders import Story, seconds


def polls(story: Story, number: int, pause: float) -> None:
    for _ in range(number):
        story.page(0, updated_since=seconds(0))
        story.wait(pause)


@pytest.mark.parametrize(("pause", "verdict"), [(1.0, "passed"), (0.3, "passed"), (0.09, "failed")])
def test_polls_stay_within_the_rate_limit(pause: float, verdict: str) -> None:
    story = Story()
    polls(story, 60, pause)
    assert story.verdict("cost.polling-rate") == verdict


def test_a_short_burst_of_polls_is_no_rate() -> None:
    story = Story()
    polls(story, 14, 0.01)
    assert story.verdict("cost.polling-rate") == "passed"


def test_cohorts_that_are_polled_in_turn_are_counted_each() -> None:
    story = Story()
    for number in range(60):
        story.page(0, updated_since=seconds(0), cohorts=frozenset([str(2021 + number % 4)]))
        story.wait(0.1)
    assert story.verdict("cost.polling-rate") == "passed"


def read_all(story: Story, number: int) -> None:
    for place in range(number):
        story.request("getEcfParticipant", id=f"participant {place}", record={"id": f"participant {place}"})


def test_reading_each_record_at_each_poll_is_noticed() -> None:
    story = Story()
    story.page(40)
    read_all(story, 40)
    # Once may have a reason.
    assert story.verdict("cost.single-readings") == "passed"
    story.page(0, updated_since=seconds(0))
    read_all(story, 40)
    assert story.verdict("cost.single-readings") == "failed"


def test_reading_what_has_changed_is_no_waste() -> None:
    story = Story()
    story.page(1, listed=["participant 0"])
    for _ in range(100):
        story.school_changes("participant 0")
        read_all(story, 1)
    assert story.verdict("cost.single-readings") == "passed"


@pytest.mark.parametrize(("past", "verdict"), [(0, "passed"), (1, "passed"), (5, "passed"), (6, "failed")])
def test_a_few_pages_after_the_last_are_allowed(past: int, verdict: str) -> None:
    story = Story()
    story.page(3)
    for number in range(past):
        story.page(0, number + 2)
    assert story.verdict("cost.stops-at-the-end") == verdict


def test_a_hundred_draws_of_full_jitter_are_patient_enough() -> None:
    for seed in range(100):
        draw = random.Random(seed)  # noqa: S311 - meant to repeat
        story = Story()
        for failures in range(3):
            story.page(3, status=503, listed=None)
            story.wait(draw.uniform(0, 2**failures))
        story.page(3)
        assert story.verdict("errors.server-fault") == "passed", seed


def test_faults_of_several_pages_at_a_time_show_the_pauses_together() -> None:
    story = Story()
    for number in (1, 2, 3):
        story.page(3, number, status=503, listed=None)
        story.wait(0.01)
    story.now += 0.5
    for number in (1, 2, 3):
        story.page(3, number)
        story.wait(0.01)
    assert story.verdict("errors.server-fault") == "passed"
