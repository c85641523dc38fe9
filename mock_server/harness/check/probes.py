"""Probes: promises of a contract that no schema can express, with the requests that test them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.control.models import RateLimit
from mock_server.harness.check.bench import World, Worlds, noticed
from mock_server.harness.check.outcome import NEEDS_CONTROL, OUT_OF_TIME, Untried
from mock_server.harness.check.pace import OutOfTime

# The function gets a world of the service, and an operation id.
Run = Callable[[Any, str], None]

# Attribute values of any type, for tables of unusual values.
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """A test of one promise. `says` is the promise, in one sentence. `run` gets the id of each operation in `of`.

    `run` gets a world of its own, made with `world` (see Worlds.sandbox), and raises Broken. A `portable` probe needs
    no control API. It can run against any server, in the world that the given tokens belong to.
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


def run_probes(probes: Sequence[Probe], bench: Worlds, step: Callable[[str], None]) -> None:
    """Runs the probes at the bench's target. The bench's traffic takes the findings and notes which probes can't run.

    It reports to `step` what it tries. When the time ends, it notes what is left. So that little time shows much, each
    probe is tried with one operation before any is tried with its second.
    """
    stage = bench.traffic.stage
    portable = [probe for probe in probes if bench.target.control is not None or probe.portable]
    for probe in probes:
        if probe not in portable:
            stage.notes.append(Untried(probe.says, NEEDS_CONTROL))
    tries = [(turn, probe, operation) for probe in portable for turn, operation in enumerate(probe.of or ("",))]
    tries.sort(key=lambda each: each[0])
    done = 0
    try:
        for _, probe, operation in tries:
            step(f"{done + 1} of {len(tries)}: {probe.says}")
            if bench.target.control is None:
                _run(probe, operation, bench.given, bench)
            else:
                with bench.sandbox(**probe.world) as world:
                    _run(probe, operation, world, bench)
            done += 1
    except OutOfTime:
        stage.cut_short = True
        left: dict[str, list[str]] = {}
        for _, probe, operation in tries[done:]:
            left.setdefault(probe.says, []).append(operation)
        for says, operations in left.items():
            where = ", ".join(filter(None, operations))
            stage.notes.append(Untried(f"{says} (on {where})" if where else says, OUT_OF_TIME))
    stage.facts["probes"] = done


def _run(probe: Probe, operation: str, world: World, bench: Worlds) -> None:
    with noticed(bench.traffic, operation or None, probe.says):
        probe.run(world, operation)
