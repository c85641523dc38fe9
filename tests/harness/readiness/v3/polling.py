"""Clients of v3 with one mistake each in how they find out: access, lists, polls, and what they cost."""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from examples.reference_client_v3 import COHORT, Connection, LeadProvider, List, Record, Refused, Unavailable
from tests.harness.readiness.v3.base import Client, tour, written

PARTICIPANTS = "/api/v3/participants"

# -- access --------------------------------------------------------------------------------------


class AsksWithoutTokenWhetherTheServiceIsUp(LeadProvider):
    def sync(self) -> None:
        super().sync()
        bare = self.connection.http.build_request("GET", PARTICIPANTS)
        del bare.headers["Authorization"]
        self.connection.http.send(bare)


class PutsTheTokenIntoTheAddress(Connection):
    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        token = self.http.headers["Authorization"].removeprefix("Bearer ")
        return super().get(path, {**(query or {}), "access_token": token})


class TriesAgainAfter401(Connection):
    def try_once(self, request: httpx.Request) -> httpx.Response | None:
        for _ in range(3):
            response = super().try_once(request)
            if response is None or response.status_code != 401:
                break
        return response


class SendsTheServerDateWithEverything(LeadProvider):
    def sync(self) -> None:
        self.connection.http.headers["X-With-Server-Date"] = written(datetime.now(UTC))
        super().sync()


# -- pages ---------------------------------------------------------------------------------------


class StopsAtAFullPage(LeadProvider):
    """Of the list named `stops`."""

    stops = "participants"

    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        for place, record in enumerate(super().pages(wanted, since), start=1):
            yield record
            if wanted is getattr(self, self.stops) and place == self.per_page:
                return


class ReadsOnePageOfDeclarations(StopsAtAFullPage):
    stops = "declarations"


class ReadsOnePageOfSchools(StopsAtAFullPage):
    stops = "schools"


class PullsEachPageTwice(Connection):
    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        super().get(path, query)
        return super().get(path, query)


class GoesOnTwentyPagesPastTheEnd(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        yield from super().pages(wanted, since)
        if wanted is self.participants and since is None:
            for number in range(10, 30):
                self.connection.get(wanted.path, {"page[page]": str(number), "page[per_page]": str(self.per_page)})


class ReadsBackwardsFromTheNewest(LeadProvider):
    """Of what changed: it stops at the first page, since that has the newest."""

    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        if wanted is not self.participants or since is None:
            yield from super().pages(wanted, since)
            return
        query = {"sort": "-updated_at", "filter[updated_since]": since, "page[per_page]": "2"}
        yield from self.connection.get(wanted.path, query)


# -- polls ---------------------------------------------------------------------------------------


class AlwaysAsksForEverything(LeadProvider):
    def sync_list(self, wanted: List) -> None:
        super().sync_list(wanted)
        if wanted is self.participants:
            wanted.windows = []


class AsksForEverythingEverySecondTime(LeadProvider):
    pulls = 0

    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        if wanted is self.participants:
            self.pulls += 1
            since = since if self.pulls % 2 == 0 else None
        yield from super().pages(wanted, since)


class MovesTheMark(LeadProvider):
    """Of the list named `moves`, by so much from the beginning of the pull."""

    moves = "participants"
    by = timedelta(seconds=2)

    def sync_list(self, wanted: List) -> None:
        super().sync_list(wanted)
        if wanted is getattr(self, self.moves):
            mark = written(datetime.now(UTC) + self.by)
            wanted.windows = [mark, mark]


class TakesTheTimeAfterThePull(MovesTheMark):
    pass


class PollsInItsOwnTimeZone(MovesTheMark):
    by = timedelta(hours=1)


class PollsDeclarationsSinceNow(MovesTheMark):
    moves = "declarations"


class PollsTransfersSinceNow(MovesTheMark):
    moves = "transfers"


class ReachesBackOneWindow(LeadProvider):
    def sync_list(self, wanted: List) -> None:
        super().sync_list(wanted)
        wanted.windows = wanted.windows[-1:]


class PollsByTheNewest(LeadProvider):
    """Takes the mark from the newest `updated_at` in each list, and `shifts` that of one list."""

    shifts = ""
    shift = timedelta(seconds=1)

    def sync_list(self, wanted: List) -> None:
        shown: list[str] = []
        since = wanted.windows[0] if wanted.windows else None
        for record in self.pages(wanted, since):
            wanted.records[record["id"]] = record["attributes"]
            shown.append(record["attributes"]["updated_at"])
        # What was tried out at a moment to come is no reason to wait for that moment.
        now = written(datetime.now(UTC))
        newest = max([each for each in shown if each <= now], default=since)
        if newest and shown and self.shifts and wanted is getattr(self, self.shifts):
            newest = written(datetime.fromisoformat(newest) + self.shift)
        wanted.windows = [newest] if newest else []


class PollsFromASecondLater(PollsByTheNewest):
    shifts = "participants"


class PollsDeclarationsFromASecondLater(PollsByTheNewest):
    shifts = "declarations"


class MovesItsMarkByItsOwnAnswers(PollsByTheNewest):
    def act(self, id: str, action: str, outcome: Record, attributes: Record | None = None) -> None:
        super().act(id, action, outcome, attributes)
        self.participants.windows = [self.participants.records[id]["updated_at"]]


class TakesAFailedPullForDone(LeadProvider):
    def sync_list(self, wanted: List) -> None:
        connection, tries = self.connection, self.connection.tries
        connection.tries = 1
        began = written(datetime.now(UTC))
        try:
            super().sync_list(wanted)
        except Unavailable:
            wanted.windows = [*wanted.windows, began][-2:]
        finally:
            connection.tries = tries


class PollsOneCohortOnly(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        if wanted is self.participants:
            wanted.filters = {"filter[cohort]": "2024"} if since else {}
        yield from super().pages(wanted, since)


class PollsTheActiveOnly(LeadProvider):
    def pages(self, wanted: List, since: str | None) -> Iterator[Record]:
        if wanted is self.participants:
            wanted.filters = {"filter[training_status]": "active"} if since else {}
        yield from super().pages(wanted, since)


class PollsWithAnOffsetThatItForgetsToEncode(LeadProvider):
    """The first time: a plus sign becomes a space on its way, and the answer is 400, however often it is sent."""

    tried = False

    def sync(self) -> None:
        if self.participants.windows and not self.tried:
            self.tried = True
            for _ in range(2):
                self.connection.http.get(f"{PARTICIPANTS}?filter[updated_since]=2026-01-01T00:00:00+01:00")
        super().sync()


# -- lists that it never reads -------------------------------------------------------------------


class LeavesOut(LeadProvider):
    """The list named `left_out`."""

    left_out = ""

    def sync_list(self, wanted: List) -> None:
        if wanted is not getattr(self, self.left_out):
            super().sync_list(wanted)


class NeverListsTransfers(LeavesOut):
    left_out = "transfers"


class NeverListsUnfundedMentors(LeavesOut):
    left_out = "unfunded_mentors"


class NeverListsStatements(Connection):
    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        if path.startswith("/statements"):
            return [{"id": "any", "attributes": {}}] if path == "/statements" else {}
        return super().get(path, query)


class NeverListsDeliveryPartners(LeavesOut):
    left_out = "delivery_partners"

    def sync_settings(self) -> None:
        self.sync_list(self.participants)
        enrolments = (each["ecf_enrolments"][0] for each in self.participants.records.values())
        self.delivery_partners.records = {next(enrolments)["delivery_partner_id"]: {}}
        super().sync_settings()


class ListsNoPartnershipsAfterMakingThem(LeavesOut):
    left_out = "partnerships"


# -- cost ----------------------------------------------------------------------------------------


class ReadsEverybodyOneByOne(LeadProvider):
    def sync(self) -> None:
        super().sync()
        for id in self.participants.records:
            with suppress(Refused):
                self.connection.get(f"/participants/{id}")


class ReadsEverySchoolAtEachPoll(LeadProvider):
    def sync(self) -> None:
        super().sync()
        for id in self.schools.records:
            self.connection.get(f"/schools/{id}", {"filter[cohort]": COHORT})


def polls_ten_times_a_second(provider: LeadProvider) -> None:
    tour(provider)
    for _ in range(50):
        provider.sync_list(provider.participants)
        time.sleep(0.05)


_ALSO_LOST = ("sync.declarations-changes-seen", "declarations.clawback", "sync.after-restart")
# Whoever polls otherwise doesn't reach back two windows, which is a recommendation.
_MARK = ("sync.two-windows",)

POLLING = (
    Client("access.authenticated", AsksWithoutTokenWhetherTheServiceIsUp),
    Client("access.token-not-in-url", connection=PutsTheTokenIntoTheAddress, may=("contract.requests",)),
    Client("access.stops-on-401", connection=TriesAgainAfter401),
    # The clock of its header stands still while it reads one list after another.
    Client(
        "declarations.server-date-for-trials",
        SendsTheServerDateWithEverything,
        may=("sync.no-gap", "sync.declarations-no-gap", "sync.transfers-no-gap"),
    ),
    Client("sync.pages-followed", StopsAtAFullPage, may=("sync.full-pull", "sync.sees-changes")),
    Client("sync.declarations-pages-followed", ReadsOnePageOfDeclarations, may=_ALSO_LOST),
    Client(
        "sync.other-lists-pages-followed",
        ReadsOnePageOfSchools,
        may=("partnerships.created", "partnerships.checked-first"),
    ),
    Client("sync.no-repeat", connection=PullsEachPageTwice),
    Client("cost.stops-at-the-end", GoesOnTwentyPagesPastTheEnd),
    Client("sync.pages-followed", ReadsBackwardsFromTheNewest, may=("sync.sees-changes",)),
    Client("sync.polls", AlwaysAsksForEverything, leaves=("sync.mostly-incremental", "sync.two-windows")),
    Client("sync.mostly-incremental", AsksForEverythingEverySecondTime),
    Client("sync.no-gap", TakesTheTimeAfterThePull, may=(*_MARK, "sync.sees-changes")),
    Client("sync.no-gap", PollsInItsOwnTimeZone, may=(*_MARK, "sync.sees-changes")),
    Client("sync.declarations-no-gap", PollsDeclarationsSinceNow, may=_ALSO_LOST),
    Client("sync.transfers-no-gap", PollsTransfersSinceNow, may=("sync.transfers-changes-seen",)),
    Client("sync.two-windows", ReachesBackOneWindow),
    Client("sync.sees-changes", PollsFromASecondLater, may=(*_MARK, "sync.no-gap")),
    Client(
        "sync.declarations-changes-seen",
        PollsDeclarationsFromASecondLater,
        may=(*_MARK, *_ALSO_LOST, "sync.declarations-no-gap"),
    ),
    Client("sync.no-gap", MovesItsMarkByItsOwnAnswers, may=(*_MARK, "sync.sees-changes")),
    Client("sync.declarations-no-gap", TakesAFailedPullForDone, may=_ALSO_LOST),
    Client("sync.sees-changes", PollsOneCohortOnly, may=(*_MARK, "sync.polls")),
    Client(
        "sync.polls",
        PollsTheActiveOnly,
        verdict="not_seen",
        leaves=("sync.mostly-incremental", "sync.two-windows", "sync.no-gap"),
        may=("sync.sees-changes",),
    ),
    Client("errors.refusal-not-repeated", PollsWithAnOffsetThatItForgetsToEncode, may=("contract.requests",)),
    Client(
        "sync.transfers",
        NeverListsTransfers,
        verdict="not_seen",
        leaves=("sync.transfers-no-gap", "sync.transfers-changes-seen"),
    ),
    Client("sync.unfunded-mentors", NeverListsUnfundedMentors, verdict="not_seen"),
    Client("sync.statements", connection=NeverListsStatements, verdict="not_seen"),
    Client("sync.delivery-partners", NeverListsDeliveryPartners, verdict="not_seen"),
    Client("cost.single-readings", ReadsEverybodyOneByOne),
    Client("cost.single-readings", ReadsEverySchoolAtEachPoll),
    Client("cost.polling-rate", tour=polls_ten_times_a_second, may=("sync.no-repeat",)),
)
