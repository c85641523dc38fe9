"""Clients of v3 with one mistake each in what they send: partnerships, actions, declarations, and after errors."""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from examples.reference_client_v3 import (
    ATTENDED,
    COHORT,
    DECLARATIONS_2025,
    ENGAGED,
    EXTENDED_2025,
    Connection,
    LeadProvider,
    Record,
    Refused,
    Unavailable,
    Unheard,
    choose,
)
from mock_server.v3.domain.vocabulary import MENTOR_ONLY_REASON
from tests.harness.readiness.clients.connections import TriedByALibrary
from tests.harness.readiness.v3.base import Client, in_short, written

# -- partnerships --------------------------------------------------------------------------------


class NeverMakesPartnerships(LeadProvider):
    def make_partnerships(self) -> None: ...


def partners(provider: LeadProvider, school_id: str, partner: str) -> None:
    attributes = {"cohort": COHORT, "school_id": school_id, "delivery_partner_id": partner}
    with suppress(Refused):
        provider.connection.write("POST", "/partnerships", attributes)


def schools_that_chose(provider: LeadProvider, choice: str) -> list[str]:
    return [id for id, each in provider.schools.records.items() if each["induction_programme_choice"] == choice]


def makes_its_partnerships_again(provider: LeadProvider) -> None:
    for each in list(provider.partnerships.records.values()):
        partners(provider, each["school_id"], each["delivery_partner_id"])


def partners_with_a_school_led_school(provider: LeadProvider) -> None:
    school_led = [
        id for id, each in provider.schools.records.items() if each["induction_programme_choice"] == "school_led"
    ]
    partners(provider, school_led[0], next(iter(provider.delivery_partners.records)))


def takes_a_partner_of_another_cohort(provider: LeadProvider) -> None:
    every = provider.connection.get("/delivery-partners")
    other = next(each["id"] for each in every if COHORT not in each["attributes"]["cohort"])
    free = [
        id for id, each in provider.schools.records.items() if each["induction_programme_choice"] == "not_yet_known"
    ]
    partners(provider, free[0], other)


def corrects_partnerships_to_what_they_are(provider: LeadProvider) -> None:
    for id, each in provider.partnerships.records.items():
        with suppress(Refused):
            attributes = {"delivery_partner_id": each["delivery_partner_id"]}
            provider.connection.write("PUT", f"/partnerships/{id}", attributes)


# -- actions -------------------------------------------------------------------------------------


def put(provider: LeadProvider, id: str, action: str, course: str = "ecf-induction", **attributes: str) -> None:
    with suppress(Refused):
        provider.connection.write("PUT", f"/participants/{id}/{action}", {"course_identifier": course, **attributes})


def known(provider: LeadProvider, role: str = "ect", **facts: str) -> list[str]:
    """The participants whose enrolment shows this."""
    return [id for id in provider.participants.records if facts.items() <= provider.enrolment(id, role).items()]


class SendsEveryActionTwice(LeadProvider):
    def act(self, id: str, action: str, outcome: Record, attributes: Record | None = None) -> None:
        super().act(id, action, outcome, attributes)
        put(self, id, action, **(attributes or {}))


class NeverWithdraws(LeadProvider):
    def withdraw(self, id: str, reason: str) -> None: ...


class ResumesOnTheDayOfTheDeferral(LeadProvider):
    def resume(self, id: str) -> None: ...

    def defer(self, id: str, reason: str) -> None:
        super().defer(id, reason)
        put(self, id, "resume")


def defers_who_was_rescheduled_today(provider: LeadProvider) -> None:
    for id in choose(provider, "active", "ecf-standard-september")[:2]:
        provider.change_schedule(id, "ecf-standard-january")
        put(provider, id, "defer", reason="other")


def resumes_who_has_moved(provider: LeadProvider) -> None:
    left = [id for id in known(provider, training_status="deferred") if id in provider.transfers.records]
    put(provider, left[0], "resume")


def withdraws_who_is_withdrawn(provider: LeadProvider) -> None:
    put(provider, known(provider, training_status="withdrawn")[0], "withdraw", reason="other")


def defers_who_is_deferred(provider: LeadProvider) -> None:
    for id in known(provider, training_status="deferred")[:2]:
        put(provider, id, "defer", reason="other")


def reschedules_who_has_left(provider: LeadProvider) -> None:
    for id in known(provider, training_status="deferred")[:2]:
        put(provider, id, "change-schedule", schedule_identifier="ecf-standard-january")


def changes_schedules_to_what_they_are(provider: LeadProvider) -> None:
    for id in known(provider, training_status="active", participant_status="active")[:2]:
        schedule = provider.enrolment(id)["schedule_identifier"]
        put(provider, id, "change-schedule", schedule_identifier=schedule)


def puts_teachers_on_replacement_schedules(provider: LeadProvider) -> None:
    id = choose(provider, "active", "ecf-standard-september")[0]
    put(provider, id, "change-schedule", schedule_identifier="ecf-replacement-september")


def gives_the_mentors_reason(provider: LeadProvider) -> None:
    put(provider, choose(provider, "active", "ecf-standard-september")[0], "withdraw", reason=MENTOR_ONLY_REASON)


def takes_mentors_for_teachers(provider: LeadProvider) -> None:
    put(provider, known(provider, "mentor", training_status="active")[0], "withdraw", reason="other")


# -- declarations --------------------------------------------------------------------------------


def declare(
    provider: LeadProvider, id: str, kind: str, date: str, evidence: str = ATTENDED, course: str = "ecf-induction"
) -> None:
    attributes = {"participant_id": id, "declaration_type": kind, "declaration_date": date}
    with suppress(Refused):
        provider.connection.write(
            "POST",
            "/participant-declarations",
            {**attributes, "course_identifier": course, "evidence_held": evidence},
        )


def somebody(provider: LeadProvider) -> str:
    return choose(provider, "active", "ecf-standard-september")[0]


def declares_for_who_is_withdrawn(provider: LeadProvider) -> None:
    withdrawn = known(provider, training_status="withdrawn")[0]
    declare(provider, withdrawn, "started", written(datetime.now(UTC) - timedelta(minutes=1)))


def declares_for_mentors_as_teachers(provider: LeadProvider) -> None:
    declare(provider, known(provider, "mentor", training_status="active")[0], "started", "2025-10-06T09:00:00Z")


def declares_milestones_that_mentors_lack(provider: LeadProvider) -> None:
    mentor = known(provider, "mentor", training_status="active")[0]
    declare(provider, mentor, "retained-1", "2026-01-12T09:00:00Z", course="ecf-mentor")


def declares_tomorrow(provider: LeadProvider) -> None:
    declare(provider, somebody(provider), "started", written(datetime.now(UTC) + timedelta(days=1)))


def declares_under_a_merged_id(provider: LeadProvider) -> None:
    changes = (each["participant_id_changes"] for each in provider.participants.records.values())
    merged = next(each for each in changes if each)[0]["from_participant_id"]
    declare(provider, merged, "started", "2025-10-06T09:00:00Z")


def declares_extended_types_for_everybody(provider: LeadProvider) -> None:
    for kind in EXTENDED_2025:
        declare(provider, somebody(provider), kind, *EXTENDED_2025[kind])


def sends_the_evidence_of_version_1(provider: LeadProvider) -> None:
    id = somebody(provider)
    for kind in ("retained-2", "completed"):
        declare(provider, id, kind, DECLARATIONS_2025[kind][0], "other")


def declares_again_with_other_dates(provider: LeadProvider) -> None:
    id = next(each["participant_id"] for each in provider.declarations.records.values() if each["state"] == "eligible")
    for day in range(10, 14):
        declare(provider, id, "retained-1", f"2026-01-{day}T09:00:00Z")


def dates_in_any_order(provider: LeadProvider) -> None:
    id = somebody(provider)
    provider.declare(id, "retained-2", "2026-03-16T09:00:00Z", ENGAGED)
    declare(provider, id, "retained-3", "2026-02-18T09:00:00Z")
    declare(provider, id, "started", "2026-04-06T09:00:00Z")


def declares_for_who_came_with_declarations(provider: LeadProvider) -> None:
    """Its predecessor made them, and the list shows them."""
    came = [id for id in provider.transfers.records if provider.enrolment(id).get("participant_status") == "active"]
    for id in came[:2]:
        declare(provider, id, "started", "2025-10-06T09:00:00Z")


def declares_and_voids_in_turn(provider: LeadProvider) -> None:
    id = somebody(provider)
    for _ in range(4):
        provider.void(provider.declare(id, "started", *DECLARATIONS_2025["started"]))


class DeclaresOtherwise(LeadProvider, ABC):
    @abstractmethod
    def changed(self, kind: str, date: str, server_date: str | None) -> tuple[str, str | None] | None:
        """The dates that it sends instead; None when it sends nothing."""

    def declare(self, id: str, declaration_type: str, date: str, evidence: str, server_date: str | None = None) -> str:
        sent = self.changed(declaration_type, date, server_date)
        return super().declare(id, declaration_type, sent[0], evidence, sent[1]) if sent else ""


class LeavesTheZoneOut(DeclaresOtherwise):
    def changed(self, kind: str, date: str, server_date: str | None) -> tuple[str, str | None]:
        return date.removesuffix("Z"), server_date


class ForgetsExtendedDeclarations(DeclaresOtherwise):
    def changed(self, kind: str, date: str, server_date: str | None) -> tuple[str, str | None] | None:
        return None if kind == "extended-2" else (date, server_date)


class ForgetsOneMilestone(DeclaresOtherwise):
    def changed(self, kind: str, date: str, server_date: str | None) -> tuple[str, str | None] | None:
        return None if kind == "retained-3" else (date, server_date)


class LeavesTheServerDateOut(DeclaresOtherwise):
    def changed(self, kind: str, date: str, server_date: str | None) -> tuple[str, str | None] | None:
        return None if server_date else (date, None)


class TriesAPastMoment(DeclaresOtherwise):
    def changed(self, kind: str, date: str, server_date: str | None) -> tuple[str, str | None]:
        return (date, None) if not server_date else ("2025-10-06T09:00:00Z", "2025-11-07T09:00:00Z")


class VoidsOnlyWhatWasPaid(LeadProvider):
    def void(self, declaration_id: str) -> str:
        paid = self.declarations.records[declaration_id]["state"] == "paid"
        return super().void(declaration_id) if paid else ""


class VoidsOnlyWhatWasNotPaid(LeadProvider):
    def void(self, declaration_id: str) -> str:
        paid = self.declarations.records[declaration_id]["state"] == "paid"
        return "" if paid else super().void(declaration_id)


def voids_everything_twice(provider: LeadProvider) -> None:
    id = provider.declare(somebody(provider), "started", *DECLARATIONS_2025["started"])
    provider.void(id)
    provider.void(id)


# -- errors --------------------------------------------------------------------------------------


class DeclaresAnewAfterALostAnswer(Connection):
    """With another date, as if there were no declaration yet."""

    def send(self, request: httpx.Request) -> Any:
        try:
            return super().send(request)
        except Unheard:
            body = request.content.replace(b"T09:", b"T10:")
            headers = {"Content-Type": "application/json"}
            with suppress(Refused):
                super().send(self.http.build_request("POST", request.url, content=body, headers=headers))
            raise


class SendsCopiesUntilOneIsTaken(Connection):
    """After a lost answer: each copy is refused, for the declaration is there."""

    def send(self, request: httpx.Request) -> Any:
        try:
            return super().send(request)
        except Unheard:
            for _ in range(3):
                with suppress(Refused):
                    return super().send(request)
            raise


class TriesAgainAfterARefusal(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, evidence: str, server_date: str | None = None) -> str:
        try:
            return super().declare(id, declaration_type, date, evidence, server_date)
        except Refused:
            return super().declare(id, declaration_type, date, evidence, server_date)


class LooksForWordsInTheDetail(LeadProvider):
    def declare(self, id: str, declaration_type: str, date: str, evidence: str, server_date: str | None = None) -> str:
        try:
            return super().declare(id, declaration_type, date, evidence, server_date)
        except Refused as refused:
            if "must not be before that of" in str(refused):
                raise
            # "Something else must be wrong with the connection."
            return super().declare(id, declaration_type, date, evidence, server_date)


class DoesNotWaitAtTheLimit(Connection):
    share = 0.0

    def try_once(self, request: httpx.Request) -> httpx.Response | None:
        response = super().try_once(request)
        if response is not None and response.status_code == 429:
            response.headers["Retry-After"] = str(float(response.headers["Retry-After"]) * self.share)
        return response


class WaitsHalfAsLongAsItIsTold(DoesNotWaitAtTheLimit):
    share = 0.5


class KnocksAgainAtOnce(Connection):
    def after_failure(self, request: httpx.Request, failures: int) -> None:
        time.sleep(0)


class RetriesWithoutPauses(TriedByALibrary, Connection):
    pass


class GivesUpAfterAFault(LeadProvider):
    """For good: it takes the list off its plan."""

    given_up = False

    def sync_list(self, wanted: Any) -> None:
        if wanted is not self.declarations or not self.given_up:
            tries, self.connection.tries = self.connection.tries, 1
            try:
                super().sync_list(wanted)
            except Unavailable:
                self.given_up = True
            finally:
                self.connection.tries = tries


# -- contract ------------------------------------------------------------------------------------


class ActsOtherwise(LeadProvider, ABC):
    def act(self, id: str, action: str, outcome: Record, attributes: Record | None = None) -> None:
        self.instead(id, action, attributes or {})
        super().act(id, action, outcome, attributes)

    @abstractmethod
    def instead(self, id: str, action: str, attributes: Record) -> None:
        """What it sends first, by mistake."""


class MisspellsAnAttribute(LeadProvider):
    def act(self, id: str, action: str, outcome: Record, attributes: Record | None = None) -> None:
        super().act(id, action, outcome, {**(attributes or {}), "remark": "as discussed"})


class PatchesInsteadOfPutting(ActsOtherwise):
    def instead(self, id: str, action: str, attributes: Record) -> None:
        if action == "defer":
            body = {"data": {"type": "participant-defer", "attributes": attributes}}
            self.connection.http.patch(f"/api/v3/participants/{id}/{action}", json=body)


class MakesUpAReason(ActsOtherwise):
    def instead(self, id: str, action: str, attributes: Record) -> None:
        if action == "defer":
            put(self, id, action, reason="holiday")


class SendsNumbersForTexts(ActsOtherwise):
    def instead(self, id: str, action: str, attributes: Record) -> None:
        if action == "change-schedule":
            body = {**attributes, "schedule_identifier": 7, "course_identifier": "ecf-induction"}
            with suppress(Refused):
                self.connection.write("PUT", f"/participants/{id}/{action}", body)


class SaysNothingOfJson(ActsOtherwise):
    def instead(self, id: str, action: str, attributes: Record) -> None:
        if action == "defer":
            http, path = self.connection.http, f"/api/v3/participants/{id}/{action}"
            body = json.dumps({"data": {"type": "participant-defer", "attributes": attributes}})
            with suppress(Refused):
                self.connection.send(http.build_request("PUT", path, content=body))


class ReadsNoSingleRecords(Connection):
    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        first = path.split("/")[1]
        if first in ("partnerships", "schools", "statements", "delivery-partners") and path.count("/") > 1:
            return {}
        return super().get(path, query)


_FORETOLD: tuple[Callable[[LeadProvider], None], ...] = (
    partners_with_a_school_led_school,
    takes_a_partner_of_another_cohort,
    corrects_partnerships_to_what_they_are,
    defers_who_was_rescheduled_today,
    resumes_who_has_moved,
    withdraws_who_is_withdrawn,
    defers_who_is_deferred,
    reschedules_who_has_left,
    changes_schedules_to_what_they_are,
    puts_teachers_on_replacement_schedules,
    gives_the_mentors_reason,
    takes_mentors_for_teachers,
    declares_for_who_is_withdrawn,
    declares_for_mentors_as_teachers,
    declares_milestones_that_mentors_lack,
    declares_tomorrow,
    declares_under_a_merged_id,
    declares_extended_types_for_everybody,
    sends_the_evidence_of_version_1,
    declares_again_with_other_dates,
    dates_in_any_order,
    declares_for_who_came_with_declarations,
)

ACTING = (
    Client("partnerships.created", NeverMakesPartnerships, verdict="not_seen", leaves=("partnerships.checked-first",)),
    Client(
        "actions.not-repeated", tour=in_short(makes_its_partnerships_again), may=("actions.not-foretold",), short=True
    ),
    *(Client("actions.not-foretold", tour=in_short(mistake), short=True) for mistake in _FORETOLD),
    Client("actions.not-repeated", SendsEveryActionTwice, may=("actions.not-foretold",)),
    Client("actions.not-repeated", tour=in_short(voids_everything_twice), short=True),
    Client("actions.withdraw", NeverWithdraws, verdict="not_seen"),
    Client("actions.resume", ResumesOnTheDayOfTheDeferral, verdict="not_seen"),
    Client("declarations.not-in-a-loop", tour=in_short(declares_and_voids_in_turn), short=True),
    Client("declarations.zone-given", LeavesTheZoneOut),
    Client("declarations.extended-2", ForgetsExtendedDeclarations, verdict="not_seen"),
    Client("declarations.retained-3", ForgetsOneMilestone, verdict="not_seen"),
    Client("declarations.future-milestone", LeavesTheServerDateOut, verdict="not_seen"),
    Client("declarations.future-milestone", TriesAPastMoment, verdict="not_seen"),
    Client("declarations.void", VoidsOnlyWhatWasPaid, verdict="not_seen"),
    Client("declarations.clawback", VoidsOnlyWhatWasNotPaid, verdict="not_seen"),
    Client("declarations.one-after-lost-answer", connection=DeclaresAnewAfterALostAnswer),
    Client("errors.refusal-not-repeated", connection=SendsCopiesUntilOneIsTaken),
    Client("errors.refusal-not-repeated", TriesAgainAfterARefusal),
    Client("errors.refusal-not-repeated", LooksForWordsInTheDetail),
    Client("errors.rate-limit", connection=DoesNotWaitAtTheLimit),
    Client("errors.rate-limit", connection=WaitsHalfAsLongAsItIsTold),
    Client("errors.server-fault", connection=KnocksAgainAtOnce),
    Client("errors.server-fault", connection=RetriesWithoutPauses),
    Client(
        "errors.server-fault",
        GivesUpAfterAFault,
        leaves=("sync.declarations-pages-followed", "declarations.clawback"),
    ),
    Client("contract.requests", MisspellsAnAttribute),
    Client("contract.requests", PatchesInsteadOfPutting),
    Client("contract.requests", MakesUpAReason),
    Client("contract.requests", SendsNumbersForTexts),
    Client("contract.requests", SaysNothingOfJson),
    Client("contract.coverage", connection=ReadsNoSingleRecords, verdict="not_seen"),
)
