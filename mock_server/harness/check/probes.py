"""Probes: promises of a contract that no schema can express, with the requests that test them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mock_server.control.models import RateLimit
from mock_server.harness.check.bench import Bench, Benches, noticed
from mock_server.harness.check.outcome import NEEDS_CONTROL, OUT_OF_TIME, Untried
from mock_server.harness.check.pace import OutOfTime

# The function gets a bench of the service, and an operation id.
Run = Callable[[Any, str], None]

# Attribute values of any type, for tables of unusual values.
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """A test of one promise. `says` is the promise, in one sentence. `run` gets the id of each operation in `of`.

    `run` gets a bench of its own, whose sandbox is made with `sandbox` (see Benches.sandbox), and raises Broken. A
    `portable` probe needs no control API. It can run against any server, on the bench that sends with the given tokens.
    """

    says: str
    of: tuple[str, ...]
    run: Run
    sandbox: dict[str, Any]
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
    """Turns a function of a bench and an operation id into a Probe."""
    sandbox = {"seed": seed, "clock": clock, "replay": replay, "rate_limit": rate_limit}
    return lambda run: Probe(says, of, run, sandbox, portable)


def run_probes(probes: Sequence[Probe], benches: Benches, step: Callable[[str], None]) -> None:
    """Runs the probes at the target of `benches`. Their traffic takes the findings and notes which probes can't run.

    It reports to `step` what it tries. When the time ends, it notes what is left. So that little time shows much, each
    probe is tried with one operation before any is tried with its second.
    """
    stage = benches.traffic.stage
    portable = [probe for probe in probes if benches.target.control is not None or probe.portable]
    for probe in probes:
        if probe not in portable:
            stage.notes.append(Untried(probe.says, NEEDS_CONTROL))
    tries = [(turn, probe, operation) for probe in portable for turn, operation in enumerate(probe.of or ("",))]
    tries.sort(key=lambda each: each[0])
    done = 0
    try:
        for _, probe, operation in tries:
            step(f"{done + 1} of {len(tries)}: {probe.says}")
            if benches.target.control is None:
                _run(probe, operation, benches.given, benches)
            else:
                with benches.sandbox(**probe.sandbox) as bench:
                    _run(probe, operation, bench, benches)
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


def _run(probe: Probe, operation: str, bench: Bench, benches: Benches) -> None:
    with noticed(benches.traffic, operation or None, probe.says):
        probe.run(bench, operation)
