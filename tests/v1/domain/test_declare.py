"""Submitting a declaration: the eleven rules, in order, each accepted, refused and at its edge."""

from datetime import timedelta
from typing import Any

import pytest

from tests.v1.domain.builders import (
    MISSING,
    NOW,
    UNKNOWN_ID,
    act,
    add,
    at,
    declaration_in,
    declare,
    new_world,
    refused,
)
from tests.v1.domain.published import FAMILIES, OPEN_STARTS, TERMS, TYPES, WINDOWS, Window

SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)
LATE = at("2030-01-01T00:00:00Z")
# JSON values that count as no value at all.
BLANK = [MISSING, None, "", " \t\n", False, {}, {"a": 1}, [], ["started"]]


def test_a_declaration_keeps_what_was_sent() -> None:
    world = new_world()
    participant = add(world)
    declaration = declare(world, participant)
    assert world.declarations == {declaration.id: declaration}
    assert declaration.participant is participant
    assert declaration.provider == "alder"
    assert declaration.declaration_type == "started"
    assert declaration.declaration_date == at("2021-11-20T09:00:00Z")
    assert declaration.course_identifier == "ecf-induction"
    assert declaration.state == "submitted"
    assert declaration.created_at == declaration.updated_at == NOW


def test_a_declaration_changes_nothing_about_the_participant() -> None:
    world = new_world()
    participant = add(world)
    declare(world, participant)
    assert participant.updated_at == participant.created_at != NOW


def test_a_date_with_an_offset_is_the_same_moment_in_utc() -> None:
    world = new_world()
    declaration = declare(world, add(world), declaration_date="2021-11-20T00:30:00+01:00")
    assert declaration.declaration_date == at("2021-11-19T23:30:00Z")


# -- attributes that are missing, and the order of complaints ------------------------------------


def test_empty_attributes_get_exactly_the_four_documented_complaints() -> None:
    world = new_world()
    participant = add(world)
    nothing: dict[str, Any] = dict.fromkeys(
        ("participant_id", "declaration_type", "declaration_date", "course_identifier", "evidence_held"), MISSING
    )
    refusal = refused(world, "declare", participant, **nothing)
    assert refusal.titles == ["declaration_date", "declaration_type", "participant_id", "course_identifier"]
    assert refusal.rules == [
        "declaration-date-present",
        "declaration-type-present",
        "participant-enrolled",
        "course-enrolled",
    ]


@pytest.mark.parametrize("value", BLANK)
def test_a_missing_date_is_refused(value: object) -> None:
    world = new_world()
    refusal = refused(world, "declare", add(world), declaration_date=value)
    assert (refusal.titles, refusal.rules) == (["declaration_date"], ["declaration-date-present"])
    assert "#/declaration_date" in refusal.details["declaration_date"]


def test_a_missing_date_is_refused_for_a_withdrawn_participant_too() -> None:
    world = new_world()
    participant = add(world, training_status="withdrawn")
    assert refused(world, "declare", participant, declaration_date=MISSING).titles == ["declaration_date"]


@pytest.mark.parametrize("value", BLANK)
def test_a_missing_type_is_refused(value: object) -> None:
    world = new_world()
    refusal = refused(world, "declare", add(world), declaration_type=value)
    assert (refusal.titles, refusal.rules) == (["declaration_type"], ["declaration-type-present"])


@pytest.mark.parametrize("value", [MISSING, None, "", 7, 1.5, True, False, [], {}, [UNKNOWN_ID]])
def test_a_participant_id_that_is_no_text_is_refused_like_an_unknown_one(value: object) -> None:
    world = new_world()
    add(world)
    refusal = refused(world, "declare", UNKNOWN_ID, participant_id=value)
    assert refusal.titles == ["participant_id", "course_identifier"]


def test_everything_wrong_at_once_is_complained_of_in_the_order_of_the_rules() -> None:
    world = new_world()
    participant = add(world)
    act(world, "withdraw", participant, now=at("2021-11-19"))
    wrong: dict[str, Any] = {
        "declaration_type": "extended-1",
        "declaration_date": "2021-12-25T00:00:00Z",
        "evidence_held": "none",
    }
    own = refused(world, "declare", participant, **wrong)
    assert own.titles == ["declaration_date", "participant_id", "evidence_held", "declaration_type"]
    assert own.rules == [
        "declaration-date-not-future",
        "declaration-before-withdrawal",
        "declaration-evidence-held",
        "declaration-type-in-schedule",
    ]
    strangers = refused(world, "declare", participant, provider="birch", **wrong)
    assert strangers.titles == own.titles
    assert strangers.rules[1] == "participant-enrolled"


def test_a_taken_slot_is_complained_of_last() -> None:
    world = new_world()
    participant = add(world)
    declare(world, participant, declaration_type="retained-1")
    refusal = refused(
        world,
        "declare",
        participant,
        provider="birch",
        declaration_type="retained-1",
        declaration_date="2022-02-01T00:00:00Z",
        evidence_held="none",
    )
    assert refusal.titles == ["declaration_date", "participant_id", "evidence_held", "base"]
    # Two complaints about the date are one entry.
    assert refusal.rules == [
        "declaration-date-not-future",
        "declaration-date-in-milestone",
        "participant-enrolled",
        "declaration-evidence-held",
        "declaration-slot-free",
    ]
    future, late = refusal.details["declaration_date"].split(", #/")
    assert "future" in future
    assert "2022-01-31" in late


@pytest.mark.parametrize(
    ("declaration_type", "guide"),
    [
        ("started", "declaring-that-an-ecf-participant-has-started-their-course"),
        ("retained-3", "declaring-that-an-ecf-participant-has-retained-their-course"),
        ("completed", "declaring-that-an-ecf-participant-has-completed-their-course"),
        (MISSING, "declaring-that-an-ecf-participant-has-started-their-course"),
    ],
)
def test_a_refusal_names_the_paragraph_of_the_guide_for_its_type(declaration_type: object, guide: str) -> None:
    world = new_world()
    assert refused(world, "declare", UNKNOWN_ID, declaration_type=declaration_type).guide == guide


# -- the date: not in the future, well formed ----------------------------------------------------


def test_the_date_can_be_the_servers_own_moment_and_no_later() -> None:
    now = NOW + timedelta(milliseconds=500)
    world = new_world(now)
    for date, accepted in (
        ("2021-11-20T09:00:00.5Z", True),
        ("2021-11-20T09:00:00.500001Z", False),
        ("2021-11-20T09:00:01Z", False),
        ("2021-11-20T10:00:00+01:00", True),
        ("2021-11-20T10:00:01+01:00", False),
    ):
        participant = add(world)
        if accepted:
            assert declare(world, participant, declaration_date=date)
        else:
            refusal = refused(world, "declare", participant, declaration_date=date)
            assert (refusal.titles, refusal.rules) == (["declaration_date"], ["declaration-date-not-future"])


def test_the_future_is_what_the_requests_own_server_date_says() -> None:
    world = new_world()
    participant = add(world)
    date = "2021-11-25T00:00:00Z"
    assert refused(world, "declare", participant, declaration_date=date).titles == ["declaration_date"]
    assert declare(world, participant, declaration_date=date, now=at(date))


@pytest.mark.parametrize("date", ["2021-11-20T09:00:00Z", "2021-11-20T09:00:00", "2021-11-20T09:00:00.123Z",
                                  "2021-11-20T08:59:59+00:00", "2021-11-20T04:00:00-05:00",
                                  "2021-11-20T10:00:00+0100", "2021-11-20T10:00:00+01",
                                  "2021-11-20T08:59:59,5Z"])  # fmt: skip
def test_a_well_formed_date_is_accepted(date: str) -> None:
    """Rules 6.2: a fraction after a point or a comma, and an offset in three forms."""
    world = new_world(LATE)
    assert declare(world, add(world), declaration_date=date)


@pytest.mark.parametrize("date", ["2021-11-20", "2021-11-20T09:00Z", "2021-11-20 09:00:00Z", "20/11/2021", "yesterday",
                                  "2021-11-31T00:00:00Z", "2021-02-29T00:00:00Z", "2021-11-20T24:00:00Z",
                                  "2021-11-20T23:59:60Z", "0000-01-01T00:00:00Z", "2021-11-20T09:00:00+1",
                                  " 2021-11-20T09:00:00Z", 20211120, 2021.1, 0, True])  # fmt: skip
def test_a_date_that_is_not_well_formed_is_refused(date: object) -> None:
    world = new_world(LATE)
    refusal = refused(world, "declare", add(world), declaration_date=date)
    assert (refusal.titles, refusal.rules) == (["declaration_date"], ["declaration-date-well-formed"])


@pytest.mark.parametrize(
    ("date", "rules"),
    [
        ("9999-12-31T23:59:59Z", ["declaration-date-not-future", "declaration-date-in-milestone"]),
        ("0001-01-01T00:00:00Z", ["declaration-date-in-milestone"]),
    ],
)
def test_an_absurd_date_is_refused_like_any_other(date: str, rules: list[str]) -> None:
    world = new_world()
    assert refused(world, "declare", add(world), declaration_date=date).rules == rules


# -- the milestone -------------------------------------------------------------------------------


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: f"{w.cohort}-{w.schedule}-{w.declaration_type}")
def test_the_date_must_lie_from_the_first_moment_to_the_last_of_the_published_milestone(window: Window) -> None:
    opens, closes = at(str(window.start)), at(str(window.milestone_date)) + timedelta(days=1)
    world = new_world(LATE)
    for moment, accepted in (
        (opens - MICROSECOND, False),
        (opens, True),
        (opens + SECOND, True),
        (closes - SECOND, True),
        (closes - MICROSECOND, True),
        (closes, False),
    ):
        participant = add(world, cohort=str(window.cohort), schedule=window.schedule)
        wanted: dict[str, Any] = {
            "declaration_type": window.declaration_type,
            "declaration_date": moment.isoformat(),
        }
        if accepted:
            assert declare(world, participant, **wanted).declaration_date == moment
        else:
            refusal = refused(world, "declare", participant, **wanted)
            assert (refusal.titles, refusal.rules) == (["declaration_date"], ["declaration-date-in-milestone"])


@pytest.mark.parametrize("family", FAMILIES[1:])
@pytest.mark.parametrize("term", TERMS)
def test_the_other_schedules_take_any_type_from_their_first_moment_on_in_any_order(family: str, term: str) -> None:
    world = new_world(LATE)
    month, day, later = OPEN_STARTS[term]
    opens = at(f"{2021 + later}-{month:02}-{day:02}")
    participant = add(world, "mentor", schedule=f"ecf-{family}-{term}")
    for number, declaration_type in enumerate(reversed(TYPES)):
        wanted: dict[str, Any] = {"declaration_type": declaration_type}
        early = refused(world, "declare", participant, declaration_date=(opens - MICROSECOND).isoformat(), **wanted)
        assert early.rules == ["declaration-date-in-milestone"]
        moment = opens + timedelta(days=400 * number)
        assert declare(world, participant, declaration_date=moment.isoformat(), **wanted).declaration_date == moment


def test_a_declaration_may_be_submitted_long_after_its_date() -> None:
    world = new_world(LATE)
    assert declare(world, add(world), declaration_date="2021-09-01T00:00:00Z").created_at == LATE


@pytest.mark.parametrize("value", ["extended-1", "Started", "started ", "retained", 7, 1.5, True])
def test_a_type_that_the_schedule_has_no_milestone_for_is_refused(value: object) -> None:
    world = new_world()
    refusal = refused(world, "declare", add(world), declaration_type=value)
    assert (refusal.titles, refusal.rules) == (["declaration_type"], ["declaration-type-in-schedule"])


# -- the withdrawal ------------------------------------------------------------------------------


def test_a_withdrawn_participant_may_be_declared_for_up_to_the_moment_of_withdrawal() -> None:
    world = new_world(at("2021-11-29"))
    for date, accepted in (
        ("2021-11-20T08:59:59Z", True),
        ("2021-11-20T08:59:59.999999Z", True),
        ("2021-11-20T09:00:00Z", False),
        ("2021-11-20T09:00:01Z", False),
    ):
        participant = add(world)
        act(world, "withdraw", participant, now=NOW)
        if accepted:
            assert declare(world, participant, declaration_date=date)
        else:
            refusal = refused(world, "declare", participant, declaration_date=date)
            assert (refusal.titles, refusal.rules) == (["participant_id"], ["declaration-before-withdrawal"])


def test_a_deferred_participant_may_be_declared_for() -> None:
    world = new_world()
    assert declare(world, add(world, training_status="deferred"))


def test_a_withdrawal_binds_only_the_provider_who_made_it() -> None:
    world = new_world(at("2021-11-29"))
    participant = add(world)
    act(world, "withdraw", participant, now=at("2021-11-10"))
    world.transfer(participant, "birch", "200002", None, at("2021-11-11"))
    date = "2021-11-20T09:00:00Z"
    assert refused(world, "declare", participant, declaration_date=date).rules == ["declaration-before-withdrawal"]
    assert declare(world, participant, provider="birch", declaration_date=date)


# -- evidence ------------------------------------------------------------------------------------

RETAINED_AT = {window.declaration_type: window for window in WINDOWS[:6]}
EVIDENCE = ["training-event-attended", "self-study-material-completed", "other"]


@pytest.mark.parametrize("declaration_type", TYPES[1:])
def test_every_type_but_started_needs_evidence_from_the_list(declaration_type: str) -> None:
    world = new_world(LATE)
    wanted: dict[str, Any] = {
        "declaration_type": declaration_type,
        "declaration_date": f"{RETAINED_AT[declaration_type].milestone_date}T12:00:00Z",
    }
    for value in EVIDENCE:
        assert declare(world, add(world), evidence_held=value, **wanted).evidence_held == value
    for unlisted in (*BLANK, "Other", "other ", "none", 7, True):
        refusal = refused(world, "declare", add(world), evidence_held=unlisted, **wanted)
        assert (refusal.titles, refusal.rules) == (["evidence_held"], ["declaration-evidence-held"])


@pytest.mark.parametrize("value", [*BLANK, "none", "other", 7, True])
def test_evidence_is_ignored_for_started_whatever_its_value(value: object) -> None:
    world = new_world()
    assert declare(world, add(world), evidence_held=value).evidence_held is None


# -- the slot ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["submitted", "eligible", "payable", "paid"])
@pytest.mark.parametrize("maker", ["alder", "birch"])
def test_a_live_declaration_takes_the_slot_whichever_provider_made_it(state: str, maker: str) -> None:
    world = new_world()
    participant = add(world)
    declaration_in(world, participant, state, provider=maker, declaration_date=at("2021-11-01"))
    refusal = refused(world, "declare", participant)
    assert (refusal.titles, refusal.rules) == (["base"], ["declaration-slot-free"])


@pytest.mark.parametrize("state", ["voided", "ineligible", "awaiting-clawback", "clawed-back"])
def test_a_dead_declaration_leaves_the_slot_free(state: str) -> None:
    world = new_world()
    participant = add(world)
    dead = declaration_in(world, participant, state, declaration_date=at("2021-11-20T09:00:00Z"))
    assert declare(world, participant) is not dead
    assert dead.state == state


def test_each_type_has_a_slot_of_its_own_and_so_has_each_participant() -> None:
    world = new_world()
    first, second = add(world), add(world)
    made = [declare(world, who, declaration_type=kind) for who in (first, second) for kind in ("started", "retained-1")]
    assert len({declaration.id for declaration in made}) == 4
