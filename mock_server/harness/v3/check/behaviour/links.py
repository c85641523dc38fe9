"""Follows the contract's links one by one: the server must accept the request that each answer leads to."""

from collections.abc import Callable
from typing import Final

from mock_server.harness.check.bench import PEER
from mock_server.harness.check.links import follow, links_of, walk
from mock_server.harness.check.probes import probe
from mock_server.harness.v3.check.bench import COHORT, COURSES, DECLARE, VOID, World, body, declaration
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
def links_lead_on(world: World, operation: str) -> None:
    for _, name, link in links_of(CHECK, operation):
        # The link is about the first record of a list.
        world.control.reset()
        target = link["operationId"]
        _source(world, operation, target)
        if (operation, target) in _NEXT_DAY:
            world.tomorrow()
        follow(world.own, operation, name, link)


@probe("A declaration that was submitted can be read and voided, from link to link.", DECLARE)
def submit_read_void(world: World, operation: str) -> None:
    _source(world, operation, "")
    walk(world.own, operation, "getDeclaration", "voidDeclaration")


@probe("Whom a provider defers comes back the next day, from link to link.", "deferParticipant")
def defer_resume(world: World, operation: str) -> None:
    _source(world, operation, "")
    walk(world.own, operation, "resumeParticipant", wait=world.tomorrow)


@probe("A school that a provider finds can be confirmed and corrected, from link to link.", "getSchools")
def confirm_correct(world: World, operation: str) -> None:
    _source(world, operation, "")
    made = world.own.last
    walk(world.own, operation, "getSchool")
    world.own.last = made
    # The links name one delivery partner, and a correction needs another one.
    first = world.partners()[0]
    school = world.own.ids("getSchools", filter__cohort=COHORT)[0]
    sent = body(cohort=COHORT, school_id=school, delivery_partner_id=first)
    world.own.accepted("createPartnership", body=sent)
    walk(world.own, "createPartnership", "updatePartnership", "getPartnership")


def _person(world: World, operation: str, target: str) -> str:
    """Somebody in training, or away from it when the next request brings them back."""
    # Links correct partnerships to the second delivery partner.
    id = world.trained(delivery_partner_id=world.partners()[0])
    comes_back = operation == "resumeParticipant" or (
        target == "resumeParticipant" and operation not in ("deferParticipant", "withdrawParticipant")
    )
    if comes_back:
        world.own.accepted("deferParticipant", id, body=body(**_BODIES["deferParticipant"]))
        world.tomorrow()
    return id


def _read_person(world: World, operation: str, target: str) -> None:
    world.own.accepted(operation, _person(world, operation, target))


def _act(world: World, operation: str, target: str) -> None:
    world.own.accepted(operation, _person(world, operation, target), body=body(**_BODIES[operation]))


def _transfer(world: World, operation: str, target: str) -> None:
    id = _person(world, operation, "")
    world.control.v3.register(participant_id=id, role="ect", provider=PEER, partnership="new", started_on="2026-01-05")
    world.own.accepted(operation, None if operation == "getTransfers" else id)


def _declare(world: World, operation: str, target: str) -> None:
    id = _person(world, operation, "")
    if operation == DECLARE:
        world.own.accepted(operation, body=declaration(id))
    else:
        made = world.own.declare(id)["id"]
        world.own.accepted(operation, None if operation == "getDeclarations" else made)


def _partnership(world: World, operation: str, target: str) -> None:
    school, (first, second) = world.control.v3.add_school().id, world.partners()
    # After a correction to the other delivery partner, the links correct it back.
    given = body(cohort=COHORT, school_id=school, delivery_partner_id=first)
    if operation == "createPartnership":
        world.own.accepted(operation, body=given)
        return
    made = world.own.accepted("createPartnership", body=given).json["data"]["id"]
    if operation == "updatePartnership":
        world.own.accepted(operation, made, body=body(delivery_partner_id=second))
    else:
        world.own.accepted(operation, None if operation == "getPartnerships" else made)


def _school(world: World, operation: str, target: str) -> None:
    school = world.control.v3.add_school().id
    world.own.accepted(operation, None if operation == "getSchools" else school)


def _delivery_partner(world: World, operation: str, target: str) -> None:
    world.own.accepted(operation, None if operation == "getDeliveryPartners" else world.partners()[0])


def _statement(world: World, operation: str, target: str) -> None:
    world.own.accepted(operation)


def _unfunded_mentor(world: World, operation: str, target: str) -> None:
    urn = world.control.v3.add_school().urn
    mentor = world.trained("mentor", PEER, school_urn=urn)
    world.trained(school_urn=urn, mentor_id=mentor)
    world.own.accepted(operation)


# What makes the exchange with the links of an operation.
_SOURCES: Final[dict[str, Callable[[World, str, str], None]]] = {
    "getParticipants": lambda world, operation, target: _listed(world, operation, target),
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


def _listed(world: World, operation: str, target: str) -> None:
    _person(world, operation, target)
    world.own.accepted(operation)


def _source(world: World, operation: str, target: str) -> None:
    """Makes the exchange that has the link, in a world where the next request succeeds."""
    _SOURCES[operation](world, operation, target)


PROBES = (links_lead_on, submit_read_void, defer_resume, confirm_correct)
