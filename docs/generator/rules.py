"""The rules as the error catalogue shows them, from the table of actions that the server uses."""

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from docs.generator.contract import Contract, Operation
from mock_server.rules.table import Action, Rule
from mock_server.v1.domain.commands import ACTIONS, CATALOGUE
from mock_server.v1.domain.facts import found

SHARED: Final = "shared"


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule, with the actions that it can refuse, in order."""

    rule: Rule[Any]
    actions: tuple[Action[Any], ...]

    @property
    def found_only(self) -> bool:
        """Whether every table asks the rule only when id and course match a participant."""
        rows = [row for action in self.actions for row in action.table.rows if getattr(row, "rule", None) is self.rule]
        return all(found in row.when for row in rows)


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one action, or of several (`name` is `shared` then)."""

    name: str
    title: str
    entries: tuple[Entry, ...]


# The catalogue's heading for the rules of each action.
_TITLES: Final = {
    SHARED: "Every action and every declaration",
    "defer": "Taking a break",
    "resume": "Coming back",
    "withdraw": "Leaving the course",
    "change-schedule": "Changing schedule",
    "declare": "Declaring",
    "void": "Voiding",
}


def entries() -> list[Entry]:
    return [
        Entry(rule, tuple(action for action in ACTIONS if rule in action.table.rules)) for rule in CATALOGUE.values()
    ]


def groups() -> list[Group]:
    """First the rules that several actions share, then one group for each action."""
    by_name: dict[str, list[Entry]] = {name: [] for name in (SHARED, *(action.name for action in ACTIONS))}
    for entry in entries():
        name = entry.actions[0].name if len(entry.actions) == 1 else SHARED
        by_name[name].append(entry)
    return [Group(name, _TITLES[name], tuple(theirs)) for name, theirs in by_name.items()]


@cache
def operations_of(action: Action[Any]) -> tuple[Operation, ...]:
    """The operations that the action's rules can refuse: those of its section in the guide that may answer 422."""
    return tuple(
        operation
        for operation in Contract.named("v1").operations
        if operation.guide == action.guide and operation.answers(422)
    )


def action_of(operation: Operation) -> Action[Any] | None:
    """The action of an operation; None for an operation that no rule refuses."""
    return next((action for action in ACTIONS if operation in operations_of(action)), None)
