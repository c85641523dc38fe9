"""How a client of v3 takes part in a drill in these tests: the reference client, with something about it changed."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from examples.reference_client_v3 import (
    ATTENDED,
    DECLARATIONS_2025,
    AccessDenied,
    Connection,
    LeadProvider,
    Refused,
    choose,
    one_of_everything,
)
from mock_server.control.models import Readiness, RequirementResult

BETWEEN_POLLS = 0.5
PER_PAGE = 15
PARTICIPANTS_IN_DRILL = 48

Tour = Callable[[LeadProvider], None]


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def tour(provider: LeadProvider) -> None:
    one_of_everything(provider, polls=60, between_polls=BETWEEN_POLLS)
    for _ in range(4):
        provider.sync()
        time.sleep(BETWEEN_POLLS)


def in_short(then: Tour) -> Tour:
    """A client that only reads, declares and meets a refusal, polls while things happen, and does this at the end."""

    def whole(provider: LeadProvider) -> None:
        provider.sync_settings()
        provider.make_partnerships()
        provider.sync()
        somebody = choose(provider, "active", "ecf-standard-september")[0]
        provider.declare(somebody, "started", *DECLARATIONS_2025["started"])
        with suppress(Refused):
            # A trial: this date is before that of `started`.
            provider.declare(somebody, "retained-1", "2025-09-08T09:00:00Z", ATTENDED)
        for _ in range(6):
            time.sleep(BETWEEN_POLLS)
            provider.sync()
        then(provider)

    whole.__name__ = then.__name__
    return whole


@dataclass(frozen=True)
class Client:
    """`breaks` is failed, or never seen where `verdict` says so; a correct client breaks none.

    `leaves` can't be seen then. A client whose tour is `short` may leave anything unseen. What `may` be failed besides,
    depends on chance.
    """

    breaks: str = ""
    provider: type[LeadProvider] = LeadProvider
    connection: type[Connection] = Connection
    tour: Tour = tour
    verdict: str = "failed"
    leaves: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    short: bool = False
    per_page: int = PER_PAGE

    @property
    def name(self) -> str:
        parts: list[Any] = [self.connection, self.provider, self.tour]
        return str(next((p.__name__ for p in parts if p not in (Connection, LeadProvider, tour)), "reference"))

    def complaints(self, board: Readiness) -> list[RequirementResult]:
        """The results that this client shouldn't have had."""
        expected = dict.fromkeys(self.leaves, "not_seen")
        if self.breaks:
            expected[self.breaks] = self.verdict
        return [
            each
            for each in board.requirements
            if each.verdict != expected.get(each.id, "passed")
            and each.id not in self.may
            and not (self.short and each.verdict == "not_seen" and each.id != self.breaks)
        ]

    def run(self, base_url: str, token: str, wrong_token: str) -> None:
        """First with a wrong token, as a person would who mistyped it, then with the right one."""
        for given in (wrong_token, token):
            # Certificates take a while to load, and nothing here needs them.
            with httpx.Client(base_url=base_url, timeout=20, verify=False) as http, suppress(AccessDenied):  # noqa: S501
                provider = self.provider(self.connection(http, given, first_pause=0.2))
                provider.per_page = self.per_page
                self.tour(provider)
