"""The worlds that a sandbox of v3 can start from: `empty`, and `guide` with one of each scenario of rules 7.

Everything is invented. The same random seed and clock give the same world.
"""

from datetime import datetime
from typing import Final

from mock_server.v3.domain import inventions, seed_guide, statements
from mock_server.v3.domain.change import Change
from mock_server.v3.domain.organisations import add_delivery_partner
from mock_server.v3.domain.seed_growth import grow
from mock_server.v3.domain.seed_scene import NotYet, Scene
from mock_server.v3.domain.world import World

SEEDS: Final = ("guide", "empty")

DELIVERY_PARTNERS_A_PROVIDER: Final = 2


def populate_empty(world: World, now: datetime) -> None:
    """Fill in contracts with their statements, and two delivery partners for each provider, in all its cohorts."""
    with Change(world, now) as change:
        for provider in world.providers.values():
            for cohort in provider.cohorts:
                statements.add_all(change, provider.slug, cohort)
            if provider.cohorts:
                for _ in range(DELIVERY_PARTNERS_A_PROVIDER):
                    add_delivery_partner(change, _new_name(world), {provider.slug: provider.cohorts})


def populate(world: World, now: datetime, participants: int = 0) -> None:
    """Fill in the seed `guide`. The first provider sees at least `participants`.

    Nothing is created, changed or declared after `now`. Stays and training may begin or end later. For clocks from
    2026-02-10 to 2027-05-31 every value of every enum occurs. For earlier clocks, only values possible by then do.
    """
    populate_empty(world, now)
    contracted = [provider.slug for provider in world.providers.values() if provider.cohorts]

    def scene_of(provider: str) -> Scene:
        other = contracted[(contracted.index(provider) + 1) % len(contracted)]
        return Scene(world, provider, other, now)

    seed_guide.populate(contracted, scene_of)
    missing = participants - len(world.list_participants(contracted[0]))
    try:
        settled = scene_of(contracted[0]).settled
    except NotYet:
        return
    if missing > 0:
        grow(world, contracted[0], missing, settled[-3:], now)


def _new_name(world: World) -> str:
    """A name that no delivery partner has."""
    taken = {partner.name for partner in world.delivery_partners.values()}
    random = world.inventions()
    name = inventions.delivery_partner_name(random)
    while name in taken:
        name = inventions.delivery_partner_name(random)
    return name
