"""Links between pages. A page is named by its Markdown file, such as `v3/errors.md`, below the site's sources."""

from posixpath import dirname, relpath


def link(page: str, target: str) -> str:
    """What a Markdown link on `page` says to lead to `target`, a file with or without `#anchor`."""
    file, _, anchor = target.partition("#")
    there = "" if file == page else relpath(file, dirname(page) or ".")
    return f"{there}#{anchor}" if anchor else there


def address(file: str) -> str:
    """Where the built site has the page: `v3/errors/` for `v3/errors.md`, empty for the first page."""
    name = file.removesuffix(".md")
    return "" if name == "index" else f"{name.removesuffix('/index')}/"


def href(page: str, target: str) -> str:
    """What an HTML link on the built `page` says to lead to `target`: a file, an asset, or a file with `#anchor`."""
    file, _, anchor = target.partition("#")
    if file in ("", page):
        return f"#{anchor}"
    there = relpath(address(file) if file.endswith(".md") else file, address(page) or ".")
    there = f"{there}/" if file.endswith(".md") else there
    return f"{there}#{anchor}" if anchor else there
