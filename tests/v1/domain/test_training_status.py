"""Defer, resume, withdraw: reasons, the order of the statuses, what changes and what doesn't."""

from datetime import timedelta

import pytest

from mock_server.v1.domain.records import Participant
from tests.v1.domain.builders import MISSING, NOW, UNKNOWN_ID, act, add, at, new_world, refused

REASONS = {
    "defer": ["bereavement", "long-term-sickness", "parental-leave", "career-break", "other"],
    "withdraw": [
        "left-teaching-profession",
        "moved-school",
        "mentor-no-longer-being-mentor",
        "school-left-fip",
        "started-in-error",
        "other",
    ],
}
BECOMES = {"defer": "deferred", "resume": "active", "withdraw": "withdrawn"}
# Which action is accepted from which status; the others complain under `participant_profile`.
ACCEPTED = {("defer", "active"), ("resume", "deferred"), ("withdraw", "active"), ("withdraw", "deferred")}
REFUSED = {
    ("defer", "deferred"): "defer-not-deferred",
    ("defer", "withdrawn"): "defer-not-withdrawn",
    ("resume", "active"): "resume-not-active",
    ("resume", "withdrawn"): "resume-not-withdrawn",
    ("withdraw", "withdrawn"): "withdraw-not-withdrawn",
}
NO_REASONS = [
    MISSING,
    None,
    "",
    " \t",
    "none",
    "Other",
    "other ",
    0,
    1,
    1.5,
    True,
    False,
    ["other"],
    {"other": "other"},
]


def visible(participant: Participant, provider: str = "alder") -> dict[str, object]:
    enrolment = participant.enrolment_with(provider)
    assert enrolment is not None
    names = "email school_urn mentor_id status training_status challenged".split()
    shared = "person schedule_identifier cohort removed".split()
    return {name: getattr(enrolment, name) for name in names} | {name: getattr(participant, name) for name in shared}


@pytest.mark.parametrize(("action", "before"), sorted(ACCEPTED))
def test_an_action_that_fits_the_training_status_changes_it_and_nothing_else(action: str, before: str) -> None:
    world = new_world()
    participant = add(world, training_status=before)
    was = visible(participant)
    enrolment = act(world, action, participant)
    assert enrolment is participant.current
    assert visible(participant) == {**was, "training_status": BECOMES[action]}
    assert participant.updated_at == NOW


@pytest.mark.parametrize(("action", "before"), REFUSED)
def test_an_action_that_does_not_fit_is_refused_under_participant_profile(action: str, before: str) -> None:
    world = new_world()
    participant = add(world, training_status=before)
    refusal = refused(world, action, participant)
    assert refusal.titles == ["participant_profile"]
    assert refusal.rules == [REFUSED[action, before]]


def test_every_action_and_status_is_either_accepted_or_refused() -> None:
    statuses = ("active", "deferred", "withdrawn")
    assert {*ACCEPTED, *REFUSED} == {(action, status) for action in BECOMES for status in statuses}


@pytest.mark.parametrize(("action", "reason"), [(action, each) for action, all in REASONS.items() for each in all])
def test_each_listed_reason_is_accepted(action: str, reason: str) -> None:
    world = new_world()
    participant = add(world)
    assert act(world, action, participant, reason=reason).training_status == BECOMES[action]


@pytest.mark.parametrize("action", REASONS)
@pytest.mark.parametrize("reason", NO_REASONS)
def test_any_other_reason_is_refused(action: str, reason: object) -> None:
    world = new_world()
    refusal = refused(world, action, add(world), reason=reason)
    assert refusal.titles == ["reason"]
    assert refusal.rules == [f"{action}-reason-listed"]
    assert "#/reason" in refusal.details["reason"]


@pytest.mark.parametrize("action", REASONS)
def test_a_reason_of_the_other_action_is_refused(action: str) -> None:
    other = "withdraw" if action == "defer" else "defer"
    world = new_world()
    participant = add(world)
    for reason in set(REASONS[other]) - {"other"}:
        assert refused(world, action, participant, reason=reason).titles == ["reason"]


def test_a_reason_is_ignored_when_resuming() -> None:
    world = new_world()
    participant = add(world, training_status="deferred")
    assert act(world, "resume", participant, reason="none").training_status == "active"


@pytest.mark.parametrize(
    ("action", "titles"),
    [
        ("defer", ["participant_id", "reason", "course_identifier"]),
        ("resume", ["participant_id", "course_identifier"]),
        # The reason of a withdrawal is looked at only once the participant is found.
        ("withdraw", ["participant_id", "course_identifier"]),
    ],
)
def test_empty_attributes_are_complained_of_in_the_order_of_the_rules(action: str, titles: list[str]) -> None:
    world = new_world()
    participant = add(world)
    for who in (participant, UNKNOWN_ID):
        assert refused(world, action, who, course_identifier=MISSING, reason=MISSING).titles == titles


@pytest.mark.parametrize(
    ("action", "before", "titles"),
    [
        ("defer", "deferred", ["reason", "participant_profile"]),
        ("defer", "withdrawn", ["reason", "participant_profile"]),
        ("withdraw", "withdrawn", ["reason", "participant_profile"]),
    ],
)
def test_the_reason_is_complained_of_before_the_profile(action: str, before: str, titles: list[str]) -> None:
    world = new_world()
    assert refused(world, action, add(world, training_status=before), reason="none").titles == titles


def test_another_providers_participant_and_a_bad_reason_are_both_complained_of() -> None:
    world = new_world()
    participant = add(world)
    for action in REASONS:
        assert refused(world, action, participant, provider="birch", reason=7).titles == ["participant_id", "reason"]


@pytest.mark.parametrize("action", REASONS)
def test_the_profile_rules_are_silent_for_a_removed_participant(action: str) -> None:
    world = new_world()
    participant = add(world, training_status="withdrawn", status="withdrawn")
    assert refused(world, action, participant).titles == ["participant_id", "course_identifier"]


def test_a_break_can_be_taken_again_and_again() -> None:
    world = new_world()
    participant = add(world)
    for day in range(3):
        moment = NOW + timedelta(days=day)
        assert act(world, "defer", participant, now=moment).training_status == "deferred"
        assert act(world, "resume", participant, now=moment).training_status == "active"
        assert participant.updated_at == moment
    assert participant.current.withdrawn_at is None


@pytest.mark.parametrize("before", ["active", "deferred"])
def test_the_moment_of_withdrawal_is_remembered_and_the_schools_status_stays(before: str) -> None:
    world = new_world()
    participant = add(world, training_status=before)
    act(world, "withdraw", participant, now=at("2021-11-18T13:14:15Z"))
    assert participant.current.withdrawn_at == at("2021-11-18T13:14:15Z")
    assert participant.current.status == "active"
    assert participant.removed is False


def test_moments_are_kept_in_whole_seconds() -> None:
    world = new_world()
    participant = add(world, now=ADDED_LATE)
    assert participant.created_at == participant.updated_at == at("2021-11-20T09:00:00Z")
    act(world, "withdraw", participant, now=ADDED_LATE + timedelta(seconds=1))
    assert participant.updated_at == at("2021-11-20T09:00:01Z")
    assert participant.current.withdrawn_at == at("2021-11-20T09:00:01Z")


ADDED_LATE = at("2021-11-20T09:00:00.999999Z")


def test_whoever_a_school_adds_as_withdrawn_was_withdrawn_at_that_moment() -> None:
    world = new_world()
    participant = add(world, training_status="withdrawn", now=at("2021-11-10T08:00:00.75Z"))
    assert participant.current.withdrawn_at == at("2021-11-10T08:00:00Z")
    late = refused(world, "declare", participant, declaration_date="2021-11-10T08:00:00Z")
    assert late.rules == ["declaration-before-withdrawal"]
    assert act(world, "declare", participant, declaration_date="2021-11-10T07:59:59Z")


def test_whoever_a_school_adds_is_active_unless_it_says_otherwise() -> None:
    world = new_world()
    enrolment = world.add_participant(
        provider="alder",
        participant_type="ect",
        cohort="2021",
        person=add(world).person,
        school_urn="100001",
        schedule_identifier="ecf-standard-september",
        now=NOW,
    ).current
    assert (enrolment.status, enrolment.training_status, enrolment.challenged) == ("active", "active", False)
    assert (enrolment.withdrawn_at, enrolment.mentor_id, enrolment.email) == (None, None, None)
