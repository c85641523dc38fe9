"""What v3 shows and no record holds (rules 3)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mock_server.v3.domain import declarations, departures, organisations, programmes, registrations, training
from mock_server.v3.domain.derived import (
    days_of_partnership,
    days_of_view,
    eligible_for_funding,
    enrolment_created_at,
    induction_end_date,
    most_recent_induction_period_end_date,
    overall_induction_start_date,
    participant_status,
    participants_currently_training,
    training_status,
    uplifts,
    working_pattern,
)
from mock_server.v3.domain.records import Induction, Register, RoleRecord, School, Stay, Teacher, Training, Uplift
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import (
    LONG_AGO,
    NOW,
    SEPTEMBER,
    SOON,
    TODAY,
    TOMORROW,
    YESTERDAY,
    add_school,
    new_world,
    partner,
    register,
    run_to,
    stay_of,
    trained,
    training_of,
    view_of,
)

EARLIER, LATER = NOW - timedelta(days=3), NOW - timedelta(days=1)


def period(
    started_on: date = SEPTEMBER,
    finished_on: date | None = None,
    *,
    role: str = "ect",
    deferred_at: datetime | None = None,
    withdrawn_at: datetime | None = None,
    done: date | None = None,
    register: Register | None = None,
) -> Training:
    """A training period without a world; `done` is when induction was passed, or the mentor's funding ended."""
    teacher = Teacher(
        "id",
        "Ada Example",
        None,
        RoleRecord("ect"),
        RoleRecord("mentor", ineligible_from=done if role == "mentor" else None),
        NOW,
        NOW,
        NOW,
        1,
        register or Register(),
    )
    if done is not None and role == "ect":
        teacher.inductions = (Induction(SEPTEMBER, done, "pass"),)
    school = School("id", "100001", "School", True, None, None, None, NOW, 1)
    stay = Stay(teacher, school, role, started_on, None, None, None, NOW, 1)
    made = Training(stay, started_on, finished_on, "alder", "2025", None, "ecf-standard-september", NOW, NOW, 1)
    made.deferred_at, made.withdrawn_at = deferred_at, withdrawn_at
    return made


# -- training_status ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deferred_at", "withdrawn_at", "status"),
    [
        (None, None, "active"),
        (EARLIER, None, "deferred"),
        (None, EARLIER, "withdrawn"),
        (EARLIER, LATER, "withdrawn"),
        (LATER, EARLIER, "deferred"),
        (LATER, LATER, "withdrawn"),
    ],
)
def test_the_later_of_deferral_and_withdrawal_decides(
    deferred_at: datetime | None, withdrawn_at: datetime | None, status: str
) -> None:
    """Rules 3.1, `training_status`: equal is withdrawn."""
    assert training_status(period(deferred_at=deferred_at, withdrawn_at=withdrawn_at)) == status


# -- participant_status --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "status"),
    [
        # 1. Deferred or withdrawn.
        (period(finished_on=YESTERDAY, deferred_at=EARLIER), "left"),
        (period(finished_on=TODAY, withdrawn_at=EARLIER), "left"),
        (period(finished_on=TOMORROW, withdrawn_at=EARLIER), "leaving"),
        (period(deferred_at=EARLIER), "left"),
        (period(SOON, None, deferred_at=EARLIER), "left"),
        (period(finished_on=YESTERDAY, deferred_at=EARLIER, done=LONG_AGO), "left"),
        # 2. Finished: not after the end of training, or training has no end.
        (period(done=LONG_AGO), "active"),
        (period(finished_on=YESTERDAY, done=YESTERDAY), "active"),
        (period(finished_on=YESTERDAY, done=TODAY), "left"),
        (period(finished_on=SOON, done=TODAY), "active"),
        (period(finished_on=YESTERDAY, register=Register(completed_on=YESTERDAY)), "active"),
        (period(role="mentor", done=LONG_AGO), "active"),
        (period(finished_on=LONG_AGO, role="mentor", done=LONG_AGO), "active"),
        (period(finished_on=LONG_AGO, role="mentor", done=TODAY), "left"),
        # 3. An end: the last day itself is left.
        (period(finished_on=TOMORROW), "leaving"),
        (period(finished_on=TODAY), "left"),
        (period(finished_on=YESTERDAY), "left"),
        (period(TOMORROW, SOON), "leaving"),
        # 4. and 5.
        (period(TOMORROW), "joining"),
        (period(TODAY), "active"),
        (period(), "active"),
    ],
)
def test_the_first_row_that_fits_gives_the_status(made: Training, status: str) -> None:
    """Rules 3.1, `participant_status`."""
    assert participant_status(made, TODAY) == status


def test_the_status_changes_by_the_calendar_and_nothing_moves() -> None:
    """Rules 3.1: scenario 17."""
    world = new_world()
    ect = trained(world)
    departures.depart(world, ect, "ect", NOW, on=SOON)
    latest = training_of(ect)
    assert [participant_status(latest, SOON + timedelta(days=days)) for days in (-1, 0, 1)] == [
        "leaving",
        "left",
        "left",
    ]
    run_to(world, NOW + timedelta(days=40))
    assert ect.updated_at == NOW


@pytest.mark.parametrize("today", [date(2025, 8, 1), SEPTEMBER, TODAY, SOON, SOON + timedelta(days=9)])
def test_a_kept_record_reads_the_same_until_a_training_starts_or_ends(today: date) -> None:
    """Rules 3.1: each day that a rendering is kept for gives the same statuses."""
    world = new_world()
    teacher = trained(world)
    departures.depart(world, teacher, "ect", NOW, on=SOON)
    partner(world, add_school(world, "100002"))
    started_on = TODAY + timedelta(days=5)
    registrations.register(
        world, Registration("mentor", teacher, school_urn="100002", provider="alder", started_on=started_on), NOW
    )
    view = view_of(teacher)
    first, until = days_of_view(view, today)

    def statuses(day: date) -> list[str]:
        return [participant_status(each, day) for each in (view.ect, view.mentor) if each is not None]

    assert first <= today < until
    days = [today + timedelta(days=number) for number in range(-400, 400)]
    assert {tuple(statuses(day)) for day in days if first <= day < until} == {tuple(statuses(today))}
    assert until in (SEPTEMBER, started_on, SOON, date.max)


# -- eligible_for_funding --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("eligible", "ineligible", "shown"),
    [
        (None, None, None),
        (NOW, None, True),
        (None, TODAY, False),
        (NOW, TODAY, True),
        (NOW, TOMORROW, True),
        (NOW, YESTERDAY, False),
        # 23:30 UTC in summer is the next day in London.
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), date(2026, 7, 1), False),
    ],
)
def test_the_earlier_of_becoming_eligible_and_ineligible_decides(
    eligible: datetime | None, ineligible: date | None, shown: bool | None
) -> None:
    """Rules 3.1, `eligible_for_funding`: ties are eligible."""
    record = RoleRecord("id", eligible_from=eligible, ineligible_from=ineligible)
    assert eligible_for_funding(record) is shown


# -- induction ---------------------------------------------------------------------------------------


def test_induction_days_without_any_period_are_the_registers() -> None:
    """Rules 3.1."""
    teacher = period(register=Register(date(2025, 9, 2), date(2026, 1, 9))).teacher
    assert (
        overall_induction_start_date(teacher),
        most_recent_induction_period_end_date(teacher),
        induction_end_date(teacher),
    ) == (date(2025, 9, 2), None, date(2026, 1, 9))


def test_induction_days_of_several_periods() -> None:
    """Rules 3.1: start of the earliest, end of the latest, end of the one with an outcome."""
    teacher = period(register=Register(date(2020, 1, 1), date(2020, 2, 2))).teacher
    teacher.inductions = (
        Induction(date(2024, 9, 1), date(2025, 2, 1)),
        Induction(date(2025, 9, 1), date(2026, 1, 30), "pass"),
        Induction(date(2026, 2, 1)),
    )
    assert (
        overall_induction_start_date(teacher),
        most_recent_induction_period_end_date(teacher),
        induction_end_date(teacher),
    ) == (date(2024, 9, 1), None, date(2026, 1, 30))


# -- stays -------------------------------------------------------------------------------------------


def test_the_working_pattern_is_that_of_the_latest_school() -> None:
    """Rules 3.1: an old provider sees the new school's."""
    world = new_world()
    ect = trained(world)
    registrations.register(world, Registration("ect", ect, working_pattern="part_time"), NOW)
    assert working_pattern(ect) == "part_time"
    assert stay_of(ect).working_pattern != ect.stays[0].working_pattern


def test_an_enrolment_is_as_old_as_the_first_stay_in_the_role() -> None:
    """Rules 3.1, `created_at`: at any school, with any provider."""
    world = new_world()
    ect = trained(world, provider="birch", now=EARLIER)
    partner(world, add_school(world, "100002"))
    registrations.register(world, Registration("ect", ect, school_urn="100002", provider="alder"), NOW)
    registrations.register(world, Registration("mentor", ect, school_urn="100002"), NOW)
    assert (enrolment_created_at(ect, "ect"), enrolment_created_at(ect, "mentor")) == (EARLIER, NOW)


@pytest.mark.parametrize(("cohort", "shown"), [("2024", (True, False)), ("2025", (False, False))])
def test_uplifts_are_the_schools_in_a_cohort_that_pays_them(cohort: str, shown: tuple[bool, bool]) -> None:
    """Rules 3.1: ECTs and mentors."""
    world = new_world()
    add_school(world, uplifts={"2024": Uplift(True, False), "2025": Uplift(True, True)})
    for role in ("ect", "mentor"):
        partnership = training_of(trained(world, role, cohort=cohort), role).partnership
        assert partnership is not None
        assert uplifts(partnership, world.cohorts[cohort]) == shown


@pytest.mark.parametrize(
    ("cohort", "kind", "carried"),
    [("2024", "started", (True, False)), ("2024", "retained-1", (False, False)), ("2025", "started", (False, False))],
)
def test_only_a_started_declaration_carries_uplifts(cohort: str, kind: str, carried: tuple[bool, bool]) -> None:
    """Rules 5.8, effects: in a cohort that pays them; copied when it is made."""
    world = new_world()
    school = add_school(world, uplifts={"2024": Uplift(True, False), "2025": Uplift(True, False)})
    made = training_of(trained(world, cohort=cohort))
    declaration = declarations.declare(world, made, kind, NOW, "other", NOW)
    organisations.change_school(world, school, NOW, uplifts={"2024": None})
    assert (declaration.pupil_premium_uplift, declaration.sparsity_uplift) == carried
    assert declaration.uplift_paid is False
    for state in ("eligible", "payable", "paid", "awaiting-clawback", "clawed-back"):
        declarations.set_state(world, declaration, state, NOW)
        assert declaration.uplift_paid is (any(carried) and state in ("paid", "awaiting-clawback", "clawed-back"))


# -- partnerships ------------------------------------------------------------------------------------


def test_currently_training_counts_both_roles_and_the_last_day() -> None:
    """Rules 3.4: someone withdrawn today still counts today."""
    world = new_world()
    ect = trained(world)
    trained(world, "mentor")
    trained(world, started_on=SOON)
    partnership = training_of(ect).partnership
    assert partnership is not None
    training.withdraw(world, training_of(ect), "other", NOW)
    days = (YESTERDAY, TODAY, TOMORROW, SOON)
    assert [participants_currently_training(partnership, day) for day in days] == [2, 2, 1, 2]
    first, until = days_of_partnership(partnership, TODAY)
    assert (first, until) == (SEPTEMBER, TOMORROW)


# -- schools -----------------------------------------------------------------------------------------


def choice(world: World, cohort: str = "2025") -> str:
    return next(iter(world.schools.values())).cohorts[cohort].induction_programme_choice


def test_the_programme_choice_is_not_known_without_training() -> None:
    """Rules 3.5."""
    world = new_world()
    partner(world, add_school(world))
    register(world, "mentor", provider=None)
    assert choice(world) == "not_yet_known"


@pytest.mark.parametrize("role", ["ect", "mentor"])
def test_any_provider_led_training_makes_the_choice_provider_led(role: str) -> None:
    """Rules 3.5: partnership or expression of interest; of that cohort only."""
    world = new_world()
    register(world, provider=None)
    assert choice(world) == "school_led"
    register(world, role)
    assert (choice(world), choice(world, "2024")) == ("provider_led", "not_yet_known")


def test_school_led_training_counts_for_the_cohort_in_which_it_starts() -> None:
    """Rules 3.5."""
    world = new_world()
    register(world, provider=None, started_on=date(2025, 5, 31))
    assert (choice(world, "2024"), choice(world, "2025")) == ("school_led", "not_yet_known")
    organisations.change_cohort(world, "2025", NOW, started_on=date(2025, 5, 1))
    assert choice(world, "2025") == "school_led"


def test_a_stay_with_provider_led_training_speaks_for_it_in_every_cohort_it_touches() -> None:
    """Rules 3.5, literally: 2024's ECT who turns school-led in 2025."""
    world = new_world()
    ect = trained(world, cohort="2024")
    programmes.change_to_school_led(world, ect, NOW)
    assert (choice(world, "2024"), choice(world, "2025")) == ("provider_led", "provider_led")


def test_an_expression_of_interest_is_this_providers_and_this_cohorts() -> None:
    """Rules 3.5: a bare partnership is none."""
    world = new_world()
    school = add_school(world)
    partner(world, school, "birch")
    register(world)
    shown = {
        (provider, cohort)
        for provider in world.providers
        for cohort, record in school.cohorts.items()
        if world.has_expression_of_interest(provider, record)
    }
    assert shown == {("alder", "2025")}


def test_an_expression_of_interest_stays_with_the_partnership_and_after_all_have_left() -> None:
    """Rules 9, row 16."""
    world = new_world()
    ect = register(world)
    school = stay_of(ect).school
    partner(world, school)
    departures.depart(world, ect, "ect", NOW)
    assert world.has_expression_of_interest("alder", school.cohorts["2025"])


# -- schools' visibility (rules 4) ---------------------------------------------------------------------


def test_an_ineligible_school_is_visible_where_anybody_has_a_partnership() -> None:
    """Rules 4: scenario 8."""
    world = new_world()
    school = add_school(world, eligible=False)
    partner(world, school, "birch", "2024")
    listed = {cohort: [each.school for each in world.list_schools(cohort).select().all()] for cohort in world.cohorts}
    assert listed == {cohort: [school] if cohort == "2024" else [] for cohort in world.cohorts}
    assert world.visible_school("2025", school.id) is None
    organisations.change_school(world, school, NOW, eligible=True)
    assert world.visible_school("2025", school.id) is school.cohorts["2025"]
    assert len(world.list_schools("1999").select().all()) == 0
