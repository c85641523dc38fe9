"""Clients that do nothing wrong, each built in its own way. Some come as close to a mistake as they can."""

import csv
import io
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from examples.reference_client import (
    DECLARATIONS,
    MILESTONES_2021,
    PARTICIPANTS,
    Connection,
    LeadProvider,
    Record,
    Refused,
    Unavailable,
    free_participants,
)
from tests.harness.readiness.clients.base import Client, tour
from tests.harness.readiness.clients.faulty_too import PollsByTheNewest

# -- other ways to poll --------------------------------------------------------------------------


class PollsByTheLastRecord(LeadProvider):
    """As the guide says for long lists: not the second page, but again from the last record."""

    per_step = 7

    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        if path != PARTICIPANTS or since is None:
            yield from super().pages(path, since)
            return
        while True:
            query = {"filter[updated_since]": since, "page[per_page]": str(self.per_step)}
            records = self.page(path, query)
            yield from records
            if len(records) < self.per_step:
                return
            last = records[-1]["attributes"]["updated_at"]
            if last == since:
                # More changed in one second than a step holds.
                self.per_step *= 2
            since = last


class PullsEverythingByTheLastRecord(PollsByTheLastRecord):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.participants_since = "1970-01-01T00:00:00Z"


class PollsSinceToday(LeadProvider):
    def reach_back_to(self) -> str:
        return (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%d")


class PollsSinceAnHourAgo(LeadProvider):
    overlap = timedelta(hours=1)


class PollsCohortAfterCohort(LeadProvider):
    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        for cohort in ("2021", "2022") if path == PARTICIPANTS else ("",):
            self.cohort = cohort
            yield from super().pages(path, since)

    cohort = ""

    def page(self, path: str, query: dict[str, str]) -> list[Record]:
        return super().page(path, {**query, "filter[cohort]": self.cohort} if self.cohort else query)


class StopsAtAnEmptyPage(LeadProvider):
    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        number = 1
        while True:
            query = {"page[page]": str(number), "page[per_page]": str(self.per_page)}
            records = self.page(path, {**query, "filter[updated_since]": since} if since else query)
            if not records:
                return
            yield from records
            number += 1


class PullsFourPagesAtATime(LeadProvider):
    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        query = {"page[per_page]": str(self.per_page), **({"filter[updated_since]": since} if since else {})}
        for first in range(1, 1000, 4):
            with ThreadPoolExecutor(4) as pool:
                numbers = range(first, first + 4)
                found = list(pool.map(lambda n: self.page(path, {**query, "page[page]": str(n)}), numbers))
            yield from (record for page in found for record in page)
            if any(len(page) < self.per_page for page in found):
                return


class ReadsFiles(LeadProvider):
    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        query = {"filter[updated_since]": since} if since else None
        text = self.read(f"{path}.csv", query)
        for row in csv.DictReader(io.StringIO(text)):
            words: dict[str, Any] = {"true": True, "false": False, "": None}
            attributes = {name: words.get(value, value) for name, value in row.items()}
            yield {"id": attributes.pop("id"), "attributes": attributes}

    def read(self, path: str, query: dict[str, str] | None) -> str:
        http = self.connection.http
        for failures in range(1, 9):
            response = http.get(path, params=query)
            if response.status_code < 500:
                self.connection.after_401(response.request) if response.status_code == 401 else None
                return response.text
            self.connection.after_failure(response.request, failures)
        raise Unavailable


class LooksFirstWhetherAnythingIsThere(LeadProvider):
    def sync(self) -> None:
        response = self.connection.http.head(PARTICIPANTS)
        if response.status_code == 401:
            self.connection.after_401(response.request)
        super().sync()


class WaitsForTheNextPollAfterAFault(LeadProvider):
    def sync_declarations(self) -> None:
        connection = self.connection
        tries, connection.tries = connection.tries, 1
        try:
            super().sync_declarations()
        except Unavailable:
            pass
        finally:
            connection.tries = tries


class AsksForADeclarationUntilItIsPaid(LeadProvider):
    """Besides the list, and once a poll."""

    def sync_declarations(self) -> None:
        super().sync_declarations()
        for id, record in list(self.declarations.items()):
            if record["declaration_type"] == "started" and record["state"] in ("eligible", "payable"):
                with suppress(Refused):
                    self.declarations[id] = self.read_declaration(id)["attributes"]
                break


class ReadsBeforeItWrites(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        self.read_participant(id)
        return super().put_action(id, action, attributes)


class FindsWhatItLostInTheList(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        connection, tries = self.connection, self.connection.tries
        connection.tries = 1
        try:
            return super().declare(id, declaration_type, date, server_date)
        except Unavailable:
            connection.tries = tries
            for record in self.page(DECLARATIONS, {"filter[participant_id]": id}):
                if record["attributes"]["declaration_type"] == declaration_type:
                    self.declarations[record["id"]] = record["attributes"]
                    return str(record["id"])
            return super().declare(id, declaration_type, date, server_date)
        finally:
            connection.tries = tries


class UsesOlderPaths(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        path = f"/api/v1/participants/{id}/{action}"
        record: Record = self.connection.write("PUT", path, f"participant-{action}", attributes)
        return record


class WritesIdsInCapitals(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        return super().put_action(id.upper(), action, attributes)


# -- other connections ---------------------------------------------------------------------------


class DrawsItsPauses(Connection):
    """Full jitter: anything from nothing to the pause."""

    def after_failure(self, request: httpx.Request, failures: int) -> None:
        if failures == self.tries:
            raise Unavailable(str(request.url))
        # As a client of everyday life, not at this test's pace.
        time.sleep(random.uniform(0, 2 ** (failures - 1)))  # noqa: S311


class PausesAlwaysForAsLong(Connection):
    def after_failure(self, request: httpx.Request, failures: int) -> None:
        if failures == self.tries:
            raise Unavailable(str(request.url))
        time.sleep(0.6)


class ConnectsForEachRequest(Connection):
    def try_once(self, request: httpx.Request) -> httpx.Response | None:
        try:
            with httpx.Client(verify=False) as another:  # noqa: S501 - plain HTTP
                return another.send(request)
        except httpx.TransportError:
            return None


class WritesHeadersInItsOwnWay(Connection):
    def __init__(self, http: httpx.Client, token: str, **others: Any) -> None:
        super().__init__(http, token, **others)
        del http.headers["Authorization"]
        http.headers["aUTHORIZATION"] = f"bearer {token}"
        http.headers["ACCEPT"] = "application/json"


class CallsTheSchemeToken(Connection):
    def __init__(self, http: httpx.Client, token: str, **others: Any) -> None:
        super().__init__(http, token, **others)
        http.headers["Authorization"] = f"Token {token}"


class WaitsLongerThanItIsTold(Connection):
    def after_limit(self, retry_after: float) -> None:
        time.sleep(retry_after * 1.5)


# -- other ways to go about it -------------------------------------------------------------------


def checks_before_it_declares(provider: LeadProvider) -> None:
    class Careful(type(provider)):  # type: ignore[misc]
        def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
            if not server_date and date != MILESTONES_2021[declaration_type]:
                return ""
            return str(super().declare(id, declaration_type, date, server_date))

    provider.__class__ = Careful
    tour(provider)


def declares_all_at_once(provider: LeadProvider) -> None:
    """It waits for `started`, whichever of its declarations came first."""
    provider.sync()
    trainee, mover, leaver, other = free_participants(provider)[:4]
    with suppress(Refused):
        provider.declare(other, "retained-1", MILESTONES_2021["completed"])
    with ThreadPoolExecutor(6) as pool:
        made = dict(
            zip(
                MILESTONES_2021,
                pool.map(lambda each: provider.declare(trainee, *each), MILESTONES_2021.items()),
                strict=True,
            )
        )
    provider.read_declaration(made["retained-2"])
    provider.void(made["completed"])
    provider.defer(mover, "career-break")
    provider.resume(mover)
    provider.change_schedule(mover, "ecf-extended-september")
    in_a_year = (datetime.now(UTC) + timedelta(days=365)).strftime("%Y-%m-%dT09:00:00Z")
    provider.declare(mover, "completed", in_a_year, server_date=in_a_year)
    provider.withdraw(leaver, "other")
    for _ in range(60):
        time.sleep(0.5)
        provider.sync()
        if provider.declarations[made["started"]]["state"] == "paid":
            provider.void(made["started"])
            return


def declares_once_more_after_a_mistake(provider: LeadProvider) -> None:
    tour(provider)
    somebody = free_participants(provider)[0]
    provider.void(provider.declare(somebody, "started", MILESTONES_2021["started"]))
    provider.declare(somebody, "started", "2021-11-16T09:00:00Z")


def works_on_after_everything(provider: LeadProvider) -> None:
    tour(provider)
    for somebody in free_participants(provider)[:2]:
        provider.declare(somebody, "started", MILESTONES_2021["started"])
    provider.sync()


class TriesTomorrowOnce(LeadProvider):
    """Its one refusal is about another date than the reference client's."""

    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        if declaration_type == "retained-1" and date == MILESTONES_2021["completed"]:
            date = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT09:00:00Z")
        return super().declare(id, declaration_type, date, server_date)


class TriesTheWrongCourseOnce(LeadProvider):
    trying = False

    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        self.trying = declaration_type == "retained-1" and date == MILESTONES_2021["completed"]
        date = MILESTONES_2021["retained-1"] if self.trying else date
        try:
            return super().declare(id, declaration_type, date, server_date)
        finally:
            self.trying = False

    def course_of(self, id: str) -> str:
        return "ecf-mentor" if self.trying else super().course_of(id)


CORRECT = (
    Client("", PollsByTheNewest),
    Client("", PollsByTheLastRecord),
    Client("", PullsEverythingByTheLastRecord),
    Client("", PollsSinceToday),
    Client("", PollsSinceAnHourAgo),
    Client("", PollsCohortAfterCohort),
    Client("", StopsAtAnEmptyPage),
    Client("", PullsFourPagesAtATime),
    Client("", ReadsFiles),
    Client("", LooksFirstWhetherAnythingIsThere),
    Client("", WaitsForTheNextPollAfterAFault),
    Client("", AsksForADeclarationUntilItIsPaid),
    Client("", ReadsBeforeItWrites),
    Client("", FindsWhatItLostInTheList),
    # Nothing is wrong with them, but they are not recommended.
    Client("actions.current-paths", UsesOlderPaths, may=("contract.coverage",)),
    Client("", WritesIdsInCapitals),
    Client("", connection=DrawsItsPauses),
    Client("", connection=PausesAlwaysForAsLong),
    Client("", connection=ConnectsForEachRequest),
    Client("", connection=WritesHeadersInItsOwnWay),
    Client("", connection=CallsTheSchemeToken),
    Client("", connection=WaitsLongerThanItIsTold),
    Client("", tour=checks_before_it_declares),
    Client("", tour=declares_all_at_once),
    Client("", tour=declares_once_more_after_a_mistake),
    Client("", tour=works_on_after_everything),
    Client("", TriesTomorrowOnce),
    Client("", TriesTheWrongCourseOnce),
    Client("", per_page=1),
    Client("", per_page=3000),
    Client("", per_page=100, participants=150),
)
