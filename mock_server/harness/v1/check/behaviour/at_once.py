"""Several requests at the same time: each is answered as if it had come alone, and equal ones act once (rules 9)."""

from collections import Counter

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
from mock_server.harness.check.bench import OWN
from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.behaviour.actions import DEFER, RESUME, WITHDRAW, attributes_of
from mock_server.harness.v1.check.bench import Bench, body, declaration
from mock_server.harness.v1.check.oracle import ALONE, DECLARATIONS, LISTS, PARTICIPANTS, same_everywhere


@probe("Eight reads at once are all served, each with its own record.", *PARTICIPANTS, *DECLARATIONS)
def reads(bench: Bench, operation: str) -> None:
    own = bench.own
    people = [bench.ect() for _ in range(AT_ONCE)]
    made = [own.declare(participant_id=id)["id"] for id in people]
    ids = made if operation in DECLARATIONS else people
    alone = {id: own.accepted(ALONE[operation], id).json for id in ids}
    whole = own.accepted(operation).json
    for _ in range(ROUNDS):
        exchanges = together(own, [request_for(own, ALONE[operation], id) for id in ids])
        all_served(own, exchanges)
        for id, exchange in zip(ids, exchanges, strict=True):
            own.last = exchange
            own.expect(exchange[1].json == alone[id], f"of {AT_ONCE} reads at once, this gets {id}", "another answer")
        exchanges = together(own, [request_for(own, operation)] * AT_ONCE)
        all_served(own, exchanges)
        for exchange in exchanges:
            own.last = exchange
            own.expect(exchange[1].json == whole, f"{AT_ONCE} lists at once are the same", "one differs")


@probe("Equal declarations at once make one, and each is answered with it.", "createParticipantDeclaration")
def equal_declarations(bench: Bench, operation: str) -> None:
    own = bench.own
    for _ in range(ROUNDS):
        id = bench.ect()
        exchanges = together(own, [request_for(own, operation, sent=declaration(participant_id=id))] * AT_ONCE)
        all_served(own, exchanges)
        found = {response.json["data"]["id"] for _, response in exchanges}
        own.expect(len(found) == 1, "a copy is answered with the record of the first (rules 9)", f"{len(found)} ids")
        _one_declaration(bench, id)


@probe("Of declarations at once that differ in their date, one is recorded.", "createParticipantDeclaration")
def differing_declarations(bench: Bench, operation: str) -> None:
    own = bench.own
    for _ in range(ROUNDS):
        id = bench.ect()
        dates = [f"2021-11-20T09:00:0{second}Z" for second in range(AT_ONCE)]
        bodies = [declaration(participant_id=id, declaration_date=date) for date in dates]
        exchanges = together(own, [request_for(own, operation, sent=sent) for sent in bodies])
        one_accepted(own, exchanges, "there is one live declaration of a type (rules 6.2)")
        _one_declaration(bench, id)


@probe(
    "A mock that refuses copies records one of equal declarations at once.",
    "createParticipantDeclaration",
    replay="refuse",
)
def refused_copies(bench: Bench, operation: str) -> None:
    id = bench.ect()
    exchanges = together(bench.own, [request_for(bench.own, operation, sent=declaration(participant_id=id))] * AT_ONCE)
    one_accepted(bench.own, exchanges, "a copy is refused here (rules 9)")
    _one_declaration(bench, id)


def _one_declaration(bench: Bench, id: str) -> None:
    own = bench.own
    listed = own.records(DECLARATIONS[0], filter__participant_id=id)
    own.expect(len(listed) == 1, "after equal requests at once the list has one declaration", f"it has {len(listed)}")
    kept = [each.id for each in bench.control.v1.declarations() if each.participant_id == id]
    own.expect(kept == [listed[0]["id"]], "and the control API reports the same one", f"it reports {kept}")


_SAVED = "After requests at once, every list, CSV and single GET shows the same."


@probe("Of equal reports at once, one is taken: the others come too late.", *DEFER, *RESUME, *WITHDRAW)
def equal_reports(bench: Bench, operation: str) -> None:
    own, sent = bench.own, body("x", **attributes_of(operation))
    id = bench.ect(training_status="deferred" if operation in RESUME else "active")
    exchanges = together(own, [request_for(own, operation, id, sent)] * AT_ONCE)
    one_accepted(own, exchanges, "the report is taken once (rules 5.4)")
    same_everywhere(bench, OWN, _SAVED, f"after {AT_ONCE} times {operation} at once")


@probe("Of equal voids at once, one is taken.", "voidParticipantDeclaration")
def equal_voids(bench: Bench, operation: str) -> None:
    own = bench.own
    made = own.declare(participant_id=bench.ect())["id"]
    exchanges = together(own, [request_for(own, operation, made)] * AT_ONCE)
    one_accepted(own, exchanges, "a voided declaration can't be voided (rules 6.4)")
    same_everywhere(bench, OWN, _SAVED, f"after {AT_ONCE} voids at once")


@probe("Reports, declarations and reads of different people at once are all served, and all are saved.", *LISTS[:1])
def mixed(bench: Bench, operation: str) -> None:
    own = bench.own
    sorts = (
        lambda id: request_for(own, "deferEcfParticipant", id, body("x", **attributes_of("deferEcfParticipant"))),
        lambda id: request_for(
            own, "changeParticipantSchedule", id, body("x", **attributes_of("changeParticipantSchedule"))
        ),
        lambda id: request_for(own, "createParticipantDeclaration", sent=declaration(participant_id=id)),
        lambda id: request_for(own, operation),
    )
    for _ in range(ROUNDS):
        people = [bench.ect() for _ in range(AT_ONCE)]
        all_served(own, together(own, [sorts[number % len(sorts)](id) for number, id in enumerate(people)]))
    same_everywhere(bench, OWN, _SAVED, f"after {AT_ONCE} mixed requests at once", alone=False)
    changed = Counter(record["attributes"]["training_status"] for record in own.records(operation))
    wanted = ROUNDS * AT_ONCE // len(sorts)
    own.expect(changed["deferred"] == wanted, f"{wanted} participants are deferred", f"{changed['deferred']} are")


@probe(
    "Each token has a rate limit of its own, also while others use theirs.", *PARTICIPANTS, rate_limit=RateLimit(2, 60)
)
def limits_are_apart(bench: Bench, operation: str) -> None:
    """The tokens take turns, so a limit that they share is used up before either has had its own."""
    for turn in range(2):
        for sender in (bench.own, bench.other):
            sender.send(operation)
            sender.status(200, f"two requests in 60 seconds are allowed to each token, and this is number {turn + 1}")


@probe(
    "Who waits as long as Retry-After says is served, however often the server refused.",
    "listEcfParticipants",
    rate_limit=RateLimit(1, 3),
)
def waiting_helps(bench: Bench, operation: str) -> None:
    waits_as_told(bench.own, operation)


PROBES = (
    reads,
    equal_declarations,
    differing_declarations,
    refused_copies,
    equal_reports,
    equal_voids,
    mixed,
    limits_are_apart,
    waiting_helps,
)
