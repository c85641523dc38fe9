"""The values that v3 shows but no record holds: the derived values of rules 3, one small function each.

`today` is a London day. These functions change nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from mock_server.v3.domain.calendar import day_after, is_ongoing, london_day
from mock_server.v3.domain.records import Cohort, Partnership, RoleRecord, Teacher, Training, Transfer, View
from mock_server.v3.domain.vocabulary import ROLES

# -- participants (rules 3.1) ----------------------------------------------------------------------


def training_status(training: Training) -> str:
    """The later of withdrawal and deferral decides. If they are equal, it is withdrawn."""
    withdrawn, deferred = training.withdrawn_at, training.deferred_at
    if withdrawn is not None and (deferred is None or withdrawn >= deferred):
        return "withdrawn"
    return "active" if deferred is None else "deferred"


def participant_status(training: Training, today: date) -> str:
    """`joining`, `active`, `leaving` or `left`, from the latest training period of a role and provider."""
    ends = training.finished_on
    if training.deferred_at is not None or training.withdrawn_at is not None:
        return "leaving" if ends is not None and ends > today else "left"
    if is_finished(training):
        return "active"
    if ends is not None:
        return "leaving" if ends > today else "left"
    return "joining" if training.started_on > today else "active"


def is_finished(training: Training) -> bool:
    """The teacher completed the role by the end of the training (rules 3.1, row 2)."""
    teacher = training.stay.teacher
    done = induction_end_date(teacher) if training.stay.role == "ect" else teacher.mentor.ineligible_from
    return done is not None and (training.finished_on is None or done <= training.finished_on)


def eligible_for_funding(record: RoleRecord) -> bool | None:
    """None until the role is eligible or ineligible. The earlier of the two decides; on a tie, eligible."""
    eligible, ineligible = record.eligible_from, record.ineligible_from
    if eligible is None:
        return None if ineligible is None else False
    return ineligible is None or london_day(eligible) <= ineligible


def induction_with_outcome(teacher: Teacher) -> bool:
    """Whether an induction period ended with pass or fail. The register's days don't count."""
    return any(induction.outcome is not None for induction in teacher.inductions)


def induction_end_date(teacher: Teacher) -> date | None:
    """The end of the induction period that has an outcome. Without one, the completed day in the register."""
    for induction in teacher.inductions:
        if induction.outcome is not None:
            return induction.finished_on
    return teacher.register.completed_on


def most_recent_induction_period_end_date(teacher: Teacher) -> date | None:
    """The end of the induction period with the latest start. None while it runs."""
    if not teacher.inductions:
        return None
    return max(teacher.inductions, key=lambda induction: induction.started_on).finished_on


def overall_induction_start_date(teacher: Teacher) -> date | None:
    """The start of the earliest induction period. Without one, the start in the register."""
    if not teacher.inductions:
        return teacher.register.started_on
    return min(induction.started_on for induction in teacher.inductions)


def enrolment_created_at(teacher: Teacher, role: str) -> datetime:
    """The moment that created the teacher's earliest stay in the role, at any school."""
    return min(stay.created_at for stay in teacher.stays if stay.role == role)


def working_pattern(teacher: Teacher) -> str | None:
    """The working pattern of the latest ECT stay, at any school."""
    stays = teacher.stays_as("ect")
    return stays[-1].working_pattern if stays else None


def uplifts(partnership: Partnership, cohort: Cohort) -> tuple[bool, bool]:
    """Pupil premium and sparsity from the school's row, if the cohort pays uplifts."""
    row = partnership.school.uplifts.get(partnership.cohort) if cohort.uplift_fees else None
    return (False, False) if row is None else (row.pupil_premium, row.sparsity)


def mentor_id(view: View) -> str | None:
    """The participant id of the mentor that the ECT entry shows."""
    return None if view.mentorship is None else view.mentorship.mentor_stay.teacher.id


def entries(view: View) -> Iterator[tuple[str, Training]]:
    """The roles that the provider sees, each with its latest training period. The ECT comes first."""
    for role in ROLES:
        training = view.latest(role)
        if training is not None:
            yield role, training


def days_between(turns: Iterable[date | None], today: date) -> tuple[date, date]:
    """The last of these days until today, and the first after it. None counts as no day.

    What changes on these days only is the same from the first until before the second.
    """
    since, until = date.min, date.max
    for day in turns:
        if day is not None:
            if day <= today:
                since = max(since, day)
            else:
                until = min(until, day)
    return since, until


def days_of_view(view: View, today: date) -> tuple[date, date]:
    """The days on which the participant reads the same as today: from the first until before the second.

    By the calendar, `participant_status` changes only on the days on which training starts or ends.
    """
    trainings = [training for training in (view.ect, view.mentor) if training is not None]
    return days_between([day for each in trainings for day in (each.started_on, each.finished_on)], today)


# -- transfers (rules 3.2) -------------------------------------------------------------------------


def provider_of(training: Training | None) -> str | None:
    """The provider that trains. None for school-led training and for an expression of interest."""
    return None if training is None or training.partnership is None else training.partnership.provider


def transfers(teacher: Teacher) -> list[Transfer]:
    """Every transfer of the teacher, by the start of the leaving training period."""
    found: list[Transfer] = []
    completed = induction_end_date(teacher) is not None
    for role in ROLES:
        stays = teacher.stays_as(role)
        for place, stay in enumerate(stays):
            following = stays[place + 1] if place + 1 < len(stays) else None
            if stay.finished_on is None or not stay.trainings or stay.trainings[-1].finished_on is None:
                continue
            if following is None:
                if not completed:
                    found.append(Transfer(role, stay.trainings[-1], stay.school, None, None))
            elif following.school is not stay.school:
                joining = following.trainings[0] if following.trainings else None
                found.append(Transfer(role, stay.trainings[-1], stay.school, joining, following.school))
    found.sort(key=lambda transfer: (transfer.leaving.started_on, transfer.leaving.sequence))
    return found


def sees_transfer(provider: str, transfer: Transfer) -> bool:
    """The provider trains the last period at the old school, or the first at the new one."""
    return provider in (provider_of(transfer.leaving), provider_of(transfer.joining))


def transfer_type(transfer: Transfer) -> str:
    if transfer.joining is None:
        return "unknown"
    if provider_of(transfer.leaving) != provider_of(transfer.joining):
        return "new_provider"
    return "new_school"


def transfer_status(transfer: Transfer, today: date) -> str:
    leaves, joins = transfer.leaving.finished_on, transfer.joining
    if (leaves is not None and leaves > today) or (joins is not None and joins.started_on > today):
        return "incomplete"
    return "complete"


def transfers_updated_at(shown: tuple[Transfer, ...]) -> datetime:
    """The latest transfer moment of the training periods involved."""
    moments = [transfer.leaving.transfer_updated_at for transfer in shown]
    moments += [transfer.joining.transfer_updated_at for transfer in shown if transfer.joining is not None]
    return max(moments)


# -- partnerships (rules 3.4) ----------------------------------------------------------------------


def participants_currently_training(partnership: Partnership, today: date) -> int:
    """Counts the training periods of the partnership that are ongoing today. One that ends today counts."""
    return sum(is_ongoing(training.started_on, training.finished_on, today) for training in partnership.trainings)


def days_of_partnership(partnership: Partnership, today: date) -> tuple[date, date]:
    """The days on which the partnership reads the same as today: from the first until before the second."""
    trainings = partnership.trainings
    ends = [day_after(each.finished_on) for each in trainings if each.finished_on is not None]
    return days_between([*(each.started_on for each in trainings), *ends], today)
