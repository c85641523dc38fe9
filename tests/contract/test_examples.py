"""Every request, answer and parameter of a contract has examples, and each keeps its own schema."""

import csv
import io
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pytest

from tests.contract.contracts import CONTRACTS, V1, V3, Contract
from tests.specifications import examples


def media_types(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each media type of each request and answer, under a name that says where it stands."""
    for operation in contract.document.operations.values():
        body = contract.document.follow(operation.definition.get("requestBody", {}))
        for kind, content in body.get("content", {}).items():
            yield f"{operation.id}-{kind}", content
        for status, response in operation.responses.items():
            for kind, content in response.get("content", {}).items():
                yield f"{operation.id}-{status}-{kind}", content


def parameters(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    for operation in contract.document.operations.values():
        for parameter in operation.parameters:
            yield f"{operation.id}-{parameter['name']}", parameter
        for status, response in operation.responses.items():
            for name, header in response.get("headers", {}).items():
                yield f"{operation.id}-{status}-{name}", header


each_holder = pytest.mark.parametrize(
    ("contract", "holder"),
    [
        pytest.param(contract, holder, id=f"{contract.name}-{name}")
        for contract in CONTRACTS
        for name, holder in (*media_types(contract), *parameters(contract))
    ],
)


@each_holder
def test_everything_that_can_be_sent_has_examples_that_keep_its_schema(
    contract: Contract, holder: dict[str, Any]
) -> None:
    values = dict(examples(holder))
    assert values
    for name, value in values.items():
        assert contract.document.complaints(holder["schema"], value) == [], name


def records(contract: Contract, kind: str) -> list[dict[str, Any]]:
    """Every record of `type` kind that an answer's example shows."""
    found = []
    for name, content in media_types(contract):
        if "-200-" in name and "json" in name:
            for _, value in examples(content):
                data = value["data"] if isinstance(value["data"], list) else [value["data"]]
                found += [record for record in data if record["type"] == kind]
    assert found
    return found


def test_the_example_declarations_of_v1_tell_their_state_in_one_voice() -> None:
    for record in records(V1, "participant-declaration"):
        attributes = record["attributes"]
        assert attributes["eligible_for_payment"] == (attributes["state"] in {"eligible", "payable"})
        assert attributes["voided"] == (attributes["state"] == "voided")
        assert attributes["has_passed"] is None


def test_the_example_participants_of_v1_could_exist() -> None:
    participants = {record["id"]: record["attributes"] for record in records(V1, "participant")}
    for attributes in participants.values():
        known = attributes["teacher_reference_number"] is not None
        assert known == (attributes["teacher_reference_number_validated"] is not None)
        if attributes["mentor_id"] is not None:
            assert attributes["participant_type"] == "ect"
            assert participants[attributes["mentor_id"]]["participant_type"] == "mentor"


@pytest.mark.parametrize(
    ("contract", "type_"),
    [
        pytest.param(contract, type_, id=f"{contract.name}-{type_}")
        for contract in CONTRACTS
        for type_ in contract.records
    ],
)
def test_the_examples_of_a_record_name_its_attributes_in_their_order(contract: Contract, type_: str) -> None:
    schemas = contract.document.content["components"]["schemas"]
    assert schemas[contract.records[type_]]["properties"]["type"]["enum"] == [type_]
    for record in records(contract, type_):
        assert list(record["attributes"]) == schemas[f"{contract.records[type_]}Attributes"]["required"]


def test_the_example_participants_of_v3_could_exist() -> None:
    """Rules 3.1: what stands beside a training status, and what only ECTs or only mentors have."""
    order = V3.document.content["components"]["schemas"]["ParticipantECFEnrolment"]["required"]
    for record in records(V3, "participant"):
        entries = record["attributes"]["ecf_enrolments"]
        assert [e["participant_type"] for e in entries] in (["ect"], ["mentor"], ["ect", "mentor"])
        for entry in entries:
            assert list(entry) == order
            assert (entry["withdrawal"] is not None) == (entry["training_status"] == "withdrawn")
            assert (entry["deferral"] is not None) == (entry["training_status"] == "deferred")
            assert (entry["working_pattern"] is None) == (entry["participant_type"] == "mentor")
            if entry["participant_type"] == "mentor":
                assert (
                    entry["mentor_id"] is entry["induction_end_date"] is entry["overall_induction_start_date"] is None
                )
            if entry["cohort"] >= "2025":
                assert not (entry["pupil_premium_uplift"])
                assert not (entry["sparsity_uplift"])


def test_the_example_declarations_of_v3_tell_their_state_in_one_voice() -> None:
    """Rules 3.3 and 6.1."""
    for record in records(V3, "participant-declaration"):
        attributes = record["attributes"]
        assert (attributes["statement_id"] is None) == (attributes["state"] in {"submitted", "voided"})
        clawed = attributes["state"] in {"awaiting-clawback", "clawed-back"}
        assert (attributes["clawback_statement_id"] is not None) == clawed
        assert attributes["ineligible_for_funding_reason"] is None


def test_the_example_schools_of_v3_hide_the_tutor_from_providers_without_an_interest() -> None:
    """Rules 3.5."""
    for record in records(V3, "school"):
        attributes = record["attributes"]
        assert attributes["expression_of_interest"] or attributes["induction_tutor_name"] is None
        assert attributes["expression_of_interest"] or attributes["induction_tutor_email"] is None


@pytest.mark.parametrize(
    ("operation_id", "kind"),
    [
        ("listEcfParticipantsCsv", "ECFParticipant"),
        ("listParticipantDeclarationsCsv", "ParticipantDeclaration"),
    ],
)
def test_a_csv_example_has_the_columns_and_values_of_the_record(operation_id: str, kind: str) -> None:
    schema = V1.document.content["components"]["schemas"][f"{kind}Attributes"]
    values = dict(examples(V1.document.operations[operation_id].responses["200"]["content"]["text/csv"]))
    assert values.pop("nothing") == ""
    assert values
    for text in values.values():
        reader = csv.DictReader(io.StringIO(text))
        assert reader.fieldnames == ["id", *schema["required"]]
        for row in reader:
            row.pop("id")
            attributes = {name: from_csv(schema["properties"][name], value) for name, value in row.items()}
            assert V1.document.complaints(schema, attributes) == []


def from_csv(schema: dict[str, Any], value: str) -> Any:
    """A cell as JSON has it."""
    schema = V1.document.follow(schema)
    if value == "" and schema.get("nullable"):
        return None
    if schema["type"] == "boolean":
        return {"true": True, "false": False}[value]
    return value


TITLES = {
    "Bad request": [
        *("BadUpdatedSince", "BadUpdatedSincePlus", "BadPageNumber", "BadServerDate"),
        *("BadBodyNoData", "BadBodyNotJson", "BadContentType"),
    ],
    "Bad parameter": ["BadFilter"],
    "participant_id, course_identifier": ["UnknownParticipant"],
    "course_identifier, participant_id": ["UnknownParticipantOnSchedule"],
    "participant_profile": [
        *("AlreadyDeferred", "DeferAlreadyWithdrawn", "AlreadyActive"),
        *("ResumeAlreadyWithdrawn", "AlreadyWithdrawn"),
    ],
    "reason": ["DeferReasonMissing", "WithdrawReasonUnknown"],
    "cohort": ["CohortLeftOut"],
    "schedule_identifier": ["ScheduleInvalidatesDeclaration", "SameSchedule", "ScheduleForMentorsOnly"],
    "participant_id": ["ScheduleOfWithdrawn", "DeclarationAfterWithdrawal"],
    "Invalid action": ["UnknownSchedule", "AlreadyVoided"],
    "declaration_date": ["DeclarationTooEarly", "DeclarationInTheFuture"],
    "evidence_held": ["EvidenceMissing"],
    "base": ["DeclarationSlotTaken"],
    "declaration_date, declaration_type, participant_id, course_identifier": ["DeclarationNothingGiven"],
}


def test_an_example_refusal_of_v1_has_the_titles_that_the_rules_give_it_in_their_order() -> None:
    titles = {
        name: ", ".join(error["title"] for error in example["value"]["errors"])
        for name, example in V1.document.content["components"]["examples"].items()
        if "errors" in example["value"]
    }
    assert titles == {name: title for title, names in TITLES.items() for name in names}


def test_an_example_refusal_of_v3_keeps_the_entries_of_one_attribute_together() -> None:
    """Rules 2.7."""
    for name, example in V3.document.content["components"]["examples"].items():
        titles = [title for title, _ in groupby(error["title"] for error in example["value"].get("errors", ()))]
        assert len(set(titles)) == len(titles), name


def test_v3_has_an_example_for_each_kind_of_declaration() -> None:
    """One request schema for each kind, and one example that it alone or it with its like accepts."""
    kinds = V3.document.content["components"]["schemas"]["DeclarationCreateAttributes"]["anyOf"]
    body = V3.document.follow(V3.document.operations["createDeclaration"].definition["requestBody"])
    sent = [value["data"]["attributes"] for _, value in examples(body["content"]["application/json"])]
    assert [
        kind["$ref"] for kind in kinds if all(V3.document.complaints(kind, attributes) for attributes in sent)
    ] == []
