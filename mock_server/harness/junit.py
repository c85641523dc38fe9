"""Results as JUnit XML, which every CI system reads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree import ElementTree

# The characters that XML 1.0 can't represent.
_UNPRINTABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class JUnitCase:
    """One result. `message` is one line, `details` may have many. Both describe a result that didn't pass."""

    classname: str
    name: str
    outcome: Literal["passed", "failed", "skipped"]
    message: str = ""
    details: str = ""
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Suite:
    name: str
    cases: Sequence[JUnitCase]
    seconds: float | None = None

    @property
    def duration(self) -> float:
        return sum(case.seconds for case in self.cases) if self.seconds is None else self.seconds


def junit(suites: Sequence[Suite]) -> str:
    """The document. It replaces characters that XML can't hold, because a server may send such characters."""
    root = ElementTree.Element("testsuites")
    for suite in suites:
        outcomes = [case.outcome for case in suite.cases]
        element = ElementTree.SubElement(
            root,
            "testsuite",
            name=suite.name,
            tests=str(len(outcomes)),
            failures=str(outcomes.count("failed")),
            skipped=str(outcomes.count("skipped")),
            errors="0",
            time=f"{suite.duration:.3f}",
        )
        for case in suite.cases:
            _add(case, element)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _add(case: JUnitCase, suite: ElementTree.Element) -> None:
    element = ElementTree.SubElement(
        suite, "testcase", classname=_printable(case.classname), name=_printable(case.name), time=f"{case.seconds:.3f}"
    )
    if case.outcome != "passed":
        kind = "failure" if case.outcome == "failed" else "skipped"
        outcome = ElementTree.SubElement(element, kind, message=_printable(case.message))
        outcome.text = _printable(case.details) or None


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("�", text)
