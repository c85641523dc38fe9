"""How the service separates two providers (rules 4 and 5)."""

from typing import Any, Final

from mock_server.harness.check.probes import probe
from mock_server.harness.v3.check.behaviour.acts import ACTIONS, sent
from mock_server.harness.v3.check.bench import DECLARE, VOID, Bench, body, declaration

_FEW: Final = 6
# Where a provider's records are: each list, and the operation that reads one of them.
_APART: Final = {
    "getParticipants": "getParticipant",
    "getTransfers": "getTransfer",
    "getDeclarations": "getDeclaration",
    "getPartnerships": "getPartnership",
    "getDeliveryPartners": "getDeliveryPartner",
    "getStatements": "getStatement",
    "getUnfundedMentors": "getUnfundedMentor",
}


def _foreign(bench: Bench, operation: str, **query: Any) -> list[str]:
    """Ids that belong to the other provider and not to this one."""
    mine = set(bench.own.ids(operation, **query))
    return [id for id in bench.other.ids(operation, **query) if id not in mine][:_FEW]


@probe("Another provider's record is an unknown id, and in no list.", *_APART, seed="guide", portable=True)
def records_are_ones_own(bench: Bench, operation: str) -> None:
    foreign = _foreign(bench, operation)
    for id in foreign:
        bench.own.send(_APART[operation], id)
        bench.own.status(404, "the record is another provider's")


@probe("Another provider's partnership can't be changed.", seed="guide", portable=True)
def partnerships_are_ones_own(bench: Bench, operation: str) -> None:
    partners = bench.own.ids("getDeliveryPartners")
    for id in _foreign(bench, "getPartnerships"):
        before = bench.other.send("getPartnership", id).content
        for partner in partners:
            bench.own.send("updatePartnership", id, body=body(delivery_partner_id=partner))
            bench.own.status(404, "the partnership is another provider's")
        after = bench.other.send("getPartnership", id).content
        bench.own.expect(after == before, "nothing changes for its owner", f"it is {after} now")


@probe("Another provider's declaration can't be voided, even where it can be seen.", VOID, seed="guide", portable=True)
def voids_ones_own(bench: Bench, operation: str) -> None:
    name = _own_name(bench)
    seen = [
        record["id"]
        for record in bench.own.records("getDeclarations", page__per_page=200)
        if name is not None and record["attributes"]["lead_provider_name"] != name
    ]
    for id in [*_foreign(bench, "getDeclarations"), *seen][:_FEW]:
        before = bench.other.send("getDeclaration", id).content
        bench.own.send(operation, id)
        bench.own.status(404, "the declaration is another provider's")
        after = bench.other.send("getDeclaration", id).content
        bench.own.expect(after == before, "nothing changes for its owner", f"it is {after} now")


def _own_name(bench: Bench) -> str | None:
    """The name under which the provider declares: the one that most of its declarations bear."""
    names = [each["attributes"]["lead_provider_name"] for each in bench.own.records("getDeclarations")]
    return max(set(names), key=names.count, default=None)


@probe("Another provider's participant can't be reported on.", *ACTIONS, seed="guide", portable=True)
def reports_on_ones_own(bench: Bench, operation: str) -> None:
    for id in _foreign(bench, "getParticipants"):
        before = bench.other.participant(id)
        for role in ("ect", "mentor"):
            bench.own.send(operation, id, body=sent(operation, role))
            bench.own.status(404, "the participant is another provider's")
        after = bench.other.participant(id)
        bench.own.expect(after == before, "nothing changes for the other provider", f"{after}")


@probe("Nobody declares for another provider's participant.", DECLARE, seed="guide", portable=True)
def declares_for_ones_own(bench: Bench, operation: str) -> None:
    for id in _foreign(bench, "getParticipants"):
        bench.own.send(operation, body=declaration(id))
        bench.own.refused_among("declaration-participant-yours", "the participant is another provider's")
        found = bench.own.ids("getDeclarations", filter__participant_id=id)
        bench.own.expect(found == [], "and sees none of their declarations", f"{found}")


@probe(
    "A filter shows no more than the list without it.",
    "getDeclarations",
    "getPartnerships",
    seed="guide",
    portable=True,
)
def filters_stay_inside(bench: Bench, operation: str) -> None:
    everything = set(bench.own.ids(operation))
    for partner in bench.other.ids("getDeliveryPartners"):
        found = set(bench.own.ids(operation, filter__delivery_partner_id=partner))
        bench.own.expect(found <= everything, "the filtered list is part of the whole", f"{found - everything}")


@probe("The other provider's schools, tutors and interests stay its own.", "getSchools", seed="guide", portable=True)
def interests_are_ones_own(bench: Bench, operation: str) -> None:
    """Rules 3.5: the tutor is shown only with an expression of interest of one's own."""
    for record in bench.own.records(operation, page__per_page=200):
        shown = record["attributes"]
        told = shown["induction_tutor_name"] is not None or shown["induction_tutor_email"] is not None
        bench.own.expect(
            shown["expression_of_interest"] or not told, "no tutor without an expression of interest", f"{shown}"
        )


PROBES: Final = (
    records_are_ones_own,
    partnerships_are_ones_own,
    voids_ones_own,
    reports_on_ones_own,
    declares_for_ones_own,
    filters_stay_inside,
    interests_are_ones_own,
)
