"""Requirements of v3 that are judged in another way than those of v1, and draws of full jitter."""

import random
from dataclasses import replace

import pytest

from mock_server.harness.v3.readiness import KIT
from mock_server.harness.v3.readiness.traffic import Traffic
from mock_server.sandbox.journal import SchoolChange
from tests.harness.readiness.v3.story import ID, Story, participant, record


def test_a_hundred_draws_of_full_jitter_are_patient_enough() -> None:
    for seed in range(100):
        draw = random.Random(seed)  # noqa: S311 - meant to repeat
        story = Story()
        for failures in range(3):
            story.request("declarations", status=503)
            story.wait(draw.uniform(0, 2**failures))
        story.lists("declarations")
        assert story.verdict("errors.server-fault") == "passed", seed


def test_knocking_again_at_once_is_not() -> None:
    story = Story()
    for _ in range(3):
        story.request("declarations", status=503)
        story.wait(0.01)
    story.lists("declarations")
    assert story.verdict("errors.server-fault") == "failed"


def test_one_partnership_may_be_refused_on_purpose_whatever_it_holds() -> None:
    story = Story()
    story.request("create-partnership", status=422, problems=("/data/attributes/cohort must match",))
    assert story.verdict("contract.requests") == "passed"
    story.request("create-partnership", status=422, problems=("/data/attributes/cohort must match",))
    judgement = story.judge("contract.requests")
    assert (judgement.verdict, judgement.evidence) == ("failed", (2,))


@pytest.mark.parametrize("kind", ["schools", "transfers", "statements"])
def test_no_list_stops_at_a_full_page(kind: str) -> None:
    story = Story()
    for number, verdict in ((100, "failed"), (3, "passed")):
        story.lists(kind, *(record(f"{kind} {place}") for place in range(number)))
        assert story.verdict("sync.other-lists-pages-followed") == verdict


def test_a_pull_of_everything_that_failed_is_not_done() -> None:
    story = Story()
    story.request("declarations", status=503)
    seen = story.request("declarations", listed=())
    assert seen.asked is not None
    story.observations[-1] = replace(seen, asked=replace(seen.asked, since=seen.moment))
    judgement = story.judge("sync.declarations-no-gap")
    assert (judgement.verdict, judgement.evidence) == ("failed", (1, 2))
    story.lists("declarations")
    assert story.verdict("sync.declarations-no-gap") == "passed"


@pytest.mark.parametrize(("kind", "verdict"), [("participants", "failed"), ("transfers", "passed")])
def test_a_transfer_is_seen_in_the_list_of_transfers_only(kind: str, verdict: str) -> None:
    story = Story()
    change = SchoolChange(story.now - 0.5, "v3", ID, ("alder",), "transfer")
    story.lists(kind, participant())
    # The client went through the list, and it wasn't there.
    story.lists("transfers")
    board = KIT.by_id["sync.transfers-changes-seen"].judge(Traffic(story.observations, [change]))
    assert board.verdict == verdict
