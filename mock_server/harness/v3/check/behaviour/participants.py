"""Withdrawals, deferrals and returns: what they change, and why they are refused (rules 5.3 to 5.5)."""

from datetime import timedelta
from typing import Final

from mock_server.harness.check.bench import PEER
from mock_server.harness.check.probes import Values, probe
from mock_server.harness.check.transport import UNKNOWN_ID
from mock_server.harness.v3.check.behaviour.acts import (
    ACTIONS,
    DEFER,
    RESCHEDULE,
    RESUME,
    RULES,
    WITHDRAW,
    act,
    away,
    refuse,
    sent,
    shows,
)
from mock_server.harness.v3.check.behaviour.shown import compare_everything
from mock_server.harness.v3.check.bench import Bench
from mock_server.rules.moments import format_moment

# Rules 5.3 and 5.4. The mentors' reason is refused for an ECT.
_REASONS: Final = {
    WITHDRAW: ("left-teaching-profession", "moved-school", "switched-to-school-led", "changed-lead-provider", "other"),
    DEFER: ("bereavement", "long-term-sickness", "parental-leave", "career-break", "other"),
}
_OF_MENTORS: Final = "mentor-no-longer-being-mentor"
_UNLISTED: Final[dict[str, Values]] = {
    WITHDRAW: (
        None,
        "",
        " ",
        "school-left-fip",
        "started-in-error",
        "career-break",
        "left_teaching_profession",
        "Other",
        1,
    ),
    DEFER: (None, "", " ", "long_term_sickness", "moved-school", "holiday", "Other", 1),
}
_BECOMES: Final = {WITHDRAW: ("withdrawn", "withdrawal"), DEFER: ("deferred", "deferral")}


@probe("A report is saved with its reason and moment, and the participant has left at once.", WITHDRAW, DEFER)
def reported(bench: Bench, operation: str) -> None:
    own, (status, told) = bench.own, _BECOMES[operation]
    for reason in _REASONS[operation]:
        id = bench.trained()
        now = bench.tick()
        act(own, operation, id, reason=reason)
        pause = {"reason": reason, "date": now}
        shows(own, id, training_status=status, participant_status="left", updated_at=now, **{told: pause})
        # Again is too late: what was reported stands, and no moment moves.
        rule = "withdraw-not-withdrawn" if operation == WITHDRAW else "defer-not-deferred"
        refuse(own, [rule], operation, id, reason=reason)
    compare_everything(bench)
    # The training has ended, so from tomorrow on no partnership counts it.
    bench.tomorrow()
    counts = {each["attributes"]["participants_currently_training"] for each in own.records("getPartnerships")}
    says = "participants_currently_training is 0 everywhere: nobody who was reported is counted any more"
    own.expect(counts == {0}, says, f"somewhere it is {max(counts)}")


@probe("A reason must be one of the list, to the letter, and one is for mentors only.", WITHDRAW, DEFER)
def reasons(bench: Bench, operation: str) -> None:
    id, mentor = bench.trained(), bench.trained("mentor")
    for odd in _UNLISTED[operation]:
        rule = "listed" if str(odd or "").strip() else "given"
        refuse(bench.own, [f"{RULES[operation]}-reason-{rule}"], operation, id, reason=odd)
    refuse(
        bench.own,
        ["withdraw-reason-for-role" if operation == WITHDRAW else "defer-reason-listed"],
        operation,
        id,
        reason=_OF_MENTORS,
    )
    if operation == WITHDRAW:
        # Row 6 is asked only of a request without any other complaint.
        joining = bench.trained(started_on="2026-03-01")
        refuse(bench.own, ["withdraw-training-begun"], operation, joining, reason=_OF_MENTORS)
        shown = act(bench.own, operation, mentor, "mentor", reason=_OF_MENTORS)
        bench.own.expect(shown["withdrawal"]["reason"] == _OF_MENTORS, f"the reason is {_OF_MENTORS}", f"{shown}")
    else:
        refuse(bench.own, ["defer-reason-listed"], operation, mentor, "mentor", reason=_OF_MENTORS)
        act(bench.own, operation, mentor, "mentor")


@probe("The deferred can be withdrawn, the withdrawn can't be deferred, and the last report is shown.")
def one_after_the_other(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.trained()
    act(own, DEFER, id)
    now = bench.tick()
    act(own, WITHDRAW, id)
    shows(own, id, training_status="withdrawn", deferral=None, withdrawal={"reason": "other", "date": now})
    refuse(own, ["defer-not-withdrawn"], DEFER, id)
    for report in (DEFER, WITHDRAW):
        # Declarations, and whoever has left already, don't stand in the way.
        id = bench.trained()
        own.declare(id)
        bench.control.v3.depart(id, role="ect", on="2026-01-31")
        act(own, report, id)
    compare_everything(bench)


# The moments around a first day of training, and the rule that refuses a report then. The day is 10 June 2026, a summer
# day in London (rules 2.9).
_AROUND_A_FIRST_DAY: Final = (
    ("2026-06-09T22:59:59Z", "training-begun"),
    ("2026-06-09T23:00:00Z", "not-on-first-day"),
    ("2026-06-10T22:59:59Z", "not-on-first-day"),
    ("2026-06-10T23:00:00Z", None),
)


@probe("Nobody is withdrawn or deferred before the second day of training, in London.", WITHDRAW, DEFER)
def not_on_the_first_day(bench: Bench, operation: str) -> None:
    """Rules 5.3, rows 4 and 5."""
    own, id = bench.own, bench.trained(started_on="2026-06-10", cohort="2025")
    refuse(own, [f"{RULES[operation]}-training-begun"], operation, id)
    refuse(
        own,
        [f"{RULES[operation]}-reason-listed", f"{RULES[operation]}-training-begun"],
        operation,
        id,
        reason="nonsense",
    )
    for moment, rule in _AROUND_A_FIRST_DAY:
        bench.to(moment)
        if rule is None:
            act(own, operation, id)
        else:
            refuse(own, [f"{RULES[operation]}-{rule}"], operation, id)


# The moments after a report at 20:00 in London, on 10 June 2026.
_AROUND_A_LAST_DAY: Final = (
    ("2026-06-10T19:00:01Z", False),
    ("2026-06-10T22:59:59Z", False),
    ("2026-06-10T23:00:00Z", True),
)


@probe("Who was deferred or withdrawn today comes back tomorrow, and then has a first day again.", WITHDRAW, DEFER)
def try_tomorrow(bench: Bench, operation: str) -> None:
    """Rules 5.5, row 3, and its effects."""
    own, id = bench.own, bench.trained()
    refuse(own, ["resume-not-active"], RESUME, id)
    bench.to("2026-06-10T19:00:00Z")
    act(own, operation, id)
    for moment, accepted in _AROUND_A_LAST_DAY:
        bench.to(moment)
        if not accepted:
            refuse(own, ["resume-not-on-last-day"], RESUME, id)
            continue
        act(own, RESUME, id)
        shows(own, id, training_status="active", participant_status="active", withdrawal=None, deferral=None)
        shows(own, id, updated_at=moment, schedule_identifier="ecf-standard-september")
    for report in (DEFER, WITHDRAW):
        refuse(own, [f"{RULES[report]}-not-on-first-day"], report, id)
    refuse(own, ["resume-not-active"], RESUME, id)
    compare_everything(bench)
    bench.tomorrow()
    act(own, DEFER, id)


@probe("Nobody comes back to a school that they left, or from other training there.", RESUME)
def no_way_back(bench: Bench, operation: str) -> None:
    """Rules 5.5, rows 1, 2 and 4, and the decision on a period still to come."""
    own, school = bench.own, bench.control.v3
    gone, last_day, stays = (away(bench) for _ in range(3))
    today = bench.now[:10]
    school.depart(last_day, role="ect", on=today)
    # On its last day the stay counts as over.
    refuse(own, ["resume-still-at-school"], operation, last_day)
    school.depart(stays, role="ect", on="2026-07-20")
    moved, led = away(bench), away(bench)
    yesterday = format_moment(bench.control.clock().now - timedelta(days=1))
    school.change_training(moved, role="ect", provider=PEER, partnership="new")
    school.change_training(led, role="ect", provider=None)
    school.depart(gone, role="ect", on=bench.now[:10])
    bench.tomorrow()
    for id, rule in (
        (gone, "still-at-school"),
        (last_day, "still-at-school"),
        (moved, "not-elsewhere"),
        (led, "not-elsewhere"),
    ):
        refuse(own, [f"resume-{rule}"], operation, id)
    # Before the other training began, it was due to begin.
    early = {"X-With-Server-Date": yesterday}
    own.refused(["resume-nothing-planned"], operation, moved, body=sent(operation), headers=early)
    # Whoever moved is still active here, as far as this provider knows (rules 4).
    never = bench.trained()
    school.change_training(never, role="ect", provider=PEER, partnership="new")
    refuse(own, ["resume-not-active"], operation, never)
    act(own, operation, stays)
    shows(own, stays, participant_status="leaving")
    compare_everything(bench)


# Courses that a participant action refuses. Row a: none of the two. Row b: a role without training.
_COURSES: Final[Values] = (None, "", " ", "ecf", "ECF-INDUCTION", "ecf-npq", 1, False)


@probe("The course must be one of two, and of a role in which the provider trains the participant.", *ACTIONS)
def courses(bench: Bench, operation: str) -> None:
    """Rules 5.3, rows a and b. Without L and without a cohort there is no schedule (rules 5.6, row 3)."""
    id = away(bench) if operation == RESUME else bench.trained()
    rest = ["schedule-in-cohort"] if operation == RESCHEDULE else []
    for odd in _COURSES:
        refuse(bench.own, ["course-listed", *rest], operation, id, course_identifier=odd)
    refuse(bench.own, ["course-of-participant", *rest], operation, id, "mentor")
    if operation == RESCHEDULE:
        refuse(bench.own, ["course-of-participant"], operation, id, "mentor", cohort="2025")
    elif operation != RESUME:
        refuse(
            bench.own,
            ["course-of-participant", f"{RULES[operation]}-reason-listed"],
            operation,
            id,
            "mentor",
            reason="nonsense",
        )


@probe("Another provider's participant is unknown, and so is an expression of interest.", *ACTIONS)
def only_ones_own(bench: Bench, operation: str) -> None:
    """Rules 4 and 5: 404, after the body was read."""
    foreign = bench.trained(provider=PEER)
    interested = bench.control.v3.register(role="ect", provider="alder", started_on="2025-09-01").id
    before = bench.other.participant(foreign)
    for id in (foreign, interested, UNKNOWN_ID):
        bench.own.send(operation, id, body=sent(operation))
        bench.own.status(404, "the participant isn't one of the provider's")
    after = bench.other.participant(foreign)
    bench.other.expect(after == before, "nothing changes for the other provider", f"{after}")


@probe("A report is about one role of a person, and the other role goes on.", WITHDRAW, DEFER)
def two_roles(bench: Bench, operation: str) -> None:
    own, id = bench.own, bench.trained(cohort="2024", started_on="2024-09-01")
    bench.trained("mentor", participant_id=id)
    act(own, operation, id, "mentor")
    shows(own, id, "ect", training_status="active", participant_status="active")
    shows(own, id, "mentor", training_status=_BECOMES[operation][0], participant_status="left")
    roles = [entry["participant_type"] for entry in own.participant(id)["ecf_enrolments"]]
    own.expect(roles == ["ect", "mentor"], "the ECT's entry comes first", f"{roles}")


@probe("The old provider reports on its own period, and the new one sees nothing of it.", WITHDRAW, DEFER)
def after_a_move(bench: Bench, operation: str) -> None:
    """Rules 4: the previous provider may withdraw and defer."""
    own, other, id = bench.own, bench.other, bench.trained()
    bench.control.v3.change_training(id, role="ect", provider=PEER, partnership="new")
    shows(own, id, training_status="active", participant_status="left")
    shows(other, id, training_status="active", participant_status="active")
    for sender in (own, other):
        found = sender.ids("getParticipants", filter__updated_since=bench.now)
        sender.expect(found == [id], "whoever polls learns of the move", f"the list has {found}")
    act(own, operation, id)
    shows(own, id, training_status=_BECOMES[operation][0])
    shows(other, id, training_status="active", deferral=None, withdrawal=None)
    refuse(own, ["resume-not-elsewhere"], RESUME, id)
    compare_everything(bench)


@probe("After a move each provider's filters look at its own training of the person.", "getParticipants")
def filtered_after_a_move(bench: Bench, operation: str) -> None:
    """Rules 2.4, precisely: by the latest training with this provider."""
    own, other, id = bench.own, bench.other, bench.trained(cohort="2024", started_on="2024-09-01")
    bench.control.v3.register(
        participant_id=id, role="ect", provider=PEER, partnership="new", cohort="2025", started_on="2026-01-05"
    )
    act(own, DEFER, id)
    for sender, cohort, status in ((own, "2024", "deferred"), (other, "2025", "active")):
        for asked in ("2024", "2025"):
            found, wanted = sender.ids(operation, filter__cohort=asked), [id] if asked == cohort else []
            sender.expect(found == wanted, f"filter[cohort]={asked} finds {wanted}", f"it finds {found}")
        for asked in ("active", "deferred"):
            found, wanted = sender.ids(operation, filter__training_status=asked), [id] if asked == status else []
            sender.expect(found == wanted, f"filter[training_status]={asked} finds {wanted}", f"it finds {found}")


PROBES: Final = (
    reported,
    reasons,
    one_after_the_other,
    not_on_the_first_day,
    try_tomorrow,
    no_way_back,
    courses,
    only_ones_own,
    two_roles,
    after_a_move,
    filtered_after_a_move,
)
