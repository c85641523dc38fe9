"""Cohorts, schedules, milestones and statements as the service seeds them (schedules 1 to 5).

Days are London days. Both ends of a stretch belong to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

from mock_server.v3.domain.calendar import day_before, end_of, start_of, year_later
from mock_server.v3.domain.vocabulary import DECLARATION_TYPES, SCHEDULE_IDENTIFIERS, FeeType

COHORTS: Final = ("2021", "2022", "2023", "2024", "2025", "2026")

# The cohort to which ECTs from frozen cohorts move (schedules 1 and 4).
COHORT_AFTER_FROZEN: Final = "2024"
SCHEDULE_AFTER_FROZEN: Final = "ecf-extended-september"

# From this cohort on, declaration dates must follow the order of the types (rules 5.8, row 18).
FIRST_COHORT_WITH_ORDER: Final = 2025

_FIRST_OF_JUNE: Final = (6, 1)


class Milestone(NamedTuple):
    """The window of one declaration type. `milestone_date` is None if every later day is fine."""

    declaration_type: str
    start: date
    milestone_date: date | None

    @property
    def opens(self) -> datetime:
        """The first moment of the window."""
        return start_of(self.start)

    @property
    def closes(self) -> datetime | None:
        """The first moment that is too late. None if no moment is too late."""
        return None if self.milestone_date is None else end_of(self.milestone_date)

    def accepts(self, moment: datetime) -> bool:
        return self.opens <= moment and (self.closes is None or moment < self.closes)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One named timetable of a cohort. `milestones` is by declaration type, in the order of the types."""

    identifier: str
    cohort: str
    milestones: MappingProxyType[str, Milestone]


class Flags(NamedTuple):
    """The facts of a cohort in schedules 1, besides its days."""

    enabled: bool
    payments_frozen_on: date | None
    mentor_funding: bool
    detailed_evidence: bool
    uplift_fees: bool


FLAGS: Final[dict[str, Flags]] = {
    "2021": Flags(False, date(2024, 6, 18), False, False, True),
    "2022": Flags(False, date(2025, 6, 16), False, False, True),
    "2023": Flags(True, None, False, False, True),
    "2024": Flags(True, None, False, False, True),
    "2025": Flags(True, None, True, True, False),
    "2026": Flags(True, None, True, True, False),
}

# Schedules 2: first day and milestone date, in the order of the types. 2023 and 2024 follow 2022, a year each later.
_MILESTONES: Final = {
    ("2021", "september"): """
        2021-09-01 2021-11-30
        2021-09-01 2022-01-31
        2022-02-01 2022-04-30
        2022-05-01 2022-09-30
        2022-10-01 2023-01-31
        2023-02-01 2023-04-30""",
    ("2021", "january"): """
        2021-12-01 2022-01-31
        2022-02-01 2022-04-30
        2022-05-01 2022-09-30
        2022-10-01 2023-01-31
        2023-02-01 2023-04-30
        2023-05-01 2023-09-30""",
    ("2021", "april"): """
        2022-02-01 2022-05-31
        2022-05-01 2022-09-30
        2022-10-01 2023-01-31
        2023-02-01 2023-04-30
        2023-05-01 2023-09-30
        2023-10-01 2024-01-31""",
    ("2022", "september"): """
        2022-06-01 2022-12-31
        2023-01-01 2023-03-31
        2023-04-01 2023-07-31
        2023-08-01 2023-12-31
        2024-01-01 2024-03-31
        2024-04-01 2024-07-31""",
    ("2022", "january"): """
        2023-01-01 2023-03-31
        2023-04-01 2023-07-31
        2023-08-01 2023-12-31
        2024-01-01 2024-03-31
        2024-04-01 2024-07-31
        2024-08-01 2024-12-31""",
    ("2022", "april"): """
        2023-04-01 2023-07-31
        2023-08-01 2023-12-31
        2024-01-01 2024-03-31
        2024-04-01 2024-07-31
        2024-08-01 2024-12-31
        2025-01-01 2025-03-31""",
}
_LAST_LISTED: Final = 2022
_LAST_WITH_MILESTONE_DATES: Final = 2024

# The first day of each term's schedules, in the year of the cohort or the next (schedules 3).
_TERM_STARTS: Final = {"september": (0, 9, 1), "january": (1, 1, 1), "april": (1, 4, 1)}

# Statements of these months pay for declarations. The others are for service fees (schedules 5).
OUTPUT_MONTHS: Final = (1, 4, 8, 11)


def first_day(cohort: str) -> date:
    """The cohort's first day, unless somebody changes it."""
    return date(int(cohort), *_FIRST_OF_JUNE)


def last_day(cohort: str) -> date:
    return day_before(year_later(first_day(cohort)))


def payments_frozen_at(cohort: str) -> datetime | None:
    day = FLAGS[cohort].payments_frozen_on
    return None if day is None else start_of(day)


@cache
def schedules_of(cohort: str) -> MappingProxyType[str, Schedule]:
    """The twelve schedules of one of `COHORTS`, by identifier."""
    return MappingProxyType({identifier: _schedule(cohort, identifier) for identifier in SCHEDULE_IDENTIFIERS})


def _schedule(cohort: str, identifier: str) -> Schedule:
    year = int(cohort)
    _, family, term = identifier.split("-")
    if family == "standard" and year <= _LAST_WITH_MILESTONE_DATES:
        listed = min(year, _LAST_LISTED)
        rows = (line.split() for line in _MILESTONES[str(listed), term].strip().splitlines())
        windows = [[year_later(date.fromisoformat(day), year - listed) for day in row] for row in rows]
        milestones = [
            Milestone(kind, start, last) for kind, (start, last) in zip(DECLARATION_TYPES, windows, strict=False)
        ]
    else:
        years, month, day = _TERM_STARTS[term]
        start = date(year + years, month, day)
        if family == "standard" and term == "september":
            start = first_day(cohort)
        kinds = DECLARATION_TYPES if family == "extended" else DECLARATION_TYPES[:6]
        milestones = [Milestone(kind, start, None) for kind in kinds]
    return Schedule(identifier, cohort, MappingProxyType({each.declaration_type: each for each in milestones}))


def schedules_a_year_later(schedules: MappingProxyType[str, Schedule], cohort: str) -> MappingProxyType[str, Schedule]:
    """The department's copy for a new contract period: the same schedules, each day a year later."""
    return MappingProxyType(
        {
            identifier: Schedule(
                identifier,
                cohort,
                MappingProxyType(
                    {
                        kind: Milestone(kind, year_later(start), last and year_later(last))
                        for kind, start, last in schedule.milestones.values()
                    }
                ),
            )
            for identifier, schedule in schedules.items()
        }
    )


def identifier_by_month(day: date, family: str = "standard") -> str:
    """The schedule that the service assigns to training that starts on `day` (schedules 4)."""
    if 6 <= day.month <= 10:
        term = "september"
    elif day.month >= 11 or day.month <= 2:
        term = "january"
    else:
        term = "april"
    return f"ecf-{family}-{term}"


class StatementDates(NamedTuple):
    month: int
    year: int
    fee_type: FeeType
    deadline_date: date
    payment_date: date


def statement_dates(month: int, year: int) -> StatementDates:
    """The deadline is the last day of the month before. The payment date is the 25th (schedules 5)."""
    fee_type: FeeType = "output" if month in OUTPUT_MONTHS else "service"
    return StatementDates(month, year, fee_type, day_before(date(year, month, 1)), date(year, month, 25))


def statements_of(cohort: str) -> Iterator[StatementDates]:
    """Every month from November of the cohort's year to August three years later."""
    year, month = int(cohort), 11
    while (year, month) <= (int(cohort) + 3, 8):
        yield statement_dates(month, year)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
