"""The usage guide: it runs every scenario once against a mock of its own, and shows what really happened."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from docs.generator.contract import Contract, Operation, schema_anchor
from docs.generator.snippets import LANGUAGES, Sending, as_json, curl, http
from mock_server.harness.exchange import Response
from mock_server.harness.scenarios.links import with_addresses
from mock_server.harness.scenarios.loader import load_scenarios
from mock_server.harness.scenarios.model import RawBody, Scenario, ScenarioResult, StepResult
from mock_server.harness.scenarios.report import failure_lines
from mock_server.harness.scenarios.runner import RULE_HEADER, run
from mock_server.harness.scenarios.sections import Section
from mock_server.harness.scenarios.target import open_target
from mock_server.harness.scenarios.world import new_world
from mock_server.harness.v1.scenarios.sections import INTEGRATION, USAGE
from mock_server.own_server import own_server
from mock_server.rules.providers import PROVIDERS
from mock_server.v1.service import V1

# The usual address of a mock, which the examples print.
BASE_URL: Final = "http://127.0.0.1:8080"
# The guide shows this many records of a longer list, and counts the others.
SHOWN_RECORDS: Final = 2
SHOWN_LINES: Final = 4
# The headers of an answer that tell readers something. The server needs the others.
SHOWN_HEADERS: Final = ("content-type", "allow", "retry-after", RULE_HEADER)

_PROVIDER_NAMES: Final = {provider.slug: provider.name for provider in PROVIDERS}


class GuideBroken(Exception):
    """A scenario didn't go as it says, so a guide made from it would be wrong."""


@cache
def results() -> Mapping[str, ScenarioResult]:
    """The result of each scenario, by its id, in the order of the guide.

    Raises:
        GuideBroken: a step failed.
    """
    found = {}
    with own_server() as base_url, open_target(base_url) as target:
        for scenario in load_scenarios(V1):
            result = run(scenario, target)
            for step in (*result.given, *result.steps):
                for failure in step.failures:
                    raise GuideBroken(
                        f"{scenario.file.name}:{step.step.line}: {failure.requirement}: "
                        f"expected {failure.expected}, got {failure.actual}"
                    )
            found[scenario.id] = result
    return found


def told(section: Section, kind: str) -> list[ScenarioResult]:
    """The section's stories of that kind, in order."""
    return [r for r in results().values() if r.scenario.section == section and r.scenario.kind == kind]


@cache
def operations_in(section: Section) -> list[Operation]:
    """The operations of a section: those that name it in the contract, otherwise those of its first story."""
    contract = Contract.of(V1)
    named = [operation for operation in contract.operations if operation.guide == section.anchor]
    first = told(section, "main")[0]
    used = {step.step.operation for step in first.steps if step.step.api == "v1"}
    return named or [operation for operation in contract.operations if operation.id in used]


def sections_about(operation: Operation) -> list[Section]:
    """The sections of the guide about the operation: the reverse of `operations_in`."""
    return [section for section in USAGE if operation in operations_in(section)]


def page_of(section: Section) -> str:
    return "running-an-integration.md" if section == INTEGRATION else "ecf-usage.md"


def text_for(page: str, text: str) -> str:
    """A scenario's Markdown with the addresses of its links, relative to `page`."""

    def address(kind: str, name: str) -> str:
        there = page_of(results()[name].scenario.section if kind == "scenario" else _section(name))
        return f"#{name}" if there == page else f"{there}#{name}"

    return with_addresses(text, address)


def _section(anchor: str) -> Section:
    return next(r.scenario.section for r in results().values() if r.scenario.section.anchor == anchor)


# -- requests ------------------------------------------------------------------------------------


def sending_of(result: StepResult) -> Sending:
    """The step's request for a snippet, without the token of the scenario's provider."""
    request, body = result.request, result.step.body
    raw = body if isinstance(body, RawBody) else None
    return Sending(
        BASE_URL,
        request.method,
        request.path,
        request.query,
        {_title(name): value for name, value in request.headers.items() if not _left_out(name, value)},
        json=None if raw else request.json,
        raw=raw,
    )


def token_of(scenario: Scenario, provider: str) -> str:
    """The provider's token in the scenario's sandbox, when the sandbox has the scenario's name as its id."""
    return f"{provider}-token.{scenario.id}"


def scene(result: ScenarioResult) -> str:
    """Shell commands that create the scenario's world on a mock, up to the start of the story."""
    scenario = result.scenario
    world = {"id": scenario.id, **new_world(scenario), "rate_limit": scenario.rate_limit}
    sendings = [Sending(BASE_URL, "POST", "/_mock/sandboxes", (), {}, json=world)]
    for each in result.given:
        token = f"Bearer {token_of(scenario, each.step.provider)}"
        authentication = {"Authorization": token} if each.step.api == "v1" else {}
        sending = sending_of(each)
        sendings.append(replace(sending, headers={**sending.headers, **authentication}))
    return "\n".join(curl(sending) for sending in sendings)


def _left_out(name: str, value: str) -> bool:
    """Leaves out authentication, unless a wrong token is the point. The body implies its own content type."""
    return name == "content-type" or (name == "authorization" and "$" in value)


def _title(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


# -- answers -------------------------------------------------------------------------------------


def answer(response: Response) -> str:
    """The answer as it came, with long lists shortened."""
    lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
    lines += [f"{_title(name)}: {response.headers[name]}" for name in SHOWN_HEADERS if name in response.headers]
    head, body = "\n".join(lines), shortened(response)
    return f"{head}\n\n{body}" if body else head


def shortened(response: Response) -> str:
    """The body at a readable length. A count replaces the parts that it leaves out."""
    if response.json is not None:
        return _shortened_json(response.json)
    lines = response.content.splitlines()
    if len(lines) <= SHOWN_LINES + 1:
        return response.content.rstrip("\n")
    return "\n".join([*lines[:SHOWN_LINES], f"… and {len(lines) - SHOWN_LINES} more lines"])


def _shortened_json(value: Any) -> str:
    marks: dict[str, str] = {}

    def cut(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: cut(each) for name, each in node.items()}
        if not isinstance(node, list):
            return node
        kept = [cut(each) for each in node[:SHOWN_RECORDS]]
        more = len(node) - SHOWN_RECORDS
        # Show a list in full if it has only one record too many: the mark would take as much room.
        if more <= 1:
            return [cut(each) for each in node]
        mark = f"(left out {len(marks)})"
        marks[mark] = f"// … and {more} more"
        return [*kept, mark]

    text = as_json(cut(value))
    for mark, words in marks.items():
        text = text.replace(json.dumps(mark), words)
    return text


# -- stories -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Written:
    """A request in one language."""

    language: str
    lexer: str
    code: str


@dataclass(frozen=True, slots=True)
class Described:
    """Where the reference describes an answer: the name and anchor of its schema, and the operation that gave it."""

    schema: str
    schema_anchor: str
    operation: Operation


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as the page shows it. `text` is Markdown. `acts_as` is the name of another provider that acts here.

    `part` begins a new part of the story. `described` is None for an answer that is neither a list nor a record.
    """

    id: str
    heading: str
    requests: Sequence[Written]
    status: int
    answer: str
    rules: Sequence[str]
    text: str = ""
    api: str = "v1"
    acts_as: str | None = None
    part: str = ""
    described: Described | None = None


@cache
def _contract() -> Contract:
    return Contract.of(V1)


def _described(operation_id: str, response: Response) -> Described | None:
    """The schema of a list or a record; None for everything else, such as CSV and refusals."""
    operation = _contract().operation(operation_id)
    if response.status != 200:
        return None
    answered_with = next(each for each in operation.responses if each.status == "200")
    name, _ = _contract().follow(answered_with.bodies[0].schema)
    return Described(name, schema_anchor(name), operation) if name else None


def shown(identifier: str, sending: Sending, response: Response) -> Shown:
    return Shown(
        id=identifier,
        heading=f"{sending.method} {sending.path}",
        requests=[Written(each.name, each.lexer, each.write(sending)) for each in LANGUAGES],
        status=response.status,
        answer=answer(response),
        rules=rules_of(response),
    )


def shown_steps(page: str, result: ScenarioResult) -> Iterator[Shown]:
    for number, (each, response) in enumerate(answered(result), 1):
        step = each.step
        other = step.api == "v1" and step.provider != result.scenario.provider
        yield replace(
            shown(f"{result.scenario.id}-{number}", sending_of(each), response),
            text=text_for(page, step.text),
            api=step.api,
            acts_as=_PROVIDER_NAMES[step.provider] if other else None,
            part=step.heading,
            described=_described(step.operation, response) if step.api == "v1" and step.operation else None,
        )


def statuses(result: ScenarioResult) -> list[int]:
    """The statuses of the refusals in a story, without repeats."""
    return sorted({response.status for _, response in answered(result) if response.status >= 400})


def rules_of(response: Response) -> list[str]:
    """The rules that refused the request, from the mock's header."""
    named = response.headers.get(RULE_HEADER)
    return named.split(", ") if named else []


def answered(result: ScenarioResult) -> Iterator[tuple[StepResult, Response]]:
    """The steps with their answers. Every step has an answer, because otherwise `results` fails."""
    for step in result.steps:
        if step.response is not None:
            yield step, _with_tokens(result.scenario, step.response)


def _with_tokens(scenario: Scenario, response: Response) -> Response:
    """The answer with its real tokens, because the runner replaces tokens with other words."""
    content = response.content
    for provider in _PROVIDER_NAMES:
        stands = "$TOKEN" if provider == scenario.provider else f"${provider.upper()}_TOKEN"
        content = content.replace(f'"{stands}"', f'"{token_of(scenario, provider)}"')
    return replace(response, content=content)


def failed_story() -> str:
    """The report of `ecf-mock scenarios run` about a story whose token the server doesn't know.

    Raises:
        GuideBroken: the story passed.
    """
    story = next(each for each in load_scenarios(V1) if each.portable)
    with own_server() as base_url, open_target(base_url, "no-such-token") as target:
        result = run(story, replace(target, control=None))
    if result.outcome != "failed":
        raise GuideBroken(f"{story.id} {result.outcome} with a wrong token")
    lines = [f"failed  {story.id}", *(f"  {line}" for line in failure_lines(result))]
    return "\n".join(lines).replace(base_url, BASE_URL)


@dataclass(frozen=True, slots=True)
class Example:
    """A request that a rule refused, in the story `scenario`."""

    scenario: Scenario
    request: str
    answer: str


def example_of(rule: str) -> Example:
    """An example from the shortest story that has one, if possible refused by that rule alone and with usual settings.

    Raises:
        GuideBroken: no story has an example.
    """
    found = [
        (
            len(rules_of(response)),
            result.scenario.replay != "return",
            len(result.steps),
            result.scenario,
            step,
            response,
        )
        for result in results().values()
        for step, response in answered(result)
        if rule in rules_of(response)
    ]
    if not found:
        raise GuideBroken(f"no scenario is refused by {rule}")
    *_, scenario, step, response = min(found, key=lambda each: each[:3])
    return Example(scenario, http(sending_of(step)), answer(response))
