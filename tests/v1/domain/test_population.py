"""Many people at once, each as it was asked for (control API)."""

from datetime import datetime
from itertools import product
from random import Random

import pytest

from mock_server.v1.domain.population import NO_DECLARATION, Wanted, add_people, too_early
from mock_server.v1.domain.records import Participant
from mock_server.v1.domain.world import World
from tests.v1.domain.builders import NOW, at, new_world

STATES = (
    *(NO_DECLARATION, "submitted", "eligible", "payable", "paid"),
    *("voided", "awaiting-clawback", "clawed-back"),
)


def wanted(
    participant_type: str = "ect",
    declaration: str = NO_DECLARATION,
    *,
    cohort: str = "2021",
    status: str = "active",
    training_status: str = "active",
) -> Wanted:
    return Wanted(cohort, participant_type, status, training_status, declaration)


def added_to(world: World, provider: str, asked: list[Wanted]) -> list[Participant]:
    return add_people(world, Random(1), NOW, provider, asked)  # noqa: S311 - meant to repeat


def test_each_person_is_as_asked_for_and_added_now() -> None:
    """`started` is dated ten days after its milestone opens, and sent now."""
    world = new_world()
    asked = [
        wanted(role, state, status=status, training_status=training_status)
        for role, state, (status, training_status) in product(
            ("mentor", "ect"), STATES, [("active", "active"), ("withdrawn", "deferred"), ("active", "withdrawn")]
        )
    ]
    added = added_to(world, "birch", asked)
    listed = world.list_participants("birch").all()
    assert [enrolment.participant for enrolment in listed] == added
    for participant, each in zip(added, asked, strict=True):
        enrolment = participant.current
        assert (participant.participant_type, participant.cohort, participant.created_at) == (
            each.participant_type,
            "2021",
            NOW,
        )
        assert (enrolment.status, enrolment.training_status) == (each.status, each.training_status)
        assert enrolment.email is not None
        assert participant.schedule_identifier == "ecf-standard-september"
        found = [
            (one.declaration_type, one.declaration_date, one.state, one.created_at) for one in participant.declarations
        ]
        declared = [("started", at("2021-09-11T09:00:00Z"), each.declaration, NOW)]
        assert found == ([] if each.declaration == NO_DECLARATION else declared)


def test_whoever_is_declared_for_has_a_valid_number_and_whoever_is_paid_for_is_eligible() -> None:
    world = new_world()
    added = added_to(world, "alder", [wanted(declaration=state) for state in STATES])
    assert [each.person.eligible_for_funding for each in added] == [None, None, True, True, True, None, True, True]
    assert [each.person.validated_trn is not None for each in added] == [state != NO_DECLARATION for state in STATES]


def test_every_second_ect_has_the_latest_mentor_whom_no_school_removed() -> None:
    world = new_world()
    asked = [
        *(wanted("ect"), wanted("ect"), wanted("mentor"), wanted("ect"), wanted("ect"), wanted("ect")),
        *(wanted("mentor", status="withdrawn"), wanted("ect"), wanted("mentor"), wanted("ect")),
    ]
    added = added_to(world, "alder", asked)
    first, second = added[2], added[8]
    mentors = [each.current.mentor_id for each in added]
    assert mentors == [None, None, None, first.id, None, first.id, None, first.id, None, second.id]
    at_one = [each.current.school_urn for each in added if each.current.mentor_id in (None, first.id)]
    assert len(set(at_one)) == len(at_one) - 3
    assert added[3].current.school_urn == first.current.school_urn


@pytest.mark.parametrize(
    ("cohort", "declaration", "now", "early"),
    [
        ("2021", "submitted", at("2021-09-11T08:59:59Z"), True),
        ("2021", "submitted", at("2021-09-11T09:00:00Z"), False),
        ("2021", NO_DECLARATION, at("2021-09-01"), False),
        ("2022", "paid", NOW, True),
        ("1999", "paid", NOW, True),
        ("1999", NO_DECLARATION, NOW, False),
    ],
)
def test_nothing_can_be_declared_before_ten_days_of_the_first_milestone(
    cohort: str, declaration: str, now: datetime, early: bool
) -> None:
    assert too_early(wanted(declaration=declaration, cohort=cohort), now) is early
