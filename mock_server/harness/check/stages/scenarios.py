"""The stage `scenarios`: checks that every story of the usage guide happens as the guide tells it."""

from collections.abc import Callable

from mock_server.harness.check.outcome import OUT_OF_TIME, Untried, finding
from mock_server.harness.check.pace import OutOfTime
from mock_server.harness.check.traffic import TrafficLog
from mock_server.harness.scenarios.loader import load_scenarios
from mock_server.harness.scenarios.model import Scenario, ScenarioResult
from mock_server.harness.scenarios.runner import run
from mock_server.harness.scenarios.target import Target
from mock_server.service import Service

# The control API's operations with which a scenario makes the mock answer something else.
_FAULTS = frozenset({"addFault", "replaceFaults"})
_OUT_OF_ORDER = 500


def check_scenarios(service: Service, target: Target, traffic: TrafficLog, step: Callable[[str], None]) -> None:
    """Runs every scenario. If a scenario can't run here, the stage notes it and doesn't count it."""
    done = skipped = 0
    scenarios = load_scenarios(service)
    for number, scenario in enumerate(scenarios, start=1):
        step(f"{number} of {len(scenarios)}: {scenario.id}")
        traffic.injected = _injected(scenario)
        try:
            result = run(scenario, target)
        except OutOfTime:
            traffic.stage.cut_short = True
            traffic.stage.notes += [Untried(each.id, OUT_OF_TIME) for each in scenarios[number - 1 :]]
            break
        finally:
            traffic.injected = frozenset()
        if result.skipped is not None:
            skipped += 1
            traffic.stage.notes.append(Untried(scenario.id, f"it {result.skipped}"))
            continue
        done += 1
        _report(result, traffic)
    traffic.stage.facts |= {"scenarios": done, "skipped": skipped}


def _injected(scenario: Scenario) -> frozenset[int]:
    """The statuses of servers out of order that the scenario makes the mock answer, through a fault."""
    steps = (*scenario.given, *scenario.steps)
    if not any(step.operation in _FAULTS for step in steps):
        return frozenset()
    return frozenset(step.expect.status for step in steps if step.expect.status >= _OUT_OF_ORDER)


def _report(result: ScenarioResult, traffic: TrafficLog) -> None:
    scenario = result.scenario
    for number, one in enumerate((*result.given, *result.steps), start=1):
        wanted = one.step.expect.status
        for failure in one.failures:
            traffic.report(
                finding(
                    traffic.stage.name,
                    one.step.operation,
                    f"{scenario.id}, step {number}: {failure.requirement}",
                    f"{scenario.title}: {failure.requirement}",
                    # The runner has already replaced the token with $TOKEN.
                    request=one.request,
                    response=one.response,
                    base_url=result.base_url,
                    came=failure.actual,
                    promised=True,
                    wanted=wanted if failure.requirement == f"the status is {wanted}" else None,
                    scenario=scenario.id,
                )
            )
