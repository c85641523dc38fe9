"""Every request, answer and parameter of v1 has examples, and each keeps its own schema."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from tests.specifications import Document, examples

V1 = Document("v1")


def media_types() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each media type of each request and answer, under a name that says where it stands."""
    for operation in V1.operations.values():
        body = V1.follow(operation.definition.get("requestBody", {}))
        for kind, content in body.get("content", {}).items():
            yield f"{operation.id}-{kind}", content
        for status, response in operation.responses.items():
            for kind, content in response.get("content", {}).items():
                yield f"{operation.id}-{status}-{kind}", content


def parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    for operation in V1.operations.values():
        for parameter in operation.parameters:
            yield f"{operation.id}-{parameter['name']}", parameter
        for status, response in operation.responses.items():
            for name, header in response.get("headers", {}).items():
                yield f"{operation.id}-{status}-{name}", header


HOLDERS = [*media_types(), *parameters()]
each_holder = pytest.mark.parametrize("holder", [holder for _, holder in HOLDERS], ids=[name for name, _ in HOLDERS])


@each_holder
def test_everything_that_can_be_sent_has_examples_that_keep_its_schema(holder: dict[str, Any]) -> None:
    values = dict(examples(holder))
    assert values
    for name, value in values.items():
        assert V1.complaints(holder["schema"], value) == [], name


def records(kind: str) -> list[dict[str, Any]]:
    """Every record of `type` kind that an answer's example shows."""
    found = []
    for name, content in media_types():
        if "-200-" in name and "json" in name:
            for _, value in examples(content):
                data = value["data"] if isinstance(value["data"], list) else [value["data"]]
                found += [record for record in data if record["type"] == kind]
    assert found
    return found


def test_the_example_declarations_tell_their_state_in_one_voice() -> None:
    for record in records("participant-declaration"):
        attributes = record["attributes"]
        assert attributes["eligible_for_payment"] == (attributes["state"] in {"eligible", "payable"})
        assert attributes["voided"] == (attributes["state"] == "voided")
        assert attributes["has_passed"] is None


def test_the_example_participants_could_exist() -> None:
    participants = {record["id"]: record["attributes"] for record in records("participant")}
    for attributes in participants.values():
        known = attributes["teacher_reference_number"] is not None
        assert known == (attributes["teacher_reference_number_validated"] is not None)
        if attributes["mentor_id"] is not None:
            assert attributes["participant_type"] == "ect"
            assert participants[attributes["mentor_id"]]["participant_type"] == "mentor"


@pytest.mark.parametrize("kind", ["ECFParticipant", "ParticipantDeclaration"])
def test_the_examples_of_a_record_name_its_attributes_in_their_order(kind: str) -> None:
    schema = V1.content["components"]["schemas"][f"{kind}Attributes"]
    type_ = V1.content["components"]["schemas"][kind]["properties"]["type"]["enum"][0]
    for record in records(type_):
        assert list(record["attributes"]) == schema["required"]


@pytest.mark.parametrize(
    ("operation_id", "kind"),
    [
        ("listEcfParticipantsCsv", "ECFParticipant"),
        ("listParticipantDeclarationsCsv", "ParticipantDeclaration"),
    ],
)
def test_a_csv_example_has_the_columns_and_values_of_the_record(operation_id: str, kind: str) -> None:
    schema = V1.content["components"]["schemas"][f"{kind}Attributes"]
    values = dict(examples(V1.operations[operation_id].responses["200"]["content"]["text/csv"]))
    assert values.pop("nothing") == ""
    assert values
    for text in values.values():
        reader = csv.DictReader(io.StringIO(text))
        assert reader.fieldnames == ["id", *schema["required"]]
        for row in reader:
            row.pop("id")
            attributes = {name: from_csv(schema["properties"][name], value) for name, value in row.items()}
            assert V1.complaints(schema, attributes) == []


def from_csv(schema: dict[str, Any], value: str) -> Any:
    """A cell as JSON has it."""
    schema = V1.follow(schema)
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


def test_an_example_refusal_has_the_titles_that_the_rules_give_it_in_their_order() -> None:
    titles = {
        name: ", ".join(error["title"] for error in example["value"]["errors"])
        for name, example in V1.content["components"]["examples"].items()
        if "errors" in example["value"]
    }
    assert titles == {name: title for title, names in TITLES.items() for name in names}
