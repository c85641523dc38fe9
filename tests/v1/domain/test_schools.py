"""What schools and the department do (rules 5.5): corrections, mentors, and a cohort that is amended."""

from datetime import timedelta

import pytest

from mock_server.v1.domain.records import Participant
from mock_server.v1.domain.world import World
from tests.v1.domain.builders import ADDED, NOW, UNKNOWN_ID, act, add, declaration_in, declare, new_world, refused

LATER = NOW + timedelta(days=3)


def with_mentor(world: World, provider: str = "alder") -> tuple[Participant, Participant]:
    """An ECT and their mentor, at the same school."""
    mentor = add(world, "mentor", provider=provider)
    return add(world, provider=provider, mentor_id=mentor.id), mentor


def removed(world: World, mentor: Participant) -> None:
    world.set_school_status(mentor, "withdrawn", NOW)


def moved(world: World, mentor: Participant) -> None:
    world.transfer(mentor, "alder", "200002", None, NOW)


def moved_away(world: World, mentor: Participant) -> None:
    world.transfer(mentor, "birch", "200002", None, NOW)


@pytest.mark.parametrize("leave", [removed, moved, moved_away])
def test_a_mentor_whom_the_school_removes_or_who_moves_is_nobodys_mentor(leave: object) -> None:
    """Rules 5.5: `mentor_id` of each of their ECTs becomes null, and those records' `updated_at` moves."""
    world = new_world()
    ect, mentor = with_mentor(world)
    second, other_ect = add(world, mentor_id=mentor.id), with_mentor(world)[0]
    assert callable(leave)
    leave(world, mentor)
    for freed in (ect, second):
        assert (freed.current.mentor_id, freed.updated_at) == (None, NOW)
    assert other_ect.current.mentor_id is not None
    assert other_ect.updated_at == ADDED
    assert [e.id for e in world.list_participants("alder", None, NOW).all() if e.participant is not mentor] == [
        ect.id,
        second.id,
    ]


def test_a_mentor_who_is_taken_back_has_no_ects_until_the_school_says_so() -> None:
    world = new_world()
    ect, mentor = with_mentor(world)
    removed(world, mentor)
    world.set_school_status(mentor, "active", NOW)
    assert ect.current.mentor_id is None
    world.set_mentor(ect, mentor.id, LATER)
    assert [ect.current.mentor_id, ect.updated_at] == [mentor.id, LATER]


def test_an_earlier_provider_goes_on_seeing_the_mentor_who_was_there() -> None:
    """Rules 8."""
    world = new_world()
    ect, mentor = with_mentor(world)
    world.transfer(ect, "birch", "200002", None, NOW)
    removed(world, mentor)
    earlier = world.enrolment("alder", ect.id)
    assert earlier is not None
    assert earlier.mentor_id == mentor.id


def test_a_mentor_whose_provider_alone_changes_stays_the_ects_mentor() -> None:
    world = new_world()
    ect, mentor = with_mentor(world)
    world.transfer(mentor, "birch", "100001", None, NOW)
    assert (ect.current.mentor_id, ect.updated_at) == (mentor.id, ADDED)


@pytest.mark.parametrize("action", ["defer", "withdraw"])
def test_a_mentor_whom_the_provider_withdraws_or_defers_stays_the_ects_mentor(action: str) -> None:
    """Rules 5.5."""
    world = new_world()
    ect, mentor = with_mentor(world)
    act(world, action, mentor)
    assert (ect.current.mentor_id, ect.updated_at) == (mentor.id, ADDED)


def test_a_removed_ect_frees_nobody() -> None:
    world = new_world()
    ect, mentor = with_mentor(world)
    world.set_school_status(ect, "withdrawn", NOW)
    assert ect.current.mentor_id == mentor.id


def test_another_cohort_changes_the_schedules_dates_and_the_place_in_the_filter() -> None:
    """Rules 5.5: the department can amend a participant's cohort."""
    world = new_world(LATER)
    other, participant = add(world), add(world)
    for cohorts in ({"2021"}, {"2022"}, {"2021", "2022"}):
        world.list_participants("alder", frozenset(cohorts))
    world.amend_cohort(participant, "2022", None, NOW)
    assert (participant.cohort, participant.schedule_identifier) == ("2022", "ecf-standard-september")
    assert refused(world, "declare", participant).rules == ["declaration-date-in-milestone"]
    for cohort, listed in (("2021", [other.id]), ("2022", [participant.id])):
        assert [e.id for e in world.list_participants("alder", frozenset({cohort})).all()] == listed
    assert [e.id for e in world.list_participants("alder").all()] == [other.id, participant.id]
    assert [e.id for e in world.list_participants("alder", None, NOW).all()] == [participant.id]
    assert [(event.attribute, event.before, event.after) for event in participant.history] == [
        ("cohort", "2021", "2022")
    ]


def test_an_amendment_may_bring_another_schedule_and_leaves_declarations_alone() -> None:
    world = new_world()
    participant = add(world)
    declaration = declaration_in(world, participant, "eligible")
    statement = declaration.statement
    world.amend_cohort(participant, "2022", "ecf-extended-january", NOW)
    assert (participant.cohort, participant.schedule_identifier) == ("2022", "ecf-extended-january")
    assert (declaration.state, declaration.statement) == ("eligible", statement)


def test_an_amendment_reaches_every_provider_who_sees_the_participant() -> None:
    world = new_world()
    participant = add(world)
    world.transfer(participant, "birch", "200002", None, NOW)
    world.transfer(participant, "cedar", "200002", None, NOW)
    world.amend_cohort(participant, "2022", None, LATER)
    for provider, listed in (("alder", [participant.id]), ("birch", []), ("cedar", [participant.id])):
        assert [e.id for e in world.list_participants(provider, frozenset({"2022"})).all()] == listed
        assert list(world.list_participants(provider, frozenset({"2021"})).all()) == []


def test_a_correction_by_the_school_moves_updated_at_and_changes_no_declaration() -> None:
    """Rules 5.5: a name, an email address or uplifts, at any time."""
    world = new_world()
    participant = add(world, eligible=False)
    declaration = declare(world, participant)
    world.register(participant, {"full_name": "Ada Newname", "email": None, "pupil_premium_uplift": True}, LATER)
    assert (participant.person.full_name, participant.current.email) == ("Ada Newname", None)
    assert (participant.person.pupil_premium_uplift, participant.person.sparsity_uplift) == (True, False)
    assert (participant.updated_at, declaration.state, declaration.updated_at) == (LATER, "submitted", NOW)
    world.set_mentor(participant, UNKNOWN_ID, LATER)
    assert [event.attribute for event in participant.history if event.declaration is None] == [
        "email",
        "full_name",
        "pupil_premium_uplift",
        "mentor_id",
    ]
