"""The rules that every action and every declaration shares: who the participant is, and on which course."""

from typing import Any

import pytest

from mock_server.rules.table import RulesBroken, Violation, joined_by_title
from mock_server.v1.domain.commands import ACTIONS as DEFINED_ACTIONS
from mock_server.v1.domain.commands import CATALOGUE
from mock_server.v1.domain.participant_rules import course_enrolled, participant_enrolled
from tests.v1.domain.builders import ACTIONS, BEFORE, MISSING, UNKNOWN_ID, act, add, new_world, refused

# Only a change of schedule complains of the course before the participant.
BOTH = {
    action: ["participant_id", "course_identifier"]
    if action != "change-schedule"
    else ["course_identifier", "participant_id"]
    for action in ACTIONS
}
every_action = pytest.mark.parametrize("action", ACTIONS)


@every_action
@pytest.mark.parametrize("kind", ["ect", "mentor"])
def test_the_own_participant_on_the_right_course_is_accepted(action: str, kind: str) -> None:
    world = new_world()
    participant = add(world, kind, training_status=BEFORE[action])
    assert act(world, action, participant)


@every_action
def test_the_case_of_an_id_does_not_matter(action: str) -> None:
    world = new_world()
    participant = add(world, training_status=BEFORE[action])
    assert act(world, action, participant.id.upper())


@every_action
@pytest.mark.parametrize("unknown", [UNKNOWN_ID, "not-an-id", "", "\x00", "x" * 100_000])
def test_an_unknown_id_is_complained_of_under_both_titles(action: str, unknown: str) -> None:
    world = new_world()
    add(world)
    refusal = refused(world, action, unknown)
    assert refusal.titles == BOTH[action]
    assert set(refusal.rules) == {"participant-enrolled", "course-enrolled"}


@every_action
@pytest.mark.parametrize("course", [MISSING, None, "", "  ", "ecf", "ECF-INDUCTION", "ecf-induction ", 7, False, True,
                                    {"ecf-induction": 1}, ["ecf-induction"]])  # fmt: skip
def test_a_missing_or_unknown_course_is_complained_of_under_both_titles(action: str, course: object) -> None:
    world = new_world()
    participant = add(world, training_status=BEFORE[action])
    refusal = refused(world, action, participant, course_identifier=course)
    # No schedule is permitted for a course that doesn't exist.
    schedule = ["schedule_identifier"] if action == "change-schedule" else []
    assert refusal.titles == BOTH[action] + schedule
    expected = {"participant-enrolled", "course-enrolled"} | ({"schedule-permitted-for-course"} if schedule else set())
    assert set(refusal.rules) == expected


@every_action
@pytest.mark.parametrize(("kind", "course"), [("ect", "ecf-mentor"), ("mentor", "ecf-induction")])
def test_the_course_of_the_other_type_is_complained_of_under_both_titles(action: str, kind: str, course: str) -> None:
    world = new_world()
    participant = add(world, kind, training_status=BEFORE[action])
    assert refused(world, action, participant, course_identifier=course).titles == BOTH[action]


@every_action
def test_a_participant_whom_the_school_removed_is_complained_of_under_both_titles(action: str) -> None:
    world = new_world()
    participant = add(world, training_status=BEFORE[action])
    world.set_school_status(participant, "withdrawn", world.clock)
    assert refused(world, action, participant).titles == BOTH[action]
    world.set_school_status(participant, "active", world.clock)
    assert act(world, action, participant)


@every_action
def test_a_participant_added_as_removed_is_complained_of_under_both_titles(action: str) -> None:
    world = new_world()
    participant = add(world, training_status=BEFORE[action], status="withdrawn")
    assert refused(world, action, participant).titles == BOTH[action]


@every_action
@pytest.mark.parametrize("stranger", ["birch", "dogwood", "nobody"])
def test_another_providers_participant_is_complained_of_as_participant_only(action: str, stranger: str) -> None:
    world = new_world()
    participant = add(world, training_status=BEFORE[action])
    refusal = refused(world, action, participant, provider=stranger)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["participant-enrolled"]


@every_action
@pytest.mark.parametrize("training_status", ["active", "deferred", "withdrawn"])
def test_another_providers_training_status_is_not_told(action: str, training_status: str) -> None:
    world = new_world()
    participant = add(world, training_status=training_status)
    assert refused(world, action, participant, provider="birch").titles == ["participant_id"]


@every_action
def test_another_providers_participant_on_the_wrong_course_is_complained_of_under_both_titles(action: str) -> None:
    world = new_world()
    participant = add(world, training_status=BEFORE[action])
    refusal = refused(world, action, participant, provider="birch", course_identifier="ecf-mentor")
    assert refusal.titles == BOTH[action]


FOUND_ONLY: dict[str, tuple[str, dict[str, Any], str]] = {
    # What breaks each rule that is checked only when id and course match, and the title it complains under.
    "withdraw-reason-listed": ("withdraw", {"reason": "none"}, "reason"),
    "schedule-differs": (
        "change-schedule",
        {"schedule_identifier": "ecf-standard-september"},
        "schedule_identifier",
    ),
    "declaration-date-in-milestone": (
        "declare",
        {"declaration_date": "2021-08-31T00:00:00Z"},
        "declaration_date",
    ),
    "declaration-evidence-held": (
        "declare",
        {"declaration_type": "retained-1", "evidence_held": MISSING},
        "evidence_held",
    ),
    "declaration-type-in-schedule": ("declare", {"declaration_type": "extended-1"}, "declaration_type"),
}


@pytest.mark.parametrize("rule", FOUND_ONLY)
def test_a_found_only_rule_speaks_when_id_and_course_match_with_whichever_provider(rule: str) -> None:
    action, changes, title = FOUND_ONLY[rule]
    world = new_world()
    participant = add(world)
    own = refused(world, action, participant, **changes)
    assert title in own.titles
    assert rule in own.rules
    strangers = refused(world, action, participant, provider="birch", **changes)
    assert {title, "participant_id"} <= set(strangers.titles)
    assert set(strangers.rules) == {"participant-enrolled", *own.rules}


@pytest.mark.parametrize("rule", FOUND_ONLY)
def test_a_found_only_rule_is_silent_unless_id_and_course_match(rule: str) -> None:
    action, changes, title = FOUND_ONLY[rule]
    world = new_world()
    participant, removed = add(world), add(world, status="withdrawn")
    for who, more in ((participant, {"course_identifier": "ecf-mentor"}), (removed, {}), (UNKNOWN_ID, {})):
        refusal = refused(world, action, who, **changes, **more)
        assert refusal.titles == BOTH[action]
        assert title not in refusal.titles


def test_an_own_course_mismatch_does_not_hide_the_rules_that_need_no_participant() -> None:
    world = new_world()
    participant = add(world)
    refusal = refused(world, "defer", participant, reason="none", course_identifier="ecf-mentor")
    assert refusal.titles == ["participant_id", "reason", "course_identifier"]


def test_the_details_of_one_title_are_joined_in_the_order_of_the_rules() -> None:
    broken = RulesBroken(
        [
            Violation(participant_enrolled, "first"),
            Violation(course_enrolled, "second"),
            Violation(participant_enrolled, "third"),
        ],
        "guide",
    )
    assert joined_by_title(broken.violations) == [("participant_id", "first, third"), ("course_identifier", "second")]


def test_every_rule_has_its_stable_id() -> None:
    assert set(CATALOGUE) == set(
        """participant-enrolled course-enrolled
        defer-reason-listed defer-not-deferred defer-not-withdrawn
        resume-not-active resume-not-withdrawn
        withdraw-reason-listed withdraw-not-withdrawn
        schedule-present schedule-not-withdrawn schedule-keeps-declarations schedule-differs
        schedule-permitted-for-course schedule-cohort-unchanged schedule-exists
        declaration-date-present declaration-type-present declaration-date-not-future declaration-date-well-formed
        declaration-date-in-milestone declaration-before-withdrawal declaration-evidence-held
        declaration-type-in-schedule declaration-slot-free declaration-voidable""".split()
    )
    assert all(rule.id == id for id, rule in CATALOGUE.items())


def test_the_rules_of_each_action_stand_in_the_documented_order() -> None:
    titles = {action.name: [rule.title for rule in action.table.rules] for action in DEFINED_ACTIONS}
    assert titles == {
        "defer": ["participant_id", "reason", "course_identifier", "participant_profile", "participant_profile"],
        "resume": ["participant_id", "course_identifier", "participant_profile", "participant_profile"],
        "withdraw": ["participant_id", "reason", "course_identifier", "participant_profile"],
        "change-schedule": [
            "course_identifier",
            "participant_id",
            "schedule_identifier",
            "participant_id",
            "schedule_identifier",
            "schedule_identifier",
            "schedule_identifier",
            "cohort",
            "Invalid action",
        ],
        "declare": [
            "declaration_date",
            "declaration_type",
            "declaration_date",
            "declaration_date",
            "declaration_date",
            "participant_id",
            "participant_id",
            "course_identifier",
            "evidence_held",
            "declaration_type",
            "base",
        ],
        "void": ["Invalid action"],
    }
