"""Shows the progress of a check: a live line on a terminal, elsewhere plain lines from time to time.

Outside a terminal it also writes a line for each stage.
"""

from collections.abc import Callable
from time import monotonic

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from mock_server.harness.check.outcome import Outcome, StageResult

# Outside a terminal, a stage writes at least one line in this many seconds while answers come.
BETWEEN_LINES = 10

_WORDS: dict[Outcome, str] = {"kept": "[green]kept[/]", "broken": "[red]broken[/]", "not tried": "[yellow]not tried[/]"}
_WORDS["incomplete"] = "[yellow]not all seen[/]"


class ConsoleProgress:
    """Writes to `console`, which is standard error, so that piped output stays clean.

    `now` is a clock in seconds. On a slow server a stage takes minutes. The number of answers then shows that the check
    still runs. Each line begins with `of`, the name of the service, where the check has several.
    """

    def __init__(self, console: Console, now: Callable[[], float] = monotonic, of: str = "") -> None:
        self._console = console
        self._now = now
        self._status: Status | None = None
        self._of = f"{of} " if of else ""
        self._name = ""
        self._text = ""
        self._answers = 0
        self._began = self._shown = now()

    def stage(self, name: str, number: int, of: int) -> None:
        self._name = f"{self._of}{number}/{of} {name}"
        self._text, self._answers = "", 0
        self._began = self._shown = self._now()
        if self._console.is_terminal:
            self._status = self._console.status(self._name)
            self._status.start()

    def step(self, text: str) -> None:
        self._text = text
        self._show()

    def say(self, text: str) -> None:
        self._console.print(f"{self._name:<16} [dim]{escape(text)}[/]", highlight=False, soft_wrap=True)

    def exchange(self) -> None:
        self._answers += 1
        self._show()

    def _show(self) -> None:
        line = f"{self._answers} answers in {self._now() - self._began:.0f} s  {escape(self._text)}"
        if self._status is not None:
            self._status.update(f"{self._name}  [dim]{line}[/]")
        elif self._now() - self._shown >= BETWEEN_LINES:
            self._shown = self._now()
            self._console.print(f"{self._name:<16} [dim]{line}[/]", highlight=False, soft_wrap=True)

    def done(self, stage: StageResult) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
        self._console.print(stage_line(stage, self._name), highlight=False, soft_wrap=True)


def stage_line(stage: StageResult, name: str) -> str:
    """One line of rich markup about a finished stage."""
    facts = [f"{stage.cases} cases" if stage.cases else "", *(f"{key} {value}" for key, value in stage.facts.items())]
    said = ", ".join(fact for fact in facts if fact)
    if stage.skipped is not None:
        said = escape(stage.skipped)
    elif stage.cut_short:
        said += "; cut short by the time limit"
    found = len([each for each in stage.findings if each.deviation is None])
    counts = {"finding": found, "listed deviation": len(stage.findings) - found}
    broken = "".join(f", {count} {what}{'s' if count > 1 else ''}" for what, count in counts.items() if count)
    return f"{name:<16} {_WORDS[stage.outcome]}{broken}  [dim]{stage.seconds:.1f} s  {said}[/]"
