"""The typed values have the members that the contract gives them, no more and no fewer."""

import dataclasses
from types import NoneType
from typing import Any, get_args, get_type_hints, is_typeddict

import pytest

from mock_server import settings
from mock_server.control import models
from mock_server.v1.control import models as v1_models
from mock_server.v3.control import models as v3_models
from tests.specifications import Document

CONTROL = Document("control")

# What a service's part of the contract is called in the whole.
PREFIXES = {v1_models.__name__: "v1.", v3_models.__name__: "v3."}
# Types of v3 whose schemas have other names.
V3_NAMES = {
    "NewPartnership": "PartnershipCreation",
    "NewStatement": "StatementCreation",
    "People": "PeopleCreation",
    "PeopleMix": "PeopleCreation.mix",
    "UpliftFacts": "Uplift",
}

SCHEMAS: dict[Any, str] = {
    models.Health: "Health",
    models.Clock: "Clock",
    models.RateLimit: "RateLimit",
    models.Provider: "Provider",
    models.Sandbox: "Sandbox",
    models.Sandboxes: "Sandboxes",
    v1_models.Enrolment: "Enrolment",
    v1_models.Participant: "Participant",
    v1_models.Participants: "Participants",
    v1_models.Statement: "Statement",
    v1_models.Declaration: "Declaration",
    v1_models.Declarations: "Declarations",
    models.FaultMatch: "Fault.match",
    models.FaultResponse: "Fault.respond",
    models.Fault: "Fault",
    models.Faults: "Faults",
    models.JournalMessage: "JournalMessage",
    models.JournalEntry: "JournalEntry",
    models.JournalPage: "JournalPage",
    models.ReadinessSummary: "ReadinessSummary",
    models.RequirementResult: "RequirementResult",
    models.Readiness: "Readiness",
    models.Snapshot: "Snapshot",
    models.Drill: "Drill",
    models.Complaint: "ProblemError",
    models.ClockSetting: "ClockSetting",
    models.SandboxSettings: "SandboxSettings",
    models.NewSandbox: "SandboxCreation",
    models.NewDrill: "DrillCreation",
    v1_models.NewParticipant: "ParticipantCreation",
    v1_models.People: "PeopleCreation",
    v1_models.PeopleMix: "PeopleCreation.mix",
    v1_models.Registration: "Registration",
    v1_models.Details: "ParticipantDetails",
    v1_models.Transfer: "Transfer",
    models.NewFaultMatch: "FaultCreation.match",
    models.NewFaultResponse: "FaultCreation.respond",
    models.NewFault: "FaultCreation",
} | {
    kind: V3_NAMES.get(name, name)
    for name, kind in vars(v3_models).items()
    if is_typeddict(kind) or (isinstance(kind, type) and dataclasses.is_dataclass(kind))
}

# Types that stand in the contract's part of each service, under the same name.
OF_EVERY_SERVICE: dict[Any, str] = {models.NewPeople: "NewPeople"}


def schema_of(kind: Any) -> dict[str, Any]:
    name, *members = SCHEMAS[kind].split(".")
    of_service = PREFIXES.get(kind.__module__, "")
    schema: dict[str, Any] = CONTROL.follow({"$ref": f"#/components/schemas/{of_service}{name}"})
    for member in members:
        schema = schema["properties"][member]
    return schema


def required_members(kind: Any) -> set[str]:
    if is_typeddict(kind):
        return set(kind.__required_keys__)
    return {field.name for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING}


def test_every_type_is_compared_with_its_schema() -> None:
    # The type of a problem tells a program nothing: it is about:blank throughout.
    others = {models.Problem, models.RequestFilters, *OF_EVERY_SERVICE}
    assert {
        kind
        for kind in (*vars(models).values(), *vars(v1_models).values(), *vars(v3_models).values())
        if is_typeddict(kind) or (isinstance(kind, type) and dataclasses.is_dataclass(kind))
    } == {*SCHEMAS, *others}


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_type_has_the_members_of_its_schema(kind: Any) -> None:
    schema = schema_of(kind)
    hints = get_type_hints(kind)
    assert set(hints) == set(schema["properties"])
    assert required_members(kind) == set(schema.get("required", ()))


@pytest.mark.parametrize("prefix", PREFIXES.values())
@pytest.mark.parametrize("kind", OF_EVERY_SERVICE)
def test_a_type_of_every_service_has_the_members_of_each_schema(kind: Any, prefix: str) -> None:
    schema = CONTROL.follow({"$ref": f"#/components/schemas/{prefix}{OF_EVERY_SERVICE[kind]}"})
    assert set(get_type_hints(kind)) == set(schema["properties"]) == set(schema["required"]) == required_members(kind)


@pytest.mark.parametrize("kind", [kind for kind in SCHEMAS if kind is not models.Complaint])
def test_a_member_may_be_none_where_the_schema_says_null(kind: Any) -> None:
    for name, hint in get_type_hints(kind).items():
        if hint is not Any:
            nullable = schema_of(kind)["properties"][name].get("nullable", False)
            assert (NoneType in get_args(hint)) is nullable, name


@pytest.mark.parametrize(
    ("words", "schema"),
    [
        (settings.Seed, "Seed"),
        (settings.Replay, "Replay"),
        (settings.Statements, "Statements"),
        (models.FaultApply, "FaultApply"),
        (models.ContractKept, "ContractKept"),
        (models.RequirementLevel, "RequirementLevel"),
        (models.Verdict, "Verdict"),
    ],
)
def test_the_words_of_a_type_are_those_of_its_schema(words: Any, schema: str) -> None:
    assert list(get_args(words)) == CONTROL.follow({"$ref": f"#/components/schemas/{schema}"})["enum"]


def test_the_filters_are_the_query_parameters_of_the_journal() -> None:
    parameters = CONTROL.operations["listRequests"].parameters
    names = {parameter["name"] for parameter in parameters if parameter["in"] == "query"}
    assert set(get_type_hints(models.RequestFilters)) == names
