"""A provider's acts on its latest training period of a participant (rules 5.3 to 5.6).

`training` is L, the provider's latest in the role. The caller has checked the rules; these acts check nothing.
"""

from datetime import date, datetime

from mock_server.v3.domain.calendar import day_before, earliest
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.derived import induction_with_outcome
from mock_server.v3.domain.records import Partnership, Training
from mock_server.v3.domain.world import World


def withdraw(world: World, training: Training, reason: str, now: datetime) -> None:
    """The training ends today, unless it has ended already."""
    with Change(world, now) as change:
        ends = earliest(training.finished_on, change.today)
        change.set_training(training, withdrawn_at=change.now, withdrawal_reason=reason, finished_on=ends)


def defer(world: World, training: Training, reason: str, now: datetime) -> None:
    """The training ends today, unless it has ended already."""
    with Change(world, now) as change:
        ends = earliest(training.finished_on, change.today)
        change.set_training(training, deferred_at=change.now, deferral_reason=reason, finished_on=ends)


def resume(world: World, training: Training, now: datetime) -> Training:
    """Add a period from today to the end of the stay. The old one keeps its deferral or withdrawal."""
    with Change(world, now) as change:
        return add_following(change, training, change.today, training.stay.finished_on)


def change_schedule(world: World, training: Training, schedule_identifier: str, cohort: str, now: datetime) -> Training:
    """Change the schedule. Returns the period on the new schedule: the old one, or a new one from today."""
    with Change(world, now) as change:
        return move_to_schedule(change, training, schedule_identifier, cohort)


def move_to_schedule(change: Change, training: Training, schedule_identifier: str, cohort: str) -> Training:
    world, today = change.world, change.today
    partnership = training.partnership
    if cohort != training.cohort:
        note_cohort_change(change, training, cohort)
        partnership = partnership_in(world, training, cohort)
    in_place = training.started_on >= today or (
        training.role == "ect" and induction_with_outcome(training.teacher) and "-reduced-" in schedule_identifier
    )
    if in_place:
        change.set_training(training, partnership=partnership, cohort=cohort, schedule_identifier=schedule_identifier)
        return training
    ends = earliest(*(day for day in (training.finished_on, training.stay.finished_on) if day and day >= today))
    change.set_training(training, finished_on=earliest(training.finished_on, day_before(today)))
    return change.add_training(
        training.stay,
        today,
        ends,
        provider=training.provider,
        cohort=cohort,
        partnership=partnership,
        schedule_identifier=schedule_identifier,
    )


def note_cohort_change(change: Change, training: Training, cohort: str) -> None:
    """Leaving a frozen cohort sets the role's frozen year, and entering one clears it (rules 5.6)."""
    world, record = change.world, training.teacher.role(training.role)
    if cohort == training.cohort:
        return
    if world.is_frozen(training.cohort, change.now):
        change.set_role(training.teacher, record, frozen_year=training.cohort)
    if world.is_frozen(cohort, change.now):
        change.set_role(training.teacher, record, frozen_year=None)


def partnership_in(world: World, training: Training, cohort: str) -> Partnership | None:
    """The provider's partnership with the school in the cohort: same delivery partner, else the newest (rules 5.6)."""
    before = training.partnership
    if before is None or training.provider is None:
        return None
    candidates = world.partnerships_of(training.provider, before.school, cohort)
    same = [each for each in candidates if each.delivery_partner is before.delivery_partner]
    return next(reversed(same or candidates), None)


def add_following(change: Change, training: Training, started_on: date, finished_on: date | None) -> Training:
    """Add a period with the same stay, partnership and schedule."""
    return change.add_training(
        training.stay,
        started_on,
        finished_on,
        provider=training.provider,
        cohort=training.cohort,
        partnership=training.partnership,
        schedule_identifier=training.schedule_identifier,
    )
