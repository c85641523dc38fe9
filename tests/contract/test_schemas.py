"""The schemas of v1: named as the guide names them, all used, and as strict as they claim."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.specifications import Document

V1 = Document("v1")
COMPONENTS = V1.content["components"]
SCHEMAS = COMPONENTS["schemas"]

# The guide links to these names.
LINKED = {
    *(
        "MultipleECFParticipantsResponse",
        "ECFParticipantResponse",
        "ECFParticipant",
        "ECFParticipantAttributes",
    ),
    *("ECFParticipantDeferRequest", "ECFParticipantResumeRequest", "ECFParticipantWithdrawRequest"),
    *("ECFParticipantChangeScheduleRequest", "ECFParticipantStartedDeclaration"),
    *("ECFParticipantRetainedDeclaration", "ECFParticipantCompletedDeclaration"),
    *("ParticipantDeclarationResponse", "MultipleParticipantDeclarationsResponse"),
    *("SingleParticipantDeclarationResponse", "ErrorResponse", "UnauthorisedResponse", "NotFoundResponse"),
}


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every object inside `node`, itself included."""
    if isinstance(node, list):
        for item in node:
            yield from nodes(item)
    elif isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)


def references() -> set[str]:
    """What is referred to, by discriminators too."""
    found = {node["$ref"] for node in nodes(V1.content) if isinstance(node.get("$ref"), str)}
    for node in nodes(SCHEMAS):
        found |= set(node.get("discriminator", {}).get("mapping", {}).values())
    return found


def test_the_names_that_the_guide_links_to_exist() -> None:
    assert set(SCHEMAS) >= LINKED


def test_every_reference_leads_to_a_component_and_every_component_is_used() -> None:
    components = {
        f"#/components/{section}/{name}"
        for section, members in COMPONENTS.items()
        for name in members
        if section != "securitySchemes"
    }
    assert references() == components


def test_every_schema_says_what_it_is() -> None:
    assert [name for name, schema in SCHEMAS.items() if not schema.get("description")] == []


ANSWERS = sorted(name for name in SCHEMAS if name.endswith("Response"))


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_has_all_its_members_and_no_others(name: str) -> None:
    for node in nodes(V1.follow(SCHEMAS[name])):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])


REQUESTS = sorted(name for name in SCHEMAS if name.endswith("Request"))


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_closed_so_that_an_unknown_member_is_noticed(name: str) -> None:
    for node in nodes(V1.follow(SCHEMAS[name])):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert set(node["required"]) <= set(node["properties"])


def test_the_participant_has_exactly_its_attributes_in_their_order() -> None:
    assert SCHEMAS["ECFParticipantAttributes"]["required"] == [
        *("email", "full_name", "mentor_id", "school_urn", "participant_type", "cohort", "status"),
        *("teacher_reference_number", "teacher_reference_number_validated", "eligible_for_funding"),
        *("pupil_premium_uplift", "sparsity_uplift", "training_status", "schedule_identifier", "updated_at"),
    ]


def test_the_declaration_has_exactly_its_attributes_in_their_order() -> None:
    assert SCHEMAS["ParticipantDeclarationAttributes"]["required"] == [
        *("participant_id", "declaration_type", "course_identifier", "eligible_for_payment"),
        *("declaration_date", "updated_at", "voided", "state", "has_passed"),
    ]


def nullable(name: str) -> set[str]:
    return {key for key, schema in SCHEMAS[name]["properties"].items() if schema.get("nullable")}


def test_only_what_the_rules_let_be_null_may_be() -> None:
    assert nullable("ECFParticipantAttributes") == {
        *("email", "mentor_id", "teacher_reference_number", "teacher_reference_number_validated"),
        "eligible_for_funding",
    }
    assert nullable("ParticipantDeclarationAttributes") == {"has_passed"}


def test_the_request_shapes_of_a_declaration_cover_each_type_once() -> None:
    attributes = SCHEMAS["ParticipantDeclarationRequestAttributes"]
    types = {
        type_: option["$ref"]
        for option in attributes["oneOf"]
        for type_ in V1.follow(option)["properties"]["declaration_type"]["enum"]
    }
    assert attributes["discriminator"]["mapping"] == types
    assert list(types) == SCHEMAS["DeclarationType"]["enum"]


STARTED: dict[str, Any] = COMPONENTS["examples"]["DeclareStarted"]["value"]
RETAINED: dict[str, Any] = COMPONENTS["examples"]["DeclareRetained"]["value"]
DEFERRAL: dict[str, Any] = COMPONENTS["examples"]["DeferForCareerBreak"]["value"]
PARTICIPANT: dict[str, Any] = COMPONENTS["examples"]["RegisteredParticipant"]["value"]


def changed(body: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """`body` with these attributes; None leaves one out."""
    copy = deepcopy(body)
    for name, value in attributes.items():
        if value is None:
            del copy["data"]["attributes"][name]
        else:
            copy["data"]["attributes"][name] = value
    return copy


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("ParticipantDeclarationRequest", {}),
        ("ParticipantDeclarationRequest", changed(STARTED, declaration_type="retained-1")),
        ("ParticipantDeclarationRequest", changed(STARTED, evidence_held="other")),
        ("ParticipantDeclarationRequest", changed(STARTED, declaration_date="2021-11-20")),
        ("ParticipantDeclarationRequest", changed(STARTED, declaration_date="2021-02-30T09:00:00Z")),
        ("ParticipantDeclarationRequest", changed(STARTED, participant_id="1")),
        ("ParticipantDeclarationRequest", changed(RETAINED, evidence_held=None)),
        ("ParticipantDeclarationRequest", changed(RETAINED, evidence_held="a feeling")),
        ("ECFParticipantDeferRequest", changed(DEFERRAL, reason=None)),
        ("ECFParticipantDeferRequest", changed(DEFERRAL, reason="moved-school")),
        ("ECFParticipantDeferRequest", changed(DEFERRAL, course="ecf-induction")),
        ("ECFParticipantDeferRequest", {"data": {**DEFERRAL["data"], "type": "participant-resume"}}),
        ("ECFParticipantResponse", changed(PARTICIPANT, email=None)),
        ("ECFParticipantResponse", changed(PARTICIPANT, nino="QQ123456C")),
        ("ECFParticipantResponse", changed(PARTICIPANT, school_urn="13948")),
        ("ECFParticipantResponse", changed(PARTICIPANT, school_urn=139487)),
        ("ECFParticipantResponse", changed(PARTICIPANT, updated_at="2021-09-14T11:32:05+01:00")),
        ("ECFParticipantResponse", changed(PARTICIPANT, cohort=2021)),
        ("ErrorResponse", {"errors": []}),
        ("ErrorResponse", {"errors": [{"title": "Bad request", "detail": "…"}]}),
        ("BadRequestResponse", {"errors": [{"title": "reason", "detail": "…"}]}),
        ("NotFoundResponse", {"error": "Not found"}),
    ],
)
def test_what_departs_from_the_contract_is_noticed(schema: str, value: dict[str, Any]) -> None:
    assert V1.complaints({"$ref": f"#/components/schemas/{schema}"}, value)
