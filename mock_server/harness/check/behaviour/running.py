"""Runs probes and turns what they raise into findings."""

from collections.abc import Callable, Iterable

from mock_server.harness.check.behaviour.probe import Probe
from mock_server.harness.check.bench import Bench, World, noticed

NEEDS_CONTROL = "needs the control API, which this server doesn't have"


def run_probes(probes: Iterable[Probe], bench: Bench, step: Callable[[str], None]) -> None:
    """Runs them at the bench's target; findings go to its traffic, what can't be run is noted there.

    `step` is told what is being tried.
    """
    stage = bench.traffic.stage
    done = 0
    known = list(probes)
    for number, probe in enumerate(known, start=1):
        if bench.target.control is None and not probe.portable:
            stage.notes.append(f"not tried: {probe.says} It {NEEDS_CONTROL}.")
            continue
        step(f"{number} of {len(known)}: {probe.says}")
        for operation in probe.of or ("",):
            done += 1
            if bench.target.control is None:
                _run(probe, operation, bench.given, bench)
            else:
                with bench.sandbox(**probe.world) as world:
                    _run(probe, operation, world, bench)
    stage.facts["probes"] = done


def _run(probe: Probe, operation: str, world: World, bench: Bench) -> None:
    with noticed(bench.traffic, operation or None, probe.says):
        probe.run(world, operation)
