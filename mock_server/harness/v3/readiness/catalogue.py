"""The requirements for clients of v3 as data, in the order in which reports show them.

The ids never change.
"""

from dataclasses import replace
from typing import Final

from mock_server.harness.readiness import actions, contract, cost, declarations, sync
from mock_server.harness.readiness.common import shared
from mock_server.harness.readiness.requirement import Requirement
from mock_server.harness.v3.readiness import foretold, partnerships
from mock_server.harness.v3.readiness.traffic import LISTS
from mock_server.v3.service import V3

_SYNC: Final = "v3/usage/keeping-data-in-sync/"
_TESTING: Final = "v3/usage/testing-effectively/"
_UPDATING: Final = "v3/usage/updating-participants/"
_DECLARATIONS: Final = "v3/usage/declarations/"
_PARTNERSHIPS: Final = "v3/usage/partnerships/"

# The lists besides participants and declarations: the anchor of their story, and why a client reads them.
_LISTS: Final = {
    "transfers": (
        "v3/usage/transfers/#transfer-to-new-provider",
        "Participants come and go between schools and providers, and only this list says from where and when.",
    ),
    "partnerships": (
        f"{_PARTNERSHIPS}#read-partnership",
        "Without a partnership a school's participants stay hidden.",
    ),
    "schools": (
        f"{_PARTNERSHIPS}#expression-of-interest",
        "Schools name their provider there (`expression_of_interest`), and wait for a partnership.",
    ),
    "delivery-partners": (
        f"{_PARTNERSHIPS}#find-delivery-partners",
        "A partnership needs a delivery partner of the cohort.",
    ),
    "statements": (
        "v3/usage/statements/#list-statements",
        "They say when declarations are paid, and with which others.",
    ),
    "unfunded-mentors": (
        "v3/usage/unfunded-mentors/#unfunded-mentor",
        "They need access to learning materials, and no list of participants shows them.",
    ),
}

CATALOGUE: Final = (
    shared("access.authenticated", f"{_TESTING}#token-refused"),
    shared("access.token-not-in-url", f"{_TESTING}#token-refused"),
    shared("access.stops-on-401", f"{_TESTING}#token-refused"),
    shared("sync.full-pull", f"{_SYNC}#page-until-empty"),
    shared("sync.pages-followed", f"{_SYNC}#page-until-empty"),
    shared("sync.polls", f"{_SYNC}#poll-two-windows"),
    shared("sync.no-gap", f"{_SYNC}#poll-two-windows"),
    Requirement(
        id="sync.two-windows",
        level="should",
        sentence="Each poll reaches back to the beginning of the last poll but one.",
        why="Then a poll that went wrong, or a record that changed while you read, isn't lost.",
        guide=f"{_SYNC}#poll-two-windows",
        how="Poll three times or more, each time from the beginning of the last successful poll but one.",
        judge=sync.two_windows("participants"),
        needed=False,
    ),
    shared("sync.mostly-incremental", f"{_SYNC}#poll-two-windows"),
    shared("sync.no-repeat", f"{_SYNC}#page-until-empty"),
    shared("sync.sees-changes", f"{_UPDATING}#school-updates"),
    shared("sync.after-restart", f"{_SYNC}#missed-poll"),
    shared("sync.declarations", f"{_DECLARATIONS}#find-declarations"),
    shared("sync.declarations-pages-followed", f"{_SYNC}#page-until-empty"),
    shared("sync.declarations-no-gap", f"{_SYNC}#poll-two-windows"),
    shared("sync.declarations-changes-seen", f"{_SYNC}#poll-two-windows"),
    *(
        Requirement(
            id=f"sync.{name}",
            level="must",
            sentence=f"The client lists the {name.replace('-', ' ')}.",
            why=why,
            guide=guide,
            how=f"List the {name.replace('-', ' ')}.",
            judge=sync.listed(name),
        )
        for name, (guide, why) in _LISTS.items()
    ),
    Requirement(
        id="sync.other-lists-pages-followed",
        level="must",
        sentence="No reading of the other lists stops at a full page.",
        why="There are thousands of schools, and soon more than a page of transfers.",
        guide=f"{_SYNC}#page-until-empty",
        how="List the schools and the transfers until a page comes that isn't full.",
        judge=sync.each_of(sync.pages_followed, *_LISTS),
        needed=False,
    ),
    Requirement(
        id="sync.transfers-no-gap",
        level="must",
        sentence="Each poll of the transfers reaches back to the beginning of the one before, or to the latest "
        "`updated_at` in its list.",
        why="A school may report a transfer while a poll runs. None of the pages of that poll shows it.",
        guide=f"{_SYNC}#poll-two-windows",
        how="Poll the transfers more than once, with `filter[updated_since]`.",
        judge=sync.loses_nothing("transfers", sync.no_gap("transfers")),
        needed=False,
    ),
    Requirement(
        id="sync.transfers-changes-seen",
        level="must",
        sentence="A transfer that a school reported later was fetched afterwards.",
        why="No other list says where a participant went, and when.",
        guide="v3/usage/transfers/#transfer-to-new-provider",
        how="Poll the transfers after a participant has moved.",
        judge=sync.loses_nothing(
            "transfers", sync.sees_changes("transfers", "transfer", "a school", ("transfers", "transfer"))
        ),
        needed=False,
    ),
    Requirement(
        id="partnerships.created",
        level="must",
        sentence="A partnership with a school was accepted.",
        why="Participants of a school appear in your list only when a partnership covers them.",
        guide=f"{_PARTNERSHIPS}#create-partnership",
        how="Make a partnership with a school whose `expression_of_interest` is true, and which isn't in one with you.",
        judge=actions.accepted("create-partnership"),
    ),
    Requirement(
        id="partnerships.checked-first",
        level="should",
        sentence="Before it makes a partnership, the client reads the school.",
        why="The school may have a partnership already, or may have chosen another programme.",
        guide=f"{_PARTNERSHIPS}#expression-of-interest",
        how="Read the schools of the cohort before you make a partnership.",
        judge=partnerships.checked_first,
        needed=False,
    ),
    shared("actions.defer", f"{_UPDATING}#defer-participant"),
    shared(
        "actions.resume",
        f"{_UPDATING}#resume-participant",
        "Resume a participant who was deferred before today: on the day of the deferral nobody can be resumed.",
    ),
    shared(
        "actions.change-schedule",
        f"{_UPDATING}#change-schedule-of-ect",
        "Move a participant to another schedule.",
    ),
    shared("actions.withdraw", f"{_UPDATING}#withdraw-participant"),
    shared("actions.not-repeated", f"{_SYNC}#refusal-changes-nothing"),
    Requirement(
        id="actions.not-foretold",
        level="must",
        sentence=f"Nothing is refused that the client's own records foretold. {foretold.MEASURE}.",
        why="A client that doesn't look at its own records reports the wrong people. It notices only the refusals.",
        guide=f"{_SYNC}#refusal-changes-nothing",
        how="Send an action, a declaration or a partnership.",
        judge=foretold.no_foretold_refusals,
        needed=False,
    ),
    shared("declarations.started", f"{_DECLARATIONS}#declare-first"),
    *(
        Requirement(
            id=f"declarations.{declaration_type}",
            level="must",
            sentence=f"A declaration of the type `{declaration_type}` was accepted.",
            why="Each type has its own evidence, and from 2025 on the dates must follow the order of the types.",
            guide=f"{_DECLARATIONS}#declare-every-type",
            how=f"Declare `{declaration_type}` for a participant, dated after the declarations before it.",
            judge=declarations.accepted(declaration_type),
        )
        for declaration_type in ("retained-1", "retained-2", "retained-3", "retained-4")
    ),
    shared("declarations.completed", f"{_DECLARATIONS}#declare-every-type"),
    *(
        Requirement(
            id=f"declarations.{declaration_type}",
            level="should",
            sentence=f"A declaration of the type `{declaration_type}` was accepted.",
            why="Participants whose induction takes longer have an extended schedule, with further types.",
            guide="v3/usage/schedules-and-milestones/#extended-declaration",
            how=f"Declare `{declaration_type}` for a participant on an extended schedule.",
            judge=declarations.accepted(declaration_type),
        )
        for declaration_type in ("extended-1", "extended-2", "extended-3")
    ),
    shared("declarations.id-stored", f"{_DECLARATIONS}#find-declarations"),
    shared("declarations.void", f"{_DECLARATIONS}#void-declaration"),
    shared("declarations.clawback", f"{_DECLARATIONS}#void-in-each-state"),
    shared("declarations.future-milestone", f"{_TESTING}#simulate-a-later-day"),
    shared("declarations.server-date-for-trials", f"{_TESTING}#simulate-a-later-day"),
    shared("declarations.zone-given", f"{_DECLARATIONS}#declaration-date-refused"),
    shared("declarations.not-in-a-loop", f"{_DECLARATIONS}#void-declaration"),
    shared("declarations.one-after-lost-answer", f"{_SYNC}#lost-answer"),
    shared("errors.refusal-met", f"{_TESTING}#body-refused"),
    shared("errors.refusal-not-repeated", f"{_SYNC}#refusal-changes-nothing"),
    shared("errors.rate-limit", f"{_SYNC}#wait-when-limited"),
    shared("errors.server-fault", f"{_SYNC}#missed-poll"),
    replace(shared("cost.polling-rate", f"{_SYNC}#wait-when-limited"), judge=cost.polling_rate(*LISTS)),
    replace(
        shared("cost.single-readings", f"{_SYNC}#poll-two-windows"),
        judge=cost.single_readings("participant", "declaration", "school", "partnership", "statement"),
    ),
    replace(shared("cost.stops-at-the-end", f"{_SYNC}#page-until-empty"), judge=cost.stops_at_the_end(*LISTS)),
    # The department advises to try a partnership with missing data.
    replace(
        shared("contract.requests", "api-reference/reference-v3/"), judge=contract.requests_but("create-partnership")
    ),
    Requirement(
        id="contract.coverage",
        level="should",
        sentence="Most of the operations were used.",
        why="An operation that was never tried may not work.",
        guide="api-reference/reference-v3/",
        how="Use more of the operations.",
        judge=contract.coverage(V3),
    ),
)
