"""Schools change provider or programme, and the department moves people to other cohorts (rules 5.10)."""

from datetime import date, datetime

from mock_server.v3.domain import partnerships
from mock_server.v3.domain.calendar import day_before, earliest
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.departures import delete_or_keep
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.mentoring import mentors_family, train_mentor
from mock_server.v3.domain.placing import (
    Place,
    current_stay,
    current_training,
    note_frozen_year,
    partnership_of,
    place_training,
    placed,
)
from mock_server.v3.domain.records import DeliveryPartner, Stay, Teacher, Training
from mock_server.v3.domain.training import move_to_schedule, note_cohort_change
from mock_server.v3.domain.world import World


def change_provider(
    world: World,
    teacher: Teacher,
    role: str,
    provider: str,
    now: datetime,
    *,
    partnership: str | None = None,
    delivery_partner: DeliveryPartner | None = None,
    cohort: str | None = None,
    schedule_identifier: str | None = None,
) -> None:
    """Another provider trains the person, or a first one does. Cohort and schedule stay unless you give others.

    Training that starts today or later changes in place. Earlier training ends yesterday, and a new period begins
    today. If the earlier one was only an expression of interest, it is deleted. Raises Impossible without a stay, for
    the provider that already trains the person, and whenever `placing.placed` does.
    """
    change = Change(world, now)
    stay = current_stay(teacher, role, change.today)
    training = current_training(stay, change.today)
    start = max(change.today, stay.started_on)
    if training is not None:
        start = max(start, training.started_on)
        facts = (partnership, delivery_partner, cohort, schedule_identifier)
        if training.provider == provider and not any(facts):
            raise Impossible(f"{provider} trains the person already.")
        if role == "mentor" and cohort is None:
            # Only ECTs leave a frozen cohort when they change provider.
            cohort = training.cohort
    place = placed(
        world,
        provider=provider,
        role=role,
        teacher=teacher,
        school=stay.school,
        start=start,
        frozen_at=now,
        partnership=partnership,
        delivery_partner=delivery_partner,
        cohort=cohort,
        schedule_identifier=schedule_identifier,
    )
    with change:
        was_school_led = training is not None and not training.is_provider_led
        led = _replace(change, stay, training, start, place)
        if role == "ect" and was_school_led:
            for mentorship in stay.mentorships:
                if mentorship.finished_on is None or mentorship.finished_on >= start:
                    family = mentors_family(stay, mentorship.mentor)
                    train_mentor(change, mentorship.mentor_stay, led, change.today, family)


def _replace(change: Change, stay: Stay, training: Training | None, start: date, place: Place) -> Training:
    if training is not None and training.is_provider_led and training.started_on >= change.today:
        partnership = partnership_of(change, place, stay.school)
        change.set_training(
            training,
            provider=place.provider,
            cohort=place.cohort,
            partnership=partnership,
            schedule_identifier=place.schedule_identifier,
        )
        note_frozen_year(change, stay.teacher, stay.role, place)
        return training
    clear(change, stay, training)
    return place_training(change, stay, start, place, stay.finished_on)


def change_to_school_led(world: World, teacher: Teacher, now: datetime) -> None:
    """The school itself trains the ECT from today, or from a later start.

    Raises Impossible without a stay as ECT, and if the training is already school-led.
    """
    change = Change(world, now)
    stay = current_stay(teacher, "ect", change.today)
    training = current_training(stay, change.today)
    start = max(change.today, stay.started_on)
    if training is not None:
        if not training.is_provider_led:
            raise Impossible("The ECT's training is school-led already.")
        start = max(start, training.started_on)
    with change:
        clear(change, stay, training)
        change.add_training(
            stay,
            start,
            stay.finished_on,
            provider=None,
            cohort=None,
            partnership=None,
            schedule_identifier=None,
        )


def clear(change: Change, stay: Stay, current: Training | None) -> None:
    """End training from before today with yesterday. Delete later training and any mere interest (rules 5.10)."""
    for training in stay.trainings:
        if training.started_on >= change.today or (training is current and training.is_expression_of_interest):
            delete_or_keep(change, training)
        elif training is current:
            change.set_training(training, finished_on=earliest(training.finished_on, day_before(change.today)))


def change_cohort(
    world: World,
    teacher: Teacher,
    role: str,
    now: datetime,
    *,
    cohort: str | None = None,
    schedule_identifier: str | None = None,
    partnership: str | None = None,
    delivery_partner: DeliveryPartner | None = None,
) -> None:
    """The department moves the person, like a change of schedule. By default the identifier stays (rules 5.10).

    An expression of interest changes in place. Raises Impossible without provider-led training to move, without a
    partnership in the new cohort, and if nothing would change.
    """
    change = Change(world, now)
    stay = current_stay(teacher, role, change.today)
    training = current_training(stay, change.today)
    if training is None or training.provider is None or training.cohort is None:
        raise Impossible("The person has no provider-led training to move.")
    wanted = cohort or training.cohort
    identifier = schedule_identifier or training.schedule_identifier
    if identifier is None or world.schedule(wanted, identifier) is None:
        raise Impossible(f"{wanted} has no schedule {identifier}.")
    if (wanted, identifier) == (training.cohort, training.schedule_identifier):
        raise Impossible(f"The person is on {identifier} of {wanted} already.")
    place = None
    if wanted != training.cohort:
        place = placed(
            world,
            provider=training.provider,
            role=role,
            teacher=teacher,
            school=stay.school,
            start=training.started_on,
            frozen_at=now,
            partnership=partnership,
            delivery_partner=delivery_partner,
            cohort=wanted,
            schedule_identifier=identifier,
        )
        if training.partnership is not None and place.under is None and place.via is None:
            raise Impossible(f"{training.provider} has no partnership with the school in {wanted}.")
    with change:
        if training.partnership is None:
            partnership_now = None if place is None else partnership_of(change, place, stay.school)
            note_cohort_change(change, training, wanted)
            change.set_training(training, cohort=wanted, schedule_identifier=identifier, partnership=partnership_now)
            return
        if place is not None and place.via is not None:
            partnerships.add(change, training.provider, stay.school, wanted, place.via)
        move_to_schedule(change, training, identifier, wanted)
