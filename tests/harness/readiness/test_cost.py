"""Twice the requests take twice the work: no requirement compares every request with every other."""

import gc
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest

from mock_server.harness.v1.readiness.catalogue import CATALOGUE
from mock_server.harness.v1.readiness.traffic import Traffic
from tests.harness.readiness.builders import PARTICIPANT, Story, seconds

FEW = 100


def refused(story: Story, number: int) -> None:
    """One request is refused over and over, while others about the same participant are accepted."""
    story.declare(status=422)
    story.request("deferEcfParticipant", attributes={"reason": str(number)})


def limited(story: Story, number: int) -> None:
    """Eight connections at a time meet the rate limit."""
    story.over(number % 8).page(0, status=429, listed=None, retry_after=5)
    story.now -= 1.0095


def limited_on_new_connections(story: Story, number: int) -> None:
    """Each request has a connection of its own, but for two that show that several are in use."""
    story.over(number % 2 if number < 4 else number).page(0, status=429, listed=None, retry_after=5)
    story.now -= 1.0095


def failing(story: Story, number: int) -> None:
    """Actions meet a 503, and the client looks up what became of each."""
    story.request("deferEcfParticipant", id=f"{number}", status=503, attributes={"reason": str(number)})
    story.request("getEcfParticipant", id=f"{number}", record={"id": f"{number}"})


def lost(story: Story, number: int) -> None:
    """Copies of one declaration are lost, one after another, until the client hears of it."""
    story.declare(status=504, outcome=200, heard=False)


def lost_and_found(story: Story, number: int) -> None:
    """Every declaration is lost at first and found out about with a copy."""
    story.declare(f"retained-{number}", status=504, outcome=200, heard=False)
    story.declare(f"retained-{number}")


def changed(story: Story, number: int) -> None:
    """Schools change participants all the time, and the client sends again what was accepted."""
    story.school_changes()
    story.request("deferEcfParticipant", attributes={"reason": "other"})


def polled(story: Story, number: int) -> None:
    """The client polls, for one cohort after another."""
    story.page(3, updated_since=seconds(number), cohorts=frozenset([str(2021 + number % 3)]))


def polled_with_a_gap(story: Story, number: int) -> None:
    story.page(100, updated_since=seconds(1_000_000), cohorts=frozenset([str(2021 + number % 3)]))


STORIES: list[Callable[[Story, int], None]] = [
    refused,
    limited,
    limited_on_new_connections,
    failing,
    lost,
    lost_and_found,
    changed,
    polled,
    polled_with_a_gap,
]


@pytest.mark.parametrize("tell", STORIES, ids=lambda tell: str(tell.__name__))
def test_twice_the_requests_take_twice_the_work(tell: Callable[[Story, int], None]) -> None:
    once, twice = (_steps_by_requirement(_story(tell, many)) for many in (FEW, 2 * FEW))
    too_dear = {id: (once[id], twice[id]) for id in once if twice[id] > 2.4 * once[id]}
    assert too_dear == {}


def _story(tell: Callable[[Story, int], None], many: int) -> Story:
    story = Story()
    for number in range(many):
        tell(story, number)
    story.declare()
    story.request("getEcfParticipant", record={"id": PARTICIPANT})
    return story


def _steps_by_requirement(story: Story) -> dict[str, int]:
    found = {}
    for requirement in CATALOGUE:
        traffic = Traffic(story.observations, story.changes)
        found[requirement.id] = _steps(partial(requirement.judge, traffic))
    return found


def _steps(work: Callable[[], object]) -> int:
    """How many steps of Python `work` takes. Unlike its seconds they are the same every time."""
    steps = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal steps
        frame.f_trace_opcodes = True
        steps += 1
        return trace

    before = sys.gettrace()
    # Else what other tests left behind might be tidied up here, and be counted.
    gc.disable()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
        gc.enable()
    return steps
