"""openapi/control.yaml is valid, complete, and its examples are true."""

import re
from collections.abc import Collection
from typing import Any

import pytest
from openapi_spec_validator import validate

from mock_server.v1.domain import schedules, states, vocabulary
from mock_server.v3.domain import states as v3_states
from mock_server.v3.domain import vocabulary as v3_vocabulary
from tests.specifications import Document, examples

CONTROL = Document("control")

OPERATION_IDS = {
    *("getHealth", "getMetrics"),
    *("listSandboxes", "createSandbox", "getSandbox", "updateSandboxSettings", "deleteSandbox"),
    *("exportWorld", "importWorld", "v1.addPeople", "v3.addPeople"),
    *("resetSandbox", "getClock", "setClock", "advanceClock", "followMachineClock"),
    *("v1.listSandboxParticipants", "v1.getSandboxParticipant", "v1.addParticipant", "v1.registerParticipant"),
    *("v1.updateParticipantDetails", "v1.setParticipantMentor", "v1.amendParticipantCohort"),
    *("v1.setParticipantStatus", "v1.transferParticipant", "v1.listSandboxDeclarations"),
    *("v1.getSandboxDeclaration", "v1.setDeclarationState"),
    *("listFaults", "replaceFaults", "addFault", "removeFault", "clearFaults", "listRequests", "clearRequests"),
    *("getReadiness", "noteRestart", "beginDrill", "getDrill", "endDrill"),
    *("createSnapshot", "restoreSnapshot", "deleteSnapshot"),
    *("v3.listProviders", "v3.updateProvider", "v3.listCohorts", "v3.updateCohort", "v3.listSandboxSchools"),
    *("v3.addSchool", "v3.getSandboxSchool", "v3.updateSchool", "v3.listSandboxDeliveryPartners"),
    *("v3.addDeliveryPartner", "v3.updateDeliveryPartner", "v3.listSandboxPartnerships", "v3.addPartnership"),
    *("v3.listSandboxStatements", "v3.addStatement", "v3.updateStatement", "v3.deleteStatement"),
    *("v3.listSandboxParticipants", "v3.getSandboxParticipant", "v3.register", "v3.undoRegistration"),
    *("v3.updateDetails", "v3.updateInduction", "v3.updateFunding", "v3.updateTraining", "v3.updateMentor"),
    *("v3.addDeparture", "v3.mergeParticipants", "v3.listSandboxDeclarations", "v3.getSandboxDeclaration"),
    "v3.setDeclarationState",
}

# What can be asked for and be impossible: in v3's world, every change.
CAN_CONFLICT = {
    "v1.addPeople",
    *(
        "beginDrill",
        "createSandbox",
        "importWorld",
        "deleteSandbox",
        "addFault",
        "createSnapshot",
        "v1.setDeclarationState",
    ),
    "v1.setParticipantMentor",
} | {
    id
    for id, operation in CONTROL.operations.items()
    if id.startswith("v3.") and operation.method in {"post", "put", "delete"}
}


def request_examples() -> list[Any]:
    return [
        pytest.param(content["schema"], value, id=f"{operation.id}-{name}")
        for operation in CONTROL.operations.values()
        if "requestBody" in operation.definition
        for content in operation.definition["requestBody"]["content"].values()
        for name, value in examples(content)
    ]


def response_examples() -> list[Any]:
    return [
        pytest.param(content["schema"], value, id=f"{operation.id}-{status}-{name}")
        for operation in CONTROL.operations.values()
        for status, response in operation.responses.items()
        for content in response.get("content", {}).values()
        for name, value in examples(content)
    ]


def parameter_examples() -> list[Any]:
    return [
        pytest.param(parameter["schema"], value, id=f"{operation.id}-{parameter['name']}")
        for operation in CONTROL.operations.values()
        for parameter in operation.parameters
        for _, value in examples(parameter)
    ]


def test_the_document_is_valid_openapi_3_0() -> None:
    document = CONTROL.content
    assert document["openapi"] == "3.0.3"
    validate(document)


def test_every_operation_is_there_under_its_id() -> None:
    assert set(CONTROL.operations) == OPERATION_IDS


@pytest.mark.parametrize("operation_id", CONTROL.operations)
def test_an_operation_documents_each_status_that_its_kind_can_meet(operation_id: str) -> None:
    operation = CONTROL.operations[operation_id]
    expected = {"405"}
    if operation_id != "getHealth":
        expected |= {"401", "403"}
    if "{" in operation.path:
        expected |= {"404"}
    if "requestBody" in operation.definition:
        expected |= {"400", "413", "415", "422"}
    if operation_id in CAN_CONFLICT:
        expected |= {"409"}
    if operation_id in {"listRequests", "getReadiness", "v3.undoRegistration"}:
        expected |= {"422"}
    assert {status for status in operation.responses if status.startswith("4")} == expected


@pytest.mark.parametrize("operation_id", CONTROL.operations)
def test_an_operation_explains_itself_and_shows_every_body(operation_id: str) -> None:
    operation = CONTROL.operations[operation_id]
    assert operation.definition["summary"]
    assert operation.definition["tags"][0] in {tag["name"] for tag in CONTROL.content["tags"]}
    bodies = [operation.definition["requestBody"]] if "requestBody" in operation.definition else []
    for body in bodies:
        assert body["required"] is True
        assert CONTROL.follow(body["content"]["application/json"]["schema"])["additionalProperties"] is False
    for status, response in operation.responses.items():
        assert response["description"]
        success = {"text/plain"} if operation_id == "getMetrics" else {"application/json"}
        kinds = {"204": set(), "2": success, "4": {"application/problem+json"}}
        assert set(response.get("content", {})) == kinds.get(status, kinds.get(status[0]))
        bodies.append(response)
    for body in bodies:
        for content in body.get("content", {}).values():
            assert list(examples(content))
    for parameter in operation.parameters:
        assert parameter["description"]
        assert list(examples(parameter))


@pytest.mark.parametrize(("schema", "value"), request_examples())
def test_a_request_example_is_valid(schema: dict[str, Any], value: Any) -> None:
    assert CONTROL.complaints(schema, value) == []


@pytest.mark.parametrize(("schema", "value"), response_examples())
def test_a_response_example_is_valid(schema: dict[str, Any], value: Any) -> None:
    assert CONTROL.complaints(schema, value) == []


@pytest.mark.parametrize(("schema", "value"), parameter_examples())
def test_a_parameter_example_is_valid(schema: dict[str, Any], value: Any) -> None:
    assert CONTROL.complaints(schema, value) == []


def test_the_status_in_a_problem_example_is_the_one_it_stands_under() -> None:
    for operation in CONTROL.operations.values():
        for status, response in operation.responses.items():
            for _, value in examples(response.get("content", {}).get("application/problem+json", {})):
                assert str(value["status"]) == status


ECT = {"provider": "alder", "participant_type": "ect"}


@pytest.mark.parametrize(
    ("schema", "value", "pointer"),
    [
        ("SandboxCreation", {"sed": "guide"}, ""),
        ("SandboxCreation", {"id": "-retries"}, "/id"),
        ("SandboxCreation", {"id": "Retries"}, "/id"),
        ("SandboxCreation", {"id": "r" * 64}, "/id"),
        ("SandboxCreation", {"rate_limit": {"requests": 0, "seconds": 60}}, "/rate_limit/requests"),
        ("SandboxCreation", {"clock": {"now": "2021-02-30T09:00:00Z"}}, "/clock/now"),
        ("SandboxCreation", {"clock": {"now": "2021-11-20"}}, "/clock/now"),
        ("SandboxSettings", {}, ""),
        ("v1.ParticipantCreation", {"provider": "alder"}, ""),
        ("v1.ParticipantCreation", {**ECT, "cohort": "2020"}, "/cohort"),
        ("v1.ParticipantCreation", {**ECT, "cohort": 2021}, "/cohort"),
        ("v1.ParticipantCreation", {**ECT, "mentor_id": "x"}, "/mentor_id"),
        ("v1.Registration", {}, ""),
        ("v1.Transfer", {"provider": "birch", "school_urn": "12345"}, "/school_urn"),
        ("v3.Registration", {}, ""),
        ("v3.Registration", {"role": "tutor"}, "/role"),
        ("v3.Registration", {"role": "ect", "started_on": "2026-02-30"}, "/started_on"),
        ("v3.Registration", {"role": "ect", "partnership": "old"}, "/partnership"),
        ("v3.SchoolFacts", {"urn": "12345"}, "/urn"),
        ("v3.SchoolFacts", {"uplifts": {"2024": {"sparsity": True}}}, "/uplifts/2024"),
        ("v3.StatementCreation", {"provider": "alder", "cohort": "2025", "month": 13, "year": 2026}, "/month"),
        ("v3.FundingChange", {"role": "ect", "eligible": False}, "/eligible"),
        ("v3.TrainingChange", {"role": "ect"}, ""),
        ("v3.Departure", {"role": "ect", "on": "today"}, "/on"),
        ("FaultCreation", {"match": {}}, ""),
        ("FaultCreation", {"match": {"methd": "GET"}, "delay_ms": 1}, "/match"),
        ("FaultCreation", {"match": {}, "delay_ms": 600001}, "/delay_ms"),
        ("FaultCreation", {"match": {}, "delay_ms": 1, "times": 0}, "/times"),
        ("FaultCreation", {"match": {}, "delay_ms": 1, "probability": 1.1}, "/probability"),
        ("FaultCreation", {"match": {}, "respond": {"status": 199}}, "/respond/status"),
        ("FaultCreation", {"match": {}, "respond": {"status": 503, "body": 1}}, "/respond/body"),
        ("FaultHeaders", {"X-A": "a\r\nX-B: b"}, "/X-A"),
    ],
)
def test_what_the_contract_rules_out_is_refused_with_its_pointer(schema: str, value: Any, pointer: str) -> None:
    found = CONTROL.complaints({"$ref": f"#/components/schemas/{schema}"}, value)
    assert [complaint.split(": ")[0] for complaint in found] == [pointer], found


@pytest.mark.parametrize("duration", ["P30D", "P2W", "PT0S", "P1Y2M3W4DT5H6M7S", "PT1M", "P1M", "P1M2DT30M"])
def test_a_duration_of_iso_8601_is_accepted(duration: str) -> None:
    assert CONTROL.complaints({"$ref": "#/components/schemas/ClockAdvance"}, {"by": duration}) == []


@pytest.mark.parametrize("duration", ["", "P", "PT", "30D", "P30", "P1DT", "-P1D", "P1.5D", "P1D2M", "P٣D", "p1d"])
def test_what_is_no_duration_is_refused(duration: str) -> None:
    assert CONTROL.complaints({"$ref": "#/components/schemas/ClockAdvance"}, {"by": duration})


def test_a_pattern_reads_the_same_in_python_and_in_javascript() -> None:
    """Classes such as \\d mean more in Python than in ECMAScript, which OpenAPI names."""
    document = repr(CONTROL.follow(CONTROL.content["components"]["schemas"]))
    for pattern in re.findall(r"'pattern': ('[^']*'|\"[^\"]*\")", document):
        assert not re.search(r"\\\\[dDwWsSbBAZ]", pattern), pattern


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("v1.ParticipantType", vocabulary.PARTICIPANT_TYPES),
        ("v1.ParticipantStatus", vocabulary.SCHOOL_STATUSES),
        ("v1.TrainingStatus", vocabulary.TRAINING_STATUSES),
        ("v1.ScheduleIdentifier", schedules.SCHEDULE_IDENTIFIERS),
        ("v1.DeclarationType", vocabulary.DECLARATION_TYPES),
        ("v1.DeclarationState", states.DECLARATION_STATES),
        ("v1.CourseIdentifier", vocabulary.COURSES.values()),
        ("v1.EvidenceHeld", [*vocabulary.EVIDENCE_HELD, None]),
        ("v3.Role", v3_vocabulary.ROLES),
        ("v3.ScheduleIdentifier", v3_vocabulary.SCHEDULE_IDENTIFIERS),
        ("v3.WorkingPattern", v3_vocabulary.WORKING_PATTERNS),
        ("v3.FeeType", v3_vocabulary.FEE_TYPES),
        ("v3.DeclarationState", v3_states.DECLARATION_ARROWS),
    ],
)
def test_the_words_of_the_domain_are_all_there_and_no_others(schema: str, words: Collection[str | None]) -> None:
    listed = CONTROL.content["components"]["schemas"][schema]["enum"]
    assert len(listed) == len(words)
    assert set(listed) == set(words)


def test_the_cohorts_are_those_that_the_domain_has_schedules_for() -> None:
    accepted = [
        year
        for year in range(1900, 2200)
        if not CONTROL.complaints({"$ref": "#/components/schemas/v1.Cohort"}, str(year))
    ]
    assert accepted == list(range(schedules.FIRST_COHORT, schedules.LAST_COHORT + 1))
