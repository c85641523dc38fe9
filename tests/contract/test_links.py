"""The links of a contract lead from an answer to operations that can follow, and fill in what they need."""

import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from schemathesis.config import SchemathesisConfig
from schemathesis.openapi import from_dict

from tests.contract.contracts import CONTRACTS, V1, V3, Contract, each_contract
from tests.specifications import examples


def links(contract: Contract) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each link with the id of the operation it starts from and its own name."""
    for operation in contract.document.operations.values():
        for response in operation.responses.values():
            for name, link in response.get("links", {}).items():
                yield operation.id, name, link


each_link = pytest.mark.parametrize(
    ("contract", "source", "link"),
    [
        pytest.param(contract, source, link, id=f"{contract.name}-{source}-{name}")
        for contract in CONTRACTS
        for source, name, link in links(contract)
    ],
)


def answers(contract: Contract, operation_id: str) -> Iterator[Any]:
    for content in contract.document.operations[operation_id].responses["200"]["content"].values():
        yield from (value for _, value in examples(content))


def at(document: Any, pointer: str) -> Any:
    """The value at a JSON Pointer; fails the test where there is none."""
    for step in pointer.removeprefix("/").split("/"):
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def filled(expression: Any, request: Any, response: Any) -> Any:
    """A link's value with every runtime expression replaced by what it stands for."""
    if isinstance(expression, dict):
        return {name: filled(value, request, response) for name, value in expression.items()}
    for prefix, body in (("$request.body#", request), ("$response.body#", response)):
        if isinstance(expression, str) and expression.startswith(prefix):
            return at(body, expression.removeprefix(prefix))
    assert not str(expression).startswith("$")
    return expression


@each_link
def test_a_link_gives_what_its_operation_needs(contract: Contract, source: str, link: dict[str, Any]) -> None:
    target = contract.document.operations[link["operationId"]]
    named = set(link.get("parameters", {}))
    assert named <= {parameter["name"] for parameter in target.parameters}
    assert named >= {parameter["name"] for parameter in target.parameters if parameter.get("required")}
    assert ("requestBody" in link) == ("requestBody" in target.definition)
    assert link["description"]


@each_link
def test_a_link_filled_in_from_an_example_makes_a_good_request(
    contract: Contract, source: str, link: dict[str, Any]
) -> None:
    document = contract.document
    target = document.operations[link["operationId"]]
    bodies = document.follow(document.operations[source].definition.get("requestBody", {})).get("content", {}).values()
    request = next((value for content in bodies for _, value in examples(content)), None)
    response = next(answer for answer in answers(contract, source) if answer["data"])
    for parameter in target.parameters:
        if parameter["name"] in link.get("parameters", {}):
            value = filled(link["parameters"][parameter["name"]], request, response)
            assert document.complaints(parameter["schema"], value) == []
    if "requestBody" in link:
        schema = document.follow(target.definition["requestBody"])["content"]["application/json"]["schema"]
        assert document.complaints(schema, filled(link["requestBody"], request, response)) == []


@each_contract
def test_every_operation_on_a_record_can_be_reached_from_a_list(contract: Contract) -> None:
    """A walk that starts with nothing but a token must be able to reach everything."""
    operations = contract.document.operations
    reached = {id for id, operation in operations.items() if operation.method == "get" and "{id}" not in operation.path}
    edges = [(source, link["operationId"]) for source, _, link in links(contract)]
    while new := {target for source, target in edges if source in reached} - reached:
        reached |= new
    assert reached == set(operations)


CHAINS = {
    V1: [
        ("listEcfParticipants", "deferEcfParticipant", "resumeEcfParticipant", "getEcfParticipant"),
        ("listParticipants", "deferParticipant", "resumeParticipant"),
        ("listEcfParticipants", "createParticipantDeclaration", "getParticipantDeclaration"),
        ("createParticipantDeclaration", "getParticipantDeclaration", "voidParticipantDeclaration"),
        ("createParticipantDeclaration", "voidParticipantDeclaration", "getParticipantDeclaration"),
        ("createParticipantDeclaration", "listParticipantDeclarations", "voidParticipantDeclaration"),
    ],
    V3: [
        ("getParticipants", "deferParticipant", "resumeParticipant", "getParticipant"),
        ("getParticipants", "withdrawParticipant", "resumeParticipant", "deferParticipant"),
        ("getParticipants", "changeScheduleParticipant", "getParticipant"),
        ("getParticipants", "createDeclaration", "getDeclaration", "voidDeclaration", "getDeclaration"),
        ("createDeclaration", "getDeclarations", "voidDeclaration"),
        ("getSchools", "createPartnership", "getParticipants", "createDeclaration"),
        ("getSchools", "getSchool", "createPartnership", "getPartnership", "updatePartnership", "getDeliveryPartner"),
        ("getDeliveryPartners", "getPartnerships", "updatePartnership", "getPartnership"),
        ("getTransfers", "getTransfer", "getParticipant"),
    ],
}


@pytest.mark.parametrize(
    ("contract", "chain"),
    [
        pytest.param(contract, chain, id=f"{contract.name} {' → '.join(chain)}")
        for contract, chains in CHAINS.items()
        for chain in chains
    ],
)
def test_the_chains_that_matter_can_be_walked(contract: Contract, chain: tuple[str, ...]) -> None:
    edges = {(source, link["operationId"]) for source, _, link in links(contract)}
    assert set(pairwise(chain)) <= edges


def squeezed(*parts: str) -> str:
    """The words of `parts` joined by single underscores, as in the name of a Schemathesis rule."""
    return re.sub(r"[\W_]+", "_", " ".join(parts)).strip("_")


@each_contract
def test_schemathesis_reads_every_operation_and_can_follow_every_link(contract: Contract) -> None:
    # Building its state machine writes into the document, which everyone else shares.
    schema = from_dict(deepcopy(contract.document.content), config=SchemathesisConfig())
    assert len(list(schema.get_all_operations())) == len(contract.document.operations)
    rules = {squeezed(name) for name in vars(schema.as_state_machine())}
    for source, name, link in links(contract):
        operations = contract.document.operations
        start, target = operations[source], operations[link["operationId"]]
        words = (start.method.upper(), start.path, "200", name, target.method.upper(), target.path)
        assert squeezed(*words) in rules
