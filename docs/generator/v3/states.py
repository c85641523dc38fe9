"""The states of version 3's declarations and statements, from the domain's tables of arrows."""

from dataclasses import dataclass
from typing import Final

from docs.generator.declaration_states import diagram, told
from docs.generator.state_diagram import Arrow, Layout, draw
from docs.generator.v3.people import PROVIDER, OneEct
from mock_server.v3.domain import commands, people
from mock_server.v3.domain.states import (
    BILLABLE_STATES,
    DECLARATION_ARROWS,
    LIVE_STATES,
    STATEMENT_ARROWS,
    VOIDED_AS,
)
from mock_server.v3.domain.vocabulary import COURSES

STATEMENT_LAYOUT: Final = Layout({"open": (0, 0), "payable": (0, 1), "paid": (0, 2)}, box_width=110, gap=26, beside=50)

# How a declaration reaches a state when its provider doesn't void it.
_COMES_BY: Final = {
    "submitted": "The role of the participant isn't eligible for funding yet.",
    "eligible": "The role is eligible for funding, before or after you declared. The declaration has a statement.",
    "payable": "The cut-off date of its statement has passed.",
    "paid": "A finance user authorised its statement. In the mock, that is on the payment date.",
    "voided": "You or the department voided it before it was paid.",
    "awaiting-clawback": "You or the department voided it after it was paid.",
    "clawed-back": "A finance user authorised the statement that takes the money back.",
}
_DECLARATION_LABELS: Final = {
    "eligible": "role becomes\neligible",
    "payable": "cut-off\ndate passes",
    "paid": "statement\nauthorised",
    "clawed-back": "clawback statement\nauthorised",
}
_STATEMENT_COMES_BY: Final = {
    "open": "Its cut-off date is today or later. `paid` is false.",
    "payable": "The cut-off date was yesterday or earlier. `paid` is still false.",
    "paid": "A finance user authorised it. `paid` is true.",
}
_STATEMENT_LABELS: Final = {"payable": "the day after\nthe cut-off date", "paid": "a finance user\nauthorises it"}


@dataclass(frozen=True, slots=True)
class DeclarationState:
    """`voided_as` is the state after voiding; None where a rule refuses it."""

    name: str
    comes_by: str
    live: bool
    billable: bool
    voided_as: str | None


@dataclass(frozen=True, slots=True)
class StatementState:
    name: str
    comes_by: str


def declaration_states() -> list[DeclarationState]:
    return [
        DeclarationState(name, _COMES_BY[name], name in LIVE_STATES, name in BILLABLE_STATES, VOIDED_AS.get(name))
        for name in DECLARATION_ARROWS
    ]


def declaration_diagram() -> str:
    return diagram(DECLARATION_ARROWS, VOIDED_AS, _DECLARATION_LABELS, first_states())


def statement_states() -> list[StatementState]:
    return [StatementState(name, _STATEMENT_COMES_BY[name]) for name in STATEMENT_ARROWS]


def statement_diagram() -> str:
    arrows = [
        Arrow(source, target, _STATEMENT_LABELS[target])
        for source, targets in STATEMENT_ARROWS.items()
        for target in targets
    ]
    text = f"A new statement is open. {told(STATEMENT_ARROWS)}."
    return draw("statement-states", "States of a statement", text, STATEMENT_LAYOUT, arrows, frozenset({"open"}))


def first_states() -> frozenset[str]:
    """The states in which a declaration can begin. It declares for two ECTs to find them: one has begun induction."""
    found = set()
    for in_induction in (False, True):
        case = OneEct()
        if in_induction:
            people.change_induction(case.world, case.ect, case.now, started_on=case.today)
        attributes = {
            "participant_id": case.ect.id,
            "declaration_type": "started",
            "declaration_date": "2026-02-09T09:00:00Z",
            "course_identifier": COURSES["ect"],
            "evidence_held": "training-event-attended",
        }
        found.add(commands.declare(case.world, PROVIDER, attributes, case.now).state)
    return frozenset(found)
