"""Reads the scenarios of a service. It refuses what can't run, with file, line and what to write instead."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mock_server.harness.scenarios.complaints import ScenarioError, shape_complaints, suggestion
from mock_server.harness.scenarios.kit import scenario_kit
from mock_server.harness.scenarios.links import links_in
from mock_server.harness.scenarios.meaning import meaning_complaints
from mock_server.harness.scenarios.model import NONE, Expectation, RawBody, Scenario, Step
from mock_server.harness.scenarios.operations import known_operations
from mock_server.harness.scenarios.positions import Document, Unreadable, read
from mock_server.harness.scenarios.sections import Section
from mock_server.service import Service


def load_scenarios(service: Service, folder: Path | None = None) -> tuple[Scenario, ...]:
    """Every scenario of `service`, from its own folder or from `folder`, in the order of the guide.

    Raises:
        ScenarioError: at least one file can't be used. The error lists every mistake in every file.
    """
    mistakes: list[str] = []
    scenarios: list[Scenario] = []
    for file in sorted((folder or service.scenarios).glob("*.yaml")):
        try:
            scenarios.append(load_scenario(file, service))
        except ScenarioError as error:
            mistakes += error.mistakes
    places: dict[tuple[int, str, int], Scenario] = {}
    for scenario in scenarios:
        other = places.setdefault(scenario.order, scenario)
        if other is not scenario:
            mistakes.append(
                f"{scenario.file}:1: {other.file.name} has place {scenario.place} of {scenario.section.anchor} "
                f"already; the next free one is {_free_place(scenario, scenarios)}"
            )
    if not mistakes:
        mistakes = list(_link_mistakes(service, scenarios))
    if mistakes:
        raise ScenarioError(mistakes)
    return tuple(sorted(scenarios, key=lambda scenario: scenario.order))


def _free_place(scenario: Scenario, scenarios: Sequence[Scenario]) -> int:
    return 1 + max(other.place for other in scenarios if other.section == scenario.section)


def _link_mistakes(service: Service, scenarios: Sequence[Scenario]) -> Iterator[str]:
    kit = scenario_kit(service)
    sections = list(kit.sections) if kit else [scenario.section.anchor for scenario in scenarios]
    known = {"scenario": [scenario.id for scenario in scenarios], "section": list(dict.fromkeys(sections))}
    for scenario in scenarios:
        texts = [(1, scenario.text), *((step.line, step.text) for step in (*scenario.given, *scenario.steps))]
        for line, text in texts:
            for kind, name in links_in(text):
                if name not in known[kind]:
                    hint = suggestion(name, known[kind])
                    yield f"{scenario.file}:{line}: the text links to the {kind} {name!r}, which isn't there{hint}"


def load_scenario(file: Path, service: Service) -> Scenario:
    """The scenario of `service` in `file`. Raises ScenarioError with all the mistakes that it can find in one pass."""
    try:
        document = read(file.read_text("utf-8"))
    except Unreadable as error:
        raise ScenarioError([f"{file}:{error.line}: {error}"]) from error
    except UnicodeDecodeError as error:
        raise ScenarioError([f"{file}:1: this isn't UTF-8; save it as such"]) from error
    # Check the meaning of a step only after its shape is right.
    complaints = shape_complaints(document.value) or list(meaning_complaints(document.value, file, service))
    if complaints:
        lines = sorted((document.line(complaint.place), complaint.message) for complaint in complaints)
        raise ScenarioError(f"{file}:{line}: {message}" for line, message in lines)
    return _scenario(document, file, service)


def _scenario(document: Document, file: Path, service: Service) -> Scenario:
    value = document.value
    section, number = _section(value["section"], service)

    def steps(part: str) -> tuple[Step, ...]:
        listed: list[Any] = value.get(part, [])
        return tuple(_step(s, value["provider"], document.line((part, i)), service) for i, s in enumerate(listed))

    return Scenario(
        id=value["id"],
        file=file,
        service=service,
        order=(number, section.anchor, value["place"]),
        section=section,
        place=value["place"],
        kind=value["kind"],
        title=value["title"],
        text=value["text"].strip(),
        seed=value["seed"],
        clock=value["clock"],
        provider=value["provider"],
        replay=value.get("replay", "return"),
        rate_limit=value.get("rate_limit"),
        portable=value.get("portable", False),
        given=steps("given"),
        steps=steps("steps"),
    )


def _section(anchor: str, service: Service) -> tuple[Section, int]:
    """The section, and its number in the guide. Without a guide, each section has the number 0."""
    kit = scenario_kit(service)
    if kit is None:
        title = anchor.replace("-", " ").capitalize()
        return Section(anchor, title, title), 0
    return kit.sections[anchor], list(kit.sections).index(anchor)


def _step(value: Mapping[str, Any], provider: str, line: int, service: Service) -> Step:
    parameters = value.get("parameters", {})
    operation = known_operations(service)[value["operation"]] if "operation" in value else None
    method, path = (operation.method, operation.path) if operation else value["request"].split(" ", 1)
    raw = value.get("raw_body")
    expect = value.get("expect", {})
    return Step(
        text=value.get("text", "").strip(),
        heading=value.get("heading", ""),
        operation=value.get("operation"),
        api=operation.api if operation else NONE,
        method=method,
        path=path,
        provider=value.get("as", provider),
        path_parameters=parameters.get("path", {}),
        query=parameters.get("query", {}),
        headers=parameters.get("header", {}),
        body=RawBody(**raw) if raw else value.get("body"),
        keep=value.get("keep", {}),
        expect=Expectation(
            status=expect["status"] if expect else operation.success if operation else 200,
            headers=expect.get("headers", {}),
            body=expect.get("body", {}),
            rules=tuple(expect["rules"]) if "rules" in expect else None,
        ),
        line=line,
    )
