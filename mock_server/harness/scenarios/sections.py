"""A section of the guide, which groups scenarios."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """`anchor` never changes: the contract, the mock's refusals and people's bookmarks link to it.

    `title` is its name in tables of contents; `heading` stands above the section. `apart` is its address in the
    documentation, if it doesn't stand with the others.
    """

    anchor: str
    title: str
    heading: str
    apart: str | None = None
