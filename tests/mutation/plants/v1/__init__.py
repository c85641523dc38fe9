"""Every fault to plant in a mock of v1, by its name."""

from tests.mutation.plants.v1.answers import SHAPES, STATUSES, TYPES, UNDOCUMENTED
from tests.mutation.plants.v1.forms import FORMS
from tests.mutation.plants.v1.life import RULES_OF_LIFE
from tests.mutation.plants.v1.lists import LISTS
from tests.mutation.plants.v1.odd_input import ODD_INPUT
from tests.mutation.plants.v1.providers import SECRETS, TOKENS
from tests.mutation.plants.v1.rules import BOUNDS, RULES
from tests.mutation.plants.v1.schools import SCHOOLS
from tests.mutation.plants.v1.state import STATE

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
    )
    for plant in plants
}
