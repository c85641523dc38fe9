"""Changes of a person's details, induction and eligibility, and the merge of two records (rules 5.10)."""

from datetime import date, datetime
from enum import Enum
from typing import Final

from mock_server.v3.domain.calendar import is_ongoing, is_over
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.declarations import confirm_all
from mock_server.v3.domain.departures import delete_or_close, end_stay
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import IdChange, Induction, Register, Stay, Teacher, Training, by_start
from mock_server.v3.domain.vocabulary import ROLES
from mock_server.v3.domain.world import World


class Leave(Enum):
    """Leaves a fact as it is, if None is one of its values."""

    AS_IT_IS = "as it is"


AS_IT_IS: Final = Leave.AS_IT_IS

# -- details ---------------------------------------------------------------------------------------


def change_details(
    world: World,
    teacher: Teacher,
    now: datetime,
    *,
    full_name: str | None = None,
    teacher_reference_number: str | Leave | None = AS_IT_IS,
    email: tuple[str, str | None] | None = None,
    working_pattern: str | None = None,
) -> None:
    """`email` is a role and the new address of its latest stay. `working_pattern` is for the latest ECT stay.

    Raises Impossible for another person's number, and without such a stay.
    """
    if teacher_reference_number is not AS_IT_IS:
        check_trn(world, teacher_reference_number, teacher)
    at_school = None if email is None else _latest_stay(teacher, email[0])
    as_ect = None if working_pattern is None else _latest_stay(teacher, "ect")
    with Change(world, now) as change:
        if full_name is not None:
            change.set_teacher(teacher, full_name=full_name)
        if teacher_reference_number is not AS_IT_IS:
            change.set_teacher(teacher, teacher_reference_number=teacher_reference_number)
        if at_school is not None and email is not None:
            change.set_stay(at_school, email=email[1])
        if as_ect is not None:
            change.set_stay(as_ect, working_pattern=working_pattern)


def check_trn(world: World, trn: str | None, teacher: Teacher | None) -> None:
    known = None if trn is None else world.teacher_by_trn(trn)
    if known is not None and known is not teacher:
        raise Impossible(f"The teacher reference number {trn} belongs to participant {known.id}.")


def _latest_stay(teacher: Teacher, role: str) -> Stay:
    stays = teacher.stays_as(role)
    if not stays:
        raise Impossible(f"The person has no registration as {role}.")
    return stays[-1]


# -- eligibility -----------------------------------------------------------------------------------


def become_eligible(change: Change, teacher: Teacher, role: str, moment: datetime) -> None:
    """Only the first time counts. Submitted declarations of the role become eligible (rules 3.1 and 6.1)."""
    record = teacher.role(role)
    if record.eligible_from is None:
        change.set_role(teacher, record, eligible_from=moment)
        confirm_all(change, teacher, role)


def change_funding(
    world: World,
    teacher: Teacher,
    role: str,
    now: datetime,
    *,
    eligible: bool = False,
    mentor_funding_end_date: date | Leave | None = AS_IT_IS,
    mentor_ineligible_for_funding_reason: str | Leave | None = AS_IT_IS,
    frozen_year: str | Leave | None = AS_IT_IS,
) -> None:
    """The department changes funding by hand. Removing a mentor's funding end date removes its reason too.

    Raises Impossible for giving an ECT a mentor's facts.
    """
    record = teacher.role(role)
    mentors = (mentor_funding_end_date, mentor_ineligible_for_funding_reason)
    if role != "mentor" and any(fact is not AS_IT_IS for fact in mentors):
        raise Impossible("Only a mentor has a funding end date with a reason.")
    if mentor_funding_end_date is None and mentor_ineligible_for_funding_reason is AS_IT_IS:
        mentor_ineligible_for_funding_reason = None
    with Change(world, now) as change:
        for name, value in (
            ("ineligible_from", mentor_funding_end_date),
            ("ineligible_reason", mentor_ineligible_for_funding_reason),
            ("frozen_year", frozen_year),
        ):
            if value is not AS_IT_IS:
                change.set_role(teacher, record, **{name: value})
        if eligible:
            become_eligible(change, teacher, role, change.now)


# -- induction -------------------------------------------------------------------------------------


def change_induction(
    world: World,
    teacher: Teacher,
    now: datetime,
    *,
    started_on: date | None = None,
    finished_on: date | Leave | None = AS_IT_IS,
    outcome: str | Leave | None = AS_IT_IS,
    register: Register | None = None,
) -> None:
    """The appropriate body opens, corrects or closes the latest induction period. `register` is the new register.

    A start after a closed period opens another. An outcome without an end ends the period today. Pass or fail ends
    the ECT's stay and training. Raises Impossible without a period to change, and for one that ends before it starts.
    """
    change = Change(world, now)
    before = teacher.inductions[-1] if teacher.inductions else None
    after = before
    if started_on is not None or finished_on is not AS_IT_IS or outcome is not AS_IT_IS:
        after = _period(before, started_on, finished_on, outcome, change.today)
    opens_another = before is None or _comes_after(before, started_on)
    earlier = teacher.inductions if opens_another else teacher.inductions[:-1]
    if after is not None and any(_overlap(each, after) for each in earlier):
        raise Impossible("Induction periods can't overlap.")
    with change:
        if after is not None and after is not before:
            change.set_inductions(teacher, (*earlier, after))
            closed_at_once = opens_another and after.finished_on is not None
            if not closed_at_once and is_in_induction(teacher, change.today) and _has_school(teacher, change.today):
                become_eligible(change, teacher, "ect", change.now)
            if after.outcome is not None and (before is None or opens_another or before.outcome != after.outcome):
                _leave_after_induction(change, teacher)
        if register is not None:
            _follow_register(change, teacher, register)


def _comes_after(before: Induction, started_on: date | None) -> bool:
    return started_on is not None and before.finished_on is not None and started_on > before.finished_on


def _period(
    before: Induction | None,
    started_on: date | None,
    finished_on: date | Leave | None,
    outcome: str | Leave | None,
    today: date,
) -> Induction:
    """The latest induction period after the change."""
    if before is None or _comes_after(before, started_on):
        if started_on is None:
            raise Impossible("There is no induction period: give its start, too.")
        before = Induction(started_on)
    ends = before.finished_on if isinstance(finished_on, Leave) else finished_on
    result = before.outcome if isinstance(outcome, Leave) else outcome
    if isinstance(outcome, Leave) and ends is None:
        # A period that runs again loses its outcome.
        result = None
    if result is not None and ends is None:
        if finished_on is None:
            raise Impossible("An induction period with an outcome has an end.")
        ends = today
    starts = started_on or before.started_on
    if ends is not None and ends < starts:
        raise Impossible("An induction period can't end before it starts.")
    return Induction(starts, ends, result)


def is_in_induction(teacher: Teacher, day: date) -> bool:
    return any(is_ongoing(each.started_on, each.finished_on, day) for each in teacher.inductions)


def _has_school(teacher: Teacher, today: date) -> bool:
    return any(not is_over(stay.finished_on, today) for stay in teacher.stays_as("ect"))


def _leave_after_induction(change: Change, teacher: Teacher) -> None:
    """After pass or fail, delete a stay that starts today or later, and end an open one today (rules 5.10)."""
    for stay in teacher.stays_as("ect"):
        if stay.started_on >= change.today:
            delete_or_close(change, stay)
        elif stay.finished_on is None:
            end_stay(change, stay, change.today)


def _follow_register(change: Change, teacher: Teacher, register: Register) -> None:
    was_exempt = teacher.register.exempt
    change.set_teacher(teacher, register=register)
    if register.exempt != was_exempt:
        change.set_role(teacher, teacher.ect, ineligible_from=change.today if register.exempt else None)


# -- merging ---------------------------------------------------------------------------------------


def merge(world: World, gone: Teacher, into: Teacher, now: datetime) -> None:
    """Give everything of the duplicate to the other person, and delete it. Declarations keep their `updated_at`.

    Raises Impossible for a merge into itself, and if periods of one role would overlap.
    """
    if gone is into:
        raise Impossible("A participant can't be merged into itself.")
    _check_no_overlap(gone, into)
    with Change(world, now) as change:
        world.release_mentor(gone, change)
        stays, gone.stays = gone.stays, ()
        for stay in stays:
            stay.teacher = into
            for mentorship in stay.mentorships:
                change.follow_mentorship(mentorship)
        into.stays = tuple(sorted((*into.stays, *stays), key=by_start))
        change.set_inductions(into, (*into.inductions, *gone.inductions))
        changes = (*gone.id_changes, IdChange(gone.id, into.id, change.now))
        change.add_id_changes(into, changes)
        world.merged.update({each.from_id: into for each in changes})
        gone.inductions, gone.id_changes = (), ()
        change.review(gone)
    with Change(world, now):
        world.forget_teacher(gone)


def _check_no_overlap(gone: Teacher, into: Teacher) -> None:
    for role in ROLES:
        own, moved = into.trainings_as(role), gone.trainings_as(role)
        overlap = any(_overlap(one, other) for one in own for other in moved)
        if role == "ect":
            overlap |= any(_overlap(one, other) for one in into.stays_as(role) for other in gone.stays_as(role))
        if overlap:
            raise Impossible(f"Both have periods as {role} on the same days.")


_Period = Stay | Training | Induction


def _overlap(one: _Period, other: _Period) -> bool:
    later = max(one.started_on, other.started_on)
    return is_ongoing(one.started_on, one.finished_on, later) and is_ongoing(other.started_on, other.finished_on, later)
