"""Rules 5.8, rows 12 to 19: mentors, evidence, withdrawals, cohorts, order. Each test names its rows."""

from datetime import timedelta
from typing import Any

import pytest

from mock_server.v3.domain.vocabulary import DECLARATION_TYPES, EVIDENCE_HELD
from tests.v3.domain.situations import (
    MISSING,
    NOW,
    TODAY,
    at,
    day,
    declaration_of,
    declare,
    declare_refused,
    freeze,
    make_eligible,
    new_world,
    set_cohort,
    train,
    train_2024,
    withdraw,
)
from tests.v3.domain.test_evidence import FROM_2025, UP_TO_2024

BLANKS: list[Any] = [MISSING, None, "", "  ", False, [], {}]
EXTENDED = "ecf-extended-september"
ATTRIBUTES = ("participant_id", "declaration_type", "declaration_date", "course_identifier", "evidence_held")
SECOND = timedelta(seconds=1)


# -- rows 12 and 13 ----------------------------------------------------------------------------------


@pytest.mark.parametrize("declaration_type", [each for each in DECLARATION_TYPES if each[0] in "re"])
def test_row_12_a_mentor_of_2025_has_two_types_only(declaration_type: str) -> None:
    world = new_world()
    training = train(world, "mentor", schedule=EXTENDED)
    refusal = declare_refused(world, training, declaration_type=declaration_type)
    assert refusal.titles == ["declaration_type"]
    assert refusal.rules == ["declaration-type-for-mentors"]


@pytest.mark.parametrize("declaration_type", ["started", "completed"])
def test_row_12_a_mentor_of_2025_is_declared_started_and_completed(declaration_type: str) -> None:
    world = new_world()
    assert declare(world, train(world, "mentor"), declaration_type=declaration_type).role == "mentor"


def test_row_12_mentors_of_2024_and_ects_have_all_types() -> None:
    world = new_world()
    for training, dated in ((train_2024(world, "mentor"), "2025-01-20T09:00:00Z"), (train(world), MISSING)):
        changes: dict[str, Any] = {} if dated is MISSING else {"declaration_date": dated}
        assert declare(world, training, declaration_type="retained-1", **changes).declaration_type == "retained-1"


def test_row_12_follows_the_cohorts_flag() -> None:
    world = new_world()
    set_cohort(world, "2025", mentor_funding=False)
    assert declare(world, train(world, "mentor"), declaration_type="retained-1").declaration_type == "retained-1"


CELLS = [
    (cohort, role, declaration_type, evidence)
    for cohort, table in (("2024", UP_TO_2024), ("2025", FROM_2025))
    for role, types in table.items()
    for declaration_type in types
    for evidence in (MISSING, None, "", "nonsense", *EVIDENCE_HELD)
]


@pytest.mark.parametrize(("cohort", "role", "declaration_type", "evidence"), CELLS)
def test_row_13_the_evidence_is_what_the_table_allows(
    cohort: str, role: Any, declaration_type: str, evidence: Any
) -> None:
    """Every cell of the evidence table; what is sent for `started` up to 2024 is dropped."""
    world = new_world()
    training = train(world, role, cohort=cohort, schedule=EXTENDED, start=f"{cohort}-09-01")
    changes = {"declaration_type": declaration_type, "evidence_held": evidence}
    allowed = (FROM_2025 if cohort == "2025" else UP_TO_2024)[role][declaration_type]
    if not allowed:
        assert declare(world, training, **changes).evidence_held is None
    elif evidence in allowed:
        assert declare(world, training, **changes).evidence_held == evidence
    else:
        refusal = declare_refused(world, training, **changes)
        assert refusal.titles == ["evidence_held"]
        assert refusal.rules == ["declaration-evidence-held"]


def test_row_13_missing_and_not_allowed_are_different_details() -> None:
    world = new_world()
    training = train(world)
    missing = declare_refused(world, training, evidence_held=None)
    unknown = declare_refused(world, training, evidence_held="nonsense")
    assert missing.titles == unknown.titles == ["evidence_held"]
    assert missing.details != unknown.details


@pytest.mark.parametrize(("cohort", "detailed"), [("2025", False), ("2024", True)])
def test_row_13_follows_the_cohorts_flag_and_not_its_year(cohort: str, detailed: bool) -> None:
    world = new_world()
    set_cohort(world, cohort, detailed_evidence=detailed)
    training = train(world, cohort=cohort, schedule=EXTENDED)
    if detailed:
        assert declare_refused(world, training, evidence_held=None).titles == ["evidence_held"]
    else:
        assert declare(world, training, evidence_held="nonsense").evidence_held is None


def test_row_13_is_asked_only_if_clean() -> None:
    world = new_world()
    refusal = declare_refused(world, train(world), evidence_held=None, declaration_date="2026-02-11T00:00:00Z")
    assert refusal.titles == ["declaration_date"]


# -- rows 14 to 16 -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dated", "fits"),
    [("2026-01-12T08:59:59Z", True), ("2026-01-12T09:00:00Z", False), ("2026-01-12T09:00:01Z", False)],
)
def test_row_14_a_date_at_or_after_the_withdrawal_is_refused(dated: str, fits: bool) -> None:
    """Withdrawn at nine o'clock on 12 January."""
    world = new_world()
    training = withdraw(world, train(world))
    if fits:
        assert declare(world, training, declaration_date=dated).state == "submitted"
    else:
        refusal = declare_refused(world, training, declaration_date=dated)
        assert refusal.titles == ["participant_id"]
        assert refusal.rules == ["declaration-before-withdrawal"]


def test_row_14_somebody_resumed_since_is_not_withdrawn() -> None:
    world = new_world()
    old = withdraw(world, train(world))
    new = train(world, stay=old.stay, start="2026-01-20")
    assert declare(world, new).training is new


def test_row_14_a_malformed_date_gives_declaration_date_alone() -> None:
    """The decision after row 19."""
    world = new_world()
    refusal = declare_refused(world, withdraw(world, train(world)), declaration_date="2026-01-20")
    assert refusal.titles == ["declaration_date"]


def test_row_15_training_now_in_a_frozen_cohort_is_refused() -> None:
    world = new_world()
    training = train_2024(world)
    freeze(world, "2024")
    refusal = declare_refused(world, training, declaration_date="2024-10-01T09:00:00Z")
    assert refusal.titles == ["cohort"]
    assert refusal.rules == ["declaration-cohort-not-frozen"]


@pytest.mark.parametrize(("end", "fits"), [(TODAY, False), ("2026-02-09", True)])
def test_row_15_asks_about_the_training_that_is_ongoing_today(end: str, fits: bool) -> None:
    """The last day counts as ongoing; somebody who left a frozen cohort may be declared for."""
    world = new_world()
    training = train_2024(world, end=end)
    freeze(world, "2024")
    changes: dict[str, Any] = {"declaration_date": "2024-10-01T09:00:00Z"}
    if fits:
        assert declare(world, training, **changes).cohort == "2024"
    else:
        assert declare_refused(world, training, **changes).titles == ["cohort"]


def test_row_15_looks_at_any_providers_training() -> None:
    """The old provider of 2025 is refused, because the person trains in a frozen cohort with another one."""
    world = new_world()
    old = train(world, end="2025-12-31")
    train(world, provider="birch", cohort="2024", stay=old.stay, start="2026-01-01")
    freeze(world, "2024")
    assert declare_refused(world, old).rules == ["declaration-cohort-not-frozen"]


def test_row_15_looks_at_the_role() -> None:
    world = new_world()
    ect = train(world)
    train(world, "mentor", cohort="2024", teacher=ect.teacher, start="2026-01-01")
    freeze(world, "2024")
    assert declare(world, ect).cohort == "2025"


def test_row_15_a_cohort_is_frozen_from_its_moment_on() -> None:
    world = new_world()
    training = train_2024(world)
    freeze(world, "2024", "2026-02-10T10:00:01Z")
    assert declare(world, training, declaration_date="2024-10-01T09:00:00Z").cohort == "2024"
    later: dict[str, Any] = {"declaration_type": "retained-1", "declaration_date": "2025-01-20T09:00:00Z"}
    assert declare_refused(world, training, now=NOW + SECOND, **later).titles == ["cohort"]


def test_rows_15_and_19_another_providers_participant_in_a_frozen_cohort_gives_two_entries() -> None:
    world = new_world()
    training = train_2024(world, provider="birch")
    freeze(world, "2024")
    refusal = declare_refused(world, training, declaration_date="2024-10-01T09:00:00Z")
    assert refusal.titles == ["cohort", "participant_id"]


# The last open output statement of 2025 has its deadline on 31 July 2028.
AFTER_2025 = "2028-07-31T23:00:00Z"
BEFORE_ITS_END = "2028-07-31T22:59:59Z"


def test_row_16_a_fundable_participant_of_a_cohort_without_open_statements_is_refused() -> None:
    world = new_world()
    training = make_eligible(world, train(world))
    refusal = declare_refused(world, training, now=at(AFTER_2025))
    assert refusal.titles == ["cohort"]
    assert refusal.rules == ["declaration-statement-open"]


def test_row_16_a_statement_whose_deadline_is_today_is_open() -> None:
    """Rules 2.9: London's day."""
    world = new_world()
    declared = declare(world, make_eligible(world, train(world)), now=at(BEFORE_ITS_END))
    assert declared.statement is not None
    assert declared.statement.deadline_date == day("2028-07-31")


def test_row_16_without_eligibility_no_statement_is_needed() -> None:
    world = new_world()
    assert declare(world, train(world), now=at(AFTER_2025)).state == "submitted"


def test_row_16_a_payable_statement_is_not_open() -> None:
    world = new_world()
    for statement in world.statements.values():
        statement.status = "payable"
    assert declare_refused(world, make_eligible(world, train(world))).rules == ["declaration-statement-open"]


def test_row_16_only_output_statements_count() -> None:
    world = new_world()
    for statement in world.statements.values():
        statement.fee_type = "service"
    assert declare_refused(world, make_eligible(world, train(world))).titles == ["cohort"]


def test_row_16_is_not_asked_after_row_15() -> None:
    world = new_world()
    training = make_eligible(world, train(world))
    freeze(world, "2025")
    refusal = declare_refused(world, training, now=at(AFTER_2025))
    assert refusal.rules == ["declaration-cohort-not-frozen"]


# -- rows 17 to 19 -----------------------------------------------------------------------------------


@pytest.mark.parametrize("family", ["standard", "reduced"])
@pytest.mark.parametrize("declaration_type", ["extended-1", "extended-2", "extended-3"])
def test_row_17_a_type_that_the_schedule_lacks_is_refused(family: str, declaration_type: str) -> None:
    world = new_world()
    training = train(world, schedule=f"ecf-{family}-september")
    refusal = declare_refused(world, training, declaration_type=declaration_type)
    assert refusal.titles == ["declaration_type"]
    assert refusal.rules == ["declaration-type-in-schedule"]


def test_row_17_is_not_asked_after_a_complaint_about_the_cohort() -> None:
    world = new_world()
    training = train(world)
    freeze(world, "2025")
    assert declare_refused(world, training, declaration_type="extended-1").titles == ["cohort"]


@pytest.mark.parametrize(
    ("declaration_type", "dated", "fits"),
    [
        ("started", "2025-12-01T09:00:00Z", True),
        ("started", "2025-12-01T09:00:01Z", False),
        ("retained-1", "2025-12-01T08:59:59Z", True),
        ("retained-3", "2025-12-01T08:59:59Z", False),
        ("retained-3", "2025-12-01T09:00:00Z", True),
        ("completed", "2025-11-01T09:00:00Z", False),
        ("extended-1", "2025-11-01T09:00:00Z", False),
        ("extended-3", "2025-12-01T09:00:00Z", True),
    ],
)
def test_row_18_dates_follow_the_order_of_the_types(declaration_type: str, dated: str, fits: bool) -> None:
    """From 2025 on, here around a `retained-2` of 1 December. Equal is fine."""
    world = new_world()
    training = train(world, schedule=EXTENDED)
    declaration_of(world, training, "retained-2", "2025-12-01T09:00:00Z")
    changes: dict[str, Any] = {"declaration_type": declaration_type, "declaration_date": dated}
    if fits:
        assert declare(world, training, **changes).declaration_type == declaration_type
    else:
        refusal = declare_refused(world, training, **changes)
        assert refusal.titles == ["declaration_date"]
        assert refusal.rules == ["declaration-dates-in-order"]


def test_row_18_up_to_2024_the_order_is_free() -> None:
    world = new_world()
    training = train_2024(world, schedule=EXTENDED)
    declaration_of(world, training, "retained-2", "2024-10-01T09:00:00Z")
    assert declare(world, training, declaration_date="2024-12-01T09:00:00Z").declaration_type == "started"


def test_row_18_follows_the_year_and_no_flag() -> None:
    world = new_world()
    set_cohort(world, "2025", detailed_evidence=False, mentor_funding=False)
    training = train(world)
    declaration_of(world, training, "retained-1", "2025-12-01T09:00:00Z")
    assert declare_refused(world, training).rules == ["declaration-dates-in-order"]


@pytest.mark.parametrize("state", ["voided", "awaiting-clawback", "clawed-back"])
def test_row_18_only_live_declarations_count(state: str) -> None:
    world = new_world()
    training = train(world)
    declaration_of(world, training, "retained-1", "2025-12-01T09:00:00Z", state)
    assert declare(world, training).declaration_type == "started"


def test_row_18_another_providers_declarations_count() -> None:
    world = new_world()
    old = train(world, provider="birch", end="2025-12-31")
    declaration_of(world, old, "retained-1", "2025-12-01T09:00:00Z")
    new = train(world, stay=old.stay, start="2026-01-01")
    assert declare_refused(world, new).rules == ["declaration-dates-in-order"]


def test_row_19_an_expression_of_interest_is_no_training() -> None:
    world = new_world()
    refusal = declare_refused(world, train(world, interest=True))
    assert refusal.titles == ["participant_id"]
    assert refusal.rules == ["declaration-participant-yours"]
