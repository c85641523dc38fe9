"""Providers and the department make partnerships and change their delivery partner (rules 5.1, 5.2)."""

from datetime import datetime

from mock_server.v3.domain.change import Change
from mock_server.v3.domain.impossible import Impossible
from mock_server.v3.domain.records import DeliveryPartner, Partnership, School
from mock_server.v3.domain.world import World


def create(
    world: World, provider: str, school: School, cohort: str, delivery_partner: DeliveryPartner, now: datetime
) -> Partnership:
    """Add the provider's partnership. Its expressions of interest at the school become training under it."""
    with Change(world, now) as change:
        return add(change, provider, school, cohort, delivery_partner)


def create_by_department(
    world: World, provider: str, school: School, cohort: str, delivery_partner: DeliveryPartner, now: datetime
) -> Partnership:
    """Like `create`, without the rules of 5.1. A second partnership with another delivery partner is possible.

    Raises Impossible without a delivery partnership, and for a partnership that exists.
    """
    if not world.works_with(provider, cohort, delivery_partner):
        raise Impossible(
            f"{delivery_partner.name} does not work with {provider} in {cohort}: change its works_with first."
        )
    if any(each.delivery_partner is delivery_partner for each in world.partnerships_of(provider, school, cohort)):
        raise Impossible(f"School {school.urn} has this partnership already.")
    return create(world, provider, school, cohort, delivery_partner, now)


def add(change: Change, provider: str, school: School, cohort: str, delivery_partner: DeliveryPartner) -> Partnership:
    world = change.world
    partnership = Partnership(
        world.new_id(),
        provider,
        school,
        cohort,
        delivery_partner,
        change.now,
        change.now,
        world.next_sequence(),
    )
    world.partnerships[partnership.id] = partnership
    school.partnerships = (*school.partnerships, partnership)
    change.partnership(partnership)
    change.review_school(school)
    if (provider, cohort) in school.interests:
        for stay in school.stays:
            for training in stay.trainings:
                if training.is_expression_of_interest and (training.provider, training.cohort) == (provider, cohort):
                    change.set_training(training, partnership=partnership)
    return partnership


def rolled_over_from(world: World, provider: str, school: School, cohort: str) -> Partnership | None:
    """The partnership that a roll-over repeats: the latest earlier cohort's whose delivery partner still works here.

    The delivery partner must work with the provider in `cohort` (rules 5.10).
    """
    fitting = [
        each
        for each in school.partnerships
        if each.provider == provider
        and each.cohort < cohort
        and world.works_with(provider, cohort, each.delivery_partner)
    ]
    return max(fitting, key=lambda each: (each.cohort, -each.sequence), default=None)


def change_delivery_partner(
    world: World, partnership: Partnership, delivery_partner: DeliveryPartner, now: datetime
) -> None:
    """Moves the partnership, its participants and its declarations, which keep their delivery partner (rules 5.2)."""
    with Change(world, now) as change:
        partnership.delivery_partner = delivery_partner
        change.partnership(partnership)
        for training in partnership.trainings:
            change.participant(training.teacher)
            for declaration in training.declarations:
                change.declaration(declaration)
