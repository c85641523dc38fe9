"""How far a check is, where no terminal shows a live line."""

import io

from rich.console import Console

from mock_server.harness.check.outcome import StageResult
from mock_server.harness.check.progress import BETWEEN_LINES, ConsoleProgress


class Clock:
    """Moves by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_stage_that_takes_long_says_now_and_then_what_it_tries_and_how_much_came() -> None:
    output, clock = io.StringIO(), Clock()
    progress = ConsoleProgress(Console(file=output, width=200), clock)
    progress.stage("scenarios", 2, 9)
    progress.step("1 of 60: defer[1]")
    for _ in range(25):
        clock.seconds += BETWEEN_LINES / 10
        progress.exchange()
    progress.done(StageResult("scenarios", cases=25, seconds=25.0))
    assert output.getvalue().splitlines() == [
        "2/9 scenarios    10 answers in 10 s  1 of 60: defer[1]",
        "2/9 scenarios    20 answers in 20 s  1 of 60: defer[1]",
        "2/9 scenarios    kept  25.0 s  25 cases",
    ]


def test_a_quick_stage_is_one_line() -> None:
    output, clock = io.StringIO(), Clock()
    progress = ConsoleProgress(Console(file=output, width=200), clock)
    progress.stage("contract", 1, 9)
    progress.exchange()
    progress.done(StageResult("contract", seconds=0.1))
    progress.stage("scenarios", 2, 9)
    clock.seconds += BETWEEN_LINES - 1
    progress.exchange()
    progress.done(StageResult("scenarios", seconds=9.0))
    assert [line.split()[0] for line in output.getvalue().splitlines()] == ["1/9", "2/9"]
