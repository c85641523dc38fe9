"""The schedules as version 1's page shows them: by cohort, each with a picture and its dates."""

from typing import Final

from docs.generator.timeline import standard_timeline
from docs.generator.timetable import CohortTimetable
from mock_server.v1.domain.schedules import (
    FAMILIES,
    FIRST_COHORT,
    LAST_COHORT,
    TERMS,
    Schedule,
    published_statements,
    schedule,
)

# The cohorts whose dates the department published. Later cohorts repeat these dates, each a year later.
SHOWN: Final = range(FIRST_COHORT, FIRST_COHORT + 4)


def cohorts() -> list[CohortTimetable[Schedule]]:
    return [
        CohortTimetable.of(
            year,
            [_schedule(year, f"ecf-{family}-{term}") for family in FAMILIES for term in TERMS],
            published_statements(year),
        )
        for year in SHOWN
    ]


def last_cohort() -> int:
    return LAST_COHORT


def picture(each: Schedule) -> str:
    payments = {name: milestone.payment for name, milestone in each.milestones.items() if milestone.payment}
    return standard_timeline(each, payments)


def _schedule(year: int, identifier: str) -> Schedule:
    found = schedule(year, identifier)
    if found is None:
        raise LookupError(f"cohort {year} has no {identifier}")
    return found
