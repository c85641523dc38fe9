"""What a provider can do in v3: each command holds the request against its table, then changes the world once.

Every command raises RulesBroken, having changed nothing, when a rule is broken. What the path names is found by now.
"""

from datetime import datetime
from typing import Any, Final

from mock_server.rules.table import Action, Rule
from mock_server.v3.domain import declaration_rules, participant_rules, partnership_rules
from mock_server.v3.domain.evidence import evidence_allowed
from mock_server.v3.domain.facts import (
    Attributes,
    DeclarationFacts,
    PartnershipFacts,
    PartnershipUpdateFacts,
    TrainingFacts,
    VoidFacts,
)
from mock_server.v3.domain.records import Declaration, Partnership, Teacher
from mock_server.v3.domain.world import World

# The pages and headings of the service's guidance for lead providers that explain each action.
CREATE_PARTNERSHIP: Final = Action(
    "create-partnership", "create-view-and-update-partnerships/#create-a-partnership", partnership_rules.CREATE
)
UPDATE_PARTNERSHIP: Final = Action(
    "update-partnership",
    "create-view-and-update-partnerships/#correcting-a-delivery-partner",
    partnership_rules.UPDATE,
)
WITHDRAW: Final = Action("withdraw", "update-participant-data/#withdraw", participant_rules.WITHDRAW)
DEFER: Final = Action("defer", "update-participant-data/#defer", participant_rules.DEFER)
RESUME: Final = Action("resume", "update-participant-data/#resume", participant_rules.RESUME)
CHANGE_SCHEDULE: Final = Action(
    "change-schedule", "update-participant-data/#change-schedule", participant_rules.CHANGE_SCHEDULE
)
DECLARE: Final = Action("declare", "understanding-declarations/#declare", declaration_rules.DECLARE)
VOID: Final = Action("void", "understanding-declarations/#void-and-clawback", declaration_rules.VOID)

ACTIONS: Final[tuple[Action[Any], ...]] = (
    CREATE_PARTNERSHIP,
    UPDATE_PARTNERSHIP,
    WITHDRAW,
    DEFER,
    RESUME,
    CHANGE_SCHEDULE,
    DECLARE,
    VOID,
)

# Every rule by its id, in the order of the actions: the error catalogue.
CATALOGUE: Final[dict[str, Rule[Any]]] = {each.id: each for action in ACTIONS for each in action.table.rules}
