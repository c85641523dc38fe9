"""The contract's request examples, sent to the mock in a state that fits them, are accepted and answered as it says."""

import copy
from typing import Any

import pytest

from tests.specifications import Document, examples
from tests.v1.app.conftest import Mock

V1 = Document("v1")

REQUESTS = [
    pytest.param(operation_id, media_type, value, id=f"{operation_id} {media_type} {name}")
    for operation_id, operation in V1.operations.items()
    for media_type, content in V1.follow(operation.definition.get("requestBody", {"content": {}}))["content"].items()
    for name, value in examples(content)
]
# Past the dates of all examples: a milestone reached can be declared at any later time.
CLOCK = "2023-06-01T09:00:00Z"


@pytest.mark.parametrize(("operation_id", "media_type", "example"), REQUESTS)
async def test_a_request_example_is_accepted(mock: Mock, operation_id: str, media_type: str, example: Any) -> None:
    await mock.control("PUT", "/clock", {"now": CLOCK})
    operation, body = V1.operations[operation_id], copy.deepcopy(example)
    attributes = body["data"]["attributes"]
    course = attributes["course_identifier"]
    participant = await mock.add("mentor" if course == "ecf-mentor" else "ect")
    if "participant_id" in attributes:
        attributes["participant_id"] = participant
    if "resume" in operation_id.lower():
        await mock.act("defer", participant, reason="other", course_identifier=course)
    answer = await mock.call(
        operation.method.upper(),
        operation.path.replace("{id}", participant),
        json=body,
        headers={"Content-Type": media_type},
    )
    assert answer.status_code == 200, answer.text
    schema = operation.responses["200"]["content"]["application/vnd.api+json"]["schema"]
    assert V1.complaints(schema, answer.json()) == []


def test_every_operation_with_a_body_has_an_example() -> None:
    with_body = {operation.id for operation in V1.operations.values() if "requestBody" in operation.definition}
    assert {str(parameter.values[0]) for parameter in REQUESTS} == with_body
    assert len(with_body) == 9
