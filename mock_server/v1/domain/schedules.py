"""Schedules, milestones and output fee statements: the dates that count, by cohort.

The service publishes milestones and statements for the cohorts 2021 to 2024. The milestones of 2023 and 2024 follow
2022's, one and two years later; the last day of a month stays the last day. For cohorts from 2025 we extrapolate:
they have the milestones of 2022 and the statements of 2024, as many years later. All days are inclusive, in UTC.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Final

from mock_server.v1.domain.vocabulary import DECLARATION_TYPES

FIRST_COHORT: Final = 2021
# Late enough for any clock that a tester sets, and early enough that every date is valid.
LAST_COHORT: Final = 2099
COHORTS: Final = tuple(map(str, range(FIRST_COHORT, LAST_COHORT + 1)))
# The last cohort with milestones of its own, and the last with statements of its own.
_LAST_MILESTONES: Final = 2022
_LAST_STATEMENTS: Final = 2024
# ASCII digits only: int() would read others too.
_YEAR: Final = re.compile("[0-9]{4}")

FAMILIES: Final = ("standard", "extended", "reduced", "replacement")
TERMS: Final = ("september", "january", "april")
SCHEDULE_IDENTIFIERS: Final = tuple(f"ecf-{family}-{term}" for family in FAMILIES for term in TERMS)
DEFAULT_SCHEDULE: Final = "ecf-standard-september"

# The milestones of the standard schedules, in the order of DECLARATION_TYPES: first day, milestone
# date, payment date. The service publishes a payment before the milestone date for 2022's September `started`.
_STANDARD: Final = {
    (2021, "september"): """
        2021-09-01 2021-11-30 2021-11-30
        2021-09-01 2022-01-31 2022-02-28
        2022-02-01 2022-04-30 2022-05-31
        2022-05-01 2022-09-30 2022-10-31
        2022-10-01 2023-01-31 2023-02-28
        2023-02-01 2023-04-30 2023-05-31""",
    (2021, "january"): """
        2021-12-01 2022-01-31 2022-02-28
        2022-02-01 2022-04-30 2022-05-31
        2022-05-01 2022-09-30 2022-10-31
        2022-10-01 2023-01-31 2023-02-28
        2023-02-01 2023-04-30 2023-05-31
        2023-02-01 2023-10-31 2023-11-30""",
    (2021, "april"): """
        2022-03-01 2022-04-30 2022-05-31
        2022-06-01 2022-09-30 2022-10-31
        2022-11-01 2023-01-31 2023-02-28
        2023-03-01 2023-04-30 2023-05-31
        2023-06-01 2023-10-31 2023-11-30
        2023-12-01 2024-01-31 2024-02-28""",
    (2022, "september"): """
        2022-06-01 2022-12-31 2022-11-30
        2023-01-01 2023-03-31 2023-04-30
        2023-04-01 2023-07-31 2023-08-31
        2023-08-01 2023-12-31 2024-01-31
        2024-01-01 2024-03-31 2024-04-30
        2024-04-01 2024-07-31 2024-08-31""",
    (2022, "january"): """
        2023-01-01 2023-03-31 2023-04-30
        2023-04-01 2023-07-31 2023-08-31
        2023-08-01 2023-12-31 2024-01-31
        2024-01-01 2024-03-31 2024-04-30
        2024-04-01 2024-07-31 2024-08-31
        2024-08-01 2024-12-31 2025-01-31""",
    (2022, "april"): """
        2023-04-01 2023-07-31 2023-08-31
        2023-08-01 2023-12-31 2024-01-31
        2024-01-01 2024-03-31 2024-04-30
        2024-04-01 2024-07-31 2024-08-31
        2024-08-01 2024-12-31 2025-01-31
        2025-01-01 2025-03-31 2025-04-30""",
}

# Output fee statements: deadline, payment date.
_STATEMENTS: Final = {
    2021: """
        2021-11-30 2021-11-30
        2022-01-31 2022-02-25
        2022-04-30 2022-05-25
        2022-05-31 2022-06-25
        2022-09-30 2022-10-25
        2023-01-31 2023-02-25
        2023-04-30 2023-05-25
        2023-09-30 2023-10-25
        2024-01-31 2024-02-25
        2024-04-30 2024-05-25
        2024-07-31 2024-08-25""",
    2022: """
        2022-11-30 2022-11-30
        2023-01-31 2023-02-25
        2023-04-30 2023-05-25
        2023-05-31 2023-06-25
        2023-09-30 2023-10-25
        2024-01-31 2024-02-25
        2024-04-30 2024-05-25
        2024-09-30 2024-10-25
        2025-01-31 2025-02-25
        2025-04-30 2025-05-25
        2025-07-31 2025-08-25""",
    2023: """
        2023-12-31 2024-01-25
        2024-03-31 2024-04-25
        2024-07-31 2024-08-25
        2024-09-30 2024-10-25
        2024-12-31 2025-01-25
        2025-03-31 2025-04-25
        2025-07-31 2025-08-25
        2025-09-30 2025-10-25
        2025-12-31 2026-01-25
        2026-03-31 2026-04-25
        2026-07-31 2026-08-25""",
    2024: """
        2024-12-31 2025-01-25
        2025-03-31 2025-04-25
        2025-07-31 2025-08-25
        2025-09-30 2025-10-25
        2025-12-31 2026-01-25
        2026-03-31 2026-04-25
        2026-07-31 2026-08-25
        2026-09-30 2026-10-25
        2026-12-31 2027-01-25
        2027-03-31 2027-04-25""",
}
# After a cohort's last published statement, its deadlines are these days of each year.
_FURTHER_DEADLINES: Final = ((3, 31), (7, 31), (9, 30), (12, 31))


@dataclass(frozen=True, slots=True)
class Milestone:
    """The window of one declaration type. `milestone_date` is None if the schedule has no cut-off."""

    declaration_type: str
    start: date
    milestone_date: date | None
    payment: date

    @property
    def opens(self) -> datetime:
        """The first moment of the first day."""
        return start_of(self.start)

    @property
    def closes(self) -> datetime | None:
        """The first moment that is too late, or None if none is."""
        return end_of(self.milestone_date) if self.milestone_date else None


@dataclass(frozen=True, slots=True)
class Schedule:
    identifier: str
    cohort: int
    milestones: dict[str, Milestone]


@dataclass(frozen=True, slots=True)
class Statement:
    """One payment run: its declarations become payable after the deadline, and paid after the payment date."""

    deadline: date
    payment: date


@lru_cache(maxsize=4096)
def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


@lru_cache(maxsize=4096)
def end_of(day: date) -> datetime:
    """The first moment after `day`. Earlier moments belong to that day or an earlier one."""
    return start_of(day) + timedelta(days=1)


def academic_year(moment: datetime) -> int:
    """The cohort that starts in the academic year of `moment`; years begin on 1 September."""
    return moment.year if moment.month >= 9 else moment.year - 1


def _rows(text: str, years: int) -> list[list[date]]:
    return [
        [_years_later(date.fromisoformat(word), years) for word in line.split()] for line in text.strip().splitlines()
    ]


def _years_later(day: date, years: int) -> date:
    # We shift no date that is the last of a February, so the last day of a month stays the last day.
    return day.replace(year=day.year + years)


@cache
def schedule(cohort: int, identifier: str) -> Schedule | None:
    """The schedule of that name in that cohort, or None if there is none."""
    if identifier not in SCHEDULE_IDENTIFIERS or not FIRST_COHORT <= cohort <= LAST_COHORT:
        return None
    _, family, term = identifier.split("-")
    if family == "standard":
        published = min(cohort, _LAST_MILESTONES)
        rows = _rows(_STANDARD[published, term], cohort - published)
        milestones = [Milestone(kind, *row) for kind, row in zip(DECLARATION_TYPES, rows, strict=True)]
    else:
        start = {
            "september": date(cohort, 9, 1),
            "january": date(cohort + 1, 1, 1),
            "april": date(cohort + 1, 4, 1),
        }[term]
        milestones = [Milestone(kind, start, None, start) for kind in DECLARATION_TYPES]
    return Schedule(identifier, cohort, {m.declaration_type: m for m in milestones})


def schedule_of(cohort: str, identifier: str) -> Schedule | None:
    """Like `schedule`, for a cohort as records and requests write it. None for a text that is no cohort."""
    return schedule(int(cohort), identifier) if _YEAR.fullmatch(cohort) else None


@cache
def published_statements(cohort: int) -> tuple[Statement, ...]:
    """The output fee statements that the service lists for the cohort, in order."""
    published = min(cohort, _LAST_STATEMENTS)
    return tuple(Statement(*row) for row in _rows(_STATEMENTS[published], cohort - published))


def _further_statements(today: date) -> Iterator[Statement]:
    """The statements after the listed ones, by `_FURTHER_DEADLINES`. Payment is on the 25th of the next month."""
    for year in range(today.year, date.max.year):
        for month, day in _FURTHER_DEADLINES:
            deadline = date(year, month, day)
            if deadline >= today:
                next_month = deadline + timedelta(days=1)
                yield Statement(deadline, next_month.replace(day=25))


@lru_cache(maxsize=4096)
def next_statement(cohort: int, today: date) -> Statement | None:
    """The first statement with a deadline on `today` or later. None only at the end of the calendar."""
    for statement in published_statements(cohort):
        if statement.deadline >= today:
            return statement
    return next(_further_statements(today), None)
