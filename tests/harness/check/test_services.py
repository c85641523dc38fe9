"""The check of several services at once, and what its reports say of each."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from mock_server.harness.check.doorstep import CannotRun
from mock_server.harness.check.outcome import Finding, Report
from mock_server.harness.check.page import as_html
from mock_server.harness.check.progress import ConsoleProgress
from mock_server.harness.check.report import as_json, as_junit, print_report
from mock_server.harness.check.run import Plan, StartMock
from mock_server.harness.check.side_by_side import check_all
from mock_server.harness.scenarios.target import TargetUnavailable
from mock_server.own_server import own_server
from mock_server.service import Service
from mock_server.services import SERVICES
from mock_server.settings import Settings
from tests.harness.check.conftest import Listener
from tests.harness.check.test_check import run

NAMES = [service.name for service in SERVICES]


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    """The contracts alone, which no server is asked for."""
    return check_all(Plan(stages=["contract"]), SERVICES, lambda _: Listener(), own_server)


def test_each_service_is_checked_on_a_mock_of_its_own(reports: list[Report]) -> None:
    assert [report.api for report in reports] == NAMES
    assert [report.kept for report in reports] == [True] * len(NAMES)
    assert len({report.base_url for report in reports}) == len(NAMES)


def test_services_are_checked_side_by_side_and_told_of_in_order() -> None:
    listeners = {service: Listener() for service in SERVICES}
    plan = Plan(stages=["isolation", "fuzzing"], max_examples=1, time_limit=300)
    reports = check_all(plan, SERVICES, listeners.__getitem__, own_server)
    assert [report.api for report in reports] == NAMES
    assert [[found.what for found in report.findings] for report in reports] == [[]] * len(NAMES)
    for report, listener in zip(reports, listeners.values(), strict=True):
        assert listener.begun == ["1/2 isolation", "2/2 fuzzing"]
        assert listener.ended == ["isolation", "fuzzing"]
        assert listener.exchanges >= report.stages[0].cases > 0
        assert report.coverage


def test_the_time_limit_counts_for_each_service() -> None:
    plan = Plan(stages=["contract", "fuzzing"], time_limit=0.01)
    reports = check_all(plan, SERVICES, lambda _: Listener(), own_server)
    assert [report.cut_short for report in reports] == [["fuzzing"]] * len(NAMES)


@contextmanager
def only_the_first(settings: Settings, services: Sequence[Service]) -> Iterator[str]:
    """Starts a mock of the first service, and none of the others."""
    if services[0] is not SERVICES[0]:
        raise TargetUnavailable(f"no mock of {services[0].name} today")
    with own_server(settings, services) as base_url:
        yield base_url


@contextmanager
def ending(settings: Settings, services: Sequence[Service]) -> Iterator[str]:
    """Starts a mock of the first service, and ends the process that asks for another."""
    if services[0] is not SERVICES[0]:
        os._exit(3)
    with own_server(settings, services) as base_url:
        yield base_url


@pytest.mark.parametrize(
    ("start_mock", "why"), [(only_the_first, "no mock of v3 today"), (ending, "the check of v3 ended with exit code 3")]
)
def test_a_check_beside_the_first_that_cannot_run_says_why(start_mock: StartMock, why: str) -> None:
    with pytest.raises(CannotRun, match=why):
        check_all(Plan(stages=["isolation"]), SERVICES, lambda _: Listener(), start_mock)


def test_every_report_says_which_service(reports: list[Report]) -> None:
    document = json.loads(as_json(*reports))
    assert [each["api"] for each in document["reports"]] == NAMES
    assert document["kept"] is True
    assert json.loads(as_json(reports[1]))["api"] == NAMES[1]
    suites = ElementTree.fromstring(as_junit(*reports)).findall("testsuite")  # noqa: S314 - written above
    assert [suite.attrib["name"] for suite in suites] == [f"{name} contract" for name in NAMES]
    page = as_html(*reports)
    for name in NAMES:
        assert f"The contract of {name} is kept" in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 0
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(ids)
    console = Console(width=200)
    with console.capture() as captured:
        print_report(reports[1], console)
    assert f"keeps the contract of {NAMES[1]}" in captured.get()


def test_one_service_that_is_broken_breaks_the_whole(reports: list[Report]) -> None:
    other = replace(reports[1], stages=[replace(reports[1].stages[0], findings=[])], base_url="http://x")
    assert json.loads(as_json(reports[0], other))["kept"] is True
    broken = check_all(Plan(stages=["contract"]), SERVICES[:1], lambda _: Listener(), own_server)[0]
    broken.stages[0].findings.append(Finding("contract", None, "it is wrong", "it is right", "it wasn't"))
    assert json.loads(as_json(broken, other))["kept"] is False
    assert "<title>broken: contract check of" in as_html(broken, other)


def test_progress_names_the_service_where_there_are_several() -> None:
    console = Console(width=200)
    with console.capture() as captured:
        check_all(
            Plan(stages=["contract"]), SERVICES, lambda service: ConsoleProgress(console, of=service.name), own_server
        )
    for name in NAMES:
        assert re.search(rf"^{name} 1/1 contract +kept", captured.get(), re.MULTILINE)


def test_the_command_without_a_server_checks_every_service(tmp_path: Path) -> None:
    file = tmp_path / "check.json"
    done = run("--stage", "contract", "--json", str(file))
    assert done.returncode == 0, done.stderr
    assert [each["api"] for each in json.loads(file.read_text())["reports"]] == NAMES


def test_the_command_with_a_server_checks_the_first_service_unless_told_otherwise(deployment: str) -> None:
    for arguments, name in (((), NAMES[0]), (("--api", NAMES[1]), NAMES[1])):
        done = run("--base-url", deployment, "--token", "alder-token", "--stage", "contract", *arguments)
        assert f"keeps the contract of {name}" in done.stdout, done.stderr
        assert done.stdout.count("keeps the contract") == 1


def test_deviations_are_about_one_server(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text("deviations: []")
    done = run("--deviations", str(file), "--stage", "contract")
    assert done.returncode == 2
    assert "give --base-url or --api, too" in done.stderr
