"""What the properties tell a world of v3 to do, by ids and in one manner: outcomes are as the naive model's."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final

from mock_server.rules.providers import PROVIDERS
from mock_server.rules.table import RulesBroken, grouped_by_title
from mock_server.v3.domain import (
    clockwork,
    commands,
    departures,
    mentoring,
    organisations,
    partnerships,
    people,
    programmes,
    registrations,
    statements,
)
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.records import DeliveryPartner, Uplift
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World

Outcome = tuple[Any, ...]

ACTIONS: Final[dict[str, Callable[..., object]]] = {
    "withdraw": commands.withdraw,
    "defer": commands.defer,
    "resume": commands.resume,
    "change_schedule": commands.change_schedule,
}


class Acts:
    """A world without people, with the statements of two cohorts, and everything that happens in it."""

    def __init__(self, clock: datetime) -> None:
        self.world = World(PROVIDERS, 1, clock)
        with Change(self.world, clock) as change:
            for provider in PROVIDERS[:3]:
                for cohort in ("2024", "2025"):
                    statements.add_all(change, provider.slug, cohort)
                for number in (1, 2):
                    partner = f"{provider.slug}'s partner {number}"
                    organisations.add_delivery_partner(change, partner, {provider.slug: self.world.cohorts})

    # -- what schools, the department and the calendar do ------------------------------------------

    def add_school(self, urn: str, uplifted: tuple[str, ...], now: datetime) -> str:
        """Pupil premium in these cohorts."""
        rows = {cohort: Uplift(pupil_premium=True, sparsity=False) for cohort in uplifted}
        return organisations.create_school(self.world, now, urn=urn, uplifts=rows).id

    def register(self, id: str | None, now: datetime, *, school: str, start: date, **facts: Any) -> str:
        registration = Registration(
            teacher=None if id is None else self.world.teachers[id],
            school_urn=school,
            started_on=start,
            role=facts["role"],
            provider=facts["provider"],
            cohort=facts["cohort"] if facts["provider"] else None,
            schedule_identifier=facts["schedule"] if facts["provider"] else None,
            full_name=facts["name"],
            teacher_reference_number=facts["trn"],
            email=facts["email"],
        )
        return registrations.register(self.world, registration, now).id

    def add_partnership(self, provider: str, school: str, cohort: str, partner: str, now: datetime) -> str:
        found = self.world.school_by_urn(school)
        assert found is not None
        return partnerships.create_by_department(
            self.world, provider, found, cohort, self.world.delivery_partners[partner], now
        ).id

    def depart(self, id: str, role: str, on: date, now: datetime) -> None:
        departures.depart(self.world, self.world.teachers[id], role, now, on=on)

    def start_induction(self, id: str, on: date, now: datetime) -> None:
        people.change_induction(self.world, self.world.teachers[id], now, started_on=on)

    def pass_induction(self, id: str, now: datetime) -> None:
        people.change_induction(self.world, self.world.teachers[id], now, outcome="pass")

    def assign_mentor(self, id: str, mentor: str, now: datetime) -> None:
        mentoring.change_mentor(self.world, self.world.teachers[id], self.world.teachers[mentor], now)

    def change_provider(self, id: str, role: str, provider: str, now: datetime) -> None:
        programmes.change_provider(self.world, self.world.teachers[id], role, provider, now)

    def freeze(self, cohort: str, now: datetime) -> None:
        organisations.change_cohort(self.world, cohort, now, payments_frozen_at=now)

    def follow_clock(self, clock: datetime) -> None:
        clockwork.follow_clock(self.world, clock)

    # -- what providers do -------------------------------------------------------------------------

    def create_partnership(self, provider: str, given: dict[str, Any], now: datetime) -> Outcome:
        return outcome(lambda: commands.create_partnership(self.world, provider, given, now).id)

    def update_partnership(self, provider: str, id: str, given: dict[str, Any], now: datetime) -> Outcome:
        own = self.world.own_partnership(provider, id)
        if own is None:
            return ("unknown",)
        return outcome(lambda: commands.update_partnership(self.world, own, given, now).id)

    def act(self, action: str, provider: str, id: str, given: dict[str, Any], now: datetime) -> Outcome:
        view = self.world.view(provider, id)
        if view is None:
            return ("unknown",)
        return outcome(lambda: (ACTIONS[action](self.world, view, given, now), id)[1])

    def declare(self, provider: str, given: dict[str, Any], now: datetime) -> Outcome:
        return outcome(lambda: commands.declare(self.world, provider, given, now).id)

    def void(self, provider: str, id: str, now: datetime) -> Outcome:
        own = self.world.own_declaration(provider, id)
        if own is None:
            return ("unknown",)
        return outcome(lambda: commands.void(self.world, own, now).id)

    # -- what there is -------------------------------------------------------------------------------

    def partners_of(self, provider: str) -> list[DeliveryPartner]:
        return [each for each in self.world.delivery_partners.values() if provider in each.works_with]


def outcome(command: Callable[[], str]) -> Outcome:
    try:
        return "done", command()
    except RulesBroken as refusal:
        return "refused", [title for title, _ in grouped_by_title(refusal.violations)]
