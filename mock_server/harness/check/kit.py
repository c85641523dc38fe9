"""What a service supplies so that its servers can be checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mock_server.harness.check.bench import Equipment
from mock_server.harness.check.feed import Recipe
from mock_server.harness.check.probes import Probe
from mock_server.harness.check.records import Records
from mock_server.harness.kits import find_kit
from mock_server.service import Service


@dataclass(frozen=True, slots=True)
class CheckKit:
    """What the check needs from a service. Without a kit only the stages `contract` and `scenarios` run."""

    service: Service
    # What the benches of the service share.
    equipment: Equipment
    # The probes of the stage `behaviour`, in their order.
    behaviour: Sequence[Probe]
    # The probes of the stage `isolation`, which need a second provider.
    isolation: Sequence[Probe]
    # How to generate requests.
    recipe: Recipe
    # Chains that the check must follow from link to link: the operations of each, in order.
    chains: Sequence[tuple[str, ...]]
    # The operation of the newer path that does the same, by the id of the operation on the older path.
    newer: Mapping[str, str]
    # The operation that shows whether the server knows a token, where there is no control API.
    asked_first: str
    # The operations that show several providers the same record.
    shared: frozenset[str] = frozenset()
    # What its lists say of each other, for the stage `consistency`.
    records: Records | None = None


def check_kit(service: Service) -> CheckKit | None:
    kit: CheckKit | None = find_kit(service, "check")
    return kit
