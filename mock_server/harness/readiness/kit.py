"""What a service supplies so that its clients can be graded."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mock_server.client import SandboxClient
from mock_server.harness.kits import find_kit
from mock_server.harness.readiness.checklist import Item
from mock_server.harness.readiness.drills import Drill
from mock_server.harness.readiness.requirement import Requirement
from mock_server.harness.readiness.traffic import Observation, Traffic
from mock_server.sandbox.journal import Entry, Journal, SchoolChange
from mock_server.service import Service


@dataclass(frozen=True, slots=True)
class Stage:
    """The sandbox of a drill before anybody is in it.

    `base_url` and `tokens` (by provider) are what clients use. `participants` is how many the drill has.
    """

    sandbox: SandboxClient
    base_url: str
    tokens: Mapping[str, str]
    participants: int


@dataclass(frozen=True)
class ReadinessKit:
    """What grading needs from a service. Clients of a service without a kit get no grades."""

    # The service's name.
    api: str
    # The requirements, in the order in which reports show them.
    catalogue: Sequence[Requirement]
    # Reads one entry of the journal: a request to the service or to no service.
    observe: Callable[[Entry, Journal], Observation]
    # Turns the observations, and what schools did in the same time, into what the requirements judge.
    traffic: Callable[[Iterable[Any], Sequence[SchoolChange]], Traffic[Any]]
    # The drills by their names.
    drills: Mapping[str, Drill]
    # The slug of the provider whose client does the drill.
    provider: str
    # How many participants a drill has.
    participants: int
    # Sets the scene of a drill. Returns what the drill's events need to know.
    set_scene: Callable[[Stage], Any]
    # What the department's checklist asks for, in its order; the evidence answers it.
    checklist: Sequence[Item] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Requirement]:
        return {requirement.id: requirement for requirement in self.catalogue}

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups of the requirements, in their order."""
        return tuple(dict.fromkeys(requirement.group for requirement in self.catalogue))


def readiness_kit(service: Service) -> ReadinessKit | None:
    kit: ReadinessKit | None = find_kit(service, "readiness")
    return kit
