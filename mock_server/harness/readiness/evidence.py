"""The evidence for a client's grades: the requests behind each verdict. An assurance review asks for these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import jinja2
import orjson
from markdown_it import MarkdownIt
from markupsafe import Markup

from mock_server import __version__
from mock_server.client import SandboxClient
from mock_server.control.models import JournalEntry, JournalMessage, Readiness, plain
from mock_server.harness.readiness.checklist import Item
from mock_server.harness.readiness.report import WORDS, Line, as_json, sum_line

# For each verdict, show at most this many journal entries in full.
SAMPLES = 5
_LONGEST_BODY = 4_000


def fetch(sandbox: SandboxClient, board: Readiness) -> dict[int, JournalEntry]:
    """The journal entries to show, by id. Entries that the journal has dropped since are missing.

    Raises:
        ControlFailure: the mock doesn't answer, or refuses.
    """
    wanted = sorted({id for result in board.requirements for id in result.evidence[:SAMPLES]})
    found = {}
    for id in wanted:
        for entry in sandbox.requests(after=id - 1, limit=1).requests:
            if entry.id == id:
                found[id] = entry
    return found


@dataclass(frozen=True, slots=True)
class About:
    """What a report says of itself: the client that it is about, what it requires, and where the mock ran."""

    client: str
    require: str
    base_url: str

    @property
    def title(self) -> str:
        return f"Readiness of {self.client}" if self.client else "Readiness of the client"

    @property
    def asked_for(self) -> str:
        return "every requirement" if self.require == "all" else "every `must`"


def pack(
    board: Readiness,
    shown: Sequence[Line],
    about: About,
    entries: Mapping[int, JournalEntry],
    checklist: Sequence[Item] = (),
) -> dict[str, str]:
    """The texts of the files by name: one for each requirement, `summary.md`, and JSON for programs.

    With a checklist of the department there is `checklist.md`, too, which answers it item by item.
    """
    requests = orjson.dumps([plain(entry) for entry in entries.values()], option=orjson.OPT_INDENT_2)
    return {
        "summary.md": _summary(board, shown, about),
        **({"checklist.md": _checklist(shown, about, checklist, entries)} if checklist else {}),
        "readiness.json": as_json(board),
        "requests.json": requests.decode(),
        **{f"{line.result.id}.txt": _page(line, entries) for line in shown},
    }


def _summary(board: Readiness, shown: Sequence[Line], about: About) -> str:
    rows = [
        f"| [{line.result.id}]({line.result.id}.txt) | {line.result.level} | {WORDS[line.result.verdict]} "
        f"| {', '.join(map(str, line.result.evidence))} | [guide]({line.guide_link}) |"
        for line in shown
    ]
    verdict = sum_line(board, shown).replace("[bold green]", "").replace("[bold red]", "").split("[/")[0]
    to_change = [
        f"- `{line.result.id}`: {note}"
        for line in shown
        for note in line.notes
        if line.result.verdict == "failed" or line.stale
    ]
    return "\n".join(
        [
            f"# {about.title} in the sandbox {board.sandbox}",
            "",
            f"{verdict} Asked for: {about.asked_for}.",
            "",
            f"Taken {_now()} from {about.base_url} by ecf-mock {__version__}. Tokens are hidden.",
            "",
            "| requirement | level | verdict | journal entries | |",
            "| --- | --- | --- | --- | --- |",
            *rows,
            "",
            *(["## What to change", "", *to_change, ""] if to_change else []),
        ]
    )


def _checklist(
    shown: Sequence[Line], about: About, checklist: Sequence[Item], entries: Mapping[int, JournalEntry]
) -> str:
    """The department's checklist, item by item: the verdicts, and a request and its answer for each requirement."""
    by_id = {line.result.id: line for line in shown}
    parts = [f"# The department's checklist: {about.title}", "", f"Taken {_now()} from {about.base_url}.", ""]
    for item in checklist:
        lines = [by_id[id] for id in item.requirements if id in by_id]
        parts += [f"## {item.text}", ""]
        if item.elsewhere:
            parts += [item.elsewhere, ""]
        for line in lines:
            parts += [f"- {WORDS[line.result.verdict]}: `{line.result.id}` {line.sentence}"]
            parts += [f"    - {note}" for note in line.notes]
        for line in lines:
            samples = [entries[id] for id in line.result.evidence if id in entries][:1]
            parts += [text for sample in samples for text in ("", "```http", exchange_text(sample), "```")]
        parts += [""]
    return "\n".join(parts)


def _page(line: Line, entries: Mapping[int, JournalEntry]) -> str:
    result = line.result
    head = [
        f"{result.id} ({result.level}): {WORDS[result.verdict]}",
        line.sentence,
        line.why,
        *line.notes,
        *([f"Guide: {line.guide_link}"] if line.guide else []),
        f"Journal entries: {', '.join(map(str, result.evidence)) or 'none'}",
    ]
    samples = [entries[id] for id in result.evidence if id in entries][:SAMPLES]
    return "\n\n".join(["\n".join(head), *map(exchange_text, samples)]) + "\n"


def exchange_text(entry: JournalEntry) -> str:
    """One request and its answer as sent and received, with tokens hidden and times shown."""
    target = f"{entry.path}?{entry.query}" if entry.query else entry.path
    notes = [f"fault {entry.fault}"] if entry.fault else []
    if entry.unheard is not None:
        notes.append(f"really {entry.unheard}, which the client didn't hear")
    notes += entry.contract
    return "\n".join(
        [
            f"--- journal entry {entry.id}, at {entry.at.isoformat(timespec='milliseconds')}, "
            f"as of {entry.server_date.isoformat()} ---",
            f"{entry.method} {target}",
            *_message(entry.request),
            "",
            f"{entry.status} (after {entry.duration_ms:.1f} ms)" + (f"; {'; '.join(notes)}" if notes else ""),
            *_message(entry.response),
        ]
    )


def _message(message: JournalMessage) -> list[str]:
    found = [f"{name}: {value}" for name, value in message.headers.items()]
    if message.body:
        cut = len(message.body) > _LONGEST_BODY
        found += ["", message.body[:_LONGEST_BODY] + (" …" if cut or message.truncated else "")]
    return found


def html(board: Readiness, shown: Sequence[Line], about: About, entries: Mapping[int, JournalEntry]) -> str:
    """One page that needs no other file, to look at or to send to somebody."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        # Much of this text comes from clients, so escape it.
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["markdown"] = _rendered
    return made.get_template("report.html").render(
        board=board,
        about=about,
        groups={
            group: [line for line in shown if line.result.group == group]
            for group in dict.fromkeys(line.result.group for line in shown)
        },
        words=WORDS,
        missing=sum(line.missing for line in shown),
        samples={
            line.result.id: [exchange_text(entries[id]) for id in line.result.evidence[:SAMPLES] if id in entries]
            for line in shown
        },
        now=_now(),
        version=__version__,
    )


def _rendered(text: str) -> Markup:
    """One line of Markdown as HTML. It escapes HTML, and keeps links as text: advice may quote what a client sent."""
    return Markup(_MARKDOWN.renderInline(text))  # noqa: S704 - the renderer escapes


_MARKDOWN = MarkdownIt("zero").enable(["backticks", "emphasis"])


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
