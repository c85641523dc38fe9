"""London's days and the dates of the service (rules 2.9, schedules 1 to 5)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mock_server.v3.domain.calendar import (
    day_after,
    day_before,
    end_of,
    is_ongoing,
    is_over,
    london_day,
    months_later,
    start_of,
    year_later,
)
from mock_server.v3.domain.schedules import (
    COHORTS,
    FLAGS,
    identifier_by_month,
    last_day,
    payments_frozen_at,
    schedules_a_year_later,
    schedules_of,
    statement_dates,
    statements_of,
)
from mock_server.v3.domain.vocabulary import DECLARATION_TYPES, SCHEDULE_IDENTIFIERS

SIX, NINE = DECLARATION_TYPES[:6], DECLARATION_TYPES

# Schedules 2, as the sheet lists it: cohort, term, type, start, milestone date.
STANDARD = """
2021 september started 2021-09-01 2021-11-30
2021 september retained-1 2021-09-01 2022-01-31
2021 september retained-2 2022-02-01 2022-04-30
2021 september retained-3 2022-05-01 2022-09-30
2021 september retained-4 2022-10-01 2023-01-31
2021 september completed 2023-02-01 2023-04-30
2021 january started 2021-12-01 2022-01-31
2021 january retained-1 2022-02-01 2022-04-30
2021 january retained-2 2022-05-01 2022-09-30
2021 january retained-3 2022-10-01 2023-01-31
2021 january retained-4 2023-02-01 2023-04-30
2021 january completed 2023-05-01 2023-09-30
2021 april started 2022-02-01 2022-05-31
2021 april retained-1 2022-05-01 2022-09-30
2021 april retained-2 2022-10-01 2023-01-31
2021 april retained-3 2023-02-01 2023-04-30
2021 april retained-4 2023-05-01 2023-09-30
2021 april completed 2023-10-01 2024-01-31
2022 september started 2022-06-01 2022-12-31
2022 september retained-1 2023-01-01 2023-03-31
2022 september retained-2 2023-04-01 2023-07-31
2022 september retained-3 2023-08-01 2023-12-31
2022 september retained-4 2024-01-01 2024-03-31
2022 september completed 2024-04-01 2024-07-31
2022 january started 2023-01-01 2023-03-31
2022 january retained-1 2023-04-01 2023-07-31
2022 january retained-2 2023-08-01 2023-12-31
2022 january retained-3 2024-01-01 2024-03-31
2022 january retained-4 2024-04-01 2024-07-31
2022 january completed 2024-08-01 2024-12-31
2022 april started 2023-04-01 2023-07-31
2022 april retained-1 2023-08-01 2023-12-31
2022 april retained-2 2024-01-01 2024-03-31
2022 april retained-3 2024-04-01 2024-07-31
2022 april retained-4 2024-08-01 2024-12-31
2022 april completed 2025-01-01 2025-03-31
2023 september started 2023-06-01 2023-12-31
2023 september retained-1 2024-01-01 2024-03-31
2023 september retained-2 2024-04-01 2024-07-31
2023 september retained-3 2024-08-01 2024-12-31
2023 september retained-4 2025-01-01 2025-03-31
2023 september completed 2025-04-01 2025-07-31
2023 january started 2024-01-01 2024-03-31
2023 january retained-1 2024-04-01 2024-07-31
2023 january retained-2 2024-08-01 2024-12-31
2023 january retained-3 2025-01-01 2025-03-31
2023 january retained-4 2025-04-01 2025-07-31
2023 january completed 2025-08-01 2025-12-31
2023 april started 2024-04-01 2024-07-31
2023 april retained-1 2024-08-01 2024-12-31
2023 april retained-2 2025-01-01 2025-03-31
2023 april retained-3 2025-04-01 2025-07-31
2023 april retained-4 2025-08-01 2025-12-31
2023 april completed 2026-01-01 2026-03-31
2024 september started 2024-06-01 2024-12-31
2024 september retained-1 2025-01-01 2025-03-31
2024 september retained-2 2025-04-01 2025-07-31
2024 september retained-3 2025-08-01 2025-12-31
2024 september retained-4 2026-01-01 2026-03-31
2024 september completed 2026-04-01 2026-07-31
2024 january started 2025-01-01 2025-03-31
2024 january retained-1 2025-04-01 2025-07-31
2024 january retained-2 2025-08-01 2025-12-31
2024 january retained-3 2026-01-01 2026-03-31
2024 january retained-4 2026-04-01 2026-07-31
2024 january completed 2026-08-01 2026-12-31
2024 april started 2025-04-01 2025-07-31
2024 april retained-1 2025-08-01 2025-12-31
2024 april retained-2 2026-01-01 2026-03-31
2024 april retained-3 2026-04-01 2026-07-31
2024 april retained-4 2026-08-01 2026-12-31
2024 april completed 2027-01-01 2027-03-31
"""

# Schedules 3: the first days of extended, reduced and replacement schedules, by term.
STARTS = {
    "2021": ("2021-09-01", "2022-01-01", "2022-04-01"),
    "2022": ("2022-09-01", "2023-01-01", "2023-04-01"),
    "2023": ("2023-09-01", "2024-01-01", "2024-04-01"),
    "2024": ("2024-09-01", "2025-01-01", "2025-04-01"),
    "2025": ("2025-09-01", "2026-01-01", "2026-04-01"),
    "2026": ("2026-09-01", "2027-01-01", "2027-04-01"),
}
TERMS = ("september", "january", "april")

# -- days ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-02-10T23:59:59", "2026-02-10"),
        ("2026-02-11T00:00:00", "2026-02-11"),
        # Clocks go forward at 01:00 UTC on 29 March 2026: the day has 23 hours.
        ("2026-03-29T00:00:00", "2026-03-29"),
        ("2026-03-29T22:59:59", "2026-03-29"),
        ("2026-03-29T23:00:00", "2026-03-30"),
        ("2026-05-31T22:59:59", "2026-05-31"),
        ("2026-05-31T23:00:00", "2026-06-01"),
        # Clocks go back at 01:00 UTC on 25 October 2026: the day has 25 hours.
        ("2026-10-24T22:59:59", "2026-10-24"),
        ("2026-10-24T23:00:00", "2026-10-25"),
        ("2026-10-25T23:59:59", "2026-10-25"),
        ("2026-10-26T00:00:00", "2026-10-26"),
    ],
)
def test_a_day_is_londons(moment: str, day: str) -> None:
    """Rules 2.9."""
    assert london_day(datetime.fromisoformat(moment).replace(tzinfo=UTC)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-02-28", 24), ("2028-02-29", 24)]
)
def test_a_day_lasts_until_the_next_begins(day: str, hours: int) -> None:
    """Rules 2.9: clock changes and leap days."""
    start, end = start_of(date.fromisoformat(day)), end_of(date.fromisoformat(day))
    assert (end - start) == timedelta(hours=hours)
    assert london_day(start) == london_day(end - timedelta(microseconds=1)) == date.fromisoformat(day)
    assert london_day(end) == day_after(date.fromisoformat(day))


def test_a_summer_day_starts_at_eleven_in_the_evening_in_utc() -> None:
    """Rules 2.9: milestone start 2026-06-01 accepts from 2026-05-31T23:00:00Z."""
    assert start_of(date(2026, 6, 1)) == datetime(2026, 5, 31, 23, tzinfo=UTC)


def test_the_last_day_of_a_stretch_is_ongoing_in_one_reading_and_over_in_the_other() -> None:
    """Rules 1: both readings matter."""
    first, last = date(2026, 1, 1), date(2026, 2, 10)
    assert [is_ongoing(first, last, day) for day in (first, last, day_after(last))] == [True, True, False]
    assert [is_over(last, day) for day in (date(2026, 2, 9), last, day_after(last))] == [False, True, True]
    assert is_ongoing(first, None, date.max)
    assert not is_over(None, date.max)


@pytest.mark.parametrize(
    ("day", "later"), [("2028-02-29", "2029-02-28"), ("2027-02-28", "2028-02-28"), ("2025-06-01", "2026-06-01")]
)
def test_a_year_later_is_the_same_day_where_there_is_one(day: str, later: str) -> None:
    """Schedules 1: 29 February becomes 28."""
    assert year_later(date.fromisoformat(day)) == date.fromisoformat(later)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [("2025-11-25", 2, "2026-01-25"), ("2025-12-31", 2, "2026-02-28"), ("2027-12-31", 2, "2028-02-29")],
)
def test_months_later_is_the_same_day_or_the_last(day: str, months: int, later: str) -> None:
    assert months_later(date.fromisoformat(day), months) == date.fromisoformat(later)


# -- cohorts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cohort", "flags"),
    [
        ("2021", (False, date(2024, 6, 18), False, False, True)),
        ("2022", (False, date(2025, 6, 16), False, False, True)),
        ("2023", (True, None, False, False, True)),
        ("2024", (True, None, False, False, True)),
        ("2025", (True, None, True, True, False)),
        ("2026", (True, None, True, True, False)),
    ],
)
def test_a_cohort_has_the_flags_of_the_sheet(cohort: str, flags: tuple[object, ...]) -> None:
    """Schedules 1."""
    assert tuple(FLAGS[cohort]) == flags


def test_payments_are_frozen_from_midnight_in_london() -> None:
    """Schedules 1: 2022 from 2025-06-16T00:00 London, in summer."""
    assert payments_frozen_at("2022") == datetime(2025, 6, 15, 23, tzinfo=UTC)
    assert payments_frozen_at("2023") is None


def test_a_cohort_runs_from_june_to_may() -> None:
    """Schedules 1."""
    assert [last_day(cohort) for cohort in COHORTS] == [date(int(cohort) + 1, 5, 31) for cohort in COHORTS]


# -- schedules -------------------------------------------------------------------------------------


def test_the_standard_schedules_until_2024_have_the_windows_of_the_sheet() -> None:
    """Schedules 2, the whole table."""
    derived = [
        f"{cohort} {term} {kind} {milestone.start} {milestone.milestone_date}"
        for cohort in COHORTS[:4]
        for term in TERMS
        for kind, milestone in schedules_of(cohort)[f"ecf-standard-{term}"].milestones.items()
    ]
    assert derived == STANDARD.split("\n")[1:-1]


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("family", ["standard", "extended", "reduced", "replacement"])
@pytest.mark.parametrize("term", range(3))
def test_the_other_schedules_have_only_a_start(cohort: str, family: str, term: int) -> None:
    """Schedules 3: one start for all types, six types, nine on extended schedules."""
    if family == "standard" and int(cohort) < 2025:
        return
    start = date.fromisoformat(STARTS[cohort][term])
    if family == "standard" and term == 0:
        start = date(int(cohort), 6, 1)
    milestones = schedules_of(cohort)[f"ecf-{family}-{TERMS[term]}"].milestones
    assert tuple(milestones) == (NINE if family == "extended" else SIX)
    assert {(each.start, each.milestone_date) for each in milestones.values()} == {(start, None)}


def test_every_cohort_has_the_twelve_schedules() -> None:
    """Schedules 2 and 3."""
    assert {tuple(schedules_of(cohort)) for cohort in COHORTS} == {SCHEDULE_IDENTIFIERS}


def test_a_new_cohort_copies_the_schedules_a_year_later() -> None:
    """Schedules 1."""
    later = schedules_a_year_later(schedules_of("2026"), "2027")
    assert tuple(later) == SCHEDULE_IDENTIFIERS
    assert later["ecf-standard-september"].milestones["started"].start == date(2027, 6, 1)
    assert {schedule.cohort for schedule in later.values()} == {"2027"}


@pytest.mark.parametrize(
    ("day", "term"),
    [
        ("2025-10-31", "september"),
        ("2025-11-01", "january"),
        ("2026-02-28", "january"),
        ("2028-02-29", "january"),
        ("2026-03-01", "april"),
        ("2026-05-31", "april"),
        ("2026-06-01", "september"),
    ],
)
def test_the_month_decides_which_schedule_is_assigned(day: str, term: str) -> None:
    """Schedules 4, at its borders."""
    assert identifier_by_month(date.fromisoformat(day)) == f"ecf-standard-{term}"


# -- statements ------------------------------------------------------------------------------------


def test_a_statement_closes_the_day_before_its_month_and_is_paid_on_the_25th() -> None:
    """Schedules 5."""
    assert statement_dates(3, 2028)[2:] == ("service", date(2028, 2, 29), date(2028, 3, 25))
    assert statement_dates(1, 2026)[2:] == ("output", date(2025, 12, 31), date(2026, 1, 25))


@pytest.mark.parametrize("cohort", COHORTS)
def test_a_contract_has_twelve_output_statements_from_november_to_august(cohort: str) -> None:
    """Schedules 5, the table."""
    year = int(cohort)
    output = [(each.month, each.year) for each in statements_of(cohort) if each.fee_type == "output"]
    assert output == [
        (month, year + number + (0 if month == 11 else 1)) for number in range(3) for month in (11, 1, 4, 8)
    ]
    every = list(statements_of(cohort))
    assert (len(every), every[0].deadline_date, every[-1].payment_date) == (
        34,
        date(year, 10, 31),
        date(year + 3, 8, 25),
    )


# -- the ends of the calendar ------------------------------------------------------------------------


def test_the_calendar_has_a_first_and_a_last_day() -> None:
    """Nothing that a tester sends makes day arithmetic fail."""
    assert (day_before(date.min), day_after(date.max)) == (date.min, date.max)
    assert year_later(date.max) == date.max
    assert london_day(datetime.min.replace(tzinfo=UTC)) == date.min
    assert london_day(datetime.max.replace(tzinfo=UTC)) == date.max
    assert start_of(date.min) < end_of(date.min)
    assert end_of(date.max) == start_of(date.max)
