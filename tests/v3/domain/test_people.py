"""What is recorded of a person: details, induction, funding, merges (rules 3.1 and 5.10)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mock_server.v3.domain import declarations, departures, mentoring, people, registrations, training
from mock_server.v3.domain.derived import eligible_for_funding, mentor_id
from mock_server.v3.domain.records import IdChange, Induction, Register, Teacher
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import (
    NOW,
    SEPTEMBER,
    TODAY,
    TOMORROW,
    YESTERDAY,
    new_world,
    participants,
    partner,
    refused,
    register,
    stay_of,
    trained,
    training_of,
    view_of,
)

LATER = NOW + timedelta(hours=2)


def with_ect() -> tuple[World, Teacher]:
    world = new_world()
    return world, trained(world)


# -- details -----------------------------------------------------------------------------------------


def test_details_are_changed() -> None:
    world, ect = with_ect()
    people.change_details(
        world,
        ect,
        NOW,
        full_name="Ada Example",
        teacher_reference_number="1234567",
        email=("ect", "ada@example.org"),
        working_pattern="part_time",
    )
    stay = stay_of(ect)
    assert (ect.full_name, ect.teacher_reference_number, stay.email, stay.working_pattern) == (
        "Ada Example",
        "1234567",
        "ada@example.org",
        "part_time",
    )
    assert world.teacher_by_trn("1234567") is ect


def test_an_address_belongs_to_the_latest_stay_in_the_role() -> None:
    """Rules 3.1: so an old provider keeps the address of the old school."""
    world, ect = with_ect()
    before = stay_of(ect).email
    registrations.register(world, Registration("ect", ect, school_urn="100002"), NOW)
    people.change_details(world, ect, NOW, email=("ect", "new@example.org"))
    assert [stay.email for stay in ect.stays] == [before, "new@example.org"]


@pytest.mark.parametrize(
    "facts", [{"email": ("mentor", "x@example.org")}, {"teacher_reference_number": "7654321"}], ids=str
)
def test_details_that_can_not_be_are_refused(facts: dict[str, Any]) -> None:
    world, ect = with_ect()
    register(world, teacher_reference_number="7654321")
    with refused(world):
        people.change_details(world, ect, NOW, full_name="Somebody", **facts)
    assert ect.full_name != "Somebody"


def test_a_number_is_free_again_once_nobody_has_it() -> None:
    world, ect = with_ect()
    people.change_details(world, ect, NOW, teacher_reference_number="7654321")
    people.change_details(world, ect, NOW, teacher_reference_number=None)
    assert register(world, teacher_reference_number="7654321").teacher_reference_number == "7654321"


# -- induction ---------------------------------------------------------------------------------------


def test_the_appropriate_body_opens_and_closes_a_period() -> None:
    """Control API: and a start after a closed one adds another."""
    world, ect = with_ect()
    people.change_induction(world, ect, NOW, started_on=date(2025, 9, 2))
    people.change_induction(world, ect, NOW, finished_on=date(2025, 12, 19))
    people.change_induction(world, ect, NOW, started_on=date(2026, 1, 5))
    assert ect.inductions == (
        Induction(date(2025, 9, 2), date(2025, 12, 19)),
        Induction(date(2026, 1, 5)),
    )


def test_an_open_period_is_corrected_and_a_closed_one_reopened() -> None:
    world, ect = with_ect()
    people.change_induction(world, ect, NOW, started_on=date(2025, 9, 2))
    people.change_induction(world, ect, NOW, started_on=date(2025, 9, 8))
    people.change_induction(world, ect, NOW, finished_on=date(2025, 12, 19), outcome="fail")
    people.change_induction(world, ect, NOW, finished_on=None)
    assert ect.inductions == (Induction(date(2025, 9, 8)),)


def test_an_outcome_alone_ends_the_period_today() -> None:
    world, ect = with_ect()
    people.change_induction(world, ect, NOW, started_on=SEPTEMBER)
    people.change_induction(world, ect, NOW, outcome="pass")
    assert ect.inductions == (Induction(SEPTEMBER, TODAY, "pass"),)


@pytest.mark.parametrize(
    "facts",
    [
        {"finished_on": TODAY},
        {"outcome": "pass"},
        {"started_on": TODAY, "finished_on": YESTERDAY},
        {"started_on": TODAY, "finished_on": None, "outcome": "pass"},
    ],
    ids=str,
)
def test_an_induction_that_can_not_be_is_refused(facts: dict[str, Any]) -> None:
    world, ect = with_ect()
    with refused(world):
        people.change_induction(world, ect, NOW, **facts)


def test_periods_that_would_overlap_are_refused() -> None:
    world, ect = with_ect()
    people.change_induction(world, ect, NOW, started_on=date(2025, 9, 2), finished_on=date(2025, 12, 19))
    people.change_induction(world, ect, NOW, started_on=date(2026, 1, 5))
    with refused(world):
        people.change_induction(world, ect, NOW, started_on=date(2025, 12, 1))


# -- eligibility -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "eligible"),
    [
        ({"started_on": SEPTEMBER}, True),
        ({"started_on": TODAY}, True),
        ({"started_on": TOMORROW}, None),
        # Opened and closed in one call: nobody becomes eligible, even while it contains today.
        ({"started_on": SEPTEMBER, "finished_on": YESTERDAY}, None),
        ({"started_on": SEPTEMBER, "finished_on": TODAY}, None),
        ({"started_on": SEPTEMBER, "finished_on": TOMORROW, "outcome": "pass"}, None),
    ],
    ids=str,
)
def test_an_ect_becomes_eligible_while_an_induction_runs(facts: dict[str, Any], eligible: bool | None) -> None:
    """Rules 3.1 and control API."""
    world, ect = with_ect()
    people.change_induction(world, ect, NOW, **facts)
    assert eligible_for_funding(ect.ect) is eligible
    assert ect.ect.eligible_from == (NOW if eligible else None)


def test_an_ect_without_a_school_does_not_become_eligible() -> None:
    """Rules 3.1: while they have a school."""
    world, ect = with_ect()
    departures.depart(world, ect, "ect", NOW)
    people.change_induction(world, ect, NOW, started_on=SEPTEMBER)
    assert eligible_for_funding(ect.ect) is None


def test_eligibility_stays_after_the_induction_has_been_passed() -> None:
    """Scenario 16."""
    world, ect = with_ect()
    people.change_induction(world, ect, NOW, started_on=SEPTEMBER)
    people.change_induction(world, ect, LATER, outcome="pass")
    assert (eligible_for_funding(ect.ect), ect.ect.eligible_from) == (True, NOW)


def test_an_ect_whom_the_register_calls_exempt_is_ineligible_from_today() -> None:
    """Rules 3.1; taken back, undecided again."""
    world, ect = with_ect()
    people.change_induction(world, ect, NOW, register=Register(exempt=True))
    assert (ect.ect.ineligible_from, eligible_for_funding(ect.ect)) == (TODAY, False)
    people.change_induction(world, ect, NOW, register=Register(exempt=False))
    assert eligible_for_funding(ect.ect) is None


def test_an_exempt_ect_who_was_eligible_before_stays_so() -> None:
    """Rules 3.1: the earlier one decides."""
    world, ect = with_ect()
    people.change_induction(world, ect, NOW - timedelta(days=3), started_on=SEPTEMBER)
    people.change_induction(world, ect, NOW, register=Register(exempt=True))
    assert eligible_for_funding(ect.ect) is True


def test_declarations_that_waited_become_eligible_with_the_role() -> None:
    """Rules 6.1: attached to the next output statement."""
    world, ect = with_ect()
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    assert (declaration.state, declaration.statement) == ("submitted", None)
    people.change_induction(world, ect, LATER, started_on=SEPTEMBER)
    assert (declaration.state, declaration.updated_at) == ("eligible", LATER)
    assert declaration.statement is world.open_statement("alder", "2025", TODAY)
    assert declaration in declaration.statement.declarations  # type: ignore[union-attr]


def test_a_declaration_without_a_statement_to_come_stays_submitted() -> None:
    """Rules 6.1: it needs the next output statement."""
    world, ect = with_ect()
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    late = datetime(2028, 9, 1, tzinfo=UTC)
    people.change_funding(world, ect, "ect", late, eligible=True)
    assert declaration.state == "submitted"


def test_the_other_roles_declarations_stay() -> None:
    world, ect = with_ect()
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    people.change_funding(world, ect, "mentor", NOW, eligible=True)
    assert declaration.state == "submitted"


# -- funding -----------------------------------------------------------------------------------------


def test_the_first_time_of_becoming_eligible_counts() -> None:
    world, ect = with_ect()
    people.change_funding(world, ect, "ect", NOW, eligible=True)
    people.change_funding(world, ect, "ect", LATER, eligible=True)
    assert ect.ect.eligible_from == NOW


def test_a_mentors_funding_end_is_noted_with_its_reason_and_removed_with_it() -> None:
    """Scenario 55."""
    world = new_world()
    mentor = trained(world, "mentor")
    people.change_funding(
        world,
        mentor,
        "mentor",
        NOW,
        mentor_funding_end_date=YESTERDAY,
        mentor_ineligible_for_funding_reason="started_not_completed",
    )
    assert (mentor.mentor.ineligible_from, mentor.mentor.ineligible_reason) == (YESTERDAY, "started_not_completed")
    people.change_funding(world, mentor, "mentor", NOW, mentor_funding_end_date=None)
    assert (mentor.mentor.ineligible_from, mentor.mentor.ineligible_reason) == (None, None)


def test_a_mentors_reason_stays_unless_it_is_given_or_its_date_removed() -> None:
    world = new_world()
    mentor = trained(world, "mentor")
    reason = "completed_during_early_roll_out"
    people.change_funding(world, mentor, "mentor", NOW, mentor_ineligible_for_funding_reason=reason)
    people.change_funding(world, mentor, "mentor", NOW, eligible=True, frozen_year="2022")
    assert (mentor.mentor.ineligible_reason, mentor.mentor.frozen_year) == (reason, "2022")
    people.change_funding(
        world,
        mentor,
        "mentor",
        NOW,
        mentor_funding_end_date=None,
        mentor_ineligible_for_funding_reason="started_not_completed",
    )
    assert mentor.mentor.ineligible_reason == "started_not_completed"


def test_an_ect_has_no_mentor_funding() -> None:
    world, ect = with_ect()
    with refused(world):
        people.change_funding(world, ect, "ect", NOW, mentor_funding_end_date=TODAY)


# -- merging -----------------------------------------------------------------------------------------


def two_records(world: World) -> tuple[Teacher, Teacher]:
    """A person's earlier record as ECT, and the one as mentor that survives."""
    return trained(world, started_on=date(2024, 9, 1)), trained(world, "mentor")


def test_everything_of_the_one_becomes_the_others() -> None:
    """Rules 5.10: stays, training, declarations and inductions."""
    world = new_world()
    gone, survivor = two_records(world)
    people.change_induction(world, gone, NOW, started_on=date(2024, 9, 1))
    declaration = declarations.declare(world, training_of(gone), "started", NOW, None, NOW)
    people.merge(world, gone, survivor, LATER)
    assert [stay.role for stay in survivor.stays] == ["ect", "mentor"]
    assert (len(survivor.inductions), declaration.teacher) == (1, survivor)
    assert participants(world) == [survivor]
    assert view_of(survivor).ect is not None
    assert view_of(survivor).mentor is not None


def test_the_one_is_gone_and_its_id_leads_to_the_other() -> None:
    """Rules 5.10 and 2.4: `from_participant_id`."""
    world = new_world()
    gone, survivor = two_records(world)
    people.merge(world, gone, survivor, LATER)
    assert (gone.id in world.teachers, world.merged) == (False, {gone.id: survivor})
    assert survivor.id_changes == (IdChange(gone.id, survivor.id, LATER),)
    assert survivor.updated_at == LATER


def test_earlier_changes_of_id_move_along() -> None:
    """Rules 5.10: oldest first."""
    world = new_world()
    first, second = two_records(world)
    last = trained(world, started_on=date(2023, 9, 1), school_urn="100003")
    departures.depart(world, last, "ect", NOW, on=date(2024, 7, 1))
    people.merge(world, first, second, NOW)
    people.merge(world, second, last, LATER)
    assert [(each.from_id, each.to_id) for each in last.id_changes] == [
        (first.id, second.id),
        (second.id, last.id),
    ]
    assert world.merged == {first.id: last, second.id: last}


def test_the_survivor_keeps_its_training_record_ids() -> None:
    """Rules 9, row 14."""
    world = new_world()
    gone, survivor = two_records(world)
    before = (survivor.ect.training_record_id, survivor.mentor.training_record_id)
    people.merge(world, gone, survivor, LATER)
    assert (survivor.ect.training_record_id, survivor.mentor.training_record_id) == before


def test_ects_of_a_merged_mentor_show_the_survivor() -> None:
    """Rules 3.9: the `mentor_id` that any provider sees."""
    world = new_world()
    mentor = register(world, "mentor", provider=None)
    ect = trained(world)
    mentoring.change_mentor(world, ect, mentor, NOW)
    survivor = trained(world, started_on=date(2023, 9, 1), school_urn="100003")
    people.merge(world, mentor, survivor, LATER)
    assert (mentor_id(view_of(ect)), ect.updated_at) == (survivor.id, LATER)


def test_a_merged_unfunded_mentor_is_the_survivor() -> None:
    world = new_world()
    ect = trained(world)
    partner(world, stay_of(ect).school, "birch")
    mentor = register(world, "mentor", provider="birch")
    mentoring.change_mentor(world, ect, mentor, NOW)
    survivor = trained(world, started_on=date(2023, 9, 1), school_urn="100003", provider="cedar")
    people.merge(world, mentor, survivor, LATER)
    assert [each.teacher for each in world.list_unfunded_mentors("alder").select().all()] == [survivor]


def test_a_merge_that_can_not_be_is_refused() -> None:
    """Control API: into itself, and where periods would overlap."""
    world = new_world()
    one, other = trained(world), trained(world)
    for into in (one, other):
        with refused(world):
            people.merge(world, one, into, NOW)


def test_stays_of_an_ect_may_not_overlap_even_without_training_on_the_same_days() -> None:
    """Rules 1: ECT ones of a teacher may not overlap; mentor ones may, at different schools."""
    world = new_world()
    one, other = trained(world, now=NOW - timedelta(days=9)), trained(world, started_on=TODAY)
    training.withdraw(world, training_of(one), "other", NOW - timedelta(days=5))
    with refused(world):
        people.merge(world, one, other, NOW)
    here = register(world, "mentor", provider=None)
    there = register(world, "mentor", provider=None, school_urn="100002")
    people.merge(world, here, there, NOW)
    assert len(there.stays) == 2


def test_the_number_of_the_one_is_free() -> None:
    world = new_world()
    gone, survivor = two_records(world)
    number = gone.teacher_reference_number
    people.merge(world, gone, survivor, LATER)
    assert number is not None
    assert world.teacher_by_trn(number) is None


# -- a mentor's completed (rules 5.9) ------------------------------------------------------------------


@pytest.mark.parametrize(("days", "periods"), [(0, 1), (1, 2), (2, 2)])
def test_after_the_void_training_goes_on_while_a_day_of_the_stay_is_left(days: int, periods: int) -> None:
    """Rules 5.9: from the day after its end, to the end of the stay."""
    world = new_world()
    mentor = trained(world, "mentor")
    departures.depart(world, mentor, "mentor", NOW, on=TODAY + timedelta(days=days))
    completed = declarations.declare(world, training_of(mentor, "mentor"), "completed", NOW, "other", NOW)
    assert training_of(mentor, "mentor").finished_on == TODAY
    declarations.void(world, completed, LATER)
    found = mentor.trainings_as("mentor")
    assert (len(found), found[-1].finished_on) == (periods, TODAY + timedelta(days=days))
