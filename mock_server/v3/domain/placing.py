"""Chooses cohort, schedule and perhaps a partnership for provider-led training (rules 5.10, schedules 4)."""

from dataclasses import dataclass
from datetime import date, datetime

from mock_server.v3.domain import partnerships
from mock_server.v3.domain.calendar import is_over
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import DeliveryPartner, Partnership, School, Stay, Teacher, Training
from mock_server.v3.domain.schedules import COHORT_AFTER_FROZEN, SCHEDULE_AFTER_FROZEN, identifier_by_month
from mock_server.v3.domain.world import World

EXISTING, NEW, ROLLOVER, NONE = "existing", "new", "rollover", "none"


@dataclass(frozen=True, slots=True)
class Place:
    """A planned training period. The act makes it only after all checks.

    `under` is an existing partnership. `via` is the delivery partner of a new one. With neither it is an
    expression of interest. `frozen_year` is the frozen cohort from which the teacher comes.
    """

    provider: str
    cohort: str
    schedule_identifier: str
    under: Partnership | None
    via: DeliveryPartner | None
    frozen_year: str | None


def placed(
    world: World,
    *,
    provider: str,
    role: str,
    teacher: Teacher | None,
    school: School | None,
    start: date,
    frozen_at: datetime,
    partnership: str | None = None,
    delivery_partner: DeliveryPartner | None = None,
    cohort: str | None = None,
    schedule_identifier: str | None = None,
    family: str = "standard",
) -> Place:
    """Choose a place for the training. `school` None means a new school. `frozen_at` decides which cohorts are frozen.

    Raises Impossible without a contract or a cohort, and if nothing fits `partnership`.
    """
    previous = last_provider_led(teacher, role)
    usual_cohort, usual_schedule, frozen_year = _usual(world, role, previous, start, frozen_at, family)
    if cohort is None:
        if usual_cohort is None:
            raise Impossible(f"No cohort contains {start}.")
        cohort = usual_cohort
        schedule_identifier = schedule_identifier or usual_schedule
    else:
        kept = previous.schedule_identifier if previous is not None else None
        schedule_identifier = schedule_identifier or kept or identifier_by_month(start, family)
        before = previous.cohort if previous is not None else None
        frozen_year = before if before != cohort and world.is_frozen(before, frozen_at) else None
    if not world.has_contract(provider, cohort):
        raise Impossible(f"{provider} has no contract in {cohort}.")
    under, via = _partnership(world, provider, school, cohort, partnership, delivery_partner)
    return Place(provider, cohort, schedule_identifier, under, via, frozen_year)


def current_stay(teacher: Teacher, role: str, today: date) -> Stay:
    """The latest stay that isn't over. A mentor's stay with training comes first. Raises Impossible without one."""
    stays = [stay for stay in teacher.stays_as(role) if not is_over(stay.finished_on, today)]
    if not stays:
        raise Impossible(f"The person is not at a school as {role}.")
    in_training = [stay for stay in stays if current_training(stay, today) is not None]
    return in_training[-1] if role == "mentor" and in_training else stays[-1]


def current_training(stay: Stay, today: date) -> Training | None:
    """The training that is ongoing today, or else the next to begin. None after a deferral or a withdrawal."""
    for training in stay.trainings:
        if training.finished_on is None or training.finished_on >= today:
            return training
    return None


def last_provider_led(teacher: Teacher | None, role: str) -> Training | None:
    """The last training under a partnership or as an expression of interest, with any provider."""
    trainings = [] if teacher is None else [each for each in teacher.trainings_as(role) if each.is_provider_led]
    return trainings[-1] if trainings else None


def _usual(
    world: World, role: str, previous: Training | None, start: date, frozen_at: datetime, family: str
) -> tuple[str | None, str, str | None]:
    """Cohort, schedule and frozen year as the service assigns them. The first matching exception wins (schedules 4)."""
    containing = world.cohort_containing(start)
    usual = None if containing is None else containing.year
    if previous is None or previous.cohort is None or previous.schedule_identifier is None:
        return usual, identifier_by_month(start, family), None
    if not world.is_frozen(previous.cohort, frozen_at):
        return previous.cohort, previous.schedule_identifier, None
    if role == "ect":
        return COHORT_AFTER_FROZEN, SCHEDULE_AFTER_FROZEN, previous.cohort
    return usual, previous.schedule_identifier, None


def _partnership(
    world: World,
    provider: str,
    school: School | None,
    cohort: str,
    wanted: str | None,
    delivery_partner: DeliveryPartner | None,
) -> tuple[Partnership | None, DeliveryPartner | None]:
    """The partnership for the training, or the delivery partner of a new one."""
    existing = [] if school is None else world.partnerships_of(provider, school, cohort)
    if wanted == NEW:
        partner = delivery_partner or _any_delivery_partner(world, provider, cohort)
        if partner is None or not world.works_with(provider, cohort, partner):
            raise Impossible(f"{provider} does not work with that delivery partner in {cohort}.")
        if any(each.delivery_partner is partner for each in existing):
            raise Impossible("There is that partnership already: use the existing one.")
        return None, partner
    if wanted == NONE:
        return None, None
    if existing:
        return existing[0], None
    if wanted == ROLLOVER and school is not None:
        earlier = partnerships.rolled_over_from(world, provider, school, cohort)
        if earlier is not None:
            return None, earlier.delivery_partner
    if wanted is not None:
        raise Impossible(f"{provider} has no partnership with the school to use in {cohort}.")
    return None, None


def _any_delivery_partner(world: World, provider: str, cohort: str) -> DeliveryPartner | None:
    return next((each for each in world.delivery_partners.values() if world.works_with(provider, cohort, each)), None)


def partnership_of(change: Change, place: Place, school: School) -> Partnership | None:
    """The partnership for the training. If it doesn't exist yet, it makes it."""
    if place.via is None:
        return place.under
    return partnerships.add(change, place.provider, school, place.cohort, place.via)


def place_training(change: Change, stay: Stay, start: date, place: Place, finished_on: date | None = None) -> Training:
    training = change.add_training(
        stay,
        start,
        finished_on,
        provider=place.provider,
        cohort=place.cohort,
        partnership=partnership_of(change, place, stay.school),
        schedule_identifier=place.schedule_identifier,
    )
    note_frozen_year(change, stay.teacher, stay.role, place)
    return training


def note_frozen_year(change: Change, teacher: Teacher, role: str, place: Place) -> None:
    if place.frozen_year is not None:
        change.set_role(teacher, teacher.role(role), frozen_year=place.frozen_year)
