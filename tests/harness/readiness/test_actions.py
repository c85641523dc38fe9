"""Requirements about the four actions, and about not doing anything twice."""

import pytest

from mock_server.v1.queries import Parameters
from tests.harness.readiness.builders import Story

DEFER = {"reason": "career-break", "course_identifier": "ecf-induction"}
RESUME = {"course_identifier": "ecf-induction"}

OPERATIONS = {
    "defer": ("deferEcfParticipant", "deferParticipant"),
    "resume": ("resumeEcfParticipant", "resumeParticipant"),
    "withdraw": ("withdrawEcfParticipant", "withdrawParticipant"),
    "change-schedule": ("changeEcfParticipantSchedule", "changeParticipantSchedule"),
}


@pytest.mark.parametrize(("action", "operation_id"), [(a, o) for a, ids in OPERATIONS.items() for o in ids])
def test_an_action_counts_once_it_was_accepted_on_either_path(action: str, operation_id: str) -> None:
    story = Story()
    story.request(operation_id, status=422)
    assert story.verdict(f"actions.{action}") == "not_seen"
    story.request(operation_id)
    judgement = story.judge(f"actions.{action}")
    assert (judgement.verdict, judgement.evidence) == ("passed", (2,))
    others = [other for other in OPERATIONS if other != action]
    assert all(story.verdict(f"actions.{other}") == "not_seen" for other in others)


def test_an_action_whose_answer_was_lost_was_accepted_all_the_same() -> None:
    story = Story()
    story.request("deferEcfParticipant", status=503, outcome=200, heard=False)
    assert story.verdict("actions.defer") == "passed"


@pytest.mark.parametrize(
    ("attributes", "verdict"),
    [({"cohort": "2021"}, "passed"), ({}, "failed"), ({"cohort": ""}, "failed"), ({"cohort": None}, "failed")],
)
def test_every_change_of_schedule_names_the_cohort(attributes: dict[str, str], verdict: str) -> None:
    story = Story()
    assert story.verdict("actions.cohort-sent") == "not_seen"
    story.request("changeEcfParticipantSchedule", attributes={"cohort": "2022"})
    assert story.verdict("actions.cohort-sent") == "passed"
    story.request("changeEcfParticipantSchedule", attributes=attributes)
    assert story.verdict("actions.cohort-sent") == verdict


# -- not repeated --------------------------------------------------------------------------------


def deferred() -> Story:
    story = Story()
    assert story.verdict("actions.not-repeated") == "not_seen"
    story.request("deferEcfParticipant", attributes=DEFER)
    assert story.verdict("actions.not-repeated") == "passed"
    return story


@pytest.mark.parametrize("operation_id", OPERATIONS["defer"])
def test_an_accepted_action_is_not_sent_again(operation_id: str) -> None:
    story = deferred()
    story.request(operation_id, attributes=DEFER, status=422)
    judgement = story.judge("actions.not-repeated")
    assert (judgement.verdict, judgement.evidence) == ("failed", (1, 2))


def test_a_participant_may_be_deferred_again_after_coming_back() -> None:
    story = deferred()
    story.request("resumeEcfParticipant", attributes=RESUME)
    story.request("deferEcfParticipant", attributes=DEFER)
    assert story.verdict("actions.not-repeated") == "passed"


def test_and_after_the_school_changed_something() -> None:
    story = deferred()
    story.school_changes()
    story.request("deferEcfParticipant", attributes=DEFER)
    assert story.verdict("actions.not-repeated") == "passed"


def test_another_reason_is_another_request() -> None:
    story = deferred()
    story.request("deferEcfParticipant", attributes={**DEFER, "reason": "other"}, status=422)
    assert story.verdict("actions.not-repeated") == "passed"


def test_what_was_refused_or_lost_may_be_sent_again() -> None:
    story = Story()
    story.request("deferEcfParticipant", attributes=DEFER, status=503, outcome=200, heard=False)
    story.request("deferEcfParticipant", attributes=DEFER, status=422)
    assert story.verdict("actions.not-repeated") == "not_seen"


def test_a_request_on_its_way_is_no_repetition() -> None:
    story = deferred()
    story.now = story.observations[0].began + 0.001
    story.request("deferEcfParticipant", attributes=DEFER, status=422)
    assert story.verdict("actions.not-repeated") == "passed"


def test_an_accepted_declaration_is_not_sent_again() -> None:
    story = Story()
    story.declare()
    story.declare("retained-1")
    assert story.verdict("actions.not-repeated") == "passed"
    story.declare()
    assert story.verdict("actions.not-repeated") == "failed"


def test_a_void_one_may_be_declared_again_but_not_voided_again() -> None:
    story = Story()
    made = story.declare()
    story.request("voidParticipantDeclaration", id=made.record["id"], record={**made.record, "state": "voided"})
    story.declare()
    assert story.verdict("actions.not-repeated") == "passed"
    story.void(status=422)
    assert story.verdict("actions.not-repeated") == "failed"


def test_a_declaration_whose_voiding_was_lost_may_be_declared_again() -> None:
    story = Story()
    made = story.declare()
    void = {"id": made.record["id"], "record": {**made.record, "state": "voided"}}
    story.request("voidParticipantDeclaration", status=503, outcome=200, heard=False, **void)
    story.request("voidParticipantDeclaration", status=422, **void)
    story.declare()
    assert story.verdict("actions.not-repeated") == "passed"


# -- paths ---------------------------------------------------------------------------------------


def test_deprecated_paths_are_noticed() -> None:
    story = Story()
    story.declare()
    assert story.verdict("actions.current-paths") == "not_seen"
    story.page(2)
    assert story.verdict("actions.current-paths") == "passed"
    story.request("listParticipants", parameters=Parameters(), listed=[])
    judgement = story.judge("actions.current-paths")
    assert (judgement.verdict, judgement.evidence) == ("failed", (3,))
