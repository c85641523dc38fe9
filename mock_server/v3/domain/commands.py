"""What a provider can do in v3: each command holds the request against its table, then changes the world once.

Every command raises RulesBroken, having changed nothing, when a rule is broken. What the path names is found by now.
"""

from datetime import datetime
from typing import Any, Final

from mock_server.rules.table import Action, Rule
from mock_server.v3.domain import (
    declaration_rules,
    declarations,
    participant_rules,
    partnership_rules,
    partnerships,
    schedule_rules,
    training,
)
from mock_server.v3.domain.facts import (
    Attributes,
    DeclarationFacts,
    PartnershipFacts,
    PartnershipUpdateFacts,
    TrainingFacts,
    VoidFacts,
    known,
)
from mock_server.v3.domain.records import Declaration, Partnership, View
from mock_server.v3.domain.world import World

# Each action with the heading of the error catalogue below which its own rules stand.
CREATE_PARTNERSHIP: Final = Action("create-partnership", "rules-create-partnership", partnership_rules.CREATE)
UPDATE_PARTNERSHIP: Final = Action("update-partnership", "rules-update-partnership", partnership_rules.UPDATE)
WITHDRAW: Final = Action("withdraw", "rules-withdraw", participant_rules.WITHDRAW)
DEFER: Final = Action("defer", "rules-defer", participant_rules.DEFER)
RESUME: Final = Action("resume", "rules-resume", participant_rules.RESUME)
CHANGE_SCHEDULE: Final = Action("change-schedule", "rules-change-schedule", schedule_rules.CHANGE_SCHEDULE)
DECLARE: Final = Action("declare", "rules-declare", declaration_rules.DECLARE)
VOID: Final = Action("void", "rules-void", declaration_rules.VOID)

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


def create_partnership(world: World, provider: str, attributes: Attributes, now: datetime) -> Partnership:
    facts = PartnershipFacts(world, provider, attributes, now)
    CREATE_PARTNERSHIP.check(facts)
    school, cohort, delivery_partner = known(facts.school), known(facts.cohort), known(facts.delivery_partner)
    return partnerships.create(world, provider, school, cohort.year, delivery_partner, now)


def update_partnership(world: World, partnership: Partnership, attributes: Attributes, now: datetime) -> Partnership:
    facts = PartnershipUpdateFacts(world, partnership, attributes, now)
    UPDATE_PARTNERSHIP.check(facts)
    partnerships.change_delivery_partner(world, partnership, known(facts.delivery_partner), now)
    return partnership


def withdraw(world: World, view: View, attributes: Attributes, now: datetime) -> View:
    facts = TrainingFacts(world, view, attributes, now)
    WITHDRAW.check(facts)
    training.withdraw(world, known(facts.latest), facts.text("reason"), now)
    return view


def defer(world: World, view: View, attributes: Attributes, now: datetime) -> View:
    facts = TrainingFacts(world, view, attributes, now)
    DEFER.check(facts)
    training.defer(world, known(facts.latest), facts.text("reason"), now)
    return view


def resume(world: World, view: View, attributes: Attributes, now: datetime) -> View:
    facts = TrainingFacts(world, view, attributes, now)
    RESUME.check(facts)
    training.resume(world, known(facts.latest), now)
    return view


def change_schedule(world: World, view: View, attributes: Attributes, now: datetime) -> View:
    facts = TrainingFacts(world, view, attributes, now)
    CHANGE_SCHEDULE.check(facts)
    schedule = known(facts.target_schedule)
    training.change_schedule(world, known(facts.latest), schedule.identifier, schedule.cohort, now)
    return view


def declare(world: World, provider: str, attributes: Attributes, now: datetime) -> Declaration:
    facts = DeclarationFacts(world, provider, attributes, now)
    DECLARE.check(facts)
    return declarations.declare(
        world,
        known(facts.training),
        facts.declaration_type,
        known(facts.declaration_date),
        facts.evidence_kept,
        now,
    )


def void(world: World, declaration: Declaration, now: datetime) -> Declaration:
    VOID.check(VoidFacts(world, declaration, now))
    declarations.void(world, declaration, now)
    return declaration
