"""The site's navigation: `mkdocs.yml` names the pages, and `folder/*` there stands for the pages of a folder.

MkDocs knows no such patterns. So the generator writes a second file, which inherits the first and has every page.
"""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

import yaml
from mkdocs.utils.yaml import yaml_load

ROOT: Final = Path(__file__).parent.parent.parent
CONFIGURATION: Final = ROOT / "mkdocs.yml"


def navigation(pages: Sequence[str]) -> list[Any]:
    """The navigation of `mkdocs.yml` with every page; `pages` are all pages, in their order.

    An entry whose folder has no pages is left out.
    """
    with CONFIGURATION.open(encoding="utf-8") as stream:
        listed: list[Any] = yaml_load(stream)["nav"]
    return list(_expanded(listed, pages))


def _expanded(listed: Sequence[Any], pages: Sequence[str]) -> Iterator[Any]:
    for entry in listed:
        if isinstance(entry, dict):
            for title, inner in entry.items():
                found = list(_expanded(inner if isinstance(inner, list) else [inner], pages))
                if found:
                    alone = not isinstance(inner, list) and "*" not in inner
                    yield {title: found[0] if alone else found}
        elif "*" in entry:
            yield from (page for page in pages if page.endswith(".md") and fnmatchcase(page, entry))
        else:
            yield entry


def write(folder: Path, pages: Sequence[str]) -> None:
    """Writes `mkdocs.yml` beside `folder`, which holds the sources. The site goes to the folder `site` beside it."""
    made = {
        "INHERIT": str(CONFIGURATION),
        "docs_dir": folder.name,
        "site_dir": "site",
        "hooks": [str(ROOT / "docs" / "hooks.py")],
        "theme": {"custom_dir": str(ROOT / "docs" / "theme")},
        "nav": navigation(pages),
    }
    text = yaml.safe_dump(made, allow_unicode=True, sort_keys=False)
    file = folder.parent / "mkdocs.yml"
    if not file.is_file() or file.read_text("utf-8") != text:
        folder.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
