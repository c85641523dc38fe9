"""A section of the guide, to which scenarios belong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """`anchor` is fixed: the contract, the refusals of the mock and other people's bookmarks link to it.

    `title` is how lists of contents call the section, `heading` what stands above it.
    """

    anchor: str
    title: str
    heading: str
