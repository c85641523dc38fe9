"""What schools and the department read when an act is impossible (control API: 409 with a reason)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from mock_server.v3.domain import declarations, departures, organisations, people, programmes, statements
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import Statement
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import NOW, add_school, new_world, partner, refused, register, trained

Act = Callable[[World], object]


def _statement(world: World, fee_type: str = "output") -> Statement:
    held = world.statements_by_contract["alder", "2025"]
    return next(each for each in held if each.fee_type == fee_type and each.status == "open")


def _make(world: World, provider: str, month: int) -> Statement:
    return statements.create(world, provider, "2025", month, 2026, NOW)


def _change_cohort(**facts: Any) -> Act:
    return lambda world: programmes.change_cohort(world, trained(world), "ect", NOW, **facts)


ACTS: dict[str, Act] = {
    "There is no cohort 2030.": lambda world: organisations.change_provider(
        world, world.providers["alder"], NOW, cohorts=["2030"]
    ),
    "There is no cohort 2028 to make 2029 from: make that one first.": lambda world: organisations.change_cohort(
        world, "2029", NOW
    ),
    "A cohort can't finish before it starts.": lambda world: organisations.change_cohort(
        world, "2025", NOW, started_on=date(2026, 6, 1)
    ),
    "dogwood has no contract in 2025: add the cohort to the provider first.": lambda world: _make(world, "dogwood", 5),
    "alder has a statement of 2025 for month 4 of 2026 already.": lambda world: _make(world, "alder", 4),
    "The payment date can't be before the deadline.": lambda world: statements.change(
        world, _statement(world), NOW, payment_date=date(2020, 1, 1)
    ),
    "A statement that is open can't become paid: it can become payable.": lambda world: statements.change(
        world, _statement(world), NOW, status="paid"
    ),
    "The person is on ecf-standard-september of 2025 already.": _change_cohort(cohort="2025"),
    "2025 has no schedule ecf-none.": _change_cohort(schedule_identifier="ecf-none"),
    "alder has no partnership with the school in 2024.": _change_cohort(cohort="2024", partnership="none"),
    "The person has no provider-led training to move.": lambda world: programmes.change_cohort(
        world, register(world, provider=None), "ect", NOW, cohort="2024"
    ),
    "The ECT's training is school-led already.": lambda world: programmes.change_to_school_led(
        world, register(world, provider=None), NOW
    ),
}


@pytest.mark.parametrize("told", ACTS)
def test_a_refusal_says_why(told: str) -> None:
    world = new_world()
    with pytest.raises(Impossible) as impossible:
        ACTS[told](world)
    assert str(impossible.value) == impossible.value.reason == told


def test_a_contract_that_is_used_says_what_uses_it() -> None:
    world = new_world()
    trained(world)
    with pytest.raises(Impossible, match=r"^alder has partnerships, training or declarations in 2025\.$"):
        organisations.change_provider(world, world.providers["alder"], NOW, cohorts=["2024"])


def test_a_pair_that_is_used_names_both() -> None:
    world = new_world()
    used = partner(world, add_school(world)).delivery_partner
    with pytest.raises(Impossible, match=f"^{used.name} has partnerships with alder in 2025\\.$"):
        organisations.change_delivery_partner(world, used, NOW, works_with={})


def test_a_trn_belongs_to_one_person() -> None:
    """Rules 1: and giving people their own again changes nothing."""
    world = new_world()
    one, other = register(world), register(world)
    trn = one.teacher_reference_number
    assert trn is not None
    with pytest.raises(Impossible, match=f"^The teacher reference number {trn} belongs to participant {one.id}\\.$"):
        people.change_details(world, other, NOW, teacher_reference_number=trn)
    people.change_details(world, one, NOW, teacher_reference_number=trn)
    assert one.teacher_reference_number == trn


def test_someone_without_a_registration_in_the_role_is_refused() -> None:
    world = new_world()
    ect = register(world)
    with pytest.raises(Impossible, match=r"^The person has no registration as mentor\.$"):
        people.change_details(world, ect, NOW, email=("mentor", "new@example.org"))
    with refused(world):
        departures.undo(world, ect, "mentor", NOW)


def test_a_statement_with_declarations_stays() -> None:
    world = new_world()
    ect = trained(world)
    people.change_induction(world, ect, NOW, started_on=ect.stays[0].started_on)
    statement = _statement(world)
    statements.delete(world, _statement(world, "service"), NOW)
    declarations.declare(world, ect.trainings_as("ect")[0], "started", NOW, "other", NOW)
    with pytest.raises(Impossible, match=r"^The statement has declarations\.$"):
        statements.delete(world, statement, NOW)
