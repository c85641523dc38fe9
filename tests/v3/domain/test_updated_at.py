"""What moves which `updated_at`, row by row of rules 3.9; and what doesn't."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mock_server.v3.domain import (
    declarations,
    departures,
    mentoring,
    organisations,
    partnerships,
    people,
    programmes,
    registrations,
    statements,
    training,
)
from mock_server.v3.domain.lists import Sort
from mock_server.v3.domain.records import Register, Teacher, Uplift
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import (
    NOW,
    TODAY,
    TOMORROW,
    add_school,
    moved_by,
    new_world,
    partner,
    partner_of,
    register,
    run_to,
    stay_of,
    trained,
    training_of,
    view_of,
)

LATER = NOW + timedelta(hours=3)


def with_ect() -> tuple[World, Teacher]:
    world = new_world()
    return world, trained(world)


# -- participants ----------------------------------------------------------------------------------

ParticipantAct = Callable[[World, Teacher], object]


def elsewhere(world: World, ect: Teacher) -> object:
    school = add_school(world, "100009")
    return registrations.register(world, Registration("ect", ect, school_urn=school.urn), LATER)


MOVES_PARTICIPANT: dict[str, ParticipantAct] = {
    "name": lambda world, ect: people.change_details(world, ect, LATER, full_name="New Name"),
    "number": lambda world, ect: people.change_details(world, ect, LATER, teacher_reference_number="1111111"),
    "email": lambda world, ect: people.change_details(world, ect, LATER, email=("ect", "new@example.org")),
    "became eligible": lambda world, ect: people.change_funding(world, ect, "ect", LATER, eligible=True),
    "became ineligible": lambda world, ect: people.change_induction(world, ect, LATER, register=Register(exempt=True)),
    "became ineligible as mentor": lambda world, ect: people.change_funding(
        world, ect, "mentor", LATER, mentor_funding_end_date=TODAY
    ),
    "reason": lambda world, ect: people.change_funding(
        world, ect, "mentor", LATER, mentor_ineligible_for_funding_reason="started_not_completed"
    ),
    "frozen year": lambda world, ect: people.change_funding(world, ect, "ect", LATER, frozen_year="2022"),
    "register's start": lambda world, ect: people.change_induction(
        world, ect, LATER, register=Register(started_on=TODAY)
    ),
    "register's completion": lambda world, ect: people.change_induction(
        world, ect, LATER, register=Register(completed_on=TODAY)
    ),
    "induction period": lambda world, ect: people.change_induction(world, ect, LATER, started_on=TODAY),
    "withdrawal": lambda world, ect: training.withdraw(world, training_of(ect), "other", LATER),
    "deferral": lambda world, ect: training.defer(world, training_of(ect), "other", LATER),
    "schedule": lambda world, ect: training.change_schedule(
        world, training_of(ect), "ecf-extended-september", "2025", LATER
    ),
    "end of training": lambda world, ect: departures.depart(world, ect, "ect", LATER),
    "training of another provider": lambda world, ect: programmes.change_provider(world, ect, "ect", "birch", LATER),
    "school-led training": lambda world, ect: programmes.change_to_school_led(world, ect, LATER),
    "training elsewhere": elsewhere,
    "delivery partner": lambda world, ect: partnerships.change_delivery_partner(
        world, next(iter(world.partnerships.values())), partner_of(world, number=1), LATER
    ),
    "school's URN": lambda world, ect: organisations.change_school(world, stay_of(ect).school, LATER, urn="100077"),
    "merge": lambda world, ect: people.merge(world, register(world, "mentor", provider=None), ect, LATER),
}


@pytest.mark.parametrize("act", MOVES_PARTICIPANT.values(), ids=MOVES_PARTICIPANT.keys())
def test_a_participant_is_moved_by(act: ParticipantAct) -> None:
    """Rules 3.9, participant."""
    world, ect = with_ect()
    act(world, ect)
    assert ect.updated_at == LATER


def test_a_participant_is_moved_when_an_expression_of_interest_goes_to_another_cohort() -> None:
    """Rules 3.9: any provider's. Each cohort has schedules of its own, under the same identifiers."""
    world, ect = with_ect()
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    programmes.change_cohort(world, ect, "ect", LATER, cohort="2024")
    assert training_of(ect).partnership is None
    assert ect.updated_at == LATER


MOVES_NO_PARTICIPANT: dict[str, ParticipantAct] = {
    "working pattern": lambda world, ect: people.change_details(world, ect, LATER, working_pattern="part_time"),
    "uplift rows": lambda world, ect: organisations.change_school(
        world, stay_of(ect).school, LATER, uplifts={"2025": Uplift(True, True)}
    ),
    "time": lambda world, ect: run_to(world, datetime(2026, 3, 20, tzinfo=UTC)),
    "delivery partner's name": lambda world, ect: organisations.change_delivery_partner(
        world, partner_of(world), LATER, name="Renamed"
    ),
    "cohort's flags": lambda world, ect: organisations.change_cohort(world, "2025", LATER, uplift_fees=True),
    "the same name again": lambda world, ect: people.change_details(world, ect, LATER, full_name=ect.full_name),
    "a declaration": lambda world, ect: declarations.declare(world, training_of(ect), "started", NOW, "other", LATER),
    "the school's tutor": lambda world, ect: organisations.change_school(
        world, stay_of(ect).school, LATER, induction_tutor_name="Iris"
    ),
    "somebody else": lambda world, ect: people.change_details(world, trained(world), LATER, full_name="Other"),
}


@pytest.mark.parametrize("act", MOVES_NO_PARTICIPANT.values(), ids=MOVES_NO_PARTICIPANT.keys())
def test_a_participant_is_not_moved_by(act: ParticipantAct) -> None:
    """Rules 3.9, participant: "Not"."""
    world, ect = with_ect()
    before = ect.updated_at
    act(world, ect)
    assert ect.updated_at == before


def test_a_participant_is_moved_by_another_mentor() -> None:
    """Rules 3.9: the `mentor_id` that any provider sees. The mentor isn't moved."""
    world, ect = with_ect()
    mentor = trained(world, "mentor")
    with moved_by(world) as moved:
        mentoring.change_mentor(world, ect, mentor, LATER)
    assert moved.records == {ect}


def test_a_participant_is_moved_when_a_mentorship_begins_by_the_calendar() -> None:
    """Rules 6.5: at 01:00 UTC, and not before."""
    world, ect = with_ect()
    first, second = trained(world, "mentor"), trained(world, "mentor")
    mentoring.change_mentor(world, ect, first, NOW)
    mentoring.change_mentor(world, ect, second, LATER, starts_on=TODAY + timedelta(days=5))
    assert view_of(ect).mentorship is not None
    assert view_of(ect).mentorship.mentor is first  # type: ignore[union-attr]
    before = ect.updated_at
    run_to(world, datetime(2026, 2, 15, 0, 59, tzinfo=UTC))
    assert ect.updated_at == before
    run_to(world, datetime(2026, 2, 15, 1, 0, tzinfo=UTC))
    assert ect.updated_at == datetime(2026, 2, 15, 1, tzinfo=UTC)
    assert view_of(ect).mentorship.mentor is second  # type: ignore[union-attr]


def test_a_participant_is_shared_by_all_providers() -> None:
    """Rules 3.1: one `updated_at` a teacher."""
    world, ect = with_ect()
    partner(world, stay_of(ect).school, "birch")
    programmes.change_provider(world, ect, "ect", "birch", NOW)
    training.withdraw(world, view_of(ect, "alder").ect, "other", LATER)  # type: ignore[arg-type]
    for provider in ("alder", "birch"):
        recent = world.list_participants(provider).select(updated_since=LATER).all()
        assert [view.teacher for view in recent] == [ect]


# -- transfers -------------------------------------------------------------------------------------


def with_transfer() -> tuple[World, Teacher]:
    world, ect = with_ect()
    departures.depart(world, ect, "ect", NOW, on=TODAY + timedelta(days=20))
    return world, ect


@pytest.mark.parametrize(
    "act",
    [
        lambda world, ect: departures.depart(world, ect, "ect", LATER, on=TODAY + timedelta(days=10)),
        lambda world, ect: organisations.change_school(world, stay_of(ect).school, LATER, urn="100078"),
        lambda world, ect: organisations.change_provider(world, world.providers["alder"], LATER, name="Renamed"),
        lambda world, ect: training.withdraw(world, training_of(ect), "other", LATER),
    ],
    ids=["dates", "school's URN", "provider's name", "withdrawal that ends the training"],
)
def test_transfers_are_moved_by(act: ParticipantAct) -> None:
    """Rules 3.9, transfers."""
    world, ect = with_transfer()
    act(world, ect)
    assert view_of(ect).transfers_updated_at == LATER


@pytest.mark.parametrize(
    "act",
    [
        lambda world, ect: people.change_details(world, ect, LATER, full_name="New Name"),
        lambda world, ect: run_to(world, datetime(2026, 4, 1, tzinfo=UTC)),
        lambda world, ect: organisations.change_school(world, stay_of(ect).school, LATER, name="Another"),
        lambda world, ect: organisations.change_provider(world, world.providers["birch"], LATER, name="Renamed"),
    ],
    ids=["name", "time", "school's name", "another provider's name"],
)
def test_transfers_are_not_moved_by(act: ParticipantAct) -> None:
    world, ect = with_transfer()
    act(world, ect)
    assert view_of(ect).transfers_updated_at == NOW


# -- declarations ----------------------------------------------------------------------------------


def with_declaration() -> tuple[World, Teacher, Any]:
    world, ect = with_ect()
    people.change_funding(world, ect, "ect", NOW, eligible=True)
    return world, ect, declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)


def test_a_declaration_is_moved_by_its_state_and_its_statement() -> None:
    """Rules 3.9, declaration."""
    world, _, declaration = with_declaration()
    run_to(world, datetime(2026, 4, 1, tzinfo=UTC))
    assert declaration.updated_at == datetime(2026, 4, 1, tzinfo=UTC)
    declarations.void(world, declaration, datetime(2026, 4, 2, tzinfo=UTC))
    assert declaration.updated_at == datetime(2026, 4, 2, tzinfo=UTC)


def test_a_declaration_is_moved_by_another_delivery_partner_of_its_partnership() -> None:
    """Rules 5.2: though nothing visible changes."""
    world, ect, declaration = with_declaration()
    partnership = training_of(ect).partnership
    assert partnership is not None
    before = declaration.delivery_partner
    with moved_by(world) as moved:
        partnerships.change_delivery_partner(world, partnership, partner_of(world, number=1), LATER)
    assert moved.records == {declaration, partnership, ect}
    assert declaration.delivery_partner is before


def test_a_declaration_is_not_moved_by_a_merge() -> None:
    """Rules 3.9: although its participant changes."""
    world, ect, declaration = with_declaration()
    survivor = trained(world, "mentor")
    people.merge(world, ect, survivor, LATER)
    assert (declaration.updated_at, declaration.teacher) == (NOW, survivor)


# -- partnerships ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts",
    [
        {"induction_tutor_name": "Iris"},
        {"induction_tutor_email": "iris@example.org"},
        {"contact_email": "office@example.org"},
        {"urn": "100079"},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_a_partnership_is_moved_by_its_school(facts: Any) -> None:
    """Rules 3.9, partnership."""
    world = new_world()
    partnership = partner(world, add_school(world))
    organisations.change_school(world, partnership.school, LATER, **facts)
    assert partnership.updated_at == LATER


@pytest.mark.parametrize("facts", [{"name": "Another"}, {"eligible": False}, {"uplifts": {"2025": Uplift(True, True)}}])
def test_a_partnership_is_not_moved_by(facts: Any) -> None:
    world = new_world()
    partnership = partner(world, add_school(world))
    organisations.change_school(world, partnership.school, LATER, **facts)
    assert partnership.updated_at == NOW


def test_a_partnership_is_moved_by_the_name_of_its_delivery_partner() -> None:
    """Rules 3.9, partnership."""
    world = new_world()
    partnership, other = partner(world, add_school(world)), partner(world, add_school(world, "100002"), number=1)
    with moved_by(world) as moved:
        organisations.change_delivery_partner(world, partner_of(world), LATER, name="Renamed")
    assert moved.records == {partnership, partner_of(world)}
    assert other.updated_at == NOW


def test_a_partnership_is_moved_at_one_minute_past_midnight_when_its_training_starts_or_has_ended() -> None:
    """Rules 3.9 and 6.5: starts today, or ended yesterday."""
    world = new_world()
    ect = trained(world, started_on=TODAY + timedelta(days=3))
    departures.depart(world, ect, "ect", NOW, on=TODAY + timedelta(days=10))
    partnership = training_of(ect).partnership
    assert partnership is not None
    moments = []
    for day in range(1, 14):
        run_to(world, NOW + timedelta(days=day))
        moments.append(partnership.updated_at)
    starts, over = datetime(2026, 2, 13, 0, 1, tzinfo=UTC), datetime(2026, 2, 21, 0, 1, tzinfo=UTC)
    assert moments == [NOW] * 2 + [starts] * 8 + [over] * 3


# -- schools ---------------------------------------------------------------------------------------


def cohorts_moved(world: World, moved: set[Any]) -> set[tuple[str, str]]:
    return {
        (school.urn, cohort)
        for school in world.schools.values()
        for cohort, record in school.cohorts.items()
        if record in moved
    }


def test_a_school_is_moved_in_one_cohort_by_its_first_partnership_there() -> None:
    """Rules 3.9, school × cohort: `in_partnership`."""
    world = new_world()
    school = add_school(world)
    with moved_by(world) as moved:
        partner(world, school, now=LATER)
    assert cohorts_moved(world, moved.records) == {("100001", "2025")}
    with moved_by(world) as moved:
        partner(world, school, "birch", now=LATER + timedelta(hours=1))
    assert cohorts_moved(world, moved.records) == set()


def test_a_school_is_moved_in_all_cohorts_by_an_expression_of_interest() -> None:
    """Rules 3.9, school × cohort: any provider's."""
    world = new_world()
    add_school(world)
    with moved_by(world) as moved:
        register(world, now=LATER)
    assert cohorts_moved(world, moved.records) == {("100001", year) for year in world.cohorts}
    with moved_by(world) as moved:
        register(world, now=LATER + timedelta(hours=1))
    assert cohorts_moved(world, moved.records) == set()


def test_a_school_is_moved_by_its_programme_choice_only_in_that_cohort() -> None:
    """Rules 3.9, school × cohort: `induction_programme_choice`."""
    world = new_world()
    add_school(world)
    with moved_by(world) as moved:
        register(world, provider=None, now=LATER)
    assert cohorts_moved(world, moved.records) == {("100001", "2025")}


@pytest.mark.parametrize(
    ("facts", "moves"),
    [
        ({"name": "Another"}, True),
        ({"urn": "100080"}, True),
        ({"induction_tutor_name": "Iris"}, True),
        ({"induction_tutor_email": "iris@example.org"}, True),
        ({"contact_email": "office@example.org"}, True),
        ({"eligible": False}, False),
        ({"uplifts": {"2024": Uplift(True, False)}}, False),
    ],
    ids=str,
)
def test_a_school_is_moved_in_all_cohorts_by_its_own_facts(facts: Any, moves: bool) -> None:
    """Rules 3.9, school × cohort."""
    world = new_world()
    school = add_school(world)
    organisations.change_school(world, school, LATER, **facts)
    assert {record.updated_at for record in school.cohorts.values()} == {LATER if moves else NOW}


# -- delivery partners, statements -------------------------------------------------------------------


def test_a_delivery_partner_is_moved_by_its_name_and_by_its_pairs() -> None:
    """Rules 3.9, delivery partner: any provider, any cohort."""
    world = new_world()
    delivery_partner = partner_of(world)
    organisations.change_delivery_partner(world, delivery_partner, LATER, name="Renamed")
    assert delivery_partner.updated_at == LATER
    after = LATER + timedelta(hours=1)
    pairs = {**delivery_partner.works_with, "cedar": ["2025"]}
    organisations.change_delivery_partner(world, delivery_partner, after, works_with=pairs)
    assert delivery_partner.updated_at == after
    organisations.change_delivery_partner(world, delivery_partner, after + timedelta(hours=1), works_with=pairs)
    assert delivery_partner.updated_at == after


def test_a_statement_is_moved_by_its_days_and_its_status() -> None:
    """Rules 3.9, statement: any change."""
    world = new_world()
    statement = world.open_statement("alder", "2025", TODAY)
    assert statement is not None
    statements.change(world, statement, LATER, payment_date=date(2026, 5, 1))
    assert statement.updated_at == LATER
    run_to(world, datetime(2026, 4, 1, tzinfo=UTC))
    assert (statement.status, statement.updated_at) == ("payable", datetime(2026, 4, 1, tzinfo=UTC))


def test_a_statement_is_not_moved_by_its_declarations() -> None:
    world, _, declaration = with_declaration()
    assert declaration.statement.updated_at == NOW
    declarations.void(world, declaration, LATER)
    assert {each.updated_at for each in world.statements.values()} == {NOW}


# -- unfunded mentors ------------------------------------------------------------------------------


def with_unfunded_mentor() -> tuple[World, Teacher, Teacher]:
    world, ect = with_ect()
    partner(world, stay_of(ect).school, "birch")
    mentor = register(world, "mentor", provider="birch")
    mentoring.change_mentor(world, ect, mentor, NOW)
    return world, ect, mentor


@pytest.mark.parametrize(
    "act",
    [
        lambda world, mentor: people.change_details(world, mentor, LATER, full_name="New Name"),
        lambda world, mentor: people.change_details(world, mentor, LATER, teacher_reference_number=None),
        lambda world, mentor: people.change_details(world, mentor, LATER, email=("mentor", "new@example.org")),
        lambda world, mentor: registrations.register(world, Registration("mentor", mentor, school_urn="100044"), LATER),
    ],
    ids=["name", "number", "email", "another stay as mentor"],
)
def test_an_unfunded_mentor_is_moved_by(act: ParticipantAct) -> None:
    """Rules 3.9, unfunded mentor."""
    world, _, mentor = with_unfunded_mentor()
    act(world, mentor)
    assert mentor.unfunded_updated_at == LATER
    recent = world.list_unfunded_mentors("alder").select(updated_since=LATER, sort=(Sort("updated_at"),)).all()
    assert [each.teacher for each in recent] == [mentor]


@pytest.mark.parametrize(
    "act",
    [
        lambda world, mentor: people.change_details(world, mentor, LATER, email=("ect", "new@example.org")),
        lambda world, mentor: people.change_funding(world, mentor, "mentor", LATER, mentor_funding_end_date=TOMORROW),
        lambda world, mentor: registrations.register(
            world, Registration("mentor", mentor, school_urn="100044", email=None), LATER
        ),
    ],
    ids=["email as ECT", "funding", "another stay without an email"],
)
def test_an_unfunded_mentor_is_not_moved_by(act: ParticipantAct) -> None:
    world, _, mentor = with_unfunded_mentor()
    registrations.register(world, Registration("ect", mentor, school_urn="100045", started_on=TODAY), NOW)
    act(world, mentor)
    assert mentor.unfunded_updated_at == NOW


def test_an_unfunded_mentor_is_not_moved_by_the_assignment() -> None:
    """Rules 3.9: a poller may miss them."""
    world, ect = with_ect()
    partner(world, stay_of(ect).school, "birch")
    mentor = register(world, "mentor", provider="birch")
    with moved_by(world) as moved:
        mentoring.change_mentor(world, ect, mentor, LATER)
    assert moved.records == {ect}
    assert [each.teacher for each in world.list_unfunded_mentors("alder").select().all()] == [mentor]
    assert not world.list_unfunded_mentors("alder").select(updated_since=LATER).all()


# -- refusals --------------------------------------------------------------------------------------


def test_moments_are_in_whole_seconds() -> None:
    """Rules 2.9."""
    world, ect = with_ect()
    people.change_details(world, ect, LATER.replace(microsecond=999_999), full_name="New Name")
    assert ect.updated_at == LATER
