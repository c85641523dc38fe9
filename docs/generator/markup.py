"""Small pieces of HTML: it renders Markdown and colours code."""

import re
from collections.abc import Collection
from functools import cache
from html import escape
from itertools import groupby
from typing import Any, Final

from markdown import Markdown
from markupsafe import Markup
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Literal, Name, Number, String, _TokenType

from docs.generator.snippets import as_json

# The parts to colour, with the theme's class for each. Everything else stays plain. Pygments' own formatter puts an
# element around each blank and bracket, which makes the guide three times as large.
_CLASSES: Final = {
    Comment: "c",
    Keyword: "k",
    Number: "m",
    String: "s",
    Literal: "s",
    Name.Tag: "nt",
    Name.Function: "nf",
    Name.Builtin: "nf",
    Name.Attribute: "na",
}


# Where a new word begins in a name such as `MultipleECFParticipantsResponse`.
_NEXT_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


# An answer has hundreds of values. Its names tell them apart, so values stay plain.
_PLAIN_IN: Final = {"http": frozenset({"s", "m"})}


@cache
def _markdown() -> Markdown:
    return Markdown(extensions=["tables"])


def markdown(text: str) -> Markup:
    """Our own Markdown, as blocks of HTML."""
    return Markup(_markdown().reset().convert(text))  # noqa: S704 - from our own files


def inline_markdown(text: str) -> Markup:
    """Markdown of one paragraph, as HTML without the paragraph around it."""
    html = markdown(text)
    return Markup(html.removeprefix("<p>").removesuffix("</p>"))  # noqa: S704


def breakable(name: str) -> Markup:
    """A name in one word, which a narrow window breaks between the words that it is made of."""
    return Markup("<wbr>").join(_NEXT_WORD.split(name))


def code(value: Any, lexer: str = "") -> Markup:
    """A block of code with the theme's classes. Text stays as it is; every other value becomes JSON.

    The `span` hides the block from the theme's script, which measures every `pre > code` when a page begins. On the
    longest page of the guides that was half of the work. `docs/assets/code.js` does what a block needs.
    """
    text = value if isinstance(value, str) else as_json(value)
    coloured = _coloured(text.rstrip("\n"), lexer or ("text" if isinstance(value, str) else "json"))
    return Markup(f'<div class="highlight"><pre><span><code>{coloured}\n</code></span></pre></div>')  # noqa: S704 - escaped


@cache
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name, ensurenl=False)


@cache
def _coloured(text: str, lexer: str) -> str:
    tokens = _lexer(lexer).get_tokens(text)
    plain = _PLAIN_IN.get(lexer, frozenset())
    parts = []
    for name, group in groupby(tokens, key=lambda token: _class_of(token[0], plain)):
        words = escape("".join(value for _, value in group), quote=False)
        parts.append(f'<span class="{name}">{words}</span>' if name else words)
    return "".join(parts)


def _class_of(token: _TokenType | None, plain: Collection[str]) -> str | None:
    """The class of the token's kind, or of the nearest kind above it. None if that is in `plain`."""
    while token is not None:
        if token in _CLASSES:
            return None if _CLASSES[token] in plain else _CLASSES[token]
        token = token.parent
    return None
