"""Every fault to plant in a mock of v1, by its name."""

from tests.mutation.plants.v1.access import ACCESS
from tests.mutation.plants.v1.answers import SHAPES, STATUSES, TYPES, UNDOCUMENTED
from tests.mutation.plants.v1.combinations import COMBINATIONS
from tests.mutation.plants.v1.concurrency import CONCURRENCY
from tests.mutation.plants.v1.consistency import CONSISTENCY
from tests.mutation.plants.v1.forms import FORMS
from tests.mutation.plants.v1.life import RULES_OF_LIFE
from tests.mutation.plants.v1.lists import LISTS
from tests.mutation.plants.v1.moves import MOVES
from tests.mutation.plants.v1.odd_input import ODD_INPUT
from tests.mutation.plants.v1.other_half import OTHER_HALF
from tests.mutation.plants.v1.providers import SECRETS, TOKENS
from tests.mutation.plants.v1.reach import REACH
from tests.mutation.plants.v1.rules import BOUNDS, RULES
from tests.mutation.plants.v1.schools import SCHOOLS
from tests.mutation.plants.v1.small_print import SMALL_PRINT
from tests.mutation.plants.v1.state import STATE
from tests.mutation.plants.v1.volume import VOLUME

PLANTS = {
    plant.name: plant
    for plants in (
        RULES,
        BOUNDS,
        SHAPES,
        STATUSES,
        UNDOCUMENTED,
        TYPES,
        SECRETS,
        TOKENS,
        STATE,
        LISTS,
        ODD_INPUT,
        RULES_OF_LIFE,
        SCHOOLS,
        FORMS,
        VOLUME,
        SMALL_PRINT,
        OTHER_HALF,
        CONSISTENCY,
        CONCURRENCY,
        COMBINATIONS,
        ACCESS,
        REACH,
        MOVES,
    )
    for plant in plants
}
