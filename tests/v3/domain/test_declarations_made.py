"""Rules 5.7 and 5.8: what may be declared, and what a declaration does."""

from datetime import timedelta
from typing import Any

import pytest

from mock_server.v3.domain import declarations, people
from mock_server.v3.domain.vocabulary import DECLARATION_TYPES
from tests.v3.domain.situations import (
    MISSING,
    NOW,
    TODAY,
    add_mentorship,
    add_stay,
    at,
    day,
    declare,
    defer,
    delivery_partner,
    end_stay,
    finish_funding,
    make_eligible,
    new_world,
    train,
    train_2024,
)

BLANKS: list[Any] = [MISSING, None, "", "  ", False, [], {}]
EXTENDED = "ecf-extended-september"
ATTRIBUTES = ("participant_id", "declaration_type", "declaration_date", "course_identifier", "evidence_held")
SECOND = timedelta(seconds=1)


# -- what may be declared --------------------------------------------------------------------------


def test_all_types_in_order_are_declared() -> None:
    """Nine types of an extended schedule, dates ascending."""
    world = new_world()
    training = train(world, schedule=EXTENDED)
    for number, declaration_type in enumerate(DECLARATION_TYPES):
        dated = f"2026-01-{10 + number}T09:00:00Z"
        declared = declare(world, training, declaration_type=declaration_type, declaration_date=dated)
        assert (declared.declaration_type, declared.declaration_date) == (declaration_type, at(dated))
    assert [each.declaration_type for each in training.teacher.declarations] == list(DECLARATION_TYPES)


def test_what_a_declaration_is_about() -> None:
    """rules 5.8: the effects."""
    world = new_world()
    training = train(world)
    declared = declare(world, training)
    assert (declared.training, declared.provider) == (training, "alder")
    assert declared.delivery_partner is delivery_partner(world, "alder")
    assert (declared.state, declared.statement) == ("submitted", None)
    assert (declared.created_at, declared.updated_at) == (NOW, NOW)
    assert declared.evidence_held == "other"


def test_a_declaration_for_an_eligible_role_goes_onto_the_next_open_statement() -> None:
    """rules 5.8: the effects."""
    world = new_world()
    declared = declare(world, make_eligible(world, train(world)))
    assert declared.state == "eligible"
    assert declared.statement is not None
    assert (declared.statement.cohort, declared.statement.deadline_date) == ("2025", day("2026-03-31"))


def test_the_other_roles_eligibility_does_not_count() -> None:
    """rules 5.8: the effects."""
    world = new_world()
    training = train(world)
    make_eligible(world, train(world, "mentor", teacher=training.teacher, start="2026-01-05"))
    assert declare(world, training).state == "submitted"


def test_a_declaration_is_about_the_latest_training_even_if_the_date_falls_into_another() -> None:
    """rules 5.7."""
    world = new_world()
    old = train(world, end="2025-12-31", schedule="ecf-standard-january")
    new = train(world, stay=old.stay, start="2026-01-01")
    declared = declare(world, old, declaration_date="2025-10-01T09:00:00Z")
    assert declared.training is new


@pytest.mark.parametrize(("start", "end"), [("2026-03-01", None), ("2025-09-01", "2025-12-31")])
def test_the_latest_training_counts_even_if_it_is_over_or_has_not_begun(start: str, end: str | None) -> None:
    """rules 5.7."""
    world = new_world()
    training = train(world, start=start, end=end)
    assert declare(world, training).training is training


def test_the_latest_training_is_this_providers() -> None:
    """Rules 4 and 5.7: no rule forbids the old provider to submit."""
    world = new_world()
    old = train(world, end="2025-12-31")
    train(world, provider="birch", stay=old.stay, start="2026-01-01")
    assert declare(world, old).training is old
    assert declare(world, old, provider="birch", declaration_type="retained-1").provider == "birch"


@pytest.mark.parametrize("end", ["2025-12-31", TODAY])
def test_people_who_left_may_be_declared_for(end: str) -> None:
    """rules 5.8."""
    world = new_world()
    assert declare(world, end_stay(world, train(world), end)).state == "submitted"


@pytest.mark.parametrize("dated", ["2025-10-01T09:00:00Z", "2026-02-01T09:00:00Z"])
def test_deferred_people_may_be_declared_for_at_any_date(dated: str) -> None:
    """rules 5.8."""
    world = new_world()
    assert declare(world, defer(world, train(world)), declaration_date=dated).state == "submitted"


def test_a_mentor_whose_funding_ended_may_be_declared_for() -> None:
    """rules 5.8."""
    world = new_world()
    training = train(world, "mentor")
    finish_funding(world, training, "2025-12-31")
    assert declare(world, training).state == "submitted"


def test_a_past_milestone_may_be_declared_at_any_time() -> None:
    """rules 5.8: backdating."""
    world = new_world()
    assert declare(world, train_2024(world), declaration_date="2024-06-01T09:00:00Z").declaration_type == "started"


# -- mentorships, uplifts, completion ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("dated", "nearest"),
    [
        # Ten days from the first one's end, sixty from the second's start.
        ("2025-11-10T09:00:00Z", 0),
        ("2026-01-05T09:00:00Z", 1),
        # Inside the first one, but nearer to the second's start than to either end of the first.
        ("2025-10-31T09:00:00Z", 0),
        # As far from the one as from the other: the earlier start.
        ("2025-12-05T09:00:00Z", 0),
    ],
)
def test_an_ects_declaration_notes_the_nearest_mentorship(dated: str, nearest: int) -> None:
    """Rules 5.8, effects: mentorships from 1 September to 31 October, and from 9 January on."""
    world = new_world()
    training = train(world)
    mentors = [add_stay(world, "mentor", school=training.stay.school) for _ in range(2)]
    add_mentorship(world, training.stay, mentors[0], "2025-09-01", "2025-10-31")
    add_mentorship(world, training.stay, mentors[1], "2026-01-09", None)
    mentorship = declare(world, training, declaration_date=dated).mentorship
    assert mentorship is not None
    assert mentorship.mentor_stay is mentors[nearest]


def test_a_mentorship_that_contains_the_date_has_no_precedence() -> None:
    """Rules 5.8, effects: a long open one against a short one that begins ten days after the date."""
    world = new_world()
    training = train(world)
    mentors = [add_stay(world, "mentor", school=training.stay.school) for _ in range(2)]
    add_mentorship(world, training.stay, mentors[0], "2025-09-01", "2026-03-31")
    add_mentorship(world, training.stay, mentors[1], "2026-01-30", "2026-02-01")
    mentorship = declare(world, training).mentorship
    assert mentorship is not None
    assert mentorship.mentor_stay is mentors[1]


def test_a_mentors_declaration_notes_no_mentorship() -> None:
    """rules 3.3."""
    world = new_world()
    training = train(world, "mentor")
    add_mentorship(world, train(world, school=training.stay.school).stay, training.stay, "2025-09-01", None)
    assert declare(world, training).mentorship is None


def test_a_statement_holds_its_declarations_in_the_order_of_their_making() -> None:
    """Control API, STATEMENT: whichever became eligible, or was taken back, first."""
    world = new_world()
    first, second, third = (train(world) for _ in range(3))
    people.change_funding(world, third.teacher, "ect", NOW, eligible=True)
    made = [declare(world, each) for each in (first, second, third)]
    for each in (second, first):
        people.change_funding(world, each.teacher, "ect", NOW, eligible=True)
    held = made[0].statement
    assert held is not None
    assert list(held.declarations) == made
    for state in ("payable", "paid"):
        for declared in made:
            declarations.set_state(world, declared, state, NOW)
    for declared in (made[2], made[0], made[1]):
        declarations.void(world, declared, NOW)
    assert list(held.clawbacks) == made
    declarations.set_state(world, made[1], "clawed-back", NOW)
    assert (list(held.declarations), list(held.clawbacks)) == (made, made)
