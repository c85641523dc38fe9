"""What MkDocs does besides building: names that stay whole, every page as Markdown, and `llms.txt`, for assistants.

The files have the names of the sources, such as `errors.md`, so links between them hold. MkDocs loads this file by its
path, so it imports nothing of the project.
"""

import re
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

import yaml

_FRONT = re.compile(r"\A---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"<pre[^>]*>(?:<span>)?<code[^>]*>(.*?)</code>(?:</span>)?</pre>", re.DOTALL)
_FENCE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
_TAG = re.compile(r"</?[a-z][^>]*>")
# A drawing says in words what it shows; its labels alone say nothing.
_DRAWING = re.compile(r"<svg\b.*?(?:<title[^>]*>(.*?)</title>.*?)?(?:<desc[^>]*>(.*?)</desc>.*?)?</svg>", re.DOTALL)
_ITEM = re.compile(r"\s*<li\b[^>]*>\s*")
# Elements whose text would stick to what follows.
_STUCK = re.compile(r"(</(?:span|code|b|strong|em|a)>)(?=<[a-z])")
_APART = re.compile(r"</(?:dt|dd|td|th|tr|summary|figcaption|h[1-6]|p|div|ul|ol)>")
_NAME = re.compile(r"<code>([^<>\s]{1,28})</code>")
# Marks of MkDocs' own Markdown: blocks of HTML, anchors and classes.
_MARKS = re.compile(r"^/{3,}.*$|[ \t]*\{ [#.:][^}\n]*\}", re.MULTILINE)


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> None:
    """The site map says when a page's sources changed, and not when the site was built."""
    if revised := page.meta.get("revised"):
        page.update_date = datetime.strptime(revised, "%d %b %Y").date().isoformat()


def on_page_content(html: str, **_: Any) -> str:
    """Marks the names that fit on a line of a narrow screen. The style keeps them whole."""
    return _NAME.sub(r'<code class="name">\1</code>', html)


def on_post_build(config: Any, **_: Any) -> None:
    """Writes the files, from the sources of the pages."""
    sources, site = Path(config["docs_dir"]), Path(config["site_dir"])
    listed = [f"# {config['site_name']}\n\n> {config['site_description']}\n"]
    for entry in config["nav"]:
        for title, inner in entry.items():
            listed.append(f"\n## {title}\n\n" if isinstance(inner, list) else "\n")
            for page in _pages(inner):
                front, body = _parts((sources / page).read_text("utf-8"))
                text = plain(body)
                (site / page).parent.mkdir(parents=True, exist_ok=True)
                (site / page).write_text(text, "utf-8")
                heading = re.search(r"^# (.+)$", text, re.MULTILINE)
                name = front.get("title") or (heading[1] if heading else page)
                listed.append(f"- [{name}, {front['version'].lower()}]({page}): {front['description']}\n")
    (site / "llms.txt").write_text("".join(listed), "utf-8")


def plain(body: str) -> str:
    """Markdown that needs no MkDocs: code in fences, and no HTML around words."""
    fenced = _CODE.sub(lambda found: f"\n\n```\n{unescape(_TAG.sub('', found[1])).strip()}\n```\n\n", body)
    parts = _FENCE.split(fenced)
    # Every second part is a fence.
    kept = [part if number % 2 else _without_tags(part) for number, part in enumerate(parts)]
    return re.sub(r"\n{3,}", "\n\n", "".join(kept)).strip() + "\n"


def _without_tags(part: str) -> str:
    part = _DRAWING.sub(lambda found: ": ".join(filter(None, found.groups())), part)
    part = _APART.sub("\n", _ITEM.sub("\n- ", _STUCK.sub(r"\1 ", part)))
    return unescape(_MARKS.sub("", _TAG.sub("", part)))


def _parts(text: str) -> tuple[dict[str, Any], str]:
    front = _FRONT.match(text)
    return (yaml.safe_load(front[1]), text[front.end() :]) if front else ({}, text)


def _pages(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    inner = entry.values() if isinstance(entry, dict) else entry
    return [page for each in inner for page in _pages(each)]
