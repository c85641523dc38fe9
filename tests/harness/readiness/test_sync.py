"""Requirements about pulling and polling."""

import pytest

from tests.harness.readiness.builders import PARTICIPANT, START, Story, seconds


def full_pull(story: Story) -> None:
    story.page(100)
    story.page(20, 2, first=100)


def poll(story: Story, since: float, records: int = 0) -> None:
    story.page(records, updated_since=seconds(since))


def test_a_pull_counts_when_it_got_to_a_page_that_is_not_full() -> None:
    story = Story()
    assert story.verdict("sync.full-pull") == "not_seen"
    story.page(100)
    assert story.verdict("sync.full-pull") == "not_seen"
    assert story.verdict("sync.pages-followed") == "failed"
    story.page(100, 2, first=100)
    assert story.verdict("sync.pages-followed") == "failed"
    story.page(0, 3)
    for requirement in ("sync.full-pull", "sync.pages-followed"):
        judgement = story.judge(requirement)
        assert (judgement.verdict, judgement.evidence) == ("passed", (1, 2, 3))


def test_a_list_of_one_page_is_pulled_when_that_is_read() -> None:
    story = Story()
    story.page(7)
    assert story.verdict("sync.full-pull") == "passed"
    assert story.verdict("sync.pages-followed") == "passed"


def test_csv_is_the_whole_list_at_once() -> None:
    story = Story()
    story.page(2000, operation_id="listEcfParticipantsCsv")
    assert story.verdict("sync.full-pull") == "passed"
    assert story.verdict("sync.pages-followed") == "passed"


def test_pages_may_come_in_any_order() -> None:
    story = Story()
    story.page(100)
    story.page(5, 3, first=200)
    assert story.verdict("sync.pages-followed") == "failed"
    story.page(100, 2, first=100)
    assert story.verdict("sync.pages-followed") == "passed"


def test_a_look_at_one_record_is_no_reading_of_the_list() -> None:
    story = Story()
    story.page(1, per_page=1)
    assert story.verdict("sync.pages-followed") == "failed"
    full_pull(story)
    story.page(1, per_page=1)
    poll(story, 0)
    for requirement in ("sync.pages-followed", "sync.mostly-incremental", "sync.no-gap"):
        assert story.verdict(requirement) == "passed"
    # Nor is it the poll before another one.
    story.wait(60)
    story.page(1, per_page=1)
    poll(story, 30)
    assert story.verdict("sync.no-gap") == "failed"


def test_a_page_may_overtake_the_first_one() -> None:
    story = Story()
    story.page(100)
    story.page(20, 2, first=100)
    for records, page in ((20, 2), (100, 1)):
        story.page(records, page, first=100 * (page - 1))
        story.wait(0.01)
    assert story.verdict("sync.pages-followed") == "passed"
    story.page(20, 2, first=100)
    story.page(100)
    assert story.verdict("sync.pages-followed") == "failed"


def test_the_length_of_a_page_is_what_was_asked_for() -> None:
    story = Story()
    story.page(20, per_page=20)
    assert story.verdict("sync.pages-followed") == "failed"
    story.page(19, 2, per_page=20)
    assert story.verdict("sync.pages-followed") == "passed"


def test_an_answer_that_was_not_heard_is_no_page() -> None:
    story = Story()
    story.page(100)
    story.page(20, 2, heard=False)
    assert story.verdict("sync.full-pull") == "not_seen"


def test_only_a_pull_of_everything_is_a_full_pull() -> None:
    story = Story()
    poll(story, 0)
    assert story.verdict("sync.full-pull") == "not_seen"
    story.page(3, cohorts=frozenset({"2021"}))
    assert story.verdict("sync.full-pull") == "passed"


def test_a_pull_that_broke_off_is_forgiven_when_a_later_one_gets_to_the_end() -> None:
    story = Story()
    poll(story, -10, 100)
    assert story.verdict("sync.pages-followed") == "failed"
    poll(story, -5, 3)
    # That one leaves out five seconds of the first.
    assert story.verdict("sync.pages-followed") == "failed"
    poll(story, -10, 3)
    assert story.verdict("sync.pages-followed") == "passed"


def test_a_later_pull_of_one_cohort_makes_good_for_nobody_else() -> None:
    story = Story()
    story.page(100)
    story.page(10, cohorts=frozenset({"2021"}))
    assert story.verdict("sync.pages-followed") == "failed"


def test_pages_whose_beginning_is_gone_from_the_journal_tell_nothing() -> None:
    story = Story()
    story.page(100, 4, first=300)
    assert story.verdict("sync.pages-followed") == "not_seen"


# -- polling -------------------------------------------------------------------------------------


def test_one_full_pull_is_no_polling_yet_and_the_second_is_polling_without_the_filter() -> None:
    story = Story()
    full_pull(story)
    assert story.verdict("sync.polls") == "not_seen"
    full_pull(story)
    judgement = story.judge("sync.polls")
    assert (judgement.verdict, judgement.evidence) == ("failed", (3,))
    poll(story, 0)
    assert story.verdict("sync.polls") == "passed"


def test_pulling_each_cohort_once_is_no_polling() -> None:
    story = Story()
    for year in ("2021", "2022"):
        story.page(3, cohorts=frozenset({year}))
    assert story.verdict("sync.polls") == "not_seen"


@pytest.mark.parametrize(("since", "verdict"), [(-5, "passed"), (0, "passed"), (0.02, "failed"), (500, "failed")])
def test_the_first_poll_reaches_back_to_when_the_full_pull_began(since: float, verdict: str) -> None:
    story = Story()
    full_pull(story)
    assert story.verdict("sync.no-gap") == "not_seen"
    poll(story, since)
    assert story.verdict("sync.no-gap") == verdict


def test_each_poll_is_compared_with_the_one_before_it() -> None:
    story = Story()
    full_pull(story)
    before = 0.0
    for _ in range(3):
        story.wait(600)
        this = story.now - START.timestamp()
        poll(story, before)
        before = this
    assert story.verdict("sync.no-gap") == "passed"
    poll(story, before + 0.5)
    judgement = story.judge("sync.no-gap")
    assert (judgement.verdict, judgement.evidence) == ("failed", (5, 6))


def test_a_full_pull_leaves_no_gap() -> None:
    story = Story()
    full_pull(story)
    full_pull(story)
    assert story.verdict("sync.no-gap") == "passed"


def test_cohorts_are_polled_each_for_itself() -> None:
    story = Story()
    full_pull(story)
    story.page(0, updated_since=seconds(0), cohorts=frozenset({"2021"}))
    # Compared with the full pull, as the poll of another cohort says nothing about this one.
    story.page(0, updated_since=seconds(0), cohorts=frozenset({"2022"}))
    assert story.verdict("sync.no-gap") == "passed"
    story.page(0, updated_since=seconds(3), cohorts=frozenset({"2021"}))
    assert story.verdict("sync.no-gap") == "failed"


def test_a_client_whose_clock_is_ahead_is_told_so() -> None:
    story = Story()
    full_pull(story)
    poll(story, 10_000)
    assert "hasn't even come by the sandbox's clock" in str(story.judge("sync.no-gap").advice)


def test_full_pulls_are_to_be_the_exception() -> None:
    story = Story()
    full_pull(story)
    assert story.verdict("sync.mostly-incremental") == "not_seen"
    poll(story, 0)
    assert story.verdict("sync.mostly-incremental") == "passed"
    full_pull(story)
    assert story.verdict("sync.mostly-incremental") == "failed"
    poll(story, 0)
    assert story.verdict("sync.mostly-incremental") == "passed"


# -- repetitions ---------------------------------------------------------------------------------


def test_the_same_page_twice_in_a_row_is_once_too_often() -> None:
    story = Story()
    story.page(100)
    assert story.verdict("sync.no-repeat") == "not_seen"
    story.page(20, 2)
    assert story.verdict("sync.no-repeat") == "passed"
    story.wait(0.9).page(20, 2)
    judgement = story.judge("sync.no-repeat")
    assert (judgement.verdict, judgement.evidence) == ("failed", (2, 3))


def test_the_same_page_after_something_else_is_no_repetition() -> None:
    story = Story()
    story.page(20)
    story.declare()
    story.page(20)
    assert story.verdict("sync.no-repeat") == "passed"


def test_a_poll_that_found_nothing_newer_is_repeated_later() -> None:
    story = Story()
    for _ in range(3):
        poll(story, 0, 1)
    assert story.verdict("sync.no-repeat") == "passed"
    story.wait(0.05)
    poll(story, 0, 1)
    assert story.judge("sync.no-repeat").evidence == (3, 4)


def test_the_sandbox_s_clock_may_move_instead_of_the_machine_s() -> None:
    story = Story()
    poll(story, 0, 1)
    story.wait(0.05)
    story.page(1, updated_since=seconds(0), moment=seconds(86_400))
    assert story.verdict("sync.no-repeat") == "passed"


def test_the_same_page_after_a_change_is_no_repetition() -> None:
    story = Story()
    story.page(20)
    story.school_changes()
    story.page(20)
    assert story.verdict("sync.no-repeat") == "passed"


def test_a_page_is_pulled_again_after_a_fault() -> None:
    story = Story()
    story.page(20, status=503, listed=None)
    story.page(20)
    story.page(20, updated_since=seconds(0))
    assert story.verdict("sync.no-repeat") == "passed"


# -- changes by schools --------------------------------------------------------------------------


def test_a_change_is_seen_when_the_record_is_fetched_afterwards() -> None:
    story = Story()
    story.page(1, listed=[PARTICIPANT])
    assert story.verdict("sync.sees-changes") == "not_seen"
    story.school_changes()
    assert story.verdict("sync.sees-changes") == "not_seen"
    story.page(1, updated_since=seconds(0), listed=[PARTICIPANT])
    judgement = story.judge("sync.sees-changes")
    assert (judgement.verdict, judgement.evidence) == ("passed", (2,))


def test_reading_the_one_participant_will_do() -> None:
    story = Story()
    story.school_changes()
    story.request("getEcfParticipant", record={"id": PARTICIPANT})
    assert story.verdict("sync.sees-changes") == "passed"


def test_a_poll_that_leaves_a_changed_participant_out_has_missed_it() -> None:
    story = Story()
    story.school_changes()
    story.page(2, cohorts=frozenset({"2022"}))
    # It may be the turn of another cohort next.
    assert story.verdict("sync.sees-changes") == "not_seen"
    story.page(2, cohorts=frozenset({"2022"}))
    judgement = story.judge("sync.sees-changes")
    assert judgement.verdict == "failed"
    assert PARTICIPANT in str(judgement.advice)
    # Better late than never.
    story.page(1, listed=[PARTICIPANT])
    assert story.verdict("sync.sees-changes") == "passed"


def test_a_list_that_is_not_read_to_its_end_has_not_missed_anybody_yet() -> None:
    story = Story()
    story.school_changes()
    story.page(100)
    assert story.verdict("sync.sees-changes") == "not_seen"


def test_a_change_counts_for_those_who_see_the_participant() -> None:
    story = Story()
    story.school_changes(providers=("birch",))
    story.page(2)
    assert story.verdict("sync.sees-changes") == "not_seen"


def test_the_latest_change_is_to_be_seen() -> None:
    story = Story()
    story.school_changes()
    story.page(1, listed=[PARTICIPANT])
    story.school_changes()
    story.page(0, updated_since=seconds(0))
    assert story.verdict("sync.sees-changes") == "failed"


def test_declarations_are_listed_too() -> None:
    story = Story()
    story.page(2)
    assert story.verdict("sync.declarations") == "not_seen"
    story.request("listParticipantDeclarations", listed=[])
    assert story.verdict("sync.declarations") == "passed"
