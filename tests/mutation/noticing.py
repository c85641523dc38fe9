"""Makes a check shorter: it ends at its first finding, or runs only some of its probes.

To see that a fault is noticed, nobody needs the findings after the first, or the probes of other promises.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from itertools import groupby
from typing import Any

from mock_server.harness.check import run
from mock_server.harness.check.bench import Benches
from mock_server.harness.check.kit import check_kit
from mock_server.harness.check.outcome import Finding
from mock_server.harness.check.probes import Probe
from mock_server.harness.check.stage_names import GENERATED
from mock_server.harness.check.traffic import TrafficLog
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
    kit = check_kit(service)
    return () if kit is None else (name for probe in (*kit.behaviour, *kit.isolation) for name in names_of(probe))


def names_of(probe: Probe) -> tuple[str, str]:
    """The names by which `only_probes` knows the probe."""
    module = probe.run.__module__.rpartition(".")[2]
    return module, f"{module}.{probe.run.__name__}"


class Asking:
    """Which probe the check asks now, by its name; None before the first."""

    now: str | None = None


@contextmanager
def every_probe_in_this_order(service: Service, first: Sequence[str]) -> Iterator[Asking]:
    """In the block, a stage asks the probes of all stages, and those with one of the names in `first` before others."""
    kit = check_kit(service)
    assert kit is not None
    asking, original = Asking(), vars(run)["run_probes"]
    places = {name: number for number, name in reversed(list(enumerate(first)))}
    every = [_watched(probe, asking) for probe in (*kit.behaviour, *kit.isolation)]

    def place(probe: Probe) -> int:
        return min(places.get(name, len(places)) for name in names_of(probe))

    def ordered(_: Sequence[Probe], benches: Benches, step: Callable[[str], None]) -> None:
        # Probes of the same place together: run_probes asks each for its first operation before any for its second.
        for together in [list(group) for _, group in groupby(sorted(every, key=place), key=place)]:
            original(together, benches, step)

    setattr(run, "run_probes", ordered)  # noqa: B010
    try:
        yield asking
    finally:
        setattr(run, "run_probes", original)  # noqa: B010


def _watched(probe: Probe, asking: Asking) -> Probe:
    name = names_of(probe)[1]

    @wraps(probe.run)
    def run_it(bench: Any, operation: str) -> None:
        asking.now = name
        probe.run(bench, operation)

    return replace(probe, run=run_it)


def stage_of(service: Service, probe: str) -> str:
    """The stage that asks the probe of that name."""
    kit = check_kit(service)
    assert kit is not None
    return "isolation" if any(probe in names_of(each) for each in kit.isolation) else "behaviour"
