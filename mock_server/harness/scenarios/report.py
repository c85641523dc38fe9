"""What came of scenarios, for people on a terminal and for CI systems (JUnit XML)."""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree

from mock_server.harness.exchange import curl
from mock_server.harness.scenarios.model import ScenarioResult, StepResult

# Nobody reads more of a body than this in a report; the request can be sent again.
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
    outcomes = [result.outcome for result in results]
    suite = ElementTree.Element(
        "testsuite",
        name="scenarios",
        tests=str(len(results)),
        failures=str(outcomes.count("failed")),
        skipped=str(outcomes.count("skipped")),
        errors="0",
        time=f"{sum(result.seconds for result in results):.3f}",
    )
    for result in results:
        scenario = result.scenario
        case = ElementTree.SubElement(
            suite,
            "testcase",
            name=scenario.id,
            classname=f"scenarios.{scenario.section.anchor}",
            time=f"{result.seconds:.3f}",
        )
        if result.outcome == "skipped":
            ElementTree.SubElement(case, "skipped", message=_printable(result.skipped or ""))
        elif result.outcome == "failed":
            lines = [_printable(line) for line in failure_lines(result)]
            failed = next(done for done in (*result.given, *result.steps) if done.failures)
            failure = ElementTree.SubElement(case, "failure", message=_printable(failed.failures[0].requirement))
            failure.text = "\n".join(lines)
    suites = ElementTree.Element("testsuites")
    suites.append(suite)
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _printable(text: str) -> str:
    """`text` without the characters that XML can't hold, which a server may well send."""
    return "".join(character if character.isprintable() or character in "\n\t" else "�" for character in text)
