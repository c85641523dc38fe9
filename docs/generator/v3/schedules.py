"""Version 3's schedules by cohort, each with a picture and its dates, and how they differ from version 1's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from docs.generator.timeline import standard_timeline, written, written_span
from docs.generator.timetable import CohortTimetable
from mock_server.v1.domain.schedules import schedule as v1_schedule
from mock_server.v3.domain.schedules import (
    COHORT_AFTER_FROZEN,
    COHORTS,
    FLAGS,
    OUTPUT_MONTHS,
    SCHEDULE_AFTER_FROZEN,
    Flags,
    Schedule,
    first_day,
    identifier_by_month,
    schedules_of,
    statements_of,
)
from mock_server.v3.domain.vocabulary import DECLARATION_TYPES, TERMS

# How many types most schedules have, and how many the extended ones have.
_NUMBERS: Final = {6: "six", 9: "nine"}


@dataclass(frozen=True, slots=True)
class CohortYear:
    """A cohort's first day and its flags."""

    year: str
    first: date
    flags: Flags


@dataclass(frozen=True, slots=True)
class Term:
    """The schedule that the service gives to training that starts from `first` to `last`, two months' names."""

    first: str
    last: str
    identifier: str


@dataclass(frozen=True, slots=True)
class MovedMilestone:
    """A milestone whose days differ between the versions, both as text."""

    cohort: str
    schedule: str
    declaration_type: str
    v1: str
    v3: str


def facts() -> list[CohortYear]:
    return [CohortYear(year, first_day(year), flags) for year, flags in FLAGS.items()]


def cohorts() -> list[CohortTimetable[Schedule]]:
    """The statements are those that pay for declarations. Version 3 shows no others."""
    return [
        CohortTimetable.of(
            int(year),
            schedules_of(year).values(),
            [statement for statement in statements_of(year) if statement.fee_type == "output"],
        )
        for year in COHORTS
    ]


def picture(each: Schedule) -> str:
    return standard_timeline(each)


def by_types(schedules: Sequence[Schedule]) -> list[tuple[str, list[Schedule]]]:
    """The schedules by how many types they have, in words; those with the fewest come first."""
    numbers = sorted({len(each.milestones) for each in schedules})
    return [(_NUMBERS[number], [each for each in schedules if len(each.milestones) == number]) for number in numbers]


def statement_months() -> list[str]:
    """The months of the statements that pay for declarations."""
    return [month_name(month) for month in OUTPUT_MONTHS]


def declaration_types() -> tuple[str, ...]:
    """In the order that the dates of declarations must follow."""
    return DECLARATION_TYPES


def month_name(month: int) -> str:
    return f"{date(2000, month, 1):%B}"


def terms() -> list[Term]:
    """By the first month of each term, from June on, when a cohort starts."""
    months = [*range(6, 13), *range(1, 6)]
    by_term: dict[str, list[int]] = {}
    for month in months:
        by_term.setdefault(identifier_by_month(date(2000, month, 1)), []).append(month)
    found = [Term(month_name(each[0]), month_name(each[-1]), name) for name, each in by_term.items()]
    if len(found) != len(TERMS):
        raise LookupError("a term of the year has no schedule")
    return found


def after_frozen() -> tuple[str, str]:
    """The cohort and the schedule of ECTs from a cohort whose payments are frozen."""
    return COHORT_AFTER_FROZEN, SCHEDULE_AFTER_FROZEN


def differences() -> list[MovedMilestone]:
    """The standard schedules' milestones that differ from version 1's, for the cohorts with milestone dates."""
    return [
        MovedMilestone(each.cohort, each.identifier, kind, *(_span(windows, kind) for windows in both))
        for cohort in cohorts()
        for each in cohort.standard
        for both in [(_v1_windows(each), _windows(each))]
        for kind in each.milestones
        if both[0][kind] != both[1][kind]
    ]


_Windows = Mapping[str, tuple[date, date | None]]


def _windows(each: Schedule) -> _Windows:
    return {kind: (milestone.start, milestone.milestone_date) for kind, milestone in each.milestones.items()}


def _v1_windows(each: Schedule) -> _Windows:
    found = v1_schedule(int(each.cohort), each.identifier)
    if found is None:
        raise LookupError(f"version 1 has no {each.identifier} of {each.cohort}")
    return {kind: (milestone.start, milestone.milestone_date) for kind, milestone in found.milestones.items()}


def _span(windows: _Windows, kind: str) -> str:
    start, last = windows[kind]
    return f"from {written(start)}" if last is None else written_span(start, last)
