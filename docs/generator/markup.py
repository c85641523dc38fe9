"""Small pieces of HTML: Markdown rendered, code highlighted."""

import json
from functools import cache
from typing import Any

from markdown import Markdown
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name


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


def as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def code(value: Any) -> Markup:
    """A block of code with the theme's classes: text as it stands, anything else as JSON."""
    text, language = (value, "text") if isinstance(value, str) else (as_json(value), "json")
    formatter = HtmlFormatter(nowrap=True)
    html = highlight(text, get_lexer_by_name(language), formatter).rstrip("\n")
    return Markup(f'<div class="highlight"><pre><span></span><code>{html}\n</code></pre></div>')  # noqa: S704
