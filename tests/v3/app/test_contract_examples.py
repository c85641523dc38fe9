"""The contract's request examples, sent to the mock in a world that fits them, are accepted and answered as it says."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.harness.check.operations import parameter_examples
from tests.specifications import Document, examples
from tests.v3.app.mock import API, Mock

V3 = Document("v3")
COHORT_STARTS = {"2023": "2023-09-01", "2024": "2024-09-02", "2025": "2025-09-01"}


def requests() -> Iterator[Any]:
    for operation_id, operation in V3.operations.items():
        body = V3.follow(operation.definition.get("requestBody", {"content": {}}))
        for media_type, content in body["content"].items():
            for name, value in examples(content):
                yield pytest.param(operation_id, media_type, name, value, id=f"{operation_id} {media_type} {name}")


REQUESTS = list(requests())


async def declared_for(mock: Mock, name: str, attributes: dict[str, Any]) -> str:
    """Somebody in a cohort, and on a schedule, in which the example of this name can be declared."""
    # By the example's date, the cohort of 2024 hasn't come to its last milestone.
    cohort = "2023" if name == "pre2025Completed" else "2024" if name.startswith("pre2025") else "2025"
    role = "mentor" if attributes["course_identifier"] == "ecf-mentor" else "ect"
    family = "extended" if attributes["declaration_type"].startswith("extended") else "standard"
    registered = await mock.trained(
        role,
        cohort=cohort,
        started_on=COHORT_STARTS[cohort],
        schedule_identifier=f"ecf-{family}-september",
    )
    id: str = registered["id"]
    return id


async def fitting(mock: Mock, operation_id: str, name: str, attributes: dict[str, Any]) -> str:
    """What the example is about: the id for the path. It changes the ids in `attributes` to ones that exist."""
    if operation_id == "createDeclaration":
        attributes["participant_id"] = await declared_for(mock, name, attributes)
        return ""
    if operation_id == "createPartnership":
        attributes["school_id"] = (await mock.school())["id"]
        attributes["delivery_partner_id"] = await mock.delivery_partner()
        return ""
    if operation_id == "updatePartnership":
        await mock.trained(delivery_partner_id=await mock.delivery_partner())
        [partnership] = (await mock.control("GET", "/partnerships"))["partnerships"]
        partners = (await mock.control("GET", "/delivery-partners"))["delivery_partners"]
        own = [each["id"] for each in partners if "alder" in each["works_with"]]
        attributes["delivery_partner_id"] = next(id for id in own if id != partnership["delivery_partner_id"])
        return str(partnership["id"])
    role = "mentor" if attributes["course_identifier"] == "ecf-mentor" else "ect"
    cohort = "2024" if "cohort" in attributes else "2025"
    registered = await mock.trained(role, cohort=cohort, started_on=COHORT_STARTS[cohort])
    if "cohort" in attributes:
        urn, partner = registered["stays"][0]["school_urn"], await mock.delivery_partner()
        there = {"provider": "alder", "school_urn": urn, "cohort": attributes["cohort"], "delivery_partner_id": partner}
        await mock.control("POST", "/partnerships", there, expect=201)
    if operation_id == "resumeParticipant":
        await mock.act("defer", registered["id"], role, reason="other")
        await mock.advance("P1D")
    return str(registered["id"])


@pytest.mark.parametrize(("operation_id", "media_type", "name", "example"), REQUESTS)
async def test_a_request_example_is_accepted(
    mock: Mock, operation_id: str, media_type: str, name: str, example: Any
) -> None:
    operation, body = V3.operations[operation_id], copy.deepcopy(example)
    id = await fitting(mock, operation_id, name, body["data"]["attributes"])
    answer = await mock.call(
        operation.method.upper(),
        operation.path.removeprefix(API).replace("{id}", id),
        json=body,
        headers={"Content-Type": media_type},
    )
    assert answer.status_code == 200, answer.text
    schema = operation.responses["200"]["content"]["application/json"]["schema"]
    assert V3.complaints(schema, answer.json()) == []


def test_every_operation_with_a_body_has_an_example() -> None:
    with_body = {operation.id for operation in V3.operations.values() if "requestBody" in operation.definition}
    assert {str(parameter.values[0]) for parameter in REQUESTS} == with_body
    assert len(with_body) == 7


LISTS = [
    operation for operation in V3.operations.values() if operation.method == "get" and "{id}" not in operation.path
]


@pytest.mark.parametrize("operation", LISTS, ids=lambda operation: operation.id)
async def test_each_query_example_of_a_list_is_accepted(mock: Mock, operation: Any) -> None:
    """Alone, and all of them at once."""
    given = {p["name"]: str(next(parameter_examples(p))) for p in operation.parameters if p["in"] == "query"}
    needed = {p["name"] for p in operation.parameters if p.get("required")}
    always = {name: value for name, value in given.items() if name in needed}
    for query in (given, *({name: value} for name, value in given.items())):
        answer = await mock.get(operation.path.removeprefix(API), params=always | query)
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("operation", V3.operations.values(), ids=lambda operation: operation.id)
async def test_the_example_of_the_server_date_is_accepted(mock: Mock, operation: Any) -> None:
    """Rules 2.9: what follows is about the record or the body, not about the header."""
    header = next(p for p in operation.parameters if p["in"] == "header")
    path = operation.path.removeprefix(API).replace("{id}", "00000000-0000-4000-8000-000000000000")
    body = {"data": {"attributes": {"reason": "other", "course_identifier": "ecf-induction", "cohort": "2025"}}}
    answer = await mock.call(
        operation.method.upper(),
        path,
        params={"filter[cohort]": "2025"},
        headers={header["name"]: header["example"]},
        json=body if "requestBody" in operation.definition else None,
    )
    assert answer.status_code in {200, 404, 422}, answer.text
