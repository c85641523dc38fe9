"""Rules, and the ordered tables that say when to ask each rule.

A `Rule` is one small function of the facts. It returns None, or a sentence that tells a person what is wrong.
A `Table` is a fact sheet's table as data: one `Row` for each of its rows, with the row's number and its guards.
Rules' functions contain no guards, so a reviewer can compare the table with the sheet.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

# The facts that a rule looks at. Each service, and each kind of request, has its own.
Facts = TypeVar("Facts", contravariant=True)

Check = Callable[[Facts], str | None]
Condition = Callable[[Facts], bool]

# The row's name in its fact sheet: a number or a letter.
Number = int | str


@dataclass(frozen=True, slots=True)
class Rule(Generic[Facts]):
    """`id` is stable: tests of clients, the guide and the error catalogue name it. `title` is the error's title.

    `means` and `remedy` are for the error catalogue. `standing` says how sure we are of the rule: `documented` in
    the service's guide, `observed` in its behaviour or source, or `assumed`.
    """

    id: str
    title: str
    check: Check[Facts]
    means: str
    remedy: str
    standing: str = "documented"


def rule(
    id: str, title: str, *, means: str, remedy: str, standing: str = "documented"
) -> Callable[[Check[Facts]], Rule[Facts]]:
    """Decorates a check and makes it the Rule with that id."""
    return lambda check: Rule(id, title, check, means, remedy, standing)


@dataclass(frozen=True, slots=True)
class Row(Generic[Facts]):
    """One row: a rule and its guards. The table asks the rule only if every guard holds.

    when: conditions that the facts must meet.
    not_after: rows that must not have complained.
    no_complaint_about: titles that no row so far has complained about.
    if_clean: no row so far has complained at all.
    stops: later rows that the table no longer asks once this row complains.
    """

    number: Number
    rule: Rule[Facts]
    when: tuple[Condition[Facts], ...] = ()
    not_after: tuple[Number, ...] = ()
    no_complaint_about: tuple[str, ...] = ()
    if_clean: bool = False
    stops: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class Fine(Generic[Facts]):
    """A row that never complains. If the facts meet its conditions, the table skips the rows that it stops."""

    number: Number
    when: tuple[Condition[Facts], ...]
    stops: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """A complaint: the broken rule, and the sentence that says how the request breaks it."""

    rule: Rule[Any]
    detail: str


class Table(Generic[Facts]):
    """Rows, in the order in which the table asks them.

    Raises:
        ValueError: two rows share a number, or a guard names a row in the wrong place.
    """

    def __init__(self, *rows: Row[Facts] | Fine[Facts]) -> None:
        self.rows = rows
        numbers = [row.number for row in rows]
        for position, row in enumerate(rows):
            if row.number in numbers[:position]:
                raise ValueError(f"two rows have the number {row.number}")
            if not set(row.stops) <= set(numbers[position + 1 :]):
                raise ValueError(f"row {row.number} can only stop rows below it")
            if isinstance(row, Row) and not set(row.not_after) <= set(numbers[:position]):
                raise ValueError(f"row {row.number} can only come after rows above it")
        self._questions = tuple((row.when, row.rule.check if isinstance(row, Row) else _stops_rows) for row in rows)

    @property
    def rules(self) -> tuple[Rule[Facts], ...]:
        return tuple(row.rule for row in self.rows if isinstance(row, Row))

    def violations(self, facts: Facts) -> list[Violation]:
        """All complaints, in the order of the rows."""
        # Most requests break nothing. Until a row complains or stops others, only `when` matters.
        for when, check in self._questions:
            for condition in when:
                if not condition(facts):
                    break
            else:
                if check(facts) is not None:
                    return self._complaints(facts)
        return []

    def _complaints(self, facts: Facts) -> list[Violation]:
        found: list[Violation] = []
        titles: set[str] = set()
        complained: set[Number] = set()
        stopped: set[Number] = set()
        for row in self.rows:
            if row.number in stopped:
                continue
            if isinstance(row, Fine):
                if all(condition(facts) for condition in row.when):
                    stopped.update(row.stops)
                continue
            if (
                (found and row.if_clean)
                or not complained.isdisjoint(row.not_after)
                or not titles.isdisjoint(row.no_complaint_about)
            ):
                continue
            if not all(condition(facts) for condition in row.when):
                continue
            if (detail := row.rule.check(facts)) is None:
                continue
            found.append(Violation(row.rule, detail))
            titles.add(row.rule.title)
            complained.add(row.number)
            stopped.update(row.stops)
        return found


def _stops_rows(_facts: Any) -> str:
    return "the conditions of a row that stops others hold"


class RulesBroken(Exception):
    """The request breaks at least one rule, and nothing has changed. `guide` is the place in the usage guide."""

    def __init__(self, violations: Sequence[Violation], guide: str) -> None:
        self.violations = violations
        self.guide = guide
        super().__init__(", ".join(violation.rule.id for violation in violations))


@dataclass(frozen=True, slots=True)
class Action(Generic[Facts]):
    """One action of a provider: its table, and its place in the service's usage guide."""

    name: str
    guide: str
    table: Table[Facts]

    def check(self, facts: Facts) -> None:
        """Raises RulesBroken if the facts break a rule of the table."""
        if violations := self.table.violations(facts):
            raise RulesBroken(violations, self.guide)


def joined_by_title(violations: Iterable[Violation]) -> list[tuple[str, str]]:
    """Title and detail, one entry for each title. The detail joins all complaints about the title with commas."""
    entries: dict[str, str] = {}
    for violation in violations:
        title, detail = violation.rule.title, violation.detail
        entries[title] = f"{entries[title]}, {detail}" if title in entries else detail
    return list(entries.items())


def grouped_by_title(violations: Iterable[Violation]) -> list[tuple[str, str]]:
    """Title and detail, one entry for each complaint. Equal complaints appear once.

    Complaints about one title stand together, and titles stand in the order in which they first complained.
    """
    # A dict without values is a set that keeps its order.
    details: dict[str, dict[str, None]] = {}
    for violation in violations:
        details.setdefault(violation.rule.title, {})[violation.detail] = None
    return [(title, detail) for title, own in details.items() for detail in own]
