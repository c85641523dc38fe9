"""Clients of v3 that do nothing wrong, each built in its own way. Some come as close to a mistake as they can."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from examples.reference_client_v3 import (
    ATTENDED,
    COHORT,
    DECLARATIONS_2025,
    ENGAGED,
    Connection,
    LeadProvider,
    List,
    Record,
    Refused,
    Unavailable,
    Unheard,
    choose,
)
from tests.harness.readiness.clients import connections
from tests.harness.readiness.v3.acting import known, somebody
from tests.harness.readiness.v3.base import BETWEEN_POLLS, Client, in_short, tour, written
from tests.harness.readiness.v3.polling import PollsByTheNewest

# -- other ways to read --------------------------------------------------------------------------


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


class SortsInAnyOrder(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        if wanted in (self.participants, self.transfers):
            wanted.filters["sort"] = random.choice(("created_at", "-created_at", "updated_at", "-updated_at"))  # noqa: S311
        yield from super().pages(wanted, since)


class PollsByTheLastRecord(LeadProvider):
    """Not the second page, but again from the last record."""

    per_step = 7

    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        if wanted is not self.participants or since is None:
            yield from super().pages(wanted, since)
            return
        while True:
            query = {"filter[updated_since]": since, "page[per_page]": str(self.per_step), "sort": "updated_at"}
            records: list[Record] = self.connection.get(wanted.path, query)
            yield from records
            if len(records) < self.per_step:
                return
            last = records[-1]["attributes"]["updated_at"]
            if last == since:
                # More changed in one second than a step holds.
                self.per_step *= 2
            since = last


class StopsAtAnEmptyPage(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        query = {**wanted.filters, "page[per_page]": str(self.per_page)}
        if since:
            query["filter[updated_since]"] = since
        for number in range(1, 1000):
            records: list[Record] = self.connection.get(wanted.path, {**query, "page[page]": str(number)})
            if not records:
                return
            yield from records


class PullsFourPagesAtATime(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        query = {**wanted.filters, "page[per_page]": str(self.per_page)}
        if since:
            query["filter[updated_since]"] = since
        with ThreadPoolExecutor(4) as pool:
            for first in range(1, 1000, 4):
                numbers = range(first, first + 4)
                found: list[list[Record]] = list(
                    pool.map(lambda n: self.connection.get(wanted.path, {**query, "page[page]": str(n)}), numbers)
                )
                yield from (record for page in found for record in page)
                if any(len(page) < self.per_page for page in found):
                    return


class ReadsListsSideBySide(LeadProvider):
    def sync(self) -> None:
        lists = (self.participants, self.declarations, self.transfers, self.unfunded_mentors)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self.sync_list, lists))


class PollsSinceAnHourAgo(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        yield from super().pages(wanted, since and written(datetime.now(UTC) - timedelta(hours=1)))


class PollsSinceToday(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        yield from super().pages(wanted, since and (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%d"))


class PollsCohortAfterCohort(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        for cohort in ("2024", "2025") if wanted is self.participants else ("",):
            if wanted is self.participants:
                wanted.filters["filter[cohort]"] = cohort
            yield from super().pages(wanted, since)


class ReadsEverythingNowAndThen(LeadProvider):
    polls = 0

    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        if wanted is self.participants:
            self.polls += 1
        yield from super().pages(wanted, None if self.polls % 5 == 0 else since)


class WaitsForTheNextPollAfterAFault(LeadProvider):
    def sync_list(self, wanted: List) -> None:
        connection, tries = self.connection, self.connection.tries
        connection.tries = 1
        try:
            super().sync_list(wanted)
        except Unavailable:
            pass
        finally:
            connection.tries = tries


class ReadsTheTransfersOfWhoLeft(LeadProvider):
    def sync(self) -> None:
        super().sync()
        for id in known(self, training_status="active", participant_status="left"):
            with suppress(Refused):
                self.transfers.records[id] = self.connection.get(f"/participants/{id}/transfers")["attributes"]


class ReadsBeforeItWrites(LeadProvider):
    def act(self, id: str, action: str, outcome: Record, attributes: Record | None = None) -> None:
        self.participants.records[id] = self.connection.get(f"/participants/{id}")["attributes"]
        super().act(id, action, outcome, attributes)


class LooksUpOneDeclarationAtATime(LeadProvider):
    """Besides the list, and once a poll: what it waits for."""

    def sync(self) -> None:
        super().sync()
        for id, record in list(self.declarations.records.items()):
            if record["state"] == "eligible" and record["declaration_type"] == "started":
                self.declarations.records[id] = self.read_declaration(id)["attributes"]
                break


class WritesIdsInCapitals(LeadProvider):
    def act(self, id: str, action: str, outcome: Record, attributes: Record | None = None) -> None:
        body = {**(attributes or {}), "course_identifier": "ecf-induction"}
        record = self.connection.write("PUT", f"/participants/{id.upper()}/{action}", body)
        self.participants.records[id] = record["attributes"]


# -- other connections ---------------------------------------------------------------------------


class DrawsItsPauses(Connection):
    """Full jitter: anything from nothing to the pause."""

    def after_failure(self, request: httpx.Request, failures: int) -> None:
        if failures == self.tries:
            raise Unavailable(str(request.url))
        time.sleep(random.uniform(0, 2 ** (failures - 1)))  # noqa: S311


class PausesAlwaysForAsLong(Connection):
    def after_failure(self, request: httpx.Request, failures: int) -> None:
        time.sleep(0.6)


class LetsALibraryPause(connections.TriedByALibrary, Connection):
    backoff = 0.3


class TakesTurnsBetweenConnections(Connection):
    def __init__(self, http: httpx.Client, token: str, **others: Any) -> None:
        super().__init__(http, token, **others)
        connections.take_turns(http)


class RetriesInItsTransport(Connection):
    def __init__(self, http: httpx.Client, token: str, **others: Any) -> None:
        super().__init__(http, token, **others)
        connections.retry_below(http)


class ConnectsForEachRequest(Connection):
    def try_once(self, request: httpx.Request) -> httpx.Response | None:
        try:
            with httpx.Client(verify=False) as another:  # noqa: S501 - plain HTTP
                return another.send(request)
        except httpx.TransportError:
            return None


class KeepsAnswersForAMoment(Connection):
    """A cache for what it reads: the same again within half a second isn't sent."""

    def __init__(self, http: httpx.Client, token: str, **others: Any) -> None:
        super().__init__(http, token, **others)
        self.kept: dict[str, tuple[float, Any]] = {}

    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        key = f"{path} {query}"
        at, answer = self.kept.get(key, (0.0, None))
        if time.monotonic() - at > BETWEEN_POLLS:
            answer = super().get(path, query)
            self.kept[key] = time.monotonic(), answer
        return answer


class WritesHeadersInItsOwnWay(Connection):
    def __init__(self, http: httpx.Client, token: str, **others: Any) -> None:
        super().__init__(http, token, **others)
        del http.headers["Authorization"]
        http.headers["aUTHORIZATION"] = f"bearer {token}"
        http.headers["ACCEPT"] = "application/json"


class WaitsLongerThanItIsTold(Connection):
    def try_once(self, request: httpx.Request) -> httpx.Response | None:
        response = super().try_once(request)
        if response is not None and response.status_code == 429:
            response.headers["Retry-After"] = str(float(response.headers["Retry-After"]) * 1.5)
        return response


class SendsOneCopyAfterALostAnswer(Connection):
    """And takes its refusal for the news that the first one was made."""

    def send(self, request: httpx.Request) -> Any:
        try:
            return super().send(request)
        except Unheard:
            with suppress(Refused):
                return super().send(request)
            raise


# -- other ways to go about it -------------------------------------------------------------------


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


def fails_on_purpose_as_the_department_says(provider: LeadProvider) -> None:
    """A partnership without anything in it, to see the three errors."""
    with suppress(Refused):
        provider.connection.write("POST", "/partnerships", {"cohort": "", "school_id": "", "delivery_partner_id": ""})
    declares_nothing_that_is_refused(provider)


def declares_side_by_side(provider: LeadProvider) -> None:
    tour(provider)
    with ThreadPoolExecutor(6) as pool:
        chosen = choose(provider, "active", "ecf-standard-september")[:6]
        list(pool.map(lambda id: provider.declare(id, "started", *DECLARATIONS_2025["started"]), chosen))


def declares_for_a_mentor(provider: LeadProvider) -> None:
    mentor = known(provider, "mentor", training_status="active")[0]
    for kind, (date, evidence) in {
        "started": ("2025-10-06T09:00:00Z", ATTENDED),
        "completed": ("2026-07-06T09:00:00Z", ENGAGED),
    }.items():
        attributes = {"participant_id": mentor, "declaration_type": kind, "declaration_date": date}
        rest = {"course_identifier": "ecf-mentor", "evidence_held": evidence}
        provider.connection.write("POST", "/participant-declarations", {**attributes, **rest})


def resumes_only_who_has_not_moved(provider: LeadProvider) -> None:
    """What a client does that reads its transfers."""
    moved = provider.transfers.records
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    for id in known(provider, training_status="deferred"):
        if id not in moved and provider.enrolment(id)["deferral"]["date"] < today:
            provider.resume(id)


def goes_on_with_who_came_from_another(provider: LeadProvider) -> None:
    """Who came brought every declaration, so there is nothing left to declare."""
    came = [id for id in provider.transfers.records if provider.enrolment(id).get("participant_status") == "active"]
    for id in came[:2]:
        found: list[Record] = provider.connection.get("/participant-declarations", {"filter[participant_id]": id})
        made = {each["attributes"]["declaration_type"] for each in found}
        for kind, rest in DECLARATIONS_2025.items():
            if kind not in made:
                provider.declare(id, kind, *rest)


def follows_a_merge(provider: LeadProvider) -> None:
    """The old id leads to nobody: the participant is found by the new one."""
    changes = (each["participant_id_changes"] for each in provider.participants.records.values())
    change = next(each for each in changes if each)[0]
    old = change["from_participant_id"]
    with suppress(Refused):
        provider.connection.get(f"/participants/{old}")
    provider.connection.get("/participants", {"filter[from_participant_id]": old})
    provider.declare(change["to_participant_id"], "started", "2026-01-12T09:00:00Z", ATTENDED)


def corrects_a_partnership(provider: LeadProvider) -> None:
    partners = [id for id, each in provider.delivery_partners.records.items() if COHORT in each["cohort"]]
    id, record = next(iter(provider.partnerships.records.items()))
    other = next(each for each in partners if each != record["delivery_partner_id"])
    provider.connection.write("PUT", f"/partnerships/{id}", {"delivery_partner_id": other})


def declares_once_more_after_a_mistake(provider: LeadProvider) -> None:
    id = somebody(provider)
    provider.void(provider.declare(id, "started", *DECLARATIONS_2025["started"]))
    provider.declare(id, "started", "2025-10-07T09:00:00Z", ATTENDED)


CORRECT = (
    Client(),
    Client(provider=ReadsEverySchoolFirst),
    Client(provider=SortsByChange),
    Client(provider=SortsInAnyOrder),
    Client(provider=PollsByTheLastRecord),
    # A mark like this reaches back one window, where the department recommends two.
    Client("sync.two-windows", PollsByTheNewest),
    Client(provider=StopsAtAnEmptyPage),
    Client(provider=PullsFourPagesAtATime),
    Client(provider=ReadsListsSideBySide),
    Client(provider=PollsSinceAnHourAgo),
    Client(provider=PollsSinceToday),
    Client(provider=PollsCohortAfterCohort, may=("sync.two-windows",)),
    Client(provider=ReadsEverythingNowAndThen),
    Client(provider=WaitsForTheNextPollAfterAFault),
    Client(provider=ReadsTheTransfersOfWhoLeft),
    Client(provider=ReadsBeforeItWrites),
    Client(provider=LooksUpOneDeclarationAtATime),
    Client(provider=WritesIdsInCapitals),
    Client(connection=DrawsItsPauses),
    Client(connection=PausesAlwaysForAsLong),
    Client(connection=LetsALibraryPause),
    Client(connection=RetriesInItsTransport),
    Client(connection=ConnectsForEachRequest),
    Client(connection=TakesTurnsBetweenConnections),
    Client(connection=KeepsAnswersForAMoment),
    Client(connection=WritesHeadersInItsOwnWay),
    Client(connection=WaitsLongerThanItIsTold),
    Client(connection=SendsOneCopyAfterALostAnswer),
    Client(tour=declares_nothing_that_is_refused),
    Client(tour=fails_on_purpose_as_the_department_says),
    Client(tour=declares_side_by_side),
    Client(tour=in_short(declares_for_a_mentor), short=True),
    Client(tour=in_short(resumes_only_who_has_not_moved), short=True),
    Client(tour=in_short(goes_on_with_who_came_from_another), short=True),
    Client(tour=in_short(follows_a_merge), short=True),
    Client(tour=in_short(corrects_a_partnership), short=True),
    Client(tour=in_short(declares_once_more_after_a_mistake), short=True),
    Client(per_page=3000),
)
