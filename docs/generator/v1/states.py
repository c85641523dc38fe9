"""The states of declarations and of training, from the domain's tables and from what its commands do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from docs.generator.declaration_states import diagram
from docs.generator.state_diagram import Arrow, Layout, draw
from mock_server.rules.providers import Provider
from mock_server.rules.table import RulesBroken
from mock_server.v1.domain import commands
from mock_server.v1.domain.records import Enrolment, Participant, Person
from mock_server.v1.domain.schedules import DEFAULT_SCHEDULE
from mock_server.v1.domain.states import DECLARATION_STATES, LIVE_STATES, PAYABLE_STATES, TRANSITIONS, VOIDED_AS
from mock_server.v1.domain.vocabulary import COURSES, DEFER_REASONS, TRAINING_STATUSES, WITHDRAW_REASONS
from mock_server.v1.domain.world import World

TRAINING_LAYOUT: Final = Layout({"active": (0, 0), "deferred": (1, 0), "withdrawn": (0, 1)}, box_width=96, gap=88)

# How a declaration reaches a state when its provider doesn't void it.
_COMES_BY: Final = {
    "submitted": "Funding isn't decided yet.",
    "eligible": "Funding is confirmed, before or after the declaration was made.",
    "ineligible": "Another participant with the same validated TRN holds a live declaration of this course and type, "
    "or the department says so.",
    "payable": "The deadline of its statement has passed.",
    "paid": "The payment date of its statement has passed.",
    "voided": "Its provider voided it before it was paid.",
    "awaiting-clawback": "Its provider voided it after it was paid.",
    "clawed-back": "A later statement has recovered the money.",
}
_ARROW_LABELS: Final = {
    "eligible": "funding\nconfirmed",
    "payable": "deadline\npasses",
    "paid": "payment\ndate passes",
    "clawed-back": "money\nrecovered",
}

_NOW: Final = datetime(2021, 11, 20, 9, tzinfo=UTC)
_ATTRIBUTES: Final[Mapping[str, Mapping[str, Any]]] = {
    "defer": {"reason": DEFER_REASONS[0]},
    "resume": {},
    "withdraw": {"reason": WITHDRAW_REASONS[0]},
}
_COMMANDS: Final[Mapping[str, Callable[[World, str, str, Mapping[str, Any], datetime], Enrolment]]] = {
    "defer": commands.defer,
    "resume": commands.resume,
    "withdraw": commands.withdraw,
}


@dataclass(frozen=True, slots=True)
class DeclarationState:
    """`follows` are the possible next states. `voided_as` is the state after voiding; None where a rule refuses it."""

    name: str
    comes_by: str
    first: bool
    live: bool
    eligible_for_payment: bool
    voided_as: str | None
    follows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrainingMove:
    """What an action does to a training status. `after` is None where the named rules refuse it."""

    action: str
    before: str
    after: str | None
    rules: tuple[str, ...]


def declaration_states() -> list[DeclarationState]:
    first = first_states()
    return [
        DeclarationState(
            name,
            _COMES_BY[name],
            name in first,
            name in LIVE_STATES,
            name in PAYABLE_STATES,
            VOIDED_AS.get(name),
            TRANSITIONS[name],
        )
        for name in DECLARATION_STATES
    ]


def declaration_diagram() -> str:
    return diagram(TRANSITIONS, VOIDED_AS, _ARROW_LABELS, first_states())


def training_diagram() -> str:
    moves = [move for move in training_moves() if move.after]
    arrows = [Arrow(move.before, move.after or "", move.action) for move in moves]
    told = [f"{move.action} makes {move.before} {move.after}" for move in moves]
    text = f"A participant starts as active. {'; '.join(told)}."
    return draw("training-states", "Training status", text, TRAINING_LAYOUT, arrows, frozenset({TRAINING_STATUSES[0]}))


def training_moves() -> list[TrainingMove]:
    """Every action on every training status. It performs each one to find the result."""
    moves = []
    for action, command in _COMMANDS.items():
        for before in TRAINING_STATUSES:
            world = _world()
            participant = _participant(world, Person("A"), training_status=before)
            attributes = {"course_identifier": participant.course, **_ATTRIBUTES[action]}
            try:
                after = command(world, "provider", participant.id, attributes, _NOW).training_status
                moves.append(TrainingMove(action, before, after, ()))
            except RulesBroken as refused:
                broken = tuple(violation.rule.id for violation in refused.violations)
                moves.append(TrainingMove(action, before, None, broken))
    return moves


def first_states() -> frozenset[str]:
    """The states in which a declaration can begin. It declares for three kinds of people to find them."""
    undecided = Person("A")
    funded = Person("B", "1234567", teacher_reference_number_validated=True, eligible_for_funding=True)
    world = _world()
    return frozenset(
        commands.declare(
            world,
            "provider",
            {
                "participant_id": _participant(world, person).id,
                "declaration_type": "started",
                "declaration_date": "2021-11-19T09:00:00Z",
                "course_identifier": COURSES["ect"],
            },
            _NOW,
            refuse_copies=False,
        ).state
        # The third person is the same as the second.
        for person in (undecided, funded, funded)
    )


def _world() -> World:
    return World([Provider("provider", "Provider", ecf=True)], 1, _NOW)


def _participant(world: World, person: Person, training_status: str = "active") -> Participant:
    return world.add_participant(
        provider="provider",
        participant_type="ect",
        cohort="2021",
        person=person,
        school_urn="100000",
        schedule_identifier=DEFAULT_SCHEDULE,
        training_status=training_status,
        now=_NOW,
    )
