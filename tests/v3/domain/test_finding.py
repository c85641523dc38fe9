"""What a provider finds by id (rules 4): its own, what it may see, and nothing else."""

from datetime import timedelta

from mock_server.v3.domain import declarations, mentoring, registrations
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World
from tests.v3.domain.worlds import (
    NOW,
    SEPTEMBER,
    TODAY,
    add_school,
    new_world,
    trained,
    training_of,
)

NOBODY = "00000000-0000-4000-8000-000000000000"


def test_only_own_output_statements_are_found() -> None:
    """Rules 3.7."""
    world = new_world()
    held = world.statements_by_contract["alder", "2025"]
    output, service = (next(each for each in held if each.fee_type == kind) for kind in ("output", "service"))
    assert world.own_statement("alder", output.id) is output
    assert world.own_statement("alder", service.id) is None
    assert world.own_statement("birch", output.id) is None
    assert world.own_statement("alder", NOBODY) is None


def test_only_own_partnerships_and_declarations_are_found() -> None:
    world = new_world()
    ect = trained(world)
    partnership = training_of(ect).partnership
    assert partnership is not None
    declaration = declarations.declare(world, training_of(ect), "started", NOW, "other", NOW)
    assert world.own_partnership("alder", partnership.id) is partnership
    assert world.own_partnership("birch", partnership.id) is None
    assert world.own_partnership("alder", NOBODY) is None
    assert world.own_declaration("alder", declaration.id) is declaration
    assert world.own_declaration("birch", declaration.id) is None
    assert world.own_declaration("alder", NOBODY) is None


def test_an_id_that_nobody_has_finds_nothing() -> None:
    world = new_world()
    trained(world)
    found = (
        world.view("alder", NOBODY),
        world.unfunded_mentor("alder", NOBODY),
        world.visible_school("2025", NOBODY),
        world.visible_delivery_partner("alder", NOBODY),
        world.visible_declaration("alder", NOBODY),
    )
    assert found == (None,) * len(found)


def test_a_school_is_found_in_a_cohort_that_there_is() -> None:
    world = new_world()
    school = add_school(world)
    assert world.visible_school("2025", school.id) is school.cohorts["2025"]
    assert world.visible_school("2019", school.id) is None


def test_a_schedule_needs_a_cohort_and_a_name() -> None:
    """School-led training has neither."""
    world = new_world()
    found = world.schedule("2025", "ecf-standard-september")
    assert found is not None
    assert (found.cohort, found.identifier) == ("2025", "ecf-standard-september")
    assert [world.schedule(*names) for names in ((None, "ecf-standard-september"), ("2025", None), (None, None))] == [
        None,
        None,
        None,
    ]


def test_the_latest_training_in_a_role_is_the_providers() -> None:
    """Rules 5: L."""
    world = new_world()
    ect = trained(world)
    assert world.latest_training("alder", ect, "ect") is training_of(ect)
    assert world.latest_training("alder", ect, "mentor") is None
    assert world.latest_training("birch", ect, "ect") is None


def _declared(world: World, urn: str, minutes: int) -> tuple[str, str]:
    """The ids of an ECT and of their declaration."""
    ect = trained(world, school_urn=urn)
    moment = NOW + timedelta(minutes=minutes)
    return ect.id, declarations.declare(world, training_of(ect), "started", NOW, "other", moment).id


def test_the_declarations_of_participants_come_by_creation() -> None:
    """Rules 2.4: `filter[participant_id]`. Only those that the provider may see, in the order of creation."""
    world = new_world()
    declared = [_declared(world, f"10000{number}", minutes) for number, minutes in enumerate((5, 3, 3, 9, 1, 3))]
    wanted = [ect for ect, _ in declared[:5]]
    found = [each.id for each in world.declarations_of("alder", [*wanted, wanted[0], NOBODY])]
    assert found == [declared[place][1] for place in (4, 1, 2, 0, 3)]
    assert world.declarations_of("birch", wanted) == []
    assert world.declarations_of("alder", []) == []


def test_an_unfunded_mentors_address_is_that_of_the_latest_stay() -> None:
    """Rules 3.8: of the stays in which the mentor has ECTs of this provider."""
    world = new_world()
    mentor = trained(world, "mentor", provider="birch", email="first@example.org")
    later = Registration("mentor", mentor, school_urn="100002", started_on=TODAY, email="second@example.org")
    registrations.register(world, later, NOW)
    for urn, start in (("100002", TODAY), ("100001", SEPTEMBER)):
        ect = trained(world, school_urn=urn, started_on=start)
        mentoring.change_mentor(world, ect, mentor, NOW)
    found = world.unfunded_mentor("alder", mentor.id)
    assert found is not None
    assert (found.email, found.teacher) == ("second@example.org", mentor)
