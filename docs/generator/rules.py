"""The rules as the error catalogues show them: from the tables of actions that the server runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from docs.generator.contract import Contract, Operation
from mock_server.rules.table import Action, Rule
from mock_server.service import Service
from mock_server.v1.domain import commands as v1_commands
from mock_server.v1.domain.facts import found
from mock_server.v1.service import V1
from mock_server.v3.domain import commands as v3_commands
from mock_server.v3.service import V3

SHARED: Final = "shared"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
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
    entries: tuple[CatalogueEntry, ...]


class Rules:
    """One service's rules, by action. `titles` says how its error catalogue heads the rules of each action."""

    def __init__(
        self,
        service: Service,
        actions: Sequence[Action[Any]],
        titles: Mapping[str, str],
        concerns: Callable[[Action[Any], Operation], bool],
    ) -> None:
        self.actions = actions
        self._service = service
        self._titles = titles
        self._concerns = concerns

    @property
    def entries(self) -> list[CatalogueEntry]:
        """In the order of the catalogue."""
        catalogue: Mapping[str, Rule[Any]] = self._service.catalogue
        return [
            CatalogueEntry(rule, tuple(action for action in self.actions if rule in action.table.rules))
            for rule in catalogue.values()
        ]

    @property
    def groups(self) -> list[Group]:
        """What several actions share comes first, then one group an action."""
        by_name: dict[str, list[CatalogueEntry]] = {
            name: [] for name in (SHARED, *(action.name for action in self.actions))
        }
        for entry in self.entries:
            name = entry.actions[0].name if len(entry.actions) == 1 else SHARED
            by_name[name].append(entry)
        return [Group(name, self._titles[name], tuple(theirs)) for name, theirs in by_name.items()]

    @cached_property
    def _refusable(self) -> Sequence[Operation]:
        return [operation for operation in Contract.of(self._service).operations if operation.answers(422)]

    def operations_of(self, action: Action[Any]) -> tuple[Operation, ...]:
        """The operations that the action's rules can refuse with 422."""
        return tuple(operation for operation in self._refusable if self._concerns(action, operation))

    def action_of(self, operation: Operation) -> Action[Any] | None:
        """The action behind an operation; None for one that no rule refuses."""
        return next((action for action in self.actions if operation in self.operations_of(action)), None)


V1_RULES: Final = Rules(
    V1,
    v1_commands.ACTIONS,
    {
        SHARED: "Every action and every declaration",
        "defer": "Taking a break",
        "resume": "Coming back",
        "withdraw": "Leaving the course",
        "change-schedule": "Changing schedule",
        "declare": "Declaring",
        "void": "Voiding",
    },
    # Both name the section of the usage guide that they belong to.
    lambda action, operation: operation.guide == action.guide,
)

# Which operation of v3's contract each action is.
_V3_OPERATIONS: Final = {
    "create-partnership": "createPartnership",
    "update-partnership": "updatePartnership",
    "withdraw": "withdrawParticipant",
    "defer": "deferParticipant",
    "resume": "resumeParticipant",
    "change-schedule": "changeScheduleParticipant",
    "declare": "createDeclaration",
    "void": "voidDeclaration",
}

V3_RULES: Final = Rules(
    V3,
    v3_commands.ACTIONS,
    {
        SHARED: "Rules of several operations",
        "create-partnership": "Making a partnership",
        "update-partnership": "Changing a partnership's delivery partner",
        "withdraw": "Withdrawing a participant",
        "defer": "Deferring a participant",
        "resume": "Resuming a participant",
        "change-schedule": "Changing the schedule",
        "declare": "Declaring",
        "void": "Voiding a declaration",
    },
    lambda action, operation: _V3_OPERATIONS[action.name] == operation.id,
)

# By the service's name.
RULES: Final = {"v1": V1_RULES, "v3": V3_RULES}
