"""The schedules as the page shows them: by cohort, each with a picture and its dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from docs.generator.timeline import open_timeline, standard_timeline
from mock_server.v1.domain.schedules import (
    FAMILIES,
    FIRST_COHORT,
    LAST_COHORT,
    TERMS,
    Schedule,
    Statement,
    published_statements,
    schedule,
)

# The cohorts whose dates the department published. Later cohorts repeat these dates, each a year later.
SHOWN: Final = range(FIRST_COHORT, FIRST_COHORT + 4)


@dataclass(frozen=True, slots=True)
class Cohort:
    """`standard` schedules have a cut-off for each milestone. `open` ones have only a first day; sorted by that day."""

    year: int
    standard: Sequence[Schedule]
    open: Sequence[tuple[date, Sequence[Schedule]]]
    open_picture: str
    statements: Sequence[Statement]


def cohorts() -> list[Cohort]:
    return [_cohort(year) for year in SHOWN]


def last_cohort() -> int:
    return LAST_COHORT


def picture(each: Schedule) -> str:
    return standard_timeline(each)


def _cohort(year: int) -> Cohort:
    every = [_schedule(year, f"ecf-{family}-{term}") for family in FAMILIES for term in TERMS]
    standard = [each for each in every if all(m.milestone_date for m in each.milestones.values())]
    others = [each for each in every if each not in standard]
    by_start: dict[date, list[Schedule]] = {}
    for each in others:
        # The page says that every type has the same first day. The next line fails if it isn't true.
        (start,) = {milestone.start for milestone in each.milestones.values()}
        by_start.setdefault(start, []).append(each)
    return Cohort(
        year,
        standard,
        sorted(by_start.items()),
        open_timeline(year, others),
        published_statements(year),
    )


def _schedule(year: int, identifier: str) -> Schedule:
    found = schedule(year, identifier)
    if found is None:
        raise LookupError(f"cohort {year} has no {identifier}")
    return found
