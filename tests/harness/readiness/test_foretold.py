"""Refusals that the client's own records foretold, and those that nobody can hold against it."""

import pytest

from mock_server.harness.readiness.shown import ShownRecord
from tests.harness.readiness.builders import DECLARATION, PARTICIPANT, Story, seconds

REQUIREMENT = "actions.not-foretold"
ECT = {
    "participant_type": "ect",
    "cohort": "2021",
    "status": "active",
    "training_status": "active",
    "schedule_identifier": "ecf-standard-september",
}


def shown(**facts: str) -> Story:
    """A client that has read one participant, and has met a refusal, as a trial."""
    story = Story()
    story.page(1, listed=[PARTICIPANT], shown=[ShownRecord(PARTICIPANT, seconds(0), ECT | facts)])
    story.request("deferEcfParticipant", id="somebody else", status=422, rules=["participant-enrolled"])
    return story


def test_a_write_passes_it() -> None:
    story = shown()
    story.request("deferEcfParticipant")
    assert story.verdict(REQUIREMENT) == "passed"


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"participant_type": "mentor"}, "course-enrolled"),
        ({"status": "withdrawn"}, "participant-enrolled"),
        ({"training_status": "withdrawn"}, "declaration-before-withdrawal"),
        ({}, "declaration-date-not-future"),
    ],
)
def test_one_of_these_is_one_too_many(facts: dict[str, str], rule: str) -> None:
    story = shown(**facts)
    story.declare(status=422, rules=[rule])
    judgement = story.judge(REQUIREMENT)
    assert (judgement.verdict, judgement.evidence) == ("failed", (3,))


@pytest.mark.parametrize(
    ("facts", "rule", "date", "allowed"),
    [
        ({}, "declaration-date-in-milestone", "2021-08-01T09:00:00Z", 1),
        ({}, "declaration-date-in-milestone", "2022-08-01T09:00:00Z", 2),
    ],
)
def test_dates_outside_a_milestone_may_be_a_trial(facts: dict[str, str], rule: str, date: str, allowed: int) -> None:
    story = shown(**facts)
    for day in range(allowed):
        story.declare(date=date.replace("01T", f"0{day + 1}T"), status=422, rules=[rule])
        assert story.verdict(REQUIREMENT) == "passed"
    story.declare(date=date.replace("01T", "09T"), status=422, rules=[rule])
    assert story.verdict(REQUIREMENT) == "failed"


def test_the_first_refusal_may_be_a_trial_whatever_it_is_about() -> None:
    story = Story()
    story.page(
        1, listed=[PARTICIPANT], shown=[ShownRecord(PARTICIPANT, seconds(0), ECT | {"participant_type": "mentor"})]
    )
    story.declare(status=422, rules=["course-enrolled"])
    assert story.verdict(REQUIREMENT) == "passed"


def test_what_nobody_showed_the_client_it_can_not_know() -> None:
    story = Story()
    story.declare(status=422, rules=["course-enrolled"])
    story.declare("retained-1", status=422, rules=["course-enrolled"])
    assert story.verdict(REQUIREMENT) == "passed"


def test_nor_what_changed_after_it_looked() -> None:
    story = shown(status="withdrawn")
    story.school_changes()
    story.declare(status=422, rules=["participant-enrolled"])
    assert story.verdict(REQUIREMENT) == "passed"


def test_what_a_fault_refuses_says_nothing() -> None:
    story = shown(status="withdrawn")
    story.declare(status=422, rules=["participant-enrolled"], fault="fault-1")
    assert story.verdict(REQUIREMENT) == "passed"


def test_the_same_slot_again_and_again_is_foretold_by_the_first_answer() -> None:
    story = shown()
    story.declare()
    story.declare(date="2021-11-21T09:00:00Z", status=422, rules=["declaration-slot-free"])
    assert story.verdict(REQUIREMENT) == "passed"
    story.declare(date="2021-11-22T09:00:00Z", status=422, rules=["declaration-slot-free"])
    assert story.verdict(REQUIREMENT) == "failed"


def test_a_void_declaration_frees_its_slot() -> None:
    story = shown()
    story.declare()
    story.void(shown=[ShownRecord(DECLARATION, seconds(0), {"participant_id": PARTICIPANT, "state": "voided"})])
    for day in (21, 22):
        story.declare(date=f"2021-11-{day}T09:00:00Z", status=422, rules=["declaration-slot-free"])
    assert story.verdict(REQUIREMENT) == "failed"


# -- the cohort of a change of schedule ----------------------------------------------------------


def test_a_cohort_that_is_not_the_participant_s_is_refused_and_noticed() -> None:
    story = shown()
    story.request(
        "changeEcfParticipantSchedule", attributes={"cohort": "2022"}, status=422, rules=["schedule-cohort-unchanged"]
    )
    assert story.verdict("actions.cohort-sent") == "failed"


def test_a_cohort_that_the_department_has_just_amended_is_no_fault() -> None:
    story = shown()
    story.school_changes()
    story.request(
        "changeEcfParticipantSchedule", attributes={"cohort": "2021"}, status=422, rules=["schedule-cohort-unchanged"]
    )
    assert story.verdict("actions.cohort-sent") == "passed"


# -- other requirements about declarations -------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "verdict"),
    [
        ("2021-11-20T09:00:00Z", "passed"),
        ("2021-11-20T09:00:00+00:00", "passed"),
        ("2021-11-20T09:00:00+01", "passed"),
        ("2021-11-20T09:00:00.5+0100", "passed"),
        ("2021-11-20T09:00:00", "failed"),
        ("2021-11-20T09:00:00.5", "failed"),
    ],
)
def test_dates_name_their_zone(date: str, verdict: str) -> None:
    story = Story()
    story.declare(date=date)
    assert story.verdict("declarations.zone-given") == verdict


def test_declaring_once_more_is_allowed_and_a_loop_is_not() -> None:
    story = Story()
    for number, verdict in enumerate(("passed", "passed", "failed")):
        record = {"id": f"declaration {number}", "state": "eligible", "declaration_type": "started"}
        story.declare(record=record)
        # A copy makes nothing.
        story.declare(record=record)
        assert story.verdict("declarations.not-in-a-loop") == verdict


def test_not_every_declaration_carries_the_server_date() -> None:
    story = Story()
    for number in range(5):
        assert story.verdict("declarations.server-date-for-trials") == ("passed" if number else "not_seen")
        story.declare(f"retained-{number}", shifted=True)
    assert story.verdict("declarations.server-date-for-trials") == "failed"
    story.declare()
    assert story.verdict("declarations.server-date-for-trials") == "passed"


def test_the_server_date_is_for_trials() -> None:
    story = Story()
    for _ in range(9):
        story.page(1, shifted=True)
    assert story.verdict("declarations.server-date-for-trials") == "passed"
    story.page(1, shifted=True)
    assert story.verdict("declarations.server-date-for-trials") == "failed"
    for _ in range(10):
        story.page(1)
    assert story.verdict("declarations.server-date-for-trials") == "passed"
