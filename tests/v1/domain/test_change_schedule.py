"""Change of schedule: its nine rules in order, the cohort above all, and what changes."""

from datetime import timedelta
from typing import Any

import pytest

from tests.v1.domain.builders import (
    MISSING,
    NOW,
    UNKNOWN_ID,
    act,
    add,
    at,
    declaration_in,
    declare,
    new_world,
    refused,
)
from tests.v1.domain.published import FOR_BOTH_COURSES, IDENTIFIERS, WINDOWS, Window

STANDARD = "ecf-standard-september"
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("identifier", sorted(set(FOR_BOTH_COURSES) - {STANDARD}))
def test_an_ect_can_have_any_schedule_but_the_replacement_ones(identifier: str) -> None:
    world = new_world()
    participant = add(world)
    enrolment = act(world, "change-schedule", participant, schedule_identifier=identifier)
    assert enrolment is participant.current
    assert participant.schedule_identifier == identifier
    assert participant.updated_at == NOW
    assert (enrolment.training_status, enrolment.status, participant.cohort) == ("active", "active", "2021")


@pytest.mark.parametrize("identifier", sorted(set(IDENTIFIERS) - {STANDARD}))
def test_a_mentor_can_have_any_schedule(identifier: str) -> None:
    world = new_world()
    participant = add(world, "mentor")
    act(world, "change-schedule", participant, schedule_identifier=identifier)
    assert participant.schedule_identifier == identifier


@pytest.mark.parametrize("identifier", sorted(set(IDENTIFIERS) - set(FOR_BOTH_COURSES)))
def test_a_replacement_schedule_is_refused_for_an_ect(identifier: str) -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", add(world), schedule_identifier=identifier)
    assert refusal.titles == ["schedule_identifier"]
    assert refusal.rules == ["schedule-permitted-for-course"]


def test_a_deferred_participants_schedule_can_be_changed() -> None:
    world = new_world()
    participant = add(world, training_status="deferred")
    assert act(world, "change-schedule", participant).training_status == "deferred"


@pytest.mark.parametrize("identifier", [MISSING, None, "", "  ", False, [], ["ecf-standard-april"], {"a": 1}])
def test_a_missing_identifier_is_refused(identifier: object) -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", add(world), schedule_identifier=identifier)
    assert refusal.titles == ["schedule_identifier"]
    assert refusal.rules == ["schedule-present"]


@pytest.mark.parametrize("kind", ["ect", "mentor"])
@pytest.mark.parametrize("identifier", ["ecf-standard-may", "ECF-STANDARD-APRIL", "ecf-standard-april ", "\x00",
                                        7, True, "ecf--", "-" * 10_000])  # fmt: skip
def test_an_identifier_that_no_schedule_has_is_a_single_invalid_action(kind: str, identifier: object) -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", add(world, kind), schedule_identifier=identifier)
    assert refusal.titles == ["Invalid action"]
    assert refusal.rules == ["schedule-exists"]


def test_the_refusal_names_the_schedule_that_no_cohort_has() -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", add(world), schedule_identifier="ecf-standard-may")
    assert "ecf-standard-may" in refusal.details["Invalid action"]


@pytest.mark.parametrize(
    ("changes", "titles"),
    [
        ({"cohort": "2022"}, ["cohort"]),
        ({"provider": "birch"}, ["participant_id"]),
        ({"course_identifier": "ecf-mentor"}, ["course_identifier", "participant_id"]),
        ({"course_identifier": None}, ["course_identifier", "participant_id"]),
    ],
)
def test_an_unknown_identifier_is_not_mentioned_where_another_rule_is_broken(
    changes: dict[str, Any], titles: list[str]
) -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", add(world), schedule_identifier="ecf-standard-may", **changes)
    assert refusal.titles == titles


def test_the_schedule_that_the_participant_is_on_already_is_refused() -> None:
    world = new_world()
    participant = add(world)
    refusal = refused(world, "change-schedule", participant, schedule_identifier=STANDARD)
    assert refusal.titles == ["schedule_identifier"]
    assert refusal.rules == ["schedule-differs"]
    act(world, "change-schedule", participant, schedule_identifier="ecf-reduced-april")
    assert refused(world, "change-schedule", participant, schedule_identifier="ecf-reduced-april").rules == [
        "schedule-differs"
    ]
    act(world, "change-schedule", participant, schedule_identifier=STANDARD)
    assert participant.schedule_identifier == STANDARD


def test_a_withdrawn_participants_schedule_is_refused_under_participant_id() -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", add(world, training_status="withdrawn"))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["schedule-not-withdrawn"]


def test_the_titles_come_in_the_order_of_the_rules() -> None:
    world = new_world()
    withdrawn = add(world, training_status="withdrawn")
    declaration_in(world, withdrawn, "paid", declaration_date=at("2021-09-01"))
    same = refused(world, "change-schedule", withdrawn, schedule_identifier=STANDARD)
    assert same.titles == ["participant_id", "schedule_identifier"]
    assert same.rules == ["schedule-not-withdrawn", "schedule-keeps-declarations", "schedule-differs"]
    other = refused(
        world, "change-schedule", withdrawn, schedule_identifier="ecf-replacement-april", cohort="2022", now=LATE
    )
    assert other.titles == ["participant_id", "schedule_identifier", "cohort"]
    assert other.rules == [
        "schedule-not-withdrawn",
        "schedule-keeps-declarations",
        "schedule-permitted-for-course",
        "schedule-cohort-unchanged",
    ]
    missing = refused(world, "change-schedule", withdrawn, schedule_identifier=MISSING, cohort="2022")
    assert missing.titles == ["schedule_identifier", "participant_id", "cohort"]


def test_empty_attributes_are_complained_of_in_the_order_of_the_rules() -> None:
    world = new_world()
    participant = add(world)
    nothing = dict.fromkeys(("course_identifier", "schedule_identifier", "cohort"), MISSING)
    for who in (participant, UNKNOWN_ID):
        refusal = refused(world, "change-schedule", who, **nothing)
        assert refusal.titles == ["course_identifier", "participant_id", "schedule_identifier"]


# -- the cohort ----------------------------------------------------------------------------------


@pytest.mark.parametrize("cohort", ["2021", 2021])
@pytest.mark.parametrize("year", [2021, 2023, 2030])
def test_the_participants_own_cohort_is_accepted_whatever_the_year(cohort: object, year: int) -> None:
    world = new_world(at(f"{year}-11-20"))
    assert act(world, "change-schedule", add(world), cohort=cohort)


@pytest.mark.parametrize("cohort", ["2022", 2022, "2020", "21", "two", " 2021 x", 0, True, "٢٠٢١"])
def test_another_cohort_is_refused(cohort: object) -> None:
    world = new_world()
    refusal = refused(world, "change-schedule", add(world), cohort=cohort)
    assert refusal.titles == ["cohort"]
    assert refusal.rules == ["schedule-cohort-unchanged"]


LEFT_OUT = [MISSING, None, "", "  ", False, [], ["2022"], {"year": "2022"}]


@pytest.mark.parametrize("cohort", LEFT_OUT)
def test_a_cohort_left_out_means_the_current_one(cohort: object) -> None:
    world = new_world()
    assert act(world, "change-schedule", add(world), cohort=cohort)
    later = add(world, cohort="2022")
    assert refused(world, "change-schedule", later, cohort=cohort).titles == ["cohort"]
    assert act(world, "change-schedule", later, cohort=cohort, now=at("2022-09-01"))


def test_the_current_cohort_changes_on_the_first_of_september() -> None:
    world = new_world()
    participant = add(world)
    last, first = at("2022-08-31T23:59:59.999999Z"), at("2022-09-01")
    assert refused(world, "change-schedule", participant, cohort=MISSING, now=first).titles == ["cohort"]
    assert act(world, "change-schedule", participant, cohort=MISSING, now=last)


def test_a_2021_participant_in_2023_needs_the_cohort_to_be_sent() -> None:
    world = new_world(at("2023-03-15"))
    participant = add(world)
    refusal = refused(world, "change-schedule", participant, cohort=MISSING)
    assert refusal.titles == ["cohort"]
    assert "2021" in refusal.details["cohort"]
    assert act(world, "change-schedule", participant, cohort="2021")


def test_the_cohort_is_complained_of_only_for_a_participant_found_with_this_provider() -> None:
    """Rules 5.4."""
    world = new_world()
    participant, removed, foreign = add(world), add(world, status="withdrawn"), add(world, provider="birch")
    both = ["course_identifier", "participant_id"]
    wrong = refused(world, "change-schedule", participant, course_identifier="ecf-mentor", cohort="2022")
    assert wrong.titles == both
    assert refused(world, "change-schedule", removed, cohort="2022").titles == both
    assert refused(world, "change-schedule", UNKNOWN_ID, cohort="2022").titles == both
    assert refused(world, "change-schedule", foreign, cohort="2022").titles == ["participant_id"]


@pytest.mark.parametrize("identifier", [STANDARD, "ecf-extended-april"])
def test_the_same_identifier_in_another_cohort_is_another_schedule(identifier: str) -> None:
    """Rules 5.4: it gives only the `cohort` entry, whether the cohort was sent or is the current one."""
    world = new_world(at("2022-10-01"))
    participant = add(world, schedule=identifier)
    for cohort in ("2022", MISSING):
        refusal = refused(world, "change-schedule", participant, schedule_identifier=identifier, cohort=cohort)
        assert refusal.titles == ["cohort"]
    refusal = refused(world, "change-schedule", participant, schedule_identifier=identifier, cohort="2021")
    assert refusal.rules == ["schedule-differs"]


def test_declarations_are_held_against_the_schedule_in_the_cohort_that_was_sent() -> None:
    """Rules 5.4: the new schedule is looked up in the cohort that was sent."""
    world = new_world(LATE)
    participant = add(world)
    declare(world, participant)
    wanted: dict[str, Any] = {"schedule_identifier": "ecf-reduced-september"}
    refusal = refused(world, "change-schedule", participant, cohort="2022", **wanted)
    assert refusal.titles == ["schedule_identifier", "cohort"]
    assert act(world, "change-schedule", participant, cohort="2021", **wanted)


@pytest.mark.parametrize("course", [None, "ecf-mentor", "history"])
def test_an_identifier_that_the_cohort_does_not_have_is_not_held_against_the_course(course: str | None) -> None:
    """Rules 5.4: no entry under `schedule_identifier`."""
    world = new_world()
    for wanted in ({"schedule_identifier": "ecf-standard-may"}, {"cohort": "2020"}, {"cohort": "2100"}):
        refusal = refused(world, "change-schedule", add(world), course_identifier=course, **wanted)
        assert refusal.titles == ["course_identifier", "participant_id"]


def test_the_participant_has_one_schedule_whoever_set_it() -> None:
    """Rules 5.4: the old provider can't choose the one that the new provider has chosen."""
    world = new_world()
    participant = add(world)
    world.transfer(participant, "birch", "200002", None, NOW)
    act(world, "change-schedule", participant, provider="birch", schedule_identifier="ecf-standard-january")
    wanted: dict[str, Any] = {"schedule_identifier": "ecf-standard-january"}
    for provider in ("alder", "birch"):
        assert refused(world, "change-schedule", participant, provider=provider, **wanted).rules == ["schedule-differs"]
    assert act(world, "change-schedule", participant, schedule_identifier=STANDARD)


# -- declarations that must stay valid -----------------------------------------------------------

LATE = at("2026-11-20T09:00:00Z")
RESCHEDULED = [window for window in WINDOWS if window.schedule != STANDARD and window.cohort in (2021, 2022)]


@pytest.mark.parametrize("window", RESCHEDULED, ids=lambda w: f"{w.cohort}-{w.schedule}-{w.declaration_type}")
def test_a_declaration_must_lie_after_the_new_milestones_first_moment_and_before_its_end(window: Window) -> None:
    opens, closes = at(str(window.start)), at(str(window.milestone_date)) + timedelta(days=1)
    microsecond = timedelta(microseconds=1)
    for moment, fits in (
        (opens - SECOND, False),
        # The very first moment may be declared for, yet keeps nobody on a new schedule.
        (opens, False),
        (opens + microsecond, True),
        (opens + SECOND, True),
        (closes - SECOND, True),
        (closes - microsecond, True),
        (closes, False),
        (closes + SECOND, False),
    ):
        world = new_world(LATE)
        participant = add(world, cohort=str(window.cohort), schedule="ecf-extended-september")
        declaration_in(world, participant, "submitted", window.declaration_type, declaration_date=moment)
        wanted: dict[str, Any] = {"schedule_identifier": window.schedule, "cohort": str(window.cohort)}
        if fits:
            act(world, "change-schedule", participant, **wanted)
            assert participant.schedule_identifier == window.schedule
        else:
            refusal = refused(world, "change-schedule", participant, **wanted)
            assert (refusal.titles, refusal.rules) == (["schedule_identifier"], ["schedule-keeps-declarations"])


def test_a_schedule_without_milestone_dates_has_only_a_first_moment() -> None:
    world = new_world(LATE)
    for moment, fits in ((at("2022-01-01"), False), (at("2022-01-01") + SECOND, True), (LATE, True)):
        participant = add(world)
        declaration_in(world, participant, "paid", "completed", declaration_date=moment)
        wanted: dict[str, Any] = {"schedule_identifier": "ecf-reduced-january"}
        if fits:
            assert act(world, "change-schedule", participant, **wanted)
        else:
            assert refused(world, "change-schedule", participant, **wanted).titles == ["schedule_identifier"]


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("submitted", True),
        ("eligible", True),
        ("payable", True),
        ("paid", True),
        ("ineligible", False),
        ("voided", False),
        ("awaiting-clawback", False),
        ("clawed-back", False),
    ],
)
def test_only_live_declarations_hold_a_participant_on_a_schedule(state: str, counts: bool) -> None:
    world = new_world()
    participant = add(world)
    declaration_in(world, participant, state)
    wanted: dict[str, Any] = {"schedule_identifier": "ecf-standard-january"}
    if counts:
        assert refused(world, "change-schedule", participant, **wanted).rules == ["schedule-keeps-declarations"]
    else:
        assert act(world, "change-schedule", participant, **wanted)


def test_every_declaration_counts_and_a_voided_one_does_no_longer() -> None:
    world = new_world(at("2022-04-01"))
    participant = add(world)
    first = declare(world, participant)
    declare(world, participant, declaration_type="retained-1", declaration_date="2022-01-31T23:59:59Z")
    wanted: dict[str, Any] = {"schedule_identifier": "ecf-extended-january"}
    assert "started" in refused(world, "change-schedule", participant, **wanted).details["schedule_identifier"]
    world.void(first, world.clock)
    assert act(world, "change-schedule", participant, **wanted)


def test_an_earlier_providers_declarations_count_too() -> None:
    world = new_world()
    participant = add(world)
    declare(world, participant)
    world.transfer(participant, "birch", "200002", None, NOW)
    wanted: dict[str, Any] = {"schedule_identifier": "ecf-standard-january"}
    for provider in ("alder", "birch"):
        refusal = refused(world, "change-schedule", participant, provider=provider, **wanted)
        assert refusal.rules == ["schedule-keeps-declarations"]


def test_a_new_schedule_binds_the_next_declaration() -> None:
    world = new_world()
    participant = add(world)
    act(world, "change-schedule", participant, schedule_identifier="ecf-standard-january")
    assert refused(world, "declare", participant).rules == ["declaration-date-in-milestone"]
    assert declare(world, participant, declaration_date="2021-12-01T00:00:00Z", now=at("2021-12-02"))
