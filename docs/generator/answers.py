"""Answers as the pages show them: the status, the headers that tell something, and a body of readable length."""

import json
from http import HTTPStatus
from typing import Any, Final

from docs.generator.snippets import as_json
from mock_server.harness.exchange import Response
from mock_server.harness.scenarios.runner import RULE_HEADER

# The pages show this many records of a longer list, and count the others.
SHOWN_RECORDS: Final = 2
SHOWN_LINES: Final = 4
# The pages fold an answer with more lines than this.
FOLDED_ABOVE: Final = 34
# Members of the journal's entries that differ each time. Pages show a mark instead, and so stay the same.
MEASURED: Final = ("at", "duration_ms", "host")
# The headers of an answer that tell readers something. The server needs the others.
SHOWN_HEADERS: Final = ("content-type", "allow", "retry-after", RULE_HEADER)


def title(name: str) -> str:
    """`Retry-After` for `retry-after`."""
    return "-".join(part.capitalize() for part in name.split("-"))


def answer(response: Response) -> str:
    """The answer as it came, with long lists shortened."""
    lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
    lines += [f"{title(name)}: {response.headers[name]}" for name in SHOWN_HEADERS if name in response.headers]
    head, body = "\n".join(lines), shortened(response)
    return f"{head}\n\n{body}" if body else head


def shortened(response: Response) -> str:
    """The body at a readable length. A count replaces the parts that it leaves out."""
    if response.json is not None:
        return _shortened_json(response.json)
    lines = response.content.splitlines()
    if len(lines) <= SHOWN_LINES + 1:
        return response.content.rstrip("\n")
    return "\n".join([*lines[:SHOWN_LINES], f"… and {len(lines) - SHOWN_LINES} more lines"])


def _shortened_json(value: Any) -> str:
    marks: dict[str, str] = {}

    def cut(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: "…" if name in MEASURED else cut(each) for name, each in node.items()}
        if not isinstance(node, list):
            return node
        kept = [cut(each) for each in node[:SHOWN_RECORDS]]
        more = len(node) - SHOWN_RECORDS
        # Show a list in full if it has only one record too many: the mark would take as much room.
        if more <= 1:
            return [cut(each) for each in node]
        mark = f"(left out {len(marks)})"
        marks[mark] = f"// … and {more} more"
        return [*kept, mark]

    text = as_json(cut(value))
    for mark, words in marks.items():
        text = text.replace(json.dumps(mark), words)
    return text
