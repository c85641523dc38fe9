"""Each contract has the operations of its API, each with every status that it can answer."""

import json
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.contract.contracts import V1, V3, Contract, each_contract, each_operation, has_body
from tests.specifications import Operation

V1_PARTICIPANTS = "/api/v1/participants"


@each_contract
def test_the_document_is_valid_openapi_3_0(contract: Contract) -> None:
    assert contract.document.content["openapi"] == "3.0.3"
    validate(contract.document.content)


@each_contract
def test_the_document_holds_nothing_that_json_cannot(contract: Contract) -> None:
    """YAML reads an unquoted moment as a date object."""
    json.dumps(contract.document.content)


@each_contract
def test_the_operations_are_those_of_the_api_in_the_order_that_routes_them_right(contract: Contract) -> None:
    """v3: rules 2.1."""
    found = [(operation.id, operation.method, operation.path) for operation in contract.document.operations.values()]
    assert tuple(found) == contract.operations


@each_contract
def test_a_path_never_shadows_one_declared_after_it(contract: Contract) -> None:
    """A router that takes the first fit must reach every path."""
    seen: list[list[str]] = []
    for path in contract.document.content["paths"]:
        steps = path.split("/")
        for earlier in seen:
            hidden = len(earlier) == len(steps) and all(
                one == other or one.startswith("{") for one, other in zip(earlier, steps, strict=True)
            )
            assert not hidden, f"{'/'.join(earlier)} hides {path}"
        seen.append(steps)


def on_participants(operation: Operation) -> bool:
    """Whether v1 serves it to providers with an ECF contract only."""
    return (
        operation.path.startswith((f"{V1_PARTICIPANTS}/", f"{V1_PARTICIPANTS}.")) or operation.path == V1_PARTICIPANTS
    )


def test_the_older_paths_of_v1_and_only_they_are_deprecated() -> None:
    operations = V1.document.operations.values()
    assert {operation.path for operation in operations if operation.definition.get("deprecated")} == {
        operation.path
        for operation in operations
        if on_participants(operation) and not operation.path.startswith(f"{V1_PARTICIPANTS}/ecf")
    }


def test_v3_deprecates_nothing() -> None:
    assert not [o.id for o in V3.document.operations.values() if o.definition.get("deprecated")]


def without_examples(parameters: tuple[dict[str, Any], ...]) -> list[dict[str, Any]]:
    """The examples of two paths are about two records, so that both can be sent."""
    return [{key: value for key, value in parameter.items() if key != "examples"} for parameter in parameters]


@each_operation([V1], lambda operation: bool(operation.definition.get("deprecated")))
def test_an_older_path_promises_what_the_newer_one_does(contract: Contract, operation: Operation) -> None:
    wanted = operation.path.replace(V1_PARTICIPANTS, f"{V1_PARTICIPANTS}/ecf", 1)
    newer = next(other for other in contract.document.operations.values() if other.path == wanted)
    assert operation.responses == newer.responses
    assert without_examples(operation.parameters) == without_examples(newer.parameters)
    assert operation.definition.get("requestBody") == newer.definition.get("requestBody")


def finds_a_record(contract: Contract, operation: Operation) -> bool:
    """Whether an unknown id is 404: always in v3; in v1 the rules refuse an unknown participant (rules 4)."""
    if contract is V3:
        return "{id}" in operation.path
    return operation.path.endswith("/{id}") or operation.id == contract.void


@each_operation()
def test_an_operation_has_the_statuses_that_it_can_answer_and_no_others(
    contract: Contract, operation: Operation
) -> None:
    """v3: rules 2.2 to 2.7; it has no 403."""
    expected = {"200", "400", "401", "405", "429", "500"}
    if contract is V1 and on_participants(operation):
        expected.add("403")
    if finds_a_record(contract, operation):
        expected.add("404")
    if has_body(operation):
        expected |= {"408", "413"}
    if operation.method in {"put", "post"}:
        expected.add("422")
    assert set(operation.responses) == expected


@each_operation()
def test_an_answer_has_the_media_type_of_its_kind(contract: Contract, operation: Operation) -> None:
    for status, response in operation.responses.items():
        expected = {"200": {"text/csv"}} if operation.path.endswith(".csv") else {}
        expected |= {"403": set(), "429": {"text/plain"}}
        assert set(response.get("content", {})) == expected.get(status, {contract.media_type}), status


@each_operation()
def test_an_answer_has_the_headers_of_its_status(contract: Contract, operation: Operation) -> None:
    expected = {"401": {"WWW-Authenticate"}, "405": {"Allow"}, "422": {"X-Mock-Rule", "Link"}, "429": {"Retry-After"}}
    for status, response in operation.responses.items():
        assert set(response.get("headers", {})) == expected.get(status, set()), status


@each_operation()
def test_a_body_is_accepted_under_both_media_types_alike(contract: Contract, operation: Operation) -> None:
    acts = operation.method in {"put", "post"} and operation.id != contract.void
    assert has_body(operation) == acts
    if acts:
        body = contract.document.follow(operation.definition["requestBody"])
        assert body["required"] is True
        assert set(body["content"]) == {"application/json", "application/vnd.api+json"}
        assert body["content"]["application/json"] == body["content"]["application/vnd.api+json"]


@each_operation()
def test_an_operation_takes_the_query_of_its_kind(contract: Contract, operation: Operation) -> None:
    # One parameter for each key, not deepObject objects, which openapi-python-client sends as plain `page=2`.
    query = [parameter["name"] for parameter in operation.parameters if parameter["in"] == "query"]
    assert tuple(query) == contract.queries.get(operation.id, ())


@each_operation([V3])
def test_v3_says_where_a_blank_value_counts_as_not_given(contract: Contract, operation: Operation) -> None:
    """Rules 2.4 to 2.6: blank filters and sorts are accepted, blank pages aren't."""
    for parameter in operation.parameters:
        if parameter["in"] == "query":
            assert parameter.get("allowEmptyValue", False) is not parameter["name"].startswith("page["), parameter


@each_operation([V3])
def test_only_the_schools_of_v3_need_a_filter(contract: Contract, operation: Operation) -> None:
    """Rules 2.1 and 2.4."""
    needed = [p["name"] for p in operation.parameters if p["in"] == "query" and p.get("required")]
    assert needed == (["filter[cohort]"] if operation.id in {"getSchools", "getSchool"} else [])


@each_operation()
def test_an_operation_can_be_tried_at_another_moment(contract: Contract, operation: Operation) -> None:
    headers = [parameter for parameter in operation.parameters if parameter["in"] == "header"]
    assert [header["name"] for header in headers] == ["X-With-Server-Date"]
    assert "required" not in headers[0]


@each_operation()
def test_an_operation_explains_itself(contract: Contract, operation: Operation) -> None:
    definition = operation.definition
    assert definition["summary"]
    assert definition["description"]
    assert len(definition["tags"]) == 1
    assert definition["tags"][0] in {tag["name"] for tag in contract.document.content["tags"]}
    for parameter in operation.parameters:
        assert parameter["description"]


@each_operation([V1])
def test_an_operation_of_v1_leads_to_its_paragraph_of_the_guide(contract: Contract, operation: Operation) -> None:
    assert operation.definition["externalDocs"]["url"].startswith("ecf-usage/#")


@each_contract
def test_every_operation_needs_a_bearer_token(contract: Contract) -> None:
    content = contract.document.content
    assert content["security"] == [{"bearerToken": []}]
    scheme = content["components"]["securitySchemes"]["bearerToken"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert not [
        operation.id for operation in contract.document.operations.values() if "security" in operation.definition
    ]


def readable(name: str, values: list[str]) -> list[bool]:
    """Whether v3's parameter `name` of `getParticipants` takes each of the values."""
    parameter = next(p for p in V3.document.operations["getParticipants"].parameters if p["name"] == name)
    return [not V3.document.complaints(parameter["schema"], value) for value in values]


@pytest.mark.parametrize("moment", ["2026-01-13T11:21:55Z", "2026-01-13", "2024-02-29T00:00:00.25-05:00"])
def test_v3_takes_the_moments_that_survive_a_second_decoding(moment: str) -> None:
    """Rules 2.4."""
    assert readable("filter[updated_since]", [moment]) == [True]


@pytest.mark.parametrize("moment", ["2026-01-13T11:21:55+01:00", "2026-02-30T00:00:00Z", "2025-02-29", "yesterday"])
def test_v3_warns_of_the_moments_that_the_server_refuses(moment: str) -> None:
    """Rules 2.4: an offset with a plus is lost, and a day must exist."""
    assert readable("filter[updated_since]", [moment]) == [False]


def test_a_server_date_of_v3_may_have_an_offset_or_be_a_date_alone() -> None:
    """Rules 2.9."""
    values = ["2026-03-31", "2026-03-31T10:00:00+01:00", "2026-03-31T10:00:00Z", "31 March 2026"]
    assert readable("X-With-Server-Date", values) == [True, True, True, False]
