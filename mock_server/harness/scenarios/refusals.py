"""Which story of the guide shows a refusal: what a refusal's `Link` leads to.

The scenarios say it themselves: their steps name the rules that refuse them. A mock needs this at its first refusal,
and then for few rules. So it reads a file as text first, and as YAML only when the file names the rule: the loader
would take half a second for all of them. It runs nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import yaml

from mock_server.harness.scenarios.kit import scenario_kit
from mock_server.rules.table import RulesBroken
from mock_server.service import Service

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class ShownAt:
    """The step `step` of the scenario, counted from 1. `section` is the anchor of the scenario's section."""

    scenario: str
    section: str
    step: int

    @property
    def anchor(self) -> str:
        """The place on the section's page: the story, or the step within a longer one."""
        return step_anchor(self.scenario, self.step)


def step_anchor(scenario: str, step: int) -> str:
    """The id of a step on the pages of the guide. The first step's is that of the story."""
    return scenario if step == 1 else f"{scenario}-{step}"


class Refusals:
    """The refusals that the scenarios of `service` show."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._kit = scenario_kit(service)
        # Requests can combine rules in many ways.
        self.shown_at = lru_cache(1024)(self._shown_at)

    def address_of(self, broken: RulesBroken) -> str:
        """Where the documentation explains a refusal, below its first page.

        It is the story that shows the refusal. Without such a story, it is the first rule's entry in the catalogue.
        """
        rules = tuple(violation.rule.id for violation in broken.violations)
        place = self.shown_at(rules, broken.guide)
        if place is None or self._kit is None:
            return f"{self._service.error_catalogue}#{rules[0]}"
        return f"{self._kit.address_of(self._kit.sections[place.section])}#{place.anchor}"

    def _shown_at(self, rules: Sequence[str], section: str | None = None) -> ShownAt | None:
        """The best of the steps that the first rule refuses; None if there are none."""
        found = list(self._candidates(rules, section))
        return min(found, key=lambda each: each[0])[1] if found else None

    def _candidates(self, rules: Sequence[str], section: str | None) -> Iterator[tuple[tuple[object, ...], ShownAt]]:
        """The steps, each with what makes it worse than others: the most important comes first."""
        for text in self._texts:
            if rules[0] not in text:
                continue
            scenario = _read(text)
            for number, step in enumerate(scenario["steps"], 1):
                named = step.get("expect", {}).get("rules") or ()
                if rules[0] in named:
                    worse = (
                        set(named) != set(rules),
                        section is not None and scenario["section"] != section,
                        scenario.get("replay", "return") != "return",
                        len(named),
                        number,
                        len(scenario["steps"]),
                        scenario["kind"] != "refusal",
                        scenario["id"],
                    )
                    yield worse, ShownAt(scenario["id"], scenario["section"], number)

    @cached_property
    def _texts(self) -> Sequence[str]:
        folder = self._service.scenarios
        return [file.read_text("utf-8") for file in sorted(folder.glob("*.yaml"))] if folder.is_dir() else []


@lru_cache(64)
def _read(text: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader
    return document
