"""The schemas of a contract: named as its guide names them, all used, and as strict as they claim."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.contract.contracts import CONTRACTS, V1, V3, Contract, each_contract

COMPONENTS: dict[Contract, dict[str, Any]] = {
    contract: contract.document.content["components"] for contract in CONTRACTS
}
SCHEMAS: dict[Contract, dict[str, Any]] = {contract: COMPONENTS[contract]["schemas"] for contract in CONTRACTS}

# The guide of v1 links to these names.
LINKED_BY_V1 = {
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


# What the published contract of v3 calls them; generated clients have these names (rules 3).
PUBLISHED_FOR_V3 = {
    *("School", "SchoolResponse", "SchoolsResponse", "Statement", "StatementResponse", "StatementsResponse"),
    *("DeliveryPartner", "DeliveryPartnerResponse", "DeliveryPartnersResponse"),
    *("Partnership", "PartnershipCreateRequest", "PartnershipUpdateRequest"),
    *("PartnershipResponse", "PartnershipsResponse"),
    *("Participant", "ParticipantResponse", "ParticipantsResponse", "ParticipantECFEnrolment", "ParticipantIDChange"),
    *("ParticipantWithdrawRequest", "ParticipantDeferRequest", "ParticipantResumeRequest"),
    *("ParticipantChangeScheduleRequest", "ParticipantTransfer", "ParticipantTransfersTransfer"),
    *("UnfundedMentor", "UnfundedMentorResponse", "UnfundedMentorsResponse"),
    *("Declaration", "DeclarationResponse", "DeclarationsResponse", "DeclarationCreateRequest"),
    *("DeclarationPre2025StartedAttributes", "DeclarationPre2025RetainedAttributes"),
    *("DeclarationPre2025CompletedAttributes", "DeclarationPre2025ExtendedAttributes"),
    *("DeclarationPost2024ECTStartedAttributes", "DeclarationPost2024ECTRetainedAttributes"),
    *("DeclarationPost2024ECTCompletedAttributes", "DeclarationPost2024ECTExtendedAttributes"),
    *("DeclarationPost2024MentorStartedAttributes", "DeclarationPost2024MentorCompletedAttributes"),
    *("SortingTimestamps", "UnauthorisedResponse", "NotFoundResponse", "BadRequestResponse"),
    "UnprocessableContentResponse",
}


def references(contract: Contract) -> set[str]:
    """What is referred to, by discriminators too."""
    found = {node["$ref"] for node in nodes(contract.document.content) if isinstance(node.get("$ref"), str)}
    for node in nodes(SCHEMAS[contract]):
        found |= set(node.get("discriminator", {}).get("mapping", {}).values())
    return found


@pytest.mark.parametrize(("contract", "names"), [(V1, LINKED_BY_V1), (V3, PUBLISHED_FOR_V3)], ids=["v1", "v3"])
def test_the_names_that_others_rely_on_exist(contract: Contract, names: set[str]) -> None:
    assert set(SCHEMAS[contract]) >= names


@each_contract
def test_every_reference_leads_to_a_component_and_every_component_is_used(contract: Contract) -> None:
    components = {
        f"#/components/{section}/{name}"
        for section, members in COMPONENTS[contract].items()
        for name in members
        if section != "securitySchemes"
    }
    assert references(contract) == components


@each_contract
def test_every_schema_says_what_it_is(contract: Contract) -> None:
    assert [name for name, schema in SCHEMAS[contract].items() if not schema.get("description")] == []


def each_schema(suffix: str) -> pytest.MarkDecorator:
    """Parametrises `contract` and `name` by the schemas whose names end so."""
    return pytest.mark.parametrize(
        ("contract", "name"),
        [
            pytest.param(contract, name, id=f"{contract.name}-{name}")
            for contract in CONTRACTS
            for name in sorted(SCHEMAS[contract])
            if name.endswith(suffix)
        ],
    )


@each_schema("Response")
def test_an_answer_has_all_its_members_and_no_others(contract: Contract, name: str) -> None:
    for node in nodes(contract.document.follow(SCHEMAS[contract][name])):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert node["required"] == list(node["properties"])


@each_schema("Request")
def test_a_request_is_closed_so_that_an_unknown_member_is_noticed(contract: Contract, name: str) -> None:
    for node in nodes(contract.document.follow(SCHEMAS[contract][name])):
        if node.get("type") == "object":
            assert node["additionalProperties"] is False
            assert set(node["required"]) <= set(node["properties"])


ORDERS = {
    V1: {
        "ECFParticipantAttributes": """email full_name mentor_id school_urn participant_type cohort status
            teacher_reference_number teacher_reference_number_validated eligible_for_funding pupil_premium_uplift
            sparsity_uplift training_status schedule_identifier updated_at""",
        "ParticipantDeclarationAttributes": """participant_id declaration_type course_identifier eligible_for_payment
            declaration_date updated_at voided state has_passed""",
    },
    # Rules 3.1 to 3.8.
    V3: {
        "ParticipantAttributes": "full_name teacher_reference_number updated_at ecf_enrolments participant_id_changes",
        "ParticipantIDChange": "from_participant_id to_participant_id changed_at",
        "ParticipantECFEnrolment": """training_record_id email mentor_id school_urn participant_type cohort
            training_status participant_status eligible_for_funding pupil_premium_uplift sparsity_uplift
            schedule_identifier delivery_partner_id withdrawal deferral created_at induction_end_date
            most_recent_induction_period_end_date overall_induction_start_date mentor_funding_end_date
            cohort_changed_after_payments_frozen mentor_ineligible_for_funding_reason working_pattern""",
        "ParticipantTransferAttributes": "updated_at transfers",
        "ParticipantTransfersTransfer": "training_record_id transfer_type status created_at leaving joining",
        "DeclarationAttributes": """participant_id declaration_type course_identifier declaration_date mentor_id state
            updated_at created_at delivery_partner_id statement_id clawback_statement_id
            ineligible_for_funding_reason uplift_paid evidence_held lead_provider_name""",
        "PartnershipAttributes": """cohort urn school_id delivery_partner_id delivery_partner_name
            induction_tutor_name induction_tutor_email participants_currently_training created_at updated_at""",
        "SchoolAttributes": """name urn cohort in_partnership induction_programme_choice expression_of_interest
            induction_tutor_name induction_tutor_email created_at updated_at""",
        "DeliveryPartnerAttributes": "name created_at updated_at cohort",
        "StatementAttributes": "month year cohort cut_off_date payment_date paid created_at updated_at",
        "UnfundedMentorAttributes": "full_name email teacher_reference_number created_at updated_at",
    },
}


@pytest.mark.parametrize(
    ("contract", "name", "names"),
    [
        pytest.param(contract, name, names.split(), id=f"{contract.name}-{name}")
        for contract, orders in ORDERS.items()
        for name, names in orders.items()
    ],
)
def test_a_record_has_exactly_its_attributes_in_their_order(contract: Contract, name: str, names: list[str]) -> None:
    assert SCHEMAS[contract][name]["required"] == names
    assert list(SCHEMAS[contract][name]["properties"]) == names


NULLABLE = {
    V1: {
        "ECFParticipantAttributes": """email mentor_id teacher_reference_number teacher_reference_number_validated
            eligible_for_funding""",
        "ParticipantDeclarationAttributes": "has_passed",
    },
    # What has a question mark in rules 3.1 to 3.8.
    V3: {
        "ParticipantAttributes": "teacher_reference_number",
        "ParticipantIDChange": "",
        "ParticipantECFEnrolment": """email mentor_id eligible_for_funding withdrawal deferral induction_end_date
            most_recent_induction_period_end_date overall_induction_start_date mentor_funding_end_date
            mentor_ineligible_for_funding_reason working_pattern""",
        "ParticipantTransferAttributes": "",
        "ParticipantTransfersTransfer": "joining",
        "DeclarationAttributes": """mentor_id statement_id clawback_statement_id ineligible_for_funding_reason
            evidence_held""",
        "PartnershipAttributes": "induction_tutor_name induction_tutor_email",
        "SchoolAttributes": "induction_tutor_name induction_tutor_email",
        "DeliveryPartnerAttributes": "",
        "StatementAttributes": "",
        "UnfundedMentorAttributes": "email teacher_reference_number",
    },
}


@pytest.mark.parametrize(
    ("contract", "name", "names"),
    [
        pytest.param(contract, name, names.split(), id=f"{contract.name}-{name}")
        for contract, nullable in NULLABLE.items()
        for name, names in nullable.items()
    ],
)
def test_only_what_the_rules_let_be_null_may_be(contract: Contract, name: str, names: list[str]) -> None:
    properties = SCHEMAS[contract][name]["properties"]
    assert [key for key, schema in properties.items() if contract.document.follow(schema).get("nullable")] == names


def test_the_request_shapes_of_a_declaration_of_v1_cover_each_type_once() -> None:
    attributes = SCHEMAS[V1]["ParticipantDeclarationRequestAttributes"]
    types = {
        type_: option["$ref"]
        for option in attributes["oneOf"]
        for type_ in V1.document.follow(option)["properties"]["declaration_type"]["enum"]
    }
    assert attributes["discriminator"]["mapping"] == types
    assert list(types) == SCHEMAS[V1]["DeclarationType"]["enum"]


def test_the_request_shapes_of_a_declaration_of_v3_have_the_evidence_of_rules_5_8() -> None:
    """Rules 5.8, evidence: for each kind of cohort, role and type, what is allowed."""
    three = {"training-event-attended", "self-study-material-completed", "other"}
    four = {*three, "materials-engaged-with-offline"}
    two = {"75-percent-engagement-met", "75-percent-engagement-met-reduced-induction"}
    expected: dict[str, dict[str, set[str]]] = {
        "Pre2025": {"started": set()}
        | {f"retained-{n}": three for n in (1, 2, 3, 4)}
        | {"completed": three}
        | {f"extended-{n}": three for n in (1, 2, 3)},
        "Post2024ECT": {"started": four, "retained-1": four, "retained-2": two, "retained-3": four, "retained-4": four}
        | {"completed": {*two, "one-term-induction"}}
        | {f"extended-{n}": four for n in (1, 2, 3)},
        "Post2024Mentor": {"started": four, "completed": two},
    }
    found: dict[str, dict[str, set[str]]] = {kind: {} for kind in expected}
    for option in SCHEMAS[V3]["DeclarationCreateAttributes"]["anyOf"]:
        name, shape = option["$ref"].rpartition("/")[2], V3.document.follow(option)["properties"]
        kind = next(kind for kind in expected if name.startswith(f"Declaration{kind}"))
        courses = {"Post2024ECT": ["ecf-induction"], "Post2024Mentor": ["ecf-mentor"]}
        assert shape["course_identifier"]["enum"] == courses.get(kind, ["ecf-induction", "ecf-mentor"])
        for type_ in shape["declaration_type"]["enum"]:
            assert type_ not in found[kind]
            found[kind][type_] = set(shape.get("evidence_held", {}).get("enum", ()))
    assert found == expected


V1_EXAMPLES, V3_EXAMPLES = COMPONENTS[V1]["examples"], COMPONENTS[V3]["examples"]
STARTED: dict[str, Any] = V1_EXAMPLES["DeclareStarted"]["value"]
RETAINED: dict[str, Any] = V1_EXAMPLES["DeclareRetained"]["value"]
DEFERRAL: dict[str, Any] = V1_EXAMPLES["DeferForCareerBreak"]["value"]
PARTICIPANT: dict[str, Any] = V1_EXAMPLES["RegisteredParticipant"]["value"]
ECT_STARTED: dict[str, Any] = V3_EXAMPLES["DeclareECTStarted"]["value"]
MENTOR_COMPLETED: dict[str, Any] = V3_EXAMPLES["DeclareMentorCompleted"]["value"]
LEAVE: dict[str, Any] = V3_EXAMPLES["DeferForParentalLeave"]["value"]
CONFIRMATION: dict[str, Any] = V3_EXAMPLES["CreatePartnership"]["value"]
SCHOOL: dict[str, Any] = V3_EXAMPLES["InterestedSchool"]["value"]


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
def test_what_departs_from_v1_is_noticed(schema: str, value: dict[str, Any]) -> None:
    assert V1.document.complaints({"$ref": f"#/components/schemas/{schema}"}, value)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("DeclarationCreateRequest", {}),
        ("DeclarationCreateRequest", changed(ECT_STARTED, declaration_type="retained-5")),
        ("DeclarationCreateRequest", changed(ECT_STARTED, declaration_type="retained-1", evidence_held=None)),
        ("DeclarationCreateRequest", changed(ECT_STARTED, evidence_held="75-percent-engagement-met")),
        ("DeclarationCreateRequest", changed(ECT_STARTED, declaration_date="2026-02-01")),
        ("DeclarationCreateRequest", changed(ECT_STARTED, course_identifier="ecf")),
        ("DeclarationCreateRequest", changed(ECT_STARTED, participant_id="1")),
        ("DeclarationCreateRequest", changed(MENTOR_COMPLETED, evidence_held="one-term-induction")),
        ("ParticipantDeferRequest", changed(LEAVE, reason="long_term_sickness")),
        ("ParticipantDeferRequest", changed(LEAVE, course_identifier=None)),
        ("PartnershipCreateRequest", changed(CONFIRMATION, cohort=2025)),
        ("PartnershipCreateRequest", changed(CONFIRMATION, school_id="123456")),
        ("SchoolResponse", changed(SCHOOL, induction_programme_choice="none")),
        ("SchoolResponse", changed(SCHOOL, updated_at="2026-02-10T09:00:00.000Z")),
        ("SchoolResponse", changed(SCHOOL, updated_at="2026-02-10T09:00:00+00:00")),
        ("UnprocessableContentResponse", {"errors": []}),
        ("UnprocessableContentResponse", {"errors": [{"title": "base", "detail": "…"}]}),
        ("BadRequestResponse", {"errors": [{"title": "reason", "detail": "…"}]}),
        ("NotFoundResponse", {"error": "Resource not found"}),
    ],
)
def test_what_departs_from_v3_is_noticed(schema: str, value: dict[str, Any]) -> None:
    assert V3.document.complaints({"$ref": f"#/components/schemas/{schema}"}, value)
