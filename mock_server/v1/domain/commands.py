"""What a lead provider can do: each command checks the request against its rules, then changes the world.

When the request breaks a rule, the command raises RulesBroken and changes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from mock_server.rules.table import Action, RulesBroken, Violation
from mock_server.v1.domain import declaration_rules, participant_rules
from mock_server.v1.domain.declaration_rules import declaration_slot_free, declaration_voidable, slot_holder
from mock_server.v1.domain.facts import Facts
from mock_server.v1.domain.records import Declaration, Enrolment
from mock_server.v1.domain.states import ForbiddenMove
from mock_server.v1.domain.world import World

Attributes = Mapping[str, Any]


DEFER: Final = Action("defer", "notifying-of-deferral", participant_rules.DEFER)
RESUME: Final = Action("resume", "notifying-of-resume", participant_rules.RESUME)
WITHDRAW: Final = Action("withdraw", "notifying-of-withdrawal", participant_rules.WITHDRAW)
CHANGE_SCHEDULE: Final = Action("change-schedule", "notifying-of-schedule-change", participant_rules.CHANGE_SCHEDULE)
DECLARE: Final = Action(
    "declare", "declaring-that-an-ecf-participant-has-started-their-course", declaration_rules.DECLARE
)
VOID: Final = Action("void", "removing-participant-declaration", declaration_rules.VOID)

ACTIONS: Final = (DEFER, RESUME, WITHDRAW, CHANGE_SCHEDULE, DECLARE, VOID)

# Every rule by its id, in the order of the actions: the error catalogue.
CATALOGUE: Final = {each.id: each for action in ACTIONS for each in action.table.rules}

_DECLARE_GUIDE: Final = {
    "retained": "declaring-that-an-ecf-participant-has-retained-their-course",
    "completed": "declaring-that-an-ecf-participant-has-completed-their-course",
}


def defer(world: World, provider: str, participant_id: str, attributes: Attributes, now: datetime) -> Enrolment:
    return _set_training_status(DEFER, "deferred", world, provider, participant_id, attributes, now)


def resume(world: World, provider: str, participant_id: str, attributes: Attributes, now: datetime) -> Enrolment:
    return _set_training_status(RESUME, "active", world, provider, participant_id, attributes, now)


def withdraw(world: World, provider: str, participant_id: str, attributes: Attributes, now: datetime) -> Enrolment:
    return _set_training_status(WITHDRAW, "withdrawn", world, provider, participant_id, attributes, now)


def _set_training_status(
    action: Action[Facts],
    status: str,
    world: World,
    provider: str,
    participant_id: str,
    attributes: Attributes,
    now: datetime,
) -> Enrolment:
    facts = Facts(world, provider, participant_id, attributes, now)
    enrolment = _accepted(action.table.violations(facts), action.guide, facts.own_enrolment)
    world.set_training_status(enrolment, status, now)
    return enrolment


def change_schedule(
    world: World, provider: str, participant_id: str, attributes: Attributes, now: datetime
) -> Enrolment:
    facts = Facts(world, provider, participant_id, attributes, now)
    enrolment = _accepted(CHANGE_SCHEDULE.table.violations(facts), CHANGE_SCHEDULE.guide, facts.own_enrolment)
    world.set_schedule(enrolment, facts.text("schedule_identifier"), now)
    return enrolment


def declare(world: World, provider: str, attributes: Attributes, now: datetime, *, refuse_copies: bool) -> Declaration:
    """A new declaration. For an exact copy of this provider's live declaration, the existing one.

    With `refuse_copies` it refuses an exact copy like any other second declaration. We observed the service do so.
    """
    participant_id = attributes.get("participant_id")
    facts = Facts(world, provider, participant_id if isinstance(participant_id, str) else None, attributes, now)
    violations = DECLARE.table.violations(facts)
    declaration_type, guide = facts.declaration_type, DECLARE.guide
    if violations:
        if not refuse_copies and [violation.rule for violation in violations] == [declaration_slot_free]:
            existing = slot_holder(facts)
            if existing and existing.provider == provider and existing.declaration_date == facts.declaration_date:
                return existing
        guide = _DECLARE_GUIDE.get(declaration_type.split("-")[0], guide)
    enrolment = _accepted(violations, guide, facts.own_enrolment)
    participant, moment = enrolment.participant, facts.declaration_date
    assert moment is not None  # noqa: S101 - declaration-date-well-formed has seen to it
    state = "eligible" if participant.person.eligible_for_funding else "submitted"
    for other in world.others_with_trn_of(participant):
        # We compare the course too: a person who is a mentor now may have been an ECT before.
        if other.course == participant.course and other.live_declaration(declaration_type):
            state = "ineligible"
    return world.add_declaration(
        provider=provider,
        participant=participant,
        declaration_type=declaration_type,
        declaration_date=moment,
        evidence_held=None if declaration_type == "started" else facts.text("evidence_held"),
        state=state,
        now=now,
    )


def void(world: World, declaration: Declaration, now: datetime) -> Declaration:
    try:
        world.void(declaration, now)
    except ForbiddenMove as refused:
        violation = Violation(declaration_voidable, str(refused))
        raise RulesBroken([violation], VOID.guide) from refused
    return declaration


def _accepted(violations: Sequence[Violation], guide: str, enrolment: Enrolment | None) -> Enrolment:
    """The enrolment to act on. Raises RulesBroken for violations. A missing enrolment always causes one."""
    if violations or enrolment is None:
        raise RulesBroken(violations, guide)
    return enrolment
