"""Runs probes and turns what they raise into findings."""

from collections.abc import Callable, Iterable

import httpx

from mock_server.harness.check.behaviour.probe import Probe
from mock_server.harness.check.bench import Bench, Broken, World
from mock_server.harness.check.outcome import Finding
from mock_server.harness.check.traffic import finding_about

NEEDS_CONTROL = "needs the control API, which this server doesn't have"


def run_probes(probes: Iterable[Probe], bench: Bench, step: Callable[[str], None]) -> None:
    """Runs them at the bench's target; findings go to its traffic, what can't be run is noted there.

    `step` is told what is being tried.
    """
    stage = bench.traffic.stage
    done = 0
    for probe in probes:
        if bench.target.control is None and not probe.portable:
            stage.notes.append(f"not tried: {probe.says} It {NEEDS_CONTROL}.")
            continue
        step(probe.says)
        for operation in probe.of or ("",):
            done += 1
            if bench.target.control is None:
                _run(probe, operation, bench.given, bench)
            else:
                with bench.sandbox(**probe.world) as world:
                    _run(probe, operation, world, bench)
    stage.facts["probes"] = done


def _run(probe: Probe, operation: str, world: World, bench: Bench) -> None:
    traffic = bench.traffic
    try:
        probe.run(world, operation)
    except Broken as broken:
        found = finding_about(
            traffic, operation or None, probe.says, broken.says, broken.request, broken.response, broken.came
        )
        traffic.report(found)
    except httpx.HTTPError as error:
        says = f"{probe.says} The server answers."
        traffic.report(Finding(traffic.stage.name, operation or None, probe.says, says, f"no answer: {error}"))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as odd:
        # The answer had no such shape; what the schema says of it is reported beside this.
        says = f"{probe.says} The answer has the documented shape."
        traffic.report(Finding(traffic.stage.name, operation or None, probe.says, says, f"{type(odd).__name__}: {odd}"))
