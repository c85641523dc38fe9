"""What a service brings for the check of its servers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mock_server.harness.check.bench import Setting
from mock_server.harness.check.feed import Recipe
from mock_server.harness.check.probes import Probe
from mock_server.harness.kits import find_kit
from mock_server.service import Service


@dataclass(frozen=True, slots=True)
class CheckKit:
    """A service without a kit is checked by the stages `contract` and `scenarios` alone."""

    service: Service
    # The worlds that are tested in.
    setting: Setting
    # The probes of the stage `behaviour`, in their order.
    behaviour: Sequence[Probe]
    # The probes of the stage `isolation`: they need a second provider.
    isolation: Sequence[Probe]
    # How requests are made up.
    recipe: Recipe
    # What must have been walked from link to link: operations, one after the other.
    chains: Sequence[tuple[str, ...]]
    # By the id of an operation on an older path, the one that does the same on the newer path.
    newer: Mapping[str, str]
    # The operation that shows whether a token is known, where there is no control API.
    asked_first: str


def check_kit(service: Service) -> CheckKit | None:
    kit: CheckKit | None = find_kit(service, "check")
    return kit
