"""Rules that the server no longer applies, and bounds that are wrong by a second or a day."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mock_server.rules.orders import Order
from mock_server.v3.domain import (
    calendar,
    clockwork,
    declarations,
    derived,
    evidence,
    facts,
    participant_rules,
    schedules,
    settling,
    statements,
)
from mock_server.v3.domain.commands import CATALOGUE
from mock_server.v3.domain.facts import DeclarationFacts
from mock_server.v3.domain.schedules import Milestone
from mock_server.v3.domain.world import World
from tests.mutation.planting import Plant, dropped, moved, patched, rule_check

_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)

RULES = tuple(dropped(CATALOGUE, id) for id in CATALOGUE)


def _not_future(asked: DeclarationFacts, said: str | None) -> str | None:
    moment = asked.declaration_date
    return None if moment and moment <= asked.now + _SECOND else said


def _before_withdrawal(asked: DeclarationFacts, said: str | None) -> str | None:
    return None if asked.withdrawn_at == asked.declaration_date else said


def _in_order(asked: DeclarationFacts, said: str | None) -> str | None:
    equal = any(each.declaration_date == asked.declaration_date for each in asked.blocking)
    return "the date of another declaration" if equal else said


def _utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _utc_start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _days_in_utc() -> None:
    """Every day of a rule is a day in UTC."""
    for module in (calendar, facts, declarations):
        module.london_day = _utc_day  # type: ignore[attr-defined]
    for module in (calendar, schedules):
        module.start_of = _utc_start  # type: ignore[attr-defined]
    schedules.end_of = lambda day: _utc_start(day + _DAY)  # type: ignore[attr-defined, assignment]


def _second_day(original: Any) -> Any:
    """The second day of training is too early, too."""

    def begun_today(asked: Any, outcome: str) -> str | None:
        latest = asked.latest
        if latest is not None and latest.started_on == asked.today - _DAY:
            return "started yesterday"
        said: str | None = original(asked, outcome)
        return said

    return begun_today


def _resumed_late(asked: Any, said: str | None) -> str | None:
    yesterday = asked.today - _DAY
    return "was deferred yesterday" if asked.latest and asked.latest.finished_on == yesterday else said


def _later_deadline(original: Any) -> Any:
    return lambda self, provider, cohort, today: original(self, provider, cohort, today + _DAY)


def _last_day_is_over(original: Any) -> Any:
    return lambda started_on, finished_on, day: original(started_on, finished_on, day) and day != finished_on


def _still_leaving(original: Any) -> Any:
    def participant_status(training: Any, today: date) -> Any:
        return original(training, today - _DAY if training.finished_on == today else today)

    return participant_status


def _whole_last_day(original: Any) -> Any:
    def sees_declaration(view: Any, declaration: Any) -> bool:
        latest = view.latest(declaration.role)
        if latest is None or latest.finished_on is None or not declaration.blocks:
            return bool(original(view, declaration))
        return bool(declaration.declaration_date.date() <= latest.finished_on)

    return sees_declaration


def _run_late(original: Any) -> Any:
    return lambda world, now: original(world, now - _DAY)


def _rerun(name: str) -> Callable[[], None]:
    """The daily run of that name works as on the day before."""

    def plant() -> None:
        late = _run_late(getattr(statements, name))
        jobs = [job._replace(run=late) if job.run is getattr(clockwork, name, None) else job for job in clockwork.JOBS]
        clockwork.JOBS = tuple(jobs)  # type: ignore[misc, assignment]

    return plant


def _incomplete_longer(original: Any) -> Any:
    return lambda transfer, today: original(transfer, today - _DAY)


BOUNDS = tuple(
    Plant(f"bound-{name}", "a bound off by a second", what, plant)
    for name, what, plant in (
        ("opens-late", "A milestone opens a second late.", moved(Milestone, "opens", _SECOND)),
        ("opens-early", "A milestone opens a second early.", moved(Milestone, "opens", -_SECOND)),
        ("closes-late", "A milestone closes a second late.", moved(Milestone, "closes", _SECOND)),
        ("closes-early", "A milestone closes a second early.", moved(Milestone, "closes", -_SECOND)),
        (
            "future",
            "A second of the future counts as past.",
            rule_check(CATALOGUE, "declaration-date-not-future", _not_future),
        ),
        (
            "withdrawal",
            "The moment of withdrawal itself can be declared for.",
            rule_check(CATALOGUE, "declaration-before-withdrawal", _before_withdrawal),
        ),
        (
            "sequence",
            "Declarations of two types can't have one date.",
            rule_check(CATALOGUE, "declaration-dates-in-order", _in_order),
        ),
        ("since", "updated_since leaves out its own moment.", patched(Order, "first_at", lambda _: Order.first_after)),
    )
) + tuple(
    Plant(f"day-{name}", "a day boundary that is wrong", what, plant)
    for name, what, plant in (
        ("utc", "Days begin at midnight UTC.", _days_in_utc),
        (
            "second",
            "The second day of training is too early to report.",
            patched(participant_rules, "_begun_today", _second_day),
        ),
        (
            "resume",
            "Nobody comes back on the day after a deferral.",
            rule_check(CATALOGUE, "resume-not-on-last-day", _resumed_late),
        ),
        ("deadline", "A statement takes nothing on its deadline.", patched(World, "open_statement", _later_deadline)),
        (
            "clawback",
            "A statement takes nothing back on its deadline.",
            patched(World, "clawback_statement", _later_deadline),
        ),
        ("last", "Who leaves today isn't counted today.", patched(derived, "is_ongoing", _last_day_is_over)),
        (
            "left",
            "The last day of training is `leaving`.",
            patched(derived, "participant_status", _still_leaving),
        ),
        (
            "others",
            "Others' declarations of one's last day are shown.",
            patched(settling, "sees_declaration", _whole_last_day),
        ),
        ("payable", "Deadlines take effect a day late.", _rerun("run_deadlines")),
        (
            "transfer",
            "A transfer is complete a day late.",
            patched(derived, "transfer_status", _incomplete_longer),
        ),
        (
            "school",
            "On the last day at a school one can come back.",
            patched(facts, "is_over", lambda original: lambda end, today: original(end, today - _DAY)),
        ),
    )
)


def _cell(detailed: bool, role: str, type: str, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> Any:
    def plant() -> None:
        key = detailed, role, type
        evidence._ALLOWED[key] = change(evidence._ALLOWED[key])  # type: ignore[index]

    return plant


TABLES = tuple(
    Plant(f"evidence-{name}", "the other half of a rule", what, plant)
    for name, what, plant in (
        (
            "offline",
            "Offline materials are evidence before 2025, too.",
            _cell(False, "ect", "retained-3", lambda held: (*held, "materials-engaged-with-offline")),
        ),
        (
            "mentor",
            "Mentors may complete with one term.",
            _cell(True, "mentor", "completed", lambda held: (*held, "one-term-induction")),
        ),
        (
            "engagement",
            "retained-2 takes one kind of engagement.",
            _cell(True, "ect", "retained-2", lambda held: held[:1]),
        ),
        (
            "started",
            "Before 2025 `started` keeps its evidence.",
            _cell(False, "mentor", "started", lambda _: ("other",)),
        ),
        ("extended", "extended-3 needs no evidence.", _cell(True, "ect", "extended-3", lambda _: ())),
        (
            "year",
            "Detailed evidence goes by the year and not by the flag.",
            patched(
                DeclarationFacts,
                "evidence_allowed",
                lambda _: property(
                    lambda self: evidence.evidence_allowed(
                        detailed=int(self.cohort.year) >= 2025, role=self.role, declaration_type=self.declaration_type
                    )
                ),
            ),
        ),
    )
)
