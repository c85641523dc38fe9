"""Follows the contract's links one by one: the server must accept the request that each answer leads to."""

from collections.abc import Callable
from typing import Final

from mock_server.harness.check.bench import PEER
from mock_server.harness.check.links import follow, links_of, walk
from mock_server.harness.check.probes import probe
from mock_server.harness.v3.check.bench import COHORT, COURSES, DECLARE, VOID, Bench, body, declaration
from mock_server.harness.v3.check.contract import CHECK

_WITH_LINKS: Final = tuple(id for id in CHECK.operations if any(True for _ in links_of(CHECK, id)))

_ECT: Final = {"course_identifier": COURSES["ect"]}
_BODIES: Final = {
    "deferParticipant": {**_ECT, "reason": "career-break"},
    "withdrawParticipant": {**_ECT, "reason": "other"},
    "resumeParticipant": _ECT,
    "changeScheduleParticipant": {**_ECT, "schedule_identifier": "ecf-extended-january"},
}
# A change of training starts a day, and the next change has to wait for the next day (rules 5.3 to 5.6).
_NEXT_DAY: Final = {
    ("deferParticipant", "resumeParticipant"),
    ("withdrawParticipant", "resumeParticipant"),
    ("resumeParticipant", "deferParticipant"),
    ("resumeParticipant", "withdrawParticipant"),
    ("changeScheduleParticipant", "deferParticipant"),
}


@probe("Every link of an answer leads to a request that is accepted.", *_WITH_LINKS)
def links_lead_on(bench: Bench, operation: str) -> None:
    for _, name, link in links_of(CHECK, operation):
        # The link is about the first record of a list.
        bench.control.reset()
        target = link["operationId"]
        _source(bench, operation, target)
        if (operation, target) in _NEXT_DAY:
            bench.tomorrow()
        follow(bench.own, operation, name, link)


@probe("A declaration that was submitted can be read and voided, from link to link.", DECLARE)
def submit_read_void(bench: Bench, operation: str) -> None:
    _source(bench, operation, "")
    walk(bench.own, operation, "getDeclaration", "voidDeclaration")


@probe("Whom a provider defers comes back the next day, from link to link.", "deferParticipant")
def defer_resume(bench: Bench, operation: str) -> None:
    _source(bench, operation, "")
    walk(bench.own, operation, "resumeParticipant", wait=bench.tomorrow)


@probe("A school that a provider finds can be confirmed and corrected, from link to link.", "getSchools")
def confirm_correct(bench: Bench, operation: str) -> None:
    _source(bench, operation, "")
    made = bench.own.last
    walk(bench.own, operation, "getSchool")
    bench.own.last = made
    # The links name one delivery partner, and a correction needs another one.
    first = bench.partners()[0]
    school = bench.own.ids("getSchools", filter__cohort=COHORT)[0]
    sent = body(cohort=COHORT, school_id=school, delivery_partner_id=first)
    bench.own.accepted("createPartnership", body=sent)
    walk(bench.own, "createPartnership", "updatePartnership", "getPartnership")


def _person(bench: Bench, operation: str, target: str) -> str:
    """Somebody in training, or away from it when the next request brings them back."""
    # Links correct partnerships to the second delivery partner.
    id = bench.trained(delivery_partner_id=bench.partners()[0])
    comes_back = operation == "resumeParticipant" or (
        target == "resumeParticipant" and operation not in ("deferParticipant", "withdrawParticipant")
    )
    if comes_back:
        bench.own.accepted("deferParticipant", id, body=body(**_BODIES["deferParticipant"]))
        bench.tomorrow()
    return id


def _read_person(bench: Bench, operation: str, target: str) -> None:
    bench.own.accepted(operation, _person(bench, operation, target))


def _act(bench: Bench, operation: str, target: str) -> None:
    bench.own.accepted(operation, _person(bench, operation, target), body=body(**_BODIES[operation]))


def _transfer(bench: Bench, operation: str, target: str) -> None:
    id = _person(bench, operation, "")
    bench.control.v3.register(participant_id=id, role="ect", provider=PEER, partnership="new", started_on="2026-01-05")
    bench.own.accepted(operation, None if operation == "getTransfers" else id)


def _declare(bench: Bench, operation: str, target: str) -> None:
    id = _person(bench, operation, "")
    if operation == DECLARE:
        bench.own.accepted(operation, body=declaration(id))
    else:
        made = bench.own.declare(id)["id"]
        bench.own.accepted(operation, None if operation == "getDeclarations" else made)


def _partnership(bench: Bench, operation: str, target: str) -> None:
    school, (first, second) = bench.control.v3.add_school().id, bench.partners()
    # After a correction to the other delivery partner, the links correct it back.
    given = body(cohort=COHORT, school_id=school, delivery_partner_id=first)
    if operation == "createPartnership":
        bench.own.accepted(operation, body=given)
        return
    made = bench.own.accepted("createPartnership", body=given).json["data"]["id"]
    if operation == "updatePartnership":
        bench.own.accepted(operation, made, body=body(delivery_partner_id=second))
    else:
        bench.own.accepted(operation, None if operation == "getPartnerships" else made)


def _school(bench: Bench, operation: str, target: str) -> None:
    school = bench.control.v3.add_school().id
    bench.own.accepted(operation, None if operation == "getSchools" else school)


def _delivery_partner(bench: Bench, operation: str, target: str) -> None:
    bench.own.accepted(operation, None if operation == "getDeliveryPartners" else bench.partners()[0])


def _statement(bench: Bench, operation: str, target: str) -> None:
    bench.own.accepted(operation)


def _unfunded_mentor(bench: Bench, operation: str, target: str) -> None:
    urn = bench.control.v3.add_school().urn
    mentor = bench.trained("mentor", PEER, school_urn=urn)
    bench.trained(school_urn=urn, mentor_id=mentor)
    bench.own.accepted(operation)


# What makes the exchange with the links of an operation.
_SOURCES: Final[dict[str, Callable[[Bench, str, str], None]]] = {
    "getParticipants": lambda bench, operation, target: _listed(bench, operation, target),
    "getParticipant": _read_person,
    **dict.fromkeys(_BODIES, _act),
    **dict.fromkeys(("getTransfers", "getTransfer"), _transfer),
    **dict.fromkeys((DECLARE, "getDeclarations", "getDeclaration", VOID), _declare),
    **dict.fromkeys(("createPartnership", "getPartnerships", "getPartnership", "updatePartnership"), _partnership),
    **dict.fromkeys(("getSchools", "getSchool"), _school),
    **dict.fromkeys(("getDeliveryPartners", "getDeliveryPartner"), _delivery_partner),
    "getStatements": _statement,
    "getUnfundedMentors": _unfunded_mentor,
}


def _listed(bench: Bench, operation: str, target: str) -> None:
    _person(bench, operation, target)
    bench.own.accepted(operation)


def _source(bench: Bench, operation: str, target: str) -> None:
    """Makes the exchange that has the link, in a world where the next request succeeds."""
    _SOURCES[operation](bench, operation, target)


PROBES = (links_lead_on, submit_read_void, defer_resume, confirm_correct)
