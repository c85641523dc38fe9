"""Dates and flags that are wrong in one cohort: what an author forgets, copies from v1, or makes a year too late."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from mock_server.v3.domain import declaration_rules, evidence, schedules, statements, world
from mock_server.v3.domain.facts import DeclarationFacts
from mock_server.v3.domain.records import Cohort
from mock_server.v3.domain.schedules import FLAGS, Milestone, Schedule
from mock_server.v3.domain.vocabulary import DECLARATION_TYPES
from tests.mutation.planting import Plant, patched

_DAY = timedelta(days=1)


def _flags(cohort: str, **facts: Any) -> Callable[[], None]:
    """Plants other flags of a cohort."""
    return lambda: FLAGS.update({cohort: FLAGS[cohort]._replace(**facts)})


def _schedules(change: Callable[[Schedule], dict[str, Milestone]]) -> Callable[[], None]:
    """Plants other milestones in the schedules, by type."""

    def make(original: Any) -> Any:
        def schedule(cohort: str, identifier: str) -> Schedule:
            made: Schedule = original(cohort, identifier)
            return replace(made, milestones=MappingProxyType(change(made)))

        return schedule

    def plant() -> None:
        patched(schedules, "_schedule", make)()
        schedules.schedules_of.cache_clear()

    return plant


def _windows(cohort: str, identifier: str, **windows: tuple[date, date]) -> Callable[[], None]:
    """Plants other windows of types in one schedule. Names of types have `_` for `-`."""

    def change(schedule: Schedule) -> dict[str, Milestone]:
        found = dict(schedule.milestones)
        if (schedule.cohort, schedule.identifier) == (cohort, identifier):
            for name, window in windows.items():
                type = name.replace("_", "-")
                found[type] = Milestone(type, *window)
        return found

    return _schedules(change)


def _six_types(schedule: Schedule) -> dict[str, Milestone]:
    """The extended schedules of 2021 have six types, as in v1."""
    types = DECLARATION_TYPES[:6] if schedule.cohort == "2021" else DECLARATION_TYPES
    return {type: found for type, found in schedule.milestones.items() if type in types}


def _with_the_cohort(schedule: Schedule) -> dict[str, Milestone]:
    """The replacement schedules of 2022 begin with the cohort."""
    if schedule.cohort != "2022" or schedule.identifier != "ecf-replacement-september":
        return dict(schedule.milestones)
    return {type: found._replace(start=date(2022, 6, 1)) for type, found in schedule.milestones.items()}


def _in_september(schedule: Schedule) -> dict[str, Milestone]:
    """The standard schedule of 2025 begins in September, as all others do."""
    if schedule.cohort != "2025" or schedule.identifier != "ecf-standard-september":
        return dict(schedule.milestones)
    return {type: found._replace(start=date(2025, 9, 1)) for type, found in schedule.milestones.items()}


def _open_ended(schedule: Schedule) -> dict[str, Milestone]:
    """From 2023 on no milestone has a last day."""
    if schedule.cohort < "2023":
        return dict(schedule.milestones)
    return {type: found._replace(milestone_date=None) for type, found in schedule.milestones.items()}


def _old_days(name: str, days: timedelta) -> Callable[[], None]:
    """Until 2023, days begin at midnight UTC."""

    def make(original: Any) -> Any:
        def moment(self: Milestone) -> datetime | None:
            day = self.start if name == "opens" else self.milestone_date
            if day is None or day.year >= 2024:
                found: datetime | None = original.fget(self)
                return found
            return datetime(day.year, day.month, day.day, tzinfo=UTC) + days

        return property(moment)

    return patched(Milestone, name, make)


def _evidence(cohort: str, change: Callable[[DeclarationFacts, tuple[str, ...]], tuple[str, ...]]) -> Any:
    """Plants other evidence for one cohort."""

    def make(original: Any) -> Any:
        def evidence_allowed(self: DeclarationFacts) -> tuple[str, ...]:
            allowed: tuple[str, ...] = original.fget(self)
            concerned = self.cohort is not None and self.cohort.year == cohort
            return change(self, allowed) if concerned else allowed

        return property(evidence_allowed)

    return patched(DeclarationFacts, "evidence_allowed", make)


def _by_flag(facts: DeclarationFacts) -> bool:
    return facts.cohort is not None and facts.cohort.detailed_evidence


def _order_by_flag() -> None:
    # The table of rules keeps the function itself.
    declaration_rules.cohort_with_order.__code__ = _by_flag.__code__


def _from(year: int) -> Callable[[], None]:
    return patched(declaration_rules, "FIRST_COHORT_WITH_ORDER", lambda _: year)


def _frozen_in_utc(original: Any) -> Any:
    def payments_frozen_at(cohort: str) -> datetime | None:
        day = FLAGS[cohort].payments_frozen_on
        return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)

    return payments_frozen_at


def _year_of_v1(original: Any) -> Any:
    """2022 begins on 1 September, as in v1."""

    def contains(self: Any, day: date) -> bool:
        first = {"2022": date(2022, 9, 1)}.get(self.year, self.started_on)
        last = {"2021": date(2022, 8, 31)}.get(self.year, self.finished_on)
        return bool(first <= day <= last)

    return contains


def _statements_end_early(original: Any) -> Any:
    return lambda cohort: [each for each in original(cohort) if (cohort, each.year) != ("2021", 2024)]


_A_COHORT = "dates and flags of one cohort"

COHORTS = tuple(
    Plant(f"cohort-{name}", _A_COHORT, what, plant)
    for name, what, plant in (
        ("evidence-2023", "2023 has detailed evidence.", _flags("2023", detailed_evidence=True)),
        ("evidence-2026", "2026 has no detailed evidence.", _flags("2026", detailed_evidence=False)),
        (
            "offline-2022",
            "Offline materials are evidence in 2022.",
            _evidence("2022", lambda _, held: held and evidence._WITH_OFFLINE),
        ),
        ("none-2021", "2021 needs no evidence at all.", _evidence("2021", lambda _, held: ())),
        (
            "kept-2021",
            "`started` of 2021 keeps and needs its evidence.",
            _evidence("2021", lambda _, held: held or evidence._SIMPLE),
        ),
        (
            "mentors-2023",
            "Mentors of 2023 need no evidence.",
            _evidence("2023", lambda asked, held: () if asked.role == "mentor" else held),
        ),
        ("types-2021", "The extended schedules of 2021 have six types, as in v1.", _schedules(_six_types)),
        (
            "january-2021",
            "January 2021 has the `completed` of v1.",
            _windows("2021", "ecf-standard-january", completed=(date(2023, 2, 1), date(2023, 10, 31))),
        ),
        (
            "april-2021",
            "April 2021 has the `started` of v1.",
            _windows("2021", "ecf-standard-april", started=(date(2022, 3, 1), date(2022, 4, 30))),
        ),
        (
            "retained-2022",
            "A milestone of 2022 closes a day early.",
            _windows("2022", "ecf-standard-september", retained_2=(date(2023, 4, 1), date(2023, 7, 30))),
        ),
        (
            "year-2023",
            "A milestone of 2023 is that of 2022.",
            _windows("2023", "ecf-standard-january", retained_3=(date(2024, 1, 1), date(2024, 3, 31))),
        ),
        ("open-2023", "From 2023 on no milestone has a last day.", _schedules(_open_ended)),
        ("replacement-2022", "The replacement schedules of 2022 begin in June.", _schedules(_with_the_cohort)),
        ("standard-2025", "The standard schedule of 2025 begins in September.", _schedules(_in_september)),
        ("opens-utc", "Until 2023, milestones open at midnight UTC.", _old_days("opens", timedelta())),
        ("closes-utc", "Until 2023, milestones close at midnight UTC.", _old_days("closes", _DAY)),
        ("order-2024", "The order of types counts from 2024 on.", _from(2024)),
        ("order-2021", "The order of types counts in every cohort.", _from(2021)),
        ("order-2026", "The order of types counts from 2026 on.", _from(2026)),
        ("order-flag", "The order of types goes by the flag of detailed evidence.", _order_by_flag),
        ("frozen-2021", "2021 is frozen a day late.", _flags("2021", payments_frozen_on=date(2024, 6, 19))),
        ("frozen-2022", "2022 is never frozen.", _flags("2022", payments_frozen_on=None)),
        ("frozen-2023", "2023 is frozen in June 2026.", _flags("2023", payments_frozen_on=date(2026, 6, 1))),
        ("frozen-utc", "A freeze begins at midnight UTC.", patched(world, "payments_frozen_at", _frozen_in_utc)),
        ("closed-2021", "2021 takes partnerships.", _flags("2021", enabled=True)),
        ("closed-2023", "2023 is closed to partnerships.", _flags("2023", enabled=False)),
        ("uplift-2021", "2021 pays no uplifts.", _flags("2021", uplift_fees=False)),
        ("uplift-2026", "2026 pays uplifts.", _flags("2026", uplift_fees=True)),
        ("mentors-2022", "Mentors of 2022 start and complete only.", _flags("2022", mentor_funding=True)),
        ("mentors-2026", "Mentors of 2026 can be declared retained.", _flags("2026", mentor_funding=False)),
        ("begins-2022", "2022 begins in September, as in v1.", patched(Cohort, "contains", _year_of_v1)),
        (
            "statements-2021",
            "2021 has no statements in 2024.",
            patched(statements, "statements_of", _statements_end_early),
        ),
    )
)
