"""The reference client with one mistake each, as integrators make them, and the requirement that it breaks."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import httpx

from examples.reference_client import (
    MILESTONES_2021,
    PARTICIPANTS,
    Connection,
    LeadProvider,
    Record,
    Refused,
    Unavailable,
)
from tests.harness.readiness.clients.base import Client

# -- access --------------------------------------------------------------------------------------


class AsksWithoutTokenWhetherTheServiceIsUp(LeadProvider):
    def sync(self) -> None:
        super().sync()
        http = self.connection.http
        bare = http.build_request("GET", PARTICIPANTS)
        del bare.headers["Authorization"]
        http.send(bare)


class PutsTheTokenIntoTheAddress(LeadProvider):
    def page(self, path: str, query: dict[str, str]) -> list[Record]:
        token = self.connection.http.headers["Authorization"].removeprefix("Bearer ")
        return super().page(path, {**query, "access_token": token})


class TriesAgainAfter401(Connection):
    tried = 0

    def after_401(self, request: httpx.Request) -> None:
        self.tried += 1
        if self.tried > 2:
            super().after_401(request)


# -- finding out ---------------------------------------------------------------------------------


class StopsAtAFullPage(LeadProvider):
    """In its first poll, which brings everybody: afterwards there is never more than a page."""

    pulls = 0

    def sync_participants(self) -> None:
        self.pulls += 1
        super().sync_participants()

    def pages(self, path: str, since: str | None) -> Iterator[Record]:
        for place, record in enumerate(super().pages(path, since), start=1):
            yield record
            if path == PARTICIPANTS and self.pulls == 2 and place == self.per_page:
                return


class NeverAsksForEverything(LeadProvider):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.participants_since = datetime.now(UTC).strftime("%Y-%m-%dT00:00:00Z")


class AlwaysAsksForEverything(LeadProvider):
    def sync_participants(self) -> None:
        self.participants_since = None
        super().sync_participants()


class AsksForEverythingEverySecondTime(LeadProvider):
    pulls = 1

    def sync_participants(self) -> None:
        self.pulls += 1
        if self.pulls % 2:
            self.participants_since = None
        super().sync_participants()


class RemembersWhenThePullEnded(LeadProvider):
    """Once: the poll after that reaches back again, so that nothing is missed in the end."""

    pulls = 0

    def sync_participants(self) -> None:
        super().sync_participants()
        self.pulls += 1
        if self.pulls == 1:
            self.participants_since = (datetime.now(UTC) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


class PullsEachPageTwice(LeadProvider):
    def page(self, path: str, query: dict[str, str]) -> list[Record]:
        super().page(path, query)
        return super().page(path, query)


class PollsOneCohortOnly(LeadProvider):
    def page(self, path: str, query: dict[str, str]) -> list[Record]:
        if path == PARTICIPANTS and "filter[updated_since]" in query:
            query = {**query, "filter[cohort]": "2021"}
        return super().page(path, query)


# -- actions -------------------------------------------------------------------------------------


class LeavesTheCohortOutAtFirst(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        if action == "change-schedule":
            try:
                return super().put_action(id, action, {k: v for k, v in attributes.items() if k != "cohort"})
            except Refused:
                # "Then with the cohort, if it has to be."
                pass
        return super().put_action(id, action, attributes)


class SendsEveryActionTwice(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        record = super().put_action(id, action, attributes)
        with suppress(Refused):
            super().put_action(id, action, attributes)
        return record


class UsesAnOlderPath(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        if action != "defer":
            return super().put_action(id, action, attributes)
        path = f"/api/v1/participants/{id}/{action}"
        record: Record = self.connection.write("PUT", path, f"participant-{action}", attributes)
        return record


class NeverWithdraws(LeadProvider):
    def withdraw(self, id: str, reason: str) -> None: ...


# -- declarations --------------------------------------------------------------------------------


class MakesUpAnotherDateAfterALostAnswer(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        connection = self.connection
        tries, connection.tries = connection.tries, 1
        try:
            return super().declare(id, declaration_type, date, server_date)
        except Unavailable:
            connection.tries = tries
            try:
                return super().declare(id, declaration_type, date.replace("T09", "T10"), server_date)
            except Refused:
                # "Somebody must have declared it already." So it looks up the id.
                self.sync_declarations()
                wanted = {"participant_id": id, "declaration_type": declaration_type}
                return next(d for d, record in self.declarations.items() if wanted.items() <= record.items())
        finally:
            connection.tries = tries


class VoidsAndDeclaresAnewAfterALostAnswer(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        connection = self.connection
        tries, connection.tries = connection.tries, 1
        try:
            return super().declare(id, declaration_type, date, server_date)
        except Unavailable:
            connection.tries = tries
            self.sync_declarations()
            for existing, record in list(self.declarations.items()):
                if record["participant_id"] == id:
                    self.void(existing)
            return super().declare(id, declaration_type, date, server_date)
        finally:
            connection.tries = tries


class LeavesTheServerDateOut(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        if server_date:
            return ""
        return super().declare(id, declaration_type, date)


class VoidsOnlyWhatWasPaid(LeadProvider):
    def void(self, declaration_id: str) -> str:
        if self.declarations[declaration_id]["state"] != "paid":
            return ""
        return super().void(declaration_id)


class VoidsOnlyWhatWasNotPaid(LeadProvider):
    def void(self, declaration_id: str) -> str:
        if self.declarations[declaration_id]["state"] == "paid":
            return ""
        return super().void(declaration_id)


class ForgetsOneMilestone(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        if declaration_type == "retained-3" and date == MILESTONES_2021["retained-3"]:
            return ""
        return super().declare(id, declaration_type, date, server_date)


# -- errors --------------------------------------------------------------------------------------


class TriesAgainAfterARefusal(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, server_date: str | None = None) -> str:
        try:
            return super().declare(id, declaration_type, date, server_date)
        except Refused:
            return super().declare(id, declaration_type, date, server_date)


class DoesNotWaitAtTheLimit(Connection):
    def after_limit(self, retry_after: float) -> None:
        time.sleep(retry_after / 10)


class KnocksAgainAtOnce(Connection):
    def after_failure(self, request: httpx.Request, failures: int) -> None:
        if failures == self.tries:
            raise Unavailable
        time.sleep(0)


# -- contract ------------------------------------------------------------------------------------


class SendsAnAttributeThatNobodyKnows(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        return super().put_action(id, action, {**attributes, "comment": "as discussed"})


class SaysNothingOfJson(LeadProvider):
    def put_action(self, id: str, action: str, attributes: Record) -> Record:
        if action == "defer":
            http, path = self.connection.http, f"{PARTICIPANTS}/{id}/{action}"
            request = http.build_request("PUT", path, content=json.dumps({"data": {"attributes": attributes}}))
            with suppress(Refused):
                self.connection.send(request)
        # Corrected at the second try.
        return super().put_action(id, action, attributes)


FAULTY = (
    Client("access.authenticated", AsksWithoutTokenWhetherTheServiceIsUp),
    Client("access.token-not-in-url", PutsTheTokenIntoTheAddress),
    Client("access.stops-on-401", connection=TriesAgainAfter401),
    Client("sync.full-pull", NeverAsksForEverything, verdict="not_seen"),
    Client("sync.pages-followed", StopsAtAFullPage),
    Client("sync.polls", AlwaysAsksForEverything, leaves=("sync.mostly-incremental",)),
    Client("sync.no-gap", RemembersWhenThePullEnded),
    Client("sync.mostly-incremental", AsksForEverythingEverySecondTime),
    Client("sync.no-repeat", PullsEachPageTwice),
    Client("sync.sees-changes", PollsOneCohortOnly),
    Client("actions.cohort-sent", LeavesTheCohortOutAtFirst),
    Client("actions.not-repeated", SendsEveryActionTwice),
    Client("actions.current-paths", UsesAnOlderPath),
    Client("actions.withdraw", NeverWithdraws, verdict="not_seen"),
    Client("declarations.retained-3", ForgetsOneMilestone, verdict="not_seen"),
    Client("declarations.void", VoidsOnlyWhatWasPaid, verdict="not_seen"),
    Client("declarations.clawback", VoidsOnlyWhatWasNotPaid, verdict="not_seen"),
    Client("declarations.future-milestone", LeavesTheServerDateOut, verdict="not_seen"),
    Client("declarations.one-after-lost-answer", MakesUpAnotherDateAfterALostAnswer),
    Client("declarations.one-after-lost-answer", VoidsAndDeclaresAnewAfterALostAnswer),
    Client("errors.refusal-not-repeated", TriesAgainAfterARefusal),
    Client("errors.rate-limit", connection=DoesNotWaitAtTheLimit),
    Client("errors.server-fault", connection=KnocksAgainAtOnce),
    Client("contract.requests", SendsAnAttributeThatNobodyKnows),
    Client("contract.requests", SaysNothingOfJson),
)
