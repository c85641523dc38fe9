"""Requirements about declarations."""

from typing import Any

import pytest

from mock_server.v1.domain.vocabulary import DECLARATION_TYPES
from tests.harness.readiness.builders import DECLARATION, Story, seconds

LOST: dict[str, Any] = {"status": 503, "outcome": 200, "heard": False}
REQUIREMENT = "declarations.one-after-lost-answer"


@pytest.mark.parametrize("declaration_type", DECLARATION_TYPES)
def test_a_type_counts_once_it_was_accepted(declaration_type: str) -> None:
    story = Story()
    story.declare(declaration_type, status=422)
    assert story.verdict(f"declarations.{declaration_type}") == "not_seen"
    story.declare(declaration_type)
    passed = [each for each in DECLARATION_TYPES if story.verdict(f"declarations.{each}") == "passed"]
    assert passed == [declaration_type]


@pytest.mark.parametrize("operation_id", ["getParticipantDeclaration", "voidParticipantDeclaration"])
def test_an_id_is_stored_when_it_is_used_later(operation_id: str) -> None:
    story = Story()
    story.request(operation_id, id=DECLARATION)
    story.declare()
    assert story.verdict("declarations.id-stored") == "not_seen"
    story.request(operation_id, id="0ad5b8c1-7a2f-4f0e-9d6b-3c1e5a8f2b47")
    assert story.verdict("declarations.id-stored") == "not_seen"
    story.request(operation_id, id=DECLARATION)
    judgement = story.judge("declarations.id-stored")
    assert (judgement.verdict, judgement.evidence) == ("passed", (2, 4))


def test_voiding_counts_by_what_became_of_the_declaration() -> None:
    story = Story()
    story.void("voided", status=422)
    assert story.verdict("declarations.void") == "not_seen"
    story.void("voided")
    assert story.verdict("declarations.void") == "passed"
    assert story.verdict("declarations.clawback") == "not_seen"
    story.void("awaiting-clawback")
    assert story.verdict("declarations.clawback") == "passed"


def test_a_milestone_to_come_is_tried_with_the_header() -> None:
    story = Story()
    story.declare()
    story.declare("retained-1", status=422, shifted=True)
    assert story.verdict("declarations.future-milestone") == "not_seen"
    # A moment that is past is no moment to come.
    story.declare("retained-1", shifted=True, moment=seconds(-86_400))
    assert story.verdict("declarations.future-milestone") == "not_seen"
    story.declare("retained-1", shifted=True, moment=seconds(86_400))
    assert story.verdict("declarations.future-milestone") == "passed"


# -- after a lost answer -------------------------------------------------------------------------


def lost() -> Story:
    story = Story()
    story.declare("retained-1")
    assert story.verdict(REQUIREMENT) == "not_seen"
    story.declare(**LOST)
    assert story.verdict(REQUIREMENT) == "not_seen"
    return story


def test_the_exact_copy_settles_it() -> None:
    story = lost()
    story.declare()
    judgement = story.judge(REQUIREMENT)
    assert (judgement.verdict, judgement.evidence) == ("passed", (2, 3))


def test_the_same_moment_written_otherwise_is_an_exact_copy() -> None:
    story = lost()
    story.declare(date="2021-11-20T10:00:00+01:00")
    assert story.verdict(REQUIREMENT) == "passed"


def test_where_copies_are_refused_the_refusal_settles_it() -> None:
    story = lost()
    story.declare(status=422)
    assert story.verdict(REQUIREMENT) == "passed"


def test_looking_it_up_settles_it() -> None:
    story = lost()
    story.request("listParticipantDeclarations", listed=["another"])
    assert story.verdict(REQUIREMENT) == "failed"
    story.request("listParticipantDeclarations", listed=["another", DECLARATION])
    assert story.verdict(REQUIREMENT) == "passed"


def test_reading_it_by_its_id_settles_it() -> None:
    story = lost()
    story.request("getParticipantDeclaration", id=DECLARATION)
    assert story.verdict(REQUIREMENT) == "passed"


def test_going_on_as_if_nothing_had_been_sent_does_not() -> None:
    story = lost()
    story.page(3)
    assert story.verdict(REQUIREMENT) == "failed"


def test_a_declaration_with_another_date_does_not() -> None:
    story = lost()
    story.declare(date="2021-11-21T09:00:00Z", status=422)
    story.declare()
    judgement = story.judge(REQUIREMENT)
    assert (judgement.verdict, judgement.evidence) == ("failed", (2, 3))


def test_a_second_declaration_does_not_either() -> None:
    story = lost()
    story.request("listParticipantDeclarations", listed=[DECLARATION])
    story.void()
    story.declare(record={"id": "0ad5b8c1-7a2f-4f0e-9d6b-3c1e5a8f2b47"})
    assert story.verdict(REQUIREMENT) == "failed"


def test_whoever_knows_of_it_may_void_it_and_correct_it() -> None:
    story = lost()
    story.request("listParticipantDeclarations", listed=[DECLARATION])
    story.void()
    story.declare(date="2021-11-21T09:00:00Z", record={"id": "0ad5b8c1-7a2f-4f0e-9d6b-3c1e5a8f2b47"})
    judgement = story.judge(REQUIREMENT)
    assert (judgement.verdict, judgement.evidence) == ("passed", (2, 3))


def test_what_was_settled_by_a_copy_may_be_voided_and_declared_again() -> None:
    story = lost()
    story.declare()
    story.void()
    story.declare(record={"id": "0ad5b8c1-7a2f-4f0e-9d6b-3c1e5a8f2b47"})
    assert story.verdict(REQUIREMENT) == "passed"


def test_a_copy_that_is_lost_as_well_settles_nothing() -> None:
    story = lost()
    story.declare(**LOST)
    assert story.verdict(REQUIREMENT) == "failed"
    story.declare()
    assert story.verdict(REQUIREMENT) == "passed"


def test_every_lost_answer_is_looked_at() -> None:
    story = lost()
    story.declare()
    story.declare("retained-2", **LOST)
    story.page(3)
    assert story.verdict(REQUIREMENT) == "failed"
