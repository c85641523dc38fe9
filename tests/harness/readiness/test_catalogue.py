"""The catalogue holds what was agreed on, and explains itself."""

import re

import pytest

from mock_server.harness.readiness.judgement import MAX_EVIDENCE
from mock_server.harness.readiness.requirement import Requirement
from mock_server.harness.scenarios.loader import load_scenarios
from mock_server.harness.v1.readiness.catalogue import BY_ID, CATALOGUE, GROUPS
from mock_server.harness.v1.scenarios.sections import INTEGRATION
from mock_server.v1.service import V1
from tests.harness.readiness.builders import Story

# Other programs, reports of earlier versions and people's notes name them.
IDS = (
    *("access.authenticated", "access.token-not-in-url", "access.stops-on-401"),
    *("sync.full-pull", "sync.pages-followed", "sync.polls", "sync.no-gap", "sync.mostly-incremental"),
    *("sync.no-repeat", "sync.sees-changes", "sync.after-restart", "sync.declarations"),
    *("sync.declarations-pages-followed",),
    *("sync.declarations-no-gap", "sync.declarations-changes-seen"),
    *("actions.defer", "actions.resume", "actions.change-schedule", "actions.withdraw"),
    *("actions.cohort-sent", "actions.not-repeated", "actions.current-paths", "actions.not-foretold"),
    *("declarations.started", "declarations.retained-1", "declarations.retained-2", "declarations.retained-3"),
    *("declarations.retained-4", "declarations.completed", "declarations.id-stored", "declarations.void"),
    *("declarations.clawback", "declarations.future-milestone", "declarations.server-date-for-trials"),
    *("declarations.zone-given", "declarations.not-in-a-loop", "declarations.one-after-lost-answer"),
    *("errors.refusal-met", "errors.refusal-not-repeated", "errors.rate-limit", "errors.server-fault"),
    *("cost.polling-rate", "cost.single-readings", "cost.stops-at-the-end"),
    *("contract.requests", "contract.coverage"),
)
SHOULD = {
    "sync.mostly-incremental",
    "sync.no-repeat",
    "actions.current-paths",
    "declarations.future-milestone",
    "declarations.zone-given",
    "contract.coverage",
}


def test_the_ids_are_fixed() -> None:
    assert tuple(BY_ID) == IDS
    assert len(CATALOGUE) == len(IDS)


def test_the_groups_are_what_the_ids_begin_with() -> None:
    assert GROUPS == ("access", "sync", "actions", "declarations", "errors", "cost", "contract")


def test_these_and_no_others_are_recommendations() -> None:
    assert {requirement.id for requirement in CATALOGUE if requirement.level == "should"} == SHOULD


@pytest.mark.parametrize("requirement", CATALOGUE, ids=lambda requirement: requirement.id)
def test_each_requirement_is_explained_in_sentences(requirement: Requirement) -> None:
    for text in (requirement.sentence, requirement.why, requirement.how):
        assert re.fullmatch(r"[A-Z].+\.", text), text


def test_each_requirement_leads_to_a_paragraph_that_there_is() -> None:
    pages = {
        f"running-an-integration/#{scenario.id}"
        if scenario.section == INTEGRATION
        else f"ecf-usage/{scenario.section.anchor}/#{scenario.id}"
        for scenario in load_scenarios(V1)
    }
    for requirement in CATALOGUE:
        assert requirement.guide in {*pages, "api-reference/reference-v1/"}


@pytest.mark.parametrize("requirement", CATALOGUE, ids=lambda requirement: requirement.id)
def test_an_empty_journal_shows_nothing(requirement: Requirement) -> None:
    assert Story().verdict(requirement.id) == "not_seen"


def test_evidence_stays_short_enough_to_look_at() -> None:
    story = Story()
    for _ in range(50):
        story.declare()
    evidence = story.judge("access.authenticated").evidence
    assert len(evidence) == MAX_EVIDENCE
    assert (evidence[0], evidence[-1]) == (1, 50)
