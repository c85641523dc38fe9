"""A small world of version 3 in which the pages' generator tries every act, and one ECT in it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from mock_server.rules.providers import PROVIDERS
from mock_server.v3.domain import clockwork, departures, people, registrations, seeds
from mock_server.v3.domain.records import Teacher
from mock_server.v3.domain.registrations import Registration
from mock_server.v3.domain.world import World

# The provider whose view the pages show, and another one.
PROVIDER: Final = "alder"
OTHER: Final = "birch"

_START: Final = datetime(2026, 2, 10, 9, tzinfo=UTC)


class OneEct:
    """A world with one ECT. `now` is the world's clock, which `pass_days` moves."""

    def __init__(self) -> None:
        self.now = _START
        self.world = World(PROVIDERS, 1, _START)
        seeds.populate_empty(self.world, _START)
        self.ect: Teacher = self._registered(None, PROVIDER, date(2025, 9, 1))

    @classmethod
    def joining(cls) -> "OneEct":
        """The ECT of this case comes to school in ten days."""
        case = cls()
        case.ect = case._registered(None, PROVIDER, case.today + timedelta(days=10))
        return case

    @property
    def today(self) -> date:
        """At 09:00 UTC, the day in London is the same."""
        return self.now.date()

    def pass_days(self, days: int) -> None:
        self.now = datetime.combine(self.today + timedelta(days=days), time(9), UTC)
        clockwork.follow_clock(self.world, self.now)

    def leave(self, in_days: int) -> None:
        departures.depart(self.world, self.ect, "ect", self.now, on=self.today + timedelta(days=in_days))

    def register_elsewhere(self, provider: str, in_days: int = 0) -> None:
        """Another school registers the ECT, and has a partnership with the provider."""
        self._registered(self.ect, provider, self.today + timedelta(days=in_days))

    def pass_induction(self) -> None:
        """The ECT passes the induction today, or on the last day of a stay that is over."""
        ends = self.ect.stays_as("ect")[-1].finished_on
        last = self.today if ends is None else min(ends, self.today)
        people.change_induction(self.world, self.ect, self.now, started_on=last, finished_on=last, outcome="pass")

    def _registered(self, teacher: Teacher | None, provider: str, start: date) -> Teacher:
        registration = Registration("ect", teacher=teacher, provider=provider, partnership="new", started_on=start)
        return registrations.register(self.world, registration, self.now)
