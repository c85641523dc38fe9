"""A cohort's schedules and statements as the pages of both services show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from docs.generator.timeline import Schedule, open_timeline

AnySchedule = TypeVar("AnySchedule", bound=Schedule)


@dataclass(frozen=True, slots=True)
class CohortTimetable(Generic[AnySchedule]):
    """`standard` schedules have a cut-off for each milestone. `open` ones have only a first day; sorted by that day.

    `open_picture` shows all schedules without cut-offs. `statements` are records of the service's own kind.
    """

    year: int
    standard: Sequence[AnySchedule]
    open: Sequence[tuple[date, Sequence[AnySchedule]]]
    open_picture: str
    statements: Sequence[Any]

    @classmethod
    def of(
        cls, year: int, schedules: Iterable[AnySchedule], statements: Iterable[Any]
    ) -> "CohortTimetable[AnySchedule]":
        standard, others = [], []
        by_start: dict[date, list[AnySchedule]] = {}
        for each in schedules:
            if all(milestone.milestone_date for milestone in each.milestones.values()):
                standard.append(each)
            else:
                others.append(each)
                # The pages say that every type has the same first day. The next line fails if it isn't true.
                (start,) = {milestone.start for milestone in each.milestones.values()}
                by_start.setdefault(start, []).append(each)
        return cls(year, standard, sorted(by_start.items()), open_timeline(year, others), list(statements))
