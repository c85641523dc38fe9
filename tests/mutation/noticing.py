"""Makes a check shorter: it ends at its first finding, or runs only some of its probes.

To see that a fault is noticed, nobody needs the findings after the first, or the probes of other promises.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from mock_server.harness.check import run
from mock_server.harness.check.bench import Benches
from mock_server.harness.check.outcome import GENERATED, Finding
from mock_server.harness.check.probes import Probe
from mock_server.harness.check.traffic import TrafficLog
from mock_server.harness.kits import find_kit
from mock_server.service import Service


class Noticed(BaseException):
    """The check has found something. No `except Exception` on the way may stop it."""

    def __init__(self, found: Finding) -> None:
        super().__init__(found.what)
        self.found = found


@contextmanager
def ending_at_the_first_finding() -> Iterator[None]:
    """In the block, a finding raises Noticed. Schemathesis runs its phases to their end: it has threads of its own."""
    original = TrafficLog.report

    def report(self: TrafficLog, found: Finding) -> None:
        original(self, found)
        if self.stage.name not in GENERATED:
            raise Noticed(found)

    TrafficLog.report = report  # type: ignore[method-assign]
    try:
        yield
    finally:
        TrafficLog.report = original  # type: ignore[method-assign]


@contextmanager
def only_probes(names: Sequence[str]) -> Iterator[None]:
    """In the block, only probes with one of these names run: `MODULE` or `MODULE.FUNCTION`. Without names, all do."""
    original = vars(run)["run_probes"]

    def some(every: Sequence[Probe], benches: Benches, step: Callable[[str], None]) -> None:
        original([probe for probe in every if not {*names_of(probe)}.isdisjoint(names)], benches, step)

    if names:
        setattr(run, "run_probes", some)  # noqa: B010 - the module doesn't export it
    try:
        yield
    finally:
        setattr(run, "run_probes", original)  # noqa: B010


def probes_of(service: Service) -> Iterable[str]:
    """Every name that `only_probes` knows for the check of the service."""
    kit = find_kit(service, "check")
    return () if kit is None else (name for probe in (*kit.behaviour, *kit.isolation) for name in names_of(probe))


def names_of(probe: Probe) -> tuple[str, str]:
    """The names by which `only_probes` knows the probe."""
    module = probe.run.__module__.rpartition(".")[2]
    return module, f"{module}.{probe.run.__name__}"
