"""The worlds that a sandbox of v3 can start from: `empty`, and `guide` with one of each scenario of rules 7.

Everything is invented, and the same for the same random seed and clock.
"""

from datetime import datetime
from typing import Final

from mock_server.v3.domain import inventions, statements
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.organisations import add_delivery_partner
from mock_server.v3.domain.world import World

SEEDS: Final = ("guide", "empty")

DELIVERY_PARTNERS_A_PROVIDER: Final = 2


def populate_empty(world: World, now: datetime) -> None:
    """Contracts with their statements, and two delivery partners a provider, the same in all its cohorts."""
    with Change(world, now) as change:
        for provider in world.providers.values():
            for cohort in provider.cohorts:
                statements.add_all(change, provider.slug, cohort)
            if provider.cohorts:
                for _ in range(DELIVERY_PARTNERS_A_PROVIDER):
                    add_delivery_partner(change, _new_name(world), {provider.slug: provider.cohorts})


def _new_name(world: World) -> str:
    """That no delivery partner has."""
    taken = {partner.name for partner in world.delivery_partners.values()}
    random = world.inventions()
    name = inventions.delivery_partner_name(random)
    while name in taken:
        name = inventions.delivery_partner_name(random)
    return name
