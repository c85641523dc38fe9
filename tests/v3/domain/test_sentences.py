"""What refusals say, and edges of the rules that no other test stands on."""

import re

import pytest

from mock_server.v3.domain import commands, declarations
from mock_server.v3.domain.derived import transfer_status, working_pattern
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.schedules import schedules_of
from tests.v3.domain.situations import (
    NOW,
    TODAY,
    TOMORROW,
    add_school,
    day,
    declaration_of,
    declare_refused,
    delivery_partner,
    end_stay,
    finish_funding,
    new_world,
    refusal,
    refused,
    train,
)


@pytest.mark.parametrize(("action", "done"), [("withdraw", "withdrawn"), ("defer", "deferred")])
@pytest.mark.parametrize("start", [TODAY, TOMORROW])
def test_who_hasnt_begun_or_begins_today_cant_be(action: str, done: str, start: str) -> None:
    """Rules 5.3, rows 4 and 5, and rules 5.4, rows 5 and 6."""
    world = new_world()
    (detail,) = refused(world, action, train(world, start=start)).details
    assert re.search(rf"\b{done}\b", detail)


def test_an_unknown_cohort_is_named() -> None:
    """Rules 5.1, row 4."""
    world = new_world()
    attributes = {
        "cohort": "2019",
        "school_id": add_school(world).id,
        "delivery_partner_id": delivery_partner(world).id,
    }
    told = refusal(world, lambda: commands.create_partnership(world, "alder", attributes, NOW))
    assert told.details[0] == "#/cohort 2019 is unknown"


@pytest.mark.parametrize(
    ("state", "wanted", "told"),
    [
        ("submitted", "paid", "A declaration that is submitted can't become paid: it can become eligible or voided."),
        ("voided", "paid", "A declaration that is voided can't become paid: it can't change any more."),
    ],
)
def test_a_state_without_an_arrow_names_the_arrows(state: str, wanted: str, told: str) -> None:
    """Rules 6.1."""
    world = new_world()
    with pytest.raises(Impossible) as impossible:
        declarations.set_state(world, declaration_of(world, train(world), state=state), wanted, NOW)
    assert str(impossible.value) == told


def test_a_void_that_cant_be_says_why() -> None:
    """Rules 5.9."""
    world = new_world()
    voided, paid = (declaration_of(world, train(world), state=state) for state in ("voided", "paid"))
    with pytest.raises(Impossible, match=r"^A declaration that is voided can't be voided\.$"):
        declarations.void(world, voided, NOW)
    with pytest.raises(Impossible, match=r"^The provider has no statement to come for 2025: nothing can be taken back"):
        declarations.void(world, paid, NOW.replace(year=2040))


def test_a_declaration_without_an_open_statement_cant_become_eligible() -> None:
    """Rules 6.1."""
    world = new_world()
    with pytest.raises(Impossible, match=r"^The provider has no open statement for 2025\.$"):
        declarations.set_state(world, declaration_of(world, train(world)), "eligible", NOW.replace(year=2040))


def test_a_transfer_is_complete_on_the_last_day_at_the_old_school() -> None:
    """Rules 3.2: incomplete while the leaving day is later than today."""
    world = new_world()
    ended = end_stay(world, train(world), TODAY)
    (transfer,) = ended.teacher.views[0].transfers
    today = day(TODAY)
    assert today is not None
    assert transfer_status(transfer, today) == "complete"


def test_who_was_never_an_ect_has_no_working_pattern() -> None:
    """Rules 3.1."""
    world = new_world()
    assert working_pattern(train(world, "mentor").teacher) is None


def test_the_latest_stay_gives_the_working_pattern() -> None:
    """Rules 3.1."""
    world = new_world()
    first = end_stay(world, train(world), "2025-12-19")
    first.stay.working_pattern = "part_time"
    later = train(world, start="2026-01-05", teacher=first.teacher, school=add_school(world))
    assert working_pattern(later.teacher) == "full_time"


def test_schedules_name_themselves_and_their_milestones() -> None:
    """Schedules 2 and 3."""
    for cohort in ("2022", "2024", "2025"):
        for identifier, schedule in schedules_of(cohort).items():
            assert (schedule.identifier, schedule.cohort) == (identifier, cohort)
            assert [each.declaration_type for each in schedule.milestones.values()] == list(schedule.milestones)


@pytest.mark.parametrize(("role", "declaration_type"), [("mentor", "started"), ("ect", "completed")])
def test_only_a_mentors_completed_touches_the_end_of_their_funding(role: str, declaration_type: str) -> None:
    """Rules 5.9."""
    world = new_world()
    training = train(world, role)
    finish_funding(world, training, "2025-12-19")
    declaration_of(world, training, declaration_type)
    assert training.teacher.mentor.ineligible_from == day("2025-12-19")


def test_missing_evidence_is_listed() -> None:
    """Rules 5.8, row 13."""
    world = new_world()
    told = declare_refused(world, train(world), evidence_held=None).details
    assert told[0].startswith("#/evidence_held must be given: training-event-attended, ")
    assert told[0].endswith(" for a started declaration")
