"""Polling from the last record of a page, as the guide prescribes, and marks taken from lists."""

from collections.abc import Sequence

import pytest

from mock_server.harness.readiness.shown import ShownRecord, shown_in
from tests.harness.readiness.builders import Story, seconds


def step(story: Story, since: float, moments: Sequence[float], per_page: int = 2, name: str = "p") -> None:
    """One page, from `since`, with records that changed at these moments."""
    ids = [f"{name}{moment:g}" for moment in moments]
    story.page(
        len(ids),
        updated_since=seconds(since),
        per_page=per_page,
        listed=ids,
        shown=[ShownRecord(id, seconds(moment), {}) for id, moment in zip(ids, moments, strict=True)],
    )


def polled() -> Story:
    """A client that begins with everything."""
    story = Story()
    story.page(1)
    return story


def test_a_poll_may_go_on_from_its_last_record() -> None:
    story = polled()
    step(story, -20, [-19, -18])
    assert story.verdict("sync.pages-followed") == "failed"
    step(story, -18, [-18, -10])
    step(story, -10, [-10])
    assert story.verdict("sync.pages-followed") == "passed"
    assert story.verdict("sync.no-gap") == "passed"


def test_going_on_after_the_last_record_leaves_something_out() -> None:
    story = polled()
    step(story, -20, [-19, -18])
    step(story, -17, [-10])
    assert story.verdict("sync.pages-followed") == "failed"


def test_a_longer_page_goes_on_where_a_second_has_more_than_a_page() -> None:
    story = polled()
    step(story, -20, [-18, -18])
    step(story, -18, [-18, -18])
    step(story, -18, [-18, -18, -18], per_page=4)
    assert story.verdict("sync.pages-followed") == "passed"


def test_everything_since_long_ago_is_a_full_pull() -> None:
    story = Story()
    step(story, -2_000_000_000, [-19, -18])
    assert story.verdict("sync.full-pull") == "not_seen"
    step(story, -18, [-18])
    assert story.verdict("sync.full-pull") == "passed"


@pytest.mark.parametrize(("since", "verdict"), [(2, "passed"), (2.5, "failed")])
def test_the_mark_may_be_the_newest_in_the_list(since: float, verdict: str) -> None:
    story = polled()
    # It began at 1.01, and shows a record of a moment later.
    step(story, -20, [2])
    step(story, since, [])
    assert story.verdict("sync.no-gap") == verdict


def test_declarations_are_in_order_of_creation_so_their_last_record_is_no_mark() -> None:
    story = Story()
    for since, moments in ((-20, [-19, -18]), (-18, [-18])):
        ids = [f"d{moment}" for moment in moments]
        story.page(
            len(ids),
            operation_id="listParticipantDeclarations",
            updated_since=seconds(since),
            per_page=2,
            listed=ids,
            shown=[ShownRecord(id, seconds(moment), {}) for id, moment in zip(ids, moments, strict=True)],
        )
    assert story.verdict("sync.declarations-pages-followed") == "failed"


def test_declarations_that_change_are_to_be_fetched() -> None:
    story = Story()
    story.page(1, operation_id="listParticipantDeclarations", listed=["d"])
    assert story.verdict("sync.declarations-changes-seen") == "passed"
    story.school_changes("d", kind="declaration")
    story.page(0, operation_id="listParticipantDeclarations", updated_since=seconds(0))
    assert story.verdict("sync.declarations-changes-seen") == "failed"
    # It says nothing about participants.
    assert story.verdict("sync.sees-changes") == "not_seen"


def test_a_file_makes_up_for_no_page() -> None:
    story = Story()
    story.page(100)
    story.page(120, operation_id="listEcfParticipantsCsv")
    assert story.verdict("sync.pages-followed") == "failed"


def test_a_head_shows_no_record() -> None:
    story = Story()
    story.page(3, method="HEAD")
    assert story.verdict("sync.full-pull") == "not_seen"


BODY = (
    b'{"data":[{"id":"a","attributes":{"cohort":"2021","updated_at":"2026-11-23T09:00:00Z"}},'
    b'{"id":"b","attributes":{"cohort":null}},{"id":"c","attri'
)


def test_the_beginning_of_a_body_shows_its_first_records() -> None:
    first, second = shown_in(BODY, ("cohort",))
    assert (first.id, first.updated_at, first.facts["cohort"]) == ("a", seconds(0), "2021")
    assert (second.id, second.updated_at, second.facts["cohort"]) == ("b", None, None)


def test_a_file_shows_its_whole_lines() -> None:
    body = b"id,cohort,updated_at\na,2021,2026-11-23T09:00:00Z\nb,20"
    assert [record.id for record in shown_in(body, ("cohort",), is_csv=True)] == ["a"]


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"data": 5}', b'{"data": [5]}', b"Retry later\n"])
def test_other_bodies_show_nothing(body: bytes) -> None:
    assert shown_in(body, ("cohort",)) == ()
