"""Several requests at the same time: each is answered as if it had come alone, and equal ones act once (rules 5.8)."""

from typing import Final

from mock_server.control.models import RateLimit
from mock_server.harness.check.at_once import (
    AT_ONCE,
    ROUNDS,
    all_served,
    one_accepted,
    request_for,
    together,
    waits_as_told,
)
from mock_server.harness.check.probes import probe
from mock_server.harness.v3.check.behaviour.acts import ACTIONS, DEFER, RESCHEDULE, RESUME, away, sent
from mock_server.harness.v3.check.behaviour.shown import compare_everything
from mock_server.harness.v3.check.behaviour.transport import LISTS
from mock_server.harness.v3.check.bench import COHORT, DECLARE, VOID, Bench, body, declaration


@probe("Eight readers at once read what one reads.", *LISTS, seed="guide")
def readers(bench: Bench, operation: str) -> None:
    own = bench.own
    alone = own.accepted(operation).json
    exchanges = together(own, [request_for(own, operation)] * AT_ONCE)
    all_served(own, exchanges)
    for exchange in exchanges:
        own.last = exchange
        own.expect(exchange[1].json == alone, f"{AT_ONCE} lists at once are the same", "one differs")


@probe("Readers of different records at once each get their own.", *LISTS, seed="guide")
def different_readers(bench: Bench, operation: str) -> None:
    own = bench.own
    ids = own.ids(operation)[:AT_ONCE]
    exchanges = together(own, [request_for(own, operation.removesuffix("s"), id) for id in ids])
    all_served(own, exchanges)
    for id, exchange in zip(ids, exchanges, strict=True):
        own.last = exchange
        found = exchange[1].json["data"]["id"]
        own.expect(found == id, f"the request for {id} gets this record", f"it gets {found}")


@probe("Of equal declarations sent at once, one is recorded and the others are refused.", DECLARE)
def equal_declarations(bench: Bench, operation: str) -> None:
    own = bench.own
    for _ in range(ROUNDS):
        id = bench.trained()
        exchanges = together(own, [request_for(own, operation, sent=declaration(id))] * AT_ONCE)
        one_accepted(own, exchanges, "a copy is refused (rules 5.8)")
        found = own.ids("getDeclarations", filter__participant_id=id)
        own.expect(len(found) == 1, "one declaration is recorded", f"{len(found)} are")
    compare_everything(bench)


@probe("Of equal partnerships sent at once, one is made and the others are refused.", "createPartnership")
def equal_partnerships(bench: Bench, operation: str) -> None:
    own = bench.own
    for _ in range(ROUNDS):
        given = body(cohort=COHORT, school_id=bench.control.v3.add_school().id, delivery_partner_id=bench.partners()[0])
        exchanges = together(own, [request_for(own, operation, sent=given)] * AT_ONCE)
        one_accepted(own, exchanges, "a provider has one partnership with a school in a cohort (rules 5.1)")
    compare_everything(bench)


@probe("Of equal reports at once, one is taken: the others come too late.", *ACTIONS)
def equal_reports(bench: Bench, operation: str) -> None:
    own = bench.own
    id = away(bench) if operation == RESUME else bench.trained()
    exchanges = together(own, [request_for(own, operation, id, sent(operation))] * AT_ONCE)
    one_accepted(own, exchanges, "the report is taken once (rules 5.3 to 5.6)")
    compare_everything(bench)


@probe("Of equal voids at once, one is taken.", VOID)
def equal_voids(bench: Bench, operation: str) -> None:
    own = bench.own
    made = own.declare(bench.trained())["id"]
    exchanges = together(own, [request_for(own, operation, made)] * AT_ONCE)
    one_accepted(own, exchanges, "a voided declaration can't be voided (rules 5.9)")
    compare_everything(bench)


@probe("Reports, declarations and reads of different people at once are all served, and all are saved.")
def mixed(bench: Bench, operation: str) -> None:
    own = bench.own
    sorts = (
        lambda id: request_for(own, DEFER, id, sent(DEFER)),
        lambda id: request_for(own, RESCHEDULE, id, sent(RESCHEDULE)),
        lambda id: request_for(own, DECLARE, sent=declaration(id)),
        lambda id: request_for(own, "getParticipants"),
    )
    for _ in range(ROUNDS):
        people = [bench.trained() for _ in range(AT_ONCE)]
        all_served(own, together(own, [sorts[number % len(sorts)](id) for number, id in enumerate(people)]))
    compare_everything(bench)
    deferred = len(own.ids("getParticipants", filter__training_status="deferred"))
    wanted = ROUNDS * AT_ONCE // len(sorts)
    own.expect(deferred == wanted, f"{wanted} participants are deferred", f"{deferred} are")


@probe("Each token has a rate limit of its own, also while others use theirs.", *LISTS[:2], rate_limit=RateLimit(2, 60))
def limits_are_apart(bench: Bench, operation: str) -> None:
    """The tokens take turns, so a limit that they share is used up before either has had its own."""
    for turn in range(2):
        for sender in (bench.own, bench.other):
            sender.send(operation)
            sender.status(200, f"two requests in 60 seconds are allowed to each token, and this is number {turn + 1}")


@probe(
    "Who waits as long as Retry-After says is served, however often the server refused.",
    LISTS[0],
    rate_limit=RateLimit(1, 3),
)
def waiting_helps(bench: Bench, operation: str) -> None:
    waits_as_told(bench.own, operation)


PROBES: Final = (
    readers,
    different_readers,
    equal_declarations,
    equal_partnerships,
    equal_reports,
    equal_voids,
    mixed,
    limits_are_apart,
    waiting_helps,
)
