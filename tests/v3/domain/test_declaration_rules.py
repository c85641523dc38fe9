"""Rules 5.8, rows 1 to 11, and the consequences that the sheet names. Each test names its rows."""

from datetime import date, timedelta
from typing import Any

import pytest

from mock_server.v3.domain.schedules import Milestone
from tests.v3.domain.situations import (
    MISSING,
    NOW,
    UNKNOWN_ID,
    at,
    day,
    declaration_of,
    declare,
    declare_refused,
    new_world,
    set_cohort,
    train,
    train_2024,
    withdraw,
)

BLANKS: list[Any] = [MISSING, None, "", "  ", False, [], {}]
EXTENDED = "ecf-extended-september"
ATTRIBUTES = ("participant_id", "declaration_type", "declaration_date", "course_identifier", "evidence_held")
SECOND = timedelta(seconds=1)


# -- consequences that the sheet names -------------------------------------------------------------


@pytest.mark.parametrize("blank", BLANKS)
def test_empty_attributes_give_only_participant_id(blank: Any) -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), **dict.fromkeys(ATTRIBUTES, blank))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["declaration-participant-given"]


def test_an_unknown_participant_gives_only_participant_id() -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), participant_id=UNKNOWN_ID)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["declaration-participant-exists"]


def test_an_unknown_participant_and_a_malformed_date_give_two_entries() -> None:
    """Rules 5.8, rows 2 and 11."""
    world = new_world()
    refusal = declare_refused(world, train(world), participant_id=UNKNOWN_ID, declaration_date="2026-01-20")
    assert refusal.titles == ["participant_id", "declaration_date"]


def test_another_providers_participant_gives_only_participant_id() -> None:
    """Rules 5.8, row 19."""
    world = new_world()
    refusal = declare_refused(world, train(world, provider="birch"))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["declaration-participant-yours"]


@pytest.mark.parametrize("declaration_type", ["started", "retained-1"])
@pytest.mark.parametrize("evidence", [MISSING, "nonsense", "materials-engaged-with-offline"])
def test_another_providers_participant_is_not_asked_for_evidence(declaration_type: str, evidence: Any) -> None:
    """Rules 5.8, rows 13 and 19: without D there is no cohort."""
    world = new_world()
    training = train(world, provider="birch")
    refusal = declare_refused(world, training, declaration_type=declaration_type, evidence_held=evidence)
    assert refusal.titles == ["participant_id"]


@pytest.mark.parametrize(("role", "course"), [("ect", "ecf-mentor"), ("mentor", "ecf-induction")])
def test_a_wrong_role_gives_only_course_identifier(role: str, course: str) -> None:
    """Rules 5.8, row 5."""
    world = new_world()
    refusal = declare_refused(world, train(world, role), course_identifier=course)
    assert refusal.titles == ["course_identifier"]
    assert refusal.rules == ["declaration-course-of-participant"]


# -- rows 1 to 7 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("blank", BLANKS)
def test_row_1_a_blank_participant_is_refused(blank: Any) -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), participant_id=blank)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["declaration-participant-given"]


@pytest.mark.parametrize("id", [UNKNOWN_ID, "abc", 7])
def test_row_2_an_unknown_participant_is_refused(id: Any) -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), participant_id=id)
    assert refusal.rules == ["declaration-participant-exists"]


@pytest.mark.parametrize("course", [*BLANKS, "ecf", "ECF-INDUCTION", "ecf-mentor "])
def test_row_3_a_course_that_is_none_is_refused(course: Any) -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), course_identifier=course)
    assert refusal.titles == ["course_identifier"]
    assert refusal.rules == ["declaration-course-listed"]


def test_row_3_is_asked_only_if_clean() -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), participant_id=None, course_identifier=None)
    assert refusal.rules == ["declaration-participant-given"]


@pytest.mark.parametrize("blank", BLANKS)
def test_row_4_a_blank_date_is_refused(blank: Any) -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), declaration_date=blank)
    assert refusal.titles == ["declaration_date"]
    assert refusal.rules == ["declaration-date-given"]


def test_row_4_is_asked_only_if_clean() -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), course_identifier=None, declaration_date=None)
    assert refusal.rules == ["declaration-course-listed"]


def test_row_4_a_withdrawn_participant_and_no_date_give_declaration_date() -> None:
    """The decision after row 19: the service answers 400."""
    world = new_world()
    refusal = declare_refused(world, withdraw(world, train(world)), declaration_date=None)
    assert refusal.titles == ["declaration_date"]


def test_row_5_is_not_asked_after_a_complaint_about_the_date() -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), course_identifier="ecf-mentor", declaration_date=None)
    assert refusal.rules == ["declaration-date-given"]


@pytest.mark.parametrize("blank", BLANKS)
def test_row_6_a_blank_type_is_refused(blank: Any) -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), declaration_type=blank)
    assert refusal.titles == ["declaration_type"]
    assert refusal.rules == ["declaration-type-given"]


@pytest.mark.parametrize("declaration_type", ["retained-5", "Started", "started ", "extended-4", "retained", 1])
def test_row_7_a_type_that_is_none_of_the_nine_is_refused(declaration_type: Any) -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), declaration_type=declaration_type)
    assert refusal.titles == ["declaration_type"]
    assert refusal.rules == ["declaration-type-listed"]


@pytest.mark.parametrize("declaration_type", [None, "retained-5"])
def test_rows_6_and_7_are_asked_only_if_clean(declaration_type: Any) -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), course_identifier="ecf-mentor", declaration_type=declaration_type)
    assert refusal.rules == ["declaration-course-of-participant"]


def test_an_unknown_course_is_read_as_the_mentors() -> None:
    """Rules 5.7, and rows 3 and 12: the type of a 2025 mentor is looked at."""
    world = new_world()
    refusal = declare_refused(world, train(world, "mentor"), course_identifier="x", declaration_type="retained-1")
    assert refusal.titles == ["course_identifier", "declaration_type"]
    assert refusal.rules == ["declaration-course-listed", "declaration-type-for-mentors"]


def test_an_unknown_course_and_an_unknown_type_are_refused_with_dates_in_order_too() -> None:
    """Rules 5.8, rows 3, 12 and 18: row 7 isn't asked, so row 18 meets a type that is none."""
    world = new_world()
    training = train(world, "mentor")
    declaration_of(world, training)
    set_cohort(world, "2025", mentor_funding=False)
    refusal = declare_refused(world, training, course_identifier="x", declaration_type="x")
    assert refusal.titles == ["course_identifier"]


# -- row 8: twice ------------------------------------------------------------------------------------


def test_row_8_an_exact_copy_is_refused() -> None:
    world = new_world()
    training = train(world)
    declare(world, training)
    refusal = declare_refused(world, training)
    assert refusal.titles == ["declaration_type"]
    assert refusal.rules == ["declaration-type-free"]


@pytest.mark.parametrize(
    ("state", "blocks"),
    [
        ("submitted", True),
        ("eligible", True),
        ("payable", True),
        ("paid", True),
        ("voided", False),
        ("awaiting-clawback", False),
        ("clawed-back", False),
    ],
)
def test_row_8_a_live_declaration_of_the_type_is_refused_and_no_other(state: str, blocks: bool) -> None:
    world = new_world()
    training = train(world)
    declaration_of(world, training, state=state)
    if blocks:
        assert declare_refused(world, training).rules == ["declaration-type-free"]
    else:
        assert declare(world, training).state == "submitted"


def test_row_8_another_providers_declaration_counts() -> None:
    world = new_world()
    old = train(world, provider="birch", end="2025-12-31")
    declaration_of(world, old)
    new = train(world, stay=old.stay, start="2026-01-01")
    assert declare_refused(world, new).titles == ["declaration_type"]


def test_row_8_a_declaration_of_another_training_counts() -> None:
    world = new_world()
    old = train(world, end="2025-12-31")
    declaration_of(world, old)
    new = train(world, stay=old.stay, start="2026-01-01")
    assert declare_refused(world, new).rules == ["declaration-type-free"]


def test_row_8_the_other_role_does_not_count() -> None:
    world = new_world()
    ect = train(world, end="2025-12-31")
    declaration_of(world, ect)
    mentor = train(world, "mentor", teacher=ect.teacher, start="2026-01-05")
    assert declare(world, mentor).role == "mentor"


def test_row_8_comes_before_the_milestone_and_stops_it() -> None:
    """Rules 5.8, rows 8 and 10: one entry."""
    world = new_world()
    training = train_2024(world)
    declaration_of(world, training, dated="2024-10-01T09:00:00Z")
    refusal = declare_refused(world, training, declaration_date="2020-01-01T09:00:00Z")
    assert refusal.rules == ["declaration-type-free"]


# -- rows 9 to 11: the date --------------------------------------------------------------------------


def test_row_9_a_date_after_now_is_refused() -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), declaration_date="2026-02-10T10:00:01Z")
    assert refusal.titles == ["declaration_date"]
    assert refusal.rules == ["declaration-date-not-future"]


def test_row_9_now_itself_is_fine() -> None:
    world = new_world()
    assert declare(world, train(world), declaration_date="2026-02-10T10:00:00Z").declaration_date == NOW


def test_row_9_compares_moments_and_not_days() -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), declaration_date="2026-02-10T10:30:00+00:00")
    assert refusal.rules == ["declaration-date-not-future"]
    assert declare(world, train(world), declaration_date="2026-02-10T10:30:00+01:00").declaration_date < NOW


def test_row_9_is_not_asked_after_a_complaint_about_the_course() -> None:
    world = new_world()
    refusal = declare_refused(
        world, train(world), course_identifier="ecf-mentor", declaration_date="2027-01-01T00:00:00Z"
    )
    assert refusal.rules == ["declaration-course-of-participant"]


@pytest.mark.parametrize(
    ("dated", "fits"),
    [
        ("2024-05-31T22:59:59Z", False),
        ("2024-05-31T23:00:00Z", True),
        ("2024-06-01T00:00:00+01:00", True),
        ("2024-12-31T23:59:59.999Z", True),
        ("2025-01-01T00:00:00Z", False),
        ("2025-01-01T00:59:59+01:00", True),
    ],
)
def test_row_10_the_first_and_the_last_day_of_the_milestone_count(dated: str, fits: bool) -> None:
    """Rules 2.9: London's days. `started` of the 2024 standard September schedule: 1 June to 31 December."""
    world = new_world()
    if fits:
        assert declare(world, train_2024(world), declaration_date=dated).declaration_type == "started"
    else:
        refusal = declare_refused(world, train_2024(world), declaration_date=dated)
        assert refusal.titles == ["declaration_date"]
        assert refusal.rules == ["declaration-date-in-milestone"]


@pytest.mark.parametrize(("dated", "fits"), [("2025-07-31T22:59:59Z", True), ("2025-07-31T23:00:00Z", False)])
def test_row_10_the_last_day_ends_at_midnight_in_london_in_summer(dated: str, fits: bool) -> None:
    """`retained-2` of the 2024 standard September schedule: 1 April to 31 July."""
    world = new_world()
    training = train_2024(world)
    if fits:
        assert declare(world, training, declaration_type="retained-2", declaration_date=dated).evidence_held == "other"
    else:
        refusal = declare_refused(world, training, declaration_type="retained-2", declaration_date=dated)
        assert refusal.rules == ["declaration-date-in-milestone"]


@pytest.mark.parametrize(("dated", "fits"), [("2025-05-31T22:59:59Z", False), ("2025-05-31T23:00:00Z", True)])
def test_row_10_a_schedule_with_only_a_start_accepts_every_later_date(dated: str, fits: bool) -> None:
    world = new_world()
    training = train(world)
    if fits:
        assert declare(world, training, declaration_date=dated).declaration_type == "started"
        assert declare(world, train(world), declaration_date="2026-02-10T09:00:00Z").state == "submitted"
    else:
        assert declare_refused(world, training, declaration_date=dated).rules == ["declaration-date-in-milestone"]


@pytest.mark.parametrize(
    ("turned_on", "opens", "closes"),
    [
        ("2026-03-29", "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z"),
        ("2026-10-25", "2026-10-24T23:00:00Z", "2026-10-26T00:00:00Z"),
    ],
)
def test_row_10_the_days_on_which_london_turns_its_clocks_have_23_and_25_hours(
    turned_on: str, opens: str, closes: str
) -> None:
    milestone = Milestone("started", date.fromisoformat(turned_on), date.fromisoformat(turned_on))
    assert (milestone.opens, milestone.closes) == (at(opens), at(closes))
    assert milestone.accepts(at(opens))
    assert not milestone.accepts(at(opens) - SECOND)
    assert milestone.accepts(at(closes) - SECOND)
    assert not milestone.accepts(at(closes))


MALFORMED = ["2026-01-20", "2026-01-20T09:00Z", "2026-01-20 09:00:00", "abc", "2026-02-30T10:00:00Z", "20/01/2026", 7]


@pytest.mark.parametrize("dated", MALFORMED)
def test_row_11_a_malformed_date_is_refused(dated: Any) -> None:
    """With the decision after row 19: 422 for values in which no date can be found, too."""
    world = new_world()
    refusal = declare_refused(world, train(world), declaration_date=dated)
    assert refusal.titles == ["declaration_date"]
    assert refusal.rules == ["declaration-date-well-formed"]


@pytest.mark.parametrize("dated", ["2026-01-20T09:00:00", "2026-01-20T09:00:00,5Z", "2026-01-20T09:00:00-0130"])
def test_row_11_fraction_and_zone_are_optional(dated: str) -> None:
    world = new_world()
    assert declare(world, train(world), declaration_date=dated).declaration_date.date() == day("2026-01-20")


def test_a_date_is_kept_to_the_microsecond() -> None:
    """rules 2.9."""
    world = new_world()
    declared = declare(world, train(world), declaration_date="2026-01-20T09:00:00.123456Z")
    assert declared.declaration_date.microsecond == 123456


def test_a_date_without_a_zone_is_utc_in_summer_too() -> None:
    """The decision in rules 5.8."""
    world = new_world()
    declared = declare(world, train(world), declaration_date="2025-07-20T09:00:00")
    assert declared.declaration_date == at("2025-07-20T09:00:00Z")
