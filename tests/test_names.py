"""One word for one thing: classes of different modules have different names."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

import mock_server
from mock_server.services import SERVICES

ROOT = Path(mock_server.__file__).parent.parent
FOLDERS = ("mock_server", "docs/generator", "benchmarks")

# The name of a public class, and of the last class that it extends.
_CLASS = re.compile(r"^class ([A-Za-z]\w*)(?:\((?:.*[., ])?(\w+)\))?", re.MULTILINE)
_SERVICE = re.compile(rf"/({'|'.join(service.name for service in SERVICES)})/([^/]+/)?")

# What the control API shows of a thing bears the name of the thing.
CONTROL_RECORDS = ("control/models.py", "mock_server/sandbox/records.py")

# Things that several modules need, each in a shape of its own.
ONE_THING = {
    "Connection": "a connection to a mock, of the Python client and of the benchmarks",
    "Milestone": "the documentation reads the milestones of every service through one protocol",
    "Move": "an arrow in a picture of states, of trainings and of transfers",
    "Operation": "an operation of a contract, as the mock routes it and as the documentation shows it",
    "Provider": "a lead provider, and what v3 adds to it",
    "Request": "a request, as the harness reads it and as the benchmarks send it",
    "Response": "a response, as a contract describes it and as a server sends it",
    "Schedule": "the documentation reads the schedules of every service through one protocol",
    "World": "the data of a service, and the protocol that the core knows of it",
}


def meanings(sources: Mapping[str, str]) -> dict[str, list[str]]:
    """The class names that mean several things, with the files that define them.

    A class that extends one of the same name means the same, and so do the classes of two services in one folder.
    """
    found: dict[str, list[tuple[str, str, str]]] = {}
    for path, source in sources.items():
        service = _SERVICE.search(path)
        place = f"{path[: service.start()]} {service[2]}" if service else path
        for name, extended in _CLASS.findall(source):
            if name != extended and not path.endswith(CONTROL_RECORDS):
                found.setdefault(name, []).append((place, service[1] if service else "", path))
    return {
        name: [path for _, _, path in every]
        for name, every in found.items()
        if len({place for place, _, _ in every}) > 1 or len({service for _, service, _ in every}) < len(every)
    }


def test_one_name_means_one_thing() -> None:
    files = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    found = meanings({path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in files})
    assert {name: paths for name, paths in found.items() if name not in ONE_THING} == {}
    assert set(ONE_THING) <= set(found), "each exception is needed"


@pytest.mark.parametrize(
    ("other", "source"),
    [
        ("mock_server/web/page.py", "class Row:\n"),
        ("mock_server/v3/domain/rows.py", "class Row(NamedTuple):\n"),
        ("mock_server/v1/domain/more.py", "class Row(Generic[Facts]):\n"),
    ],
)
def test_a_second_meaning_is_noticed(other: str, source: str) -> None:
    first = "mock_server/v1/domain/rows.py" if "/v1/" in other else "mock_server/rules/table.py"
    assert list(meanings({first: "class Row:\n", other: source})) == ["Row"]


@pytest.mark.parametrize(
    ("first", "other", "source"),
    [
        ("mock_server/v1/domain/a.py", "mock_server/v3/domain/b.py", "class Row:\n"),
        ("mock_server/harness/check/a.py", "mock_server/harness/v3/check/a.py", "class Row(a.Row):\n"),
        ("mock_server/sandbox/faults.py", "mock_server/sandbox/records.py", "class Row:\n"),
        ("mock_server/web/a.py", "mock_server/web/b.py", "class _Row:\n"),
    ],
)
def test_one_thing_may_stand_in_two_modules(first: str, other: str, source: str) -> None:
    assert meanings({first: "class Row:\n", other: source}) == {}
