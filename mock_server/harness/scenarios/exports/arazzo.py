"""Arazzo 1.0.1: one document with a workflow for each scenario, beside the two contracts that it calls.

It uses only what all runners support: parameters at each step, `simple` and `regex` criteria, outputs by JSON
Pointer, and an explicit `Authorization`. It reports everything else as an omission, and never weakens a check silently.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

from mock_server import __version__
from mock_server.control.contract import control_contract_of
from mock_server.control.models import plain
from mock_server.harness.scenarios.checks import parts_of, written
from mock_server.harness.scenarios.exports.common import Export, Omission, providers, sent, token_name, too_long
from mock_server.harness.scenarios.links import without_links
from mock_server.harness.scenarios.model import CONTROL, RawBody, Scenario, Step
from mock_server.harness.scenarios.new_sandbox import new_sandbox
from mock_server.harness.scenarios.operations import SANDBOX, known_operations
from mock_server.harness.scenarios.references import names_in, pieces
from mock_server.http.json_pointer import json_pointer
from mock_server.rules.providers import PROVIDERS
from mock_server.service import Service

FILE: Final = "scenarios.arazzo.yaml"

# If such a pointer ends in a kept value, that value is an object or a list. No criterion can compare those.
_RECORD: Final = re.compile(r"(?:.*/)?(?:|data|[0-9]+)")


def export(scenarios: Sequence[Scenario]) -> Export:
    """The document, and copies of the contracts. `scenarios` are one or more of one service.

    People who run it say where the mock is: `--server NAME=URL` with the service's name, `--server control=URL`.
    """
    service = scenarios[0].service
    omissions: list[Omission] = []
    document = {
        "arazzo": "1.0.1",
        "info": {
            "title": "Lead provider API: the usage guide's scenarios",
            "version": __version__,
            "description": "Each workflow makes a sandbox of its own on the mock, and drops it at the end.",
        },
        "sourceDescriptions": [
            {"name": api, "url": f"{api}.yaml", "type": "openapi"} for api in (service.name, CONTROL)
        ],
        "workflows": [_workflow(scenario, omissions) for scenario in scenarios],
    }
    contracts = {
        f"{service.name}.yaml": service.contract_file.read_text("utf-8"),
        f"{CONTROL}.yaml": _yaml(control_contract_of(service)),
    }
    return Export({FILE: _yaml(document), **contracts}, tuple(omissions))


def _yaml(document: object) -> str:
    return yaml.dump(document, Dumper=_WithoutAliases, sort_keys=False, allow_unicode=True, width=110)


class _WithoutAliases(yaml.SafeDumper):
    """Writes a value in full each time it occurs, because not every tool supports YAML's aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _workflow(scenario: Scenario, omissions: list[Omission]) -> dict[str, Any]:
    exported = _Exported(scenario, omissions)
    return {
        "workflowId": scenario.id,
        "summary": scenario.title,
        "description": without_links(scenario.text),
        "steps": [exported.creation(), *exported.steps(), exported.deletion()],
    }


class _Exported:
    """The steps of one scenario. `omissions` collects what they can't express."""

    def __init__(self, scenario: Scenario, omissions: list[Omission]) -> None:
        self._scenario = scenario
        self._omissions = omissions
        # Ids must be unique in the whole document: one runner confuses equal step ids of two workflows.
        self._sandbox_id = f"{scenario.id}-sandbox"
        # The source of each kept value, as a runtime expression.
        self._expressions = {SANDBOX: f"$steps.{self._sandbox_id}.outputs.{SANDBOX}"}
        self._records: set[str] = set()
        for slug in providers(scenario):
            self._expressions[token_name(slug)] = f"$steps.{self._sandbox_id}.outputs.{token_name(slug)}"

    def creation(self) -> dict[str, Any]:
        # An output is a pointer with an index. It works because every sandbox lists its providers in the same order.
        slugs = [provider.slug for provider in PROVIDERS]
        tokens = {
            token_name(slug): f"$response.body#/providers/{slugs.index(slug)}/token"
            for slug in providers(self._scenario)
        }
        return {
            "stepId": self._sandbox_id,
            "description": "A sandbox of its own.",
            "operationId": "$sourceDescriptions.control.createSandbox",
            "requestBody": {"contentType": "application/json", "payload": plain(new_sandbox(self._scenario))},
            "successCriteria": [{"condition": "$statusCode == 201"}],
            "outputs": {SANDBOX: "$response.body#/id", **tokens},
        }

    def deletion(self) -> dict[str, Any]:
        return {
            "stepId": f"{self._scenario.id}-end",
            "description": "The end of the sandbox.",
            "operationId": "$sourceDescriptions.control.deleteSandbox",
            "parameters": [{"name": SANDBOX, "in": "path", "value": self._expressions[SANDBOX]}],
            "successCriteria": [{"condition": "$statusCode == 204"}],
        }

    def steps(self) -> Iterator[dict[str, Any]]:
        for number, step in enumerate((*self._scenario.given, *self._scenario.steps), start=1):
            obstacle = _obstacle(step, self._scenario.service) or self._lost(step)
            if obstacle:
                self._omit(step, f"no step: {obstacle}")
            else:
                yield self._step(f"{self._scenario.id}-{number}", step)

    def _lost(self, step: Step) -> str | None:
        for value in (step.path_parameters, step.query, step.headers, step.body):
            for name in names_in(value):
                if name not in self._expressions:
                    return f"it needs {name!r}, which a step that is left out would keep"
        return None

    def _omit(self, step: Step, what: str) -> None:
        self._omissions.append(Omission(self._scenario, step, what))

    def _step(self, id: str, step: Step) -> dict[str, Any]:
        described = {"description": without_links(step.text)} if step.text else {}
        exported = {
            "stepId": id,
            **described,
            "operationId": f"$sourceDescriptions.{step.api}.{step.operation}",
            **self._request(step),
            "successCriteria": list(self._criteria(step)),
        }
        if step.keep:
            exported["outputs"] = {name: _expression(pointer) for name, pointer in step.keep.items()}
        # The next step is the first that can use the value.
        for name, pointer in step.keep.items():
            self._expressions[name] = f"$steps.{id}.outputs.{name}"
            if _RECORD.fullmatch(pointer):
                self._records.add(name)
        return exported

    def _request(self, step: Step) -> dict[str, Any]:
        request = sent(step, self._stand_in)
        values = {**step.path_parameters, **({SANDBOX: f"${{{SANDBOX}}}"} if step.api == CONTROL else {})}
        parameters = [
            *({"name": name, "in": "path", "value": self._embedded(value)} for name, value in values.items()),
            *({"name": name, "in": "query", "value": self._embedded(value)} for name, value in step.query.items()),
            # The content type has its own place, below.
            *({"name": n, "in": "header", "value": v} for n, v in request.headers if n != "Content-Type"),
        ]
        exported: dict[str, Any] = {"parameters": parameters} if parameters else {}
        if request.body is not None:
            content_type = dict(request.headers).get("Content-Type", "application/json")
            payload = request.body if isinstance(step.body, RawBody) else _whole(request.body)
            exported["requestBody"] = {"contentType": content_type, "payload": payload}
        return exported

    def _stand_in(self, name: str) -> str:
        return f"{{{self._expressions[name]}}}"

    def _embedded(self, value: Any) -> Any:
        """The value of a parameter, with expressions in place of references."""
        if not isinstance(value, str):
            return value
        return _whole("".join(self._stand_in(part) if name else part for part, name in pieces(value)))

    # -- criteria --------------------------------------------------------------------------------

    def _criteria(self, step: Step) -> Iterator[dict[str, Any]]:
        expect = step.expect
        yield {"condition": f"$statusCode == {expect.status}"}
        headers = dict(expect.headers)
        if expect.rules is not None:
            headers["X-Mock-Rule"] = ", ".join(expect.rules)
        for name, check in headers.items():
            yield from self._of_check(step, f"the header {name}", f"$response.header.{name}", check)
        for pointer, check in expect.body.items():
            yield from self._of_check(step, pointer or "the body", _expression(pointer), check, pointer)

    def _of_check(
        self, step: Step, where: str, found: str, check: Any, pointer: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """The criteria for `check` of the value at `found`. What no criterion expresses becomes an omission."""
        for operator, wanted in parts_of(check):
            criteria = list(self._of_operator(operator, wanted, found, pointer))
            if criteria:
                yield from criteria
            else:
                self._omit(step, f"no check that {where} {operator} {written(wanted)}")

    def _of_operator(self, operator: str, wanted: Any, found: str, pointer: str | None) -> Iterator[dict[str, Any]]:
        if operator == "equals" and isinstance(wanted, Mapping) and pointer is not None:
            # Compare each member: a criterion compares single values only.
            for key, item in wanted.items():
                inner = pointer + json_pointer([key])
                yield from self._of_operator("equals", item, _expression(inner), inner)
        elif operator in ("equals", "not") and self._comparable(wanted, pointer):
            sign = "==" if operator == "equals" else "!="
            yield {"condition": f"{found} {sign} {self._operand(wanted)}"}
        elif operator in ("matches", "contains") and isinstance(wanted, str) and not list(names_in(wanted)):
            pattern = wanted if operator == "matches" else re.escape(wanted)
            yield {"context": found, "type": "regex", "condition": pattern}

    def _comparable(self, wanted: Any, pointer: str | None) -> bool:
        if isinstance(wanted, (list, Mapping)) or pointer == "":
            return False
        names = list(names_in(wanted))
        return not names or (f"${{{names[0]}}}" == wanted and names[0] not in self._records)

    def _operand(self, wanted: Any) -> str:
        if isinstance(wanted, str):
            names = list(names_in(wanted))
            return self._expressions[names[0]] if names else "'" + wanted.replace("'", "''") + "'"
        return json.dumps(wanted)


def _obstacle(step: Step, service: Service) -> str | None:
    """Why a workflow can't include `step`; None when it can."""
    if step.operation is None:
        return "it calls no operation of the contract"
    if too_long(step):
        return "its body is too long"
    if step.body is None and known_operations(service)[step.operation].takes_body:
        return "where a workflow gives no body, the contract's example is sent"
    if step.expect.status == 200 and step.expect.body.get("") == "":
        return "an empty answer is taken for an empty object, which breaks the contract"
    return None


def _expression(pointer: str) -> str:
    return f"$response.body#{pointer}" if pointer else "$response.body"


def _whole(value: Any) -> Any:
    """`value` without the braces around an expression that stands alone. Only embedded expressions need braces."""
    if isinstance(value, str):
        return value[1:-1] if re.fullmatch(r"\{\$[^{}]+\}", value) else value
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items()}
    return [_whole(item) for item in value] if isinstance(value, list) else value
