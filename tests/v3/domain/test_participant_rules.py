"""Rules 5.3 to 5.5: withdraw, defer and resume. Each test names its rows."""

from typing import Any

import pytest

from mock_server.v3.domain.calendar import is_ongoing
from mock_server.v3.domain.derived import participant_status, training_status
from mock_server.v3.domain.vocabulary import DEFER_REASONS, WITHDRAW_REASONS
from tests.v3.domain.situations import (
    MISSING,
    NOW,
    TODAY,
    TOMORROW,
    YESTERDAY,
    act,
    at,
    day,
    declaration_of,
    defer,
    end_stay,
    finish_funding,
    induct,
    new_world,
    refused,
    train,
    withdraw,
)

ROLES = ("ect", "mentor")
ACTIONS = ("withdraw", "defer", "resume")
BLANKS: list[Any] = [MISSING, None, "", "  ", False, [], {}]


# -- the common head -----------------------------------------------------------------------------


@pytest.mark.parametrize("action", [*ACTIONS, "change-schedule"])
@pytest.mark.parametrize("course", [*BLANKS, "ecf", "ect", "ECF-INDUCTION", "ecf-induction "])
def test_row_a_a_course_that_is_none_is_refused(action: str, course: Any) -> None:
    world = new_world()
    refusal = refused(world, action, train(world), course_identifier=course)
    assert refusal.titles[0] == "course_identifier"
    assert refusal.rules[0] == "course-listed"
    assert "course-of-participant" not in refusal.rules


@pytest.mark.parametrize("action", ACTIONS)
def test_row_a_alone_gives_one_entry(action: str) -> None:
    """No L, so that no rule about the training is asked."""
    world = new_world()
    assert refused(world, action, train(world), course_identifier=MISSING).titles == ["course_identifier"]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(("role", "course"), [("ect", "ecf-mentor"), ("mentor", "ecf-induction")])
def test_row_b_a_course_that_the_provider_never_trained_the_person_on_is_refused(
    action: str, role: str, course: str
) -> None:
    world = new_world()
    refusal = refused(world, action, train(world, role), course_identifier=course)
    assert refusal.titles == ["course_identifier"]
    assert refusal.rules == ["course-of-participant"]


def test_row_b_the_role_may_be_another_providers() -> None:
    world = new_world()
    mentor = train(world, "mentor")
    train(world, teacher=mentor.teacher, provider="birch")
    refusal = refused(world, "withdraw", mentor, course_identifier="ecf-induction")
    assert refusal.rules == ["course-of-participant"]


def test_row_b_an_expression_of_interest_is_no_training() -> None:
    world = new_world()
    mentor = train(world, "mentor")
    train(world, teacher=mentor.teacher, interest=True)
    assert refused(world, "defer", mentor, course_identifier="ecf-induction").rules == ["course-of-participant"]


def test_the_course_chooses_between_the_roles_of_one_person() -> None:
    world = new_world()
    ect = train(world, end="2025-12-31")
    mentor = train(world, "mentor", teacher=ect.teacher, start="2026-01-05")
    act(world, "withdraw", mentor)
    assert (training_status(mentor), training_status(ect)) == ("withdrawn", "active")


# -- rules 5.3: withdraw -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        *[("mentor", reason) for reason in WITHDRAW_REASONS],
        *[("ect", reason) for reason in WITHDRAW_REASONS if reason != "mentor-no-longer-being-mentor"],
    ],
)
def test_a_provider_withdraws_a_participant(role: str, reason: str) -> None:
    """rules 5.3: the effects."""
    world = new_world()
    training = train(world, role)
    assert act(world, "withdraw", training, reason=reason) is training
    assert (training.withdrawn_at, training.withdrawal_reason) == (NOW, reason)
    assert training.finished_on == day(TODAY)
    assert training_status(training) == "withdrawn"
    assert participant_status(training, NOW.date()) == "left"
    assert training.teacher.updated_at == NOW


def test_a_training_that_ended_earlier_keeps_its_end() -> None:
    """rules 5.3: the earlier of its end and today."""
    world = new_world()
    assert act(world, "withdraw", train(world, end="2025-12-19")).finished_on == day("2025-12-19")


def test_a_training_that_would_end_later_ends_today() -> None:
    """rules 5.3: the earlier of its end and today."""
    world = new_world()
    assert act(world, "withdraw", train(world, end="2026-07-20")).finished_on == day(TODAY)


def test_a_withdrawal_happens_on_londons_day() -> None:
    """Rules 2.9: half past eleven in the evening, UTC, is tomorrow in summer."""
    world = new_world(at("2026-06-30T12:00:00Z"))
    training = act(world, "withdraw", train(world), now=at("2026-06-30T23:30:00Z"))
    assert training.finished_on == day("2026-07-01")
    assert training.withdrawn_at == at("2026-06-30T23:30:00Z")


def test_a_deferred_participant_can_be_withdrawn() -> None:
    """rules 5.3: the effects."""
    world = new_world()
    training = act(world, "withdraw", defer(world, train(world)))
    assert training_status(training) == "withdrawn"
    assert training.finished_on == day("2026-01-12")


def test_a_participant_who_left_can_be_withdrawn() -> None:
    """rules 5.3: nothing else is checked."""
    world = new_world()
    assert training_status(act(world, "withdraw", end_stay(world, train(world), "2026-01-30"))) == "withdrawn"


def test_a_finished_participant_can_be_withdrawn() -> None:
    """rules 5.3: nothing else is checked."""
    world = new_world()
    ect, mentor = train(world), train(world, "mentor")
    induct(world, ect, "2025-09-01", "2026-02-01", "pass")
    finish_funding(world, mentor, "2026-01-05")
    for training in (ect, mentor):
        assert training_status(act(world, "withdraw", training)) == "withdrawn"


def test_a_withdrawal_keeps_declarations() -> None:
    """rules 5.3: the effects."""
    world = new_world()
    training = train(world)
    declaration = declaration_of(world, training, state="eligible")
    act(world, "withdraw", training)
    assert declaration.state == "eligible"


def test_the_old_provider_withdraws_a_participant_who_moved() -> None:
    """rules 4: previous provider."""
    world = new_world()
    old = train(world, end="2025-12-31")
    new = train(world, provider="birch", stay=old.stay, start="2026-01-01")
    act(world, "withdraw", old)
    assert (training_status(old), training_status(new)) == ("withdrawn", "active")


@pytest.mark.parametrize("reason", BLANKS)
def test_withdraw_row_1_a_blank_reason_is_refused(reason: Any) -> None:
    world = new_world()
    refusal = refused(world, "withdraw", train(world), reason=reason)
    assert refusal.titles == ["reason"]
    assert refusal.rules == ["withdraw-reason-given"]


@pytest.mark.parametrize("reason", ["school-left-fip", "started-in-error", "moved_school", "Other", "other ", 1])
def test_withdraw_row_2_a_reason_that_is_not_in_the_list_is_refused(reason: Any) -> None:
    world = new_world()
    refusal = refused(world, "withdraw", train(world), reason=reason)
    assert refusal.titles == ["reason"]
    assert refusal.rules == ["withdraw-reason-listed"]


def test_withdraw_row_3_a_withdrawn_participant_is_refused() -> None:
    world = new_world()
    refusal = refused(world, "withdraw", withdraw(world, train(world)))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["withdraw-not-withdrawn"]


def test_withdraw_row_3_stops_4_and_5() -> None:
    """A withdrawn training that starts today or later is reported once."""
    world = new_world()
    for start in (TODAY, TOMORROW):
        assert refused(world, "withdraw", withdraw(world, train(world, start=start))).titles == ["participant_id"]


def test_withdraw_row_4_training_that_has_not_begun_is_refused() -> None:
    world = new_world()
    refusal = refused(world, "withdraw", train(world, start=TOMORROW))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["withdraw-training-begun"]


def test_withdraw_row_5_the_first_day_is_refused() -> None:
    world = new_world()
    training = train(world, start=TODAY)
    refusal = refused(world, "withdraw", training)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["withdraw-not-on-first-day"]
    assert training_status(act(world, "withdraw", training, now=at("2026-02-11T00:00:00Z"))) == "withdrawn"


def test_withdraw_row_5_the_second_day_begins_at_midnight_in_london() -> None:
    """Rules 2.9."""
    world = new_world(at("2026-06-30T12:00:00Z"))
    training = train(world, start="2026-06-30")
    assert refused(world, "withdraw", training, now=at("2026-06-30T22:59:59Z")).titles == ["participant_id"]
    assert training_status(act(world, "withdraw", training, now=at("2026-06-30T23:00:00Z"))) == "withdrawn"


def test_withdraw_row_6_the_mentors_reason_is_refused_for_an_ect() -> None:
    world = new_world()
    refusal = refused(world, "withdraw", train(world), reason="mentor-no-longer-being-mentor")
    assert refusal.titles == ["reason"]
    assert refusal.rules == ["withdraw-reason-for-role"]


def test_withdraw_row_6_is_asked_only_if_clean() -> None:
    world = new_world()
    refusal = refused(world, "withdraw", train(world, start=TODAY), reason="mentor-no-longer-being-mentor")
    assert refusal.rules == ["withdraw-not-on-first-day"]


def test_withdraw_rows_add_up() -> None:
    world = new_world()
    refusal = refused(world, "withdraw", train(world, start=TODAY), reason=None)
    assert refusal.titles == ["reason", "participant_id"]
    refusal = refused(world, "withdraw", train(world), reason=None, course_identifier=None)
    assert refusal.titles == ["course_identifier", "reason"]


# -- rules 5.4: defer ----------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("reason", DEFER_REASONS)
def test_a_provider_defers_a_participant(role: str, reason: str) -> None:
    """rules 5.4: the effects."""
    world = new_world()
    training = train(world, role)
    assert act(world, "defer", training, reason=reason) is training
    assert (training.deferred_at, training.deferral_reason) == (NOW, reason)
    assert training.finished_on == day(TODAY)
    assert training_status(training) == "deferred"
    assert participant_status(training, NOW.date()) == "left"
    assert training.teacher.updated_at == NOW


def test_a_deferred_training_that_ended_earlier_keeps_its_end() -> None:
    """rules 5.4: L ends as in 5.3."""
    world = new_world()
    assert act(world, "defer", train(world, end="2025-12-19")).finished_on == day("2025-12-19")


@pytest.mark.parametrize("reason", BLANKS)
def test_defer_row_1_a_blank_reason_is_refused(reason: Any) -> None:
    world = new_world()
    refusal = refused(world, "defer", train(world), reason=reason)
    assert refusal.titles == ["reason"]
    assert refusal.rules == ["defer-reason-given"]


@pytest.mark.parametrize("reason", ["long_term_sickness", "moved-school", "Bereavement", "career break"])
def test_defer_row_2_a_reason_that_is_not_in_the_list_is_refused(reason: str) -> None:
    world = new_world()
    refusal = refused(world, "defer", train(world), reason=reason)
    assert refusal.titles == ["reason"]
    assert refusal.rules == ["defer-reason-listed"]


def test_defer_row_3_a_deferred_participant_is_refused() -> None:
    world = new_world()
    refusal = refused(world, "defer", defer(world, train(world)))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["defer-not-deferred"]


def test_defer_row_4_a_withdrawn_participant_is_refused() -> None:
    world = new_world()
    refusal = refused(world, "defer", withdraw(world, train(world)))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["defer-not-withdrawn"]


@pytest.mark.parametrize("ended", [defer, withdraw])
@pytest.mark.parametrize("start", [TODAY, TOMORROW])
def test_defer_rows_3_and_4_stop_the_next(ended: Any, start: str) -> None:
    world = new_world()
    assert refused(world, "defer", ended(world, train(world, start=start))).titles == ["participant_id"]


def test_defer_row_5_training_that_has_not_begun_is_refused() -> None:
    world = new_world()
    refusal = refused(world, "defer", train(world, start=TOMORROW))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["defer-training-begun"]


def test_defer_row_6_the_first_day_is_refused() -> None:
    world = new_world()
    training = train(world, start=TODAY)
    refusal = refused(world, "defer", training)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["defer-not-on-first-day"]
    assert training_status(act(world, "defer", training, now=at("2026-02-11T00:00:00Z"))) == "deferred"


def test_defer_rows_add_up() -> None:
    world = new_world()
    refusal = refused(world, "defer", withdraw(world, train(world)), reason="bored")
    assert refusal.titles == ["reason", "participant_id"]


# -- rules 5.5: resume ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("ended", [defer, withdraw])
def test_a_provider_resumes_a_participant(role: str, ended: Any) -> None:
    """rules 5.5: the effects."""
    world = new_world()
    old = ended(world, train(world, role, schedule="ecf-extended-january"))
    facts = (old.deferred_at, old.withdrawn_at, old.finished_on)
    new = act(world, "resume", old)
    assert new is not old
    assert (new.started_on, new.finished_on) == (day(TODAY), None)
    assert (new.partnership, new.schedule_identifier) == (old.partnership, "ecf-extended-january")
    assert (old.deferred_at, old.withdrawn_at, old.finished_on) == facts
    assert (training_status(new), participant_status(new, NOW.date())) == ("active", "active")
    assert new.teacher.updated_at == NOW


def test_resumed_training_ends_with_the_stay() -> None:
    """rules 5.5: the effects."""
    world = new_world()
    old = defer(world, train(world))
    old.stay.finished_on = day("2026-07-20")
    new = act(world, "resume", old)
    assert new.finished_on == day("2026-07-20")
    assert participant_status(new, NOW.date()) == "leaving"


@pytest.mark.parametrize("action", ["defer", "withdraw"])
def test_defer_and_withdraw_are_refused_until_tomorrow_after_a_resumption(action: str) -> None:
    """rules 5.5: it starts today."""
    world = new_world()
    new = act(world, "resume", defer(world, train(world)))
    assert refused(world, action, new).rules == [f"{action}-not-on-first-day"]
    act(world, action, new, now=at("2026-02-11T08:00:00Z"))


def test_resume_row_1_an_active_participant_is_refused() -> None:
    world = new_world()
    refusal = refused(world, "resume", train(world))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["resume-not-active"]


@pytest.mark.parametrize("left_on", ["2026-01-30", TODAY, "2026-07-20"])
def test_resume_row_1_somebody_who_left_or_leaves_is_active(left_on: str) -> None:
    world = new_world()
    refusal = refused(world, "resume", end_stay(world, train(world), left_on))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["resume-not-active"]


def test_resume_row_1_somebody_who_moved_is_active() -> None:
    world = new_world()
    old = train(world, end="2025-12-31")
    train(world, provider="birch", stay=old.stay, start="2026-01-01")
    assert refused(world, "resume", old).rules == ["resume-not-active"]


@pytest.mark.parametrize("provider", ["birch", None])
@pytest.mark.parametrize("end", [None, TODAY])
def test_resume_row_2_somebody_who_trains_otherwise_now_is_refused(provider: str | None, end: str | None) -> None:
    """Of any provider or school-led; the last day counts."""
    world = new_world()
    old = defer(world, train(world))
    train(world, provider=provider, stay=old.stay, start="2026-01-13", end=end)
    refusal = refused(world, "resume", old)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["resume-not-elsewhere"]


def test_resume_row_2_other_training_that_is_over_is_fine() -> None:
    world = new_world()
    old = defer(world, train(world))
    train(world, provider="birch", stay=old.stay, start="2026-01-13", end=YESTERDAY)
    assert act(world, "resume", old).started_on == day(TODAY)


def test_resume_row_2_looks_at_the_same_stay() -> None:
    """Training at another school is reported by row 4, once the first stay is over."""
    world = new_world()
    old = defer(world, train(world))
    old.stay.finished_on = day("2026-01-31")
    train(world, provider="birch", teacher=old.teacher, start="2026-02-01")
    assert refused(world, "resume", old).rules == ["resume-still-at-school"]


@pytest.mark.parametrize("ended", [defer, withdraw])
def test_resume_row_3_the_same_day_is_refused(ended: Any) -> None:
    world = new_world()
    old = ended(world, train(world), TODAY)
    refusal = refused(world, "resume", old)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["resume-not-on-last-day"]
    assert act(world, "resume", old, now=at("2026-02-11T00:00:00Z")).started_on == day(TOMORROW)


@pytest.mark.parametrize("end", [YESTERDAY, TODAY])
def test_resume_row_4_somebody_no_longer_at_the_school_is_refused(end: str) -> None:
    """The last day is too late."""
    world = new_world()
    old = defer(world, train(world))
    old.stay.finished_on = day(end)
    refusal = refused(world, "resume", old)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["resume-still-at-school"]


def test_resume_row_4_the_day_before_the_last_is_fine() -> None:
    world = new_world()
    old = defer(world, train(world))
    old.stay.finished_on = day(TOMORROW)
    assert act(world, "resume", old).finished_on == day(TOMORROW)


@pytest.mark.parametrize("provider", ["birch", "alder", None])
def test_resume_row_5_somebody_due_to_start_elsewhere_is_refused(provider: str | None) -> None:
    """The decision in rules 5.5. Their own future training makes the latest training active instead."""
    world = new_world()
    old = defer(world, train(world))
    train(world, provider=provider, stay=old.stay, start=TOMORROW)
    refusal = refused(world, "resume", old)
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["resume-not-active" if provider == "alder" else "resume-nothing-planned"]


def test_resume_row_5_training_as_a_mentor_at_another_school_is_refused() -> None:
    """Rules 1: no two training periods of a teacher and role overlap."""
    world = new_world()
    old = defer(world, train(world, "mentor"))
    train(world, "mentor", provider="birch", teacher=old.teacher, start="2026-01-20")
    assert refused(world, "resume", old).rules == ["resume-nothing-planned"]


def test_resume_row_5_training_after_the_end_of_the_stay_is_fine() -> None:
    world = new_world()
    old = defer(world, train(world))
    old.stay.finished_on = day("2026-03-31")
    train(world, provider="birch", teacher=old.teacher, start="2026-04-01")
    assert act(world, "resume", old).finished_on == day("2026-03-31")


def test_resume_row_3_stops_4_and_5() -> None:
    """Deferred today, on the last day at the school, and a mentor at another school today: one entry."""
    world = new_world()
    old = defer(world, train(world, "mentor"), TODAY)
    old.stay.finished_on = day(TODAY)
    train(world, "mentor", provider="birch", teacher=old.teacher, start=TODAY)
    assert refused(world, "resume", old).titles == ["participant_id"]


def test_resume_row_4_stops_5() -> None:
    """The last day at the school, and a mentor at another school today: one entry."""
    world = new_world()
    old = defer(world, train(world, "mentor"))
    old.stay.finished_on = day(TODAY)
    train(world, "mentor", provider="birch", teacher=old.teacher, start=TODAY)
    assert refused(world, "resume", old).rules == ["resume-still-at-school"]


def test_resume_rows_stop_the_next() -> None:
    """Rows 2, 3 and 4 of one participant: one entry."""
    world = new_world()
    old = defer(world, train(world), TODAY)
    train(world, provider="birch", stay=old.stay, start=TODAY)
    old.stay.finished_on = day(TODAY)
    assert refused(world, "resume", old).titles == ["participant_id"]
    assert is_ongoing(old.started_on, old.finished_on, NOW.date())
