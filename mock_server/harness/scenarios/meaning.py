"""Checks the meaning of a scenario file whose shape is right."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mock_server.harness.scenarios.checks import expressions_in
from mock_server.harness.scenarios.complaints import Mistake, suggestion
from mock_server.harness.scenarios.kit import scenario_kit
from mock_server.harness.scenarios.model import CONTROL
from mock_server.harness.scenarios.operations import KnownOperation, known_operations
from mock_server.harness.scenarios.positions import Place
from mock_server.harness.scenarios.references import literally_filled_in, names_in
from mock_server.rules.moments import parse_rfc3339
from mock_server.rules.providers import PROVIDERS
from mock_server.service import Service

_PROVIDERS = [provider.slug for provider in PROVIDERS]


def meaning_complaints(value: Mapping[str, Any], file: Path, service: Service) -> Iterator[Mistake]:
    """Mistakes in the document `value`, which stands in `file` among the scenarios of `service`."""
    if value["id"] != file.stem:
        yield Mistake(("id",), f"the file of {value['id']!r} must be called {value['id']}.yaml")
    if value.get("api", service.name) != service.name:
        said = f"this file stands among the scenarios of {service.name!r}: write that, or move the file"
        yield Mistake(("api",), said)
    kit = scenario_kit(service)
    if kit is not None and value["section"] not in kit.sections:
        hint = suggestion(value["section"], kit.sections)
        yield Mistake(("section",), f"no section is called {value['section']!r}{hint}")
    if parse_rfc3339(value["clock"]) is None:
        yield Mistake(("clock",), f"the calendar has no {value['clock']}; write a real moment")
    yield from _provider_complaints(value["provider"], ("provider",))
    kept: set[str] = set()
    for part in ("given", "steps"):
        for index, step in enumerate(value.get(part, ())):
            place: Place = (part, index)
            for member, example in (("text", "what happens here"), ("expect", "{status: 200}")):
                if part == "steps" and member not in step:
                    yield Mistake(place, f"{member!r} is missing: each of the steps needs one, such as {example}")
            yield from _step_complaints(step, place, service)
            yield from _reference_complaints(step, place, kept)
            if value.get("portable"):
                yield from _portable_complaints(step, place, service)
    if value.get("portable"):
        for member in ("replay", "rate_limit"):
            if member in value:
                yield Mistake((member,), f"a portable scenario can't choose {member!r}; remove it, or portable")


def _provider_complaints(slug: str, place: Place) -> Iterator[Mistake]:
    if slug not in _PROVIDERS:
        yield Mistake(place, f"no lead provider is called {slug!r}{suggestion(slug, _PROVIDERS)}")


def _step_complaints(step: Mapping[str, Any], place: Place, service: Service) -> Iterator[Mistake]:
    if "as" in step:
        yield from _provider_complaints(step["as"], (*place, "as"))
    if "body" in step and "raw_body" in step:
        yield Mistake((*place, "raw_body"), "a step has one body: remove 'body' or 'raw_body'")
    for index, rule in enumerate(step.get("expect", {}).get("rules", ())):
        if rule not in service.catalogue:
            where = (*place, "expect", "rules", index)
            yield Mistake(where, f"no rule has the id {rule!r}{suggestion(rule, service.catalogue)}")
    yield from _expression_complaints(step.get("expect", {}), (*place, "expect"))
    if ("operation" in step) == ("request" in step):
        yield Mistake(place, "a step names what it calls: either 'operation' or 'request'")
    elif "operation" in step:
        operations = known_operations(service)
        if step["operation"] in operations:
            yield from _parameter_complaints(step, operations[step["operation"]], place)
        else:
            said = f"no operation has the id {step['operation']!r}{suggestion(step['operation'], operations)}"
            yield Mistake((*place, "operation"), said)
    elif "expect" not in step:
        yield Mistake(place, "'expect' is missing: only an operation has a status to expect by itself")


def _expression_complaints(expect: Mapping[str, Any], place: Place) -> Iterator[Mistake]:
    for part in ("headers", "body"):
        for name, check in expect.get(part, {}).items():
            for where, expression in expressions_in(check):
                try:
                    re.compile(literally_filled_in(expression, dict.fromkeys(names_in(expression), "")))
                except (re.error, OverflowError, RecursionError) as error:
                    message = f"'matches' can't be {expression!r}: as a regular expression it is wrong, {error}"
                    yield Mistake((*place, part, name, *where), message)


def _parameter_complaints(step: Mapping[str, Any], operation: KnownOperation, place: Place) -> Iterator[Mistake]:
    parameters = step.get("parameters", {})
    for kind, known in (("path", operation.path_names), ("query", operation.query_names)):
        for name in parameters.get(kind, {}):
            if name not in known:
                where = (*place, "parameters", kind, name)
                hint = suggestion(name, sorted(known)) if known else "; remove it"
                yield Mistake(where, f"{step['operation']} has no {kind} parameter {name!r}{hint}")
    for name in sorted(operation.path_names - parameters.get("path", {}).keys()):
        yield Mistake(place, f"{step['operation']} needs parameters: {{path: {{{name}: …}}}}")


def _reference_complaints(step: Mapping[str, Any], place: Place, kept: set[str]) -> Iterator[Mistake]:
    """Mistakes in references. It also adds what the step keeps to `kept`, because later steps may refer to it."""
    for member in ("parameters", "body", "raw_body", "expect"):
        for name in dict.fromkeys(names_in(step.get(member))):
            if name not in kept:
                hint = suggestion(name, sorted(kept)) if kept else "; keep it in an earlier step"
                yield Mistake((*place, member), f"nothing is kept as {name!r} before this step{hint}")
    for name in step.get("keep", {}):
        if name in kept:
            yield Mistake((*place, "keep", name), f"{name!r} is kept already; choose another name")
        kept.add(name)


def _portable_complaints(step: Mapping[str, Any], place: Place, service: Service) -> Iterator[Mistake]:
    operation = known_operations(service).get(step.get("operation", ""))
    if operation and operation.api == CONTROL:
        yield Mistake((*place, "operation"), "a portable scenario has no control API; remove this, or portable")
    if "as" in step:
        yield Mistake((*place, "as"), "a portable scenario has one token only; remove this, or portable")
