"""Moving between providers and schools: who sees what, who can still do what, and what starts afresh."""

from datetime import timedelta
from typing import Any

import pytest

from mock_server.v1.domain.records import Enrolment, Participant
from mock_server.v1.domain.world import World
from mock_server.v1.records import PARTICIPANT_ATTRIBUTES, participant_values
from tests.v1.domain.builders import (
    ACTIONS,
    BEFORE,
    NOW,
    act,
    add,
    at,
    declaration_in,
    declare,
    new_world,
    refused,
)

OLD_SCHOOL, NEW_SCHOOL = "100001", "200002"
MENTOR = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
LATER = NOW + timedelta(days=3)
LIVE = ["submitted", "eligible", "payable", "paid"]
DEAD = ["ineligible", "voided", "awaiting-clawback", "clawed-back"]


def moved(world: World, participant: Participant, provider: str = "birch", school: str = NEW_SCHOOL) -> Participant:
    world.transfer(participant, provider, school, None, NOW)
    return participant


def seen(world: World, provider: str, participant: Participant) -> dict[str, Any]:
    """What v1 shows this provider, `updated_at` aside."""
    enrolment = world.enrolment(provider, participant.id)
    assert enrolment is not None
    names = "email school_urn mentor_id status training_status".split()
    return {name: getattr(enrolment, name) for name in names}


def own(world: World, provider: str, participant: Participant) -> Enrolment:
    enrolment = world.enrolment(provider, participant.id)
    assert enrolment is not None
    return enrolment


def shown(world: World, provider: str) -> list[str]:
    return [declaration.id for declaration in world.list_declarations(provider).all()]


# -- the old provider ----------------------------------------------------------------------------


def test_the_old_provider_keeps_seeing_school_mentor_email_and_statuses_as_they_last_were_there() -> None:
    """Rules 8."""
    world = new_world()
    participant = add(world, mentor_id=MENTOR, training_status="deferred")
    before = seen(world, "alder", participant)
    moved(world, participant)
    assert seen(world, "alder", participant) == before
    world.register(participant, {"email": "new@example.org"}, NOW)
    world.set_school_status(participant, "withdrawn", NOW)
    world.set_school_status(participant, "active", NOW)
    act(world, "change-schedule", participant, provider="birch")
    act(world, "withdraw", participant, provider="birch")
    moved(world, participant, "cedar", "300003")
    assert seen(world, "alder", participant) == before


def test_facts_about_the_person_go_on_changing_for_the_old_provider() -> None:
    """Rules 8: name, TRN, its validation, eligibility and uplifts are the person's."""
    world = new_world()
    participant = moved(world, add(world))
    facts = {
        "full_name": "Ada Newname",
        "teacher_reference_number": "1234567",
        "teacher_reference_number_validated": True,
        "eligible_for_funding": True,
        "pupil_premium_uplift": True,
        "sparsity_uplift": True,
    }
    world.register(participant, {**facts, "email": "new@example.org"}, LATER)
    for provider, email in (("alder", "ada@example.org"), ("birch", "new@example.org")):
        enrolment = own(world, provider, participant)
        shown_values = dict(zip(PARTICIPANT_ATTRIBUTES, participant_values(enrolment), strict=True))
        assert {name: shown_values[name] for name in facts} == facts
        assert (enrolment.email, shown_values["updated_at"]) == (email, LATER)


def test_status_stays_active_for_the_old_provider_when_the_school_changed() -> None:
    world = new_world()
    participant = moved(world, add(world))
    assert own(world, "alder", participant).status == "active"


def test_the_old_provider_does_not_see_the_participant_any_more_when_only_the_provider_changed() -> None:
    """Rules 8: gone from its list, and unknown on the single GET; its own declarations it still reads."""
    world = new_world()
    participant, other = add(world), add(world)
    mine = declare(world, participant)
    moved(world, participant, school=OLD_SCHOOL)
    assert world.enrolment("alder", participant.id) is None
    assert [e.id for e in world.list_participants("alder").all()] == [other.id]
    assert [e.id for e in world.list_participants("alder", frozenset({"2021"}), NOW).all()] == []
    assert own(world, "birch", participant).status == "active"
    assert shown(world, "alder") == [mine.id]
    # A later move to another school gives the first provider nothing back.
    moved(world, participant, "cedar")
    assert world.enrolment("alder", participant.id) is None
    assert own(world, "birch", participant).school_urn == OLD_SCHOOL


def test_a_provider_that_gets_a_participant_back_sees_them_again() -> None:
    """Rules 8."""
    world = new_world()
    participant = moved(world, add(world), school=OLD_SCHOOL)
    act(world, "defer", participant, provider="birch")
    moved(world, participant, "alder", OLD_SCHOOL)
    assert own(world, "alder", participant).training_status == "deferred"
    assert [e.id for e in world.list_participants("alder").all()] == [participant.id]
    assert len(world.list_participants("birch")) == 0


@pytest.mark.parametrize("training_status", ["active", "deferred", "withdrawn"])
@pytest.mark.parametrize("status", ["active", "withdrawn"])
def test_the_new_provider_at_the_same_school_takes_the_enrolment_over_as_it_is(
    training_status: str, status: str
) -> None:
    """Rules 8: a deferral, a withdrawal and the mentor are carried over."""
    world = new_world()
    participant = add(world, mentor_id=MENTOR, training_status=training_status, status=status)
    before = seen(world, "alder", participant)
    moved(world, participant, school=OLD_SCHOOL)
    assert seen(world, "birch", participant) == before


def test_a_withdrawal_taken_over_is_final_but_binds_the_declarations_of_who_made_it_only() -> None:
    """Rules 8 and 6.2: withdrawal is per provider."""
    world = new_world()
    participant = add(world)
    act(world, "withdraw", participant, now=at("2021-11-10"))
    moved(world, participant, school=OLD_SCHOOL)
    for action, title in (("defer", "participant_profile"), ("resume", "participant_profile")):
        assert refused(world, action, participant, provider="birch").titles == [title]
    assert refused(world, "declare", participant, provider="alder").titles == ["participant_id"]
    assert declare(world, participant, provider="birch")


def test_a_change_of_provider_can_bring_another_mentor() -> None:
    world = new_world()
    participant = add(world, mentor_id=MENTOR)
    other = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
    world.transfer(participant, "birch", OLD_SCHOOL, other, NOW)
    assert own(world, "birch", participant).mentor_id == other


def test_somebody_whom_the_school_had_removed_stays_so_for_the_old_provider() -> None:
    """Rules 5.4: what counts is the school where the participant is now."""
    world = new_world()
    participant = moved(world, add(world, status="withdrawn"))
    assert own(world, "alder", participant).status == "withdrawn"
    assert act(world, "defer", participant)
    assert act(world, "defer", participant, provider="birch")


@pytest.mark.parametrize("school", [OLD_SCHOOL, NEW_SCHOOL])
@pytest.mark.parametrize(
    ("action", "before", "attribute", "value"),
    [
        ("defer", "active", "training_status", "deferred"),
        ("resume", "deferred", "training_status", "active"),
        ("withdraw", "active", "training_status", "withdrawn"),
        ("change-schedule", "active", "schedule_identifier", "ecf-extended-september"),
    ],
)
def test_the_old_provider_can_still_act_on_its_own_enrolment(
    action: str, before: str, attribute: str, value: str, school: str
) -> None:
    world = new_world()
    participant = moved(world, add(world, training_status=before), school=school)
    others = seen(world, "birch", participant)
    enrolment = act(world, action, participant, now=LATER)
    assert enrolment is participant.enrolment_with("alder")
    assert getattr(participant if attribute == "schedule_identifier" else enrolment, attribute) == value
    assert seen(world, "birch", participant) == others
    assert participant.updated_at == LATER


@pytest.mark.parametrize("school", [OLD_SCHOOL, NEW_SCHOOL])
def test_the_old_provider_can_still_submit_backdated_declarations(school: str) -> None:
    """Rules 8."""
    world = new_world()
    participant = moved(world, add(world), school=school)
    declaration = declare(world, participant, declaration_date="2021-11-01T00:00:00Z", now=LATER)
    assert declaration.provider == "alder"
    assert declaration.id in shown(world, "alder")


def test_the_old_providers_own_withdrawal_binds_it_still() -> None:
    world = new_world()
    participant = add(world)
    act(world, "withdraw", participant, now=at("2021-11-10"))
    moved(world, participant)
    for action, title in (
        ("defer", "participant_profile"),
        ("resume", "participant_profile"),
        ("withdraw", "participant_profile"),
        ("change-schedule", "participant_id"),
        ("declare", "participant_id"),
    ):
        assert refused(world, action, participant).titles == [title]
    assert declare(world, participant, declaration_date="2021-11-09T23:59:59Z")


def test_a_change_of_schedule_after_a_transfer_locks_neither_provider_out_of_declaring() -> None:
    """Rules 10, and 5.4: the participant has one schedule, whoever set it."""
    world = new_world()
    participant = moved(world, add(world))
    act(world, "change-schedule", participant, provider="birch")
    assert declare(world, participant)
    act(world, "change-schedule", participant, provider="alder", schedule_identifier="ecf-reduced-september")
    assert declare(world, participant, provider="birch", declaration_type="retained-1")


def test_the_old_provider_reads_its_own_declarations_and_not_the_new_ones() -> None:
    world = new_world()
    participant = add(world)
    mine = declare(world, participant)
    moved(world, participant)
    theirs = declare(world, participant, provider="birch", declaration_type="retained-1")
    assert shown(world, "alder") == [mine.id]
    assert shown(world, "birch") == [mine.id, theirs.id]
    assert world.own_declaration("alder", theirs.id) is None


@pytest.mark.parametrize("school", [OLD_SCHOOL, NEW_SCHOOL])
@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_can_act_on_a_participant_whom_the_new_school_removed(action: str, school: str) -> None:
    """Rules 5.4: removal is of the person, earlier providers included; their records go on showing `active`."""
    world = new_world()
    participant = moved(world, add(world, training_status=BEFORE[action]), school=school)
    world.set_school_status(participant, "withdrawn", LATER)
    assert own(world, "birch", participant).status == "withdrawn"
    earlier = participant.enrolment_with("alder")
    assert earlier is not None
    assert earlier.status == "active"
    for provider in ("alder", "birch"):
        assert set(refused(world, action, participant, provider=provider).titles) == {
            "participant_id",
            "course_identifier",
        }
    world.set_school_status(participant, "active", LATER)
    assert act(world, action, participant)


# -- the new provider ----------------------------------------------------------------------------


@pytest.mark.parametrize("training_status", ["active", "deferred", "withdrawn"])
@pytest.mark.parametrize("status", ["active", "withdrawn"])
def test_the_new_provider_at_another_school_sees_the_participant_as_active(training_status: str, status: str) -> None:
    world = new_world()
    participant = add(world, training_status=training_status, status=status, mentor_id=MENTOR, trn="1234567")
    moved(world, participant)
    assert seen(world, "birch", participant) == {
        "email": "ada@example.org",
        "school_urn": NEW_SCHOOL,
        "mentor_id": None,
        "status": "active",
        "training_status": "active",
    }


def test_a_transfer_can_bring_a_new_mentor() -> None:
    world = new_world()
    participant = add(world)
    world.transfer(participant, "birch", NEW_SCHOOL, MENTOR, NOW)
    assert own(world, "birch", participant).mentor_id == MENTOR
    assert own(world, "alder", participant).mentor_id is None


def test_the_new_provider_can_do_what_the_old_ones_withdrawal_forbade() -> None:
    world = new_world(LATER)
    participant = add(world)
    act(world, "withdraw", participant, now=at("2021-11-10"))
    moved(world, participant)
    assert declare(world, participant, provider="birch")
    for action in ("defer", "resume", "change-schedule", "withdraw"):
        assert act(world, action, participant, provider="birch")


@pytest.mark.parametrize("state", LIVE)
def test_the_new_provider_lists_the_old_ones_live_declarations_and_cannot_repeat_them(state: str) -> None:
    world = new_world()
    participant = add(world)
    declaration = declaration_in(world, participant, state)
    assert shown(world, "birch") == []
    moved(world, participant)
    assert shown(world, "birch") == [declaration.id]
    assert shown(world, "alder") == [declaration.id]
    assert shown(world, "cedar") == []
    assert [d.id for d in world.list_declarations("birch", participant.id).all()] == [declaration.id]
    assert world.own_declaration("birch", declaration.id) is None
    assert refused(world, "declare", participant, provider="birch").titles == ["base"]


@pytest.mark.parametrize("state", DEAD)
def test_the_new_provider_does_not_list_the_old_ones_dead_declarations(state: str) -> None:
    world = new_world()
    participant = add(world)
    declaration = declaration_in(world, participant, state)
    moved(world, participant)
    assert shown(world, "birch") == []
    assert shown(world, "alder") == [declaration.id]
    assert declare(world, participant, provider="birch")


def test_an_inherited_declaration_leaves_the_list_when_it_dies() -> None:
    world = new_world()
    participant = add(world)
    declaration = declare(world, participant)
    moved(world, participant)
    world.void(declaration, LATER)
    assert shown(world, "birch") == []
    assert shown(world, "alder") == [declaration.id]


def test_the_old_ones_backdated_declarations_are_listed_too() -> None:
    world = new_world()
    participant = moved(world, add(world))
    theirs = declare(world, participant, provider="birch", declaration_type="retained-1")
    backdated = declare(world, participant, now=LATER)
    assert shown(world, "birch") == [theirs.id, backdated.id]


def test_inherited_declarations_are_hidden_while_the_school_has_removed_the_participant() -> None:
    world = new_world()
    participant = add(world)
    inherited = declare(world, participant)
    moved(world, participant)
    own_one = declare(world, participant, provider="birch", declaration_type="retained-1")
    world.set_school_status(participant, "withdrawn", LATER)
    assert shown(world, "birch") == [own_one.id]
    assert shown(world, "alder") == [inherited.id]
    world.set_school_status(participant, "active", LATER)
    assert shown(world, "birch") == [inherited.id, own_one.id]


@pytest.mark.parametrize("school", [OLD_SCHOOL, NEW_SCHOOL])
def test_a_provider_in_between_loses_what_it_inherited(school: str) -> None:
    world = new_world()
    participant = add(world)
    first = declare(world, participant)
    moved(world, participant)
    second = declare(world, participant, provider="birch", declaration_type="retained-1")
    moved(world, participant, "cedar", school)
    assert shown(world, "alder") == [first.id]
    assert shown(world, "birch") == [second.id]
    assert shown(world, "cedar") == [first.id, second.id]


# -- the same provider again ---------------------------------------------------------------------


@pytest.mark.parametrize("mentor_id", [None, MENTOR])
def test_a_change_of_school_within_a_provider_starts_training_at_active_again(mentor_id: str | None) -> None:
    world = new_world(LATER)
    participant = add(world, mentor_id="bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb", schedule="ecf-reduced-september")
    act(world, "withdraw", participant, now=at("2021-11-10"))
    was = seen(world, "alder", participant)
    world.transfer(participant, "alder", NEW_SCHOOL, mentor_id, NOW)
    assert seen(world, "alder", participant) == {
        **was,
        "school_urn": NEW_SCHOOL,
        "mentor_id": mentor_id,
        "training_status": "active",
    }
    assert len(participant.enrolments) == 1
    assert declare(world, participant)
    assert act(world, "defer", participant)


def test_a_new_school_takes_on_somebody_whom_the_earlier_one_removed() -> None:
    world = new_world()
    participant = moved(world, add(world, status="withdrawn"), "alder")
    assert own(world, "alder", participant).status == "active"
    assert act(world, "defer", participant)


def test_coming_back_to_an_earlier_provider_starts_afresh() -> None:
    """Rules 8."""
    world = new_world(LATER)
    participant = add(world)
    first = declare(world, participant)
    act(world, "withdraw", participant, now=at("2021-11-10"))
    moved(world, participant)
    second = declare(world, participant, provider="birch", declaration_type="retained-1")
    act(world, "change-schedule", participant, provider="birch")
    world.register(participant, {"email": "new@example.org"}, NOW)
    moved(world, participant, "alder", "300003")
    assert seen(world, "alder", participant) == {
        "email": "new@example.org",
        "school_urn": "300003",
        "mentor_id": None,
        "status": "active",
        "training_status": "active",
    }
    assert participant.current.withdrawn_at is None
    assert declare(world, participant, declaration_type="retained-2")
    assert act(world, "defer", participant)
    # Each declaration once, and each provider's list as it was told.
    assert shown(world, "alder")[:2] == [first.id, second.id]
    assert len(shown(world, "alder")) == 3
    assert shown(world, "birch") == [second.id]
    assert [e.provider for e in participant.enrolments] == ["alder", "birch"]
    assert len(world.list_participants("alder")) == len(world.list_participants("birch")) == 1


def test_an_earlier_provider_that_takes_over_at_the_same_school_has_withdrawn_nobody() -> None:
    """Each provider has its own withdrawal, and one from before the return no longer counts."""
    world = new_world(LATER)
    participant = add(world)
    act(world, "withdraw", participant, now=at("2021-11-10"))
    moved(world, participant)
    moved(world, participant, "alder")
    assert own(world, "alder", participant).withdrawn_at is None
    assert declare(world, participant)


def test_a_participant_keeps_id_cohort_and_place_in_the_lists() -> None:
    world = new_world()
    first, second = add(world), add(world)
    moved(world, second)
    moved(world, first)
    assert (first.cohort, first.participant_type) == ("2021", "ect")
    for provider in ("alder", "birch"):
        listed = [enrolment.id for enrolment in world.list_participants(provider).all()]
        assert listed == [first.id, second.id]
