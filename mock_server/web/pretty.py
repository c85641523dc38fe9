"""Bodies as the page shows them: JSON indented and cut into tokens for colours, everything else unchanged."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import orjson

# In characters. The browser takes too long to colour a longer body.
_MAX_COLOURED = 20_000

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=:)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>-?[0-9][0-9.eE+-]*|true|false|null)'
)


class Token(NamedTuple):
    """`kind` is `key`, `text`, `word`, or empty for text that needs no colour."""

    kind: str
    text: str


def tokens(body: str) -> Iterator[Token]:
    """The body's text in pieces, with JSON indented."""
    try:
        laid_out = orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    except (orjson.JSONDecodeError, UnicodeError):
        yield Token("", body)
        return
    if len(laid_out) > _MAX_COLOURED:
        yield Token("", laid_out)
        return
    position = 0
    for match in _TOKEN.finditer(laid_out):
        if match.start() > position:
            yield Token("", laid_out[position : match.start()])
        yield Token(match.lastgroup or "", match.group())
        position = match.end()
    yield Token("", laid_out[position:])
