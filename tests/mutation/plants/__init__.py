"""Every planted fault by its name."""

from tests.mutation.plants.answers import SHAPES, STATUSES, TYPES, UNDOCUMENTED
from tests.mutation.plants.forms import FORMS
from tests.mutation.plants.life import RULES_OF_LIFE
from tests.mutation.plants.lists import LISTS
from tests.mutation.plants.odd_input import ODD_INPUT
from tests.mutation.plants.providers import SECRETS, TOKENS
from tests.mutation.plants.rules import BOUNDS, RULES
from tests.mutation.plants.schools import SCHOOLS
from tests.mutation.plants.state import STATE

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
