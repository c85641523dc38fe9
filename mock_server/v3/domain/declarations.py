"""Making, voiding and paying declarations, and the effects of a mentor's `completed` (rules 5.8, 5.9 and 6.1)."""

from datetime import date, datetime

from mock_server.v3.domain.calendar import day_after, is_ongoing, london_day
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.derived import uplifts
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import Declaration, Mentorship, Stay, Teacher, Training
from mock_server.v3.domain.states import AUTHORISED_AS, DECLARATION_ARROWS, VOIDED_AS
from mock_server.v3.domain.training import add_following
from mock_server.v3.domain.vocabulary import COMPLETED
from mock_server.v3.domain.world import World


def declare(
    world: World,
    training: Training,
    declaration_type: str,
    declaration_date: datetime,
    evidence_held: str | None,
    now: datetime,
) -> Declaration:
    """Make a declaration for D, the provider's latest training period in the role. The caller has checked the rules.

    If the role is eligible, the declaration is eligible and on the next open statement. Otherwise it is submitted.
    """
    with Change(world, now) as change:
        return add(change, training, declaration_type, declaration_date, evidence_held)


def add(
    change: Change,
    training: Training,
    declaration_type: str,
    declaration_date: datetime,
    evidence_held: str | None,
) -> Declaration:
    world, partnership = change.world, training.partnership
    assert partnership is not None  # noqa: S101 - D is under a partnership
    stay, cohort = training.stay, world.cohorts[partnership.cohort]
    pupil_premium, sparsity = uplifts(partnership, cohort) if declaration_type == "started" else (False, False)
    declaration = Declaration(
        world.new_id(),
        training,
        partnership.provider,
        declaration_type,
        declaration_date,
        evidence_held,
        "submitted",
        None,
        pupil_premium,
        sparsity,
        partnership.delivery_partner,
        nearest_mentorship(stay, declaration_date) if stay.role == "ect" else None,
        change.now,
        change.now,
        world.next_sequence(),
    )
    change.add_declaration(declaration)
    if stay.teacher.role(stay.role).eligible_from is not None:
        confirm(change, declaration)
    complete_mentor(change, declaration)
    return declaration


def nearest_mentorship(stay: Stay, moment: datetime) -> Mentorship | None:
    """The mentorship with the nearest start or end, in days. Of equals, the earliest (rules 5.8)."""
    if len(stay.mentorships) < 2:
        return stay.mentorships[0] if stay.mentorships else None
    day = london_day(moment)

    def distance(mentorship: Mentorship) -> int:
        ends = mentorship.finished_on
        days = abs((day - mentorship.started_on).days)
        return days if ends is None else min(days, abs((day - ends).days))

    return min(stay.mentorships, key=distance)


def confirm(change: Change, declaration: Declaration) -> None:
    """A submitted declaration becomes eligible, on the next open statement. Without one, it stays (rules 6.1)."""
    statement = change.world.open_statement(declaration.provider, declaration.cohort, change.today)
    if statement is not None:
        change.fund(declaration, statement)


def confirm_all(change: Change, teacher: Teacher, role: str) -> None:
    """The role became eligible, so the declarations that waited for this become eligible too."""
    for declaration in teacher.declarations:
        if declaration.role == role and declaration.state == "submitted":
            confirm(change, declaration)


def void(world: World, declaration: Declaration, now: datetime) -> None:
    """Void an unpaid declaration, or let the next statement take a paid one back (rules 5.9).

    Raises Impossible if its state doesn't allow a void, or if no statement is left.
    """
    statement = None
    if declaration.state not in VOIDED_AS:
        raise Impossible(f"A declaration that is {declaration.state} can't be voided.")
    if declaration.state == "paid":
        statement = world.clawback_statement(declaration.provider, declaration.cohort, london_day(now))
        if statement is None:
            raise Impossible(
                f"The provider has no statement to come for {declaration.cohort}: nothing can be taken back."
            )
    with Change(world, now) as change:
        if statement is None:
            change.set_declaration(declaration, payment_status="voided", statement=None)
        else:
            change.set_declaration(
                declaration, clawback_status=VOIDED_AS[declaration.state], clawback_statement=statement
            )
        complete_mentor(change, declaration)


def set_state(world: World, declaration: Declaration, state: str, now: datetime) -> None:
    """Move this declaration alone along an arrow of rules 6.1, as the department can.

    Raises Impossible if there is no arrow, or no statement for it.
    """
    if state not in DECLARATION_ARROWS[declaration.state]:
        raise Impossible(no_arrow("declaration", declaration.state, state, DECLARATION_ARROWS[declaration.state]))
    if state in ("voided", "awaiting-clawback"):
        void(world, declaration, now)
        return
    if state == "eligible" and not world.open_statement(declaration.provider, declaration.cohort, london_day(now)):
        raise Impossible(f"The provider has no open statement for {declaration.cohort}.")
    with Change(world, now) as change:
        if state == "eligible":
            confirm(change, declaration)
        elif state == "payable":
            change.set_declaration(declaration, payment_status="payable")
        else:
            authorise(change, declaration)


def no_arrow(what: str, state: str, wanted: str, arrows: tuple[str, ...]) -> str:
    possible = f"it can become {' or '.join(arrows)}" if arrows else "it can't change any more"
    return f"A {what} that is {state} can't become {wanted}: {possible}."


def authorise(change: Change, declaration: Declaration) -> None:
    """A payable declaration becomes paid. One that awaits clawback becomes clawed back (rules 6.1)."""
    after = AUTHORISED_AS[declaration.state]
    if declaration.clawback_status is None:
        change.set_declaration(declaration, payment_status=after)
    else:
        # The void has already undone the mentor's completion. Later changes of the training stay.
        change.set_declaration(declaration, clawback_status=after)


def complete_mentor(change: Change, declaration: Declaration) -> None:
    """The effects of a mentor's `completed`, when a provider makes or voids it (rules 5.9)."""
    if declaration.declaration_type != "completed" or declaration.role != "mentor":
        return
    teacher = declaration.teacher
    view = teacher.view_of(declaration.provider)
    latest = None if view is None else view.mentor
    remaining = [
        each
        for each in teacher.declarations
        if each.role == "mentor" and each.declaration_type == "completed" and each.blocks
    ]
    if remaining:
        day = max(london_day(each.declaration_date) for each in remaining)
        change.set_role(teacher, teacher.mentor, ineligible_from=day, ineligible_reason=COMPLETED)
        if latest is not None and (latest.finished_on is None or latest.finished_on > change.today):
            change.set_training(latest, finished_on=max(day, day_after(latest.started_on)))
        return
    change.set_role(teacher, teacher.mentor, ineligible_from=None, ineligible_reason=None)
    if latest is not None and latest.finished_on is not None:
        _train_on(change, latest, day_after(latest.finished_on))


def _train_on(change: Change, latest: Training, started_on: date) -> None:
    """Train from that day to the end of the stay, unless the stay is over or other training takes those days."""
    ends = latest.stay.finished_on
    taken = any(
        other.started_on >= started_on or is_ongoing(other.started_on, other.finished_on, started_on)
        for other in latest.teacher.trainings_as("mentor")
    )
    if not taken and (ends is None or ends >= started_on):
        add_following(change, latest, started_on, ends)
