"""Mistakes of clients that seem to work: with transfers, transitions, restarts of a loop, and second thoughts."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime

from examples.reference_client import (
    MILESTONES_2021,
    PARTICIPANTS,
    Connection,
    LeadProvider,
    Record,
    Refused,
    Unavailable,
    free_participants,
)
from tests.harness.readiness.clients.base import BETWEEN_POLLS, Client
from tests.harness.readiness.clients.connections import TriedByALibrary
from tests.harness.readiness.clients.faulty_too import written

Act = Callable[[LeadProvider], None]


def in_short(then: Act) -> Act:
    """A client that only reads, declares and meets a refusal, polls while things happen, and does this at the end."""

    def whole(provider: LeadProvider) -> None:
        provider.sync()
        somebody = free_participants(provider)[0]
        provider.declare(somebody, "started", MILESTONES_2021["started"])
        with suppress(Refused):
            # A trial: this date is outside its milestone.
            provider.declare(somebody, "retained-1", MILESTONES_2021["completed"])
        for _ in range(6):
            time.sleep(BETWEEN_POLLS)
            provider.sync()
        then(provider)

    whole.__name__ = then.__name__
    return whole


def declare(provider: LeadProvider, id: str, kind: str, date: str) -> None:
    with suppress(Refused):
        provider.declare(id, kind, date)


def put(provider: LeadProvider, id: str, action: str, **attributes: str) -> None:
    with suppress(Refused):
        provider.put_action(id, action, {**attributes, "course_identifier": provider.course_of(id)})


# -- transfers -----------------------------------------------------------------------------------


def arrived_with_declarations(provider: LeadProvider) -> list[str]:
    """Who came from another provider, that is: has declarations that this one didn't make."""
    declared = [record["participant_id"] for record in provider.declarations.values()]
    return sorted({id for id in declared if id in provider.participants and declared.count(id) > 2})


def declares_anew_for_who_came_from_another_provider(provider: LeadProvider) -> None:
    for id in arrived_with_declarations(provider)[:2]:
        declare(provider, id, "started", MILESTONES_2021["started"])


# -- reading -------------------------------------------------------------------------------------


class PullsOneCohortOnly(LeadProvider):
    def page(self, path: str, query: dict[str, str]) -> list[Record]:
        return super().page(path, {**query, "filter[cohort]": "2021"} if path == PARTICIPANTS else query)


class MisspellsTheFilter(LeadProvider):
    """So that it gets everything each time."""

    def page(self, path: str, query: dict[str, str]) -> list[Record]:
        return super().page(path, {name.replace("updated_since", "updatedSince"): query[name] for name in query})


class TakesAFailedPullForDone(LeadProvider):
    def sync_declarations(self) -> None:
        connection, tries = self.connection, self.connection.tries
        connection.tries = 1
        began = written(datetime.now(UTC))
        try:
            super().sync_declarations()
        except Unavailable:
            self.declarations_since = began
        finally:
            connection.tries = tries


class GivesUpAfterAFault(LeadProvider):
    """For good: it takes the list off its plan."""

    given_up = False

    def sync_declarations(self) -> None:
        if not self.given_up:
            tries, self.connection.tries = self.connection.tries, 1
            try:
                super().sync_declarations()
            except Unavailable:
                self.given_up = True
            finally:
                self.connection.tries = tries


class SkipsAPageThatFails(LeadProvider):
    """And goes on to the next, for good."""

    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        number = 1
        while True:
            query = {"page[page]": str(number), "page[per_page]": str(self.per_page)}
            connection, tries = self.connection, self.connection.tries
            connection.tries = 1
            try:
                records = self.page(path, {**query, "filter[updated_since]": since} if since else query)
            except Unavailable:
                number += 1
                continue
            finally:
                connection.tries = tries
            yield from records
            if len(records) < self.per_page:
                return
            number += 1


# -- writing -------------------------------------------------------------------------------------


class SendsTheServerDateWithEveryDeclaration(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        return super().declare(id, declaration_type, date, server_date or written(datetime.now(UTC)))


def withdraws_who_is_withdrawn(provider: LeadProvider) -> None:
    withdrawn = (id for id, each in provider.participants.items() if each["training_status"] == "withdrawn")
    put(provider, next(withdrawn), "withdraw", reason="other")


def defers_twice_with_other_reasons(provider: LeadProvider) -> None:
    for id in free_participants(provider)[:2]:
        provider.defer(id, "career-break")
        put(provider, id, "defer", reason="other")


def resumes_whoever_is_active(provider: LeadProvider) -> None:
    for id in free_participants(provider)[:2]:
        put(provider, id, "resume")


def declares_now_whatever_the_milestone(provider: LeadProvider) -> None:
    for id in free_participants(provider)[:3]:
        declare(provider, id, "started", written(datetime.now(UTC)))


def tries_other_dates_until_one_is_taken(provider: LeadProvider) -> None:
    id = free_participants(provider)[0]
    for day in range(1, 4):
        declare(provider, id, "started", f"2022-12-0{day}T09:00:00Z")


def voids_everything_twice(provider: LeadProvider) -> None:
    id = provider.declare(free_participants(provider)[0], "started", MILESTONES_2021["started"])
    provider.void(id)
    provider.void(id)


def writes_again_to_nobody(provider: LeadProvider) -> None:
    """A 404 stays one, too."""
    nobody = "00000000-0000-4000-8000-000000000000"
    for _ in range(2):
        with suppress(Refused):
            provider.put_action(nobody, "defer", {"reason": "other", "course_identifier": "ecf-induction"})


class ActsOtherwise(LeadProvider, ABC):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        self.instead(id, action, attributes)
        return super().put_action(id, action, attributes)

    @abstractmethod
    def instead(self, id: str, action: str, attributes: Record) -> None:
        """What it sends first, by mistake."""


class NamesTheWrongType(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        record: Record = self.connection.write("PUT", f"{PARTICIPANTS}/{id}/{action}", "participant", attributes)
        return record


class ForgetsTheEnvelope(ActsOtherwise):
    def instead(self, id: str, action: str, attributes: Record) -> None:
        if action == "defer":
            request = self.connection.http.build_request("PUT", f"{PARTICIPANTS}/{id}/{action}", json=attributes)
            with suppress(Refused):
                self.connection.send(request)


class WritesReasonsWithUnderscores(ActsOtherwise):
    def instead(self, id: str, action: str, attributes: Record) -> None:
        if action == "defer":
            with suppress(Refused):
                LeadProvider.put_action(self, id, action, {**attributes, "reason": "career_break"})


class RetriesWithoutPauses(TriedByALibrary, Connection):
    pass


_ALSO_LOST = ("sync.declarations-changes-seen", "declarations.clawback")


def _short(breaks: str, then: Act, *may: str) -> Client:
    return Client(breaks, tour=in_short(then), short=True, may=may)


CARELESS = (
    _short("actions.not-foretold", declares_anew_for_who_came_from_another_provider),
    Client("sync.sees-changes", PullsOneCohortOnly),
    Client(
        "sync.polls",
        MisspellsTheFilter,
        leaves=("sync.mostly-incremental", "cost.polling-rate"),
        also=("contract.requests",),
    ),
    Client("sync.declarations-no-gap", TakesAFailedPullForDone, may=_ALSO_LOST),
    Client(
        "errors.server-fault",
        GivesUpAfterAFault,
        leaves=(
            *("sync.declarations", "sync.declarations-pages-followed", "sync.declarations-no-gap"),
            *("sync.declarations-changes-seen", "declarations.clawback"),
        ),
        may=("contract.coverage",),
    ),
    Client("sync.declarations-no-gap", SkipsAPageThatFails, may=(*_ALSO_LOST, "sync.declarations-pages-followed")),
    Client("declarations.server-date-for-trials", SendsTheServerDateWithEveryDeclaration),
    _short("actions.not-foretold", withdraws_who_is_withdrawn),
    _short("actions.not-foretold", defers_twice_with_other_reasons),
    _short("actions.not-foretold", resumes_whoever_is_active),
    _short("actions.not-foretold", declares_now_whatever_the_milestone),
    _short("actions.not-foretold", tries_other_dates_until_one_is_taken),
    _short("actions.not-repeated", voids_everything_twice),
    _short("errors.refusal-not-repeated", writes_again_to_nobody),
    Client("contract.requests", NamesTheWrongType),
    Client("contract.requests", ForgetsTheEnvelope),
    Client("contract.requests", WritesReasonsWithUnderscores),
    Client("errors.server-fault", connection=RetriesWithoutPauses),
)
