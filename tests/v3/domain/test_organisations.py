"""Providers, cohorts, schools and delivery partners (control API "The world around people", rules 4)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mock_server.v3.domain import declarations, organisations, partnerships
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import Uplift
from mock_server.v3.domain.vocabulary import SCHEDULE_IDENTIFIERS
from tests.v3.domain.worlds import (
    NOW,
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

# -- providers ---------------------------------------------------------------------------------------


def test_a_new_contract_brings_its_statements() -> None:
    world = new_world()
    organisations.change_provider(world, world.providers["dogwood"], NOW, cohorts=["2025", "2024"])
    assert world.providers["dogwood"].cohorts == ("2024", "2025")
    assert len(world.list_statements("dogwood")) == 24
    assert world.has_contract("dogwood", "2025")


def test_a_contract_that_was_used_can_not_end() -> None:
    world = new_world()
    provider = world.providers["alder"]
    register(world)
    with refused(world):
        organisations.change_provider(world, provider, NOW, cohorts=["2024"])
    partner(world, add_school(world, "100002"), cohort="2024")
    with refused(world):
        organisations.change_provider(world, provider, NOW, cohorts=["2025"])


def test_a_contract_that_was_not_used_ends_with_its_statements_and_pairs() -> None:
    world = new_world()
    organisations.change_provider(world, world.providers["alder"], NOW, cohorts=["2025"])
    assert {each.cohort for each in world.list_statements("alder")} == {"2025"}
    assert partner_of(world).cohorts_with("alder") == ("2025",)


def test_a_provider_has_no_contract_in_an_unknown_cohort() -> None:
    world = new_world()
    with refused(world):
        organisations.change_provider(world, world.providers["alder"], NOW, cohorts=["2030"])


def test_a_provider_gets_another_name() -> None:
    world = new_world()
    organisations.change_provider(world, world.providers["alder"], NOW, name="Renamed")
    assert world.providers["alder"].name == "Renamed"


# -- cohorts -----------------------------------------------------------------------------------------


def test_an_unknown_year_is_made_from_the_one_before() -> None:
    """Control API and schedules 1: everything a year later, for every school."""
    world = new_world()
    school = add_school(world)
    cohort = organisations.change_cohort(world, "2027", NOW)
    assert (cohort.started_on, cohort.finished_on, cohort.enabled) == (date(2027, 6, 1), date(2028, 5, 31), True)
    assert (cohort.mentor_funding, cohort.detailed_evidence, cohort.uplift_fees) == (True, True, False)
    assert tuple(cohort.schedules) == SCHEDULE_IDENTIFIERS
    assert school.cohorts["2027"] in world.list_schools("2027")
    assert not world.has_contract("alder", "2027")


def test_school_led_training_counts_for_a_new_cohort_that_contains_its_start() -> None:
    """Rules 3.5."""
    world = new_world()
    ect = register(world, provider=None, started_on=date(2027, 9, 1))
    organisations.change_cohort(world, "2027", NOW)
    assert stay_of(ect).school.cohorts["2027"].induction_programme_choice == "school_led"


def test_a_year_without_one_before_is_refused() -> None:
    world = new_world()
    with refused(world):
        organisations.change_cohort(world, "2029", NOW)


def test_a_cohort_can_not_finish_before_it_starts() -> None:
    world = new_world()
    with refused(world):
        organisations.change_cohort(world, "2025", NOW, finished_on=date(2025, 1, 1))


def test_closing_a_cohort_is_two_facts() -> None:
    """Control API: `enabled` false and `payments_frozen_at`."""
    world = new_world()
    cohort = organisations.change_cohort(world, "2023", NOW, enabled=False, payments_frozen_at=NOW)
    assert (cohort.enabled, cohort.is_frozen(NOW), cohort.is_frozen(NOW - timedelta(seconds=1))) == (False, True, False)


# -- schools -----------------------------------------------------------------------------------------


def test_a_school_is_invented_where_facts_are_left_out() -> None:
    """Control API: name and URN invented, eligible, no uplifts, no tutor."""
    school = organisations.create_school(new_world(), NOW)
    assert (len(school.urn), school.eligible, school.uplifts, school.shown_email) == (6, True, {}, None)
    assert school.name


def test_a_urn_belongs_to_one_school() -> None:
    world = new_world()
    add_school(world, "100001")
    other = add_school(world, "100002")
    with refused(world):
        organisations.create_school(world, NOW, urn="100001")
    with refused(world):
        organisations.change_school(world, other, NOW, urn="100001")


def test_a_school_is_found_by_its_new_urn() -> None:
    world = new_world()
    school = add_school(world)
    organisations.change_school(world, school, NOW, urn="100077")
    assert (world.school_by_urn("100077"), world.school_by_urn("100001")) == (school, None)


@pytest.mark.parametrize(
    ("tutor", "office", "shown"),
    [("t@example.org", "o@example.org", "t@example.org"), (None, "o@example.org", "o@example.org"), (None, None, None)],
)
def test_the_address_is_the_tutors_else_the_schools(tutor: str | None, office: str | None, shown: str | None) -> None:
    """Rules 3.4."""
    school = add_school(new_world(), induction_tutor_email=tutor, contact_email=office)
    assert school.shown_email == shown


def test_uplift_rows_are_set_by_cohort() -> None:
    world = new_world()
    school = add_school(world, uplifts={"2024": Uplift(True, False)})
    organisations.change_school(world, school, NOW, uplifts={"2023": Uplift(False, True), "2024": None})
    assert school.uplifts == {"2023": Uplift(False, True)}


# -- delivery partners -------------------------------------------------------------------------------


def test_pairs_replace_all_that_there_were() -> None:
    """Control API: `works_with` replaces."""
    world = new_world()
    changed = partner_of(world)
    organisations.change_delivery_partner(world, changed, NOW, works_with={"birch": ["2025", "2024"]})
    assert changed.works_with == {"birch": ("2024", "2025")}
    assert changed not in world.list_delivery_partners("alder")
    assert changed in world.list_delivery_partners("birch")
    assert world.visible_delivery_partner("alder", changed.id) is None


def test_a_new_delivery_partner_works_with_those_that_are_named() -> None:
    world = new_world()
    made = organisations.create_delivery_partner(world, NOW, name="Meadow Hub", works_with={"alder": ["2025", "2024"]})
    assert (made.name, made.works_with) == ("Meadow Hub", {"alder": ("2024", "2025")})
    assert made in world.list_delivery_partners("alder")
    assert world.visible_delivery_partner("alder", made.id) is made
    invented = organisations.create_delivery_partner(world, NOW)
    assert invented.name
    assert invented.works_with == {}


def test_a_pair_that_has_partnerships_can_not_be_removed() -> None:
    """Control API: 409."""
    world = new_world()
    partnership = partner(world, add_school(world))
    with refused(world):
        organisations.change_delivery_partner(world, partnership.delivery_partner, NOW, works_with={})


def test_a_pair_needs_a_contract() -> None:
    """Rules 1: active provider × delivery partner."""
    world = new_world()
    with refused(world):
        organisations.create_delivery_partner(world, NOW, works_with={"dogwood": ["2025"]})


# -- partnerships ------------------------------------------------------------------------------------


def test_a_partnership_makes_the_interested_appear() -> None:
    """Rules 5.1: this provider's, this cohort's, at this school."""
    world = new_world()
    interested = register(world)
    elsewhere = register(world, school_urn="100002")
    others = register(world, provider="birch")
    earlier = register(world, cohort="2024")
    partnership = partner(world, stay_of(interested).school, now=NOW + timedelta(hours=1))
    assert participants(world) == [interested]
    assert interested.updated_at == NOW + timedelta(hours=1)
    assert {each.updated_at for each in (elsewhere, others, earlier)} == {NOW}
    assert list(partnership.trainings) == [training_of(interested)]


def test_the_department_makes_a_second_partnership_with_another_delivery_partner() -> None:
    """Rules 5.1: and not the same twice, nor without the pair."""
    world = new_world()
    school = add_school(world)
    first, second = partner(world, school), partner(world, school, number=1)
    assert world.partnerships_of("alder", school, "2025") == [first, second]
    with refused(world):
        partner(world, school)
    with refused(world):
        foreign = partner_of(world, "birch")
        partnerships.create_by_department(world, "alder", school, "2025", foreign, NOW)


def test_the_department_may_make_a_partnership_in_a_closed_or_future_cohort() -> None:
    """Control API: without the checks of rules 5.1."""
    world = new_world()
    school = add_school(world, eligible=False)
    for cohort in ("2021", "2026"):
        assert partner(world, school, cohort=cohort).cohort == cohort


# -- statements for declarations -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "month"), [("2026-03-31", 4), ("2026-04-01", 8), ("2026-07-31", 8), ("2028-07-31", 8)]
)
def test_the_next_open_statement_has_a_deadline_today_or_later(today: str, month: int) -> None:
    """Rules 5.8, row 16."""
    statement = new_world().open_statement("alder", "2025", date.fromisoformat(today))
    assert statement is not None
    assert statement.month == month


def test_after_the_last_deadline_there_is_none() -> None:
    """Schedules 5: statements are never added by themselves."""
    world = new_world()
    assert world.open_statement("alder", "2025", date(2028, 8, 1)) is None
    assert world.clawback_statement("alder", "2023", date(2026, 7, 31)) is not None
    assert world.clawback_statement("alder", "2023", date(2026, 8, 1)) is None


def test_a_paid_declaration_of_an_ended_contract_can_not_be_taken_back() -> None:
    """Rules 5.9."""
    world = new_world()
    ect = trained(world, cohort="2023")
    declaration = declarations.declare(world, training_of(ect), "started", NOW, None, NOW)
    for state in ("eligible", "payable", "paid"):
        declarations.set_state(world, declaration, state, NOW)
    with pytest.raises(Impossible):
        declarations.void(world, declaration, datetime(2026, 8, 1, tzinfo=UTC))
    assert declaration.state == "paid"


def test_reading_changes_nothing() -> None:
    """Design: reading never changes state."""
    world = new_world()
    trained(world)
    before: Any = world.changes
    world.list_participants("alder").select().all()
    world.list_schools("2025").select(updated_since=NOW).all()
    world.open_statement("alder", "2025", NOW.date())
    assert world.changes == before


# -- what a change reaches -------------------------------------------------------------------------------


def test_a_cohort_made_from_the_year_before_has_its_schedules_a_year_later() -> None:
    """Schedules 1."""
    before, after = new_world().cohorts["2026"], organisations.change_cohort(new_world(), "2027", NOW)
    for identifier, schedule in after.schedules.items():
        assert (schedule.identifier, schedule.cohort) == (identifier, "2027")
        for kind, milestone in schedule.milestones.items():
            assert milestone.declaration_type == kind
            earlier = before.schedules[identifier].milestones[kind]
            for later, day in zip(milestone[1:], earlier[1:], strict=True):
                assert later == (day and day.replace(year=day.year + 1))


def test_every_school_takes_part_in_a_new_cohort_from_the_moment_of_its_making() -> None:
    world = new_world()
    school, later = add_school(world), NOW + timedelta(days=1)
    organisations.change_cohort(world, "2027", later)
    record = school.cohorts["2027"]
    assert (record.school, record.cohort, record.updated_at) == (school, "2027", later)


def test_a_cohort_may_last_a_day() -> None:
    day = date(2025, 9, 1)
    cohort = organisations.change_cohort(new_world(), "2025", NOW, started_on=day, finished_on=day)
    assert (cohort.started_on, cohort.finished_on) == (day, day)


@pytest.mark.parametrize("change", [{"started_on": date(2025, 9, 2)}, {"finished_on": date(2025, 8, 31)}], ids=str)
def test_school_led_training_counts_anew_when_a_cohorts_days_change(change: dict[str, Any]) -> None:
    """Rules 3.5: for the cohort that contains its start."""
    world = new_world()
    record = stay_of(register(world, provider=None)).school.cohorts["2025"]
    assert record.induction_programme_choice == "school_led"
    organisations.change_cohort(world, "2025", NOW, **change)
    assert record.induction_programme_choice == "not_yet_known"


def test_the_uplift_fees_of_a_cohort_are_shown_to_its_participants() -> None:
    """Rules 3.1: a participant that was rendered is rendered anew, and those of other cohorts needn't be."""
    world = new_world()
    now_paid, as_before = trained(world), trained(world, school_urn="100002", cohort="2024")
    views = [view_of(now_paid), view_of(as_before)]
    for flag, changed in (("mentor_funding", False), ("uplift_fees", True)):
        for view in views:
            view.rendered = b"kept"
        facts: Any = {flag: not getattr(world.cohorts["2025"], flag)}
        organisations.change_cohort(world, "2025", NOW, **facts)
        assert [view.rendered for view in views] == [None if changed else b"kept", b"kept"]


def test_a_providers_new_name_is_shown_in_its_declarations_only() -> None:
    world = new_world()
    made = {}
    for number, provider in enumerate(("alder", "birch")):
        ect = trained(world, provider=provider, school_urn=f"10000{number}")
        made[provider] = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
        made[provider].rendered = b"kept"
    organisations.change_provider(world, world.providers["alder"], NOW, cohorts=world.providers["alder"].cohorts)
    assert [each.rendered for each in made.values()] == [b"kept", b"kept"]
    organisations.change_provider(world, world.providers["alder"], NOW, name="Renamed")
    assert [each.rendered for each in made.values()] == [None, b"kept"]


def test_a_change_without_a_name_keeps_the_name() -> None:
    world = new_world()
    provider, changed = world.providers["alder"], partner_of(world)
    names = provider.name, changed.name
    organisations.change_provider(world, provider, NOW, cohorts=provider.cohorts)
    organisations.change_delivery_partner(world, changed, NOW, works_with=changed.works_with)
    assert (provider.name, changed.name) == names
    organisations.change_delivery_partner(world, changed, NOW, name="Another Hub")
    assert changed.name == "Another Hub"


def test_a_changed_provider_is_saved() -> None:
    world = new_world()
    world.watch()
    organisations.change_provider(world, world.providers["alder"], NOW, name="Renamed")
    assert world.providers["alder"] in list(world.take_unsaved())
