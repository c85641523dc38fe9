"""The order of the pages, and what stands above them."""

import pytest

from docs.generator.front_matter import PageBroken, completed
from docs.generator.navigation import navigation
from docs.generator.site import page_files


def _section(title: str) -> list[str]:
    """The titles of a section's pages, or their files where the page names itself."""
    [inner] = [entry[title] for entry in navigation(page_files()) if title in entry]
    return [next(iter(each)) if isinstance(each, dict) else each for each in inner]


def test_both_versions_begin_with_the_same_pages_in_the_same_order() -> None:
    same = [
        "First steps",
        "Usage guide",
        "Schedules and milestones",
        "States",
        "Reference",
        "Error catalogue",
        "Documented, observed, assumed",
        "Differences from the real service",
    ]
    for version in ("Version 1", "Version 3"):
        assert _section(version)[: len(same)] == same


def test_a_second_block_of_front_matter_is_refused() -> None:
    with pytest.raises(PageBroken, match="two blocks"):
        completed("page.md", "---\nwords: [a]\n---\n\n---\nhide: [toc]\n---\n# Page\n\nText.\n", "Version 1")
