"""Many people at once, each as it was asked for (control API, rules 5.10 and 6.1)."""

from datetime import UTC, date, datetime

import pytest

from mock_server.v3.domain.derived import training_status
from mock_server.v3.domain.population import NO_DECLARATION, Wanted, add_people
from tests.v3.domain.invariants import assert_sound
from tests.v3.domain.worlds import NOW, new_world, participants, partner_of, refused

STATES = (
    NO_DECLARATION,
    "submitted",
    "eligible",
    "payable",
    "paid",
    "voided",
    "awaiting-clawback",
    "clawed-back",
)


@pytest.mark.parametrize(
    ("cohort", "start", "declared_at", "evidence"),
    [
        ("2024", date(2024, 9, 1), datetime(2024, 9, 26, 9, tzinfo=UTC), None),
        ("2025", date(2025, 9, 1), datetime(2025, 9, 26, 9, tzinfo=UTC), "other"),
    ],
)
def test_each_person_is_as_asked_for(cohort: str, start: date, declared_at: datetime, evidence: str | None) -> None:
    """In order, at schools of forty, each under a partnership; dated like the seed."""
    world = new_world()
    wanted = [
        Wanted(cohort, role, status, state)
        for state in STATES
        for role in ("mentor", "ect")
        for status in ("active", "deferred", "withdrawn")
    ]
    added = add_people(world, "birch", wanted, NOW)
    assert participants(world, "birch") == added
    assert len(world.partnerships) == len(world.schools) == 2
    assert {each.delivery_partner for each in world.partnerships.values()} == {partner_of(world, "birch")}
    for teacher, each in zip(added, wanted, strict=True):
        (stay,), first = teacher.stays, teacher.trainings_as(each.role)[0]
        assert (stay.role, stay.started_on, first.started_on) == (each.role, start, start)
        assert (first.provider, first.cohort, training_status(first)) == ("birch", cohort, each.training_status)
        reasons = {first.deferral_reason, first.withdrawal_reason} - {None}
        assert reasons == (set() if each.training_status == "active" else {"other"})
        found = [(one.declaration_type, one.declaration_date, one.state) for one in teacher.declarations]
        asked = [] if each.declaration == NO_DECLARATION else [("started", declared_at, each.declaration)]
        assert found == asked
        assert {one.evidence_held for one in teacher.declarations} <= {evidence}
        if each.role == "ect":
            assert [one.started_on for one in teacher.inductions] == (
                [] if each.declaration == "submitted" else [start]
            )
    assert_sound(world)


def test_every_second_ect_has_the_latest_mentor_and_forty_people_are_at_a_school() -> None:
    world = new_world()
    roles = ["ect", "ect", "mentor", *["ect"] * 3, "mentor", *["ect"] * 34]
    added = add_people(world, "alder", [Wanted("2025", role, "active", NO_DECLARATION) for role in roles], NOW)
    mentors = [
        [each.mentor for each in teacher.stays[0].mentorships if each.mentor is not teacher] for teacher in added
    ]
    assert mentors[:9] == [[], [], [], [added[2]], [], [added[2]], [], [added[6]], []]
    assert [len(school.stays) for school in world.schools.values()] == [40, 1]
    assert mentors[40] == []


def test_a_cohort_that_has_not_begun_starts_today_and_has_no_declaration_yet() -> None:
    world = new_world(datetime(2026, 6, 20, 9, tzinfo=UTC))
    now = world.clock
    (teacher,) = add_people(world, "alder", [Wanted("2026", "ect", "active", NO_DECLARATION)], now)
    assert (teacher.stays[0].started_on, teacher.trainings_as("ect")[0].cohort) == (now.date(), "2026")
    with refused(world):
        add_people(world, "alder", [Wanted("2026", "ect", "active", "submitted")], now)


@pytest.mark.parametrize(("days", "allowed"), [(25, False), (26, True)])
def test_a_declaration_needs_a_day_after_its_own(days: int, allowed: bool) -> None:
    world = new_world(datetime(2025, 9, 1 + days, 9, tzinfo=UTC))
    wanted = [Wanted("2025", "ect", "active", "submitted")]
    if allowed:
        assert len(add_people(world, "alder", wanted, world.clock)) == 1
    else:
        with refused(world):
            add_people(world, "alder", wanted, world.clock)


def test_what_can_not_be_is_refused() -> None:
    """Without a delivery partner in the cohort, and without an open statement for more than `submitted`."""
    world = new_world()
    with refused(world):
        add_people(world, "dogwood", [Wanted("2025", "ect", "active", NO_DECLARATION)], NOW)
    with refused(world):
        add_people(world, "alder", [Wanted("2021", "ect", "active", "eligible")], NOW)
    assert len(add_people(world, "alder", [Wanted("2021", "ect", "active", "submitted")], NOW)) == 1
