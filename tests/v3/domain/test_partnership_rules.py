"""Rules 5.1 and 5.2: making a partnership, and giving it another delivery partner. Each test names its rows."""

from typing import Any

import pytest

from mock_server.v3.domain import commands, organisations
from mock_server.v3.domain.derived import participant_status
from mock_server.v3.domain.records import Partnership, School
from mock_server.v3.domain.world import World
from tests.v3.domain.situations import (
    MISSING,
    NOW,
    UNKNOWN_ID,
    Refusal,
    add_partnership,
    add_school,
    at,
    declaration_of,
    delivery_partner,
    new_world,
    refusal,
    sent,
    set_cohort,
    train,
)

BLANKS: list[Any] = [MISSING, None, "", "  ", False, [], {}, ["2025"]]


def create(world: World, school: School, *, provider: str = "alder", now: Any = NOW, **changes: Any) -> Partnership:
    fitting = {"cohort": "2025", "school_id": school.id, "delivery_partner_id": delivery_partner(world, provider).id}
    return commands.create_partnership(world, provider, sent(fitting, changes), now)


def refused(world: World, school: School, **options: Any) -> Refusal:
    delivery_partner(world, options.get("provider", "alder"))
    return refusal(world, lambda: create(world, school, **options))


# -- rules 5.1 -----------------------------------------------------------------------------------


def test_a_provider_makes_a_partnership() -> None:
    """rules 5.1: the effects."""
    world = new_world()
    school = add_school(world)
    made = create(world, school)
    assert (made.provider, made.school, made.cohort) == ("alder", school, "2025")
    assert made.delivery_partner is delivery_partner(world, "alder")
    assert (made.created_at, made.updated_at) == (NOW, NOW)
    assert school.cohorts["2025"].in_partnership
    assert world.own_partnership("alder", made.id) is made


def test_a_cohort_may_be_a_number() -> None:
    """rules 2.3."""
    world = new_world()
    assert create(world, add_school(world), cohort=2025).cohort == "2025"


def test_ids_are_read_as_the_service_reads_them() -> None:
    """rules 2.7."""
    world = new_world()
    school = add_school(world)
    assert create(world, school, school_id=school.id.upper().replace("-", "")).school is school


def test_expressions_of_interest_become_training_of_the_partnership() -> None:
    """rules 5.1: the effects."""
    world = new_world()
    interest = train(world, interest=True)
    other_cohort = train(world, interest=True, cohort="2024", school=interest.stay.school)
    other_provider = train(world, interest=True, provider="birch", school=interest.stay.school)
    assert world.view("alder", interest.teacher.id) is None
    later = at("2026-02-11T10:00:00Z")
    made = create(world, interest.stay.school, now=later)
    assert interest.partnership is made
    view = world.view("alder", interest.teacher.id)
    assert view is not None
    assert participant_status(interest, later.date()) == "active"
    assert interest.teacher.updated_at == later
    assert other_cohort.partnership is None
    assert other_provider.partnership is None


@pytest.mark.parametrize("blank", BLANKS)
def test_row_1_a_blank_cohort_is_refused(blank: Any) -> None:
    """Rules 5.1, rows 1 and 10: without a cohort there is no delivery partnership either."""
    world = new_world()
    refusal = refused(world, add_school(world), cohort=blank)
    assert refusal.titles == ["cohort", "delivery_partner_id"]
    assert refusal.rules == ["partnership-cohort-given", "partnership-delivery-partner-yours"]


@pytest.mark.parametrize("blank", BLANKS)
def test_row_2_a_blank_school_is_refused(blank: Any) -> None:
    world = new_world()
    refusal = refused(world, add_school(world), school_id=blank)
    assert refusal.titles == ["school_id"]
    assert refusal.rules == ["partnership-school-given"]


@pytest.mark.parametrize("blank", BLANKS)
def test_row_3_a_blank_delivery_partner_is_refused(blank: Any) -> None:
    world = new_world()
    refusal = refused(world, add_school(world), delivery_partner_id=blank)
    assert refusal.titles == ["delivery_partner_id"]
    assert refusal.rules == ["partnership-delivery-partner-given"]


def test_rows_1_to_3_missing_data_gives_three_entries() -> None:
    world = new_world()
    school = add_school(world)
    refusal = refused(world, school, cohort=MISSING, school_id=MISSING, delivery_partner_id=None)
    assert refusal.titles == ["cohort", "school_id", "delivery_partner_id"]


@pytest.mark.parametrize("cohort", ["2019", "2025 ", "20251", "next", "-2025"])
def test_row_4_an_unknown_cohort_gives_two_entries(cohort: str) -> None:
    """Rules 5.1, rows 4 and 10."""
    world = new_world()
    refusal = refused(world, add_school(world), cohort=cohort)
    assert refusal.titles == ["cohort", "delivery_partner_id"]
    assert refusal.rules == ["partnership-cohort-exists", "partnership-delivery-partner-yours"]


def test_row_5_a_cohort_that_has_not_started_is_refused() -> None:
    world = new_world()
    refusal = refused(world, add_school(world), cohort="2026")
    assert refusal.titles == ["cohort"]
    assert refusal.rules == ["partnership-cohort-started"]


def test_row_5_a_cohort_starts_at_midnight_in_london() -> None:
    """Rules 2.9: 1 June begins at 23:00 UTC of 31 May."""
    world = new_world()
    school = add_school(world)
    assert refused(world, school, cohort="2026", now=at("2026-05-31T22:59:59Z")).titles == ["cohort"]
    assert create(world, school, cohort="2026", now=at("2026-05-31T23:00:00Z")).cohort == "2026"


def test_row_6_a_closed_cohort_is_refused() -> None:
    world = new_world()
    refusal = refused(world, add_school(world), cohort="2022")
    assert refusal.titles == ["cohort"]
    assert refusal.rules == ["partnership-cohort-open"]


def test_row_6_is_not_asked_after_row_5() -> None:
    world = new_world()
    set_cohort(world, "2026", enabled=False)
    assert refused(world, add_school(world), cohort="2026").rules == ["partnership-cohort-started"]


def test_row_6_frozen_payments_alone_close_nothing() -> None:
    world = new_world()
    set_cohort(world, "2024", payments_frozen_at=at("2026-01-01T00:00:00Z"))
    assert create(world, add_school(world), cohort="2024").cohort == "2024"


@pytest.mark.parametrize("school_id", [UNKNOWN_ID, "123456", "abc"])
def test_row_7_an_unknown_school_is_refused(school_id: str) -> None:
    world = new_world()
    refusal = refused(world, add_school(world), school_id=school_id)
    assert refusal.titles == ["school_id"]
    assert refusal.rules == ["partnership-school-exists"]


def test_row_8_an_ineligible_school_is_refused() -> None:
    world = new_world()
    refusal = refused(world, add_school(world, eligible=False))
    assert refusal.titles == ["school_id"]
    assert refusal.rules == ["partnership-school-eligible"]


@pytest.mark.parametrize("partner", [UNKNOWN_ID, "abc"])
def test_row_9_an_unknown_delivery_partner_is_refused(partner: str) -> None:
    world = new_world()
    refusal = refused(world, add_school(world), delivery_partner_id=partner)
    assert refusal.titles == ["delivery_partner_id"]
    assert refusal.rules == ["partnership-delivery-partner-exists"]


def test_row_10_somebody_elses_delivery_partner_is_refused() -> None:
    world = new_world()
    partner = delivery_partner(world, "birch").id
    refusal = refused(world, add_school(world), delivery_partner_id=partner)
    assert refusal.titles == ["delivery_partner_id"]
    assert refusal.rules == ["partnership-delivery-partner-yours"]


def test_row_10_a_delivery_partner_of_another_cohort_is_refused() -> None:
    world = new_world()
    partner = delivery_partner(world, "alder", cohorts=("2024",))
    refusal = refused(world, add_school(world), delivery_partner_id=partner.id)
    assert refusal.rules == ["partnership-delivery-partner-yours"]


def test_row_10_a_provider_without_a_contract_in_the_cohort_is_refused() -> None:
    world = new_world()
    partner = delivery_partner(world, "alder").id
    refusal = refused(world, add_school(world), provider="dogwood", delivery_partner_id=partner)
    assert refusal.titles == ["delivery_partner_id"]
    assert refusal.rules == ["partnership-delivery-partner-yours"]


@pytest.mark.parametrize("number", [0, 1])
def test_row_11_a_second_partnership_is_refused_with_whichever_delivery_partner(number: int) -> None:
    world = new_world()
    school = add_school(world)
    create(world, school)
    partner = delivery_partner(world, "alder", number).id
    refusal = refused(world, school, delivery_partner_id=partner)
    assert refusal.titles == ["school_id"]
    assert refusal.rules == ["partnership-school-free"]


def test_row_11_another_provider_or_cohort_is_fine() -> None:
    world = new_world()
    school = add_school(world)
    create(world, school)
    create(world, school, provider="birch")
    create(world, school, cohort="2024")
    assert len(school.partnerships) == 3


def test_row_12_a_school_with_school_led_training_only_is_refused() -> None:
    world = new_world()
    school = train(world, provider=None).stay.school
    refusal = refused(world, school)
    assert refusal.titles == ["school_id"]
    assert refusal.rules == ["partnership-school-provider-led"]


def test_row_12_asks_about_the_cohort_of_the_partnership() -> None:
    world = new_world()
    school = train(world, provider=None).stay.school
    assert create(world, school, cohort="2024").cohort == "2024"


def test_rows_add_up_and_entries_of_one_title_stand_together() -> None:
    """Rules 2.7 and 5.1: rows 5, 8, 10 and 12 of a school-led, ineligible school in a cohort to come."""
    world = new_world()
    school = train(world, provider=None, start="2026-06-02").stay.school
    organisations.change_school(world, school, NOW, eligible=False)
    refusal = refused(world, school, cohort="2026", delivery_partner_id=delivery_partner(world, "birch").id)
    assert refusal.titles == ["cohort", "school_id", "school_id", "delivery_partner_id"]
    assert refusal.rules == [
        "partnership-cohort-started",
        "partnership-school-eligible",
        "partnership-delivery-partner-yours",
        "partnership-school-provider-led",
    ]


# -- rules 5.2 -----------------------------------------------------------------------------------


def update(world: World, partnership: Partnership, partner: Any, now: Any = NOW) -> Partnership:
    return commands.update_partnership(world, partnership, sent({"delivery_partner_id": partner}, {}), now)


def update_refused(world: World, partnership: Partnership, partner: Any) -> Refusal:
    return refusal(world, lambda: update(world, partnership, partner))


def test_another_delivery_partner_moves_what_it_must() -> None:
    """rules 5.2: the effects."""
    world = new_world()
    trained = train(world)
    partnership = trained.partnership
    assert partnership is not None
    before, other = partnership.delivery_partner, delivery_partner(world, "alder", 1)
    declaration = declaration_of(world, trained)
    later = at("2026-02-11T10:00:00Z")
    assert update(world, partnership, other.id, later) is partnership
    assert partnership.delivery_partner is other
    assert declaration.delivery_partner is before
    assert partnership.updated_at == declaration.updated_at == trained.teacher.updated_at == later


def test_a_closed_or_frozen_cohort_is_not_looked_at() -> None:
    """rules 5.2."""
    world = new_world()
    partnership = add_partnership(world, add_school(world), cohort="2022")
    other = delivery_partner(world, "alder", 1)
    assert update(world, partnership, other.id).delivery_partner is other


@pytest.mark.parametrize("blank", BLANKS)
def test_update_row_1_a_blank_delivery_partner_is_refused(blank: Any) -> None:
    """Rules 5.2, row 1."""
    world = new_world()
    refusal = update_refused(world, add_partnership(world, add_school(world)), blank)
    assert refusal.titles == ["delivery_partner_id"]
    assert refusal.rules == ["partnership-delivery-partner-given"]


def test_update_row_2_an_unknown_delivery_partner_is_refused() -> None:
    """Rules 5.2, row 2."""
    world = new_world()
    refusal = update_refused(world, add_partnership(world, add_school(world)), UNKNOWN_ID)
    assert refusal.titles == ["delivery_partner_id"]
    assert refusal.rules == ["partnership-delivery-partner-exists"]


def test_update_row_3_somebody_elses_delivery_partner_is_refused() -> None:
    """Rules 5.2, row 3."""
    world = new_world()
    partner = delivery_partner(world, "birch").id
    refusal = update_refused(world, add_partnership(world, add_school(world)), partner)
    assert refusal.titles == ["delivery_partner_id"]
    assert refusal.rules == ["partnership-delivery-partner-yours"]


def test_update_row_3_a_delivery_partner_of_another_cohort_is_refused() -> None:
    """Rules 5.2, row 3."""
    world = new_world()
    partner = delivery_partner(world, "alder", cohorts=("2024",)).id
    refusal = update_refused(world, add_partnership(world, add_school(world)), partner)
    assert refusal.rules == ["partnership-delivery-partner-yours"]


def test_update_row_4_the_same_delivery_partner_is_refused() -> None:
    """Rules 5.2, row 4: the record itself counts."""
    world = new_world()
    partnership = add_partnership(world, add_school(world))
    refusal = update_refused(world, partnership, partnership.delivery_partner.id)
    assert refusal.titles == ["delivery_partner_id"]
    assert refusal.rules == ["partnership-delivery-partner-new"]


def test_update_row_4_the_delivery_partner_of_another_partnership_is_refused() -> None:
    """Rules 5.2, row 4."""
    world = new_world()
    school = add_school(world)
    partnership = add_partnership(world, school)
    other = add_partnership(world, school, partner=delivery_partner(world, "alder", 1))
    assert update_refused(world, partnership, other.delivery_partner.id).rules == ["partnership-delivery-partner-new"]


def test_update_row_4_another_schools_or_cohorts_partnership_is_fine() -> None:
    """Rules 5.2, row 4."""
    world = new_world()
    school, other = add_school(world), delivery_partner(world, "alder", 1)
    partnership = add_partnership(world, school)
    add_partnership(world, school, cohort="2024", partner=other)
    add_partnership(world, add_school(world), partner=other)
    assert update(world, partnership, other.id).delivery_partner is other


def test_a_partnership_is_not_moved_by_a_refusal() -> None:
    world = new_world()
    partnership = add_partnership(world, add_school(world))
    before = partnership.updated_at
    update_refused(world, partnership, None)
    assert partnership.updated_at == before
