"""The contract's links, followed one by one: where an answer leads, the next request is accepted."""

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.harness.check.behaviour.actions import (
    BREAK,
    DEFER,
    ECT,
    LEAVE,
    OTHER_SCHEDULE,
    RESCHEDULE,
    RESUME,
    WITHDRAW,
)
from mock_server.harness.check.behaviour.probe import probe
from mock_server.harness.check.bench import Sender, World, body, declaration
from mock_server.harness.check.conformance import response_check
from mock_server.harness.exchange import Request, Response
from mock_server.harness.scenarios.checks import at
from mock_server.http.contract import resolve
from mock_server.resources import specification

_EXPRESSION = "$"


def links_of(operation: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(status, name, link) for each link that the operation's answers have."""
    document = specification("v1")
    for status, answer in response_check().operations[operation].definition["responses"].items():
        for name, link in resolve(document, answer).get("links", {}).items():
            yield status, name, resolve(document, link)


_WITH_LINKS = tuple(id for id in response_check().operations if any(True for _ in links_of(id)))


@probe("Every link of an answer leads to a request that is accepted.", *_WITH_LINKS)
def links_lead_on(world: World, operation: str) -> None:
    for _, name, link in links_of(operation):
        _clear(world)
        _source(world, operation, link["operationId"])
        follow(world.own, operation, name, link)


@probe("A declaration that was submitted can be read and voided, from link to link.", "createParticipantDeclaration")
def submit_read_void(world: World, operation: str) -> None:
    _source(world, operation, "")
    _chain(world.own, operation, "getDeclaration", "voidDeclaration")


@probe("A participant who was deferred can be brought back, from link to link.", DEFER[0])
def defer_resume(world: World, operation: str) -> None:
    _source(world, operation, "")
    _chain(world.own, operation, "resumeParticipant")


def _chain(own: Sender, operation: str, *names: str) -> None:
    walked = [operation]
    for name in names:
        link = next(link for _, found, link in links_of(walked[-1]) if found == name)
        follow(own, walked[-1], name, link)
        walked.append(link["operationId"])
    own.traffic.chains[tuple(walked)] += 1


def follow(own: Sender, operation: str, name: str, link: Mapping[str, Any]) -> None:
    """Sends the request that `link` makes of the last exchange, and expects that it is accepted."""
    assert own.last is not None  # noqa: S101 - there was an answer with this link
    request, response = own.last
    own.expect(response.status == 200, f"{operation} answers 200, and so has the link {name}", "it doesn't")
    parameters = {key: _evaluated(value, request, response) for key, value in link.get("parameters", {}).items()}
    id = parameters.pop("id", None)
    own.send(link["operationId"], id, query=parameters, body=_evaluated(link.get("requestBody"), request, response))
    own.status(200, f"the link {name} of {operation}")
    own.traffic.tried[operation].links[f"200 {name}"] += 1


def _evaluated(value: Any, request: Request, response: Response) -> Any:
    """`value` with its runtime expressions replaced by what they find."""
    if isinstance(value, Mapping):
        return {name: _evaluated(item, request, response) for name, item in value.items()}
    if isinstance(value, str) and value.startswith(_EXPRESSION):
        source, _, pointer = value.partition("#")
        return at(pointer, request.json if source == "$request.body" else response.json)
    return value


def _clear(world: World) -> None:
    """Nobody in the world, so that who is added next is the first of the list."""
    world.control.reset()


def _source(world: World, operation: str, target: str) -> None:
    """Makes the exchange that has the link, in a world in which it leads on."""
    own = world.own
    comes_back = operation in RESUME or (target in RESUME and operation not in DEFER)
    id = world.ect(training_status="deferred" if comes_back else "active")
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
