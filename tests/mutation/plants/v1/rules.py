"""Rules that the server no longer applies, and bounds that are wrong by a second."""

from collections.abc import Callable
from datetime import timedelta

from mock_server.v1.domain import facts as facts_module
from mock_server.v1.domain import world
from mock_server.v1.domain.commands import CATALOGUE
from mock_server.v1.domain.facts import Facts
from mock_server.v1.domain.schedules import Milestone
from tests.mutation.planting import (
    Plant,
    dropped,
    moved,
    patched,
    rule_check,
)

_SECOND = timedelta(seconds=1)

RULES = tuple(
    # The table of states refuses a void, under this rule's id, so there is no check to drop.
    dropped(CATALOGUE, id)
    for id in CATALOGUE
    if id != "declaration-voidable"
)


def _not_future(facts: Facts, said: str | None) -> str | None:
    date = facts.declaration_date
    return None if date and date <= facts.now + _SECOND else said


def _before_withdrawal(facts: Facts, said: str | None) -> str | None:
    enrolment = facts.own_enrolment
    return None if enrolment and enrolment.withdrawn_at == facts.declaration_date else said


def _keeps_declarations(facts: Facts, said: str | None) -> str | None:
    """Refuses only dates before the first day, and accepts its very start."""
    wanted = facts.wanted_schedule
    if wanted is None or facts.participant is None:
        return said
    live = [d for d in facts.participant.declarations if d.live]
    at_start = all(d.declaration_date == wanted.milestones[d.declaration_type].opens for d in live)
    return None if live and at_start else said


def _payment_runs(by: timedelta) -> Callable[[], None]:
    return patched(world, "end_of", lambda original: lambda day: original(day) + by)


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
            "reschedule",
            "A declaration at the very start fits the new schedule.",
            rule_check(CATALOGUE, "schedule-keeps-declarations", _keeps_declarations),
        ),
        (
            "academic-year",
            "The academic year begins a second late.",
            patched(facts_module, "academic_year", lambda original: lambda moment: original(moment - _SECOND)),
        ),
        ("payment-early", "Payment runs happen a second early.", _payment_runs(-_SECOND)),
        ("payment-late", "Payment runs happen a second late.", _payment_runs(_SECOND)),
    )
)
