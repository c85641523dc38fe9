"""Rules 5.6: what a change of schedule does, and to which cohort it goes."""

from typing import Any

import pytest

from mock_server.v3.domain.derived import participant_status
from mock_server.v3.domain.vocabulary import SCHEDULE_IDENTIFIERS
from tests.v3.domain.situations import (
    MISSING,
    NOW,
    TODAY,
    TOMORROW,
    YESTERDAY,
    act,
    add_partnership,
    at,
    came_from,
    day,
    declaration_of,
    delivery_partner,
    freeze,
    new_world,
    refused,
    train,
)

STANDARD = "ecf-standard-september"
EXTENDED = "ecf-extended-september"
FOR_ECTS = [each for each in SCHEDULE_IDENTIFIERS if "replacement" not in each and each != STANDARD]
FOR_MENTORS = [each for each in SCHEDULE_IDENTIFIERS if "reduced" not in each and each != STANDARD]

# -- effects -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "schedule"), [*[("ect", each) for each in FOR_ECTS], *[("mentor", each) for each in FOR_MENTORS]]
)
def test_training_that_began_before_today_ends_yesterday_and_goes_on_from_today(role: str, schedule: str) -> None:
    world = new_world()
    old = train(world, role)
    declaration = declaration_of(world, old)
    new = act(world, "change-schedule", old, schedule_identifier=schedule)
    assert new is not old
    assert (old.schedule_identifier, old.finished_on) == (STANDARD, day(YESTERDAY))
    assert (new.schedule_identifier, new.started_on, new.finished_on) == (schedule, day(TODAY), None)
    assert (new.partnership, new.cohort) == (old.partnership, "2025")
    assert declaration.training is old
    assert participant_status(new, NOW.date()) == "active"
    assert new.teacher.updated_at == NOW


@pytest.mark.parametrize("start", [TODAY, TOMORROW])
def test_training_that_begins_today_or_later_is_changed_in_place(start: str) -> None:
    world = new_world()
    training = train(world, start=start)
    assert act(world, "change-schedule", training, schedule_identifier=EXTENDED) is training
    assert (training.schedule_identifier, training.started_on) == (EXTENDED, day(start))


@pytest.mark.parametrize(
    ("end", "stay_end", "expected"),
    [
        ("2026-07-20", "2026-08-31", "2026-07-20"),
        ("2026-08-31", "2026-07-20", "2026-07-20"),
        (None, "2026-07-20", "2026-07-20"),
        ("2026-07-20", None, "2026-07-20"),
    ],
)
def test_the_new_training_ends_with_the_old_one_or_the_stay(end: str, stay_end: str, expected: str) -> None:
    world = new_world()
    old = train(world, end=end)
    old.stay.finished_on = day(stay_end)
    new = act(world, "change-schedule", old)
    assert new.finished_on == day(expected)
    assert participant_status(new, NOW.date()) == "leaving"


@pytest.mark.parametrize("action", ["defer", "withdraw"])
def test_defer_and_withdraw_are_refused_until_tomorrow(action: str) -> None:
    world = new_world()
    new = act(world, "change-schedule", train(world))
    assert refused(world, action, new).rules == [f"{action}-not-on-first-day"]
    act(world, action, new, now=at("2026-02-11T08:00:00Z"))


def test_billable_declarations_never_block_it() -> None:
    world = new_world()
    old = train(world, cohort="2024", start="2024-09-01")
    declaration_of(world, old, dated="2024-10-01T09:00:00Z", state="paid")
    new = act(world, "change-schedule", old, schedule_identifier="ecf-standard-april")
    assert new.schedule_identifier == "ecf-standard-april"


# -- the target cohort ---------------------------------------------------------------------------


@pytest.mark.parametrize("cohort", [MISSING, None, "", "1999", "next", "2025", 2025, [], "2025 "])
def test_a_cohort_that_does_not_exist_is_ignored(cohort: Any) -> None:
    """rules 5.6: silently L's own."""
    world = new_world()
    assert act(world, "change-schedule", train(world), cohort=cohort).cohort == "2025"


def test_a_change_of_cohort_takes_the_partnership_with_the_same_delivery_partner() -> None:
    world = new_world()
    old = train(world)
    assert old.partnership is not None
    same = add_partnership(world, old.stay.school, cohort="2026")
    add_partnership(world, old.stay.school, cohort="2026", partner=delivery_partner(world, "alder", 1))
    new = act(world, "change-schedule", old, cohort="2026", schedule_identifier=STANDARD)
    assert (new.cohort, new.partnership, new.schedule_identifier) == ("2026", same, STANDARD)
    assert same.delivery_partner is old.partnership.delivery_partner


def test_a_change_of_cohort_takes_else_the_newest_partnership() -> None:
    world = new_world()
    old = train(world)
    for number in (1, 2):
        newest = add_partnership(
            world, old.stay.school, cohort="2026", partner=delivery_partner(world, "alder", number)
        )
    assert act(world, "change-schedule", old, cohort=2026).partnership is newest


def test_a_change_away_from_a_frozen_cohort_sets_the_frozen_year() -> None:
    world = new_world()
    old = train(world, cohort="2023", start="2023-09-01")
    freeze(world, "2023")
    add_partnership(world, old.stay.school, cohort="2024")
    act(world, "change-schedule", old, cohort="2024")
    assert (old.teacher.ect.frozen_year, old.teacher.mentor.frozen_year) == ("2023", None)


def test_a_change_away_from_an_open_cohort_sets_no_frozen_year() -> None:
    world = new_world()
    old = train(world, cohort="2023", start="2023-09-01")
    add_partnership(world, old.stay.school, cohort="2024")
    act(world, "change-schedule", old, cohort="2024")
    assert old.teacher.ect.frozen_year is None


def test_a_change_back_into_the_frozen_cohort_clears_the_frozen_year() -> None:
    world = new_world()
    training = came_from(world, train(world, "mentor", cohort="2024", start="2024-09-01"), "2023")
    freeze(world, "2023")
    add_partnership(world, training.stay.school, cohort="2023")
    assert act(world, "change-schedule", training, cohort="2023").cohort == "2023"
    assert training.teacher.mentor.frozen_year is None
