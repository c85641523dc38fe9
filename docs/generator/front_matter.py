"""What stands above a page's text: its title, its description, its version, and the words by which it is looked for.

A page gives what it wants to. The build adds what is missing: the version comes from the navigation, the description
from the page's first paragraph.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any, Final

import yaml

# The label of pages that stand under no version.
SHARED: Final = "Versions 1 and 3"
LABELS: Final = ("Version 1", "Version 3", SHARED)
# A description longer than this is cut off where search engines show it.
_DESCRIPTION: Final = 160

_BLOCK: Final = re.compile(r"\A---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)
_LEAD: Final = re.compile(r'<p class="lead">(.*?)</p>', re.DOTALL)
_PARAGRAPH: Final = re.compile(r"^(?=[A-Z`*\[])(?:.+\n)+", re.MULTILINE)


def label(service: str) -> str:
    """`Version 1` for `v1`."""
    return f"Version {service.removeprefix('v')}"


class PageBroken(Exception):
    """A page says something about itself that can't be right."""


def completed(
    page: str,
    text: str,
    version: str,
    words: Sequence[str] = (),
    revised: str | None = None,
    sources: Sequence[str] = (),
) -> str:
    """The page with everything above its text. `version` is the label that the navigation gives to it.

    `words` are those by which readers look for it, beside its own. `revised` is the day of its last change, if known.
    `sources` are the files that the page is made of, as paths in the repository.

    Raises:
        PageBroken: the page has no description and no paragraph, names a version that there isn't, or begins with two
            blocks of front matter.
    """
    block = _BLOCK.match(text)
    own: dict[str, Any] = (yaml.safe_load(block[1]) or {}) if block else {}
    body = text[block.end() :] if block else text
    if body.lstrip().startswith("---\n"):
        raise PageBroken(f"{page} has two blocks of front matter, and readers would see the second one: make it one")
    about = own.pop("version", version)
    if about not in LABELS:
        raise PageBroken(f"{page} is about {about!r}; a page is about one of {', '.join(LABELS)}")
    made = {
        "version": about,
        # The theme writes it between double quotes.
        "description": _shortened(own.pop("description", None) or description(page, body)).replace('"', "'"),
        # Search knows a field for tags. It shows the first one, and finds the page by all.
        "tags": [about, *map(str, [*own.pop("words", ()), *words])],
        **({"revised": revised} if revised else {}),
        **({"sources": list(sources)} if sources else {}),
        # A page of many stories links to their folder. Not every engine's templates can take a path apart.
        **({"folder": sources[0].rpartition("/")[0]} if len(sources) > 1 else {}),
        # Its file, which stands beside the page.
        "source": page,
        **own,
    }
    return f"---\n{yaml.safe_dump(made, allow_unicode=True, sort_keys=False, width=1000)}---\n{body}"


def description(page: str, body: str) -> str:
    """The page's first paragraph, without marks."""
    found = _LEAD.search(body)
    paragraph = (
        found[1]
        if found
        else next((each[0] for each in _PARAGRAPH.finditer(body) if "{ .md-button" not in each[0]), "")
    )
    plain = unescape(re.sub(r"<[^>]+>|\[([^\]]+)\]\([^)]*\)(?:\{[^}]*\})?", r"\1", paragraph))
    plain = " ".join(re.sub(r"[`*]", "", plain).split())
    if not plain:
        raise PageBroken(f"{page} needs a first paragraph, or a description of its own")
    return plain


def _shortened(text: str) -> str:
    """As many sentences as search engines show."""
    sentences = re.split(r"(?<=[.!?]) ", text)
    kept = sentences[0]
    for sentence in sentences[1:]:
        if len(kept) + 1 + len(sentence) > _DESCRIPTION:
            break
        kept = f"{kept} {sentence}"
    return kept if len(kept) <= _DESCRIPTION else kept[:_DESCRIPTION].rpartition(" ")[0].rstrip(",;:") + " …"


def versions(navigation: Sequence[Any]) -> Mapping[str, str]:
    """The label of every page that stands under a version in the navigation, by its file."""
    return {
        page: title
        for entry in navigation
        if isinstance(entry, dict)
        for title, inner in entry.items()
        if title in LABELS
        for page in _pages(inner)
    }


def _pages(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        for each in entry.values() if isinstance(entry, dict) else entry:
            yield from _pages(each)
