"""How a client takes part in a drill in these tests: the reference client, with something about it changed."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import httpx

from examples.reference_client import AccessDenied, Connection, LeadProvider, one_of_everything
from mock_server.control.models import Readiness, RequirementResult

BETWEEN_POLLS = 0.5
# So that it takes several pages to list the participants of the drill.
PER_PAGE = 10
PARTICIPANTS_IN_DRILL = 24

Tour = Callable[[LeadProvider], None]


def tour(provider: LeadProvider) -> None:
    one_of_everything(provider, polls=40, between_polls=BETWEEN_POLLS)
    # What happened while the last thing was done is noticed as well.
    for _ in range(4):
        provider.sync()
        time.sleep(BETWEEN_POLLS)


@dataclass(frozen=True)
class Client:
    """`breaks` is the requirement that is failed, or never seen where `verdict` says so; a correct client breaks none.

    `also` are failed besides. `leaves` can't be seen then: without a poll no poll can be judged. `may` depend on
    chance. A client that `crashes` leaves the rest unseen. One that is `alone` has a mock of its own.
    One whose tour is `short` may leave anything unseen.
    """

    breaks: str
    provider: type[LeadProvider] = LeadProvider
    connection: type[Connection] = Connection
    tour: Tour = tour
    verdict: str = "failed"
    leaves: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    crashes: bool = False
    alone: bool = False
    short: bool = False
    per_page: int = PER_PAGE
    participants: int = PARTICIPANTS_IN_DRILL

    @property
    def name(self) -> str:
        mistakes: list[Any] = [self.connection, self.provider, self.tour]
        return str(next((m.__name__ for m in mistakes if m not in (Connection, LeadProvider, tour)), "reference"))

    def complaints(self, board: Readiness) -> list[RequirementResult]:
        """The results that this client shouldn't have had."""
        expected = {**dict.fromkeys(self.also, "failed"), **dict.fromkeys(self.leaves, "not_seen")}
        if self.breaks:
            expected[self.breaks] = self.verdict
        return [
            each
            for each in board.requirements
            if each.verdict != expected.get(each.id, "passed")
            and each.id not in self.may
            and not ((self.crashes or self.short) and each.id != self.breaks and each.verdict == "not_seen")
        ]

    def run(self, base_url: str, token: str, wrong_token: str) -> None:
        """First with a wrong token, as a person would who mistyped it, then with the right one."""
        for given in (wrong_token, token):
            # Certificates take a while to load, and nothing here needs them.
            with (
                httpx.Client(base_url=base_url, timeout=10, verify=False) as http,  # noqa: S501
                suppress(Exception if self.crashes else AccessDenied),
            ):
                provider = self.provider(self.connection(http, given, first_pause=0.2))
                provider.per_page = self.per_page
                self.tour(provider)
