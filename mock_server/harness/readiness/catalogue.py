"""The requirements that a client is graded by, as data, in the order in which they are shown. The ids are fixed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from mock_server.harness.readiness import access, actions, contract, declarations, errors, sync
from mock_server.harness.readiness.judgement import Judgement
from mock_server.harness.readiness.traffic import Traffic

Level = Literal["must", "should"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that a client does that is ready to go live.

    `sentence` says what, `why` what goes wrong otherwise. `guide` is where the documentation site explains it. `how`
    tells whoever wasn't seen doing it what is still to happen. `judge` looks at nothing but the traffic.
    """

    id: str
    level: Level
    sentence: str
    why: str
    guide: str
    how: str
    judge: Callable[[Traffic], Judgement]

    @property
    def group(self) -> str:
        return self.id.partition(".")[0]


CATALOGUE: Final = (
    Requirement(
        id="access.authenticated",
        level="must",
        sentence="Every request carries the token in the header `Authorization`.",
        why="Without it there is no answer, and a client that sometimes forgets it fails where nobody expects it.",
        guide="running-an-integration/#errors-token",
        how="Send any request.",
        judge=access.authenticated,
    ),
    Requirement(
        id="access.token-not-in-url",
        level="must",
        sentence="The token appears in no address.",
        why="Addresses are written to logs, histories and error reports; whoever reads one there has the token.",
        guide="running-an-integration/#errors-token",
        how="Send any request.",
        judge=access.token_not_in_url,
    ),
    Requirement(
        id="access.stops-on-401",
        level="must",
        sentence="After a 401 the client doesn't go on with the same token.",
        why="A token that was withdrawn doesn't come back: going on hides the fault and looks like an attack.",
        guide="running-an-integration/#errors-token",
        how="Run the client once with a wrong token, such as `wrong-token.SANDBOX`: it should stop after one request.",
        judge=access.stops_on_401,
    ),
    Requirement(
        id="sync.full-pull",
        level="must",
        sentence="The client has pulled the full list of participants, to its last page.",
        why="It is what everything else starts from: whoever isn't on it is neither trained nor declared for.",
        guide="running-an-integration/#paging",
        how="List the participants without `filter[updated_since]`, page after page until one isn't full.",
        judge=sync.full_pull,
    ),
    Requirement(
        id="sync.pages-followed",
        level="must",
        sentence="No reading of the list stops at a full page.",
        why="Whoever is on the pages that weren't asked for is missing, and nothing says so.",
        guide="running-an-integration/#paging",
        how="List the participants until a page comes that isn't full.",
        judge=sync.pages_followed,
    ),
    Requirement(
        id="sync.polls",
        level="must",
        sentence="The client polls with `filter[updated_since]`.",
        why="Schools add, change and remove participants at any time; asking is the only way to find out.",
        guide="running-an-integration/#polling",
        how="After the full pull list the participants again, with `filter[updated_since]`.",
        judge=sync.polls,
    ),
    Requirement(
        id="sync.no-gap",
        level="must",
        sentence="Each poll reaches back at least to the moment at which the poll before it began.",
        why="What changes while a poll is under way may be on none of its pages; the next one has to include it.",
        guide="running-an-integration/#polling",
        how="Poll after the full pull, since the moment at which that began.",
        judge=sync.no_gap,
    ),
    Requirement(
        id="sync.mostly-incremental",
        level="should",
        sentence="Pulling everything again is the exception.",
        why="A full pull takes many times the requests of a poll, and the rate limit counts every one of them.",
        guide="running-an-integration/#polling",
        how="Poll with `filter[updated_since]` more often than you pull everything.",
        judge=sync.mostly_incremental,
    ),
    Requirement(
        id="sync.no-repeat",
        level="should",
        sentence="The same page isn't pulled twice in a row.",
        why="The second answer says what the first one said, and costs as much.",
        guide="running-an-integration/#paging",
        how="List participants or declarations more than once.",
        judge=sync.no_repeat,
    ),
    Requirement(
        id="sync.sees-changes",
        level="must",
        sentence="What a school changed was fetched afterwards.",
        why="A poll may look right and still leave out a cohort, or a minute of each hour.",
        guide="ecf-usage/#registration",
        how="Poll after something about a participant has changed, through the control API or in a drill.",
        judge=sync.sees_changes,
    ),
    Requirement(
        id="sync.declarations",
        level="must",
        sentence="The client lists its declarations too.",
        why="Their states change without it: they become eligible, payable, paid, or turn out ineligible.",
        guide="ecf-usage/#list-declarations",
        how="List the declarations.",
        judge=sync.declarations,
    ),
    Requirement(
        id="actions.defer",
        level="must",
        sentence="A deferral was accepted.",
        why="A participant on a break who isn't reported looks like one who is being trained.",
        guide="ecf-usage/#defer",
        how="Defer a participant who is active.",
        judge=actions.accepted("defer"),
    ),
    Requirement(
        id="actions.resume",
        level="must",
        sentence="A resumption was accepted.",
        why="Participants come back from their break.",
        guide="ecf-usage/#resume",
        how="Resume a participant who is deferred.",
        judge=actions.accepted("resume"),
    ),
    Requirement(
        id="actions.change-schedule",
        level="must",
        sentence="A change of schedule was accepted.",
        why="Milestones are counted by the schedule: on the wrong one, declarations are refused.",
        guide="ecf-usage/#change-schedule",
        how="Move a participant to another schedule, naming the participant's cohort.",
        judge=actions.accepted("change-schedule"),
    ),
    Requirement(
        id="actions.withdraw",
        level="must",
        sentence="A withdrawal was accepted.",
        why="Whoever left and isn't reported goes on being counted.",
        guide="ecf-usage/#withdraw",
        how="Withdraw a participant.",
        judge=actions.accepted("withdraw"),
    ),
    Requirement(
        id="actions.cohort-sent",
        level="must",
        sentence="Every change of schedule names the participant's cohort.",
        why="Left out, it counts as the present academic year: it works in the first year and fails in the second.",
        guide="ecf-usage/#change-schedule-cohort",
        how="Move a participant to another schedule, naming the participant's cohort.",
        judge=actions.cohort_sent,
    ),
    Requirement(
        id="actions.not-repeated",
        level="must",
        sentence="Nothing is sent again after it was accepted.",
        why="A client that doesn't know what it has done will do it twice one day when it matters.",
        guide="ecf-usage/#defer-again",
        how="Have an action or a declaration accepted.",
        judge=actions.not_repeated,
    ),
    Requirement(
        id="actions.current-paths",
        level="should",
        sentence="The deprecated paths aren't used.",
        why="They are there for older clients, and won't be for ever.",
        guide="ecf-usage/#defer-older-path",
        how="Use `/api/v1/participants/ecf` and the actions below it.",
        judge=actions.current_paths,
    ),
    Requirement(
        id="declarations.started",
        level="must",
        sentence="A declaration of the type `started` was accepted.",
        why="It is the first that a provider is paid for.",
        guide="ecf-usage/#declare-started",
        how="Declare that a participant has started.",
        judge=declarations.accepted("started"),
    ),
    *(
        Requirement(
            id=f"declarations.retained-{number}",
            level="must",
            sentence=f"A declaration of the type `retained-{number}` was accepted.",
            why="Each milestone has dates of its own, and evidence is wanted from here on.",
            guide="ecf-usage/#declare-retained",
            how=f"Declare `retained-{number}` for a participant, with a date within that milestone.",
            judge=declarations.accepted(f"retained-{number}"),
        )
        for number in range(1, 5)
    ),
    Requirement(
        id="declarations.completed",
        level="must",
        sentence="A declaration of the type `completed` was accepted.",
        why="It is the last that a provider is paid for.",
        guide="ecf-usage/#declare-completed",
        how="Declare that a participant has completed, with a date within that milestone.",
        judge=declarations.accepted("completed"),
    ),
    Requirement(
        id="declarations.id-stored",
        level="must",
        sentence="The id of a declaration that was made is used later, to read or to void it.",
        why="Without its id a declaration can't be taken back.",
        guide="ecf-usage/#list-declarations",
        how="Read or void a declaration by the id that came in the answer when it was made.",
        judge=declarations.id_stored,
    ),
    Requirement(
        id="declarations.void",
        level="must",
        sentence="A declaration was voided before it was paid.",
        why="What was declared in error has to be taken back.",
        guide="ecf-usage/#void",
        how="Void a declaration that hasn't been paid.",
        judge=declarations.voided_as("voided"),
    ),
    Requirement(
        id="declarations.clawback",
        level="must",
        sentence="A declaration was voided after it was paid.",
        why="Then the money is taken back: the state is another one, and so is what to expect next.",
        guide="ecf-usage/#void-paid",
        how="Void a declaration whose state is `paid`.",
        judge=declarations.voided_as("awaiting-clawback"),
    ),
    Requirement(
        id="declarations.future-milestone",
        level="should",
        sentence="A declaration was tried out at a moment to come, with `X-With-Server-Date`.",
        why="Milestones that lie ahead can be tested today.",
        guide="ecf-usage/#declare-started-server-date",
        how="Make a declaration with the header `X-With-Server-Date`.",
        judge=declarations.future_milestone,
    ),
    Requirement(
        id="declarations.one-after-lost-answer",
        level="must",
        sentence="After an answer was lost the client sends the exact copy or looks it up, and one declaration exists.",
        why="The declaration was made although the client got an error: what it does next decides over two or one.",
        guide="ecf-usage/#declare-started-copy",
        how="Inject a fault with `apply: after` into a declaration, or run the drill `lost-answer`.",
        judge=declarations.one_after_lost_answer,
    ),
    Requirement(
        id="errors.refusal-met",
        level="must",
        sentence="The client has met a 400 or 422.",
        why="Refusals are part of every day; a client that never met one hasn't been tried.",
        guide="running-an-integration/#errors-body",
        how="Send something that a rule refuses, such as a declaration dated outside its milestone.",
        judge=errors.refusal_met,
    ),
    Requirement(
        id="errors.refusal-not-repeated",
        level="must",
        sentence="What was refused with 400 or 422 isn't sent again as it was.",
        why="The answer stays the same, and somebody has to hear of it instead.",
        guide="ecf-usage/#declare-retained-outside",
        how="Meet a refusal.",
        judge=errors.refusal_not_repeated,
    ),
    Requirement(
        id="errors.rate-limit",
        level="must",
        sentence="After a 429 the client waits as long as `Retry-After` says, and then goes on.",
        why="Whoever knocks on keeps the door shut; whoever gives up has half a list.",
        guide="running-an-integration/#rate-limit",
        how="Send more requests than the rate limit allows, lower it, or run the drill `rate-limit`.",
        judge=errors.rate_limit,
    ),
    Requirement(
        id="errors.server-fault",
        level="must",
        sentence="After a 5xx or a timeout the client tries again with growing pauses, and ends in the right state.",
        why="Services fail for seconds or for hours: a client should survive the one and not make the other worse.",
        guide="running-an-integration/",
        how="Inject a 503 that lasts for three requests, or run the drill `server-fault`.",
        judge=errors.server_fault,
    ),
    Requirement(
        id="contract.requests",
        level="must",
        sentence="No request breaks the contract: attributes, types, paths, methods, content type.",
        why="Misspelt attributes are ignored, not refused: what they were meant to say is lost without a word.",
        guide="api-reference/reference-v1/",
        how="Send any request.",
        judge=contract.requests,
    ),
    Requirement(
        id="contract.coverage",
        level="should",
        sentence="Most of the operations that aren't deprecated were used.",
        why="What was never tried works only by luck.",
        guide="api-reference/reference-v1/",
        how="Use more of the operations.",
        judge=contract.coverage,
    ),
)

BY_ID: Final = {requirement.id: requirement for requirement in CATALOGUE}
GROUPS: Final = tuple(dict.fromkeys(requirement.group for requirement in CATALOGUE))
