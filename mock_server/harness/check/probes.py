"""Probes: promises of a contract that no schema can express, with the requests that test them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mock_server.control.models import RateLimit
from mock_server.harness.check.bench import Bench, World, noticed

# The function gets a world of the service, and an operation id.
Run = Callable[[Any, str], None]

NEEDS_CONTROL = "needs the control API, which this server doesn't have"
# Attribute values of any type, for tables of unusual values.
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """A test of one promise. `says` is the promise, in one sentence. `run` gets the id of each operation in `of`.

    `run` gets a world of its own, made with `world` (see Bench.sandbox), and raises Broken. A `portable` probe needs no
    control API. It can run against any server, in the world that the given tokens belong to.
    """

    says: str
    of: tuple[str, ...]
    run: Run
    world: dict[str, Any]
    portable: bool


def probe(
    says: str,
    *of: str,
    seed: str = "empty",
    clock: str | None = None,
    replay: str = "return",
    rate_limit: RateLimit | None = None,
    portable: bool = False,
) -> Callable[[Run], Probe]:
    """Turns a function of a world and an operation id into a Probe."""
    world = {"seed": seed, "clock": clock, "replay": replay, "rate_limit": rate_limit}
    return lambda run: Probe(says, of, run, world, portable)


def run_probes(probes: Iterable[Probe], bench: Bench, step: Callable[[str], None]) -> None:
    """Runs the probes at the bench's target. The bench's traffic takes the findings and notes which probes can't run.

    It reports to `step` what it tries.
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
