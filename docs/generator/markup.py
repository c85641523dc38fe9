"""Small pieces of HTML: Markdown rendered, code coloured."""

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

# What is coloured, by the theme's class for it; everything else stays plain. Pygments' own formatter puts
# an element around each blank and bracket, which makes the guide three times as heavy.
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


@cache
def _markdown() -> Markdown:
    return Markdown(extensions=["tables"])


def markdown(text: str) -> Markup:
    """Markdown of ours, as blocks of HTML."""
    return Markup(_markdown().reset().convert(text))  # noqa: S704 - from our own files


def inline_markdown(text: str) -> Markup:
    """Markdown of one paragraph, as HTML without the paragraph around it."""
    html = markdown(text)
    return Markup(html.removeprefix("<p>").removesuffix("</p>"))  # noqa: S704


def code(value: Any, lexer: str = "") -> Markup:
    """A block of code with the theme's classes: text as it stands, anything else as JSON."""
    text = value if isinstance(value, str) else as_json(value)
    coloured = _coloured(text.rstrip("\n"), lexer or ("text" if isinstance(value, str) else "json"))
    return Markup(f'<div class="highlight"><pre><code>{coloured}\n</code></pre></div>')  # noqa: S704 - escaped


@cache
def _lexer(name: str) -> Lexer:
    return get_lexer_by_name(name, ensurenl=False)


@cache
def _coloured(text: str, lexer: str) -> str:
    tokens = _lexer(lexer).get_tokens(text)
    parts = []
    for name, group in groupby(tokens, key=lambda token: _class_of(token[0])):
        words = escape("".join(value for _, value in group), quote=False)
        parts.append(f'<span class="{name}">{words}</span>' if name else words)
    return "".join(parts)


def _class_of(token: _TokenType | None) -> str | None:
    """The class of the nearest kind that the token belongs to."""
    while token is not None:
        if token in _CLASSES:
            return _CLASSES[token]
        token = token.parent
    return None
