"""Plants each fault in a mock, runs the check against it, and says which stage noticed the fault.

    python -m tests.mutation [NAME…] [--every-stage]

A name may be the beginning of several names. The check ends at the first stage that notices; with `--every-stage` it
goes on. The program exits with 1 when no stage notices a fault, or when the check fails the sound mock.
"""

import sys
from collections.abc import Sequence
from time import monotonic

from mock_server.harness.check.outcome import STAGES, Report, StageResult
from mock_server.harness.check.run import Plan, check
from mock_server.own_server import own_server
from tests.mutation.planted import planted_server
from tests.mutation.plants import PLANTS
from tests.mutation.server import SOUND

# Few examples: if only luck finds a fault, the check doesn't find it often enough.
EXAMPLES = 10


class Silent:
    """Shows no progress of the check."""

    def stage(self, name: str, number: int, of: int) -> None: ...

    def step(self, text: str) -> None: ...

    def say(self, text: str) -> None: ...

    def exchange(self) -> None: ...

    def done(self, stage: StageResult) -> None: ...


def report_on(name: str, *, every_stage: bool = False, stages: Sequence[str] = STAGES) -> Report:
    """The report of the check on a mock with that fault."""
    with planted_server(name) as base_url:
        plan = Plan(base_url=base_url, max_examples=EXAMPLES, stop_at_first=not every_stage, stages=stages)
        return check(plan, Silent(), own_server)


def noticed_by(report: Report) -> list[str]:
    """The stages that noticed the fault."""
    return [stage.name for stage in report.stages if stage.outcome in ("broken", "incomplete")]


def main(arguments: list[str]) -> int:
    every_stage = "--every-stage" in arguments
    wanted = [argument for argument in arguments if not argument.startswith("--")]
    names = [name for name in PLANTS if not wanted or any(name.startswith(word) for word in wanted)]
    missed = []
    write = sys.stdout.write
    for number, name in enumerate([SOUND, *names]):
        began = monotonic()
        report = report_on(name, every_stage=every_stage)
        stages = noticed_by(report)
        if bool(stages) == (name == SOUND):
            missed.append(name)
        said = f"noticed by {', '.join(stages)}" if stages else "not noticed"
        what = PLANTS[name].what if name in PLANTS else "Nothing is planted."
        write(f"{number:>3}/{len(names)} {name:<40} {said:<28} {monotonic() - began:5.1f} s  {what}\n")
        if report.findings:
            found = report.findings[0]
            write(f"{'':<8}{found.operation or ''}: {found.what}\n")
        sys.stdout.flush()
    write(f"\n{len(names) - len(set(missed) - {SOUND})} of {len(names)} planted faults were noticed.\n")
    if missed:
        write(f"Wrong: {', '.join(missed)}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
