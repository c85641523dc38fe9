"""What the control API does to people: defaults of a registration, history in one call, and what is impossible."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mock_server.client import SandboxClient
from mock_server.v3.control.client import V3Client
from mock_server.v3.control.models import Induction, Participant, Training
from tests.v3.control.refusals import NOBODY, refusal

TODAY = date(2026, 2, 10)
NOW = datetime(2026, 2, 10, 9, tzinfo=UTC)
SEPTEMBER = date(2025, 9, 1)


def training_of(participant: Participant) -> Training:
    """The training of the latest stay."""
    return participant.stays[-1].training[-1]


# -- registrations ---------------------------------------------------------------------------------


def test_a_registration_invents_what_it_is_not_told(v3: V3Client) -> None:
    ect = v3.register(role="ect")
    [stay] = ect.stays
    assert (stay.role, stay.started_on, stay.finished_on, stay.working_pattern) == ("ect", TODAY, None, "full_time")
    assert ect.full_name
    assert stay.email
    assert ect.teacher_reference_number is not None
    assert training_of(ect).provider is None
    school = v3.school(stay.school_urn)
    assert (school.eligible, school.induction_tutor_name is not None) == (True, True)


def test_a_mentor_without_a_provider_has_no_training(v3: V3Client) -> None:
    [stay] = v3.register(role="mentor").stays
    assert (stay.training, stay.working_pattern) == ((), None)


def test_null_gives_no_trn_and_no_address(v3: V3Client) -> None:
    ect = v3.register(role="ect", teacher_reference_number=None, email=None)
    assert (ect.teacher_reference_number, ect.stays[0].email) == (None, None)


def test_a_provider_without_a_partnership_makes_an_expression_of_interest(v3: V3Client) -> None:
    training = training_of(v3.register(role="ect", provider="alder"))
    assert (training.provider, training.partnership_id, training.expression_of_interest) == ("alder", None, True)
    assert (training.cohort, training.schedule_identifier) == ("2025", "ecf-standard-january")


def test_a_partnership_turns_the_interest_into_training(v3: V3Client) -> None:
    ect = v3.register(role="ect", provider="alder")
    partner = next(each for each in v3.delivery_partners() if "alder" in each.works_with)
    urn = ect.stays[0].school_urn
    made = v3.partnership(provider="alder", school_urn=urn, delivery_partner_id=partner.id, cohort="2025")
    training = training_of(v3.participant(ect.id))
    assert (training.partnership_id, training.expression_of_interest) == (made.id, False)
    assert training.delivery_partner_id == partner.id


@pytest.mark.parametrize(
    ("started_on", "cohort", "schedule"),
    [
        ("2025-09-01", "2025", "ecf-standard-september"),
        ("2024-12-01", "2024", "ecf-standard-january"),
        ("2026-06-01", "2026", "ecf-standard-september"),
    ],
)
def test_a_start_is_handled_as_if_it_were_the_day_of_the_call(
    v3: V3Client, started_on: str, cohort: str, schedule: str
) -> None:
    ect = v3.register(role="ect", provider="alder", partnership="new", started_on=started_on)
    training = training_of(ect)
    assert (training.cohort, training.schedule_identifier) == (cohort, schedule)
    assert training.started_on == ect.stays[0].started_on == date.fromisoformat(started_on)
    assert ect.created_at == NOW


def test_a_rollover_follows_the_delivery_partner_of_an_earlier_cohort(v3: V3Client) -> None:
    school = v3.add_school()
    partners = [each for each in v3.delivery_partners() if "alder" in each.works_with]
    v3.partnership(provider="alder", school_urn=school.urn, delivery_partner_id=partners[1].id, cohort="2024")
    rolled = v3.register(role="ect", provider="alder", school_urn=school.urn, partnership="rollover")
    assert training_of(rolled).delivery_partner_id == partners[1].id
    assert [each.cohort for each in v3.partnerships()] == ["2024", "2025"]


@pytest.mark.parametrize("partnership", ["existing", "rollover"])
def test_a_partnership_to_use_must_be_there(v3: V3Client, partnership: Any) -> None:
    assert refusal(v3.register, role="ect", provider="alder", partnership=partnership) == (409, [])
    assert v3.participants() == ()


def test_a_registered_mentor_mentors_from_the_later_start(v3: V3Client) -> None:
    mentor = v3.register(role="mentor", started_on="2025-09-01")
    urn = mentor.stays[0].school_urn
    ect = v3.register(role="ect", school_urn=urn, started_on="2025-10-01", mentor_id=mentor.id)
    [mentorship] = ect.stays[0].mentorships
    assert (mentorship.mentor_id, mentorship.started_on, mentorship.finished_on) == (mentor.id, date(2025, 10, 1), None)
    [mentoring] = v3.participant(mentor.id).stays[0].mentoring
    assert (mentoring.ect_id, mentoring.started_on) == (ect.id, date(2025, 10, 1))


def test_a_second_registration_ends_the_first_the_day_before(v3: V3Client) -> None:
    ect = v3.register(role="ect", started_on="2025-09-01")
    moved = v3.register(role="ect", participant_id=ect.id, started_on="2026-01-05")
    assert [(stay.started_on, stay.finished_on) for stay in moved.stays] == [
        (SEPTEMBER, date(2026, 1, 4)),
        (date(2026, 1, 5), None),
    ]


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        ({"provider": "elder"}, "/provider"),
        ({"participant_id": NOBODY}, "/participant_id"),
        ({"mentor_id": NOBODY}, "/mentor_id"),
        ({"cohort": "2029"}, "/cohort"),
        ({"provider": "alder", "partnership": "new", "delivery_partner_id": NOBODY}, "/delivery_partner_id"),
        ({"provider": "alder", "delivery_partner_id": NOBODY}, "/delivery_partner_id"),
        ({"partnership": "new"}, "/partnership"),
        ({"started_on": "0001-01-01"}, "/started_on"),
        ({"started_on": "yesterday"}, "/started_on"),
        ({"school_urn": "12345"}, "/school_urn"),
        ({"nickname": "Rosie"}, "/nickname"),
    ],
    ids=lambda value: str(value),
)
def test_a_value_that_cannot_be_is_pointed_at(v3: V3Client, facts: dict[str, Any], place: str) -> None:
    assert refusal(v3.register, role="ect", **facts) == (422, [place])
    assert v3.participants() == ()


@pytest.mark.parametrize("facts", [{"working_pattern": "part_time"}, {"mentor_id": NOBODY}])
def test_a_mentor_has_neither_working_pattern_nor_mentor(v3: V3Client, facts: dict[str, Any]) -> None:
    assert refusal(v3.register, role="mentor", **facts) == (422, [f"/{next(iter(facts))}"])


def test_a_provider_without_a_contract_can_train_nobody(v3: V3Client) -> None:
    assert refusal(v3.register, role="ect", provider="dogwood") == (409, [])


def test_another_person_s_trn_is_a_conflict(v3: V3Client) -> None:
    v3.register(role="ect", teacher_reference_number="7654321")
    assert refusal(v3.register, role="ect", teacher_reference_number="7654321") == (409, [])


def test_a_registration_that_is_undone_leaves_nothing(v3: V3Client) -> None:
    ect = v3.register(role="ect")
    assert v3.undo_registration(ect.id, "ect") is None
    assert refusal(v3.participant, ect.id) == (404, [])


def test_undoing_the_registration_at_one_school_leaves_the_other(v3: V3Client) -> None:
    ect = v3.register(role="ect", started_on="2025-09-01")
    moved = v3.register(role="ect", participant_id=ect.id, started_on="2026-01-05")
    left = v3.undo_registration(ect.id, "ect", moved.stays[1].school_urn)
    assert left is not None
    assert [stay.school_urn for stay in left.stays] == [ect.stays[0].school_urn]


def test_undoing_what_is_not_there_is_refused(v3: V3Client) -> None:
    ect = v3.register(role="ect")
    assert refusal(v3.undo_registration, ect.id, "mentor") == (409, [])
    assert refusal(v3.undo_registration, ect.id, "tutor") == (404, [])
    assert refusal(v3.undo_registration, ect.id, "ect", "999999") == (422, ["school_urn"])


# -- what becomes of a person ----------------------------------------------------------------------


def test_details_change_one_by_one(v3: V3Client) -> None:
    ect = v3.register(role="ect")
    assert v3.change_details(ect.id, full_name="Rosa Bell").full_name == "Rosa Bell"
    changed = v3.change_details(ect.id, email={"role": "ect", "value": None}, working_pattern="part_time")
    assert (changed.stays[0].email, changed.stays[0].working_pattern) == (None, "part_time")
    assert changed.teacher_reference_number == ect.teacher_reference_number
    assert v3.change_details(ect.id, teacher_reference_number=None).teacher_reference_number is None


def test_an_induction_opens_closes_and_opens_again(v3: V3Client) -> None:
    ect = v3.register(role="ect", started_on="2025-09-01")
    opened = v3.change_induction(ect.id, started_on="2025-09-01")
    assert opened.inductions == (Induction(SEPTEMBER, None, None),)
    assert opened.eligibility.ect.eligible_from == NOW
    v3.change_induction(ect.id, finished_on="2025-12-19")
    again = v3.change_induction(ect.id, started_on="2026-01-05")
    assert again.inductions == (
        Induction(SEPTEMBER, date(2025, 12, 19), None),
        Induction(date(2026, 1, 5), None, None),
    )


def test_an_induction_opened_and_closed_in_one_call_makes_nobody_eligible(v3: V3Client) -> None:
    ect = v3.register(role="ect", started_on="2025-09-01")
    closed = v3.change_induction(ect.id, started_on="2025-09-01", finished_on="2026-02-09")
    assert closed.eligibility.ect.eligible_from is None


def test_passing_ends_the_stay_today(v3: V3Client) -> None:
    ect = v3.register(role="ect", started_on="2025-09-01")
    v3.change_induction(ect.id, started_on="2025-09-01")
    passed = v3.change_induction(ect.id, finished_on="2026-02-06", outcome="pass")
    assert (passed.stays[0].finished_on, training_of(passed).finished_on) == (TODAY, TODAY)


def test_the_register_keeps_what_it_is_not_told(v3: V3Client) -> None:
    ect = v3.register(role="ect")
    v3.change_induction(ect.id, register={"started_on": "2025-09-01"})
    register = v3.change_induction(ect.id, register={"exempt": True}).register
    assert (register.started_on, register.completed_on, register.exempt) == (SEPTEMBER, None, True)


def test_the_department_funds_and_bars(v3: V3Client) -> None:
    mentor = v3.register(role="mentor")
    assert v3.change_funding(mentor.id, role="mentor", eligible=True).eligibility.mentor.eligible_from == NOW
    barred = v3.change_funding(
        mentor.id,
        role="mentor",
        mentor_funding_end_date="2026-01-31",
        mentor_ineligible_for_funding_reason="started_not_completed",
    ).eligibility.mentor
    assert (barred.ineligible_from, barred.ineligible_reason) == (date(2026, 1, 31), "started_not_completed")
    freed = v3.change_funding(mentor.id, role="mentor", mentor_funding_end_date=None).eligibility.mentor
    assert (freed.ineligible_from, freed.ineligible_reason) == (None, None)


def test_only_a_mentor_has_a_funding_end_date(v3: V3Client) -> None:
    ect = v3.register(role="ect")
    place = "/mentor_funding_end_date"
    assert refusal(v3.change_funding, ect.id, role="ect", mentor_funding_end_date="2026-01-31") == (422, [place])
    assert refusal(v3.change_funding, ect.id, role="ect", frozen_year="2029") == (422, ["/frozen_year"])


def test_a_school_changes_the_provider_and_the_programme(v3: V3Client) -> None:
    ect = v3.register(role="ect", provider="alder", partnership="new", started_on="2025-09-01")
    with_birch = v3.change_training(ect.id, role="ect", provider="birch")
    assert [(each.provider, each.finished_on) for each in with_birch.stays[0].training] == [
        ("alder", date(2026, 2, 9)),
        ("birch", None),
    ]
    assert training_of(v3.change_training(ect.id, role="ect", provider=None)).provider is None
    assert refusal(v3.change_training, ect.id, role="ect", provider=None) == (409, [])


def test_only_an_ect_is_trained_by_the_school(v3: V3Client) -> None:
    mentor = v3.register(role="mentor", provider="alder")
    assert refusal(v3.change_training, mentor.id, role="mentor", provider=None) == (422, ["/provider"])


def test_the_department_moves_somebody_to_another_cohort(v3: V3Client) -> None:
    ect = v3.register(role="ect", provider="alder", started_on="2025-09-01")
    assert training_of(v3.change_training(ect.id, role="ect", cohort="2024")).cohort == "2024"


def test_a_mentor_is_assigned_and_taken_away(v3: V3Client) -> None:
    mentor = v3.register(role="mentor", started_on="2025-09-01")
    ect = v3.register(role="ect", school_urn=mentor.stays[0].school_urn, started_on="2025-09-01")
    assigned = v3.change_mentor(ect.id, mentor.id)
    assert [each.started_on for each in assigned.stays[0].mentorships] == [TODAY]
    other = v3.register(role="mentor")
    assert refusal(v3.change_mentor, ect.id, other.id) == (409, [])
    assert refusal(v3.change_mentor, ect.id, NOBODY) == (422, ["/mentor_id"])


def test_a_departure_ends_the_stay_and_a_day_before_it_is_impossible(v3: V3Client) -> None:
    ect = v3.register(role="ect", started_on="2025-09-01")
    assert refusal(v3.depart, ect.id, role="ect", on="2025-08-31") == (409, [])
    assert v3.depart(ect.id, role="ect", on="2026-03-27").stays[0].finished_on == date(2026, 3, 27)


def test_a_departure_on_a_start_to_come_deletes_the_stay(v3: V3Client) -> None:
    ect = v3.register(role="ect", started_on="2026-03-02")
    assert v3.depart(ect.id, role="ect", on="2026-03-02").stays == ()


def test_a_merge_moves_everything_and_leaves_the_old_id_unknown(v3: V3Client) -> None:
    ect, mentor = v3.register(role="ect"), v3.register(role="mentor")
    survivor = v3.merge(ect.id, into=mentor.id)
    assert sorted(stay.role for stay in survivor.stays) == ["ect", "mentor"]
    [change] = survivor.id_changes
    assert (change.from_participant_id, change.to_participant_id, change.changed_at) == (ect.id, mentor.id, NOW)
    assert refusal(v3.participant, ect.id) == (404, [])
    assert refusal(v3.merge, mentor.id, into=mentor.id) == (409, [])
    assert refusal(v3.merge, mentor.id, into=ect.id) == (422, ["/into"])


def test_an_unknown_person_is_404_whatever_is_asked(v3: V3Client) -> None:
    calls = [
        lambda: v3.participant(NOBODY),
        lambda: v3.change_details(NOBODY, full_name="Rosa"),
        lambda: v3.change_induction(NOBODY, started_on="2025-09-01"),
        lambda: v3.change_funding(NOBODY, role="ect", eligible=True),
        lambda: v3.change_training(NOBODY, role="ect", provider=None),
        lambda: v3.change_mentor(NOBODY, None),
        lambda: v3.depart(NOBODY, role="ect"),
        lambda: v3.undo_registration(NOBODY, "ect"),
        lambda: v3.declaration(NOBODY),
        lambda: v3.set_declaration_state(NOBODY, "paid"),
    ]
    assert [refusal(call) for call in calls] == [(404, [])] * len(calls)


def test_a_sandbox_counts_the_records_of_v3_once_somebody_used_it(sandbox: SandboxClient) -> None:
    assert sandbox.get().counts["v3"] is None
    sandbox.v3.register(role="ect", provider="alder", partnership="new")
    counts = sandbox.get().counts["v3"]
    assert isinstance(counts, dict)
    assert list(counts) == ["schools", "partnerships", "participants", "declarations", "statements"]
    assert (counts["schools"], counts["partnerships"], counts["participants"]) == (1, 1, 1)


@pytest.mark.parametrize("text", ["rosa", "rosa@", "@school.example", "rosa@school@example", "rosa l@school.example"])
def test_a_text_that_is_no_email_address_is_refused(sandbox: SandboxClient, text: str) -> None:
    assert refusal(sandbox.v3.register, role="ect", email=text) == (422, ["/email"])
