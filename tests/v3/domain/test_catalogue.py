"""The error catalogue: every rule of section 5 once, with what a person needs to know."""

import re
from pathlib import Path

from mock_server.v3.domain.commands import ACTIONS, CATALOGUE

# Rules 2.7.
TITLES = {
    "cohort",
    "school_id",
    "delivery_partner_id",
    "participant_id",
    "course_identifier",
    "reason",
    "schedule_identifier",
    "declaration_date",
    "declaration_type",
    "evidence_held",
    "participant_declaration_id",
}


def test_the_catalogue_has_every_rule_by_its_id() -> None:
    rules = [rule for action in ACTIONS for rule in action.table.rules]
    assert {rule.id for rule in rules} == set(CATALOGUE)
    for rule in rules:
        assert CATALOGUE[rule.id] is rule, f"two rules have the id {rule.id}"


def test_every_rule_says_what_it_means_and_what_to_do() -> None:
    for rule in CATALOGUE.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
        assert rule.means.endswith(".")
        assert rule.remedy.endswith(".")
        assert rule.standing in ("documented", "observed", "assumed")


def test_every_rule_is_named_by_a_test() -> None:
    tests = "".join(file.read_text("utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    assert [id for id in CATALOGUE if f'"{id}"' not in tests] == []


def test_titles_are_those_of_the_service() -> None:
    assert {rule.title for rule in CATALOGUE.values()} == TITLES


def test_every_action_has_its_heading_in_the_error_catalogue() -> None:
    assert len({action.name for action in ACTIONS}) == len(ACTIONS)
    assert [action.guide for action in ACTIONS] == [f"rules-{action.name}" for action in ACTIONS]


def test_the_sentences_are_short() -> None:
    """At most 25 words a sentence; a list of values counts as one word."""
    for rule in CATALOGUE.values():
        for text in (rule.means, rule.remedy):
            for sentence in re.split(r"(?<=[.;:])\s", text):
                plain = re.sub(r"\S+(, \S+)+ or \S+", "list", sentence)
                assert len(plain.split()) <= 25, sentence
