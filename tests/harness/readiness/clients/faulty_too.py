"""More mistakes, most of which showed only after everything seemed right."""

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx

from examples.reference_client import (
    DECLARATIONS,
    MILESTONES_2021,
    PARTICIPANTS,
    Connection,
    LeadProvider,
    Record,
    Refused,
    free_participants,
)
from tests.harness.readiness.clients.base import Client, tour


def written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# -- polling -------------------------------------------------------------------------------------


class PollsByTheNewest(LeadProvider):
    """Takes the mark from the newest `updated_at` in the list, and `shifts` it."""

    shift = timedelta()
    declarations_shift = timedelta()

    def sync_participants(self) -> None:
        super().sync_participants()
        self.participants_since = self._newest(self.participants, self.shift)

    def sync_declarations(self) -> None:
        super().sync_declarations()
        self.declarations_since = self._newest(self.declarations, self.declarations_shift)

    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        # Only what a list shows moves the mark.
        seen = self._seen(path)
        for record in super().pages(path, since):
            seen.append(record["attributes"]["updated_at"])
            yield record

    marks: dict[str, list[str]]

    def _seen(self, path: str) -> list[str]:
        if not hasattr(self, "marks"):
            self.marks = {}
        return self.marks.setdefault(path, [])

    def _newest(self, records: dict[str, Record], shift: timedelta) -> str:
        path = PARTICIPANTS if records is self.participants else DECLARATIONS
        # What was tried out at a moment to come is no reason to wait for that moment.
        now = written(datetime.now(UTC))
        return written(datetime.fromisoformat(max(mark for mark in self._seen(path) if mark <= now)) + shift)


class PollsFromASecondLater(PollsByTheNewest):
    shift = timedelta(seconds=1)


class PollsDeclarationsFromASecondLater(PollsByTheNewest):
    declarations_shift = timedelta(seconds=1)


class MovesItsMarkByItsOwnAnswers(PollsByTheNewest):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        record = super().put_action(id, action, attributes)
        self.participants_since = record["attributes"]["updated_at"]
        return record


class PollsDeclarationsSinceNow(LeadProvider):
    pulls = 0

    def sync_declarations(self) -> None:
        super().sync_declarations()
        self.pulls += 1
        if self.pulls == 1:
            self.declarations_since = written(datetime.now(UTC) + timedelta(seconds=1))


class ReadsOnePageOfDeclarations(LeadProvider):
    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        if path != DECLARATIONS:
            yield from super().pages(path, since)
            return
        query = {"page[page]": "1", "page[per_page]": str(self.per_page)}
        yield from self.page(path, {**query, "filter[updated_since]": since} if since else query)


class PollsInItsOwnTimeZone(LeadProvider):
    """An hour ahead of UTC, and nobody says so."""

    def sync_participants(self) -> None:
        super().sync_participants()
        self.participants_since = written(datetime.now(UTC) + timedelta(hours=1))


class LoadsTheFileAndReadsOnePage(LeadProvider):
    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        if path == PARTICIPANTS:
            response = self.connection.http.get(f"{path}.csv")
            if response.status_code == 401:
                self.connection.after_401(response.request)
            for place, record in enumerate(super().pages(path, since), start=1):
                yield record
                if place == self.per_page:
                    return
        else:
            yield from super().pages(path, since)


class GoesOnTwentyPagesPastTheEnd(LeadProvider):
    pulls = 0

    def sync_participants(self) -> None:
        super().sync_participants()
        self.pulls += 1
        if self.pulls == 1:
            for number in range(4, 24):
                self.page(PARTICIPANTS, {"page[page]": str(number), "page[per_page]": str(self.per_page)})


class ReadsEverybodyOneByOne(LeadProvider):
    def sync_participants(self) -> None:
        super().sync_participants()
        for id in self.participants:
            with suppress(Refused):
                self.read_participant(id)


def polls_ten_times_a_second(provider: LeadProvider) -> None:
    tour(provider)
    # Both lists, and more often than it pauses.
    for _ in range(50):
        provider.sync_participants()
        time.sleep(0.05)


# -- access --------------------------------------------------------------------------------------


class ForgetsTheTokenOnANewConnection(LeadProvider):
    forgot = False

    def sync(self) -> None:
        super().sync()
        if not self.forgot:
            self.forgot = True
            base_url = self.connection.http.base_url
            with httpx.Client(base_url=base_url, verify=False) as another:  # noqa: S501 - plain HTTP
                another.get(PARTICIPANTS)


class SendsTheServerDateWithEverything(LeadProvider):
    def page(self, path: str, query: dict[str, str]) -> list[Record]:
        self.connection.http.headers["X-With-Server-Date"] = written(datetime.now(UTC))
        return super().page(path, query)


# -- actions and declarations --------------------------------------------------------------------


class HasOneCohortForAll(LeadProvider):
    """A wrong one; it corrects that after the refusal."""

    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        if action == "change-schedule":
            with suppress(Refused):
                super().put_action(id, action, {**attributes, "cohort": "2022"})
        return super().put_action(id, action, attributes)


class TriesAPastMoment(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        if server_date:
            return super().declare(id, declaration_type, "2022-06-01T09:00:00Z", "2022-07-01T09:00:00Z")
        return super().declare(id, declaration_type, date)


class DeclaresAgainWithOtherDates(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        made = super().declare(id, declaration_type, date, server_date)
        if declaration_type == "retained-4":
            for day in range(16, 21):
                with suppress(Refused):
                    super().declare(id, declaration_type, f"2022-11-{day}T09:00:00Z")
        return made


class LeavesTheZoneOut(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        return super().declare(id, declaration_type, date.removesuffix("Z"), server_date)


def declares_and_voids_in_turn(provider: LeadProvider) -> None:
    tour(provider)
    somebody = free_participants(provider)[0]
    for _ in range(4):
        provider.void(provider.declare(somebody, "started", MILESTONES_2021["started"]))


class TakesMentorsForTeachers(LeadProvider):
    def course_of(self, id: str) -> str:
        return "ecf-induction"


def declares_for_a_mentor(provider: LeadProvider) -> None:
    tour(provider)
    mentor = next(
        id
        for id, record in provider.participants.items()
        if record["participant_type"] == "mentor" and record["cohort"] == "2022"
    )
    with suppress(Refused):
        provider.declare(mentor, "started", "2022-06-15T09:00:00Z")


def declares_for_somebody_removed(provider: LeadProvider) -> None:
    tour(provider)
    removed = next(id for id, record in provider.participants.items() if record["status"] == "withdrawn")
    dates = {"2021": "2021-11-15T09:00:00Z", "2022": "2022-06-15T09:00:00Z"}
    with suppress(Refused):
        provider.declare(removed, "started", dates[provider.participants[removed]["cohort"]])


def defers_somebody_withdrawn(provider: LeadProvider) -> None:
    tour(provider)
    withdrawn = next(
        id
        for id, record in provider.participants.items()
        if record["training_status"] == "withdrawn" and record["status"] == "active"
    )
    with suppress(Refused):
        provider.defer(withdrawn, "career-break")


def declares_before_milestones_open(provider: LeadProvider) -> None:
    tour(provider)
    somebody = free_participants(provider)[0]
    for declaration_type in ("retained-3", "retained-4"):
        with suppress(Refused):
            provider.declare(somebody, declaration_type, MILESTONES_2021["started"])


def declares_tomorrow(provider: LeadProvider) -> None:
    tour(provider)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT09:00:00Z")
    with suppress(Refused):
        provider.declare(free_participants(provider)[0], "completed", tomorrow)


def withdraws_again_when_all_is_done(provider: LeadProvider) -> None:
    tour(provider)
    leaver = free_participants(provider)[0]
    for _ in range(2):
        with suppress(Refused):
            provider.put_action(leaver, "withdraw", {"reason": "other", "course_identifier": "ecf-induction"})


# -- errors --------------------------------------------------------------------------------------


class LooksForWordsInTheDetail(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        try:
            return super().declare(id, declaration_type, date, server_date)
        except Refused as refused:
            if "after the retained-1 milestone" in str(refused):
                raise
            # "Something else must be wrong with the connection."
            return super().declare(id, declaration_type, date, server_date)


class PollsWithAnOffsetThatItForgetsToEncode(LeadProvider):
    """The first time: a plus sign becomes a space on its way, and the answer is 400, however often it is sent."""

    tried = False

    def sync_participants(self) -> None:
        if self.participants_since and not self.tried:
            self.tried = True
            http = self.connection.http
            for _ in range(2):
                http.get(f"{PARTICIPANTS}?filter[updated_since]=2026-01-01T00:00:00+01:00")
        super().sync_participants()


class PatchesInsteadOfPutting(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        if action == "defer":
            body = {"data": {"type": "participant-defer", "attributes": attributes}}
            self.connection.http.patch(f"{PARTICIPANTS}/{id}/{action}", json=body)
        return super().put_action(id, action, attributes)


class MakesUpAReason(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        if action == "defer":
            with suppress(Refused):
                super().put_action(id, action, {**attributes, "reason": "holiday"})
        return super().put_action(id, action, attributes)


class GoesOnAfter401OverNewConnections(Connection):
    tried = 0

    def after_401(self, request: httpx.Request) -> None:
        for _ in range(3):
            with httpx.Client(base_url=self.http.base_url, headers=self.http.headers, verify=False) as another:  # noqa: S501
                another.get(PARTICIPANTS)
        super().after_401(request)


class WaitsHalfAsLongAsItIsTold(Connection):
    def after_limit(self, retry_after: float) -> None:
        time.sleep(retry_after / 2)


class SendsNumbersAsTexts(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        if action == "change-schedule":
            with suppress(Refused):
                super().put_action(id, action, {**attributes, "cohort": int(attributes["cohort"])})
        return super().put_action(id, action, attributes)


FAULTY_TOO = (
    Client("sync.sees-changes", PollsFromASecondLater, may=("sync.no-gap",)),
    Client(
        "sync.declarations-changes-seen",
        PollsDeclarationsFromASecondLater,
        may=("declarations.clawback", "sync.declarations-no-gap"),
    ),
    Client("sync.no-gap", MovesItsMarkByItsOwnAnswers, may=("sync.sees-changes",)),
    Client("sync.declarations-no-gap", PollsDeclarationsSinceNow),
    Client(
        "sync.declarations-pages-followed",
        ReadsOnePageOfDeclarations,
        may=("sync.declarations-changes-seen", "declarations.clawback"),
    ),
    Client("sync.no-gap", PollsInItsOwnTimeZone, may=("sync.sees-changes",)),
    Client(
        "sync.pages-followed",
        LoadsTheFileAndReadsOnePage,
        may=("sync.full-pull", "sync.sees-changes", "sync.mostly-incremental"),
    ),
    Client("cost.stops-at-the-end", GoesOnTwentyPagesPastTheEnd),
    Client("cost.single-readings", ReadsEverybodyOneByOne),
    Client("cost.polling-rate", tour=polls_ten_times_a_second, may=("sync.no-repeat",)),
    Client("access.authenticated", ForgetsTheTokenOnANewConnection, alone=True),
    Client("declarations.server-date-for-trials", SendsTheServerDateWithEverything),
    Client("actions.cohort-sent", HasOneCohortForAll),
    Client("declarations.future-milestone", TriesAPastMoment, verdict="not_seen", may=("declarations.clawback",)),
    Client("actions.not-foretold", DeclaresAgainWithOtherDates),
    Client("declarations.zone-given", LeavesTheZoneOut),
    Client("declarations.not-in-a-loop", tour=declares_and_voids_in_turn),
    Client("actions.not-foretold", TakesMentorsForTeachers, tour=declares_for_a_mentor),
    Client("actions.not-foretold", tour=declares_for_somebody_removed),
    Client("actions.not-foretold", tour=defers_somebody_withdrawn),
    Client("actions.not-foretold", tour=declares_before_milestones_open),
    Client("actions.not-foretold", tour=declares_tomorrow),
    Client("actions.not-repeated", tour=withdraws_again_when_all_is_done, may=("actions.not-foretold",)),
    Client("errors.refusal-not-repeated", LooksForWordsInTheDetail),
    Client("errors.refusal-not-repeated", PollsWithAnOffsetThatItForgetsToEncode, also=("contract.requests",)),
    Client("contract.requests", PatchesInsteadOfPutting),
    Client("contract.requests", MakesUpAReason),
    Client("access.stops-on-401", connection=GoesOnAfter401OverNewConnections),
    Client("errors.rate-limit", connection=WaitsHalfAsLongAsItIsTold),
    Client("contract.requests", SendsNumbersAsTexts, may=("actions.cohort-sent",)),
)
