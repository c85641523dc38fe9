"""Every operation of the control API as a call of the client, and the examples of the contract to call it with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from mock_server.client import ControlClient
from tests.specifications import Document, examples

CONTROL = Document("control")


@dataclass(frozen=True)
class Ids:
    """What the calls are about."""

    sandbox: str
    participant: str
    declaration: str
    fault: str
    snapshot: str
    # A mentor at the participant's school; the example's own where there is none.
    mentor: str = ""


# How each operation is called with the body of one of its examples.
CALLS: dict[str, Callable[[ControlClient, Ids, Any], Any]] = {
    "getHealth": lambda client, ids, body: client.health(),
    "listSandboxes": lambda client, ids, body: client.sandboxes(),
    "createSandbox": lambda client, ids, body: client.create_sandbox(**body),
    "getSandbox": lambda client, ids, body: client.sandbox(ids.sandbox).get(),
    "updateSandboxSettings": lambda client, ids, body: client.sandbox(ids.sandbox).settings(**body),
    "deleteSandbox": lambda client, ids, body: client.sandbox(ids.sandbox).delete(),
    "resetSandbox": lambda client, ids, body: client.sandbox(ids.sandbox).reset(),
    "getClock": lambda client, ids, body: client.sandbox(ids.sandbox).clock(),
    "setClock": lambda client, ids, body: client.sandbox(ids.sandbox).set_clock(**body),
    "followMachineClock": lambda client, ids, body: client.sandbox(ids.sandbox).follow_machine(),
    "advanceClock": lambda client, ids, body: client.sandbox(ids.sandbox).advance(body["by"]),
    "v1.listSandboxParticipants": lambda client, ids, body: client.sandbox(ids.sandbox).v1.participants(),
    "v1.addParticipant": lambda client, ids, body: client.sandbox(ids.sandbox).v1.add_participant(**body),
    "v1.getSandboxParticipant": lambda client, ids, body: client.sandbox(ids.sandbox).v1.participant(ids.participant),
    "v1.registerParticipant": lambda client, ids, body: client.sandbox(ids.sandbox).v1.register(
        ids.participant, **body
    ),
    "v1.updateParticipantDetails": lambda client, ids, body: client.sandbox(ids.sandbox).v1.update_details(
        ids.participant, **body
    ),
    "v1.setParticipantMentor": lambda client, ids, body: client.sandbox(ids.sandbox).v1.set_mentor(
        ids.participant, body["mentor_id"] and (ids.mentor or body["mentor_id"])
    ),
    "v1.amendParticipantCohort": lambda client, ids, body: client.sandbox(ids.sandbox).v1.amend_cohort(
        ids.participant, **body
    ),
    "v1.getSandboxDeclaration": lambda client, ids, body: client.sandbox(ids.sandbox).v1.declaration(ids.declaration),
    "v1.setParticipantStatus": lambda client, ids, body: client.sandbox(ids.sandbox).v1.set_status(
        ids.participant, **body
    ),
    "v1.transferParticipant": lambda client, ids, body: client.sandbox(ids.sandbox).v1.transfer(
        ids.participant, **body
    ),
    "v1.listSandboxDeclarations": lambda client, ids, body: client.sandbox(ids.sandbox).v1.declarations(),
    "v1.setDeclarationState": lambda client, ids, body: client.sandbox(ids.sandbox).v1.set_declaration_state(
        ids.declaration, **body
    ),
    "listFaults": lambda client, ids, body: client.sandbox(ids.sandbox).faults(),
    "replaceFaults": lambda client, ids, body: client.sandbox(ids.sandbox).replace_faults(body["faults"]),
    "addFault": lambda client, ids, body: client.sandbox(ids.sandbox).add_fault(**body),
    "removeFault": lambda client, ids, body: client.sandbox(ids.sandbox).remove_fault(ids.fault),
    "clearFaults": lambda client, ids, body: client.sandbox(ids.sandbox).clear_faults(),
    "listRequests": lambda client, ids, body: client.sandbox(ids.sandbox).requests(),
    "clearRequests": lambda client, ids, body: client.sandbox(ids.sandbox).clear_requests(),
    "getReadiness": lambda client, ids, body: client.sandbox(ids.sandbox).readiness(),
    "createSnapshot": lambda client, ids, body: client.sandbox(ids.sandbox).snapshot(),
    "restoreSnapshot": lambda client, ids, body: client.sandbox(ids.sandbox).restore(ids.snapshot),
    "deleteSnapshot": lambda client, ids, body: client.sandbox(ids.sandbox).drop_snapshot(ids.snapshot),
}
# Where the answer is an object around the one thing that the caller wants.
UNWRAPPED = {
    "listSandboxes": "sandboxes",
    "v1.listSandboxParticipants": "participants",
    "v1.listSandboxDeclarations": "declarations",
    "listFaults": "faults",
    "replaceFaults": "faults",
    "createSnapshot": "id",
}


def calls_by_example() -> Iterator[Any]:
    for operation in CONTROL.operations.values():
        content = operation.definition.get("requestBody", {}).get("content", {}).get("application/json", {})
        for name, body in list(examples(content)) or [("none", None)]:
            yield pytest.param(operation.id, body, id=f"{operation.id}-{name}")
