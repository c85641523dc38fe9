"""The evidence for a client's grades: the requests behind each verdict. An assurance review asks for these."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import jinja2
import orjson

from mock_server import __version__
from mock_server.client import SandboxClient
from mock_server.control.models import JournalEntry, JournalMessage, Readiness, plain
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


def pack(
    board: Readiness, shown: Sequence[Line], require: str, entries: Mapping[int, JournalEntry], base_url: str
) -> dict[str, str]:
    """The texts of the files by name: one for each requirement, `summary.md`, and JSON for programs."""
    requests = orjson.dumps([plain(entry) for entry in entries.values()], option=orjson.OPT_INDENT_2)
    return {
        "summary.md": _summary(board, shown, require, base_url),
        "readiness.json": as_json(board),
        "requests.json": requests.decode(),
        **{f"{line.result.id}.txt": _page(line, entries) for line in shown},
    }


def _summary(board: Readiness, shown: Sequence[Line], require: str, base_url: str) -> str:
    rows = [
        f"| [{line.result.id}]({line.result.id}.txt) | {line.result.level} | {WORDS[line.result.verdict]} "
        f"| {', '.join(map(str, line.result.evidence))} |"
        for line in shown
    ]
    verdict = sum_line(board, shown).replace("[bold green]", "").replace("[bold red]", "").split("[/")[0]
    return "\n".join(
        [
            f"# Readiness of the client in the sandbox {board.sandbox}",
            "",
            f"{verdict} Asked for: {'every requirement' if require == 'all' else 'every `must`'}.",
            "",
            f"Taken {_now()} from {base_url} by ecf-mock {__version__}. Tokens are hidden.",
            "",
            "| requirement | level | verdict | journal entries |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _page(line: Line, entries: Mapping[int, JournalEntry]) -> str:
    result = line.result
    head = [
        f"{result.id} ({result.level}): {WORDS[result.verdict]}",
        line.sentence,
        line.why,
        *([result.advice] if result.advice else []),
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


def html(
    board: Readiness, shown: Sequence[Line], require: str, entries: Mapping[int, JournalEntry], base_url: str
) -> str:
    """One page that needs no other file, to look at or to send to somebody."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        # Clients and servers wrote much of this text.
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return made.get_template("report.html").render(
        board=board,
        require=require,
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
        base_url=base_url,
        now=_now(),
        version=__version__,
    )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
