"""How the service separates two providers, and what a transfer passes to the new one (rules 3, 5.5, 6.3 and 8)."""

from typing import Any

from mock_server.harness.check.bench import OWN, PEER
from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.behaviour.actions import ACTIONS, ECT, LEAVE, act
from mock_server.harness.v1.check.bench import Bench, Sender, body, declaration

_PARTICIPANTS = "listEcfParticipants"
_DECLARATIONS = "listParticipantDeclarations"
_FEW = 8


def _ids(sender: Sender, operation: str, **query: Any) -> list[str]:
    return [record["id"] for record in sender.records(operation, **query)]


def _foreign(bench: Bench, operation: str) -> list[str]:
    """Ids that belong to the other provider and not to this one."""
    mine = set(_ids(bench.own, operation, page__per_page=200))
    return [id for id in _ids(bench.other, operation, page__per_page=200) if id not in mine][:_FEW]


def _unknown(bench: Bench, operation: str, listing: str, kind: str) -> None:
    for id in _foreign(bench, listing):
        bench.own.send(operation, id)
        bench.own.status(404, f"the {kind} is another provider's")
        text = bench.own.accepted(f"{listing}Csv").content
        bench.own.expect(id not in text, "the CSV list has none of another provider's", f"it has {id}")


@probe("Another provider's participant is an unknown id.", "getEcfParticipant", seed="guide", portable=True)
def participants_are_ones_own(bench: Bench, operation: str) -> None:
    _unknown(bench, operation, _PARTICIPANTS, "participant")


@probe("Another provider's declaration is an unknown id.", "getParticipantDeclaration", seed="guide", portable=True)
def declarations_are_ones_own(bench: Bench, operation: str) -> None:
    _unknown(bench, operation, _DECLARATIONS, "declaration")


@probe("Another provider's declaration can't be voided.", "voidParticipantDeclaration", seed="guide", portable=True)
def voids_ones_own(bench: Bench, operation: str) -> None:
    for id in _foreign(bench, _DECLARATIONS):
        before = bench.other.send("getParticipantDeclaration", id).content
        bench.own.send(operation, id)
        bench.own.status(404, "the declaration is another provider's")
        after = bench.other.send("getParticipantDeclaration", id).content
        bench.own.expect(after == before, "nothing changes for its owner", f"it is {after} now")


@probe("Another provider's participant can't be reported on.", *ACTIONS, seed="guide", portable=True)
def reports_on_ones_own(bench: Bench, operation: str) -> None:
    attributes = {**LEAVE, "schedule_identifier": "ecf-extended-january", "cohort": "2021"}
    for id in _foreign(bench, _PARTICIPANTS):
        before = bench.other.participant(id)
        for course in ("ecf-induction", "ecf-mentor"):
            bench.own.send(operation, id, body=body("x", **{**attributes, "course_identifier": course}))
            bench.own.refused_among("participant-enrolled", "the participant is another provider's")
        after = bench.other.participant(id)
        bench.own.expect(after == before, "nothing changes for the other provider", f"{after}")


@probe(
    "Nobody declares for another provider's participant.", "createParticipantDeclaration", seed="guide", portable=True
)
def declares_for_ones_own(bench: Bench, operation: str) -> None:
    for id in _foreign(bench, _PARTICIPANTS):
        bench.own.send(operation, body=declaration(participant_id=id))
        bench.own.refused_among("participant-enrolled", "the participant is another provider's")
        found = _ids(bench.own, _DECLARATIONS, filter__participant_id=id)
        bench.own.expect(found == [], "and sees none of their declarations", f"{found}")


@probe("Two providers' lists have nobody in common who never moved.", _PARTICIPANTS, _DECLARATIONS, seed="guide")
def lists_are_apart(bench: Bench, operation: str) -> None:
    common = set(_ids(bench.own, operation)) & set(_ids(bench.other, operation))
    bench.own.expect(common == set(), "the lists have no record in common", f"{len(common)} are in both")


@probe("Who moved to another provider's school is seen by both, by each as they had them.", "getEcfParticipant")
def transfers(bench: Bench, operation: str) -> None:
    own, other = bench.own, bench.other
    id = bench.ect()
    act(own, "deferEcfParticipant", id, LEAVE)
    before = own.participant(id)
    bench.control.advance("P1D")
    bench.control.v1.transfer(id, provider=PEER)
    after, theirs = own.participant(id), other.participant(id)
    kept = {name: value for name, value in after.items() if name != "updated_at"}
    own.expect(
        kept == {name: value for name, value in before.items() if name != "updated_at"},
        "the old provider keeps seeing the participant as they were",
        f"{after}",
    )
    other.expect(theirs["training_status"] == "active", "the new provider starts at active", f"{theirs}")
    other.expect(theirs["updated_at"] == after["updated_at"] > before["updated_at"], "both see the change", f"{theirs}")
    for sender in (own, other):
        sender.expect(id in _ids(sender, _PARTICIPANTS), "both lists have the participant", "one hasn't")
    # A withdrawal applies to one provider only.
    act(own, "withdrawEcfParticipant", id, LEAVE)
    theirs = other.participant(id)
    other.expect(theirs["training_status"] == "active", "the old provider's withdrawal is its own", f"{theirs}")
    act(other, "deferEcfParticipant", id, LEAVE)
    mine = own.participant(id)
    own.expect(mine["training_status"] == "withdrawn", "the new provider's report is its own", f"{mine}")


@probe("A transfer shows the live declarations to the new provider, in its list only.", _DECLARATIONS)
def declarations_move(bench: Bench, operation: str) -> None:
    own, other = bench.own, bench.other
    id = bench.ect()
    retained: Any = {"declaration_type": "retained-1", "declaration_date": "2022-01-15T14:30:00Z"}
    dead = own.declare(participant_id=id, evidence_held="other", **retained)["id"]
    own.accepted("voidParticipantDeclaration", dead)
    live = own.declare(participant_id=id)["id"]
    other.expect(_ids(other, operation) == [], "before, the other provider sees none", "it sees some")
    bench.control.v1.transfer(id, provider=PEER)
    _lists(bench, operation, own=[dead, live], other=[live])
    other.send("getParticipantDeclaration", live)
    other.status(404, "alone it is its owner's only")
    other.send("voidParticipantDeclaration", live)
    other.status(404, "only its owner voids it")
    # The old provider may still report what happened in its time, and the new one sees that too.
    late = own.declare(participant_id=id, evidence_held="other", **retained)["id"]
    _lists(bench, operation, own=[dead, live, late], other=[live, late])
    theirs: Any = {"declaration_type": "retained-2", "declaration_date": "2022-03-01T09:00:00Z"}
    new = other.declare(participant_id=id, evidence_held="other", **theirs)["id"]
    _lists(bench, operation, own=[dead, live, late], other=[live, late, new])
    # If the school removed a participant, the new provider sees only its own declarations.
    bench.control.v1.set_status(id, "withdrawn")
    _lists(bench, operation, own=[dead, live, late], other=[new])


def _lists(bench: Bench, operation: str, *, own: list[str], other: list[str]) -> None:
    for provider, sender, wanted in ((OWN, bench.own, own), (PEER, bench.other, other)):
        found = _ids(sender, operation)
        sender.expect(found == wanted, f"{provider} lists {wanted}", f"it lists {found}")


@probe("Coming back to an earlier provider starts anew.", "getEcfParticipant")
def coming_back(bench: Bench, operation: str) -> None:
    id = bench.ect()
    act(bench.own, "withdrawEcfParticipant", id, LEAVE)
    bench.control.v1.transfer(id, provider=PEER)
    bench.control.v1.transfer(id, provider=OWN)
    came = bench.own.participant(id)["training_status"]
    bench.own.expect(came == "active", "training_status is active again", f"it is {came}")
    act(bench.own, "deferEcfParticipant", id, {**ECT, "reason": "other"})


PROBES = (
    participants_are_ones_own,
    declarations_are_ones_own,
    voids_ones_own,
    reports_on_ones_own,
    declares_for_ones_own,
    lists_are_apart,
    transfers,
    declarations_move,
    coming_back,
)
