"""The turns that the contenders take, without a server under load."""

from pathlib import Path

import pytest

from benchmarks import compare as module
from benchmarks.compare import Benchmark, Contender, Effort, check_created, compare
from benchmarks.exchange import Request, Response
from benchmarks.figures import Run
from benchmarks.load import Load, LoadFailed, Wrk
from benchmarks.processes import Cores

EVERY = frozenset({0})
BENCH = Benchmark(Wrk(16, EVERY, Path()), Cores(EVERY, EVERY, EVERY), Effort(2, 1, 2, 1), Path())


def load(requests: int, errors: int = 0) -> Load:
    return Load(requests, 1, 0, 1, 1, 1, errors)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was run, in order; port 2 answers 404 and the others 200."""
    monkeypatch.setattr(module, "ask", lambda port, _: Response(404 if port == 2 else 200, (), b"{}"))
    return []


def contender(name: str, port: int, asked: list[str]) -> Contender:
    def run(seconds: int, status: int) -> Run:
        asked.append(f"{name} {seconds} {status}")
        return Run(load(10), 0.1, 1)

    return Contender(name, port, Request("GET", "/"), run)


def test_a_round_asks_everyone_once_after_all_are_warm(asked: list[str]) -> None:
    found = compare(BENCH, "list", "", [contender("a", 1, asked), contender("b", 3, asked)], {})
    assert asked == ["a 1 200", "b 1 200", "a 2 200", "b 2 200", "a 2 200", "b 2 200"]
    assert [(s.name, len(s.runs)) for s in found.series] == [("a", 2), ("b", 2)]


def test_who_refuses_the_request_is_named_and_left_out(asked: list[str]) -> None:
    found = compare(BENCH, "list", "", [contender("a", 1, asked), contender("b", 2, asked)], {})
    assert not any(line.startswith("b") for line in asked)
    assert "404" in found.series[1].problem


@pytest.mark.parametrize("created", [90, 100, 116])
def test_each_success_made_a_declaration_and_those_under_way_may_have(created: int) -> None:
    check_created(load(100, errors=10), created, connections=16)


@pytest.mark.parametrize("created", [0, 89, 117])
def test_successes_that_made_no_declaration_are_refused(created: int) -> None:
    with pytest.raises(LoadFailed, match="90 declarations were accepted"):
        check_created(load(100, errors=10), created, connections=16)
