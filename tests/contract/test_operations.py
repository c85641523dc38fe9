"""openapi/v1.yaml has the operations of the lead provider API, each with every status it can answer."""

import json

import pytest
from openapi_spec_validator import validate

from tests.specifications import Document, Operation

V1 = Document("v1")
OPERATIONS = list(V1.operations.values())

JSON = "application/vnd.api+json"
PARTICIPANTS = "/api/v1/participants"
DECLARATIONS = "/api/v1/participant-declarations"

# In the order of the file: the first path that fits a request wins.
EXPECTED = [
    ("listEcfParticipants", "get", f"{PARTICIPANTS}/ecf"),
    ("listEcfParticipantsCsv", "get", f"{PARTICIPANTS}/ecf.csv"),
    ("getEcfParticipant", "get", f"{PARTICIPANTS}/ecf/{{id}}"),
    ("deferEcfParticipant", "put", f"{PARTICIPANTS}/ecf/{{id}}/defer"),
    ("resumeEcfParticipant", "put", f"{PARTICIPANTS}/ecf/{{id}}/resume"),
    ("withdrawEcfParticipant", "put", f"{PARTICIPANTS}/ecf/{{id}}/withdraw"),
    ("changeEcfParticipantSchedule", "put", f"{PARTICIPANTS}/ecf/{{id}}/change-schedule"),
    ("listParticipants", "get", PARTICIPANTS),
    ("listParticipantsCsv", "get", f"{PARTICIPANTS}.csv"),
    ("deferParticipant", "put", f"{PARTICIPANTS}/{{id}}/defer"),
    ("resumeParticipant", "put", f"{PARTICIPANTS}/{{id}}/resume"),
    ("withdrawParticipant", "put", f"{PARTICIPANTS}/{{id}}/withdraw"),
    ("changeParticipantSchedule", "put", f"{PARTICIPANTS}/{{id}}/change-schedule"),
    ("listParticipantDeclarations", "get", DECLARATIONS),
    ("createParticipantDeclaration", "post", DECLARATIONS),
    ("listParticipantDeclarationsCsv", "get", f"{DECLARATIONS}.csv"),
    ("getParticipantDeclaration", "get", f"{DECLARATIONS}/{{id}}"),
    ("voidParticipantDeclaration", "put", f"{DECLARATIONS}/{{id}}/void"),
]


def each_operation(operations: list[Operation] = OPERATIONS) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=[operation.id for operation in operations])


def on_participants(operation: Operation) -> bool:
    return operation.path.startswith((f"{PARTICIPANTS}/", f"{PARTICIPANTS}.")) or operation.path == PARTICIPANTS


def has_body(operation: Operation) -> bool:
    return "requestBody" in operation.definition


def test_the_document_is_valid_openapi_3_0() -> None:
    assert V1.content["openapi"] == "3.0.3"
    validate(V1.content)


def test_the_document_holds_nothing_that_json_cannot() -> None:
    """YAML reads an unquoted moment as a date object."""
    json.dumps(V1.content)


def test_the_operations_are_those_of_the_api_in_the_order_that_routes_them_right() -> None:
    assert [(operation.id, operation.method, operation.path) for operation in OPERATIONS] == EXPECTED


def test_a_path_never_shadows_one_declared_after_it() -> None:
    """A router that takes the first fit must reach every path."""
    seen: list[list[str]] = []
    for path in V1.content["paths"]:
        steps = path.split("/")
        for earlier in seen:
            hidden = len(earlier) == len(steps) and all(
                one == other or one.startswith("{") for one, other in zip(earlier, steps, strict=True)
            )
            assert not hidden, f"{'/'.join(earlier)} hides {path}"
        seen.append(steps)


def test_the_older_paths_and_only_they_are_deprecated() -> None:
    deprecated = {operation.path for operation in OPERATIONS if operation.definition.get("deprecated")}
    assert deprecated == {
        operation.path
        for operation in OPERATIONS
        if on_participants(operation) and not operation.path.startswith(f"{PARTICIPANTS}/ecf")
    }


@each_operation([operation for operation in OPERATIONS if operation.definition.get("deprecated")])
def test_an_older_path_promises_what_the_newer_one_does(operation: Operation) -> None:
    newer = next(
        other for other in OPERATIONS if other.path == operation.path.replace(PARTICIPANTS, f"{PARTICIPANTS}/ecf", 1)
    )
    assert operation.responses == newer.responses
    assert operation.parameters == newer.parameters
    assert operation.definition.get("requestBody") == newer.definition.get("requestBody")


@each_operation()
def test_an_operation_has_the_statuses_that_it_can_answer_and_no_others(operation: Operation) -> None:
    single = operation.path.endswith("/{id}") or operation.id == "voidParticipantDeclaration"
    expected = {"200", "400", "401", "405", "429", "500"}
    if on_participants(operation):
        expected.add("403")
    if single:
        expected.add("404")
    if has_body(operation):
        expected |= {"408", "413"}
    if operation.method in {"put", "post"}:
        expected.add("422")
    assert set(operation.responses) == expected


@each_operation()
def test_an_answer_has_the_media_type_of_its_kind(operation: Operation) -> None:
    for status, response in operation.responses.items():
        expected = {"200": {"text/csv"}} if operation.path.endswith(".csv") else {}
        expected |= {"403": set(), "429": {"text/plain"}}
        assert set(response.get("content", {})) == expected.get(status, {JSON}), status


@each_operation()
def test_an_answer_has_the_headers_of_its_status(operation: Operation) -> None:
    expected = {"401": {"WWW-Authenticate"}, "405": {"Allow"}, "422": {"X-Mock-Rule", "Link"}, "429": {"Retry-After"}}
    for status, response in operation.responses.items():
        assert set(response.get("headers", {})) == expected.get(status, set()), status


@each_operation()
def test_a_body_is_accepted_under_both_media_types_alike(operation: Operation) -> None:
    acts = operation.method in {"put", "post"} and operation.id != "voidParticipantDeclaration"
    assert has_body(operation) == acts
    if acts:
        body = V1.follow(operation.definition["requestBody"])
        assert body["required"] is True
        assert set(body["content"]) == {"application/json", JSON}
        assert body["content"]["application/json"] == body["content"][JSON]


@each_operation()
def test_an_operation_takes_the_query_of_its_kind(operation: Operation) -> None:
    # One parameter for each key, not deepObject objects, which openapi-python-client sends as plain `page=2`.
    query = [parameter["name"] for parameter in operation.parameters if parameter["in"] == "query"]
    expected: list[str] = []
    if operation.id.startswith("list"):
        first = "cohort" if on_participants(operation) else "participant_id"
        expected = [f"filter[{first}]", "filter[updated_since]"]
        if not operation.path.endswith(".csv"):
            expected += ["page[page]", "page[per_page]"]
    if operation.id == "getEcfParticipant":
        expected = ["filter[cohort]", "filter[updated_since]"]
    assert query == expected


@each_operation()
def test_an_operation_can_be_tried_at_another_moment(operation: Operation) -> None:
    headers = [parameter for parameter in operation.parameters if parameter["in"] == "header"]
    assert [header["name"] for header in headers] == ["X-With-Server-Date"]
    assert "required" not in headers[0]


@each_operation()
def test_an_operation_explains_itself(operation: Operation) -> None:
    definition = operation.definition
    assert definition["summary"]
    assert definition["description"]
    assert definition["externalDocs"]["url"].startswith("ecf-usage/#")
    assert len(definition["tags"]) == 1
    assert definition["tags"][0] in {tag["name"] for tag in V1.content["tags"]}
    for parameter in operation.parameters:
        assert parameter["description"]


def test_every_operation_needs_a_bearer_token() -> None:
    assert V1.content["security"] == [{"bearerToken": []}]
    scheme = V1.content["components"]["securitySchemes"]["bearerToken"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert not [operation.id for operation in OPERATIONS if "security" in operation.definition]
