"""A pytest plugin: tests that lack a program are skipped and counted, or fail with CI=true."""

import os
import re
from collections import Counter
from typing import NoReturn

import pytest

from tests.programs import PROGRAMS, Program, command_for

_REASON = "needs {name}, which is missing; as root: {command}"
_LACKS = re.compile(r"needs (\S+), which is missing; ")


def leave_out(program: Program) -> NoReturn:
    """Ends the test that asks for the program: skips it, or fails it where every test has to run."""
    reason = _REASON.format(name=program.name, command=command_for([program]))
    if os.environ.get("CI") == "true":
        raise pytest.fail.Exception(f"{reason}\nWith CI=true every test has to run.", pytrace=False)
    # The report shows the place of the test, and not of this line.
    raise pytest.skip.Exception(reason, _use_item_location=True)


class LeftOut:
    """Counts the tests that lacked a program, and says so last of all."""

    def __init__(self) -> None:
        self.lacked: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # A skipped test reports file, line and reason.
        reason = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else ""
        if found := _LACKS.search(reason):
            self.lacked[found[1]] += 1

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self, config: pytest.Config) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if not self.lacked or reporter is None:
            return
        count = self.lacked.total()
        programs = [program for program in PROGRAMS if program.name in self.lacked]
        reporter.write_line(
            f"{count} {'test was' if count == 1 else 'tests were'} left out, for want of "
            f"{', '.join(program.name for program in programs)}. As root: {command_for(programs)}"
        )


def pytest_configure(config: pytest.Config) -> None:
    # The processes of pytest-xdist send their reports to the one that counts.
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(LeftOut(), "left-out")
