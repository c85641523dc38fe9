"""The stories of the seed `guide`, one at a time: the days and states that a provider finds (rules 7)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mock_server.v3.domain import seed_guide
from mock_server.v3.domain.records import Induction
from mock_server.v3.domain.seed_scene import NotYet, Scene
from mock_server.v3.domain.vocabulary import (
    DECLARATION_TYPES,
    DEFER_REASONS,
    INELIGIBLE_REASONS,
    WITHDRAW_REASONS,
)
from tests.v3.domain.stories import Story, declared, people, scene, told
from tests.v3.domain.worlds import NOW, SEPTEMBER, TODAY, fresh_world


def day(days: int) -> date:
    """So many days before the clock's."""
    return TODAY - timedelta(days=days)


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


# -- the clock -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("clock", "latest"), [("2025-10-30", "2024"), ("2025-10-31", "2025")])
def test_a_cohort_has_settled_after_sixty_days(clock: str, latest: str) -> None:
    it = scene(datetime.fromisoformat(f"{clock}T09:00:00+00:00"))
    assert it.latest == it.settled[-1] == latest
    assert it.start_of(latest) == date(int(latest), 9, 1)
    with pytest.raises(NotYet):
        it.start_of(str(int(latest) + 1))


def test_a_cohort_that_there_is_not_has_no_start() -> None:
    with pytest.raises(NotYet):
        scene(datetime(2040, 1, 1, tzinfo=UTC)).start_of("2035")


def test_things_happen_at_nine_in_the_morning_but_never_after_the_clock() -> None:
    early = NOW.replace(hour=6, microsecond=7)
    assert scene().morning(SEPTEMBER) == datetime(2025, 9, 1, 9, tzinfo=UTC)
    assert scene(early).morning(TODAY) == early
    assert scene(early).ago(1) == datetime(2026, 2, 9, 6, tzinfo=UTC)


def test_a_partnership_is_made_in_june_with_the_first_delivery_partner() -> None:
    it = scene()
    first, second = [each for each in it.world.delivery_partners.values() if "birch" in each.works_with]
    school = it.school()
    assert school.created_at == datetime(2021, 6, 7, 9, tzinfo=UTC)
    renamed = it.school(induction_tutor_name="Iris Bell")
    assert {each.updated_at for each in renamed.cohorts.values()} == {school.created_at}
    made = it.partner(school, "2025", "birch")
    assert (made.created_at, made.delivery_partner) == (datetime(2025, 6, 15, 9, tzinfo=UTC), first)
    assert it.partner(school, "2024", "birch", number=1).delivery_partner is second


def test_somebody_is_registered_on_the_day_of_the_start() -> None:
    it = scene()
    ect = it.register(it.school(), on=SEPTEMBER)
    assert (ect.created_at, ect.stays[0].started_on) == (datetime(2025, 9, 1, 9, tzinfo=UTC), SEPTEMBER)


def test_nothing_is_declared_today() -> None:
    """The clock may show a moment before the declaration's."""
    it = scene()
    training = it.ect().trainings_as("ect")[0]
    with pytest.raises(NotYet):
        it.declare(training, "started", TODAY, "other")
    assert it.declare(training, "started", day(1), "other").created_at == ago(1)


# -- where declarations are ------------------------------------------------------------------------------

# Rules 6.2: the statuses of the statement that holds a declaration, the wanted one first.
HOLDS = {
    "eligible": ("open",),
    "payable": ("payable", "open"),
    "paid": ("paid",),
    "awaiting-clawback": ("paid",),
    "clawed-back": ("paid",),
}


@pytest.mark.parametrize(
    "clock", [NOW, datetime(2026, 3, 28, 10, tzinfo=UTC), datetime(2026, 10, 28, tzinfo=UTC)], ids=str
)
def test_each_declaration_is_where_the_payment_runs_would_have_brought_it(clock: datetime) -> None:
    """Rules 6.2: in the first output statement of its status, changed by that statement's run."""
    world = fresh_world(clock)
    it = Scene(world, "alder", "birch", clock)
    for story in (seed_guide.every_state, seed_guide.retained_before_started, seed_guide.school_with_uplifts):
        story(it)
    assert {each.state for each in declared(world)} == {"submitted", "voided", *HOLDS}
    for declaration in declared(world):
        held, moved = declaration.statement, declaration.created_at
        due = [
            each
            for each in world.statements_by_contract["alder", declaration.training.cohort or ""]
            if each.fee_type == "output" and each.deadline_date >= declaration.created_at.date()
        ]
        if declaration.state not in HOLDS:
            assert (held, declaration.clawback_statement, declaration.updated_at) == (None, None, moved)
            continue
        fitting = [each for status in HOLDS[declaration.state] for each in due if each.status == status]
        assert held is fitting[0]
        if held.status == "paid":
            moved = datetime.combine(held.payment_date, datetime.min.time(), UTC)
        elif held.status == "payable":
            moved = datetime.combine(held.deadline_date + timedelta(days=1), datetime.min.time(), UTC)
        back = declaration.clawback_statement
        if declaration.state == "awaiting-clawback":
            assert back is next(each for each in due if each.status == "open")
        elif declaration.state == "clawed-back":
            assert back is fitting[1]
            moved = datetime.combine(back.payment_date, datetime.min.time(), UTC)
        else:
            assert back is None
        assert declaration.updated_at == max(moved, declaration.created_at)


def test_a_declaration_on_the_deadline_is_in_that_statement() -> None:
    it = scene()
    training = it.ect().trainings_as("ect")[0]
    held = it.declare(training, "started", date(2025, 10, 31), "other").statement
    assert held is not None
    assert (held.deadline_date, held.status) == (date(2025, 10, 31), "paid")


def test_evidence_is_what_the_cohort_asks_for() -> None:
    """Rules 5.8, row 13: only cohorts from 2025 on keep evidence of `started`."""
    before = told(seed_guide.moved_schools, datetime(2025, 3, 1, tzinfo=UTC))
    assert {each.evidence_held for each in declared(before)} == {None}
    assert {each.evidence_held for each in declared(told(seed_guide.moved_schools))} == {"other"}


def test_every_state_was_declared_on_the_same_day() -> None:
    world = told(seed_guide.every_state)
    assert [each.state for each in declared(world)] == [
        "submitted", "eligible", "payable", "paid", "voided", "awaiting-clawback", "clawed-back",
    ]  # fmt: skip
    assert {each.declaration_date for each in declared(world)} == {datetime(2024, 9, 29, 9, tzinfo=UTC)}
    assert {each.declaration_type for each in declared(world)} == {"started"}


@pytest.mark.parametrize(
    ("clock", "cohort", "evidence", "not_yet"),
    [
        (datetime(2021, 12, 1, tzinfo=UTC), "2021", None, {"paid", "awaiting-clawback", "clawed-back"}),
        (datetime(2022, 12, 1, tzinfo=UTC), "2021", None, set()),
        (NOW, "2024", None, set()),
        (datetime(2026, 12, 1, tzinfo=UTC), "2025", "other", set()),
    ],
    ids=["one cohort", "two", "five", "six"],
)
def test_every_state_was_declared_a_cohort_back_where_there_is_one(
    clock: datetime, cohort: str, evidence: str | None, not_yet: set[str]
) -> None:
    """Control API "Sandbox": at early clocks, what can have happened by then."""
    found = declared(told(seed_guide.every_state, clock))
    assert {each.state for each in found if each.statement or each.state in ("submitted", "voided")} == {
        "submitted", "eligible", "payable", "paid", "voided", "awaiting-clawback", "clawed-back",
    } - not_yet  # fmt: skip
    assert {(each.cohort, each.evidence_held) for each in found} == {(cohort, evidence)}


def test_a_story_that_needs_a_paid_statement_waits_for_one() -> None:
    """Schedules 5: the first is paid on 25 November."""
    for story, clock in (
        (seed_guide.school_with_uplifts, datetime(2024, 11, 20, tzinfo=UTC)),
        (seed_guide.retained_before_started, datetime(2025, 11, 20, tzinfo=UTC)),
    ):
        with pytest.raises(NotYet):
            told(story, clock)


def test_every_type_was_declared_a_quarter_apart() -> None:
    with pytest.raises(NotYet):
        told(seed_guide.every_type, datetime(2022, 3, 1, tzinfo=UTC))
    found = declared(told(seed_guide.every_type))
    assert [each.declaration_type for each in found] == list(DECLARATION_TYPES)
    first = datetime(2021, 10, 1, 9, tzinfo=UTC)
    assert [each.declaration_date for each in found] == [first + timedelta(days=90 * n) for n in range(len(found))]
    assert {each.training for each in found} == {found[0].training}
    assert (found[0].cohort, found[0].training.schedule_identifier) == ("2021", "ecf-extended-september")
    assert {each.evidence_held for each in found} == {None, *seed_guide.OLD_EVIDENCE}


def test_detailed_evidence_was_given_on_following_days() -> None:
    found = declared(told(seed_guide.detailed_evidence))
    first = datetime(2025, 9, 22, 9, tzinfo=UTC)
    assert [each.declaration_date for each in found] == [first + timedelta(days=n) for n in range(7)]
    assert [each.declaration_type for each in found] == ["started"] * 4 + ["retained-2"] * 2 + ["completed"]
    assert len({each.training for each in found}) == len({each.evidence_held for each in found}) == 7


def test_retained_came_without_started_and_after_it() -> None:
    alone, started, retained = declared(told(seed_guide.retained_before_started))
    start = datetime(2025, 9, 1, 9, tzinfo=UTC)
    shown = [
        (each.declaration_type, (each.created_at - start).days, each.state, each.evidence_held)
        for each in (alone, started, retained)
    ]
    assert shown == [
        ("retained-1", 45, "paid", "other"),
        ("started", 25, "paid", "other"),
        ("retained-2", 50, "submitted", "75-percent-engagement-met"),
    ]
    assert alone.training is not started.training is retained.training
    later = declared(told(seed_guide.retained_before_started, datetime(2026, 12, 1, tzinfo=UTC)))
    assert {each.cohort for each in later} == {"2025"}


# -- people ----------------------------------------------------------------------------------------------


def test_who_left_and_who_leaves() -> None:
    (left,), (leaving,) = people(told(seed_guide.left)), people(told(seed_guide.leaving))
    assert (left.stays[0].finished_on, left.updated_at) == (day(9), ago(10))
    assert (leaving.stays[0].finished_on, leaving.updated_at) == (day(-21), ago(3))


def test_who_joins() -> None:
    (joining,) = people(told(seed_guide.joining))
    assert (joining.stays[0].started_on, joining.created_at) == (day(-45), ago(2))


def test_who_withdrew_and_who_was_deferred() -> None:
    def trainings(story: Story) -> list[tuple[str | None, datetime | None, str | None, datetime | None]]:
        found = [stay.trainings for teacher in told(story).teachers.values() for stay in teacher.stays]
        return [
            (each.withdrawal_reason, each.withdrawn_at, each.deferral_reason, each.deferred_at) for (each,) in found
        ]

    withdrawn, deferred = (
        trainings(seed_guide.withdrawn_for_every_reason),
        trainings(seed_guide.deferred_for_every_reason),
    )
    assert withdrawn == [(reason, ago(15), None, None) for reason in WITHDRAW_REASONS]
    assert deferred == [(None, None, reason, ago(12)) for reason in DEFER_REASONS]
    (mentor,) = people(told(seed_guide.withdrawn_for_every_reason), "mentor")
    assert mentor.trainings_as("mentor")[0].withdrawal_reason == "mentor-no-longer-being-mentor"


def test_who_came_back() -> None:
    (resumed,) = people(told(seed_guide.resumed))
    deferred, again = resumed.trainings_as("ect")
    assert (deferred.deferred_at, deferred.deferral_reason) == (ago(25), "career-break")
    assert (again.started_on, again.finished_on) == (day(7), None)


def test_who_went_to_another_provider() -> None:
    (gone,) = people(told(seed_guide.not_resumable))
    withdrawn, elsewhere = gone.trainings_as("ect")
    assert (withdrawn.withdrawn_at, withdrawn.withdrawal_reason) == (ago(20), "changed-lead-provider")
    assert (elsewhere.provider, elsewhere.started_on, elsewhere.partnership is None) == ("birch", day(19), False)
    moved = people(told(seed_guide.school_moved_to_another_provider))
    assert [each.trainings_as("ect")[-1].cohort for each in moved] == ["2024", "2025"]
    assert {(each.trainings_as("ect")[-1].provider, each.trainings_as("ect")[-1].started_on) for each in moved} == {
        ("birch", day(20))
    }
    assert len({each.stays[-1].school for each in moved}) == 1
    assert all(each.trainings_as("ect")[-1].partnership for each in moved)


def test_who_moved_to_another_school() -> None:
    world = told(seed_guide.moved_schools)
    latest = [teacher.trainings_as("ect")[-1] for teacher in people(world)]
    assert [(each.started_on, each.provider) for each in latest] == [
        (day(30), "alder"),
        (day(28), "birch"),
        (day(-14), "birch"),
    ]
    assert {each.declaration_date for each in declared(world)} == {datetime(2025, 9, 23, 9, tzinfo=UTC)}
    assert [each.created_at for each in latest] == [ago(30), ago(28), ago(1)]
    assert all(each.partnership for each in latest)
    assert {each.declaration_type for each in declared(world)} == {"started"}


def test_who_passed() -> None:
    (passed,) = people(told(seed_guide.completed_induction))
    (induction,) = passed.inductions
    ends = date(2023, 9, 1)
    assert (induction.started_on, induction.finished_on, induction.outcome) == (date(2021, 9, 1), ends, "pass")
    assert passed.stays[0].finished_on == ends
    (both,) = people(told(seed_guide.ect_who_became_mentor), "mentor")
    assert [(each.role, each.started_on) for each in both.stays] == [
        ("ect", date(2021, 9, 1)),
        ("mentor", date(2023, 9, 2)),
    ]
    assert both.inductions == (Induction(date(2021, 9, 1), ends, "pass"),)
    assert both.trainings_as("mentor")[0].partnership is not None
    assert len(people(told(seed_guide.completed_induction, datetime(2023, 9, 1, 12, tzinfo=UTC)))) == 1


def test_who_mentors_whom() -> None:
    first, second = people(told(seed_guide.mentored_by_an_earlier_cohort), "mentor")
    assert [each.trainings_as("mentor")[0].cohort for each in (first, second)] == ["2023", "2024"]
    (ect,) = people(told(seed_guide.replacement_mentor))
    before, since = ect.stays[0].mentorships
    assert (before.finished_on, since.started_on) == (day(6), day(5))
    (training,) = since.mentor_stay.trainings
    assert training.schedule_identifier == "ecf-replacement-january"
    (declaration,) = declared(told(seed_guide.replacement_mentor))
    assert (declaration.declaration_type, declaration.declaration_date) == (
        "started",
        datetime(2025, 9, 21, 9, tzinfo=UTC),
    )
    assert declaration.evidence_held == "other"
    (busy,) = people(told(seed_guide.mentor_at_two_schools), "mentor")
    assert [len(stay.mentorships) for stay in busy.stays] == [2, 1]


def test_whose_funding_ended() -> None:
    world = told(seed_guide.mentors_no_longer_funded)
    found = [(each.mentor.ineligible_reason, each.mentor.ineligible_from) for each in people(world, "mentor")]
    assert found == [(INELIGIBLE_REASONS[0], day(8)), *((reason, day(40)) for reason in INELIGIBLE_REASONS[1:])]
    assert [(each.declaration_type, each.evidence_held) for each in declared(world)] == [
        ("started", "other"),
        ("completed", "75-percent-engagement-met"),
    ]
    assert [each.created_at for each in declared(world)] == [
        datetime(2025, 9, 21, 9, tzinfo=UTC),
        datetime(2026, 2, 2, 9, tzinfo=UTC),
    ]
    assert [each.updated_at for each in people(world, "mentor")[1:]] == [ago(40)] * 2
    assert [each.inductions for each in people(world, "mentor")] == [()] * 3
    before = told(seed_guide.mentors_no_longer_funded, datetime(2025, 3, 1, tzinfo=UTC))
    assert [each.evidence_held for each in declared(before)] == [None, "other"]


def test_who_waits_for_funding_and_who_is_exempt() -> None:
    world = told(seed_guide.without_induction)
    waiting, exempt = people(world)
    assert (waiting.ect.eligible_from, exempt.ect.ineligible_from) == (None, day(30))
    assert [each.state for each in declared(world)] == ["submitted"]
    assert declared(world)[0].declaration_date == datetime(2025, 10, 11, 9, tzinfo=UTC)


def test_who_came_from_a_frozen_cohort() -> None:
    world = told(seed_guide.moved_from_a_frozen_cohort)
    (moved,) = people(world)
    assert (moved.ect.frozen_year, moved.trainings_as("ect")[-1].cohort) == ("2022", "2024")
    assert declared(world)[0].declaration_date == datetime(2022, 10, 3, 9, tzinfo=UTC)


def test_who_was_two_records() -> None:
    world = told(seed_guide.merged)
    (survivor,) = world.teachers.values()
    assert [(each.to_id, each.changed_at) for each in survivor.id_changes] == [(survivor.id, ago(6))]
    assert people(told(seed_guide.undone_registration)) == []


def test_who_changed_the_schedule() -> None:
    (moved,) = people(told(seed_guide.changed_schedule))
    latest = moved.trainings_as("ect")[-1]
    assert (latest.schedule_identifier, latest.cohort, latest.started_on) == ("ecf-extended-september", "2025", day(9))


def test_who_can_move_to_another_cohort() -> None:
    world = told(seed_guide.partnership_in_another_cohort)
    (ect,) = people(world)
    assert sorted(each.cohort for each in ect.stays[0].school.partnerships) == ["2024", "2025"]
    (paid,) = declared(world)
    assert (paid.state, paid.declaration_date) == ("paid", datetime(2024, 9, 26, 9, tzinfo=UTC))
    assert (paid.declaration_type, paid.evidence_held) == ("started", None)
    (later,) = declared(told(seed_guide.partnership_in_another_cohort, datetime(2026, 12, 1, tzinfo=UTC)))
    assert (later.cohort, later.evidence_held) == ("2025", "other")


def test_how_the_schools_are() -> None:
    rolled_over = [each.cohort for each in told(seed_guide.school_rolled_over).partnerships.values()]
    assert rolled_over == ["2024", "2025"]
    (first, second) = told(seed_guide.school_with_two_delivery_partners).partnerships.values()
    assert first.delivery_partner is not second.delivery_partner
    providers = [each.provider for each in told(seed_guide.school_with_two_providers).partnerships.values()]
    assert providers == ["alder", "birch"]
    world = told(seed_guide.school_with_uplifts)
    (paid,) = declared(world)
    assert (paid.pupil_premium_uplift, paid.sparsity_uplift, paid.state) == (True, True, "paid")
    assert (paid.declaration_date, paid.evidence_held) == (datetime(2024, 10, 1, 9, tzinfo=UTC), None)
    assert [school.eligible for school in told(seed_guide.school_without_participants).schools.values()] == [
        True,
        True,
        False,
    ]
