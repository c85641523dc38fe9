"""The pytest plugin: a mock for the whole session, and a fresh sandbox of it for each test that asks.

Installing ecf-mock registers it. It imports the mock only when the first test uses one of its fixtures.
"""

import os
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mock_server.control.models import JournalEntry
    from mock_server.testing import EcfDrill, EcfMock, EcfSandbox

MARKER = "ecf_mock"
DRILL_MARKER = "ecf_drill"
# The settings that a test can give its sandbox. All but the last two are settings of the control API.
SANDBOX_SETTINGS = (
    *("seed", "clock", "replay", "rate_limit", "random_seed", "statements", "details"),
    *("file", "allow_breaches"),
)
# The report of a failing test shows at most this many of its requests.
_SHOWN = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ecf-mock", "ecf-mock: the DfE lead provider API, mocked")
    group.addoption(
        "--ecf-mock-url",
        metavar="URL",
        help="use the mock that runs at URL, such as http://127.0.0.1:8080, instead of starting one",
    )
    group.addoption(
        "--ecf-mock-control-token",
        metavar="TOKEN",
        default=os.environ.get("ECF_MOCK_CONTROL_TOKEN"),
        help="the control token of the mock at URL, if it wants one [ECF_MOCK_CONTROL_TOKEN]",
    )
    group.addoption(
        "--ecf-mock-allow-breaches",
        action="store_true",
        help="let tests pass whose requests broke the contract",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{MARKER}({', '.join(f'{name}=…' for name in SANDBOX_SETTINGS)}): how the sandbox of ecf_sandbox starts; "
        "a clock that is a moment stands still there, and a file is one of a world. With allow_breaches=True requests "
        "may break the contract.",
    )
    config.addinivalue_line("markers", f"{DRILL_MARKER}(name=…, api=…): which drill the client of ecf_drill takes.")


@pytest.fixture(scope="session")
def ecf_mock_settings() -> Mapping[str, Any]:
    """Settings of the mock that is started, such as {"docs_url": …}. Override it to choose others."""
    return {}


@pytest.fixture(scope="session")
def ecf_mock(request: pytest.FixtureRequest, ecf_mock_settings: Mapping[str, Any]) -> "Iterator[EcfMock]":
    """The mock: started on a free port once a session (under pytest-xdist once a worker), or that at --ecf-mock-url."""
    from mock_server.control.connection import ControlFailure
    from mock_server.testing import UnusableSettings, running_mock

    option = request.config.getoption
    try:
        with running_mock(option("ecf_mock_url"), option("ecf_mock_control_token"), ecf_mock_settings) as mock:
            yield mock
    except (ControlFailure, UnusableSettings) as failure:
        raise pytest.fail.Exception(f"ecf-mock: {failure}", pytrace=False) from None


@pytest.fixture
def ecf_sandbox_settings() -> Mapping[str, Any]:
    """How sandboxes start, with the names of the marker. Override it for a whole module or project."""
    return {}


@pytest.fixture
def ecf_sandbox(
    request: pytest.FixtureRequest, ecf_mock: "EcfMock", ecf_sandbox_settings: Mapping[str, Any]
) -> "Iterator[EcfSandbox]":
    """A fresh sandbox, dropped after the test. A request in it that broke the contract fails the test."""
    from mock_server.control.connection import ControlError

    settings = _chosen(request.node, ecf_sandbox_settings)
    may_break = settings.pop("allow_breaches", False) or request.config.getoption("ecf_mock_allow_breaches")
    file = settings.pop("file", None)
    try:
        sandbox = ecf_mock.sandbox(**settings) if file is None else ecf_mock.sandbox_from_file(file)
    except OSError as unreadable:
        raise pytest.fail.Exception(f"ecf-mock: {unreadable}", pytrace=False) from None
    except ControlError as refused:
        of_file = f"the file {file}: " if file is not None else ""
        raise pytest.fail.Exception(f"ecf-mock: {of_file}{refused}", pytrace=False) from None
    # Journals keep milliseconds.
    began = datetime.now(UTC) - timedelta(milliseconds=1)
    yield sandbox
    breaches: list[JournalEntry] = []
    # The test may have deleted it already.
    with suppress(ControlError):
        if not may_break:
            breaches = [*sandbox.breaches(), *ecf_mock.strays(began)]
        sandbox.delete()
    if breaches:
        pytest.fail(complaint(breaches), pytrace=False)


@pytest.fixture
def ecf_drill(request: pytest.FixtureRequest, ecf_mock: "EcfMock") -> "Iterator[EcfDrill]":
    """A drill. After the test it ends, and what the client under test doesn't meet fails the test."""
    from mock_server.control.connection import ControlError

    marker = request.node.get_closest_marker(DRILL_MARKER)
    given: dict[str, Any] = dict(zip(("name", "api"), marker.args, strict=False)) | marker.kwargs if marker else {}
    try:
        drill = ecf_mock.drill(**given)
    except ControlError as refused:
        raise pytest.fail.Exception(f"ecf-mock: {refused}", pytrace=False) from None
    yield drill
    missing = drill.end().missing
    complaint = drill.complaint(missing) if missing else ""
    drill.sandbox.delete()
    if missing:
        pytest.fail(complaint, pytrace=False)


def _chosen(node: pytest.Item, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of the fixture and of the test's markers. The nearest marker wins, and the fixture comes last."""
    chosen = dict(settings)
    for marker in reversed(list(node.iter_markers(MARKER))):
        if marker.args:
            pytest.fail(f"@pytest.mark.{MARKER} takes names only: {', '.join(SANDBOX_SETTINGS)}", pytrace=False)
        chosen.update(marker.kwargs)
    for name in chosen:
        if name not in SANDBOX_SETTINGS:
            pytest.fail(f"ecf-mock: a sandbox has no {name!r}; it has {', '.join(SANDBOX_SETTINGS)}", pytrace=False)
    others = [name for name in chosen if name not in ("file", "allow_breaches")]
    if chosen.get("file") is not None and others:
        pytest.fail(f"ecf-mock: a file says {', '.join(others)} itself; leave out one or the other", pytrace=False)
    if isinstance(chosen.get("clock"), str | datetime):
        chosen["clock"] = {"now": chosen["clock"], "running": False}
    if isinstance(chosen.get("rate_limit"), tuple):
        requests, seconds = chosen["rate_limit"]
        chosen["rate_limit"] = {"requests": requests, "seconds": seconds}
    return chosen


def complaint(breaches: "list[JournalEntry]") -> str:
    """The message that fails a test whose client sent `breaches`."""
    count = "a request that breaks" if len(breaches) == 1 else f"{len(breaches)} requests that break"
    lines = [f"The client sent {count} the contract:"]
    for entry in breaches:
        lines.append(f"  {_line(entry)}")
        lines += [f"    {problem}" for problem in entry.contract]
    lines.append(f"(@pytest.mark.{MARKER}(allow_breaches=True) lets a test send such requests on purpose.)")
    return "\n".join(lines)


def _line(entry: "JournalEntry") -> str:
    target = f"{entry.path}?{entry.query}" if entry.query else entry.path
    notes = [*entry.rules, *([f"fault {entry.fault}"] if entry.fault else [])]
    return f"{entry.method} {target} → {entry.status}" + (f" ({', '.join(notes)})" if notes else "")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Shows the requests that the client of a failing test sent."""
    report = yield
    sandbox: EcfSandbox | None = getattr(item, "funcargs", {}).get("ecf_sandbox")
    if report.when == "call" and report.failed and sandbox is not None:
        from mock_server.control.connection import ControlFailure

        with suppress(ControlFailure):
            entries = list(sandbox.all_requests())[-_SHOWN:]
            report.sections.append(("requests to ecf-mock", "\n".join(map(_line, entries)) or "none"))
    return report
