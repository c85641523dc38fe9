"""Which story a refusal's `Link` leads to."""

import pytest

from mock_server.harness.scenarios.kit import scenario_kit
from mock_server.harness.scenarios.refusals import Refusals, ShownAt
from mock_server.rules.table import RulesBroken, Violation
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.v1.service import V1
from tests.harness.scenarios.conftest import ALL, SCENARIOS
from tests.third.service import THIRD

EVERY_RULE = [
    pytest.param(service, rule, id=f"{service.name}-{rule}") for service in SERVICES for rule in service.catalogue
]


def broken(service: Service, *rules: str, guide: str = "") -> RulesBroken:
    return RulesBroken([Violation(service.catalogue[rule], "") for rule in rules], guide)


@pytest.mark.parametrize(("service", "rule"), EVERY_RULE)
def test_every_rule_leads_to_a_step_that_it_refuses(service: Service, rule: str) -> None:
    place = Refusals(service).shown_at((rule,))
    assert place is not None
    scenario = next(each for each in ALL[service] if each.id == place.scenario)
    assert scenario.section.anchor == place.section
    assert rule in (scenario.steps[place.step - 1].expect.rules or ())


@pytest.mark.parametrize(("service", "rule"), EVERY_RULE)
def test_the_address_is_that_of_the_sections_page(service: Service, rule: str) -> None:
    refusals, kit = Refusals(service), scenario_kit(service)
    place = refusals.shown_at((rule,), "")
    assert kit is not None
    assert place is not None
    page = kit.address_of(kit.sections[place.section])
    assert refusals.address_of(broken(service, rule)) == f"{page}#{place.anchor}"


def test_a_story_in_the_section_of_the_action_is_preferred_to_others() -> None:
    alone = {
        (rules[0], scenario.section.anchor)
        for scenario in SCENARIOS
        for step in scenario.steps
        if (rules := step.expect.rules) and len(rules) == 1
    }
    in_several = {rule for rule, _ in alone if sum(other == rule for other, _ in alone) > 1}
    assert in_several
    for rule, section in alone:
        place = Refusals(V1).shown_at((rule,), section)
        assert place is not None
        assert place.section == section


def test_a_story_of_exactly_these_rules_is_preferred_to_one_of_the_first_alone() -> None:
    several = [
        step.expect.rules for scenario in SCENARIOS for step in scenario.steps if len(step.expect.rules or ()) > 1
    ]
    assert several
    for rules in several:
        assert rules is not None
        place = Refusals(V1).shown_at(rules)
        assert place is not None
        scenario = next(each for each in SCENARIOS if each.id == place.scenario)
        assert set(scenario.steps[place.step - 1].expect.rules or ()) == set(rules)


def test_the_first_step_is_the_story_and_a_later_one_has_its_number() -> None:
    assert ShownAt("defer-again", "notifying-of-deferral", 1).anchor == "defer-again"
    assert ShownAt("defer-again", "notifying-of-deferral", 3).anchor == "defer-again-3"


def test_a_rule_without_a_story_leads_to_its_entry_in_the_catalogue() -> None:
    rule = next(iter(THIRD.catalogue))
    assert Refusals(THIRD).address_of(broken(THIRD, rule)) == f"{THIRD.error_catalogue}#{rule}"
