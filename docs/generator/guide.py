"""The usage guides: each runs every scenario of its service once against a mock, and shows what really happened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from docs.generator.addresses import link
from docs.generator.answers import answer, title
from docs.generator.contract import Contract, Operation
from docs.generator.exchanges import Described, ShownExchange, shown
from docs.generator.snippets import Sending, curl, http
from mock_server.harness.exchange import Response
from mock_server.harness.scenarios.kit import ScenarioKit, scenario_kit
from mock_server.harness.scenarios.links import with_addresses
from mock_server.harness.scenarios.loader import load_scenarios
from mock_server.harness.scenarios.model import CONTROL, RawBody, Scenario, ScenarioResult, StepResult
from mock_server.harness.scenarios.new_sandbox import new_sandbox
from mock_server.harness.scenarios.refusals import Refusals, step_anchor
from mock_server.harness.scenarios.report import failure_lines
from mock_server.harness.scenarios.runner import run
from mock_server.harness.scenarios.sections import Section
from mock_server.harness.scenarios.target import open_target
from mock_server.own_server import own_server
from mock_server.rules.providers import PROVIDERS
from mock_server.service import Service
from mock_server.services import SERVICES

# The usual address of a mock, which the examples print.
BASE_URL: Final = "http://127.0.0.1:8080"

_PROVIDER_NAMES: Final = {provider.slug: provider.name for provider in PROVIDERS}


class GuideBroken(Exception):
    """A scenario didn't go as it says, so a guide made from it would be wrong."""


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
        {title(name): value for name, value in request.headers.items() if not _left_out(name, value)},
        json=None if raw else request.json,
        raw=raw,
    )


def _left_out(name: str, value: str) -> bool:
    """Leaves out authentication, unless a wrong token is the point. The body implies its own content type."""
    return name == "content-type" or (name == "authorization" and "$" in value)


def token_of(scenario: Scenario, provider: str) -> str:
    """The provider's token in the scenario's sandbox, when the sandbox has the scenario's name as its id."""
    return f"{provider}-token.{scenario.id}"


def scene(result: ScenarioResult) -> str:
    """Shell commands that create the scenario's sandbox on a mock, up to the start of the story."""
    return "\n".join(curl(sending) for sending in scene_sendings(result))


def scene_sendings(result: ScenarioResult) -> list[Sending]:
    """The requests of these commands, in their order, with their tokens."""
    scenario = result.scenario
    settings = {"id": scenario.id, **new_sandbox(scenario), "rate_limit": scenario.rate_limit}
    sendings = [Sending(BASE_URL, "POST", "/_mock/sandboxes", (), {}, json=settings)]
    for each in result.given:
        token = f"Bearer {token_of(scenario, each.step.provider)}"
        authentication = {"Authorization": token} if each.step.api == scenario.service.name else {}
        sending = sending_of(each)
        sendings.append(replace(sending, headers={**sending.headers, **authentication}))
    return sendings


# -- answers -------------------------------------------------------------------------------------


def answered(result: ScenarioResult) -> Iterator[tuple[StepResult, Response]]:
    """The steps with their answers. Every step has an answer, because otherwise `Guide.results` fails."""
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


def statuses(result: ScenarioResult) -> list[int]:
    """The statuses of the refusals in a story, without repeats."""
    return sorted({response.status for _, response in answered(result) if response.status >= 400})


@dataclass(frozen=True, slots=True)
class RefusedExample:
    """A request that a rule refused, in the story `scenario`, at the anchor `anchor` of its page."""

    scenario: Scenario
    anchor: str
    request: str
    answer: str


# -- the guides ----------------------------------------------------------------------------------


class Guide:
    """The usage guide of `service`: an overview, and below it a page for each section.

    A service without scenarios has a guide without sections.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.error_catalogue = f"{service.error_catalogue.removesuffix('/')}.md"
        self._kit = scenario_kit(service) or ScenarioKit({}, f"{service.name}/usage/")
        self._all = tuple(self._kit.sections.values())
        self._refusals = Refusals(service)

    @property
    def folder(self) -> str:
        """The folder of its pages, such as `ecf-usage`."""
        return self._kit.guide.removesuffix("/")

    @property
    def overview(self) -> str:
        return f"{self.folder}/index.md"

    # -- sections and pages

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections of the overview, in reading order: those with stories."""
        return tuple(each for each in self._all if each.apart is None and self.stories_of(each))

    @cached_property
    def every_section(self) -> tuple[Section, ...]:
        """The sections with stories, those that stand elsewhere included."""
        return tuple(each for each in self._all if self.stories_of(each))

    def section(self, anchor: str) -> Section:
        return next(each for each in self._all if each.anchor == anchor)

    def page_of(self, section: Section) -> str:
        return f"{self._kit.address_of(section).removesuffix('/')}.md"

    def place_of(self, result: ScenarioResult) -> str:
        """The page and the anchor of a story."""
        return f"{self.page_of(result.scenario.section)}#{result.scenario.id}"

    def at(self, page: str, anchor: str) -> str:
        """A Markdown link on `page` to the story or the section of that anchor.

        It leads to the overview while the section has no stories, and so no page.
        """
        story = next((each for each in self.scenarios if each.id == anchor), None)
        section = story.section if story else self.section(anchor)
        return link(page, f"{self.page_of(section)}#{anchor}" if self.stories_of(section) else self.overview)

    def text_for(self, page: str, text: str) -> str:
        """A scenario's Markdown with the addresses of its links, relative to `page`."""

        return with_addresses(text, lambda _, name: self.at(page, name))

    # -- stories

    @cached_property
    def results(self) -> Mapping[str, ScenarioResult]:
        """The result of each scenario, by its id, in the order of the guide.

        Raises:
            GuideBroken: a step failed.
        """
        found = {}
        with own_server() as base_url, open_target(base_url) as target:
            for scenario in self.scenarios:
                result = run(scenario, target)
                for step in (*result.given, *result.steps):
                    for failure in step.failures:
                        raise GuideBroken(
                            f"{scenario.file.name}:{step.step.line}: {failure.requirement}: "
                            f"expected {failure.expected}, got {failure.actual}"
                        )
                found[scenario.id] = result
        return found

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        return load_scenarios(self.service) if self._all else ()

    def stories_of(self, section: Section) -> list[Scenario]:
        return [each for each in self.scenarios if each.section == section]

    def told(self, section: Section, kind: str) -> list[ScenarioResult]:
        """The section's stories of that kind, in order."""
        return [self.results[each.id] for each in self.stories_of(section) if each.kind == kind]

    def first(self, section: Section) -> ScenarioResult:
        """The story that the overview tells: the first one of what goes well, or else the first one."""
        stories = self.told(section, "main") or self.told(section, "refusal")
        return stories[0]

    def shown_steps(self, page: str, result: ScenarioResult) -> Iterator[ShownExchange]:
        for number, (each, response) in enumerate(answered(result), 1):
            step = each.step
            own = step.api == self.service.name
            yield replace(
                shown(f"{result.scenario.id}-{number}", sending_of(each), response),
                text=self.text_for(page, step.text),
                control=step.api == CONTROL,
                acts_as=_PROVIDER_NAMES[step.provider] if own and step.provider != result.scenario.provider else None,
                anchor=step_anchor(result.scenario.id, number) if number > 1 else None,
                part=step.heading,
                described=self._described(step.operation, response) if own and step.operation else None,
            )

    def example_of(self, rule: str) -> RefusedExample:
        """The example that a refusal by this rule links to.

        Raises:
            GuideBroken: no story has an example.
        """
        place = self._refusals.shown_at((rule,))
        if place is None:
            raise GuideBroken(f"no scenario is refused by {rule}")
        result = self.results[place.scenario]
        step, response = list(answered(result))[place.step - 1]
        return RefusedExample(result.scenario, place.anchor, http(sending_of(step)), answer(response))

    def shown_at(self, page: str, example: RefusedExample) -> str:
        """A Markdown link on `page` to the step of an example."""
        return link(page, f"{self.page_of(example.scenario.section)}#{example.anchor}")

    def failed_story(self) -> str:
        """The report of `ecf-mock scenarios run` about a story whose token the server doesn't know.

        Raises:
            GuideBroken: the story passed.
        """
        story = next(each for each in self.scenarios if each.portable)
        with own_server() as base_url, open_target(base_url, "no-such-token") as target:
            result = run(story, replace(target, control=None))
        if result.outcome != "failed":
            raise GuideBroken(f"{story.id} {result.outcome} with a wrong token")
        lines = [f"failed  {story.id}", *(f"  {line}" for line in failure_lines(result))]
        return "\n".join(lines).replace(base_url, BASE_URL)

    # -- operations

    @cached_property
    def _contract(self) -> Contract:
        return Contract.of(self.service)

    def operations_in(self, section: Section) -> list[Operation]:
        """The operations of a section: those that name it in the contract, otherwise those of its first story."""
        named = [operation for operation in self._contract.operations if operation.guide == section.anchor]
        used = {step.step.operation for step in self.first(section).steps if step.step.api == self.service.name}
        return named or [operation for operation in self._contract.operations if operation.id in used]

    def sections_about(self, operation: Operation) -> list[Section]:
        """The sections of the guide about the operation: the reverse of `operations_in`."""
        return [section for section in self.sections if operation in self.operations_in(section)]

    def _described(self, operation_id: str, response: Response) -> Described | None:
        """The schema of a list or a record; None for everything else, such as CSV and refusals."""
        operation = self._contract.operation(operation_id)
        if response.status != 200:
            return None
        answered_with = next(each for each in operation.responses if each.status == "200")
        name, _ = self._contract.follow(answered_with.bodies[0].schema)
        return Described(name, operation) if name else None


def guides() -> dict[str, Guide]:
    """A new guide for each service, by its name."""
    return {service.name: Guide(service) for service in SERVICES}


# Running the scenarios takes seconds, so everything that shows a guide shares these.
GUIDES: Final = guides()
