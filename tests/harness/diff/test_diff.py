"""Which changes of v1's contract break clients, and what the command says of documents that it can't read."""

import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from mock_server.harness.diff.documents import changes
from mock_server.http.contract import operations
from mock_server.resources import specification
from tests.harness.diff.comparing import Document, found, small_contract
from tests.harness.diff.test_diff_command import run

LIST = "/api/v1/participants/ecf"
DEFER = "/api/v1/participants/ecf/{id}/defer"
DECLARE = "/api/v1/participant-declarations"


def changed(change: Callable[[Document], object]) -> list[str]:
    """What is found after `change` of the contract: `! where: what` for what breaks clients, `? ` if not judged."""
    new = deepcopy(specification("v1"))
    change(new)
    return found(specification("v1"), new)


def schemas(document: Document) -> Document:
    found: Document = document["components"]["schemas"]
    return found


def attributes(document: Document) -> Document:
    found: Document = schemas(document)["ECFParticipantAttributes"]
    return found


def test_nothing_changed_says_nothing() -> None:
    assert changed(lambda document: None) == []


def test_words_for_people_do_not_count() -> None:
    def describe(document: Document) -> None:
        document["info"]["description"] = "Other words."
        document["paths"][LIST]["get"]["summary"] = "Other words"
        document["components"]["examples"].clear()

    assert changed(describe) == []


@pytest.mark.parametrize(
    ("change", "breaking", "what"),
    [
        (lambda d: d["paths"].pop(DEFER), True, "the operation is gone"),
        (
            lambda d: d["paths"].update({"/new": {"get": d["paths"][LIST]["get"] | {"operationId": "x"}}}),
            False,
            "the operation is new",
        ),
        (
            lambda d: d["paths"][LIST]["get"].update(operationId="other"),
            True,
            "its operation id was listEcfParticipants, is other",
        ),
        (lambda d: d["paths"][LIST]["get"].update(deprecated=True), False, "it is deprecated"),
        (lambda d: d["paths"][LIST]["get"].update(security=[]), False, "it asks for other credentials"),
        (
            lambda d: d["paths"][LIST]["get"]["parameters"].pop(0),
            True,
            r"query filter\[cohort\]: the parameter is gone",
        ),
        (
            lambda d: d["paths"][LIST]["get"]["parameters"].append({"in": "query", "name": "x", "schema": {}}),
            False,
            "the parameter is new",
        ),
        (
            lambda d: d["paths"][LIST]["get"]["parameters"].append(
                {"in": "query", "name": "x", "required": True, "schema": {}}
            ),
            True,
            "the parameter is new, and must be sent",
        ),
        (lambda d: d["components"]["parameters"]["Cohort"].update(required=True), True, "it must be sent"),
        (lambda d: d["components"]["parameters"]["ParticipantId"].update(required=False), False, "it need not be sent"),
        (
            lambda d: d["components"]["parameters"]["PageSize"]["schema"].update(default=50),
            True,
            "without it 100 was meant, 50 is",
        ),
        (
            lambda d: d["components"]["parameters"]["PageSize"]["schema"].update(maximum=10),
            True,
            "maximum was not given, is 10",
        ),
        (lambda d: d["components"]["parameters"]["PageSize"]["schema"].update(minimum=0), False, "minimum was 1, is 0"),
        (lambda d: d["paths"][DECLARE]["post"].pop("requestBody"), True, "it takes no body any more"),
        (
            lambda d: d["components"]["requestBodies"]["DeferParticipant"].update(required=False),
            False,
            "a body need not be sent",
        ),
        (
            lambda d: d["components"]["requestBodies"]["DeferParticipant"]["content"].popitem(),
            True,
            r"the content type application/vnd.api\+json is gone",
        ),
        (
            lambda d: d["components"]["requestBodies"]["DeferParticipant"]["content"].update(
                {"text/plain": {"schema": {}}}
            ),
            False,
            "the content type text/plain is new",
        ),
        (lambda d: d["paths"][LIST]["get"]["responses"].pop("200"), True, "200: the status is gone"),
        (lambda d: d["paths"][LIST]["get"]["responses"].pop("429"), False, "429: the status is gone"),
        (lambda d: d["paths"][LIST]["get"]["responses"].update({"206": {}}), True, "206: the status is new"),
        (lambda d: d["paths"][LIST]["get"]["responses"].update({"410": {}}), False, "410: the status is new"),
        (
            lambda d: d["components"]["responses"]["TooManyRequests"]["headers"].pop("Retry-After"),
            True,
            "the header Retry-After is gone",
        ),
        (
            lambda d: d["components"]["headers"]["RetryAfter"].update(required=False),
            True,
            "the header Retry-After need not be there",
        ),
        (
            lambda d: d["components"]["responses"]["NotFound"].update(headers={"X": {"schema": {}}}),
            False,
            "the header X is new",
        ),
        (lambda d: d["components"]["responses"]["NotFound"].pop("content"), True, "it has no body any more"),
        (lambda d: schemas(d)["TrainingStatus"]["enum"].append("paused"), True, "gained the value paused"),
        (lambda d: schemas(d)["TrainingStatus"]["enum"].remove("deferred"), False, "lost the value deferred"),
        (lambda d: schemas(d)["DeferReason"]["enum"].append("holiday"), False, "gained the value holiday"),
        (lambda d: schemas(d)["DeferReason"]["enum"].remove("other"), True, "lost the value other"),
        (lambda d: schemas(d)["DeferReason"].pop("enum"), False, "any value is allowed"),
        (lambda d: attributes(d)["properties"].pop("email"), True, "lost email"),
        (lambda d: attributes(d)["properties"].update(phone={"type": "string"}), False, "gained phone"),
        (lambda d: attributes(d)["required"].remove("email"), True, "email need not be there"),
        (lambda d: attributes(d)["properties"]["full_name"].update(nullable=True), True, "may be null"),
        (lambda d: attributes(d)["properties"]["email"].pop("nullable"), False, "null is no longer allowed"),
        (lambda d: attributes(d)["properties"]["cohort"].update(type="integer"), True, "type was string, is integer"),
        (
            lambda d: attributes(d)["properties"]["cohort"].pop("pattern"),
            True,
            r"pattern was \^\[0-9\]\{4\}\$, is not given",
        ),
        (lambda d: attributes(d)["properties"]["full_name"].update(pattern="."), False, "pattern was not given, is ."),
        (lambda d: attributes(d)["properties"]["mentor_id"].update(format="uri"), True, "format was uuid, is uri"),
        (
            lambda d: attributes(d)["properties"]["full_name"].update(maxLength=9),
            False,
            "maxLength was not given, is 9",
        ),
        (
            lambda d: schemas(d)["ErrorResponse"]["properties"]["errors"].update(minItems=0),
            True,
            "minItems was 1, is 0",
        ),
        (
            lambda d: schemas(d)["ECFParticipantDeferAttributes"]["required"].remove("reason"),
            False,
            "reason need not be there",
        ),
        (
            lambda d: schemas(d)["ECFParticipantChangeScheduleAttributes"]["required"].append("cohort"),
            True,
            "cohort must be there",
        ),
        (lambda d: schemas(d)["ECFParticipantDeferAttributes"]["properties"].pop("reason"), True, "lost reason"),
        (
            lambda d: schemas(d)["ECFParticipantDeferAttributes"].pop("additionalProperties"),
            False,
            "other members are allowed",
        ),
        (
            lambda d: schemas(d)["ParticipantDeclarationRequestAttributes"]["oneOf"].pop(0),
            True,
            "oneOf lost ECFParticipantStartedDeclaration",
        ),
    ],
)
def test_each_change_is_named_and_judged(change: Callable[[Document], object], breaking: bool, what: str) -> None:
    found = changed(change)
    named = [line for line in found if re.search(what, line)]
    assert named, found
    assert all(line.startswith("! ") == breaking for line in named), named


@pytest.mark.parametrize(
    ("reference", "complaint"),
    [
        ("#/components/schemas/Cat", "leads round in a circle"),
        ("#/components/schemas/Nowhere", "leads nowhere"),
        ("other.yaml#/Cat", "doesn't lead into the document"),
    ],
)
def test_a_reference_that_cannot_be_followed_ends_the_command_with_2(
    tmp_path: Path, reference: str, complaint: str
) -> None:
    new = small_contract()
    new["components"]["schemas"]["Cat"] = {"$ref": reference}
    (tmp_path / "old.yaml").write_text(yaml.safe_dump(small_contract()))
    (tmp_path / "new.yaml").write_text(yaml.safe_dump(new))
    code, output = run(tmp_path / "old.yaml", tmp_path / "new.yaml")
    assert code == 2
    assert complaint in output
    assert output.count("\n") == 1


def test_what_is_at_one_place_is_named_there_alone() -> None:
    def change(document: Document) -> None:
        document["paths"][LIST]["get"]["responses"]["410"] = {}

    assert changed(change) == [f"GET {LIST}: 410: the status is new"]


def test_a_shared_schema_is_named_wherever_it_is_used() -> None:
    found = changed(lambda document: schemas(document)["TrainingStatus"]["enum"].append("paused"))
    users = {line.split(":")[0] for line in found}
    assert len(users) == 11
    assert f"! GET {LIST}" in users


def test_a_schema_that_contains_itself_ends() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    ok = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Node"}}}}
    path = {"get": {"operationId": "x", "responses": {"200": ok}}}
    old: Document = {"paths": {"/x": path}, "components": {"schemas": {"Node": node}}}
    new = deepcopy(old)
    new["components"]["schemas"]["Node"]["properties"]["value"] = {"type": "string"}
    assert [change.what for change in changes(old, new)] == ["gained value"]


def test_every_operation_of_the_contract_is_compared() -> None:
    found = changed(lambda document: document.update(paths={}))
    assert len(found) == len(list(operations(specification("v1"))))
    assert all(line.startswith("! ") for line in found)
