"""What a world of v3 starts with (rules 7, control API "Sandbox")."""

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from mock_server.rules.providers import PROVIDERS
from mock_server.v3.domain import seeds
from mock_server.v3.domain.calendar import london_day
from mock_server.v3.domain.derived import (
    eligible_for_funding,
    entries,
    participant_status,
    participants_currently_training,
    training_status,
    transfer_status,
    transfer_type,
    uplifts,
)
from mock_server.v3.domain.records import Declaration, DeliveryPartner, Partnership, Statement, Teacher
from mock_server.v3.domain.vocabulary import (
    DECLARATION_TYPES,
    DEFER_REASONS,
    EVIDENCE_HELD,
    INELIGIBLE_REASONS,
    PARTICIPANT_STATUSES,
    ROLES,
    SCHEDULE_IDENTIFIERS,
    TRAINING_STATUSES,
    WITHDRAW_REASONS,
    WORKING_PATTERNS,
)
from mock_server.v3.domain.world import World
from tests.v3.domain.invariants import assert_sound
from tests.v3.domain.plain_world import plain
from tests.v3.domain.worlds import NOW, new_world, run_to

DELIVERY_PARTNER_NAMES = 6
LAST = datetime(2027, 5, 31, 12, tzinfo=UTC)

# Between a payment two months ago and the next deadline no output statement is payable: the awkward days.
COMPLETE_CLOCKS = [
    NOW,
    datetime(2026, 3, 28, 10, 30, 15, 500, tzinfo=UTC),
    datetime(2026, 6, 1, tzinfo=UTC),
    datetime(2026, 7, 10, 9, tzinfo=UTC),
    datetime(2026, 10, 28, 9, tzinfo=UTC),
    datetime(2026, 12, 24, 9, tzinfo=UTC),
    LAST,
]
EARLY_CLOCKS = [
    datetime(2020, 1, 1, tzinfo=UTC),
    datetime(2021, 6, 15, tzinfo=UTC),
    datetime(2021, 11, 15, tzinfo=UTC),
    datetime(2022, 10, 20, tzinfo=UTC),
    datetime(2024, 2, 29, 9, tzinfo=UTC),
    datetime(2025, 6, 20, tzinfo=UTC),
    datetime(2025, 11, 5, tzinfo=UTC),
]
LATE_CLOCKS = [datetime(2027, 6, 15, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)]


def guide(clock: datetime = NOW, random_seed: int = 1, participants: int = 0) -> World:
    world = World(PROVIDERS, random_seed, clock)
    seeds.populate(world, clock, participants)
    return world


@cache
def known_guide(clock: datetime) -> World:
    """To look at, not to change."""
    return guide(clock)


def ids(clock: datetime) -> str:
    return clock.isoformat()[:16]


# -- empty -----------------------------------------------------------------------------------------


def test_an_empty_world_has_three_contracts_in_all_cohorts_and_a_provider_without_any() -> None:
    """Control API "Sandbox"."""
    world = new_world()
    years = ("2021", "2022", "2023", "2024", "2025", "2026")
    assert {slug: provider.cohorts for slug, provider in world.providers.items()} == {
        "alder": years,
        "birch": years,
        "cedar": years,
        "dogwood": (),
    }
    assert (world.schools, world.partnerships, world.teachers, world.declarations) == ({}, {}, {}, {})


def test_an_empty_world_has_two_delivery_partners_a_provider_the_same_in_all_its_cohorts() -> None:
    """Control API "Sandbox"."""
    world = new_world()

    def pairs(partner: DeliveryPartner) -> dict[str, tuple[str, ...]]:
        return partner.works_with

    years = tuple(world.cohorts)
    assert [pairs(partner) for partner in world.delivery_partners.values()] == [
        {slug: years} for slug in ("alder", "birch", "cedar") for _ in range(2)
    ]
    assert len({partner.name for partner in world.delivery_partners.values()}) == DELIVERY_PARTNER_NAMES


def test_every_contract_has_thirty_four_statements_twelve_of_them_output() -> None:
    """Schedules 5: from November of the cohort's year to August three years later."""
    world = new_world()
    held = world.statements_by_contract["alder", "2024"]
    assert (len(held), len([each for each in held if each.fee_type == "output"])) == (34, 12)
    assert [(each.month, each.year) for each in world.list_statements("alder")][:2] == [(11, 2021), (1, 2022)]
    assert len(world.list_statements("alder")) == 12 * 6
    assert world.list_statements("dogwood") == []


@pytest.mark.parametrize(
    ("month", "year", "status"),
    [
        # Paid two months after the 25th, payable after the deadline.
        (11, 2025, "paid"),
        (12, 2025, "payable"),
        (1, 2026, "payable"),
        (2, 2026, "payable"),
        (3, 2026, "open"),
        (4, 2026, "open"),
    ],
)
def test_a_seeded_statement_has_the_status_that_its_days_have_brought(month: int, year: int, status: str) -> None:
    """Schedules 5, at 2026-02-10."""
    held = new_world().statements_by_contract["birch", "2025"]
    assert [each.status for each in held if (each.month, each.year) == (month, year)] == [status]


# -- guide -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", [*EARLY_CLOCKS, *COMPLETE_CLOCKS, *LATE_CLOCKS], ids=ids)
def test_nothing_in_the_guide_is_dated_after_the_clock(clock: datetime) -> None:
    """Control API "Sandbox"."""
    world = known_guide(clock)
    latest = clock.replace(microsecond=0)
    records: list[Partnership | DeliveryPartner | Statement | Declaration | Teacher] = [
        *world.partnerships.values(),
        *world.delivery_partners.values(),
        *world.statements.values(),
        *world.declarations.values(),
        *world.teachers.values(),
    ]
    for record in records:
        assert record.created_at <= record.updated_at <= latest
    for declaration in world.declarations.values():
        assert declaration.declaration_date <= latest
        for change in declaration.teacher.id_changes:
            assert change.changed_at <= latest
    for school in world.schools.values():
        assert school.created_at <= latest
        assert all(record.updated_at <= latest for record in school.cohorts.values())
    for teacher in world.teachers.values():
        assert teacher.unfunded_updated_at <= latest
        for role in ROLES:
            for training in teacher.trainings_as(role):
                assert training.created_at <= training.transfer_updated_at <= latest
                assert all(each is None or each <= latest for each in (training.deferred_at, training.withdrawn_at))


@pytest.mark.parametrize("clock", [*EARLY_CLOCKS, *COMPLETE_CLOCKS, *LATE_CLOCKS], ids=ids)
def test_the_guide_is_a_world_that_could_be(clock: datetime) -> None:
    assert_sound(known_guide(clock))


@pytest.mark.parametrize("provider", ["alder", "birch", "cedar"])
@pytest.mark.parametrize("clock", COMPLETE_CLOCKS, ids=ids)
def test_every_value_of_every_enum_occurs_for_each_provider(clock: datetime, provider: str) -> None:
    """Control API "Sandbox": from 2026-02-10 to 2027-05-31."""
    world = known_guide(clock)
    seen = values_of(world, provider, clock)
    wanted: dict[str, set[Any]] = {
        "participant_type": set(ROLES),
        "training_status": set(TRAINING_STATUSES),
        "participant_status": set(PARTICIPANT_STATUSES),
        "eligible_for_funding": {None, True, False},
        "schedule_identifier": set(SCHEDULE_IDENTIFIERS),
        "withdrawal": set(WITHDRAW_REASONS),
        "deferral": set(DEFER_REASONS),
        "mentor_ineligible_for_funding_reason": {None, *INELIGIBLE_REASONS},
        "working_pattern": set(WORKING_PATTERNS),
        "cohort_changed_after_payments_frozen": {True, False},
        "mentor": {True, False},
        "id_changes": {True, False},
        "uplifts": {(False, False), (True, True)},
        "transfer_type": {"new_school", "new_provider", "unknown"},
        "transfer_status": {"incomplete", "complete"},
        "declaration_type": set(DECLARATION_TYPES),
        "state": {"submitted", "eligible", "payable", "paid", "voided", "awaiting-clawback", "clawed-back"},
        "evidence_held": {None, *EVIDENCE_HELD},
        "uplift_paid": {True, False},
        "paid": {True, False},
        "unfunded": {True},
        "choice": {"provider_led", "school_led", "not_yet_known"},
        "in_partnership": {True, False},
        "expression_of_interest": {True, False},
        "training_now": {True, False},
        "others": {True, False},
    }
    assert {name: values - seen[name] for name, values in wanted.items() if values - seen[name]} == {}


def values_of(world: World, provider: str, clock: datetime) -> dict[str, set[Any]]:
    """What the provider's lists show, by the name of the attribute."""
    today = london_day(clock)
    seen: dict[str, set[Any]] = {}

    def note(name: str, value: Any) -> None:
        seen.setdefault(name, set()).add(value)

    for view in world.list_participants(provider).select().all():
        note("id_changes", bool(view.teacher.id_changes))
        for role, latest in entries(view):
            record = view.teacher.role(role)
            note("participant_type", role)
            note("training_status", training_status(latest))
            note("participant_status", participant_status(latest, today))
            note("eligible_for_funding", eligible_for_funding(record))
            note("schedule_identifier", latest.schedule_identifier)
            note("withdrawal", latest.withdrawal_reason)
            note("deferral", latest.deferral_reason)
            note("cohort_changed_after_payments_frozen", record.frozen_year is not None)
            assert latest.partnership is not None
            note("uplifts", uplifts(latest.partnership, world.cohorts[latest.partnership.cohort]))
            if role == "mentor":
                note("mentor_ineligible_for_funding_reason", record.ineligible_reason)
            else:
                note("working_pattern", latest.stay.working_pattern)
                note("mentor", view.mentorship is not None)
    for view in world.list_transfers(provider).select().all():
        for transfer in view.transfers:
            note("transfer_type", transfer_type(transfer))
            note("transfer_status", transfer_status(transfer, today))
    for declaration in world.list_declarations(provider).select().all():
        note("declaration_type", declaration.declaration_type)
        note("state", declaration.state)
        note("evidence_held", declaration.evidence_held)
        note("uplift_paid", declaration.uplift_paid)
        note("others", declaration.provider != provider)
    for statement in world.list_statements(provider):
        note("paid", statement.status == "paid")
    for partnership in world.list_partnerships(provider).select().all():
        note("training_now", participants_currently_training(partnership, today) > 0)
    note("unfunded", len(world.list_unfunded_mentors(provider)) > 0)
    for cohort in world.cohorts:
        for listed in world.list_schools(cohort).select().all():
            note("choice", listed.induction_programme_choice)
            note("in_partnership", listed.in_partnership)
            note("expression_of_interest", world.has_expression_of_interest(provider, listed))
    return seen


@pytest.mark.parametrize("clock", [NOW, *LATE_CLOCKS], ids=ids)
def test_the_same_seed_and_clock_give_the_same_world(clock: datetime) -> None:
    assert plain(guide(clock)) == plain(guide(clock))


def test_another_random_seed_gives_other_ids_and_names() -> None:
    one, other = guide(random_seed=1), guide(random_seed=2)
    assert one.teachers.keys().isdisjoint(other.teachers)
    assert len(one.teachers) == len(other.teachers)


def test_an_early_clock_has_every_story_that_can_have_happened() -> None:
    """Control API "Sandbox": a story that needs more time keeps none of the later ones away."""
    world = known_guide(EARLY_CLOCKS[2])
    for provider in ("alder", "birch", "cedar"):
        seen = values_of(world, provider, EARLY_CLOCKS[2])
        assert seen["withdrawal"] == {None, *WITHDRAW_REASONS}
        assert seen["declaration_type"] >= {"started"}


def test_each_provider_loses_people_to_another() -> None:
    """Rules 7: participants moved to another provider."""
    moves = {
        (one.provider, other.provider)
        for teacher in known_guide(NOW).teachers.values()
        for one, other in pairwise(teacher.trainings_as("ect"))
        if one.provider != other.provider
    }
    assert moves == {("alder", "birch"), ("birch", "cedar"), ("cedar", "alder")}


def test_a_clock_before_the_first_cohort_has_nobody() -> None:
    world = guide(EARLY_CLOCKS[0])
    assert (len(world.teachers), len(world.declarations)) == (0, 0)


@pytest.mark.parametrize("clock", COMPLETE_CLOCKS, ids=ids)
def test_the_guide_goes_on_for_years(clock: datetime) -> None:
    world = guide(clock)
    run_to(world, datetime(2031, 1, 1, tzinfo=UTC))
    assert_sound(world)


def test_the_first_provider_can_have_thousands_of_participants() -> None:
    """Control API "Sandbox": `--participants N`."""
    world = guide(participants=3_000)
    assert len(world.list_participants("alder")) == 3_000
    assert len(world.list_participants("birch")) == len(known_guide(NOW).list_participants("birch"))
    latest = [view.ect or view.mentor for view in world.list_participants("alder").select().all()]
    crowded = {cohort for cohort, many in Counter(each and each.cohort for each in latest).items() if many > 500}
    assert crowded == {"2023", "2024", "2025"}
    assert_sound(world)


def test_fewer_participants_than_the_guide_has_change_nothing() -> None:
    assert plain(guide(participants=5)) == plain(guide())
