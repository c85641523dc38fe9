"""A list of records a page at a time."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Record = TypeVar("Record")

PAGE: Final = 50
# How many records are looked at before others get a turn.
_SLICE: Final = 500


@dataclass(frozen=True, slots=True)
class Page(Generic[Record]):
    """`found` is how many records there are on all `pages`; `number` is which page this is, from 1."""

    rows: list[Record]
    found: int
    number: int
    pages: int


async def page_of(
    records: Iterable[Record], query: Mapping[str, str], fits: Callable[[Record], bool] | None = None
) -> Page[Record]:
    """The page that the query asks for of the records that fit; the first when that can't be read."""
    # A copy: while others get their turn, the world goes on.
    found = list(records)
    if fits is not None:
        every, found = found, []
        for start in range(0, len(every), _SLICE):
            found += filter(fits, every[start : start + _SLICE])
            await asyncio.sleep(0)
    asked = query.get("page", "")
    number = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    rows = found[(number - 1) * PAGE : number * PAGE]
    return Page(rows, len(found), number, max(1, -(-len(found) // PAGE)))
