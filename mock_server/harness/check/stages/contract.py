"""The stage `contract`: checks that the document is valid and complete, before it tests any server."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator

from mock_server.harness.check.operations import parameter_examples
from mock_server.harness.check.outcome import Finding, StageResult
from mock_server.http.contract import Operation, operations, resolve
from mock_server.http.json_schema import validator, violations

# The answers that any request may get, and those that a server must be able to give.
_ALWAYS = ("200", "400", "401", "405", "429", "500")
_WITH_BODY = ("408", "413", "422")


def check_contract(stage: StageResult, specification: Mapping[str, Any]) -> None:
    """Adds a finding to `stage` for everything that is wrong with the document."""
    found = list(operations(specification))
    for operation, what, says, came in (
        *_invalid(specification),
        *_repeated_ids(found),
        *_wrong_examples(specification, found),
        *_missing_statuses(specification, found),
    ):
        stage.findings.append(Finding(stage.name, operation, what, says, came))
    stage.facts["operations"] = len(found)
    stage.facts["examples"] = stage.cases = sum(1 for _ in _examples(specification, found))


Problem = tuple[str | None, str, str, str]


def _invalid(specification: Mapping[str, Any]) -> Iterator[Problem]:
    for error in OpenAPIV30SpecValidator(dict(specification)).iter_errors():
        where = "/".join(map(str, error.absolute_path))
        yield None, f"{where} is no valid OpenAPI", "the document is valid OpenAPI 3.0", str(error.message)


def _repeated_ids(found: list[Operation]) -> Iterator[Problem]:
    for id, count in Counter(operation.id for operation in found).items():
        if count > 1:
            yield id, "its operation id is taken twice", "operation ids are unique", f"{count} operations have it"


def _examples(specification: Mapping[str, Any], found: list[Operation]) -> Iterator[tuple[str, str, Any, Any]]:
    """(operation, place, schema, example) for each example of a parameter, a request or an answer."""
    for operation in found:
        for parameter in operation.parameters:
            for example in parameter_examples(parameter):
                yield operation.id, f"parameter {parameter['name']}", parameter["schema"], example
        body = resolve(specification, operation.definition.get("requestBody")) or {}
        places = {"request": body.get("content", {})}
        for status, reference in operation.definition["responses"].items():
            places[status] = resolve(specification, reference).get("content", {})
        for place, content in places.items():
            for media_type in content.values():
                for name, reference in media_type.get("examples", {}).items():
                    example = resolve(specification, reference)["value"]
                    yield operation.id, f"{place}, example {name}", media_type["schema"], example
                if "example" in media_type:
                    yield operation.id, f"{place}, example", media_type["schema"], media_type["example"]


def _wrong_examples(specification: Mapping[str, Any], found: list[Operation]) -> Iterator[Problem]:
    for operation, place, schema, example in _examples(specification, found):
        for violation in violations(validator(specification, resolve(specification, schema)), example):
            yield operation, f"{place} doesn't fit its schema", "examples fit their schemas", str(violation)


def _missing_statuses(specification: Mapping[str, Any], found: list[Operation]) -> Iterator[Problem]:
    for operation in found:
        wanted = _ALWAYS + (_WITH_BODY if "requestBody" in operation.definition else ())
        for status in wanted:
            if status not in operation.definition["responses"]:
                yield operation.id, f"{status} isn't documented", f"it documents {', '.join(wanted)}", "it doesn't"
        body = resolve(specification, operation.definition.get("requestBody"))
        for media_type, content in (body or {}).get("content", {}).items():
            if not content.get("examples"):
                yield operation.id, f"no example of a {media_type} request", "every request has an example", "none"
        for status, reference in operation.definition["responses"].items():
            for content in resolve(specification, reference).get("content", {}).values():
                if not content.get("examples") and "example" not in content:
                    yield operation.id, f"no example of {status}", "every answer has an example", "none"
