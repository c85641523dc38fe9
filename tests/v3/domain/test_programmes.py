"""Schools change provider, programme and mentor; the department changes cohorts (rules 5.10)."""

from datetime import date, timedelta

from mock_server.v3.domain import (
    departures,
    mentoring,
    programmes,
    registrations,
    training,
)
from mock_server.v3.domain.derived import participant_status, training_status
from mock_server.v3.domain.records import Teacher
from mock_server.v3.domain.registrations import Registration
from tests.v3.domain.worlds import (
    NOW,
    SEPTEMBER,
    SOON,
    TODAY,
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


def periods(teacher: Teacher, role: str = "ect") -> list[tuple[date, date | None, str | None, bool]]:
    """Start, end, provider, and whether there is a partnership."""
    return [
        (each.started_on, each.finished_on, each.provider, each.partnership is not None)
        for each in teacher.trainings_as(role)
    ]


# -- another provider --------------------------------------------------------------------------------


def test_training_that_began_before_today_ends_yesterday_and_new_training_begins_today() -> None:
    """Rules 5.10: cohort and schedule are kept."""
    world = new_world()
    ect = trained(world, cohort="2024", schedule_identifier="ecf-reduced-april")
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    assert periods(ect) == [(SEPTEMBER, YESTERDAY, "alder", True), (TODAY, None, "birch", False)]
    assert (training_of(ect).cohort, training_of(ect).schedule_identifier) == ("2024", "ecf-reduced-april")


def test_the_first_provider_sees_the_participant_as_left_and_the_new_one_only_with_a_partnership() -> None:
    """Rules 4: scenario 13."""
    world = new_world()
    ect = trained(world)
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    old = view_of(ect).ect
    assert old is not None
    assert (training_status(old), participant_status(old, TODAY)) == ("active", "left")
    assert participants(world, "birch") == []
    partner(world, stay_of(ect).school, "birch")
    assert participants(world, "birch") == [ect]


def test_training_that_starts_today_or_later_changes_in_place() -> None:
    """Rules 5.10: the first provider sees nobody any more."""
    world = new_world()
    for start in (TODAY, SOON):
        ect = trained(world, started_on=start)
        changed = training_of(ect)
        programmes.change_provider(world, ect, "ect", "birch", NOW)
        assert periods(ect) == [(start, None, "birch", False)]
        assert training_of(ect) is changed
    assert participants(world) == []


def test_an_expression_of_interest_that_began_goes() -> None:
    """Rules 5.10."""
    world = new_world()
    ect = register(world)
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    assert periods(ect) == [(TODAY, None, "birch", False)]
    assert stay_of(ect).school.interests == {("birch", "2025"): 1}


def test_an_ect_of_a_frozen_cohort_goes_to_2024_with_the_new_provider() -> None:
    """Rules 5.10: and the frozen year is set."""
    world = new_world()
    ect = trained(world, started_on=date(2022, 9, 1))
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    assert (training_of(ect).cohort, training_of(ect).schedule_identifier, ect.ect.frozen_year) == (
        "2024",
        "ecf-extended-september",
        "2022",
    )


def test_a_mentor_of_a_frozen_cohort_keeps_it_with_the_new_provider() -> None:
    """Scenario 42: mentors aren't moved."""
    world = new_world()
    mentor = trained(world, "mentor", started_on=date(2022, 9, 1))
    programmes.change_provider(world, mentor, "mentor", "birch", NOW)
    assert (training_of(mentor, "mentor").cohort, mentor.mentor.frozen_year) == ("2022", None)


def test_after_a_withdrawal_the_next_provider_begins_today() -> None:
    world = new_world()
    ect = trained(world)
    training.withdraw(world, training_of(ect), "other", NOW - timedelta(days=5))
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    assert periods(ect) == [
        (SEPTEMBER, TODAY - timedelta(days=5), "alder", True),
        (TODAY, None, "birch", False),
    ]


def test_after_a_withdrawal_on_the_same_day_it_ends_yesterday() -> None:
    """Rules 1: inclusive days may not overlap."""
    world = new_world()
    ect = trained(world)
    training.withdraw(world, training_of(ect), "other", NOW)
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    assert periods(ect)[0] == (SEPTEMBER, YESTERDAY, "alder", True)


def test_the_same_provider_again_is_refused() -> None:
    world = new_world()
    ect = trained(world)
    with refused(world):
        programmes.change_provider(world, ect, "ect", "alder", NOW)


def test_a_new_partnership_may_be_made_in_passing() -> None:
    """Control API: `partnership`, `delivery_partner_id`."""
    world = new_world()
    ect = trained(world)
    wanted = partner_of(world, "birch", 1)
    programmes.change_provider(world, ect, "ect", "birch", NOW, partnership="new", delivery_partner=wanted)
    made = training_of(ect).partnership
    assert made is not None
    assert made.delivery_partner is wanted


def test_of_a_mentor_at_two_schools_the_one_with_training_counts() -> None:
    """Rules 1: no two training periods of a person and role may overlap."""
    world = new_world()
    mentor = trained(world, "mentor")
    registrations.register(world, Registration("mentor", mentor, school_urn="100002"), NOW - timedelta(days=1))
    programmes.change_provider(world, mentor, "mentor", "birch", NOW)
    assert [len(stay.trainings) for stay in mentor.stays] == [2, 0]
    assert periods(mentor, "mentor") == [(SEPTEMBER, YESTERDAY, "alder", True), (TODAY, None, "birch", False)]


def test_a_mentor_begins_only_while_the_ects_training_lasts() -> None:
    """Rules 5.10: when the ECT is provider-led, its last day included."""
    world = new_world()
    for ends, begins in ((YESTERDAY, False), (TODAY, True)):
        ect = trained(world)
        training.withdraw(world, training_of(ect), "other", NOW - timedelta(days=(TODAY - ends).days))
        mentor = register(world, "mentor", provider=None)
        mentoring.change_mentor(world, ect, mentor, NOW)
        assert bool(mentor.trainings_as("mentor")) is begins


def test_a_person_who_is_at_no_school_is_refused() -> None:
    world = new_world()
    ect = trained(world)
    with refused(world):
        programmes.change_provider(world, ect, "mentor", "birch", NOW)
    with refused(world):
        programmes.change_provider(world, ect, "ect", "dogwood", NOW)


# -- programme ---------------------------------------------------------------------------------------


def test_provider_led_training_ends_yesterday_for_school_led() -> None:
    """Rules 5.10."""
    world = new_world()
    ect = trained(world)
    programmes.change_to_school_led(world, ect, NOW)
    assert periods(ect) == [(SEPTEMBER, YESTERDAY, "alder", True), (TODAY, None, None, False)]
    assert participants(world) == [ect]


def test_an_expression_of_interest_goes_for_school_led() -> None:
    """Rules 5.10 and 9, row 16."""
    world = new_world()
    ect = register(world)
    programmes.change_to_school_led(world, ect, NOW)
    assert periods(ect) == [(TODAY, None, None, False)]
    assert stay_of(ect).school.interests == {}


def test_training_to_come_goes_for_school_led() -> None:
    """Rules 5.10: else deleted."""
    world = new_world()
    ect = trained(world, started_on=SOON)
    programmes.change_to_school_led(world, ect, NOW)
    assert periods(ect) == [(SOON, None, None, False)]
    assert participants(world) == []


def test_school_led_training_can_not_become_so_again() -> None:
    world = new_world()
    ect = register(world, provider=None)
    with refused(world):
        programmes.change_to_school_led(world, ect, NOW)


def test_school_led_training_ends_yesterday_for_provider_led() -> None:
    """Rules 5.10: deleted if it began today."""
    world = new_world()
    ect = register(world, provider=None)
    programmes.change_provider(world, ect, "ect", "alder", NOW)
    assert periods(ect) == [(SEPTEMBER, YESTERDAY, None, False), (TODAY, None, "alder", False)]
    today = register(world, provider=None, started_on=TODAY)
    programmes.change_provider(world, today, "ect", "alder", NOW)
    assert periods(today) == [(TODAY, None, "alder", False)]


def test_the_mentor_gets_training_when_the_ect_becomes_provider_led() -> None:
    """Rules 5.10: a first training, too."""
    world = new_world()
    mentor = register(world, "mentor", provider=None)
    ect = register(world, provider=None, mentor=mentor)
    assert mentor.trainings_as("mentor") == []
    programmes.change_provider(world, ect, "ect", "alder", NOW)
    assert periods(mentor, "mentor") == [(TODAY, None, "alder", False)]
    assert training_of(mentor, "mentor").schedule_identifier == "ecf-standard-january"


def test_the_programme_choice_follows() -> None:
    """Rules 3.5: literally; a stay with any provider-led training speaks for provider-led."""
    world = new_world()
    ect = register(world, provider=None)
    record = stay_of(ect).school.cohorts["2025"]
    assert record.induction_programme_choice == "school_led"
    programmes.change_provider(world, ect, "ect", "alder", NOW)
    assert record.induction_programme_choice == "provider_led"
    programmes.change_to_school_led(world, ect, NOW)
    assert record.induction_programme_choice == "school_led"


# -- cohort ------------------------------------------------------------------------------------------


def test_the_department_moves_like_a_change_of_schedule() -> None:
    """Rules 5.10: the same identifier, another cohort."""
    world = new_world()
    ect = trained(world)
    there = partner(world, stay_of(ect).school, cohort="2024")
    programmes.change_cohort(world, ect, "ect", NOW, cohort="2024")
    assert periods(ect) == [(SEPTEMBER, YESTERDAY, "alder", True), (TODAY, None, "alder", True)]
    moved = training_of(ect)
    assert (moved.partnership, moved.cohort, moved.schedule_identifier) == (there, "2024", "ecf-standard-september")


def test_the_department_needs_a_partnership_in_the_new_cohort() -> None:
    world = new_world()
    ect = trained(world)
    with refused(world):
        programmes.change_cohort(world, ect, "ect", NOW, cohort="2024")
    programmes.change_cohort(world, ect, "ect", NOW, cohort="2024", partnership="new")
    assert training_of(ect).cohort == "2024"


def test_an_expression_of_interest_moves_in_place() -> None:
    world = new_world()
    ect = register(world)
    programmes.change_cohort(world, ect, "ect", NOW, cohort="2024")
    assert periods(ect) == [(SEPTEMBER, None, "alder", False)]
    assert stay_of(ect).school.interests == {("alder", "2024"): 1}


def test_leaving_a_frozen_cohort_is_noted_whoever_moves_the_person() -> None:
    """Rules 5.6 and 5.10: the role's frozen year."""
    world = new_world()
    interested, mentor, ect = (
        register(world, started_on=date(2022, 9, 1)),
        trained(world, "mentor", started_on=date(2022, 9, 1), school_urn="100002"),
        trained(world, started_on=date(2022, 9, 1), school_urn="100003"),
    )
    programmes.change_cohort(world, interested, "ect", NOW, cohort="2024")
    programmes.change_cohort(world, mentor, "mentor", NOW, cohort="2025", partnership="new")
    programmes.change_provider(world, ect, "ect", "birch", NOW, cohort="2023")
    assert (interested.ect.frozen_year, mentor.mentor.frozen_year, ect.ect.frozen_year) == ("2022", "2022", "2022")
    partner(world, stay_of(mentor, "mentor").school, cohort="2022", number=1)
    programmes.change_cohort(world, mentor, "mentor", NOW, cohort="2022")
    assert mentor.mentor.frozen_year is None


def test_moving_nobody_is_refused() -> None:
    world = new_world()
    ect = trained(world)
    with refused(world):
        programmes.change_cohort(world, ect, "ect", NOW, cohort="2025")
    school_led = register(world, provider=None)
    with refused(world):
        programmes.change_cohort(world, school_led, "ect", NOW, cohort="2024")


def test_an_expression_of_interest_moves_into_the_partnership_of_the_new_cohort() -> None:
    """Rules 5.10: it goes under a partnership that is there, or that is made in passing."""
    world = new_world()
    school = add_school(world)
    there = partner(world, school, cohort="2024")
    first = register(world)
    programmes.change_cohort(world, first, "ect", NOW, cohort="2024", schedule_identifier="ecf-extended-april")
    moved = training_of(first)
    assert (moved.partnership, moved.cohort, moved.schedule_identifier) == (there, "2024", "ecf-extended-april")
    second, wanted = register(world), partner_of(world, number=1)
    programmes.change_cohort(world, second, "ect", NOW, cohort="2023", partnership="new", delivery_partner=wanted)
    made = training_of(second).partnership
    assert made is not None
    assert (made.school, made.cohort, made.delivery_partner) == (school, "2023", wanted)


def test_a_new_schedule_in_the_same_cohort_leaves_an_expression_of_interest_one() -> None:
    world = new_world()
    ect = register(world)
    programmes.change_cohort(world, ect, "ect", NOW, schedule_identifier="ecf-extended-april")
    moved = training_of(ect)
    assert (moved.partnership, moved.cohort, moved.schedule_identifier) == (None, "2025", "ecf-extended-april")


def test_a_new_schedule_in_the_same_cohort_keeps_the_partnership() -> None:
    world = new_world()
    ect = trained(world)
    before = training_of(ect).partnership
    programmes.change_cohort(world, ect, "ect", NOW, schedule_identifier="ecf-extended-april")
    assert (training_of(ect).partnership, training_of(ect).schedule_identifier) == (before, "ecf-extended-april")
    assert len(world.partnerships) == 1


def test_training_moves_into_a_partnership_that_is_made_in_passing() -> None:
    world = new_world()
    ect, wanted = trained(world), partner_of(world, number=1)
    programmes.change_cohort(world, ect, "ect", NOW, cohort="2024", partnership="new", delivery_partner=wanted)
    made = training_of(ect).partnership
    assert made is not None
    assert (made.cohort, made.delivery_partner, made.school) == ("2024", wanted, stay_of(ect).school)


def test_nobody_moves_without_training_or_to_a_schedule_that_the_cohort_lacks() -> None:
    world = new_world()
    withdrawn = trained(world)
    training.withdraw(world, training_of(withdrawn), "other", NOW)
    with refused(world):
        programmes.change_cohort(world, withdrawn, "ect", NOW + timedelta(days=1), cohort="2024", partnership="new")
    trainee = trained(world)
    with refused(world):
        programmes.change_cohort(world, trainee, "ect", NOW, schedule_identifier="ecf-none")


def test_school_led_training_ends_with_the_stay() -> None:
    """Rules 1: training lies inside its stay."""
    world = new_world()
    ect = trained(world)
    departures.depart(world, ect, "ect", NOW, on=SOON)
    programmes.change_to_school_led(world, ect, NOW)
    assert periods(ect)[-1] == (TODAY, SOON, None, False)
