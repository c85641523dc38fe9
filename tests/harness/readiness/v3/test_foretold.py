"""Refusals that the records of a client of v3 foretold: each entry of the table once, and what nobody foresees."""

from typing import Any

import pytest

from mock_server.harness.readiness.shown import ShownRecord
from mock_server.harness.v3.readiness.foretold import TABLE
from mock_server.v3.domain import declaration_rules, participant_rules, partnership_rules, schedule_rules
from tests.harness.readiness.v3.story import ID, Story, participant, record

REQUIREMENT = "actions.not-foretold"
ECT, MENTOR = "ecf-induction", "ecf-mentor"
OLD = "00000000-0000-4000-8000-000000000001"
SCHOOL = "00000000-0000-4000-8000-000000000002"
PARTNER = "00000000-0000-4000-8000-000000000003"
PARTNERSHIP = {"cohort": "2025", "school_id": SCHOOL, "delivery_partner_id": PARTNER}


def declared(declaration_type: str, date: str = "2026-01-12T09:00:00Z", **others: str) -> ShownRecord:
    attributes = {"participant_id": ID, "course_identifier": ECT, "state": "eligible"}
    return record(
        f"declaration {declaration_type}",
        declaration_type=declaration_type,
        declaration_date=date,
        **attributes | others,
    )


MENTORS = participant(participant_type="mentor")
LEFT = participant(training_status="deferred", participant_status="left")
MOVED = record(transfers=[{"transfer_type": "new_provider", "status": "complete", "leaving": {"date": "2026-10-01"}}])

# What the entry is about: the list and the record that showed it, the write, and the rule that this broke.
CASES: dict[str, tuple[str, ShownRecord, str, str, dict[str, str]]] = {
    "a course of the other participant type": (
        *("participants", MENTORS, "declare", "declaration-course-of-participant"),
        {"course_identifier": ECT},
    ),
    "an id that was merged into another": (
        "participants",
        participant("survivor", [{"from_participant_id": ID, "to_participant_id": "survivor"}]),
        *("declare", "declaration-participant-exists", {"course_identifier": ECT}),
    ),
    "a participant whom you had withdrawn": (
        *("participants", participant(training_status="withdrawn"), "defer", "defer-not-withdrawn"),
        {"course_identifier": ECT},
    ),
    "a date still to come": (
        *("participants", participant(), "declare", "declaration-date-not-future"),
        {"course_identifier": ECT},
    ),
    "a type that isn't for mentors of that cohort": (
        *("participants", MENTORS, "declare", "declaration-type-for-mentors"),
        {"course_identifier": MENTOR},
    ),
    "a schedule that isn't for that participant type": (
        *("participants", participant(), "change-schedule", "schedule-no-replacement-for-ect"),
        {"course_identifier": ECT},
    ),
    "a reason that isn't for an ECT": (
        *("participants", participant(), "withdraw", "withdraw-reason-for-role"),
        {"course_identifier": ECT},
    ),
    "a school that chose school-led training": (
        "schools",
        record(SCHOOL, cohort="2025", induction_programme_choice="school_led"),
        *("create-partnership", "partnership-school-provider-led", PARTNERSHIP),
    ),
    "a delivery partner without that cohort": (
        *("delivery-partners", record(PARTNER, cohort=["2024"]), "create-partnership"),
        *("partnership-delivery-partner-yours", PARTNERSHIP),
    ),
    "a participant who hadn't begun": (
        *("participants", participant(participant_status="joining"), "defer", "defer-training-begun"),
        {"course_identifier": ECT},
    ),
    "somebody whom you had deferred or withdrawn on the same day": (
        "participants",
        participant(training_status="deferred", deferral={"reason": "other", "date": "2026-11-23T08:00:00Z"}),
        *("resume", "resume-not-on-last-day", {"course_identifier": ECT}),
    ),
    "a deferral of somebody deferred": (
        "participants",
        LEFT,
        "defer",
        "defer-not-deferred",
        {"course_identifier": ECT},
    ),
    "a resumption of somebody active": (
        *("participants", participant(), "resume", "resume-not-active"),
        {"course_identifier": ECT},
    ),
    "the schedule that the participant was on": (
        *("participants", participant(), "change-schedule", "schedule-differs"),
        {"course_identifier": ECT, "schedule_identifier": "ecf-standard-september"},
    ),
    "a participant who had left": (
        "participants",
        LEFT,
        "change-schedule",
        "schedule-not-left",
        {"course_identifier": ECT},
    ),
    "a participant who had finished": (
        "participants",
        participant(induction_end_date="2026-07-01"),
        *("change-schedule", "schedule-not-finished", {"course_identifier": ECT}),
    ),
    "something declared already": (
        *("declarations", declared("started"), "declare", "declaration-type-free"),
        {"participant_id": ID, "course_identifier": ECT, "declaration_type": "started"},
    ),
    "a type that isn't on the schedule": (
        *("participants", participant(), "declare", "declaration-type-in-schedule"),
        {"course_identifier": ECT, "declaration_type": "extended-1"},
    ),
    "evidence that the type doesn't take": (
        *("participants", participant(), "declare", "declaration-evidence-held"),
        {"course_identifier": ECT},
    ),
    "dates out of the order of the types": (
        *("declarations", declared("retained-1"), "declare", "declaration-dates-in-order"),
        {
            **{"participant_id": ID, "course_identifier": ECT, "declaration_type": "started"},
            "declaration_date": "2026-02-01T09:00:00Z",
        },
    ),
    "a milestone that had not opened": (
        *("participants", participant(cohort="2024"), "declare", "declaration-date-in-milestone"),
        {"course_identifier": ECT, "declaration_type": "retained-4", "declaration_date": "2024-09-01T09:00:00Z"},
    ),
    "a milestone that had closed": (
        *("participants", participant(cohort="2024"), "declare", "declaration-date-in-milestone"),
        {"course_identifier": ECT, "declaration_type": "started", "declaration_date": "2026-09-01T09:00:00Z"},
    ),
    "a void declaration": ("declarations", record(state="voided"), "void", "void-not-voided", {}),
    "a school that was your partner already": (
        *("partnerships", record("p", cohort="2025", school_id=SCHOOL), "create-partnership"),
        *("partnership-school-free", PARTNERSHIP),
    ),
    "the delivery partner that the partnership had": (
        *("partnerships", record(delivery_partner_id=PARTNER), "change-partnership"),
        *("partnership-delivery-partner-new", {"delivery_partner_id": PARTNER}),
    ),
}
# These need more than one record to be known.
OTHERS = {
    "a participant who had left, as the list of transfers said",
    "somebody whom you had resumed or rescheduled on the same day",
}


def subject(kind: str) -> str:
    return SCHOOL if kind == "create-partnership" else ID


def told(story: Story, case: tuple[str, ShownRecord, str, str, dict[str, str]], times: int) -> None:
    """After a trial: so many different refusals of this kind."""
    _, _, kind, rule, attributes = case
    story.refused("defer", "defer-reason-given", OLD)
    for time in range(times):
        story.refused(kind, rule, subject(kind), **attributes, note=str(time))


def test_every_entry_is_tried() -> None:
    assert {entry.what for entry in TABLE} == CASES.keys() | OTHERS


@pytest.mark.parametrize("entry", [each for each in TABLE if each.what in CASES], ids=lambda entry: entry.what)
def test_what_the_client_was_shown_foretold_it(entry: Any) -> None:
    case = CASES[entry.what]
    for times, shown, verdict in (
        (entry.from_time, True, "failed"),
        (entry.from_time - 1, True, "passed"),
        # Nobody can know what no answer showed. Only what the calendar says, everybody knows.
        (entry.from_time, False, "failed" if entry.what == "a date still to come" else "passed"),
    ):
        story = Story()
        if shown:
            story.lists(case[0], case[1])
        told(story, case, times)
        judgement = story.judge(REQUIREMENT)
        assert judgement.verdict == verdict, (times, shown)
        assert verdict == "passed" or entry.what in str(judgement.advice)


def test_the_rules_of_the_table_are_rules_of_the_service() -> None:
    tables = (
        *(declaration_rules.DECLARE, declaration_rules.VOID, participant_rules.WITHDRAW, participant_rules.DEFER),
        *(participant_rules.RESUME, schedule_rules.CHANGE_SCHEDULE, partnership_rules.CREATE, partnership_rules.UPDATE),
    )
    known = {rule.id for table in tables for rule in table.rules}
    assert {rule for entry in TABLE for rule in entry.rules} <= known


def test_the_list_of_transfers_tells_who_has_moved() -> None:
    for listed, verdict in ((MOVED, "failed"), (record(transfers=[]), "passed")):
        story = Story()
        story.lists("participants", LEFT)
        story.lists("transfers", listed)
        story.refused("defer", "defer-reason-given", OLD)
        story.refused("resume", "resume-still-at-school", course_identifier=ECT)
        assert story.verdict(REQUIREMENT) == verdict


def test_who_came_from_another_provider_has_not_left() -> None:
    story = Story()
    story.lists("participants", participant(training_status="deferred"))
    story.lists("transfers", MOVED)
    story.refused("defer", "defer-reason-given", OLD)
    story.refused("resume", "resume-not-elsewhere", course_identifier=ECT)
    assert story.verdict(REQUIREMENT) == "passed"


@pytest.mark.parametrize(("days", "verdict"), [(0, "failed"), (1, "passed")])
def test_what_the_client_changed_today_it_knows(days: int, verdict: str) -> None:
    story = Story()
    story.refused("defer", "defer-reason-given", OLD)
    for id in ("somebody", "another"):
        story.request(
            "change-schedule", id, attributes={"course_identifier": ECT}, shown=(participant(id),), record={"id": id}
        )
    story.wait(86_400 * days)
    for id in ("somebody", "another"):
        story.refused("defer", "defer-not-on-first-day", id, course_identifier=ECT)
    assert story.verdict(REQUIREMENT) == verdict
