"""The results of scenarios, for people on a terminal and for CI systems (JUnit XML)."""

from collections.abc import Iterator, Sequence

from mock_server.harness.exchange import curl
from mock_server.harness.junit import JUnitCase, Suite
from mock_server.harness.junit import junit as as_junit
from mock_server.harness.scenarios.model import ScenarioResult, StepResult

# Nobody reads more of a body in a report, and readers can send the request again.
_LONGEST_CONTENT = 2_000


def failure_lines(result: ScenarioResult) -> Iterator[str]:
    """The steps of `result` that failed: requirement, expected, actual, and the request as curl."""
    for number, done in enumerate((*result.given, *result.steps), start=1):
        if done.failures:
            yield from _step_lines(result, number, done)


def _step_lines(result: ScenarioResult, number: int, done: StepResult) -> Iterator[str]:
    scenario, step = result.scenario, done.step
    yield f"{scenario.id}, step {number} ({scenario.file.name}:{step.line}): {step.operation or step.method}"
    if step.text:
        yield f"  {' '.join(step.text.split())}"
    for failure in done.failures:
        yield f"  requirement: {failure.requirement}"
        yield f"  expected:    {failure.expected}"
        yield f"  actual:      {failure.actual}"
    yield "  request:"
    for line in curl(done.request, result.base_url).splitlines():
        yield f"    {line if len(line) <= _LONGEST_CONTENT else line[:_LONGEST_CONTENT] + '…'}"


def junit(results: Sequence[ScenarioResult]) -> str:
    """The results as JUnit XML: a test case for each scenario, its section as the class name."""
    return as_junit([Suite("scenarios", [_case(result) for result in results])])


def _case(result: ScenarioResult) -> JUnitCase:
    scenario, outcome = result.scenario, result.outcome
    message, details = result.skipped or "", ""
    if outcome == "failed":
        failed = next(done for done in (*result.given, *result.steps) if done.failures)
        message, details = failed.failures[0].requirement, "\n".join(failure_lines(result))
    return JUnitCase(f"scenarios.{scenario.section.anchor}", scenario.id, outcome, message, details, result.seconds)
