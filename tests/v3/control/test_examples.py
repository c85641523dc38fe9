"""Every example of the contract, called from Python in a world that fits it, is accepted."""

import json
from typing import Any

import pytest

from mock_server.client import ControlClient, SandboxClient
from tests.control.calls import CALLS, Ids, V3Ids, calls_by_example
from tests.v3.control.providers import declared

EXAMPLES = [each for each in calls_by_example() if str(each.values[0]).startswith("v3.")]
# What the examples name, and the world below calls otherwise.
NAMED = V3Ids()
MENTOR = "3fa8d507-c4e1-49b6-b80d-9e27f6a1c354"
SECOND_PARTNER = "19b8f6c0-3d72-4e5a-8c14-a2f05e9d7b61"


def arranged(client: ControlClient, sandbox: SandboxClient, operation_id: str) -> dict[str, str]:
    """The ids of the world for each id of the examples; the operation decides in which state things are."""
    v3 = sandbox.v3
    first, second = [each.id for each in v3.delivery_partners() if "alder" in each.works_with]
    trained = {"provider": "alder", "partnership": "new", "delivery_partner_id": first, "started_on": "2025-09-01"}
    names = {NAMED.delivery_partner: first, SECOND_PARTNER: second}
    if operation_id == "addSchool":
        return names
    v3.add_school(urn=NAMED.urn)
    mentor = v3.register(role="mentor", school_urn=NAMED.urn, started_on="2025-09-01")
    names[MENTOR] = mentor.id
    if operation_id == "register":
        person = v3.register(role="ect", started_on="2024-09-01", teacher_reference_number=None)
        return names | {NAMED.participant: person.id}
    ect = v3.register(role="ect", school_urn=NAMED.urn, **trained)  # type: ignore[arg-type]
    names[NAMED.participant] = ect.id
    if operation_id == "updateInduction":
        v3.change_induction(ect.id, started_on="2025-09-01")
    if operation_id == "updateTraining":
        earlier = {"provider": "alder", "school_urn": NAMED.urn, "delivery_partner_id": first, "cohort": "2024"}
        v3.partnership(**earlier)
    if operation_id == "updateMentor":
        v3.change_mentor(ect.id, v3.register(role="mentor", school_urn=NAMED.urn, started_on="2025-09-01").id)
    if operation_id == "mergeParticipants":
        names[NAMED.participant] = v3.register(role="mentor").id
        names["path"] = ect.id
    statement = next(each for each in v3.statements() if (each.cohort, each.month, each.year) == ("2025", 4, 2026))
    names[NAMED.statement] = statement.id
    if operation_id in {"updateStatement", "setDeclarationState", "getSandboxDeclaration"}:
        v3.change_induction(ect.id, started_on="2025-09-01")
        names[NAMED.declaration] = declared(client, sandbox.get().tokens["alder"], ect.id)
    if operation_id in {"updateStatement", "setDeclarationState"}:
        v3.change_statement(statement.id, status="payable")
    return names


@pytest.mark.parametrize(("operation_id", "body"), EXAMPLES)
def test_every_example_is_accepted(client: ControlClient, sandbox: SandboxClient, operation_id: str, body: Any) -> None:
    names = arranged(client, sandbox, operation_id.removeprefix("v3."))
    text = json.dumps(body)
    for named, id in names.items():
        text = text.replace(named, id)
    v3 = V3Ids(
        delivery_partner=names[NAMED.delivery_partner],
        statement=names.get(NAMED.statement, ""),
        participant=names.get("path", names.get(NAMED.participant, "")),
        declaration=names.get(NAMED.declaration, ""),
    )
    CALLS[operation_id](client, Ids(sandbox.id, "", "", "", "", v3), json.loads(text))
