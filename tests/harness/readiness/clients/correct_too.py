"""More clients that do nothing wrong, in builds that a grader may not have thought of."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from examples.reference_client import (
    MILESTONES_2021,
    PARTICIPANTS,
    Connection,
    LeadProvider,
    Record,
    Refused,
    free_participants,
)
from tests.harness.readiness.clients import connections
from tests.harness.readiness.clients.base import BETWEEN_POLLS, Client
from tests.harness.readiness.clients.careless import arrived_with_declarations, in_short
from tests.harness.readiness.clients.correct import ReadsFiles

# -- other ways to read --------------------------------------------------------------------------


class ReadsTheListsSideBySide(LeadProvider):
    def sync(self) -> None:
        with ThreadPoolExecutor(2) as pool:
            for done in (pool.submit(self.sync_participants), pool.submit(self.sync_declarations)):
                done.result()


class ReadsEverythingNowAndThen(LeadProvider):
    polls = 0

    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        self.polls += path == PARTICIPANTS
        yield from super().pages(path, None if self.polls % 5 == 0 else since)


class ReadsAFileFirstAndPollsPages(ReadsFiles):
    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        yield from super().pages(path, since) if since is None else LeadProvider.pages(self, path, since)


class WritesMomentsInItsOwnWay(LeadProvider):
    """With parts of a second and an offset."""

    def reach_back_to(self) -> str:
        return (datetime.now(UTC) - self.overlap).isoformat(timespec="milliseconds")


class PollsSinceTheDayBefore(LeadProvider):
    def reach_back_to(self) -> str:
        return (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%d")


class NamesEveryCohort(LeadProvider):
    def page(self, path: str, query: dict[str, str]) -> list[Record]:
        return super().page(path, {**query, "filter[cohort]": "2021,2022"} if path == PARTICIPANTS else query)


class LeavesOutWhatIsUsual(LeadProvider):
    """Neither the first page nor its length is named."""

    per_page = 100

    def page(self, path: str, query: dict[str, str]) -> list[Record]:
        usual = {"page[page]": "1", "page[per_page]": "100"}
        return super().page(path, {name: query[name] for name in query if query[name] != usual.get(name)})


class StartsAgainWhenAPageIsOdd(LeadProvider):
    """It reads a list once more if the first page has changed while it read, as the department advises."""

    again = 0

    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        records = list(super().pages(path, since))
        if since is None and path == PARTICIPANTS and not self.again:
            self.again += 1
            time.sleep(1.1)
            records = list(super().pages(path, since))
        yield from records


class ReadsWhoeverItActedOn(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        super().put_action(id, action, attributes)
        return self.read_participant(id)


class KeepsAnswersForAMoment(Connection):
    """A cache for single records: the same again within half a second isn't sent."""

    kept: dict[str, tuple[float, Any]]

    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        if query is not None:
            return super().get(path, query)
        self.kept = getattr(self, "kept", {})
        at, answer = self.kept.get(path, (0.0, None))
        if time.monotonic() - at > BETWEEN_POLLS:
            answer = super().get(path)
            self.kept[path] = time.monotonic(), answer
        return answer


# -- other connections ---------------------------------------------------------------------------


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


class PausesLongerAndLonger(Connection):
    def after_failure(self, request: Any, failures: int) -> None:
        time.sleep(0.15 * failures)


# -- other ways to write -------------------------------------------------------------------------


class WritesDatesInItsOwnWay(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        return super().declare(id, declaration_type, date.replace("Z", ".000+00:00"), server_date)


def goes_on_for_who_came_from_another_provider(provider: LeadProvider) -> None:
    """With the first declaration that the participant doesn't have yet."""
    for id in arrived_with_declarations(provider)[:3]:
        made = {each["declaration_type"] for each in provider.declarations.values() if each["participant_id"] == id}
        for kind, date in MILESTONES_2021.items():
            if kind not in made:
                provider.declare(id, kind, date)
                break


def asks_once_for_somebody_who_is_gone(provider: LeadProvider) -> None:
    """A 404 is an answer, too."""
    with suppress(Refused):
        provider.read_participant("00000000-0000-4000-8000-000000000000")
    provider.sync()


def declares_for_several_side_by_side(provider: LeadProvider) -> None:
    with ThreadPoolExecutor(6) as pool:
        chosen = free_participants(provider)[:5]
        list(pool.map(lambda id: provider.declare(id, "started", MILESTONES_2021["started"]), chosen))


def defers_and_resumes_several_times(provider: LeadProvider) -> None:
    somebody = free_participants(provider)[0]
    for _ in range(3):
        provider.defer(somebody, "career-break")
        provider.resume(somebody)


CORRECT_TOO = (
    Client("", ReadsTheListsSideBySide),
    Client("", ReadsEverythingNowAndThen),
    Client("", ReadsAFileFirstAndPollsPages),
    Client("", WritesMomentsInItsOwnWay),
    Client("", PollsSinceTheDayBefore),
    Client("", NamesEveryCohort),
    Client("", LeavesOutWhatIsUsual, per_page=100, participants=150),
    Client("", StartsAgainWhenAPageIsOdd),
    Client("", ReadsWhoeverItActedOn),
    Client("", connection=KeepsAnswersForAMoment),
    Client("", connection=LetsALibraryPause),
    Client("", connection=TakesTurnsBetweenConnections),
    Client("", connection=RetriesInItsTransport),
    Client("", connection=PausesLongerAndLonger),
    Client("", WritesDatesInItsOwnWay),
    Client("", tour=in_short(goes_on_for_who_came_from_another_provider), short=True),
    Client("", tour=in_short(asks_once_for_somebody_who_is_gone), short=True),
    Client("", tour=in_short(declares_for_several_side_by_side), short=True),
    Client("", tour=in_short(defers_and_resumes_several_times), short=True),
)
