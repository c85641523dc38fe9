"""Parts of the Markdown that the build writes."""

import re


def section(text: str, anchor: str, level: int) -> str:
    """What stands below the heading with that anchor, up to the next heading of its level or a higher one.

    Raises AssertionError if the page has no such heading.
    """
    found = re.search(rf"^{'#' * level} .*\{{ #{re.escape(anchor)} \}}$", text, re.MULTILINE)
    assert found, f"there is no heading of level {level} with #{anchor}"
    rest = text[found.end() :]
    following = re.search(rf"^#{{1,{level}}} ", rest, re.MULTILINE)
    return rest[: following.start()] if following else rest
