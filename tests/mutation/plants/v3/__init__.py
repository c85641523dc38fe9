"""Every fault to plant in a mock of v3, by its name."""

from tests.mutation.plants.v3.answers import SHAPES, STATUSES, TYPES, UNDOCUMENTED
from tests.mutation.plants.v3.cohorts import COHORTS
from tests.mutation.plants.v3.combinations import COMBINATIONS
from tests.mutation.plants.v3.concurrency import CONCURRENCY
from tests.mutation.plants.v3.gateway import GATEWAY
from tests.mutation.plants.v3.lists import LISTS
from tests.mutation.plants.v3.moved import SCHOOLS, UPDATED
from tests.mutation.plants.v3.moves import MOVES
from tests.mutation.plants.v3.other_half import OTHER_HALF
from tests.mutation.plants.v3.providers import ODD_INPUT, SECRETS, TOKENS
from tests.mutation.plants.v3.reach import REACH
from tests.mutation.plants.v3.rules import BOUNDS, RULES, TABLES
from tests.mutation.plants.v3.shown import VALUES
from tests.mutation.plants.v3.state import LIFE, STATE

PLANTS = {
    plant.name: plant
    for plants in (
        RULES,
        BOUNDS,
        TABLES,
        SHAPES,
        STATUSES,
        UNDOCUMENTED,
        TYPES,
        VALUES,
        LISTS,
        SECRETS,
        TOKENS,
        ODD_INPUT,
        STATE,
        LIFE,
        UPDATED,
        SCHOOLS,
        REACH,
        MOVES,
        COHORTS,
        COMBINATIONS,
        OTHER_HALF,
        GATEWAY,
        CONCURRENCY,
    )
    for plant in plants
}
