"""The tables of schedules and statements against the published ones."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby

import pytest

from mock_server.v1.domain.schedules import (
    SCHEDULE_IDENTIFIERS,
    academic_year,
    next_statement,
    published_statements,
    schedule,
)
from tests.v1.domain.published import FAMILIES, IDENTIFIERS, OPEN_STARTS, STATEMENTS, TERMS, TYPES, WINDOWS, Window


def test_there_are_the_twelve_identifiers() -> None:
    assert len(IDENTIFIERS) == 12
    assert set(SCHEDULE_IDENTIFIERS) == set(IDENTIFIERS)


def test_the_published_table_is_read_whole() -> None:
    assert len(WINDOWS) == 72
    assert {cohort: len(rows) for cohort, rows in STATEMENTS.items()} == {2021: 11, 2022: 11, 2023: 11, 2024: 10}
    assert (
        Window(2024, "ecf-standard-september", "retained-1", date(2025, 1, 1), date(2025, 3, 31), date(2025, 4, 30))
        in WINDOWS
    )


@pytest.mark.parametrize(
    ("cohort", "identifier", "windows"),
    [(*key, list(rows)) for key, rows in groupby(WINDOWS, lambda row: (row.cohort, row.schedule))],
)
def test_each_standard_milestone_has_its_published_dates(cohort: int, identifier: str, windows: list[Window]) -> None:
    found = schedule(cohort, identifier)
    assert found is not None
    assert (found.cohort, found.identifier) == (cohort, identifier)
    assert [
        Window(cohort, identifier, each.declaration_type, each.start, each.milestone_date or date.min, each.payment)
        for each in found.milestones.values()
    ] == windows
    assert [window.declaration_type for window in windows] == list(TYPES)


@pytest.mark.parametrize("family", FAMILIES[1:])
@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("cohort", range(2021, 2025))
def test_each_milestone_of_the_other_schedules_has_a_start_and_no_end(family: str, term: str, cohort: int) -> None:
    found = schedule(cohort, f"ecf-{family}-{term}")
    assert found is not None
    month, day, later = OPEN_STARTS[term]
    start = date(cohort + later, month, day)
    assert list(found.milestones) == list(TYPES)
    for declaration_type, milestone in found.milestones.items():
        assert milestone.declaration_type == declaration_type
        assert (milestone.start, milestone.milestone_date, milestone.payment) == (start, None, start)
        assert milestone.opens == datetime(cohort + later, month, day, tzinfo=UTC)
        assert milestone.closes is None


@pytest.mark.parametrize(
    "identifier", ["", "ecf", "ecf-standard", "ecf-standard-may", "ECF-STANDARD-JANUARY", "ecf-standard-january "]
)
def test_a_name_that_is_none_of_the_twelve_is_no_schedule(identifier: str) -> None:
    assert schedule(2021, identifier) is None


@pytest.mark.parametrize("identifier", ["ecf-standard-september", "ecf-extended-april"])
def test_there_are_cohorts_from_2021_to_2099_and_no_others(identifier: str) -> None:
    known = [cohort for cohort in range(2019, 2102) if schedule(cohort, identifier) is not None]
    assert known == list(range(2021, 2100))


def test_a_window_that_ends_with_its_month_does_so_in_every_later_cohort() -> None:
    for cohort in range(2022, 2100):
        for term in TERMS:
            found = schedule(cohort, f"ecf-standard-{term}")
            assert found is not None
            closed = [milestone.closes for milestone in found.milestones.values()]
            assert [moment.day for moment in closed if moment] == [1] * len(TYPES)


@pytest.mark.parametrize("cohort", STATEMENTS)
def test_each_statement_has_its_published_dates(cohort: int) -> None:
    assert [(each.deadline, each.payment) for each in published_statements(cohort)] == STATEMENTS[cohort]


@pytest.mark.parametrize("cohort", STATEMENTS)
def test_the_next_statement_is_the_first_whose_deadline_is_today_or_later(cohort: int) -> None:
    day = date(cohort, 9, 1)
    for deadline, payment in STATEMENTS[cohort]:
        for today in (day, deadline - timedelta(days=1), deadline):
            found = next_statement(cohort, today)
            assert found is not None
            assert (found.deadline, found.payment) == (deadline, payment)
        day = deadline + timedelta(days=1)


# The listed ones of cohort 2021 end with the deadline 31 July 2024, those of 2022 a year later.
FURTHER = [(date(2024, 9, 30), date(2024, 10, 25)), (date(2024, 12, 31), date(2025, 1, 25)),
           (date(2025, 3, 31), date(2025, 4, 25)), (date(2025, 7, 31), date(2025, 8, 25)),
           (date(2025, 9, 30), date(2025, 10, 25))]  # fmt: skip


def test_after_the_listed_ones_a_further_statement_follows_each_march_july_september_and_december() -> None:
    """Schedules, output fee statements."""
    day = date(2024, 8, 1)
    for deadline, payment in FURTHER:
        for today in (day, deadline):
            found = next_statement(2021, today)
            assert found is not None
            assert (found.deadline, found.payment) == (deadline, payment)
        day = deadline + timedelta(days=1)
    late = next_statement(2022, date(2025, 8, 1))
    assert late is not None
    assert late.deadline == date(2025, 9, 30)


def test_there_are_statements_as_far_as_the_calendar_goes() -> None:
    last = next_statement(2021, date(9998, 12, 31))
    assert last is not None
    assert last.payment == date(9999, 1, 25)
    assert next_statement(2021, date(9999, 1, 1)) is None


@pytest.mark.parametrize("cohort", [2025, 2026, 2031])
def test_cohorts_from_2025_have_the_statements_of_2024_shifted_by_whole_years(cohort: int) -> None:
    """Schedules, what is extrapolated."""
    years = cohort - 2024
    shifted = [[day.replace(year=day.year + years) for day in days] for days in STATEMENTS[2024]]
    assert [[each.deadline, each.payment] for each in published_statements(cohort)] == shifted


@pytest.mark.parametrize("cohort", [2025, 2031])
@pytest.mark.parametrize("term", TERMS)
def test_cohorts_from_2025_have_the_milestones_of_2022_shifted_by_whole_years(cohort: int, term: str) -> None:
    """Schedules, what is extrapolated."""
    found = schedule(cohort, f"ecf-standard-{term}")
    of_2022 = [window for window in WINDOWS if (window.cohort, window.schedule) == (2022, f"ecf-standard-{term}")]
    assert found is not None
    for milestone, window in zip(found.milestones.values(), of_2022, strict=True):
        days = (window.start, window.milestone_date, window.payment)
        shifted = tuple(day.replace(year=day.year + cohort - 2022) for day in days)
        assert (milestone.start, milestone.milestone_date, milestone.payment) == shifted


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        (datetime(2021, 8, 31, 23, 59, 59, 999999, tzinfo=UTC), 2020),
        (datetime(2021, 9, 1, tzinfo=UTC), 2021),
        (datetime(2021, 12, 31, 23, 59, 59, tzinfo=UTC), 2021),
        (datetime(2022, 1, 1, tzinfo=UTC), 2021),
        (datetime(2022, 9, 1, tzinfo=UTC), 2022),
    ],
)
def test_the_academic_year_starts_on_the_first_of_september(moment: datetime, year: int) -> None:
    assert academic_year(moment) == year
