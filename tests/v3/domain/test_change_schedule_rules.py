"""Rules 5.6: change of schedule, of cohort too. Each test names its rows."""

from typing import Any

import pytest

from tests.v3.domain.situations import (
    MISSING,
    TODAY,
    TOMORROW,
    YESTERDAY,
    act,
    add_partnership,
    at,
    came_from,
    day,
    declaration_of,
    defer,
    end_stay,
    finish_funding,
    freeze,
    induct,
    new_world,
    refused,
    register_completed,
    train,
    withdraw,
)

BLANKS: list[Any] = [MISSING, None, "", "  ", False, [], {}]
STANDARD = "ecf-standard-september"
EXTENDED = "ecf-extended-september"
REDUCED = "ecf-reduced-september"


# -- rows 1 to 8: schedule_identifier --------------------------------------------------------------


@pytest.mark.parametrize("blank", BLANKS)
def test_row_1_a_blank_schedule_is_refused(blank: Any) -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", train(world), schedule_identifier=blank)
    assert refusal.titles == ["schedule_identifier"]
    assert refusal.rules == ["schedule-given"]


@pytest.mark.parametrize("schedule", ["extended-september", "ECF-EXTENDED-SEPTEMBER", "ecf-extended-may", 7, True])
def test_row_2_a_schedule_that_is_none_of_the_twelve_is_refused(schedule: Any) -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", train(world), schedule_identifier=schedule)
    assert refusal.titles == ["schedule_identifier"]
    assert refusal.rules == ["schedule-listed"]


@pytest.mark.parametrize("course", [MISSING, None, "ecf"])
def test_row_3_a_missing_course_without_a_cohort_gives_two_entries(course: Any) -> None:
    """Rules 5.6, rows a and 3: there is no target cohort."""
    world = new_world()
    refusal = refused(world, "change-schedule", train(world), course_identifier=course)
    assert refusal.titles == ["course_identifier", "schedule_identifier"]
    assert refusal.rules == ["course-listed", "schedule-in-cohort"]


def test_row_3_a_wrong_role_without_a_cohort_gives_two_entries() -> None:
    """Rules 5.6, rows b and 3."""
    world = new_world()
    refusal = refused(world, "change-schedule", train(world), course_identifier="ecf-mentor")
    assert refusal.rules == ["course-of-participant", "schedule-in-cohort"]


def test_row_3_a_missing_course_with_a_cohort_gives_one_entry() -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", train(world), course_identifier=None, cohort="2024")
    assert refusal.titles == ["course_identifier"]


def test_row_4_the_very_schedule_is_refused() -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", train(world), schedule_identifier=STANDARD)
    assert refusal.titles == ["schedule_identifier"]
    assert refusal.rules == ["schedule-differs"]


def test_row_4_the_schedule_of_that_name_in_another_cohort_is_another_schedule() -> None:
    world = new_world()
    training = train(world)
    add_partnership(world, training.stay.school, cohort="2024")
    assert act(world, "change-schedule", training, schedule_identifier=STANDARD, cohort="2024").cohort == "2024"


@pytest.mark.parametrize(("role", "schedule"), [("ect", "ecf-replacement-april"), ("mentor", "ecf-reduced-april")])
def test_row_4_stops_5_and_6(role: str, schedule: str) -> None:
    """Somebody whom the department put on a schedule that isn't for their role: one entry."""
    world = new_world()
    training = train(world, role, schedule=schedule)
    refusal = refused(world, "change-schedule", training, schedule_identifier=schedule)
    assert refusal.rules == ["schedule-differs"]


@pytest.mark.parametrize("term", ["september", "january", "april"])
def test_row_5_a_replacement_schedule_is_refused_for_an_ect(term: str) -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", train(world), schedule_identifier=f"ecf-replacement-{term}")
    assert refusal.titles == ["schedule_identifier"]
    assert refusal.rules == ["schedule-no-replacement-for-ect"]


@pytest.mark.parametrize("term", ["september", "january", "april"])
def test_row_6_a_reduced_schedule_is_refused_for_a_mentor(term: str) -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", train(world, "mentor"), schedule_identifier=f"ecf-reduced-{term}")
    assert refusal.titles == ["schedule_identifier"]
    assert refusal.rules == ["schedule-no-reduced-for-mentor"]


def test_row_7_declarations_of_training_that_began_before_today_are_not_looked_at() -> None:
    world = new_world()
    training = train(world, start=YESTERDAY)
    declaration_of(world, training, dated="2025-08-31T09:00:00Z")
    assert act(world, "change-schedule", training).schedule_identifier == EXTENDED


@pytest.mark.parametrize("state", ["submitted", "eligible", "paid", "voided", "awaiting-clawback", "clawed-back"])
def test_row_8_a_declaration_that_would_fall_outside_is_refused_in_any_state(state: str) -> None:
    world = new_world()
    training = train(world, start=TODAY)
    declaration_of(world, training, dated="2025-08-31T09:00:00Z", state=state)
    refusal = refused(world, "change-schedule", training)
    assert refusal.titles == ["schedule_identifier"]
    assert refusal.rules == ["schedule-keeps-declarations"]


@pytest.mark.parametrize(
    ("dated", "fits"),
    [
        ("2024-05-31T22:59:59Z", False),
        ("2024-05-31T23:00:00Z", True),
        ("2024-12-31T23:59:59Z", True),
        ("2025-01-01T00:00:00Z", False),
    ],
)
def test_row_8_the_first_and_the_last_day_of_a_milestone_count(dated: str, fits: bool) -> None:
    """Rules 2.9: London's days. `started` of the 2024 standard September schedule: 1 June to 31 December."""
    world = new_world()
    training = train(world, cohort="2024", schedule=EXTENDED, start=TODAY)
    declaration_of(world, training, dated=dated)
    if fits:
        assert act(world, "change-schedule", training, schedule_identifier=STANDARD) is training
    else:
        refusal = refused(world, "change-schedule", training, schedule_identifier=STANDARD)
        assert refusal.rules == ["schedule-keeps-declarations"]


def test_row_8_a_type_that_the_new_schedule_lacks_falls_outside() -> None:
    world = new_world()
    training = train(world, schedule=EXTENDED, start=TODAY)
    declaration_of(world, training, "extended-1", "2026-02-01T09:00:00Z")
    refusal = refused(world, "change-schedule", training, schedule_identifier=STANDARD)
    assert refusal.rules == ["schedule-keeps-declarations"]


def test_row_8_changing_declaring_and_changing_on_one_day_is_refused() -> None:
    """The scenario "even with billable declarations"."""
    world = new_world()
    new = act(world, "change-schedule", train(world), schedule_identifier="ecf-extended-january")
    declaration_of(world, new, dated="2026-01-20T09:00:00Z")
    refusal = refused(world, "change-schedule", new, schedule_identifier="ecf-standard-april")
    assert refusal.titles == ["schedule_identifier"]


@pytest.mark.parametrize("schedule", [None, "ecf-standard-may", STANDARD, "ecf-replacement-april"])
def test_rows_1_to_6_stop_row_8(schedule: Any) -> None:
    world = new_world()
    training = train(world, start=TODAY)
    declaration_of(world, training, dated="2025-05-01T09:00:00Z")
    refusal = refused(world, "change-schedule", training, schedule_identifier=schedule)
    assert refusal.titles == ["schedule_identifier"]
    assert "schedule-keeps-declarations" not in refusal.rules


# -- rows 9 and 10: cohort -------------------------------------------------------------------------


def test_row_9_a_cohort_without_a_partnership_with_the_school_is_refused() -> None:
    world = new_world()
    training = train(world)
    train(world, cohort="2024")
    add_partnership(world, training.stay.school, "birch", "2024")
    refusal = refused(world, "change-schedule", training, cohort="2024")
    assert refusal.titles == ["cohort"]
    assert refusal.rules == ["schedule-partnership-in-cohort"]


def test_row_9_stops_row_10() -> None:
    world = new_world()
    freeze(world, "2023")
    refusal = refused(world, "change-schedule", train(world), cohort="2023")
    assert refusal.titles == ["cohort"]
    assert refusal.rules == ["schedule-partnership-in-cohort"]


def test_row_10_a_frozen_cohort_is_refused() -> None:
    world = new_world()
    training = train(world)
    add_partnership(world, training.stay.school, cohort="2023")
    freeze(world, "2023")
    refusal = refused(world, "change-schedule", training, cohort="2023")
    assert refusal.titles == ["cohort"]
    assert refusal.rules == ["schedule-cohort-not-frozen"]


def test_row_10_somebody_in_a_frozen_cohort_cannot_be_rescheduled_inside_it() -> None:
    world = new_world()
    training = train(world, cohort="2023", start="2023-09-01")
    freeze(world, "2023")
    refusal = refused(world, "change-schedule", training)
    assert refusal.titles == ["cohort"]
    assert refusal.rules == ["schedule-cohort-not-frozen"]


def test_row_10_a_cohort_is_frozen_from_its_moment_on() -> None:
    world = new_world()
    training = train(world, cohort="2023", start="2023-09-01")
    freeze(world, "2023", "2026-02-10T10:00:01Z")
    later = at("2026-02-10T10:00:01Z")
    assert refused(world, "change-schedule", training, now=later).titles == ["cohort"]
    assert act(world, "change-schedule", training).cohort == "2023"


def test_row_10_the_other_roles_frozen_year_opens_nothing() -> None:
    world = new_world()
    training = train(world, cohort="2024", start="2024-09-01")
    came_from(world, train(world, "mentor", teacher=training.teacher, cohort="2024"), "2023")
    freeze(world, "2023")
    add_partnership(world, training.stay.school, cohort="2023")
    assert refused(world, "change-schedule", training, cohort="2023").rules == ["schedule-cohort-not-frozen"]


# -- rows 11 to 14: participant_id -----------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["pass", "fail"])
@pytest.mark.parametrize("schedule", [EXTENDED, "ecf-standard-january"])
def test_row_11_a_finished_ect_is_refused(outcome: str, schedule: str) -> None:
    world = new_world()
    training = train(world)
    induct(world, training, "2025-09-01", "2026-02-01", outcome)
    refusal = refused(world, "change-schedule", training, schedule_identifier=schedule)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["schedule-not-finished"]


def test_row_11_a_finished_mentor_is_refused() -> None:
    world = new_world()
    training = train(world, "mentor")
    finish_funding(world, training, "2026-01-05")
    refusal = refused(world, "change-schedule", training)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["schedule-not-finished"]


@pytest.mark.parametrize("term", ["september", "january", "april"])
def test_row_11_a_finished_ect_may_go_to_a_reduced_schedule_in_place(term: str) -> None:
    world = new_world()
    training = end_stay(world, train(world), "2026-02-01")
    induct(world, training, "2025-09-01", "2026-02-01", "pass")
    assert act(world, "change-schedule", training, schedule_identifier=f"ecf-reduced-{term}") is training
    assert training.schedule_identifier == f"ecf-reduced-{term}"
    assert (training.started_on, training.finished_on) == (day("2025-09-01"), day("2026-02-01"))


def test_row_11_an_ect_who_has_not_finished_goes_to_a_reduced_schedule_from_today() -> None:
    world = new_world()
    old = train(world)
    new = act(world, "change-schedule", old, schedule_identifier=REDUCED)
    assert (old.finished_on, new.started_on) == (day(YESTERDAY), day(TODAY))


def test_row_11_the_registers_completion_does_not_count() -> None:
    world = new_world()
    training = train(world)
    register_completed(world, training, "2026-02-01")
    assert act(world, "change-schedule", training).schedule_identifier == EXTENDED


def test_row_11_an_induction_without_an_outcome_does_not_count() -> None:
    world = new_world()
    training = train(world)
    induct(world, training, "2025-09-01", "2026-02-01")
    assert act(world, "change-schedule", training).schedule_identifier == EXTENDED


@pytest.mark.parametrize("end", ["2026-01-30", TODAY])
def test_row_12_somebody_who_left_is_refused(end: str) -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", end_stay(world, train(world), end))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["schedule-not-left"]


@pytest.mark.parametrize("ended", [defer, withdraw])
def test_row_12_somebody_deferred_or_withdrawn_has_left(ended: Any) -> None:
    world = new_world()
    assert refused(world, "change-schedule", ended(world, train(world))).rules == ["schedule-not-left"]


def test_row_12_somebody_who_leaves_later_is_fine() -> None:
    world = new_world()
    assert act(world, "change-schedule", end_stay(world, train(world), TOMORROW)).schedule_identifier == EXTENDED


def test_row_13_somebody_withdrawn_who_has_not_left_yet_is_refused() -> None:
    world = new_world()
    training = withdraw(world, train(world))
    training.finished_on = day(TOMORROW)
    refusal = refused(world, "change-schedule", training)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["schedule-not-withdrawn"]


@pytest.mark.parametrize("provider", ["birch", None])
def test_row_14_somebody_due_to_start_elsewhere_is_refused(provider: str | None) -> None:
    """Whichever provider's, school-led too."""
    world = new_world()
    training = train(world, end=TOMORROW)
    train(world, provider=provider, stay=training.stay, start="2026-02-12")
    refusal = refused(world, "change-schedule", training)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["schedule-nothing-planned"]


def test_row_14_looks_at_the_same_role() -> None:
    world = new_world()
    training = train(world)
    train(world, "mentor", provider="birch", teacher=training.teacher, start="2026-01-05")
    assert act(world, "change-schedule", training).schedule_identifier == EXTENDED


def test_row_14_an_expression_of_interest_at_another_school_counts() -> None:
    world = new_world()
    training = end_stay(world, train(world), TOMORROW)
    train(world, provider="birch", teacher=training.teacher, start="2026-02-12", interest=True)
    assert refused(world, "change-schedule", training).rules == ["schedule-nothing-planned"]


def test_row_11_stops_rows_12_to_14() -> None:
    """A finished ECT whose training is over, and who is due to start elsewhere: one entry."""
    world = new_world()
    training = end_stay(world, train(world), "2026-01-30")
    induct(world, training, "2025-09-01", "2026-02-05", "fail")
    train(world, provider="birch", teacher=training.teacher, start="2026-02-12")
    assert refused(world, "change-schedule", training).titles == ["participant_id"]


def test_row_11_stops_row_13() -> None:
    """A finished ECT who is withdrawn and hasn't left yet: one entry."""
    world = new_world()
    training = withdraw(world, train(world))
    training.finished_on = day(TOMORROW)
    induct(world, training, "2025-09-01", "2026-02-05", "pass")
    assert refused(world, "change-schedule", training).rules == ["schedule-not-finished"]


def test_row_11_needs_training_in_the_role() -> None:
    """Somebody who finished as another provider's ECT, and is this provider's mentor: the course is wrong, no more."""
    world = new_world()
    ect = train(world, provider="birch", end="2026-02-01")
    induct(world, ect, "2025-09-01", "2026-02-01", "pass")
    mentor = train(world, "mentor", teacher=ect.teacher, start="2026-02-02")
    refusal = refused(world, "change-schedule", mentor, course_identifier="ecf-induction", cohort="2025")
    assert refusal.rules == ["course-of-participant"]


def test_rows_12_and_13_stop_the_next() -> None:
    world = new_world()
    training = withdraw(world, train(world))
    train(world, provider="birch", stay=training.stay, start="2026-02-12")
    assert refused(world, "change-schedule", training).titles == ["participant_id"]
    training.finished_on = day(TOMORROW)
    assert refused(world, "change-schedule", training).rules == ["schedule-not-withdrawn"]


def test_titles_add_up_in_the_order_of_the_rows() -> None:
    """Rules 2.7: one entry for each complaint, attributes in the order in which they first complained."""
    world = new_world()
    freeze(world, "2025")
    training = end_stay(world, train(world), "2026-01-30")
    refusal = refused(world, "change-schedule", training, schedule_identifier=STANDARD)
    assert refusal.titles == ["schedule_identifier", "cohort", "participant_id"]
    assert refusal.rules == ["schedule-differs", "schedule-cohort-not-frozen", "schedule-not-left"]
