"""Time, copies, payments, and what schools and the department do."""

from datetime import datetime
from typing import Any

from mock_server.sandbox.sandboxes import Sandbox
from mock_server.v1 import operations
from mock_server.v1.domain import commands, world
from mock_server.v1.domain.declaration_rules import declaration_slot_free
from mock_server.v1.domain.records import Declaration, Participant
from mock_server.v1.domain.world import World
from tests.mutation.planting import Plant, patched


def _second_copy(original: Any) -> Any:
    """Records an exact copy a second time."""

    def declare(world: World, provider: str, attributes: Any, now: datetime, **given: Any) -> Declaration:
        object.__setattr__(declaration_slot_free, "check", lambda facts: None)
        declaration: Declaration = original(world, provider, attributes, now, **given)
        return declaration

    return declare


def _copies_refused(original: Any) -> Any:
    def declare(world: World, provider: str, attributes: Any, now: datetime, **given: Any) -> Declaration:
        declaration: Declaration = original(world, provider, attributes, now, refuse_copies=True)
        return declaration

    return declare


def _moves_the_clock(original: Any) -> Any:
    def moment(self: Sandbox, shifted: datetime | None = None) -> datetime:
        if shifted is not None:
            self.clock.set(shifted, None)
        found: datetime = original(self, shifted)
        return found

    return moment


def _backwards(original: Any) -> Any:
    return lambda violations: list(reversed(original(violations)))


def _keeps_training(original: Any) -> Any:
    def transfer(self: World, participant: Participant, *given: Any) -> None:
        before = participant.current.training_status
        original(self, participant, *given)
        participant.current.training_status = before

    return transfer


def _no_second_look(original: Any) -> Any:
    def register(self: World, participant: Participant, person: Any, now: datetime) -> None:
        before = [(declaration, declaration.state) for declaration in participant.declarations]
        original(self, participant, person, now)
        for declaration, state in before:
            declaration.state, declaration.rendered = state, None

    return register


RULES_OF_LIFE = tuple(
    Plant(f"life-{name}", "a state that comes about wrongly", what, plant)
    for name, what, plant in (
        ("copy-twice", "An exact copy is recorded again.", patched(commands, "declare", _second_copy)),
        ("copy-refused", "An exact copy is refused.", patched(commands, "declare", _copies_refused)),
        (
            "server-date-ignored",
            "X-With-Server-Date is ignored.",
            patched(Sandbox, "moment", lambda original: lambda self, _=None: original(self)),
        ),
        ("server-date-stays", "X-With-Server-Date moves the clock.", patched(Sandbox, "moment", _moves_the_clock)),
        ("order", "Errors come in the opposite order.", patched(operations, "joined_by_title", _backwards)),
        ("transfer", "A transfer keeps the training status.", patched(World, "transfer", _keeps_training)),
        ("funding", "Confirmed funding makes nothing eligible.", patched(World, "register", _no_second_look)),
        (
            "duplicates",
            "Duplicate people aren't noticed.",
            patched(World, "others_with_trn_of", lambda _: lambda self, participant: []),
        ),
        (
            "clawback",
            "A void of a paid declaration is a plain void.",
            patched(world, "VOIDED_AS", lambda table: {**table, "paid": "voided"}),
        ),
        ("payments", "Payments never happen.", patched(world, "NEXT_RUN", lambda table: {"eligible": "payable"})),
    )
)
