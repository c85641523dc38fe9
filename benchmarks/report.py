"""Tables of what was found: on the terminal, as Markdown, as JSON."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.figures import Comparison, Figure, Results, Series, Started
from benchmarks.load import ERRORS_ALLOWED

# Characters: enough for every column; a narrower terminal breaks the lines.
_LEAST_WIDTH = 140

HOW_TO_READ = (
    "Requests/s, p50 and p99 are medians of the rounds; min–max are rounds.",
    "Ratio: requests/s of the first row over those of this row; reach: the least that the project means it to be.",
    "CPU µs: processor time of the server for one request, user and system; cores: processor seconds a second.",
    "CPU ratio: CPU µs of this row over those of the first. For servers of one thread it should equal the ratio. Other"
    " work on the machine disturbs it less.",
    f"No figure is given for a run in which more than {ERRORS_ALLOWED:.1%} of the answers failed.",
)


@dataclass(frozen=True)
class TextTable:
    """Rows of text under headings; columns of words are left-aligned: the first, and those named in `words`."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()

    def is_words(self, column: int) -> bool:
        return column == 0 or self.headings[column] in self.words


def of_comparison(comparison: Comparison) -> TextTable:
    headings = (
        *("", "requests/s", "min–max", "ratio", "reach", "p50 ms", "p99 ms"),
        *("CPU µs", "CPU ratio", "cores", "memory MB", "answer bytes", "errors"),
    )
    rows = tuple(_row(comparison, series) for series in comparison.series)
    requests = dict.fromkeys(series.request for series in comparison.series)
    return TextTable(
        comparison.title,
        headings,
        rows,
        notes=(
            *(f"`{request}`" for request in requests),
            *(f"{series.name}: {series.problem}" for series in comparison.series if series.problem),
        ),
    )


def _row(comparison: Comparison, series: Series) -> tuple[str, ...]:
    answer = f"{series.answer_bytes:,}"
    if not series.usable:
        return (series.name, "no figure", *[""] * 9, answer, f"{series.errors:,}")
    ratio, reach, cpu = comparison.ratio(series), comparison.reach.get(series.name), comparison.cpu_ratio(series)
    return (
        series.name,
        f"{series.rate:,.0f}",
        f"{series.rates[0]:,.0f}–{series.rates[-1]:,.0f}",
        f"{ratio:.2f}" if ratio is not None else "",
        f"{reach:g}" if reach is not None else "",
        f"{series.p50_ms:.2f}",
        f"{series.p99_ms:.2f}",
        f"{series.cpu_microseconds:,.0f}",
        f"{cpu:.2f}" if cpu is not None else "",
        f"{series.cores_used:.2f}",
        f"{series.runs[-1].memory_bytes / 1e6:,.0f}",
        answer,
        f"{series.errors:,}",
    )


def of_starts(started: Sequence[Started]) -> TextTable:
    headings = ("", "first answer s", "min–max", "memory MB", "cores")
    rows = tuple(
        (
            each.server,
            f"{each.seconds[len(each.seconds) // 2]:.2f}",
            f"{each.seconds[0]:.2f}–{each.seconds[-1]:.2f}",
            f"{each.memory_bytes / 1e6:,.0f}",
            each.cores,
        )
        for each in started
    )
    return TextTable("The servers, just started", headings, rows, frozenset({"cores"}))


def of_findings(findings: Sequence[Figure]) -> TextTable:
    rows = tuple((f.title, f"{f.value:.2f} {f.unit}", f.reach, f.remark) for f in findings)
    headings = ("", "measured", "reach", "remark")
    return TextTable("The mock alone", headings, rows, frozenset({"reach", "remark"}))


def summaries(results: Results) -> Iterator[TextTable]:
    """The tables that are whole only at the end."""
    if results.started:
        yield of_starts(results.started)
    if results.findings:
        yield of_findings(results.findings)


def terminal() -> Console:
    return Console(width=max(Console().width, _LEAST_WIDTH), highlight=False)


def show(console: Console, table: TextTable) -> None:
    console.rule(Text(table.title), align="left")
    rich = Table(box=None, pad_edge=False)
    for column, heading in enumerate(table.headings):
        rich.add_column(heading, justify="left" if table.is_words(column) else "right", no_wrap=True)
    for row in table.rows:
        # Names such as filter[cohort] aren't meant as markup.
        rich.add_row(*(Text(cell) for cell in row))
    console.print(rich)
    for note in table.notes:
        console.print(note.replace("`", ""), markup=False, highlight=False, style="dim")


def markdown(results: Results) -> str:
    """The page that is kept: machine, method, every table."""
    parts = [
        f"# Benchmark of {results.date}",
        f"    {results.command_line}",
        *markdown_list("Machine", [f"{name}: {value}" for name, value in results.machine.items()]),
        *markdown_list("Versions", [f"{name} {value}" for name, value in results.versions.items()]),
        *markdown_list("Method", results.method),
        *(markdown_table(of_comparison(comparison)) for comparison in results.comparisons),
        *(markdown_table(table) for table in summaries(results)),
    ]
    return "\n\n".join(parts) + "\n"


def markdown_list(title: str, lines: Sequence[str]) -> tuple[str, str]:
    return f"## {title}", "\n".join(f"- {line}" for line in lines)


def markdown_table(table: TextTable) -> str:
    lines = [
        table.headings,
        tuple("---" if table.is_words(n) else "---:" for n in range(len(table.headings))),
    ]
    lines += table.rows
    rows = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return "\n\n".join([f"## {table.title}", rows, *table.notes])


def keep(results: Results, folder: Path) -> Path:
    """Write `DATE.md` and `DATE.json` into `folder`, with a number where there is one already."""
    return write(folder, results.date, markdown(results), asdict(results))


def write(folder: Path, name: str, page: str, document: dict[str, Any]) -> Path:
    """The page's path: `NAME.md`, or `NAME-2.md` and so on; `document` lies beside it as JSON."""
    folder.mkdir(exist_ok=True)
    number, path = 1, folder / f"{name}.md"
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.md"
    path.write_text(page, "utf-8")
    path.with_suffix(".json").write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    return path
