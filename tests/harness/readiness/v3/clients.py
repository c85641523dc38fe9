"""The reference client of v3 with one mistake each, and clients that come close to one without making it."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from examples.reference_client_v3 import (
    DECLARATIONS_2025,
    AccessDenied,
    Connection,
    LeadProvider,
    List,
    Record,
    Refused,
    Unheard,
    choose,
    one_of_everything,
)
from mock_server.control.models import Readiness, RequirementResult

BETWEEN_POLLS = 0.5
PER_PAGE = 15
PARTICIPANTS_IN_DRILL = 48

Tour = Callable[[LeadProvider], None]


def tour(provider: LeadProvider) -> None:
    one_of_everything(provider, polls=60, between_polls=BETWEEN_POLLS)
    for _ in range(4):
        provider.sync()
        time.sleep(BETWEEN_POLLS)


@dataclass(frozen=True)
class Client:
    """`breaks` is failed, or never seen where `verdict` says so. What `may` be, depends on chance."""

    breaks: str = ""
    provider: type[LeadProvider] = LeadProvider
    connection: type[Connection] = Connection
    tour: Tour = tour
    verdict: str = "failed"
    may: tuple[str, ...] = ()
    per_page: int = PER_PAGE

    @property
    def name(self) -> str:
        parts: list[Any] = [self.connection, self.provider, self.tour]
        return str(next((p.__name__ for p in parts if p not in (Connection, LeadProvider, tour)), "reference"))

    def complaints(self, board: Readiness) -> list[RequirementResult]:
        """The results that this client shouldn't have had."""
        return [
            each
            for each in board.requirements
            if each.verdict != (self.verdict if each.id == self.breaks else "passed") and each.id not in self.may
        ]

    def run(self, base_url: str, token: str, wrong_token: str) -> None:
        """First with a wrong token, as a person would who mistyped it, then with the right one."""
        for given in (wrong_token, token):
            # Certificates take a while to load, and nothing here needs them.
            with httpx.Client(base_url=base_url, timeout=20, verify=False) as http, suppress(AccessDenied):  # noqa: S501
                provider = self.provider(self.connection(http, given, first_pause=0.2))
                provider.per_page = self.per_page
                self.tour(provider)


# -- mistakes ------------------------------------------------------------------------------------


class StopsAtAFullPage(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        for place, record in enumerate(super().pages(wanted, since), start=1):
            yield record
            if wanted is self.participants and place == self.per_page:
                return


class ReadsOnePageOfDeclarations(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        for place, record in enumerate(super().pages(wanted, since), start=1):
            yield record
            if wanted is self.declarations and place == self.per_page:
                return


class TakesTheTimeAfterThePull(LeadProvider):
    def sync_list(self, wanted: List) -> None:
        super().sync_list(wanted)
        ended = (datetime.now(UTC) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        if wanted is self.participants:
            wanted.windows = [ended, ended]


class ReachesBackOneWindow(LeadProvider):
    def sync_list(self, wanted: List) -> None:
        super().sync_list(wanted)
        wanted.windows = wanted.windows[-1:]


class NeverListsTransfers(LeadProvider):
    def sync_list(self, wanted: List) -> None:
        if wanted is not self.transfers:
            super().sync_list(wanted)


class NeverListsUnfundedMentors(LeadProvider):
    def sync_list(self, wanted: List) -> None:
        if wanted is not self.unfunded_mentors:
            super().sync_list(wanted)


class NeverMakesPartnerships(LeadProvider):
    def make_partnerships(self) -> None: ...


class SendsACopyAfterALostAnswer(Connection):
    """And takes the refusal of the copy for a refusal of the declaration: so it declares with another date."""

    def send(self, request: httpx.Request) -> Any:
        try:
            return super().send(request)
        except Unheard:
            body = request.content.replace(b"T09:", b"T10:")
            again = self.http.build_request(
                "POST", request.url, content=body, headers={"Content-Type": "application/json"}
            )
            with suppress(Refused):
                super().send(again)
            raise


class TriesAgainAfterARefusal(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, evidence: str, server_date: str | None = None) -> str:
        try:
            return super().declare(id, declaration_type, date, evidence, server_date)
        except Refused:
            return super().declare(id, declaration_type, date, evidence, server_date)


class LeavesTheZoneOut(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, evidence: str, server_date: str | None = None) -> str:
        return super().declare(id, declaration_type, date.removesuffix("Z"), evidence, server_date)


class ForgetsExtendedDeclarations(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, evidence: str, server_date: str | None = None) -> str:
        if declaration_type == "extended-2":
            return ""
        return super().declare(id, declaration_type, date, evidence, server_date)


class KnocksAgainAtOnce(Connection):
    def after_failure(self, request: httpx.Request, failures: int) -> None:
        time.sleep(0)


class MisspellsAnAttribute(LeadProvider):
    def act(self, id: str, action: str, outcome: Record, attributes: Record | None = None) -> None:
        super().act(id, action, outcome, {**(attributes or {}), "remark": "as discussed"})


def declares_and_voids_in_turn(provider: LeadProvider) -> None:
    tour(provider)
    somebody = choose(provider, "active", "ecf-standard-september")[0]
    for _ in range(4):
        provider.void(provider.declare(somebody, "started", *DECLARATIONS_2025["started"]))


# -- correct ones --------------------------------------------------------------------------------


class ReadsEverySchoolFirst(LeadProvider):
    def make_partnerships(self) -> None:
        for id in self.schools.records:
            self.connection.get(f"/schools/{id}", self.schools.filters)
        super().make_partnerships()


class SortsByChange(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        if wanted in (self.participants, self.transfers):
            wanted.filters["sort"] = "updated_at"
        yield from super().pages(wanted, since)


def declares_nothing_that_is_refused(provider: LeadProvider) -> None:
    class Careful(type(provider)):  # type: ignore[misc]
        def declare(
            self, id: str, declaration_type: str, date: str, evidence: str, server_date: str | None = None
        ) -> str:
            if date.startswith("2025-09"):
                return ""
            return str(super().declare(id, declaration_type, date, evidence, server_date))

    provider.__class__ = Careful
    tour(provider)


CORRECT = (
    Client(),
    Client(provider=ReadsEverySchoolFirst),
    Client(provider=SortsByChange),
    Client(tour=declares_nothing_that_is_refused),
    Client(per_page=3000),
)
FAULTY = (
    Client("sync.pages-followed", StopsAtAFullPage, may=("sync.full-pull", "sync.sees-changes")),
    Client(
        "sync.declarations-pages-followed",
        ReadsOnePageOfDeclarations,
        may=("sync.declarations-changes-seen", "declarations.clawback"),
    ),
    Client("sync.no-gap", TakesTheTimeAfterThePull, may=("sync.two-windows", "sync.sees-changes")),
    Client("sync.two-windows", ReachesBackOneWindow),
    Client("sync.transfers", NeverListsTransfers, verdict="not_seen"),
    Client("sync.unfunded-mentors", NeverListsUnfundedMentors, verdict="not_seen"),
    Client("partnerships.created", NeverMakesPartnerships, verdict="not_seen", may=("partnerships.checked-first",)),
    Client("declarations.one-after-lost-answer", connection=SendsACopyAfterALostAnswer),
    Client("errors.refusal-not-repeated", TriesAgainAfterARefusal),
    Client("declarations.zone-given", LeavesTheZoneOut),
    Client("declarations.extended-2", ForgetsExtendedDeclarations, verdict="not_seen"),
    Client("errors.server-fault", connection=KnocksAgainAtOnce),
    Client("contract.requests", MisspellsAnAttribute),
    Client("declarations.not-in-a-loop", tour=declares_and_voids_in_turn),
)
