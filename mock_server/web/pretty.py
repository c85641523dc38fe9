"""Bodies as they are shown: JSON laid out and cut into tokens for colours, everything else as it came."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import orjson

# Larger ones take the browser longer to colour than anybody looks at them.
_MAX_COLOURED = 20_000

_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")(?=:)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>-?[0-9][0-9.eE+-]*|true|false|null)'
)


class Token(NamedTuple):
    """`kind` is `key`, `text`, `word`, or empty for what needs no colour."""

    kind: str
    text: str


def tokens(body: str) -> Iterator[Token]:
    """The body's text in pieces; JSON is indented first."""
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
