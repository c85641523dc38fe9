"""The department's checklist for clients of v3, item by item, and the requirements that answer it.

Source: the pages "How to test the API effectively" and "Keeping your data in sync" of the department's guidance.
"""

from typing import Final

from mock_server.harness.readiness.checklist import Item

_TYPES: Final = (
    *("started", "retained-1", "retained-2", "retained-3", "retained-4", "completed"),
    *("extended-1", "extended-2", "extended-3"),
)

CHECKLIST: Final = (
    Item("Each operation was tried alone before anything was automated", ("contract.coverage", "contract.requests")),
    Item("The rate limit is respected", ("errors.rate-limit", "cost.polling-rate", "cost.single-readings")),
    Item("Pulls ask only for what is needed", ("sync.polls", "sync.mostly-incremental", "cost.stops-at-the-end")),
    Item(
        "Every value of every field was met",
        elsewhere="Traffic doesn't show what a client does with a value. Let your tests read the sandbox's seed "
        "`guide`, in which every value of every field occurs.",
    ),
    Item("Failures were brought about on purpose", ("errors.refusal-met", "errors.refusal-not-repeated")),
    Item(
        "Order and uniqueness don't matter",
        ("sync.no-repeat",),
        elsewhere="Whether the client keeps a record once that it got twice, its own store shows. In a drill every "
        "change comes more than once.",
    ),
    Item("All pages are read, 100 records at a time", ("sync.full-pull", "sync.pages-followed")),
    Item(
        "Later days were tried out with `X-With-Server-Date`",
        ("declarations.future-milestone", "declarations.server-date-for-trials"),
    ),
    Item(
        "The seed data is adequate",
        elsewhere="Nobody needs to ask for data here: the control API adds schools, participants and partnerships.",
    ),
    Item("Declarations of every type were posted", tuple(f"declarations.{each}" for each in _TYPES)),
    Item(
        "Standard processes for partnerships",
        ("partnerships.created", "partnerships.checked-first", "sync.partnerships", "sync.delivery-partners"),
    ),
    Item(
        "Standard processes for participants",
        (
            *("actions.defer", "actions.resume", "actions.withdraw", "actions.change-schedule", "actions.not-repeated"),
            *("actions.not-foretold", "sync.transfers", "sync.transfers-changes-seen", "sync.unfunded-mentors"),
        ),
    ),
    Item(
        "Standard processes for declarations",
        (
            *("declarations.id-stored", "declarations.void", "declarations.clawback", "declarations.zone-given"),
            *("declarations.one-after-lost-answer", "declarations.not-in-a-loop", "sync.statements"),
        ),
    ),
    Item("Error paths", ("errors.server-fault", "errors.rate-limit", "errors.refusal-not-repeated")),
    Item(
        "Full and partial synchronisation",
        (
            *("sync.full-pull", "sync.polls", "sync.no-gap", "sync.two-windows", "sync.sees-changes"),
            "sync.after-restart",
            *("sync.declarations", "sync.declarations-pages-followed", "sync.declarations-no-gap"),
            *("sync.declarations-changes-seen", "sync.transfers-no-gap", "sync.other-lists-pages-followed"),
        ),
        elsewhere="A drill is shorter than half a week. Whether the client reads everything twice a week, its schedule "
        "shows.",
    ),
    Item(
        "Several partnerships for each school and cohort",
        ("sync.partnerships",),
        elsewhere="Traffic doesn't show how the client stores them.",
    ),
    Item(
        "`expression_of_interest` and `participants_currently_training`",
        ("sync.schools", "partnerships.checked-first", "sync.partnerships"),
    ),
    Item(
        "Access keys are secured",
        ("access.authenticated", "access.token-not-in-url", "access.stops-on-401"),
        elsewhere="Where the client keeps its key, only its operators can say. No report shows a token.",
    ),
    Item(
        "Tests are recorded with requests, responses and timestamps",
        elsewhere="This folder is the record: a file for each requirement, and `requests.json`.",
    ),
)
