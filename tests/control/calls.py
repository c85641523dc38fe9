"""Every operation of the control API as a call of the client, and the examples of the contract to call it with."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from mock_server.client import ControlClient
from mock_server.v3.control.client import V3Client
from tests.specifications import Document, examples

CONTROL = Document("control")


@dataclass(frozen=True)
class V3Ids:
    """What the calls to v3's part are about; the ones here are those of the contract's examples."""

    provider: str = "alder"
    cohort: str = "2025"
    urn: str = "123456"
    delivery_partner: str = "d4e7a1b6-29c5-4f83-9a0e-7b6c2d815f34"
    statement: str = "f85b1e03-6c2d-4971-b4a8-0d3e9c7f6a52"
    participant: str = "e2b64f19-8d3a-4c70-a5f1-06c9b7e8d243"
    declaration: str = "61f0a8c5-e94b-4d37-a2b6-8c5d1e7f0934"


@dataclass(frozen=True)
class Ids:
    """What the calls are about."""

    sandbox: str
    participant: str
    declaration: str
    fault: str
    snapshot: str
    v3: V3Ids = V3Ids()
    # A mentor at the participant's school; the example's own where there is none.
    mentor: str = ""
    # A drill begun before; empty begins one.
    drill: str = ""


V3_CALLS: dict[str, Callable[[V3Client, V3Ids, Any], Any]] = {
    "listProviders": lambda v3, ids, body: v3.providers(),
    "updateProvider": lambda v3, ids, body: v3.change_provider(ids.provider, **body),
    "listCohorts": lambda v3, ids, body: v3.cohorts(),
    "updateCohort": lambda v3, ids, body: v3.change_cohort(ids.cohort, **body),
    "listSandboxSchools": lambda v3, ids, body: v3.schools(),
    "addSchool": lambda v3, ids, body: v3.add_school(**body),
    "getSandboxSchool": lambda v3, ids, body: v3.school(ids.urn),
    "updateSchool": lambda v3, ids, body: v3.change_school(ids.urn, **body),
    "listSandboxDeliveryPartners": lambda v3, ids, body: v3.delivery_partners(),
    "addDeliveryPartner": lambda v3, ids, body: v3.add_delivery_partner(**body),
    "updateDeliveryPartner": lambda v3, ids, body: v3.change_delivery_partner(ids.delivery_partner, **body),
    "listSandboxPartnerships": lambda v3, ids, body: v3.partnerships(),
    "addPartnership": lambda v3, ids, body: v3.partnership(**body),
    "listSandboxStatements": lambda v3, ids, body: v3.statements(),
    "addStatement": lambda v3, ids, body: v3.add_statement(**body),
    "updateStatement": lambda v3, ids, body: v3.change_statement(ids.statement, **body),
    "deleteStatement": lambda v3, ids, body: v3.delete_statement(ids.statement),
    "listSandboxParticipants": lambda v3, ids, body: v3.participants(),
    "getSandboxParticipant": lambda v3, ids, body: v3.participant(ids.participant),
    "register": lambda v3, ids, body: v3.register(**body),
    "addPeople": lambda v3, ids, body: v3.add_people(**body),
    "updateDetails": lambda v3, ids, body: v3.change_details(ids.participant, **body),
    "updateInduction": lambda v3, ids, body: v3.change_induction(ids.participant, **body),
    "updateFunding": lambda v3, ids, body: v3.change_funding(ids.participant, **body),
    "updateTraining": lambda v3, ids, body: v3.change_training(ids.participant, **body),
    "updateMentor": lambda v3, ids, body: v3.change_mentor(ids.participant, body["mentor_id"], body.get("from")),
    "addDeparture": lambda v3, ids, body: v3.depart(ids.participant, **body),
    "undoRegistration": lambda v3, ids, body: v3.undo_registration(ids.participant, "ect", ids.urn),
    "mergeParticipants": lambda v3, ids, body: v3.merge(ids.participant, **body),
    "listSandboxDeclarations": lambda v3, ids, body: v3.declarations(),
    "getSandboxDeclaration": lambda v3, ids, body: v3.declaration(ids.declaration),
    "setDeclarationState": lambda v3, ids, body: v3.set_declaration_state(ids.declaration, body["state"]),
}


def _exported(client: ControlClient, ids: Ids, _body: Any) -> Any:
    with TemporaryDirectory() as folder:
        file = Path(folder, "world.json")
        client.sandbox(ids.sandbox).export(file)
        return json.loads(file.read_text())


def _imported(client: ControlClient, ids: Ids, body: Any) -> Any:
    with TemporaryDirectory() as folder:
        file = Path(folder, "world.json")
        file.write_text(json.dumps(body))
        return client.sandbox_from_file(file, ids.sandbox)


# How each operation is called with the body of one of its examples.
CALLS: dict[str, Callable[[ControlClient, Ids, Any], Any]] = {
    "getHealth": lambda client, ids, body: client.health(),
    "getMetrics": lambda client, ids, body: client.metrics(),
    "beginDrill": lambda client, ids, body: client.begin_drill(**body),
    "getDrill": lambda client, ids, body: client.drill(ids.drill or client.begin_drill().id),
    "endDrill": lambda client, ids, body: client.end_drill(ids.drill or client.begin_drill().id),
    "noteRestart": lambda client, ids, body: client.sandbox(ids.sandbox).note_restart(),
    "listSandboxes": lambda client, ids, body: client.sandboxes(),
    "createSandbox": lambda client, ids, body: client.create_sandbox(**body),
    "getSandbox": lambda client, ids, body: client.sandbox(ids.sandbox).get(),
    "updateSandboxSettings": lambda client, ids, body: client.sandbox(ids.sandbox).settings(**body),
    "deleteSandbox": lambda client, ids, body: client.sandbox(ids.sandbox).delete(),
    "resetSandbox": lambda client, ids, body: client.sandbox(ids.sandbox).reset(),
    "exportWorld": _exported,
    "importWorld": _imported,
    "getClock": lambda client, ids, body: client.sandbox(ids.sandbox).clock(),
    "setClock": lambda client, ids, body: client.sandbox(ids.sandbox).set_clock(**body),
    "followMachineClock": lambda client, ids, body: client.sandbox(ids.sandbox).follow_machine(),
    "advanceClock": lambda client, ids, body: client.sandbox(ids.sandbox).advance(body["by"]),
    "v1.listSandboxParticipants": lambda client, ids, body: client.sandbox(ids.sandbox).v1.participants(),
    "v1.addParticipant": lambda client, ids, body: client.sandbox(ids.sandbox).v1.add_participant(**body),
    "v1.addPeople": lambda client, ids, body: client.sandbox(ids.sandbox).v1.add_people(**body),
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


def _of_v3(call: Any) -> Any:
    return lambda client, ids, body: call(client.sandbox(ids.sandbox).v3, ids.v3, body)


CALLS |= {f"v3.{id}": _of_v3(call) for id, call in V3_CALLS.items()}
# Where the answer is an object around the one thing that the caller wants.
UNWRAPPED = {
    "listSandboxes": "sandboxes",
    "v1.listSandboxParticipants": "participants",
    "v1.listSandboxDeclarations": "declarations",
    "v1.addPeople": "ids",
    "v3.addPeople": "ids",
    "listFaults": "faults",
    "replaceFaults": "faults",
    "createSnapshot": "id",
    "v3.listProviders": "providers",
    "v3.listCohorts": "cohorts",
    "v3.listSandboxSchools": "schools",
    "v3.listSandboxDeliveryPartners": "delivery_partners",
    "v3.listSandboxPartnerships": "partnerships",
    "v3.listSandboxStatements": "statements",
    "v3.listSandboxParticipants": "participants",
    "v3.listSandboxDeclarations": "declarations",
}


def calls_by_example() -> Iterator[Any]:
    for operation in CONTROL.operations.values():
        content = operation.definition.get("requestBody", {}).get("content", {}).get("application/json", {})
        for name, body in list(examples(content)) or [("none", None)]:
            yield pytest.param(operation.id, body, id=f"{operation.id}-{name}")
