"""A list of records a page at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, Generic, TypeVar

Record = TypeVar("Record")

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Record]):
    """`found` is how many records there are on all `pages`; `number` is which page this is, from 1."""

    rows: list[Record]
    found: int
    number: int
    pages: int


def page_of(found: Iterable[Record], query: Mapping[str, str]) -> Page[Record]:
    """The page that the query asks for; the first when that can't be read."""
    asked = query.get("page", "")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    remaining = iter(found)
    before = sum(1 for _ in islice(remaining, (number - 1) * PAGE))
    rows = list(islice(remaining, PAGE))
    count = before + len(rows) + sum(1 for _ in remaining)
    return Page(rows, count, number, max(1, -(-count // PAGE)))
