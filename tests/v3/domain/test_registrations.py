"""Schools register people (rules 5.10, control API "Defaults of a registration", schedules 4)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mock_server.v3.domain import departures, mentoring, organisations, people, registrations
from mock_server.v3.domain.calendar import start_of
from mock_server.v3.domain.derived import eligible_for_funding, mentor_id, participant_status
from mock_server.v3.domain.records import Teacher
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import (
    NOW,
    SEPTEMBER,
    TODAY,
    TOMORROW,
    YESTERDAY,
    add_school,
    new_world,
    participants,
    partner,
    partner_of,
    refused,
    register,
    stay_of,
    trained,
    training_of,
    view_of,
)


def again(world: World, teacher: Teacher, role: str = "ect", *, now: datetime = NOW, **facts: Any) -> Teacher:
    """The person registers at another school, today unless the test says otherwise."""
    facts = {"provider": "alder", "school_urn": "100002", **facts}
    return registrations.register(world, Registration(role, teacher, **facts), now)


# -- defaults --------------------------------------------------------------------------------------


def test_what_is_left_out_is_invented() -> None:
    """Control API: name, number, address and school; school-led from today, full time."""
    world = new_world()
    ect = registrations.register(world, Registration("ect"), NOW)
    stay, training = stay_of(ect), training_of(ect)
    assert " " in ect.full_name
    assert ect.teacher_reference_number is not None
    assert len(ect.teacher_reference_number) == 7
    assert (stay.started_on, stay.finished_on, stay.working_pattern) == (TODAY, None, "full_time")
    assert (stay.email or "").endswith("@example.org")
    assert stay.school.eligible
    assert stay.school.induction_tutor_email is not None
    assert (training.started_on, training.provider, training.cohort, training.schedule_identifier) == (
        TODAY,
        None,
        None,
        None,
    )


def test_a_mentor_without_a_provider_has_no_training_and_no_working_pattern() -> None:
    """Control API: `provider` null for a mentor."""
    mentor = registrations.register(new_world(), Registration("mentor"), NOW)
    assert (stay_of(mentor, "mentor").trainings, stay_of(mentor, "mentor").working_pattern) == ((), None)
    assert eligible_for_funding(mentor.mentor) is None


def test_a_person_may_have_no_number_and_no_address() -> None:
    ect = registrations.register(new_world(), Registration("ect", teacher_reference_number=None, email=None), NOW)
    assert (ect.teacher_reference_number, stay_of(ect).email) == (None, None)


def test_an_unknown_urn_makes_the_school() -> None:
    """Control API: `school_urn` unknown: made."""
    world = new_world()
    ect = register(world, school_urn="123456")
    assert world.school_by_urn("123456") is stay_of(ect).school


def test_a_number_that_somebody_has_is_refused() -> None:
    world = new_world()
    register(world, teacher_reference_number="7654321")
    with refused(world):
        register(world, teacher_reference_number="7654321")


def test_inventions_repeat_with_the_same_seed() -> None:
    one, other = (registrations.register(new_world(), Registration("ect"), NOW) for _ in range(2))
    assert (one.id, one.full_name, one.teacher_reference_number) == (
        other.id,
        other.full_name,
        other.teacher_reference_number,
    )


# -- partnership or expression of interest -----------------------------------------------------------


def test_without_a_partnership_the_training_is_an_expression_of_interest() -> None:
    """Rules 1: invisible in `participants`."""
    world = new_world()
    ect = register(world)
    assert training_of(ect).is_expression_of_interest
    assert (training_of(ect).provider, training_of(ect).cohort) == ("alder", "2025")
    assert participants(world) == []


def test_with_a_partnership_the_participant_is_there_at_once() -> None:
    world = new_world()
    partnership = partner(world, add_school(world))
    ect = register(world)
    assert training_of(ect).partnership is partnership
    assert participants(world) == [ect]


def test_of_several_partnerships_the_earliest_is_taken() -> None:
    """Rules 5.10."""
    world = new_world()
    school = add_school(world)
    first = partner(world, school, number=1)
    partner(world, school, number=0, now=NOW + timedelta(hours=1))
    assert training_of(register(world)).partnership is first


def test_a_partnership_is_not_rolled_over_by_itself() -> None:
    """Control API: unlike rules 5.10."""
    world = new_world()
    partner(world, add_school(world), cohort="2024")
    assert training_of(register(world)).is_expression_of_interest


def test_rollover_makes_the_partnership_of_the_earlier_cohort_again() -> None:
    """Rules 5.10: same delivery partner."""
    world = new_world()
    earlier = partner(world, add_school(world), cohort="2024", number=1)
    made = training_of(register(world, partnership="rollover")).partnership
    assert made is not None
    assert (made.cohort, made.delivery_partner) == ("2025", earlier.delivery_partner)


def test_rollover_takes_an_existing_partnership() -> None:
    world = new_world()
    existing = partner(world, add_school(world))
    assert training_of(register(world, partnership="rollover")).partnership is existing


def test_new_makes_a_partnership_with_the_given_delivery_partner() -> None:
    world = new_world()
    given = partner_of(world, number=1)
    made = training_of(register(world, partnership="new", delivery_partner=given)).partnership
    assert made is not None
    assert made.delivery_partner is given


def test_none_is_an_expression_of_interest_beside_a_partnership() -> None:
    world = new_world()
    partner(world, add_school(world))
    assert training_of(register(world, partnership="none")).is_expression_of_interest


@pytest.mark.parametrize("wanted", ["existing", "rollover"])
def test_nothing_to_use_is_refused(wanted: str) -> None:
    """Control API: 409."""
    world = new_world()
    add_school(world)
    with refused(world):
        register(world, partnership=wanted)


def test_a_rollover_whose_delivery_partner_does_not_work_in_the_new_cohort_is_refused() -> None:
    """Rules 5.10: if that pair exists in the new cohort."""
    world = new_world()
    earlier = partner(world, add_school(world), cohort="2024")
    organisations.change_delivery_partner(world, earlier.delivery_partner, NOW, works_with={"alder": ["2024"]})
    with refused(world):
        register(world, partnership="rollover")


def test_a_provider_without_a_contract_is_refused() -> None:
    """Rules 1: an expression of interest carries an active provider."""
    world = new_world()
    with refused(world):
        register(world, provider="dogwood")


# -- cohort and schedule -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("started_on", "cohort", "identifier"),
    [
        ("2025-09-01", "2025", "ecf-standard-september"),
        ("2024-12-01", "2024", "ecf-standard-january"),
        ("2025-10-31", "2025", "ecf-standard-september"),
        ("2025-11-01", "2025", "ecf-standard-january"),
        ("2026-03-01", "2025", "ecf-standard-april"),
        ("2026-05-31", "2025", "ecf-standard-april"),
        ("2026-06-01", "2026", "ecf-standard-september"),
    ],
)
def test_cohort_and_schedule_are_those_of_the_start(started_on: str, cohort: str, identifier: str) -> None:
    """Control API: as if the call had been made on that day; schedules 4."""
    training = training_of(register(new_world(), started_on=date.fromisoformat(started_on)))
    assert (training.cohort, training.schedule_identifier) == (cohort, identifier)


def test_cohort_and_schedule_may_be_given() -> None:
    training = training_of(register(new_world(), cohort="2023", schedule_identifier="ecf-extended-april"))
    assert (training.cohort, training.schedule_identifier) == ("2023", "ecf-extended-april")


def test_a_day_that_no_cohort_contains_is_refused() -> None:
    world = new_world()
    with refused(world):
        register(world, started_on=date(2019, 9, 1))


def test_a_person_with_earlier_training_keeps_cohort_and_schedule() -> None:
    """Rules 5.10: scenario 40."""
    world = new_world()
    ect = trained(world, cohort="2023", schedule_identifier="ecf-reduced-april")
    again(world, ect)
    assert (training_of(ect).cohort, training_of(ect).schedule_identifier) == ("2023", "ecf-reduced-april")


def test_an_ect_of_a_frozen_cohort_goes_to_2024_on_the_extended_schedule() -> None:
    """Rules 5.10 and schedules 4: and the frozen year is set."""
    world = new_world()
    ect = trained(world, started_on=date(2022, 9, 1))
    assert training_of(ect).cohort == "2022"
    again(world, ect)
    training = training_of(ect)
    assert (training.cohort, training.schedule_identifier) == ("2024", "ecf-extended-september")
    assert ect.ect.frozen_year == "2022"


def test_a_cohort_that_was_not_frozen_yet_on_the_day_is_kept() -> None:
    """Control API: as if the call had been made on that day."""
    world = new_world()
    ect = trained(world, started_on=date(2022, 9, 1))
    again(world, ect, started_on=date(2023, 9, 1))
    assert (training_of(ect).cohort, ect.ect.frozen_year) == ("2022", None)


def test_a_mentor_of_a_frozen_cohort_keeps_the_schedule_in_the_current_one() -> None:
    """Schedules 4: only ECTs go to 2024."""
    world = new_world()
    mentor = trained(world, "mentor", started_on=date(2022, 9, 1), schedule_identifier="ecf-extended-april")
    stay_of(mentor, "mentor").finished_on = date(2023, 7, 1)
    again(world, mentor, "mentor")
    training = training_of(mentor, "mentor")
    assert (training.cohort, training.schedule_identifier, mentor.mentor.frozen_year) == (
        "2025",
        "ecf-extended-april",
        None,
    )


# -- days --------------------------------------------------------------------------------------------


def test_a_past_start_is_the_start_of_stay_and_training_but_not_of_the_records() -> None:
    """Control API: `created_at` and `updated_at` are the clock's."""
    ect = trained(new_world())
    stay, training = stay_of(ect), training_of(ect)
    assert (stay.started_on, training.started_on) == (SEPTEMBER, SEPTEMBER)
    assert (ect.created_at, stay.created_at, training.created_at, ect.updated_at) == (NOW, NOW, NOW, NOW)


def test_a_start_to_come_is_the_start_of_both() -> None:
    world = new_world()
    ect = trained(world, started_on=TOMORROW)
    assert (stay_of(ect).started_on, training_of(ect).started_on) == (TOMORROW, TOMORROW)
    assert participant_status(training_of(ect), TODAY) == "joining"


def test_an_earlier_stay_ends_the_day_before() -> None:
    """Rules 5.10: with its training and mentorship."""
    world = new_world()
    mentor = trained(world, "mentor")
    ect = trained(world, mentor=mentor)
    again(world, ect)
    first, second = ect.stays
    assert (first.finished_on, second.started_on) == (YESTERDAY, TODAY)
    assert [each.finished_on for each in first.trainings] == [YESTERDAY]
    assert [each.finished_on for each in first.mentorships] == [YESTERDAY]


def test_an_earlier_stay_that_would_end_later_ends_the_day_before() -> None:
    """Scenario 50: leaving on 3 December, elsewhere from 1 December: left on 30 November."""
    world = new_world()
    ect = trained(world)
    stay_of(ect).finished_on = TODAY + timedelta(days=3)
    again(world, ect, started_on=TOMORROW)
    assert ect.stays[0].finished_on == TODAY


def test_an_earlier_stay_that_has_ended_stays_as_it_is() -> None:
    world = new_world()
    ect = trained(world)
    departures.depart(world, ect, "ect", NOW, on=date(2026, 1, 5))
    again(world, ect)
    assert ect.stays[0].finished_on == date(2026, 1, 5)


def test_a_stay_that_would_overlap_a_later_one_is_refused() -> None:
    """Rules 1: ECT stays may not overlap."""
    world = new_world()
    ect = trained(world)
    with refused(world):
        again(world, ect, started_on=SEPTEMBER)
    with refused(world):
        again(world, ect, started_on=date(2025, 8, 1))


# -- eligibility -------------------------------------------------------------------------------------


def test_a_mentor_becomes_eligible_with_training() -> None:
    """Rules 3.1: on registration; from the day of the start."""
    mentor = trained(new_world(), "mentor")
    assert (eligible_for_funding(mentor.mentor), mentor.mentor.eligible_from) == (True, start_of(SEPTEMBER))
    assert trained(new_world(), "mentor", started_on=TODAY).mentor.eligible_from == NOW


def test_a_mentor_whose_funding_has_ended_does_not_become_eligible() -> None:
    """Rules 5.10: if not ineligible."""
    world = new_world()
    teacher = trained(world)
    people.change_funding(world, teacher, "mentor", NOW, mentor_funding_end_date=YESTERDAY)
    again(world, teacher, "mentor")
    assert teacher.mentor.eligible_from is None


def test_an_ect_becomes_eligible_when_an_induction_runs() -> None:
    """Rules 3.1 and 5.10: while they have a school."""
    world = new_world()
    ect = trained(world)
    assert eligible_for_funding(ect.ect) is None
    people.change_induction(world, ect, NOW, started_on=SEPTEMBER)
    assert eligible_for_funding(ect.ect) is True


def test_an_ect_in_induction_becomes_eligible_with_the_registration() -> None:
    world = new_world()
    teacher = trained(world, "mentor")
    people.change_induction(world, teacher, NOW, started_on=SEPTEMBER)
    assert teacher.ect.eligible_from is None
    again(world, teacher, "ect")
    assert teacher.ect.eligible_from == NOW


# -- mentors -----------------------------------------------------------------------------------------


def test_a_barred_mentor_gets_a_stay_and_no_training() -> None:
    """Rules 5.10: an ineligibility reason bars."""
    world = new_world()
    teacher = trained(world)
    people.change_funding(world, teacher, "mentor", NOW, mentor_ineligible_for_funding_reason="started_not_completed")
    again(world, teacher, "mentor")
    assert stay_of(teacher, "mentor").trainings == ()


def test_a_mentor_at_another_school_gets_a_second_stay_and_no_training() -> None:
    """Rules 5.10: "several schools"."""
    world = new_world()
    mentor = trained(world, "mentor")
    again(world, mentor, "mentor")
    assert [len(stay.trainings) for stay in mentor.stays] == [1, 0]
    assert [stay.finished_on for stay in mentor.stays] == [None, None]


def test_a_mentor_at_that_school_already_is_refused() -> None:
    world = new_world()
    mentor = trained(world, "mentor")
    with refused(world):
        again(world, mentor, "mentor", school_urn="100001")


def test_a_registration_with_a_mentor_begins_the_mentorship_in_the_past() -> None:
    """Control API: on the later of both stays' starts."""
    world = new_world()
    mentor = trained(world, "mentor", started_on=date(2025, 10, 1))
    ect = trained(world, mentor=mentor)
    mentorship = stay_of(ect).mentorships[0]
    assert (mentorship.started_on, mentorship.finished_on) == (date(2025, 10, 1), None)
    assert mentor_id(view_of(ect)) == mentor.id


def test_a_mentor_at_another_school_is_refused() -> None:
    """Control API: 409."""
    world = new_world()
    mentor = trained(world, "mentor", school_urn="100003")
    with refused(world):
        register(world, mentor=mentor)


def test_a_mentor_without_training_gets_some_with_the_first_provider_led_ect() -> None:
    """Rules 5.10: from the later of the mentor's start and the day; by reassignment nobody becomes eligible."""
    world = new_world()
    mentor = register(world, "mentor", provider=None)
    ect = trained(world)
    mentoring.change_mentor(world, ect, mentor, NOW)
    training = training_of(mentor, "mentor")
    assert (training.started_on, training.provider, training.partnership) == (
        TODAY,
        "alder",
        training_of(ect).partnership,
    )
    assert eligible_for_funding(mentor.mentor) is None


def test_a_mentor_of_a_school_led_ect_gets_no_training() -> None:
    world = new_world()
    mentor = register(world, "mentor", provider=None)
    ect = register(world, provider=None)
    mentoring.change_mentor(world, ect, mentor, NOW)
    assert mentor.trainings_as("mentor") == []


def test_an_ect_who_becomes_mentor_is_one_participant_with_two_enrolments() -> None:
    """Scenario 19."""
    world = new_world()
    teacher = trained(world)
    people.change_induction(world, teacher, NOW, started_on=SEPTEMBER, finished_on=TODAY, outcome="pass")
    partner(world, add_school(world, "100002"))
    again(world, teacher, "mentor", started_on=TOMORROW)
    view = view_of(teacher)
    assert view.ect is not None
    assert view.mentor is not None
    assert teacher.ect.training_record_id != teacher.mentor.training_record_id


def test_registering_at_midnight_in_summer_is_registering_on_londons_day() -> None:
    """Rules 2.9: 23:00 UTC on 31 May 2026 is 1 June in London."""
    moment = datetime(2026, 5, 31, 23, tzinfo=UTC)
    world = new_world(moment)
    ect = register(world, started_on=None, now=moment)
    assert (stay_of(ect).started_on, training_of(ect).cohort) == (date(2026, 6, 1), "2026")
