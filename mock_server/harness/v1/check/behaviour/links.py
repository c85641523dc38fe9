"""Follows the contract's links one by one: the server must accept the request that each answer leads to."""

from mock_server.harness.check.links import follow, links_of, walk
from mock_server.harness.check.probes import probe
from mock_server.harness.v1.check.behaviour.actions import (
    BREAK,
    DEFER,
    ECT,
    LEAVE,
    OTHER_SCHEDULE,
    RESCHEDULE,
    RESUME,
    WITHDRAW,
)
from mock_server.harness.v1.check.bench import Bench, body, declaration
from mock_server.harness.v1.check.contract import CHECK

_WITH_LINKS = tuple(id for id in CHECK.operations if any(True for _ in links_of(CHECK, id)))


@probe("Every link of an answer leads to a request that is accepted.", *_WITH_LINKS)
def links_lead_on(bench: Bench, operation: str) -> None:
    for _, name, link in links_of(CHECK, operation):
        _clear(bench)
        _source(bench, operation, link["operationId"])
        follow(bench.own, operation, name, link)


@probe("A declaration that was submitted can be read and voided, from link to link.", "createParticipantDeclaration")
def submit_read_void(bench: Bench, operation: str) -> None:
    _source(bench, operation, "")
    walk(bench.own, operation, "getDeclaration", "voidDeclaration")


@probe("A participant who was deferred can be brought back, from link to link.", DEFER[0])
def defer_resume(bench: Bench, operation: str) -> None:
    _source(bench, operation, "")
    walk(bench.own, operation, "resumeParticipant")


def _clear(bench: Bench) -> None:
    """Removes everybody from the world, so that the next new participant is the first of the list."""
    bench.control.reset()


def _source(bench: Bench, operation: str, target: str) -> None:
    """Makes the exchange that has the link, in a world where the next request succeeds."""
    own = bench.own
    comes_back = operation in RESUME or (target in RESUME and operation not in DEFER)
    id = bench.ect(training_status="deferred" if comes_back else "active")
    attributes = {
        **dict.fromkeys(DEFER, BREAK),
        **dict.fromkeys(RESUME, ECT),
        **dict.fromkeys(WITHDRAW, LEAVE),
        **dict.fromkeys(RESCHEDULE, OTHER_SCHEDULE),
    }
    if operation in attributes:
        own.accepted(operation, id, body=body("x", **attributes[operation]))
    elif operation == "createParticipantDeclaration":
        own.accepted(operation, body=declaration(participant_id=id))
    elif operation in ("getParticipantDeclaration", "voidParticipantDeclaration"):
        own.accepted(operation, own.declare(participant_id=id)["id"])
    else:
        if operation == "listParticipantDeclarations":
            own.declare(participant_id=id)
        own.accepted(operation, id)


PROBES = (links_lead_on, submit_read_void, defer_resume)
