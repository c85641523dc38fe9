"""Plants each fault in a mock, runs the check against it, and says which stage noticed the fault.

A run that was interrupted goes on with `--resume`. The program exits with 1 when no stage notices a fault, or when the
check fails the sound mock.
"""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from time import monotonic

from mock_server.harness.check.doorstep import CannotRun
from mock_server.harness.check.outcome import Finding, Report, StageResult
from mock_server.harness.check.run import Plan, check
from mock_server.harness.check.stage_names import STAGES
from mock_server.own_server import own_server
from mock_server.service import Service
from mock_server.services import SERVICES
from tests.mutation.noticing import (
    Noticed,
    ending_at_the_first_finding,
    every_probe_in_this_order,
    only_probes,
    probes_of,
    stage_of,
)
from tests.mutation.planted import planted_server
from tests.mutation.planting import Plant
from tests.mutation.plants import plants_of
from tests.mutation.results import STOPPED, Result, digest_of_code, likely, remember, remembered, table
from tests.mutation.server import SOUND

# Few examples: if only luck finds a fault, the check doesn't find it often enough.
EXAMPLES = 10
# The stages that have probes.
_PROBING = ("behaviour", "isolation")


class Silent:
    """Shows no progress of the check."""

    def stage(self, name: str, number: int, of: int) -> None: ...

    def step(self, text: str) -> None: ...

    def say(self, text: str) -> None: ...

    def exchange(self) -> None: ...

    def done(self, stage: StageResult) -> None: ...


def report_on(
    name: str, *, service: Service = SERVICES[0], every_stage: bool = False, stages: Sequence[str] = STAGES
) -> Report:
    """The report of the check on a mock of `service` with that fault."""
    with planted_server(service, name) as base_url:
        plan = Plan(
            service=service,
            base_url=base_url,
            max_examples=EXAMPLES,
            stop_at_first=not every_stage,
            stages=stages,
        )
        return check(plan, Silent(), own_server)


def noticed_by(report: Report) -> tuple[str, ...]:
    """The stages that noticed the fault."""
    # Of a mock everything can be seen: what isn't is noticed, too.
    return tuple(stage.name for stage in report.stages if stage.outcome in ("broken", "incomplete"))


def _told(found: Finding) -> str:
    return f"{found.operation or ''}: {found.what}"


def _options(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser("python -m tests.mutation", description=__doc__)
    parser.add_argument("names", nargs="*", help="only faults whose name begins with one of these")
    parser.add_argument("--service", action="append", choices=[each.name for each in SERVICES])
    parser.add_argument("--kind", action="append", default=[], help="only faults whose kind contains this text")
    parser.add_argument("--stage", action="append", choices=STAGES, help="run only this stage of the check")
    parser.add_argument(
        "--probe", action="append", help="run only these probes, or those first: MODULE or MODULE.FUNCTION"
    )
    parser.add_argument(
        "--probes-first",
        action="store_true",
        help="ask the probes that noticed such faults before, then the other probes, and only then the whole check",
    )
    parser.add_argument("--every-stage", action="store_true", help="go on after the first stage that notices")
    parser.add_argument("--resume", action="store_true", help="skip what the same code has noticed before")
    parser.add_argument("--list", action="store_true", help="list the faults and plant none")
    parser.add_argument("--table", action="store_true", help="show the last results as a table and plant none")
    options = parser.parse_args(arguments)
    known = {name for service in SERVICES for name in probes_of(service)}
    if unknown := sorted(set(options.probe or ()) - known):
        parser.error(f"no probe is called {', '.join(unknown)}: there are {', '.join(sorted(known))}")
    return options


def _wanted(options: Namespace) -> Iterable[tuple[Service, Plant]]:
    for service in SERVICES:
        for plant in plants_of(service).values():
            named = not options.names or any(plant.name.startswith(word) for word in options.names)
            of_kind = not options.kind or any(text in plant.kind for text in options.kind)
            if named and of_kind and service.name in (options.service or [service.name]):
                yield service, plant


def _tried(service: Service, plant: Plant, options: Namespace, code: str, likely: Sequence[str] = ()) -> Result:
    began = monotonic()
    noticed, found, probe = (
        noticing_probe(service, plant.name, [*likely, *(options.probe or ())]) if options.probes_first else ((), "", "")
    )
    if not noticed and not (options.probes_first and plant.name == SOUND):
        noticed, found = _checked(service, plant.name, options)
    return Result(service.name, plant.name, plant.kind, noticed, round(monotonic() - began, 1), found, code, probe)


def noticing_probe(service: Service, name: str, likely: Sequence[str]) -> tuple[tuple[str, ...], str, str]:
    """The stage, the finding and the name of the probe that notices the fault. It asks the `likely` probes first."""
    with ending_at_the_first_finding(), every_probe_in_this_order(service, likely) as asking:
        try:
            report_on(name, service=service, stages=["behaviour"])
        except Noticed as first:
            probe = asking.now or ""
            return (stage_of(service, probe),), _told(first.found), probe
        except CannotRun:
            # The whole check decides what that means.
            pass
    return (), "", ""


def _checked(service: Service, name: str, options: Namespace) -> tuple[tuple[str, ...], str]:
    """The stages that notice the fault, and the first finding."""
    probes = () if options.probes_first else options.probe or ()
    stages = tuple(options.stage or ()) or (_PROBING if probes else STAGES)
    try:
        with (
            nullcontext() if options.every_stage else ending_at_the_first_finding(),
            only_probes(probes),
        ):
            report = report_on(name, service=service, every_stage=options.every_stage, stages=stages)
        return noticed_by(report), _told(report.findings[0]) if report.findings else ""
    except Noticed as first:
        return (first.found.stage,), _told(first.found)
    except CannotRun as failed:
        # The fault broke what the control API does, so that a probe couldn't make its world.
        return (STOPPED,), str(failed)


def _shown(result: Result, number: str, what: str) -> None:
    said = f"noticed by {', '.join(result.stages)}" if result.stages else "not noticed"
    sys.stdout.write(
        f"{number:>8} {result.service} {result.name:<36} {said:<28} {result.seconds:5.1f} s  {what}\n"
        + (f"{'':<9}{result.found}\n" if result.found else "")
    )
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    wanted = list(_wanted(options))
    if options.list:
        sys.stdout.writelines(f"{service.name} {plant.name:<40} {plant.what}\n" for service, plant in wanted)
        return 0
    before = dict(remembered())
    if options.table:
        known = [before[service.name, plant.name] for service, plant in wanted if (service.name, plant.name) in before]
        sys.stdout.write(table(known))
        return 0
    code, wrong, noticed = digest_of_code(), [], 0
    for service in dict.fromkeys(service for service, _ in wanted):
        sound = _tried(service, Plant(SOUND, "", "", lambda: None), options, code)
        _shown(sound, "", "Nothing is planted.")
        if sound.stages:
            wrong.append(f"{service.name} {SOUND}")
    for number, (service, plant) in enumerate(wanted, start=1):
        earlier = before.get((service.name, plant.name))
        if options.resume and earlier is not None and earlier.stages and earlier.code == code:
            noticed += 1
            continue
        result = _tried(service, plant, options, code, likely(before.values(), service.name, plant))
        remember(result)
        before[service.name, plant.name] = result
        _shown(result, f"{number}/{len(wanted)}", plant.what)
        if result.stages:
            noticed += 1
        else:
            wrong.append(f"{service.name} {plant.name}")
    sys.stdout.write(f"\n{noticed} of {len(wanted)} planted faults were noticed.\n")
    if wrong:
        sys.stdout.write(f"Wrong: {', '.join(wrong)}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
