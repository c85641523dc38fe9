"""The requirements for clients of v1 as data, in the order in which reports show them.

The ids never change.
"""

from typing import Final

from mock_server.harness.readiness import contract, declarations
from mock_server.harness.readiness.common import shared
from mock_server.harness.readiness.requirement import Requirement
from mock_server.harness.v1.readiness import actions as v1_actions
from mock_server.harness.v1.readiness import foretold
from mock_server.v1.service import V1

_STARTED: Final = "ecf-usage/declaring-that-an-ecf-participant-has-started-their-course/"
_RETAINED: Final = "ecf-usage/declaring-that-an-ecf-participant-has-retained-their-course/"
_COMPLETED: Final = "ecf-usage/declaring-that-an-ecf-participant-has-completed-their-course/"
CATALOGUE: Final = (
    shared("access.authenticated", "running-an-integration/#errors-token"),
    shared("access.token-not-in-url", "running-an-integration/#errors-token"),
    shared("access.stops-on-401", "running-an-integration/#errors-token"),
    shared("sync.full-pull", "running-an-integration/#paging"),
    shared("sync.pages-followed", "running-an-integration/#paging"),
    shared("sync.polls", "running-an-integration/#polling"),
    shared("sync.no-gap", "running-an-integration/#polling"),
    shared("sync.mostly-incremental", "running-an-integration/#polling"),
    shared("sync.no-repeat", "running-an-integration/#paging"),
    shared("sync.sees-changes", "ecf-usage/continuing-the-ecf-registration-process/#registration"),
    shared("sync.after-restart", "running-an-integration/#polling"),
    shared("sync.declarations", "ecf-usage/listing-participant-declaration-submissions/#list-declarations"),
    shared("sync.declarations-pages-followed", "running-an-integration/#paging"),
    shared("sync.declarations-no-gap", "running-an-integration/#polling"),
    shared("sync.declarations-changes-seen", "running-an-integration/#polling"),
    shared("actions.defer", "ecf-usage/notifying-of-deferral/#defer"),
    shared("actions.resume", "ecf-usage/notifying-of-resume/#resume"),
    shared("actions.change-schedule", "ecf-usage/notifying-of-schedule-change/#change-schedule"),
    shared("actions.withdraw", "ecf-usage/notifying-of-withdrawal/#withdraw"),
    Requirement(
        id="actions.cohort-sent",
        level="must",
        sentence="Every change of schedule names the participant's cohort, as the record shows it.",
        why="Without it the server takes the present academic year. That works in the first year and fails later.",
        guide="ecf-usage/notifying-of-schedule-change/#change-schedule-cohort",
        how="Move a participant to another schedule, naming the participant's cohort.",
        judge=v1_actions.cohort_sent,
    ),
    shared("actions.not-repeated", "ecf-usage/notifying-of-deferral/#defer-again"),
    Requirement(
        id="actions.current-paths",
        level="should",
        sentence="The deprecated paths aren't used.",
        why="The older paths are for older clients, and will disappear one day.",
        guide="ecf-usage/notifying-of-deferral/#defer-older-path",
        how="Use `/api/v1/participants/ecf` and the actions below it.",
        judge=v1_actions.current_paths,
    ),
    Requirement(
        id="actions.not-foretold",
        level="must",
        sentence=f"Nothing is refused that the client's own records foretold. {foretold.MEASURE}.",
        why="A client that doesn't look at its own records reports the wrong people. It notices only the refusals.",
        guide="ecf-usage/notifying-of-withdrawal/#withdraw-removed-by-school",
        how="Send an action or a declaration.",
        judge=foretold.no_foretold_refusals,
        needed=False,
    ),
    shared("declarations.started", f"{_STARTED}#declare-started"),
    *(
        Requirement(
            id=f"declarations.retained-{number}",
            level="must",
            sentence=f"A declaration of the type `retained-{number}` was accepted.",
            why="Each milestone has its own dates. From this one on, a declaration needs evidence.",
            guide=f"{_RETAINED}#declare-retained",
            how=f"Declare `retained-{number}` for a participant, with a date within that milestone.",
            judge=declarations.accepted(f"retained-{number}"),
        )
        for number in range(1, 5)
    ),
    shared(
        "declarations.completed",
        f"{_COMPLETED}#declare-completed",
    ),
    shared("declarations.id-stored", "ecf-usage/listing-participant-declaration-submissions/#list-declarations"),
    shared("declarations.void", "ecf-usage/removing-participant-declaration/#void"),
    shared("declarations.clawback", "ecf-usage/removing-participant-declaration/#void-paid"),
    shared(
        "declarations.future-milestone",
        f"{_STARTED}#declare-started-server-date",
    ),
    shared(
        "declarations.server-date-for-trials",
        f"{_STARTED}#declare-started-server-date",
    ),
    shared(
        "declarations.zone-given",
        f"{_STARTED}#declare-started-date-forms",
    ),
    shared("declarations.not-in-a-loop", "ecf-usage/removing-participant-declaration/#void"),
    shared(
        "declarations.one-after-lost-answer",
        f"{_STARTED}#declare-started-copy",
    ),
    shared("errors.refusal-met", "running-an-integration/#errors-body"),
    shared(
        "errors.refusal-not-repeated",
        f"{_RETAINED}#declare-retained-outside",
    ),
    shared("errors.rate-limit", "running-an-integration/#rate-limit"),
    shared("errors.server-fault", "running-an-integration/#server-fault"),
    shared("cost.polling-rate", "running-an-integration/#rate-limit"),
    shared("cost.single-readings", "running-an-integration/#paging"),
    shared("cost.stops-at-the-end", "running-an-integration/#paging"),
    shared("contract.requests", "api-reference/reference-v1/"),
    Requirement(
        id="contract.coverage",
        level="should",
        sentence="Most of the operations that aren't deprecated were used.",
        why="An operation that was never tried may not work.",
        guide="api-reference/reference-v1/",
        how="Use more of the operations.",
        judge=contract.coverage(V1),
    ),
)

BY_ID: Final = {requirement.id: requirement for requirement in CATALOGUE}
GROUPS: Final = tuple(dict.fromkeys(requirement.group for requirement in CATALOGUE))
